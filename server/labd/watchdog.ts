import type { Alarm } from '../network/alarm.ts';
import { type NodeState, type Verdict, verdictOn } from './burden.ts';
import type { NodeDriver, SessionId } from './nodes/driver.ts';
import type { Pulse } from './pulse.ts';
import { openSentry, type Suspect } from './sentry.ts';

/** Between two looks at the machine's pulse, ms: what floods must be found within 5 s. */
const PERIOD_MS = 1_000;
/** Cores busy with packets from which on it is asked whose they are. A node that sends all it may takes less. */
const SOFTIRQ_CORES = 0.25;
/** Growth of kernel memory since the last look, bytes, and of the neighbour tables, entries, that let a look follow. */
const KERNEL_GROWTH = 6 * 1024 * 1024;
const NEIGHBOUR_GROWTH = 1_024;
/** Looks one after the other while something is found and stopped. */
const ROUNDS = 4;
/** A node whose storm came back so often within so long, ms, is halted: something sets its links up again. */
const STRIKES = 3;
const STRIKE_MS = 60_000;
/** Names of links that are told. */
const NAMES_MAX = 8;

/** Finds what in a node burdens everybody, stops it, and says so. */
export interface Watchdog {
  /** What was stopped in a session's nodes since they were made. */
  alarms(session: SessionId): Alarm[];
  /** The nodes are being made anew, or removed: what was found in them is over. */
  forget(session: SessionId, node?: string): void;
  /** Looks now; the answer says whether anything was found. */
  look(reason: { packets: boolean }): Promise<boolean>;
  /** Looks from now on whenever the machine's pulse says so. */
  start(): void;
  close(): void;
}

/** Makes a watchdog. `halt` ends a node in its session's turn; `alarmed` hears all alarms of a session, each time. */
export function createWatchdog(options: {
  driver: NodeDriver;
  sessions(): { session: SessionId; nodes: { name: string; nic: string }[] }[];
  halt(session: SessionId, node: string): Promise<void>;
  alarmed(session: SessionId, alarms: Alarm[]): void;
  pulse(): Pulse;
  log: { warn(fields: object, message: string): void; error(fields: object, message: string): void };
}): Watchdog {
  const { driver, log } = options;
  const alarms = new Map<SessionId, Map<string, Alarm>>();
  const strikes = new Map<string, number[]>();
  let before: Pulse | undefined;
  let timer: NodeJS.Timeout | undefined;
  let closed = false;

  function suspects(): (Suspect & { nic: string; began: number })[] {
    return options.sessions().flatMap(({ session, nodes }) =>
      nodes.flatMap(({ name, nic }) => {
        try {
          const burden = driver.burden?.(session, name);
          return burden ? [{ session, node: name, nic, burden, began: burden.cpu() }] : [];
        } catch {
          return []; // It does not run: it burdens nobody.
        }
      }),
    );
  }

  function tell(session: SessionId): void {
    options.alarmed(session, [...(alarms.get(session)?.values() ?? [])]);
  }

  function strikeOf(key: string): number {
    const now = performance.now();
    const recent = (strikes.get(key) ?? []).filter((at) => now - at < STRIKE_MS);
    strikes.set(key, [...recent, now]);
    return recent.length + 1;
  }

  async function act({ session, node, found, links, entries, rate }: Verdict, cut: () => Promise<void>): Promise<void> {
    const strike = strikeOf(`${session}/${node}`);
    const halts = found === 'entries' || strike >= STRIKES;
    const did = halts ? 'halted' : 'cut';
    const names = [...new Set(links.map(({ name }) => name))].slice(0, NAMES_MAX);
    log.warn({ session, node, found, did, rate, links: names, entries }, 'a node burdened everybody');
    // In any case: the kernel takes a dead node's network apart in its own time, seconds under such a load.
    await cut();
    if (halts) await options.halt(session, node);
    const mine = alarms.get(session) ?? new Map<string, Alarm>();
    mine.set(node, { node, found, did, links: halts ? [] : names, at: Date.now() });
    alarms.set(session, mine);
    tell(session);
  }

  /** One look at all nodes, and what follows from it. */
  async function round(mode: 'usual' | 'thorough'): Promise<boolean> {
    const all = suspects();
    if (all.length === 0) return false;
    const sentry = openSentry(all);
    try {
      const began = performance.now();
      const traffic = await sentry.look(mode);
      const seconds = (performance.now() - began) / 1000;
      const states = all.flatMap((suspect, number): NodeState[] => {
        const seen = traffic[number];
        if (!seen) return [];
        const { session, node, nic, burden } = suspect;
        return [{ session, node, nic, number, ...seen, cpu: Math.max(0, burden.cpu() - suspect.began) / seconds }];
      });
      const verdicts = verdictOn(states);
      for (const verdict of verdicts) await act(verdict, () => sentry.cut(verdict.number, verdict.links));
      return verdicts.length > 0;
    } finally {
      sentry.close();
    }
  }

  async function look({ packets }: { packets: boolean }): Promise<boolean> {
    let found = false;
    for (let count = 0; count < ROUNDS && !closed; count++) {
      // What is hidden is looked for when it is plain that there is something.
      const more: boolean = (await round('usual')) || (packets && !found && (await round('thorough')));
      found ||= more;
      if (!more) break;
    }
    return found;
  }

  async function beat(): Promise<void> {
    const now = options.pulse();
    const former = before ?? now;
    const cores = now.at > former.at ? ((now.softirq - former.softirq) * 1000) / (now.at - former.at) : 0;
    const packets = cores >= SOFTIRQ_CORES;
    const grown = now.kernel - former.kernel >= KERNEL_GROWTH || now.neighbours - former.neighbours >= NEIGHBOUR_GROWTH;
    // What shrinks is the new measure; what grows slowly is compared with what it was at the last look.
    before = {
      ...now,
      kernel: Math.min(now.kernel, former.kernel),
      neighbours: Math.min(now.neighbours, former.neighbours),
    };
    if (!packets && !grown) return;
    const found = await look({ packets });
    before = options.pulse();
    if (packets && !found) log.warn({ cores }, 'the machine is busy with packets, but not of nodes');
  }

  return {
    alarms: (session) => [...(alarms.get(session)?.values() ?? [])],
    forget(session, node) {
      const mine = alarms.get(session);
      const had = node === undefined ? alarms.delete(session) : mine?.delete(node);
      for (const key of strikes.keys()) {
        if (node === undefined ? key.startsWith(`${session}/`) : key === `${session}/${node}`) strikes.delete(key);
      }
      if (mine?.size === 0) alarms.delete(session);
      if (had) tell(session);
    },
    look,
    start() {
      const next = () => {
        timer = setTimeout(() => {
          beat()
            .catch((error) => log.error({ err: error }, 'looking after the host'))
            .finally(() => closed || next());
        }, PERIOD_MS).unref();
      };
      next();
    },
    close() {
      closed = true;
      clearTimeout(timer);
    },
  };
}
