import type { Circumstances } from './grading.ts';
import type { Standing } from './jumps.ts';
import type { Labd } from './labd/contract.ts';
import type { Alarm } from './network/alarm.ts';
import type { CheckpointResult, LabState, SessionState, ShownResult, Stage, TerminalInfo } from './protocol.ts';
import type { OpenedHint } from './store/hints.ts';

/** What a session keeps outside itself. */
export interface SessionRecord {
  started(now: number): Promise<void>;
  finished(now: number): Promise<void>;
  openHint(hint: OpenedHint): Promise<void>;
  save(checkpoint: string, result: CheckpointResult, circumstances?: Circumstances): Promise<void>;
  setTerminals(terminals: TerminalInfo[]): Promise<void>;
  setStanding(standing: Standing): Promise<void>;
}

/** What labd says of a session. */
export type Found = Awaited<ReturnType<Labd['list']>>[number];

/** A session's part of what a browser is told; the door adds who watches and what this server offers. */
export type SessionPart = Omit<LabState, 'ssh' | 'watchers' | 'guide' | 'idleWarningMs'>;

/** One learner's nodes, terminals and results in one lab; one job at a time. */
export interface LabSession {
  readonly id: string;
  state(): SessionPart;
  status(): SessionState['status'];
  /** Where the learner reads: the checkpoints that are judged without being asked. */
  standAt(step: string): void;
  /** Where that is; undefined until they have begun to read. */
  step(): string | undefined;
  /** Waits for its turn to have nodes, behind so many; `since` is when it began to. */
  wait(ahead: number, since: number): void;
  /** Waits no more: because its owner wished so, or was away. */
  stopWaiting(reason: 'left' | 'away'): void;
  /** Makes the nodes and brings them to the start of a step, by default the first; resolves when they are ready or broken. */
  start(step?: string): Promise<void>;
  /** The same with one node, or all, of those there are. */
  reset(to?: { node?: string; step?: string }): Promise<void>;
  /** Finishes, from its beginning, what a former web was doing to the nodes; false when that was nothing. */
  resume(): Promise<boolean>;
  /** Gives the nodes back. */
  end(reason: 'expired' | 'ended'): Promise<void>;
  /** Judges now: one checkpoint, or those of the step the learner stands at. */
  judge(byHand: boolean, checkpoint?: string): Promise<void>;
  /** Whether a checkpoint of that step waits for a verdict because the nodes could not be read, though they run. */
  isUnread(): boolean;
  answer(checkpoint: string, answers: Record<string, string>): Promise<ShownResult>;
  /** Opens a hint of a fact that fails. */
  openHint(hint: OpenedHint): Promise<void>;
  openTerminal(node: string): Promise<string>;
  closeTerminal(terminal: string): Promise<void>;
  /** The names of its nodes, whether they are up or not. */
  nodes(): string[];
  /** The names of its terminals. */
  terminals(): string[];
  /** The node a terminal of its own is on. */
  nodeOf(terminal: string): string | undefined;
  /** A shell ended by itself. */
  terminalEnded(terminal: string): void;
  /** labd says how far it is with making the nodes. */
  progress(stage: Exclude<Stage, 'queued'>, node?: string): void;
  /** labd had to stop something in the nodes; nothing when that is over. */
  alarmed(alarms: Alarm[]): void;
  /** These nodes were found dead; all of them, if it is not said which. */
  died(nodes?: string[]): void;
  /** This is what labd has of it; nothing when it knows no such session. */
  compare(found: Found | undefined): void;
  /** When the nodes go if nobody comes. */
  setExpiry(expiresAt: number): void;
  /** Stops timers, and what is under way; the nodes stay. */
  close(): void;
}
