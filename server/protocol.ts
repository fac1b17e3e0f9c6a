import { z } from 'zod';
import type { Fact } from '../content/check.ts';
import { factId } from '../content/schema.ts';
import { type Guide, type LessonAnswers, type LessonNews, lessonRequests } from './lesson-protocol.ts';
import type { Alarm } from './network/alarm.ts';
import { type PeopleAnswers, peopleRequests } from './people-protocol.ts';
import { type RecordAnswers, recordRequests } from './record-protocol.ts';
import { lab, node, step, terminal } from './shapes.ts';

/**
 * The contract between browser and web, over socket.io: a schema per request, a type per answer, the news, and the
 * closed union of refusals. Every request is answered by acknowledgement with Answer<…>.
 */

/** Offsets count the bytes a terminal has put out since it was opened. */
const offset = z.number().int().min(0).max(Number.MAX_SAFE_INTEGER);

/** The most one input message may carry, in UTF-16 units; the browser cuts pastes to this. */
export const INPUT_MAX = 32_768;

/** What a browser may ask. */
export const requests = {
  /** Look at a lab, standing at a step: subscribes this socket to the lab's news and answers its state. */
  'lab:enter': z.strictObject({ lab, step: step.optional() }),
  /** Make the nodes (or make them anew after they broke or expired), and bring them to the start of a step, by default the first. */
  'lab:start': z.strictObject({ lab, step: step.optional() }),
  /**
   * Make one node, or all, anew, and bring it to the start of a step: by default the first, which is the state it had when
   * it was new. What the text does on it in earlier steps is done by the platform.
   */
  'lab:reset': z.strictObject({ lab, node: node.optional(), step: step.optional() }),
  /** Give the nodes back; results stay. */
  'lab:end': z.strictObject({ lab }),
  /** Judge now: one checkpoint, or all of the step the learner stands at. */
  'checkpoint:check': z.strictObject({ lab, checkpoint: lab.optional() }),
  /** Hand in answers to a checkpoint's questions. */
  'question:answer': z.strictObject({ lab, checkpoint: lab, answers: z.record(lab, z.string().max(200)) }),
  /** Open a hint of a failing fact: the first one, then the repair. It names which, so that asking twice opens one. */
  'hint:open': z.strictObject({ lab, checkpoint: lab, fact: factId, level: z.enum(['hint', 'repair']) }),
  'terminal:open': z.strictObject({ lab, node }),
  'terminal:close': z.strictObject({ lab, terminal }),
  /** See a terminal from byte `after` on, or from as far back as is kept when it is null. Output follows as news. */
  'terminal:attach': z.strictObject({ terminal, after: offset.nullable() }),
  'terminal:detach': z.strictObject({ terminal }),
  'terminal:input': z.strictObject({ terminal, data: z.string().max(INPUT_MAX) }),
  /**
   * What this window has room for. One window of the owner's decides the size of the shell; `take` makes it this one,
   * and without it the wish counts only if this window decides already or nobody does.
   */
  'terminal:resize': z.strictObject({
    terminal,
    cols: z.number().int().min(2).max(500),
    rows: z.number().int().min(1).max(200),
    take: z.boolean(),
  }),
  /** Everything before this offset has been parsed by the screen. Nobody waits for its answer. */
  'terminal:ack': z.strictObject({ terminal, offset }),
  /** A one-time token for a terminal of one's own: `ssh -p … node-1@host`. Refused `not-found` where ssh is off. */
  'terminal:ssh': z.strictObject({ lab, node }),
  /** The newest commands of this person in this lab, of all nodes. */
  'history:list': z.strictObject({ lab }),
  'history:clear': z.strictObject({ lab }),
  /** A code with which anybody may watch (never type), until it is made anew, taken back or too old. */
  'lab:invite': z.strictObject({ lab }),
  'lab:uninvite': z.strictObject({ lab }),
  /** Watch the session behind an invitation: its state follows as news. */
  'lab:watch': z.strictObject({ code: z.string().max(32) }),
  /** A one-time code that makes another browser this person. */
  'me:code': z.strictObject({}),
  ...peopleRequests,
  ...lessonRequests,
  ...recordRequests,
} as const;

export type RequestName = keyof typeof requests;
export type Request<N extends RequestName> = z.infer<(typeof requests)[N]>;

