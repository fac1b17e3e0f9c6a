import { z } from 'zod';
import type { Need } from './authority.ts';
import { classId, learner, learners } from './shapes.ts';
import type { AuditAction } from './store/audit.ts';
import type { Joining, Role } from './store/tables.ts';

/** The part of the contract that is about people: who one is, classes and who is in them. */

/** The longest name of a class or a person, characters: what fits on a line of a table. */
export const NAME_MAX_CHARS = 60;
/** 学号 are ten to twenty characters where we looked. */
export const STUDENT_NO_MAX_CHARS = 40;
/** The longest roster that is read at once, UTF-16 units: 500 lines with a class's name; it fits one message. */
export const ROSTER_MAX = 50_000;

const named = z.string().trim().min(1).max(NAME_MAX_CHARS);
const studentNo = z
  .string()
  .trim()
  .regex(/^[0-9A-Za-z_-]+$/)
  .max(STUDENT_NO_MAX_CHARS);
const staffRole = z.enum(['assistant', 'instructor', 'admin']);

export const peopleRequests = {
  /** Who this browser is, and in which classes. */
  'me:who': z.strictObject({}),
  /** What a one-time link grants. */
  'invite:look': z.strictObject({ secret: z.string().max(64) }),
  'class:create': z.strictObject({ name: named }),
  'class:look': z.strictObject({ class: classId }),
  'class:change': z.strictObject({
    class: classId,
    name: named.optional(),
    joining: z.enum(['open', 'roster', 'closed']).optional(),
    recording: z.boolean().optional(),
  }),
  /** A new code for learners to join with; the former one is good no more. */
  'class:code': z.strictObject({ class: classId }),
  'roster:list': z.strictObject({ class: classId }),
  /** What an import would do. */
  'roster:preview': z.strictObject({ class: classId, text: z.string().max(ROSTER_MAX) }),
  /** Does it, unless a line is wrong: then nothing. */
  'roster:import': z.strictObject({ class: classId, text: z.string().max(ROSTER_MAX) }),
  'roster:add': z.strictObject({ class: classId, studentNo, name: named }),
  /** Changes a line that is still as it `was`. */
  'roster:change': z.strictObject({
    class: classId,
    learner,
    was: z.strictObject({ studentNo: z.string().max(200).optional(), name: z.string().max(200).optional() }),
    studentNo,
    name: named,
  }),
  /** Takes learners out of the class; what they did stays theirs. */
  'roster:remove': z.strictObject({ class: classId, learners }),
  /** Two entries are one learner: what is the duplicate's becomes the learner's. */
  'roster:merge': z.strictObject({ class: classId, learner, duplicate: learner }),
  /** New initial passwords, which nobody can see again; whoever was signed in with the former ones is signed out. */
  'roster:passwords': z.strictObject({ class: classId, learners }),
  /** Forgets a learner, with everything that is theirs. */
  'learner:erase': z.strictObject({ class: classId, learner }),
  'staff:list': z.strictObject({ class: classId }),
  /** A one-time link that makes somebody one of those who teach. */
  'staff:invite': z.strictObject({ class: classId, role: staffRole }),
  'staff:change': z.strictObject({ class: classId, person: learner, role: staffRole }),
  'staff:remove': z.strictObject({ class: classId, person: learner }),
  /** What was done in the class by right, newest first, older than the entry `before`. */
  'audit:list': z.strictObject({ class: classId, before: z.number().int().min(1).optional() }),
} as const;

/** What one must be to ask it. */
export const peopleNeeds: Record<keyof typeof peopleRequests, Need> = {
  'me:who': 'self',
  'invite:look': 'self',
  'class:create': 'account',
  'class:look': 'see',
  'class:change': 'run',
  'class:code': 'run',
  'roster:list': 'see',
  'roster:preview': 'run',
  'roster:import': 'run',
  'roster:add': 'run',
  'roster:change': 'run',
  'roster:remove': 'run',
  'roster:merge': 'run',
  'roster:passwords': 'run',
  'learner:erase': 'run',
  'staff:list': 'see',
  'staff:invite': 'own',
  'staff:change': 'own',
  'staff:remove': 'own',
  'audit:list': 'run',
};

export interface PeopleAnswers {
  'me:who': Me;
  'invite:look': { class?: string; className?: string; role: Role; expiresAt: number };
  'class:create': { class: string };
  'class:look': ClassView;
  'class:change': null;
  'class:code': { code: string };
  'roster:list': { learners: RosterEntry[] };
  'roster:preview': RosterPlan;
  'roster:import': RosterPlan;
  'roster:add': null;
  'roster:change': null;
  'roster:remove': null;
  'roster:merge': null;
  /** In the order of the roster; who is gone or has no 学号 is not there. */
  'roster:passwords': { passwords: { studentNo: string; name: string; password: string }[] };
  'learner:erase': null;
  'staff:list': { staff: StaffEntry[] };
  'staff:invite': { path: string; expiresAt: number };
  'staff:change': null;
  'staff:remove': null;
  'audit:list': { entries: AuditView[]; more: boolean };
}

/** A class as those who teach it see it. */
export interface ClassView {
  class: string;
  name: string;
  /** As it is read; absent where there is none. */
  code?: string;
  joining: Joining;
  recording: boolean;
}

/** A learner on the roster. */
export interface RosterEntry {
  person: string;
  studentNo?: string;
  name?: string;
  /** When somebody first came as them, Unix ms. */
  claimedAt?: number;
  hasPassword: boolean;
}

/** What an import does, or why it does nothing. Lines are counted from 1. */
export interface RosterPlan {
  lines: { studentNo: string; name: string; what: 'add' | 'rename' | 'same' }[];
  mistakes: { line: number; why: RosterMistake; text: string }[];
  /** Whether it was done. */
  done: boolean;
}

/** What is wrong with a line of a roster. */
export type RosterMistake = 'no-number' | 'bad-number' | 'twice' | 'no-name' | 'long-name' | 'taken' | 'too-many';

export interface StaffEntry {
  person: string;
  name: string;
  login: string;
  role: Exclude<Role, 'learner'>;
}

/** An entry of the log of what was done. */
export interface AuditView {
  id: number;
  action: AuditAction;
  actor: string;
  /** What the class calls them now; absent when it does not know them any more. */
  actorName?: string;
  subject?: string;
  subjectName?: string;
  detail: Record<string, unknown>;
  at: number;
}

/** A class as one of its people sees it. */
export interface Membership {
  class: string;
  name: string;
  role: Role;
  studentNo?: string;
  /** What the class calls this person. */
  calledAs?: string;
}

/** A person as they see themselves. */
export interface Me {
  /** The account of somebody who teaches. */
  account?: { login: string; name: string };
  classes: Membership[];
}
