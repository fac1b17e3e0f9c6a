import type { Control } from '../ptyd/contract.ts';
import type { Labd, LabdNews } from './contract.ts';
import type { Egress } from './egress.ts';
import type { NodeDriver, NodeSpec, Runtime, SessionId, Topology } from './nodes/driver.ts';
import type { Pool } from './nodes/pool.ts';
import type { Probe } from './probe.ts';
import { takePulse } from './pulse.ts';
import type { SessionFiles } from './sessions.ts';
import type { SnapshotReader } from './snapshot.ts';
import { createTurns } from './turns.ts';
import { createVigil } from './vigil.ts';
import { createWatchdog } from './watchdog.ts';
import type { Watches } from './watches.ts';

/** labd as its own process has it: what no caller may ask for besides. */
export interface OwnLabd extends Labd {
  /** Compares what exists with what is owned: removes what nobody owns, and says what it found. */
  adopt(): Promise<{ adopted: SessionId[]; removed: SessionId[] }>;
  /** `follow` of one of several callers. */
  followAs(caller: object, sessions: SessionId[]): void;
  /** Looks after the host from now on: what in a node burdens everybody is stopped. */
  guard(): void;
  /** Looks after the nodes from now on: whoever follows hears of those that die. */
  watchOver(): void;
}

/** labd's verbs over one runtime. One job at a time changes a session; readings go on beside it. */
export function createLabd(parts: {
  driver: NodeDriver;
  /** Of the runtime whose sessions are made ahead. */
  pool: Pool;
  /** Of a session that does not say. */
  runtime: Runtime;
  sessions: SessionFiles;
  snapshots: SnapshotReader;
  probe: Probe;
  watches: Watches;
  egress: Egress;
  terminals: Control;
  news: LabdNews;
  log: Parameters<typeof createWatchdog>[0]['log'];
}): OwnLabd {
  const { driver, pool, sessions, news, watches } = parts;
  const inTurn = createTurns();
  /** Sessions of which nodes are being made, reset or removed. */
  const underChange = new Set<SessionId>();

  function topologyOf(session: SessionId): Topology {
    const topology = sessions.get(session);
    if (!topology) throw new Error(`no such session: ${session}`);
    return topology;
  }

  function nodeOf(session: SessionId, name: string): NodeSpec {
    const node = topologyOf(session).nodes.find((each) => each.name === name);
    if (!node) throw new Error(`session ${session} has no node ${name}`);
    return node;
  }

  /** A job that ends or makes nodes: nobody may hold on to the old ones meanwhile. */
  function changing<T>(session: SessionId, job: () => Promise<T>): Promise<T> {
    return inTurn(session, async () => {
      underChange.add(session);
      parts.egress.close(session);
      try {
        return await watches.aside(session, job);
      } finally {
        await openWays(session);
        underChange.delete(session);
      }
    });
  }

  /** The ways out of a session's nodes, as far as it has any and they run. */
  async function openWays(session: SessionId): Promise<void> {
    const { egress = [], nodes } = sessions.get(session) ?? { nodes: [] };
    const names = nodes.map(({ name }) => name);
    await parts.egress.open(session, names, egress);
  }

  const watchdog = createWatchdog({
    driver,
    sessions: () => sessions.list().map((session) => ({ session, nodes: topologyOf(session).nodes })),
    halt: (session, node) => changing(session, async () => driver.halt?.(session, node)),
    alarmed: news.alarmed,
    pulse: takePulse,
    log: parts.log,
  });

  /** The nodes of a session that should be alive: what was halted is told as that. */
  function wantedOf(session: SessionId): string[] {
    const halted = watchdog.alarms(session).filter(({ did }) => did === 'halted');
    const names = topologyOf(session).nodes.map(({ name }) => name);
    return names.filter((name) => !halted.some(({ node }) => node === name));
  }

  const vigil = createVigil({
    driver,
    sessions: () =>
      sessions
        .list()
        .filter((session) => !underChange.has(session))
        .map((session) => ({ session, nodes: wantedOf(session) })),
    died: news.died,
    log: parts.log,
  });

  return {
    create: (session, asked) =>
      changing(session, async () => {
        const topology = { ...asked, runtime: asked.runtime ?? parts.runtime };
        sessions.put(session, topology);
        await driver.create(session, topology, (stage, node) => news.progress(session, stage, node));
        watchdog.forget(session);
      }),
    reset: (session, node) =>
      changing(session, async () => {
        await driver.reset(session, nodeOf(session, node).name);
        watchdog.forget(session, node);
      }),
    destroy: (session) =>
      changing(session, async () => {
        await driver.destroy(session);
        sessions.remove(session);
        watchdog.forget(session);
      }),
    list: () =>
      Promise.all(
        sessions.list().map(async (session) => {
          const alarms = watchdog.alarms(session);
          const alive = await driver.alive(session);
          const down = alive ? [] : driver.fallen?.(session, wantedOf(session));
          return { session, alive, ...(down && { down }), ...(alarms.length > 0 && { alarms }) };
        }),
      ),
    caveats: async (session) => driver.caveats?.(session) ?? null,
    async openTerminal(session, node, terminal, size, record) {
      const belonging = { session, node, ...(record === false && { record }) };
      const { name } = nodeOf(session, node);
      const waiting = pool.takeShell(session, name);
      if (waiting) {
        try {
          return await parts.terminals.adopt(waiting, terminal, size, belonging);
        } catch {
          // It has ended, or this ptyd is older than adopting.
          void parts.terminals.close(waiting).catch(() => {});
        }
      }
      await parts.terminals.open(terminal, driver.shell(session, name), size, belonging);
    },
    closeTerminal: (terminal) => parts.terminals.close(terminal),
    snapshot: (session, watch) => parts.snapshots.read(session, topologyOf(session).nodes, watch),
    probe: (session, request) =>
      watches.probing(session, () => parts.probe.run(session, topologyOf(session).nodes, request)),
    follow: async (followed) => watches.want(news, followed),
    followAs: watches.want,
    guard: watchdog.start,
    watchOver: vigil.start,
    exec: (session, node, argv, limits, stdin) => driver.exec(session, nodeOf(session, node).name, argv, limits, stdin),
    prepare: async (wanted) => {
      const { kind } = pool.driver;
      pool.want(wanted.filter(({ topology }) => (topology.runtime ?? parts.runtime) === kind));
    },
    prepared: async () => pool.ready(),
    async adopt() {
      const owned = new Set(sessions.list());
      const removed = (await driver.list()).filter((session) => !owned.has(session));
      for (const session of removed) await inTurn(session, () => driver.destroy(session));
      // Those of an earlier labd have ended with it.
      for (const session of owned) await openWays(session);
      return { adopted: [...owned], removed };
    },
  };
}
