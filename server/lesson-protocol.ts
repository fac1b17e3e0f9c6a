import { z } from 'zod';
import type { Need } from './authority.ts';
import type { Alarm } from './network/alarm.ts';
import type { Command, Playing, RefusalCode, SessionState, Stage, Watched } from './protocol.ts';
import { classId, lab, learner, learners, node, step } from './shapes.ts';
import type { Gate, Role } from './store/tables.ts';

export type { Gate, Role };

/** The part of the contract that is about a class at work on a lab: who is where, help, reset and time. */

/** A message is read beside the text while one works, UTF-16 units: three or four sentences. */
export const MESSAGE_MAX = 500;
/** Minutes that may be added at once: a day. */
export const EXTENSION_MAX_MIN = 1_440;
/** The end of the year 2100, Unix ms: a deadline beyond it is a mistake. */
const MOMENT_MAX = 4_133_980_799_000;

const gate = z.enum(['open', 'paused', 'closed']);
const one = { class: classId, lab, learner };

export const lessonRequests = {
  /** Look at a class at work on a lab: subscribes this socket to its news and answers everything. One class at a time. */
  'class:enter': z.strictObject({ class: classId, lab }),
  'class:leave': z.strictObject({}),
  /** Look at a learner's terminals and verdicts; they are told who does. In place of what this socket watched before. */
  'class:watch': z.strictObject(one),
  'class:unwatch': z.strictObject({}),
  /** The newest commands of a learner, of all nodes. */
  'class:commands': z.strictObject(one),
  /** Say something to some learners, or without them to all. */
  'class:message': z.strictObject({
    ...{ class: classId, lab, learners: learners.optional() },
    text: z.string().trim().min(1).max(MESSAGE_MAX),
  }),
  /** Take a learner's hand down. */
  'class:lower': z.strictObject(one),
  /** Ask all to look at a step; null takes that back. */
  'class:highlight': z.strictObject({ class: classId, lab, step: step.nullable() }),
  /**
   * Make learners' nodes anew, one or all, and bring them to the start of a step. With a step, nodes that do not run are
   * started; without one there is nothing to reset where none run.
   */
  'class:reset': z.strictObject({ class: classId, lab, learners, node: node.optional(), step: step.optional() }),
  /** Give learners more time: a later deadline of their own where there is one, and nodes that stay at least so long. */
  'class:extend': z.strictObject({
    ...{ class: classId, lab, learners },
    minutes: z.number().int().min(1).max(EXTENSION_MAX_MIN),
  }),
  /** What the class may do with the lab from now on, and until when it is in time. */
  'class:assign': z.strictObject({
    ...{ class: classId, lab, gate },
    deadline: z.number().int().min(0).max(MOMENT_MAX).nullable(),
  }),
  /** Ask a learner whose terminals one watches whether one may type in them. */
  'help:ask': z.strictObject(one),
  /** Give the keyboard back, or take the question back. */
  'help:stop': z.strictObject(one),
  /** The learner's answer, by the helper's id; without `allow` it also takes back what was allowed. */
  'help:answer': z.strictObject({ lab, helper: learner, allow: z.boolean() }),
  /** Raise one's own hand, or lower it. */
  'hand:raise': z.strictObject({ lab, up: z.boolean() }),
  /** Keep one's nodes: somebody is there. */
  'lab:keep': z.strictObject({ lab }),
} as const;

/** What one must be to ask it. */
export const lessonNeeds: Record<keyof typeof lessonRequests, Need> = {
  'class:enter': 'see',
  'class:leave': 'self',
  'class:watch': 'see',
  'class:unwatch': 'self',
  'class:commands': 'see',
  'class:message': 'help',
  'class:lower': 'help',
  'class:highlight': 'help',
  'class:reset': 'help',
  'class:extend': 'run',
  'class:assign': 'run',
  'help:ask': 'help',
  'help:stop': 'help',
  'help:answer': 'self',
  'hand:raise': 'self',
  'lab:keep': 'self',
};

