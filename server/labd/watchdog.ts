import type { Alarm } from '../network/alarm.ts';
import { createAlarms } from './alarms.ts';
import { type NodeState, type Verdict, verdictOn } from './burden.ts';
import type { NodeDriver, SessionId } from './nodes/driver.ts';
import type { Pulse } from './pulse.ts';
import { openSentry, type Suspect } from './sentry.ts';
import { createStrain } from './strain.ts';

/** Between two looks at the machine's pulse, ms: what floods must be found within 5 s. */
const PERIOD_MS = 1_000;
/** Cores busy with packets from which on it is asked whose they are. A node that sends all it may takes less. */
const SOFTIRQ_CORES = 0.25;
/** Seconds of softirq time that a packet takes which is seen, at most: what is beyond is of packets that are not. */
const SEEN_PACKET_S = 3e-6;
/** Beats that are let pass after a look that found nothing, so that a machine with other work is not looked at all the time. */
const PAUSE_BEATS = 2;
/** Within so many beats each node is asked once whether it has met limits of its own: some of them at each. */
const STRAIN_BEATS = 4;
/** Growth of kernel memory since the last look, bytes, and of the neighbour tables, entries, that let a look follow. */
const KERNEL_GROWTH = 6 * 1024 * 1024;
const NEIGHBOUR_GROWTH = 1_024;
/** Looks one after the other while something is found and stopped. */
const ROUNDS = 4;
/** A node whose storm came back so often within so long, ms, is halted: something sets its links up again. */
const STRIKES = 3;
const STRIKE_MS = 60_000;
/** ms between two lines of the log that say the machine is busy with something else. */
const SAY_MS = 600_000;
/** Names of links that are told. */
const NAMES_MAX = 8;

/** Finds what in a node burdens everybody, stops it, and says so. */
export interface Watchdog {
  /** What was found in a session's nodes since they were made. */
  alarms(session: SessionId): Alarm[];
  /** The nodes are being made anew, or removed: what was found in them is over. */
  forget(session: SessionId, node?: string): void;
  /** Looks now, on a machine of which so many cores are busy with packets; the answer says whether anything was found. */
  look(machine: { cores: number }): Promise<boolean>;
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
  const alarms = createAlarms(options.alarmed);
  const strain = createStrain();
  const strikes = new Map<string, number[]>();
  let before: Pulse | undefined;
  let timer: NodeJS.Timeout | undefined;
  let closed = false;
  let beats = 0;
  let saidAt = -SAY_MS;
  /** The beat from which on it may be looked again. */
  let next = 0;

  /** Nodes that run: of all sessions, or of each fourth or so. */
  function suspects(share?: number): (Suspect & { nic: string })[] {
    const all = options.sessions();
    const some = share === undefined ? all : all.filter((_, index) => index % STRAIN_BEATS === share);
    return some.flatMap(({ session, nodes }) =>
      nodes.flatMap(({ name, nic }) => {
        try {
          const burden = driver.burden?.(session, name);
          return burden ? [{ session, node: name, nic, burden }] : [];
        } catch {
          return []; // It does not run: it burdens nobody.
        }
      }),
    );
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
    // Said before it is done: whoever finds the node dead asks why.
    alarms.raise(session, { node, found, did, links: halts ? [] : names });
    try {
      if (halts) await options.halt(session, node);
    } catch (error) {
      alarms.forget(session, node);
      throw error;
    }
  }

  /** One look at all nodes, and what follows from it: whether anything was found, and the packets that were seen. */
  async function round(mode: 'usual' | 'thorough'): Promise<{ found: boolean; packets: number }> {
    const all = suspects();
    if (all.length === 0) return { found: false, packets: 0 };
    const sentry = openSentry(all);
    try {
      const began = performance.now();
      const charged = all.map(({ burden }) => burden.cpu());
      const traffic = await sentry.look(mode);
      const seconds = (performance.now() - began) / 1000;
      const states = all.flatMap((suspect, number): NodeState[] => {
        const seen = traffic[number];
        if (!seen) return [];
        const { session, node, nic, burden } = suspect;
        return [
          { session, node, nic, number, ...seen, cpu: Math.max(0, burden.cpu() - (charged[number] ?? 0)) / seconds },
        ];
      });
      const verdicts = verdictOn(states);
      for (const verdict of verdicts) {
        // One that cannot be stopped must not keep the others.
        await act(verdict, () => sentry.cut(verdict.number, verdict.links)).catch((error) =>
          log.error({ session: verdict.session, err: error }, 'a node that burdens everybody was not stopped'),
        );
      }
      return { found: verdicts.length > 0, packets: states.reduce((sum, state) => sum + state.packets, 0) };
    } finally {
      sentry.close();
    }
  }

  async function look({ cores }: { cores: number }): Promise<boolean> {
    let found = false;
    for (let count = 0; count < ROUNDS && !closed; count++) {
      const seen = await round('usual');
      // What is hidden is looked for when what is to be seen does not explain how busy the machine is.
      const isHidden: boolean = !seen.found && !found && cores - seen.packets * SEEN_PACKET_S >= SOFTIRQ_CORES;
      const more: boolean = seen.found || (isHidden && (await round('thorough')).found);
      found ||= more;
      if (!more) break;
    }
    return found;
  }

  /** Tells of nodes that have met their own limits. */
  function feel(): void {
    for (const { session, node, burden } of suspects(beats % STRAIN_BEATS)) {
      for (const found of strain.meet(session, node, burden.refusals())) {
        alarms.raise(session, { node, found, did: 'noted', links: [] });
      }
    }
  }

  async function beat(): Promise<void> {
    beats += 1;
    feel();
    const now = options.pulse();
    const former = before ?? now;
    const cores = now.at > former.at ? ((now.softirq - former.softirq) * 1000) / (now.at - former.at) : 0;
    const grown = now.kernel - former.kernel >= KERNEL_GROWTH || now.neighbours - former.neighbours >= NEIGHBOUR_GROWTH;
    // What shrinks is the new measure; what grows slowly is compared with what it was at the last look.
    before = {
      ...now,
      kernel: Math.min(now.kernel, former.kernel),
      neighbours: Math.min(now.neighbours, former.neighbours),
    };
    if (beats < next || (cores < SOFTIRQ_CORES && !grown)) return;
    const found = await look({ cores });
    before = options.pulse();
    if (found) return;
    // Where there was a storm lately, somebody may be setting its links up again.
    const last = Math.max(-STRIKE_MS, ...[...strikes.values()].flat());
    if (now.at - last >= STRIKE_MS) next = beats + 1 + PAUSE_BEATS;
    if (cores < SOFTIRQ_CORES || now.at - saidAt < SAY_MS) return;
    saidAt = now.at;
    log.warn({ cores }, 'the machine is busy with packets, but not of a storm in a node');
  }

  return {
    alarms: alarms.of,
    forget(session, node) {
      for (const key of strikes.keys()) {
        if (node === undefined ? key.startsWith(`${session}/`) : key === `${session}/${node}`) strikes.delete(key);
      }
      strain.forget(session, node);
      alarms.forget(session, node);
    },
    look,
    start() {
      const again = () => {
        timer = setTimeout(() => {
          beat()
            .catch((error) => log.error({ err: error }, 'looking after the host'))
            .finally(() => closed || again());
        }, PERIOD_MS).unref();
      };
      again();
    },
    close() {
      closed = true;
      clearTimeout(timer);
    },
  };
}
