import type { ColumnType, Generated } from 'kysely';

/** A moment: Unix time in ms. SQLite and PostgreSQL both keep it as a 64-bit integer. */
type Moment = number;
/** JSON kept as text, the same on both databases. */
type Json = string;

/** What somebody is in a class. */
export type Role = 'learner' | 'assistant' | 'instructor' | 'admin';
/** How learners come into a class. */
export type Joining = 'open' | 'roster' | 'closed';
/** `paused`: nothing can be typed. `closed`: nodes cannot be started either. Results can always be seen. */
export type Gate = 'open' | 'paused' | 'closed';

/** The rows of the store. Text ids are made by us; names of columns are the same on SQLite and PostgreSQL. */
export interface Tables {
  /** Someone who learns; a guest until a class knows more. */
  person: { id: string; created_at: Moment };
  /** A browser that is this person: sha-256 of the opaque token in its cookie. */
  token: { hash: string; person: string; created_at: Moment; seen_at: Moment };
  /** A one-time code that makes another browser this person: sha-256 of it. */
  transfer: { hash: string; person: string; expires_at: Moment };
  /** A person's work on a lab, over all its sessions. */
  attempt: { person: string; lab: string; started_at: Moment; finished_at: Moment | null };
  /** A lab session that has, had, or waits for nodes. At most one of a person and lab is active. */
  session: {
    id: string;
    person: string;
    lab: string;
    status: 'queued' | 'active' | 'expired' | 'ended';
    created_at: Moment;
    seen_at: Moment;
    /**
     * Where the platform has brought its nodes, or is bringing them (`Standing`); null while that is nowhere. While it is
     * queued, the step they are to be brought to.
     */
    standing: Json | null;
  };
  /** The terminals of an active session, so that a restarted web finds the learner's shells again. */
  terminal: { id: string; session: string; node: string; number: number; recorded: 0 | 1 };
  /** The last verdict on each checkpoint. */
  result: {
    person: string;
    lab: string;
    checkpoint: string;
    status: 'pending' | 'passed' | 'failed' | 'unknown';
    facts: Json;
    judged_at: Moment | null;
    took_ms: number | null;
    /** Since when the status is what it is. */
    since: Moment | null;
    passed_at: Moment | null;
    answers: Json | null;
    /** The best share of its facts that any verdict found true, 0 to 1; null when it was last judged before shares. */
    share: number | null;
    /** How often the verdict changed, and how often the learner asked for it, until it passed first. */
    attempts: number;
    checks: number;
    /** 1: judged on nodes that the platform had brought past its step, and never passed by the learner's own work. */
    skipped: 0 | 1;
  };
  /** The changes of a verdict, never altered or removed: a grade can be explained later. */
  verdict: {
    id: Generated<number>;
    person: string;
    lab: string;
    checkpoint: string;
    session: string;
    status: 'passed' | 'failed' | 'unknown';
    facts: ColumnType<Json, Json, never>;
    judged_at: ColumnType<Moment, Moment, never>;
    /** When the reading it rests on was taken; null when there was none. */
    taken_at: ColumnType<Moment | null, Moment | null, never>;
    by_hand: ColumnType<number | null, number, never>;
    /** Which version of the lab's check and text decided (content/version.ts). */
    version: ColumnType<string | null, string, never>;
    /** The share of the facts that this verdict found true. */
    share: ColumnType<number | null, number, never>;
    /** As in `result`. */
    skipped: ColumnType<0 | 1, 0 | 1, never>;
  };
  /** A hint that a learner opened, never altered. */
  hint: {
    person: string;
    lab: string;
    checkpoint: string;
    fact: string;
    level: 'hint' | 'repair';
    opened_at: ColumnType<Moment, Moment, never>;
  };
  /** Someone who signs in with a name and a password: who teaches. `login` is kept as it is compared, in lower case. */
  account: { person: string; login: string; password: string; name: string; created_at: Moment };
  /** A one-time link that makes an account, and a member of a class with a role where it names one: sha-256 of its secret. */
  invite: { hash: string; class: string | null; role: Role; made_by: string | null; expires_at: Moment };
  /** People who are taught and graded together. */
  class: {
    id: string;
    name: string;
    created_at: Moment;
    /** What learners type in to join, as it is compared; null while there is none. It stands on a board: no secret. */
    code: string | null;
    /** `open`: with the code, 学号 and 姓名. `roster`: only who is on the roster, with a password. `closed`: nobody. */
    joining: Joining;
    /** 0: terminals of its learners are not recorded. */
    recording: 0 | 1;
  };
  /** A person in a class, as the class knows them. */
  member: {
    class: string;
    person: string;
    role: Role;
    student_no: string | null;
    name: string | null;
    /** Of a learner on a roster, for this class only; scrypt. */
    password: string | null;
    joined_at: Moment;
    /** When somebody first came as this person; null for one who only stands on the roster. */
    claimed_at: Moment | null;
  };
  /** A lab that a class does: what the class may do with it now, until when, and the step shown to all. */
  assignment: { class: string; lab: string; gate: Gate; deadline: Moment | null; highlight: string | null };
  /** A learner's own deadline for a lab, later than the class's. */
  extension: { class: string; lab: string; person: string; deadline: Moment };
  /** A raised hand. */
  hand: { person: string; lab: string; raised_at: Moment };
  /** What somebody who teaches said to a learner, or to all of a class. */
  message: {
    id: Generated<number>;
    class: string;
    lab: string;
    sender: string;
    recipient: string | null;
    text: string;
    at: Moment;
  };
  /**
   * What somebody did by a right that learners have not; never altered, but that erasing a person empties `detail`, what
   * of it is to be read later, where they are the subject, and that of two people who become one only one is left.
   */
  audit: {
    id: Generated<number>;
    class: string;
    actor: string;
    action: ColumnType<string, string, never>;
    subject: ColumnType<string | null, string | null, string>;
    detail: ColumnType<Json, Json, '{}'>;
    at: ColumnType<Moment, Moment, never>;
  };
  /** A command a learner ran, as the node's bash told of it. */
  command: {
    id: Generated<number>;
    person: string;
    lab: string;
    session: string;
    node: string;
    terminal: string;
    text: string;
    at: Moment;
    code: number | null;
    took_ms: number | null;
  };
  /** A code with which others may watch a person in a lab: sha-256 of it. */
  invitation: { person: string; lab: string; hash: string; expires_at: Moment };
}
