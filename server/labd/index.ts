import { availableParallelism } from 'node:os';
import { join } from 'node:path';
import { pino } from 'pino';
import { type Env, readEnv, socketPath } from '../env.ts';
import { goFirst } from '../priority.ts';
import type { Control } from '../ptyd/contract.ts';
import { connectSeam, serveSeam } from '../seam.ts';
import { calls, type Labd, type LabdNews } from './contract.ts';
import { createEgress } from './egress.ts';
import { raiseHostLimits } from './host-limits.js';
import { createLabd, type OwnLabd } from './labd.ts';
import { loadConfinement } from './nodes/confinement.ts';
import { createContainerDriver } from './nodes/container.ts';
import type { SessionId } from './nodes/driver.ts';
import { createPool } from './nodes/pool.ts';
import { createRuntimes } from './nodes/runtimes.ts';
import { createSshDriver } from './nodes/ssh.ts';
import { createVmDriver } from './nodes/vm.ts';
import { createProbe } from './probe.ts';
import { createRelays } from './relays.ts';
import { openSessionFiles } from './sessions.ts';
import { createSnapshotReader } from './snapshot.ts';
import { createWatches } from './watches.ts';

/** What of the environment labd's parts are chosen by. */
type Surroundings = Pick<Env, 'data' | 'image' | 'imageMirror' | 'log' | 'runtime' | 'hosts'>;

/** Chooses labd's parts: the runtimes under NETLOOM_DATA, and ptyd where the caller says. */
export function composeLabd(env: Surroundings, terminals: Control, news: LabdNews): OwnLabd {
  const log = pino({ name: 'labd', level: env.log }, pino.destination(2));
  const confinement = loadConfinement();
  if (confinement.profile === null && confinement.why !== 'inactive') {
    log.warn(confinement, 'AppArmor is active, but the profile of nodes is not loaded: they run without');
  }
  const { profile } = confinement;
  const sessions = openSessionFiles(join(env.data, 'sessions'));
  // A session of before 2026-11-25 does not say: there were only containers.
  const runtimeOf = (session: SessionId) => {
    const topology = sessions.get(session);
    return topology && (topology.runtime ?? 'container');
  };
  const pool = createPool({
    driver: createContainerDriver({ directory: join(env.data, 'nodes'), image: env.image, profile, log }),
    directory: join(env.data, 'prepared'),
    terminals,
    width: availableParallelism(),
    log,
  });
  const vm = createVmDriver({ directory: join(env.data, 'vms'), image: env.image, mirror: env.imageMirror, log });
  if (env.runtime === 'vm') {
    // Before the first learner needs it. Who comes earlier waits for the same, and is told if it cannot be.
    vm.prepare((line) => log.info(line)).catch((err: unknown) => log.warn({ err }, 'machines are not prepared'));
  }
  const drivers = {
    container: pool.driver,
    vm,
    ssh: createSshDriver({ directory: join(env.data, 'hosts'), hosts: env.hosts, log }),
  };
  const driver = createRuntimes(drivers, runtimeOf);
  const relays = createRelays();
  const watches = createWatches({
    driver,
    nodesOf: (session) => sessions.get(session)?.nodes,
    changed: news.changed,
    log,
  });
  return createLabd({
    driver,
    pool,
    runtime: env.runtime,
    sessions,
    snapshots: createSnapshotReader({ driver, relays }),
    probe: createProbe({ driver, relays }),
    watches,
    egress: createEgress({ driver, log }),
    terminals,
    news,
    log,
  });
}

if (import.meta.main) {
  const env = readEnv(process.env);
  const log = pino({ name: 'labd', level: env.log }, pino.destination(2));
  const webs = new Set<LabdNews>();
  goFirst((err) => log.warn({ err }, 'labd runs at the priority of everything else'));
  const ptyd = connectSeam<Control, object>({ path: socketPath(env.data, 'control'), functions: {} });
  const labd = composeLabd(env, ptyd.remote, {
    progress: (session: SessionId, stage, node) => {
      for (const web of webs) web.progress(session, stage, node);
    },
    changed: (session) => {
      for (const web of webs) web.changed(session);
    },
    alarmed: (session, alarms) => {
      for (const web of webs) web.alarmed(session, alarms);
    },
    died: (session, nodes) => {
      for (const web of webs) web.died(session, nodes);
    },
  });
  for (const raised of raiseHostLimits()) {
    if (raised.refused) log.warn(raised, 'a limit that all nodes share could not be raised');
    else log.info(raised, 'a limit that all nodes share was raised');
  }
  const { adopted, removed } = await labd.adopt();
  log.info({ adopted: adopted.length, removed }, 'sessions adopted and removed at start');
  labd.guard();
  labd.watchOver();
  const seam = await serveSeam<LabdNews, Labd>({
    path: socketPath(env.data, 'labd'),
    schemas: calls,
    accept(connection) {
      webs.add(connection.remote);
      return {
        functions: { ...labd, follow: async (sessions) => labd.followAs(connection, sessions) },
        closed() {
          webs.delete(connection.remote);
          labd.followAs(connection, []);
        },
      };
    },
  });
  process.on('SIGTERM', () => void seam.close().then(() => process.exit(0)));
  process.on('SIGINT', () => undefined);
  process.on('SIGHUP', () => undefined);
}
