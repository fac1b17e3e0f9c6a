import { join } from 'node:path';
import type { NodeDriver, NodeSpec, SessionId, Vantage } from './nodes/driver.ts';
import { end, startFed } from './observe.ts';

const SCRIPT = join(import.meta.dirname, 'watcher.pl');
/** A watcher that ended unasked is started again after this long, ms: what ended it may end it again. */
const AGAIN_MS = 1000;
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
      const watcher = open(session);
      if (watcher) watchers.set(session, watcher);
    }
  }

  function open(session: SessionId): Watcher | undefined {
    const vantages: Vantage[] = [];
    try {
      for (const { name } of options.nodesOf(session) ?? []) {
        const vantage = driver.vantage?.(session, name);
        if (vantage) vantages.push(vantage);
      }
      if (vantages.length === 0) return undefined;
      return follow(session, vantages);
    } catch (error) {
      // A node that does not run changes nothing; when it is made again, it is watched again.
      log.warn({ session, err: error }, 'a session is not watched');
      return undefined;
    } finally {
      for (const vantage of vantages) vantage.close();
    }
  }

  function follow(session: SessionId, vantages: Vantage[]): Watcher {
    const child = startFed(['perl', SCRIPT, ...vantages.flatMap(({ own, mounts }) => [own, mounts])]);
    let said = '';
    let closed = false;
    const ended = () => {
      if (closed) return;
      closed = true;
      log.warn({ session, said: said.trim() }, 'a watcher ended');
      watchers.delete(session);
      const again = () => {
        timers.delete(session);
        settle(session);
      };
      timers.set(session, setTimeout(again, AGAIN_MS).unref());
    };
    child.stdout.on('data', (words: Buffer) => {
      // Beginning to listen is news, too: something may have changed before.
      const counts = words.some((word) => word !== NEIGHBOUR);
      if (!closed && (counts || !probes.has(session))) options.changed(session);
    });
    child.stderr.on('data', (chunk: Buffer) => {
      if (said.length < 2000) said += chunk.toString('latin1');
    });
    // It ended: `close` tells.
    child.stdin.on('error', () => undefined);
    child.on('error', ended);
    child.on('close', ended);
    return {
      close() {
        closed = true;
        end(child, 'SIGKILL');
      },
    };
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
