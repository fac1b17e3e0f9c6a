import type { Place } from '../../content/mistake.ts';
import type { Section } from '../../content/script.ts';
import type { CheckpointResult } from '../protocol.ts';

/** What a set-up does to the lab it begins with. */
export type Act = { sections: Section[] } | { wrongAnswer: { checkpoint: string; question: string } };

/** What must come of it. `some-red`: nobody has said which checkpoints, but facts that name the thing must fail. */
export type Expectation =
  | { kind: 'green' }
  | { kind: 'red'; red: string[]; fact: string; says?: RegExp; unrepaired?: string }
  | { kind: 'some-red'; names: string[] };

/** One way to have the lab, and what the checks must say of it. */
export interface SetUp {
  name: string;
  /** Where its author wrote it down; absent for what follows from the lab. */
  place?: Place;
  /** `solved`, `fresh`, or the step up to whose end the text is played. */
  start: string;
  act: Act;
  expect: Expectation;
}

/** What a judgement said of a checkpoint. */
export type Verdict = Pick<CheckpointResult, 'status' | 'facts'>;
/** What it said of each. */
export type Verdicts = ReadonlyMap<string, Verdict>;

/** A pair of nodes that set-ups are made on, one after the other. */
export interface Workbench {
  /** Brings the lab into the state that a set-up begins with. */
  start(from: string): Promise<void>;
  /** Runs commands; says of those that failed, in one line each. */
  act(act: Act): Promise<string[]>;
  /** Judges every checkpoint by hand. */
  judge(): Promise<Verdicts>;
  /** Waits until what was done has had its effect on links. */
  settle(): Promise<void>;
  /** Runs commands as somebody would who does what the advice says: what fails is passed over. */
  follow(commands: { node: string; command: string }[]): Promise<void>;
  /** What went wrong in judging since the last time this was asked. */
  faults(): string[];
}
