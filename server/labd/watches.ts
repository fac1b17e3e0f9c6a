import type { ChildProcess } from 'node:child_process';
import { join } from 'node:path';
import type { Machine, NodeDriver, NodeSpec, SessionId, Vantage } from './nodes/driver.ts';
import { end, script, startFed } from './observe.ts';

const SCRIPT = join(import.meta.dirname, 'watcher.pl');
/** A watcher that ended unasked is started again after this long, ms: what ended it may end it again. */
const AGAIN_MS = 1000;
/** And one that could not begin, because a node or a machine does not answer, after this long, ms. */
const LATER_MS = 10_000;
/** What a probe did to neighbours is told by the kernel this long after it, at most, ms: the watcher gathers for 100. */
const PROBE_ECHO_MS = 250;
/** The watcher's word for neighbours that failed. */
const NEIGHBOUR = 'n'.charCodeAt(0);

/** Watches the networks of sessions for as long as somebody wants to hear of their changes. */
export interface Watches {
  /** These are the sessions that `owner` wants to hear of, in place of those before. */
  want(owner: object, sessions: SessionId[]): void;
  /** Does what ends and makes nodes; whatever watched them is ended before, and begins anew after. */
  aside<T>(session: SessionId, job: () => Promise<T>): Promise<T>;
  /** Does a job that makes neighbours come and go, by itself no change. */
  probing<T>(session: SessionId, job: () => Promise<T>): Promise<T>;
  /** Ends all watchers. */
  close(): void;
}

interface Watcher {
  close(): void;
}

/** Makes watches. `changed` hears at once of a change, then at most ten times a second of each session. */
export function createWatches(options: {
  driver: NodeDriver;
  nodesOf(session: SessionId): NodeSpec[] | undefined;
  changed(session: SessionId): void;
  log: { warn(fields: object, message: string): void };
}): Watches {
  const { driver, log } = options;
  const wanted = new Map<object, Set<SessionId>>();
  const watchers = new Map<SessionId, Watcher>();
  const held = new Map<SessionId, number>();
  const probes = new Map<SessionId, number>();
  const timers = new Map<SessionId, NodeJS.Timeout>();

  function isWanted(session: SessionId): boolean {
    return [...wanted.values()].some((sessions) => sessions.has(session));
  }

  /** Opens or closes one session's watcher, as it is wanted now. */
  function settle(session: SessionId): void {
    const may = isWanted(session) && !held.has(session);
    if (!may) {
      clearTimeout(timers.get(session));
      timers.delete(session);
      watchers.get(session)?.close();
      watchers.delete(session);
    } else if (!watchers.has(session) && !timers.has(session)) {
      watchers.set(session, open(session));
    }
  }

  /** Watches a session from now on, until it is closed. */
  function open(session: SessionId): Watcher {
    const children: ChildProcess[] = [];
    let closed = false;
    const watcher = {
      close() {
        closed = true;
        for (const child of children) end(child);
      },
    };
    /** Ends all of it, to begin anew later. */
    const stop = (afterMs: number) => {
      if (closed) return;
      watcher.close();
      watchers.delete(session);
      const again = () => {
        timers.delete(session);
        settle(session);
      };
      timers.set(session, setTimeout(again, afterMs).unref());
    };
    const begin = async () => {
      const vantages = await vantagesOf(session);
      try {
        if (closed) return;
        const machines = new Set(vantages.map(({ machine }) => machine));
        for (const machine of machines) {
          const there = vantages.filter((vantage) => vantage.machine === machine);
          children.push(follow(session, there, machine, { isOver: () => closed, ended: () => stop(AGAIN_MS) }));
        }
      } finally {
        for (const vantage of vantages) vantage.close();
      }
    };
    begin().catch((error: unknown) => {
      if (closed) return;
      // A node that does not run changes nothing; when it is made again, it is watched again. A machine may answer later.
      log.warn({ session, err: error }, 'a session is not watched');
      stop(LATER_MS);
    });
    return watcher;
  }

  async function vantagesOf(session: SessionId): Promise<Vantage[]> {
    const nodes = options.nodesOf(session) ?? [];
    const offers = await Promise.allSettled(nodes.map(async ({ name }) => driver.vantage?.(session, name)));
    const vantages = offers.flatMap((offer) => (offer.status === 'fulfilled' && offer.value ? [offer.value] : []));
    const refused = offers.find((offer) => offer.status === 'rejected');
    if (!refused) return vantages;
    for (const vantage of vantages) vantage.close();
    throw refused.reason;
  }

  function follow(
    session: SessionId,
    vantages: Vantage[],
    machine: Machine | undefined,
    { isOver, ended }: { isOver(): boolean; ended(): void },
  ): ChildProcess {
    const places = vantages.flatMap(({ own, mounts }) => [own, mounts]);
    const child = startFed(script(SCRIPT, places, machine), machine);
    let said = '';
    const over = () => {
      if (isOver()) return;
      log.warn({ session, said: said.trim() }, 'a watcher ended');
      ended();
    };
    child.stdout.on('data', (words: Buffer) => {
      // Beginning to listen is news, too: something may have changed before.
      const counts = words.some((word) => word !== NEIGHBOUR);
      if (!isOver() && (counts || !probes.has(session))) options.changed(session);
    });
    child.stderr.on('data', (chunk: Buffer) => {
      if (said.length < 2000) said += chunk.toString('latin1');
    });
    // It ended: `close` tells.
    child.stdin.on('error', () => undefined);
    child.on('error', over);
    child.on('close', over);
    return child;
  }

  function count(counts: Map<SessionId, number>, session: SessionId, by: 1 | -1): void {
    const next = (counts.get(session) ?? 0) + by;
    if (next > 0) counts.set(session, next);
    else counts.delete(session);
  }

  return {
    want(owner, sessions) {
      const before = wanted.get(owner) ?? new Set();
      wanted.set(owner, new Set(sessions));
      if (sessions.length === 0) wanted.delete(owner);
      for (const session of new Set([...before, ...sessions])) settle(session);
    },
    async aside(session, job) {
      count(held, session, 1);
      settle(session);
      try {
        return await job();
      } finally {
        count(held, session, -1);
        settle(session);
      }
    },
    async probing(session, job) {
      count(probes, session, 1);
      try {
        return await job();
      } finally {
        setTimeout(count, PROBE_ECHO_MS, probes, session, -1).unref();
      }
    },
    close() {
      const all = [...watchers.keys(), ...timers.keys()];
      wanted.clear();
      for (const session of all) settle(session);
    },
  };
}