/** What each request answers when it went well. */
export interface Answers extends PeopleAnswers, LessonAnswers, RecordAnswers {
  'lab:enter': LabState;
  'lab:start': null;
  'lab:reset': null;
  'lab:end': null;
  'checkpoint:check': null;
  'question:answer': ShownResult;
  'hint:open': null;
  'terminal:open': { terminal: string };
  'terminal:close': null;
  /**
   * `from`: offset of the first byte that will come; greater than `after` when bytes were lost to age, and then, or when
   * `after` was null, the screen must be cleared first. `live`: offset up to which it is a replay, whose terminal
   * queries must not be answered. `cols`, `rows`: the size the shell had at `from`; later ones come in their place.
   * `atPrompt`: whether the shell waits at its prompt, null when it has not said.
   */
  'terminal:attach': TerminalSize & {
    from: number;
    live: number;
    atPrompt: boolean | null;
    /** What to write on the cleared screen before the byte `from`, where the bytes that painted it are no longer kept. */
    screen: string | null;
  };
  'terminal:detach': null;
  'terminal:input': null;
  'terminal:resize': TerminalSize;
  'terminal:ack': null;
  /** `fingerprint`: of the server's key, as ssh shows it. */
  'terminal:ssh': { command: string; token: string; fingerprint: string; expiresAt: number };
  'history:list': { commands: Command[] };
  'history:clear': null;
  'lab:invite': { code: string; expiresAt: number };
  'lab:uninvite': null;
  'lab:watch': Watched;
  'me:code': { code: string; expiresAt: number };
}

/** Why a request was refused. Each has its Chinese sentence in app/words.ts. */
export type RefusalCode =
  | 'bad-request'
  | 'not-found'
  | 'not-yours'
  | 'not-ready'
  /** The learner's class may not type now, or may not begin. */
  | 'paused'
  | 'closed'
  | 'busy'
  | 'too-many'
  | 'too-fast'
  /** Somebody else has it: a 学号 in this class. */
  | 'taken'
  /** Somebody else changed it meanwhile. */
  | 'changed'
  /** The class has no room. */
  | 'full'
  /** A class would be nobody's. */
  | 'last-admin'
  /** A learner who is not only this class's. */
  | 'elsewhere'
  | 'nodes-failed'
  | 'unavailable'
  /** The store cannot be written. */
  | 'storage'
  | 'internal';

export type Answer<N extends RequestName> = { ok: true; data: Answers[N] } | { ok: false; code: RefusalCode };

/** The stage of making nodes. */
export type Stage = 'queued' | 'files' | 'network' | 'starting' | 'ready';

export interface TerminalInfo {
  terminal: string;
  node: string;
  /** 1 for the node's first terminal; what the tab says. */
  number: number;
  /** What it shows is kept. */
  recorded?: true;
}

/** The size the shell has, which every viewer shows, and whether this window decides it. */
export interface TerminalSize {
  cols: number;
  rows: number;
  decides: boolean;
}

/** A command the learner ran: what the node's bash told of it. Times are Unix ms. */
export interface Command {
  id: number;
  node: string;
  text: string;
  at: number;
  /** Exit status; null while it runs, or when nobody heard of its end. */
  code: number | null;
  tookMs: number | null;
}

/** What a watcher sees of somebody's session: of a hint as much as its owner has opened. */
export type Watched = Pick<LabState, 'lab' | 'session' | 'results'>;

/** A learner's nodes in one lab. Times are Unix ms. */
export type SessionState =
  | { status: 'none' }
  /** There are as many nodes as there may be: they come by themselves when it is one's turn. `ahead`: who comes before. */
  | { status: 'queued'; since: number; ahead: number }
  | { status: 'creating'; since: number; stage: Stage; node?: string }
  /** `stopped`: the nodes were to be brought to the start of a step, by number, and this is why they are not there. */
  | {
      status: 'ready';
      since: number;
      expiresAt: number;
      terminals: TerminalInfo[];
      stopped?: Stopped & { to: number };
      /** What the platform had to stop in the nodes since they were made; absent when nothing. */
      alarms?: Alarm[];
    }
  /** `nodes` are made anew and brought to the start of step `to`; `playing`: how far that is, once they are made. */
  | {
      status: 'resetting';
      since: number;
      nodes: string[];
      to: number;
      playing?: Playing;
      terminals: TerminalInfo[];
      expiresAt: number;
    }
  /**
   * `detail`: what the runtime says is wrong, in Chinese, where it knows. `nodes`: those that died; the others live, and
   * one that died alone can be reset alone.
   */
  | { status: 'broken'; since: number; reason: 'nodes-failed' | 'nodes-died'; detail?: string; nodes?: string[] }
  /** `away`: one's place in the queue went to others, because nobody was there for too long. */
  | { status: 'gone'; since: number; reason: 'expired' | 'ended' | 'away' };

/** Which step's blocks are being played in the learner's place, on which nodes, and how many of the step's are done. */
export interface Playing {
  step: number;
  nodes: string[];
  done: number;
  total: number;
}

/** The block that stopped the way to a later step. Nothing the learner did wrong. */
export interface Stopped {
  step: number;
  node: string;
  /** `value`: it needs a live value that does not exist. `killed`, `timeout`, `output`: it was ended from outside. */
  why: 'exit' | 'timeout' | 'output' | 'killed' | 'value' | 'unavailable';
  /** With `exit`. */
  code?: number;
  /** With `value`: its key. */
  value?: string;
  /** The block as the text has it, and the end of what it said. */
  text: string;
  output: string;
}

