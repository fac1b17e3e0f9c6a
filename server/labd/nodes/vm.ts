import { existsSync, mkdirSync, readFileSync } from 'node:fs';
import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { GUEST } from '../guest/system.ts';
import { openCgroups } from './cgroup.ts';
import type { NodeDriver, Progress, SessionId } from './driver.ts';
import { createHosted, type HostedLog, NOT_RUNNING } from './hosted.ts';
import type { SshMachine } from './machine.ts';
import { createModel, MODEL, MODEL_NODE, MODEL_TOPOLOGY } from './model.ts';
import { arrange } from './namespace.ts';
import { type NodePlace, placeOf, type SessionPlan, TopologyPlan } from './place.ts';
import { partsOf, powerOn, reach, type Source, settle } from './power.ts';
import { claimRange } from './ranges.ts';
import { removeMounted } from './remains.ts';
import { portOf, wireSteps } from './wiring.ts';

const NO_EGRESS = '这个实验的节点要访问外面的主机（egress），虚拟机节点做不到：请用容器';
/** A shell in the learner's system, with the terminal that sshd made for it; see SHELL of runc.ts. */
const SHELL = ['sh', '-c', 'exec bash --login <>/proc/self/fd/0 >&0 2>&0'];

/** What the vm runtime needs from its surroundings. */
export interface VmOptions {
  /** The instance's own directory; every name on the machine is derived from it, so that instances never meet. */
  directory: string;
  /** Where buildImage has put the node image. */
  image: string;
  mirror?: string | undefined;
  log: HostedLog;
}

/** The vm runtime. */
export interface VmDriver extends NodeDriver {
  /** Makes what machines start from, where it is not there; `progress` receives a line per stage, for people. */
  prepare(progress: (line: string) => void): Promise<void>;
}

/**
 * Nodes as virtual machines: QEMU with nothing but what it was handed, a kernel for each node, the node image as its disk,
 * the same host-owned switch. Inside, the learner's system runs below an agent that it cannot reach. Every name follows
 * from the session's, as with containers.
 */
export function createVmDriver({ directory, image, mirror, log }: VmOptions): VmDriver {
  const place = placeOf(directory);
  const cgroups = openCgroups();
  /** Connections, by directory of the node. */
  const machines = new Map<string, SshMachine>();
  const hosted = createHosted({
    ...{ place, cgroups, log, make },
    stands: runsAll,
    release: (_id, { directory }) => disconnect(directory),
  });
  const { planOf, nodeOf, inTurn, wipe } = hosted;

  /** Whether a node's QEMU is alive, and the host has all it needs to enter it. Its group tells it from a recycled pid. */
  function runs(node: NodePlace): boolean {
    const { init, ssh, identity, hostKey } = partsOf(node);
    try {
      const pid = Number(readFileSync(node.pid, 'utf8'));
      return pid > 0 && cgroups.holds(node.cgroup, pid) && [init, ssh, identity, `${hostKey}.pub`].every(existsSync);
    } catch {
      return false; // Not started.
    }
  }

  function runsAll(id: SessionId): boolean {
    try {
      return planOf(id).nodes.every(({ name }) => runs(place.session(id).node(name)));
    } catch {
      return false; // Not made, half made, or its plan is damaged.
    }
  }

  function connectionTo(node: NodePlace): SshMachine {
    const machine = machines.get(node.directory) ?? reach(node);
    machines.set(node.directory, machine);
    return machine;
  }

  async function disconnect(below: string): Promise<void> {
    const found = [...machines].filter(([path]) => path === below || path.startsWith(`${below}/`));
    for (const [path] of found) machines.delete(path);
    await Promise.all(found.map(([, machine]) => machine.close()));
  }

  async function start(id: SessionId, plan: SessionPlan, name: string, source: Source): Promise<void> {
    const session = place.session(id);
    const node = session.node(name);
    try {
      await powerOn({ session, plan, name, cgroups }, source);
      await settle(id, plan, name, node);
    } catch (error) {
      if (!source.state) throw error;
      log.warn({ session: id, err: error }, 'a machine did not go on from the memory snapshot, and boots');
      await powerOff(id, plan, name);
      await powerOn({ session, plan, name, cgroups }, { ...source, state: undefined });
      await settle(id, plan, name, node);
    }
    await connectionTo(node).open();
  }

  /** Ends one node's machine, and removes what was its own. */
  async function powerOff(id: SessionId, plan: SessionPlan, name: string): Promise<void> {
    const session = place.session(id);
    const node = session.node(name);
    await cgroups.kill(node.cgroup);
    await disconnect(node.directory);
    await cgroups.remove(node.cgroup);
    await removeMounted(node.directory);
    // QEMU's end takes its tap away, in the kernel's own time.
    await arrange(session.directory, [['unplug', session.wire, portOf(plan, name)]]);
  }

  /** What a session's machines share: ids, a wire, and the plan. */
  async function prepare(id: SessionId, topology: TopologyPlan): Promise<SessionPlan> {
    const session = place.session(id);
    mkdirSync(place.directory, { recursive: true, mode: 0o711 });
    mkdirSync(session.directory, { mode: 0o711 });
    const plan: SessionPlan = { ...topology, base: await claimRange(session.claim) };
    await arrange(session.directory, wireSteps(session));
    await mkdir(join(session.directory, 'nodes'), { mode: 0o711 });
    await writeFile(session.plan, JSON.stringify(plan));
    return plan;
  }

  const model = createModel({ image, mirror, log }, (job) =>
    inTurn(MODEL, async () => {
      await wipe(MODEL);
      try {
        const plan = await prepare(MODEL, MODEL_TOPOLOGY);
        await job({ session: place.session(MODEL), plan, name: MODEL_NODE, cgroups });
      } finally {
        await wipe(MODEL);
      }
    }),
  );

  async function make(id: SessionId, topology: TopologyPlan, progress: Progress): Promise<void> {
    progress('files');
    const source = await model.source();
    progress('network');
    const plan = await prepare(id, topology);
    await hosted.startAll(plan, progress, (name) => start(id, plan, name, source));
  }

  return {
    kind: 'vm',

    async prepare(progress) {
      await model.source(progress);
    },

    async create(id, topology, progress) {
      if (TopologyPlan.parse(topology).egress.length > 0) throw new Error(NO_EGRESS);
      await hosted.create(id, topology, progress);
    },
    destroy: hosted.destroy,
    list: hosted.list,
    wire: hosted.wire,

    async reset(id, name) {
      await inTurn(id, async () => {
        nodeOf(id, name); // Refuses a name that is none.
        const plan = planOf(id);
        const source = await model.source();
        await powerOff(id, plan, name);
        await start(id, plan, name, source);
      });
    },

    async alive(id) {
      return runsAll(id);
    },

    fallen(id, nodes) {
      return nodes.filter((name) => !runs(place.session(id).node(name)));
    },

    shell(id, name) {
      const program = ['perl', GUEST.enter, '--terminal', ...SHELL];
      return connectionTo(nodeOf(id, name)).shell(program, { NETLOOM_NODE: name });
    },

    async exec(id, name, argv, limits, stdin) {
      const node = nodeOf(id, name);
      if (argv.length === 0) throw new Error('nothing to execute');
      if (!runs(node)) throw new Error(NOT_RUNNING);
      return connectionTo(node).exec(['perl', GUEST.enter, ...argv], limits, stdin);
    },

    async vantage(id, name) {
      const node = nodeOf(id, name);
      if (!runs(node)) throw new Error(NOT_RUNNING);
      return connectionTo(node).vantage(Number(readFileSync(partsOf(node).init, 'utf8')));
    },
  };
}