export interface LessonAnswers {
  'class:enter': ClassState;
  'class:leave': null;
  'class:watch': Watched;
  'class:unwatch': null;
  'class:commands': { commands: Command[] };
  /** How many it went to. */
  'class:message': { learners: number };
  'class:lower': null;
  'class:highlight': null;
  /** How many are in turn now; how many were already, or have no nodes, so that nothing is done with them. */
  'class:reset': { queued: number; already: number; without: number };
  'class:extend': null;
  'class:assign': null;
  'help:ask': null;
  'help:stop': null;
  'help:answer': null;
  'hand:raise': null;
  'lab:keep': null;
}

/** Somebody who teaches, as learners are told of them. */
export interface Teacher {
  person: string;
  name: string;
  role: Role;
}

/** How a checkpoint stands, small enough for a class of them. Absent from a row: untouched. */
export interface Mark {
  /** `lapsed`: passed once, and does not hold now. */
  state: 'passed' | 'lapsed' | 'failed' | 'unknown' | 'skipped';
  /** Since when, Unix ms; absent where that is not known any more. */
  since?: number;
  /** The first fact that fails. */
  fact?: { id: string; title: string };
  /** How many different failures were told of until it passed first. */
  fails?: number;
  /** Passed for the first time after the deadline. */
  late?: true;
}

/** A learner's session, as far as a class page shows it. */
export interface RowSession {
  status: SessionState['status'];
  since?: number;
  /** Who waits before them, while they wait for nodes. */
  ahead?: number;
  /** While nodes are made. */
  stage?: Stage;
  /** While they are made anew: the step they are brought to, and how far that is. */
  to?: number;
  playing?: Pick<Playing, 'step' | 'done' | 'total'>;
  /** They did not come where they were to be. */
  stopped?: true;
  /** What the watchdog found in them: where it halted a node, that, else the last. */
  alarm?: Pick<Alarm, 'node' | 'found' | 'did'>;
}

/** One learner of a class in one lab: whole and idempotent. Times are Unix ms. */
export interface Row {
  learner: string;
  studentNo?: string;
  name?: string;
  /** Whether a page of theirs is open at this lab. */
  online: boolean;
  /** The step they read, by id. */
  step?: string;
  session: RowSession;
  /** By checkpoint id. */
  marks: Record<string, Mark>;
  points: number;
  startedAt?: number;
  finishedAt?: number;
  /** When they last got further: a checkpoint passed for the first time, or new nodes. */
  progressAt?: number;
  /** When they last did something. */
  activeAt?: number;
  handSince?: number;
  /** Their deadline, with the time they were given. */
  deadline?: number;
  /** Who may type in their terminals, and who looks at them. */
  typing?: Teacher[];
  watching?: Teacher[];
  /** What a reset that somebody who teaches asked for has come to. */
  reset?: 'queued' | 'running' | { failed: RefusalCode };
}

/** What concerns a class as a whole in one lab. */
export interface ClassFrame {
  class: string;
  name: string;
  lab: string;
  gate: Gate;
  deadline: number | null;
  /** The step shown to all, by id. */
  highlight: string | null;
  /** The labs the class was given; the others it may do, too. */
  labs: string[];
  /** Who is in it now: rows of others are over. */
  learners: string[];
}

/** A class at work on a lab. */
export interface ClassState {
  frame: ClassFrame;
  /** What one is in it, and who. */
  role: Role;
  self: string;
  rows: Row[];
  now: number;
}

/** Something said to a learner. */
export interface GuideMessage {
  id: number;
  from: Pick<Teacher, 'name' | 'role'>;
  text: string;
  at: number;
  /** Whether all were told. */
  toAll: boolean;
}

/** What a learner's classes say to them about a lab, and who is beside them. */
export interface Guide {
  gate: Gate;
  deadline?: number;
  highlight: string | null;
  handSince?: number;
  /** The newest first. */
  messages: GuideMessage[];
  watching: Teacher[];
  /** Who asks whether they may type, and who may. */
  asking: Teacher[];
  typing: Teacher[];
}

/** What web tells without being asked. */
export interface LessonNews {
  'class:row': (row: Row) => void;
  'class:state': (frame: ClassFrame) => void;
  /** One's role went: there is nothing more to see. */
  'class:over': () => void;
}
