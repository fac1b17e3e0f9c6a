import type { NodeDriver, Runtime, SessionId } from './driver.ts';

/**
 * Several runtimes as one: a session is its runtime's, as its topology says when it is created, and `runtimeOf` remembers,
 * also after a restart. What nobody remembers is looked for by each of them.
 */
export function createRuntimes(
  drivers: Partial<Record<Runtime, NodeDriver>>,
  runtimeOf: (session: SessionId) => Runtime | undefined,
): NodeDriver {
  const all = Object.values(drivers);

  function driverOf(session: SessionId, runtime = runtimeOf(session)): NodeDriver {
    if (!runtime) throw new Error('没有这个实验会话的节点');
    const driver = drivers[runtime];
    if (!driver) throw new Error(`这台机器上没有 ${runtime} 运行时`);
    return driver;
  }

  return {
    kind: 'several',
    create: async (session, topology, progress) =>
      driverOf(session, topology.runtime ?? runtimeOf(session)).create(session, topology, progress),
    reset: async (session, node) => driverOf(session).reset(session, node),
    async destroy(session) {
      const known = runtimeOf(session);
      for (const driver of known ? [driverOf(session)] : all) await driver.destroy(session);
    },
    list: async () => [...new Set((await Promise.all(all.map((driver) => driver.list()))).flat())].sort(),
    alive: async (session) => runtimeOf(session) !== undefined && driverOf(session).alive(session),
    fallen: (session, nodes) => (runtimeOf(session) ? driverOf(session).fallen?.(session, nodes) : nodes),
    shell: (session, node) => driverOf(session).shell(session, node),
    exec: async (session, ...rest) => driverOf(session).exec(session, ...rest),
    vantage: (session, node) => driverOf(session).vantage?.(session, node),
    wire: (session) => driverOf(session).wire?.(session),
    burden: (session, node) => driverOf(session).burden?.(session, node),
    halt: async (session, node) => driverOf(session).halt?.(session, node),
    caveats: (session) => driverOf(session).caveats?.(session),
  };
}
