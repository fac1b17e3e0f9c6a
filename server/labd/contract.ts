import { z } from 'zod';
import type { Alarm } from '../network/alarm.ts';
import type { NetworkSnapshot } from '../network/snapshot.ts';
import type { ProbeRequest, ProbeTrace } from '../network/trace.ts';
import { type Size, size, terminal } from '../ptyd/contract.ts';
import type { Caveats, ExecResult, Limits, SessionId, Topology } from './nodes/driver.ts';
import type { Wanted } from './nodes/pool.ts';

/**
 * What web may ask of labd, and what labd tells web. labd parses every call with these schemas: it is root, and the
 * caller faces the network.
 */

export const sessionId = z.string().regex(/^[a-z0-9]{8,32}$/);
export const node = z.string().regex(/^[a-z][a-z0-9-]{0,14}$/);

export const topology = z.strictObject({
  runtime: z.enum(['container', 'vm', 'ssh']).optional(),
  lab: z
    .string()
    .regex(/^[a-z0-9][a-z0-9-]{0,62}$/)
    .optional(),
  nodes: z
    .array(
      z.strictObject({
        name: node,
        hostname: node,
        nic: z.string().regex(/^[a-z][a-z0-9]{1,14}$/),
        address: z.cidrv4(),
      }),
    )
    .min(1)
    .max(4),
  netfilter: z.boolean(),
  egress: z
    .array(z.string().regex(/^[a-z0-9.-]{1,253}$/))
    .max(16)
    .optional(),
});

/** What a snapshot should ask beyond what is always read: see lab.yaml. */
export const watch = z.strictObject({
  packages: z.array(z.string().regex(/^[a-z0-9][a-z0-9.+-]+$/)).max(32),
  flows: z.array(z.strictObject({ node, from: z.ipv4(), to: z.ipv4() })).max(32),
});
export type Watch = z.infer<typeof watch>;

const probeRequest = z.strictObject({
  node,
  namespace: z
    .string()
    .regex(/^[A-Za-z0-9_.-]{1,64}$/)
    .nullable(),
  to: z.ipv4(),
  count: z.number().int().min(1).max(5),
});

/** What a command in a node may be given to read: a file of 1 MiB in base64. */
const STDIN_MAX_CHARS = 1_400_000;

const execLimits = z.strictObject({
  timeoutMs: z.number().int().min(1).max(600_000),
  maxBytes: z.number().int().min(1).max(4_194_304),
});

/** More sessions than NETLOOM_SESSIONS allows. */
const FOLLOWED_MAX = 1024;

/** Sessions of one kind that are made ahead, and kinds: a large class, and more labs than anybody teaches at once. */
const PREPARED_MAX = 200;
const PREPARED_KINDS_MAX = 64;

/** The arguments of each call, for the privileged edge. */
export const calls = {
  create: z.tuple([sessionId, topology]),
  reset: z.tuple([sessionId, node]),
  destroy: z.tuple([sessionId]),
  list: z.tuple([]),
  caveats: z.tuple([sessionId]),
  // A web of before 2026-11-25 may speak until the new one does, and says nothing of recording.
  openTerminal: z.tuple([sessionId, node, terminal, size, z.boolean().optional()]),
  closeTerminal: z.tuple([terminal]),
  snapshot: z.tuple([sessionId, watch]),
  prepare: z.tuple([
    z.array(z.strictObject({ topology, count: z.number().int().min(0).max(PREPARED_MAX) })).max(PREPARED_KINDS_MAX),
  ]),
  prepared: z.tuple([]),
  follow: z.tuple([z.array(sessionId).max(FOLLOWED_MAX)]),
  probe: z.tuple([sessionId, probeRequest]),
  exec: z.tuple([
    sessionId,
    node,
    z.array(z.string().max(65_536)).min(1).max(64),
    execLimits,
    z.string().max(STDIN_MAX_CHARS).optional(),
  ]),
} as const;

/** labd's verbs. A call that cannot be done rejects with an Error whose message is for the log, not for the learner. */
export interface Labd {
  create(session: SessionId, topology: Topology): Promise<void>;
  reset(session: SessionId, node: string): Promise<void>;
  destroy(session: SessionId): Promise<void>;
  /** Sessions that exist, with whether all their nodes are up, which died, and what of them had to be stopped. */
  list(): Promise<{ session: SessionId; alive: boolean; down?: string[]; alarms?: Alarm[] }[]>;
  /** What people have to know of a session's nodes, if anything. */
  caveats(session: SessionId): Promise<Caveats | null>;
  /** `record`: whether what it says may be recorded. */
  openTerminal(session: SessionId, node: string, terminal: string, size: Size, record: boolean): Promise<void>;
  closeTerminal(terminal: string): Promise<void>;
  snapshot(session: SessionId, watch: Watch): Promise<NetworkSnapshot>;
  /** These are to stand ready before anybody asks for them, and no others; until this is said anew. */
  prepare(wanted: Wanted[]): Promise<void>;
  /** How many of them do. */
  prepared(): Promise<number>;
  /** These are the sessions whose changes the caller wants to hear of, all of them; until its connection ends. */
  follow(sessions: SessionId[]): Promise<void>;
  probe(session: SessionId, request: ProbeRequest): Promise<ProbeTrace>;
  exec(session: SessionId, node: string, argv: string[], limits: Limits, stdin?: string): Promise<ExecResult>;
}

/** What labd tells web without being asked. */
export interface LabdNews {
  /** What create() is doing now. */
  progress(session: SessionId, stage: 'files' | 'network' | 'starting' | 'ready', node?: string): void;
  /** The network of a session that is followed has changed; at most ten times a second. */
  changed(session: SessionId): void;
  /** What had to be stopped in a session's nodes, all of it, each time that changes. */
  alarmed(session: SessionId, alarms: Alarm[]): void;
  /** These nodes of a session are down, and nobody has asked for that. */
  died(session: SessionId, nodes: string[]): void;
}