/** A checkpoint's result as web has it; what a browser is told of it is ShownResult. */
export interface CheckpointResult {
  /** `pending`: not judged yet. `unknown`: could not be judged; never the learner's fault. */
  status: 'pending' | 'passed' | 'failed' | 'unknown';
  facts: Fact[];
  /** With `unknown`: the nodes could not be read, or the lab's own check went wrong. */
  trouble?: 'nodes' | 'check';
  /** When it was last judged and how long that took; absent until the first time. */
  judgedAt?: number;
  tookMs?: number;
  /** Since when it stands as it does, by its status. */
  since?: number;
  /** When it passed for the first time by the learner's own work; stays when it fails again later. */
  passedAt?: number;
  /**
   * Judged on nodes that had been brought past its step, and never passed before: what holds is not the learner's work, and
   * counts for nothing, until it passes on nodes that were not.
   */
  skipped?: true;
  /** The learner's last answers, where the checkpoint asks questions. */
  answers?: Record<string, string>;
  /** The best share of its facts that any verdict found true, 0 to 1 (server/score.ts); 1 once it passed. */
  share?: number;
  /** How often the verdict changed, and how often the learner asked for it, until it passed first. */
  attempts?: number;
  checks?: number;
}

/** The first hint says why, the second how. */
export type HintLevel = Request<'hint:open'>['level'];

/** A fact as people see it: its hints only as far as they were opened. */
export interface ShownFact extends Pick<Fact, 'id' | 'ok' | 'title' | 'expected' | 'actual' | 'look'> {
  /** What it says unasked: a notice on one that holds, the words of a failing one with nothing to give away. */
  notice: string;
  /** The hints of a failing fact, in order; the text is null until it is opened. */
  hints: { level: HintLevel; text: string | null }[];
}

/** A checkpoint's result as people see it. */
export interface ShownResult extends Omit<CheckpointResult, 'facts'> {
  facts: ShownFact[];
  /** How many hints of this checkpoint were opened so far, whatever its facts say now. */
  hintsOpened: number;
}

/** What cannot be promised of a session's nodes. `remains`: what a reset could not bring back, as the runtime words it. */
export interface Caveats {
  /** The nodes are machines of somebody's own: what they say of themselves is what their root lets them say. */
  isAdvisory: boolean;
  remains: { node: string; what: string }[];
}

/** Everything live about one learner in one lab: whole and idempotent. */
export interface LabState {
  lab: string;
  session: SessionState;
  /** Null where every promise is kept. */
  caveats: Caveats | null;
  /** By checkpoint id; every checkpoint of the lab is there. */
  results: Record<string, ShownResult>;
  /** The points each checkpoint has earned so far, by its id. */
  scores: Record<string, number>;
  /** Live values by key; null while the thing does not exist. */
  values: Record<string, { label: string; node: string; value: string | null }>;
  /** In development: what is wrong with the lab's files, of which the last good version is shown. */
  mistake: string | null;
  /** Whether a judgement is under way. */
  judging: boolean;
  /** Why nothing can be stored now, in Chinese; results wait in memory until it can. Absent when all is well. */
  trouble?: string;
  /** Whether a terminal of one's own may come in by ssh. */
  ssh: boolean;
  /** Whether what a terminal of these shows is recorded on this server. */
  recording: boolean;
  /** How many watch by invitation now. */
  watchers: number;
  /** What the learner's classes say about this lab; null for who learns in none. */
  guide: Guide | null;
  /** How long before nodes go that nobody uses the page says so, ms. */
  idleWarningMs: number;
  /** When the learner first started this lab's nodes; the clock counts from here. */
  startedAt?: number;
  /** When the last checkpoint was passed for the first time. */
  finishedAt?: number;
  /** Server time when this state was made, so that clocks agree. */
  now: number;
}

/** What web tells a browser without being asked. */
export interface News extends LessonNews {
  'lab:state': (state: LabState) => void;
  /** Bytes of a terminal, beginning at offset. */
  'terminal:output': (terminal: string, offset: number, bytes: Uint8Array) => void;
  /** The shell has a new size, from the byte that comes next on; or another window decides it now. */
  'terminal:size': (terminal: string, size: TerminalSize) => void;
  /** The shell ended; code is its exit status, or null when it was cut off. */
  'terminal:ended': (terminal: string, code: number | null) => void;
  /** A command ended in a terminal with this exit status (OSC 133;D): a hint for code blocks, never a judgement. */
  'terminal:command': (terminal: string, code: number | null, offset: number) => void;
  /** The prompt is back, or a program owns the terminal (OSC 133;B and C). */
  'terminal:prompt': (terminal: string, atPrompt: boolean) => void;
  /** The watched session changed, or is no longer to be watched (null). */
  'watch:state': (watched: Watched | null) => void;
  /** A content file changed: the page should fetch its text again. */
  'content:changed': (lab: string) => void;
}
