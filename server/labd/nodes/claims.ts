import { mkdirSync, readdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { z } from 'zod';
import type { SessionId } from './driver.ts';
import { isSession, TopologyPlan } from './place.ts';

const text = z.record(z.string(), z.string());
const lines = z.array(z.string());

const footprint = z.object({
  namespaces: lines,
  links: z.record(
    z.string(),
    z.object({ index: z.number(), up: z.boolean(), master: z.string().nullable(), mtu: z.number() }),
  ),
  addresses: lines,
  routes: lines,
  rules: lines,
  neighbours: lines,
  forwarding: lines,
  settings: text,
  filters: text,
  tables: lines,
});

const claim = z.object({
  topology: TopologyPlan,
  /** How each node is reached; kept, as the file of machines may be edited meanwhile. */
  nodes: z.record(
    z.string(),
    z.object({
      host: z.string(),
      port: z.number(),
      user: z.string(),
      identity: z.string(),
      hostKey: z.string(),
      /** How its network was at first; absent until it has been read, and nothing done before. */
      first: footprint.optional(),
      /** What could not be brought back, in words. */
      remains: lines.default([]),
    }),
  ),
  /** The session is over, but not all of its machines could be reached to be brought back. */
  isLeaving: z.boolean().default(false),
});

/** The machines one session holds, and how they were before. */
export type Claim = z.infer<typeof claim>;

/** What is remembered of who holds which machines, one file each; it outlives labd and the machines. */
export interface Claims {
  get(session: SessionId): Claim | undefined;
  put(session: SessionId, claim: Claim): void;
  remove(session: SessionId): void;
  all(): [SessionId, Claim][];
}

/** Opens the folder of claims; one that cannot be read counts as absent, and its machines as free. */
export function openClaims(directory: string): Claims {
  mkdirSync(directory, { recursive: true, mode: 0o700 });
  const known = new Map<SessionId, Claim>();
  const fileOf = (session: SessionId) => join(directory, `${session}.json`);
  for (const name of readdirSync(directory)) {
    const session = name.replace(/\.json$/, '');
    if (!name.endsWith('.json') || !isSession(session)) continue;
    try {
      known.set(session, claim.parse(JSON.parse(readFileSync(fileOf(session), 'utf8'))));
    } catch {
      rmSync(fileOf(session), { force: true }); // Cut off by a crash in the middle of a write, or edited.
    }
  }
  return {
    get: (session) => known.get(session),
    put(session, next) {
      writeFileSync(`${fileOf(session)}.new`, JSON.stringify(next), { mode: 0o600 });
      renameSync(`${fileOf(session)}.new`, fileOf(session));
      known.set(session, next);
    },
    remove(session) {
      known.delete(session);
      rmSync(fileOf(session), { force: true });
    },
    all: () => [...known],
  };
}
