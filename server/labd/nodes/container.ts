import { mkdirSync, readFileSync } from 'node:fs';
import { chmod, chown, mkdir, realpath, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { openCgroups } from './cgroup.ts';
import type { NodeDriver, Progress, SessionId } from './driver.ts';
import { createHosted, type HostedLog, NOT_RUNNING } from './hosted.ts';
import { createIntegrity } from './integrity.ts';
import { arrange } from './namespace.ts';
import { ociConfig } from './oci.ts';
import { type NodePlace, placeOf, type SessionPlan, type TopologyPlan } from './place.ts';
import { claimRange, RANGE_SIZE } from './ranges.ts';
import { children, removeMounted } from './remains.ts';
import { createRunc } from './runc.ts';
import { openVantage } from './vantage.ts';
import { nodeSteps, portOf, sessionSteps } from './wiring.ts';

const DAMAGED = '节点在服务器上的部件被动过，要重置才能继续';

/** What the container runtime needs from its surroundings. */
export interface ContainerOptions {
  /** The instance's own directory; every name on the machine is derived from it, so that instances never meet. */
  directory: string;
  /** Where buildImage has put the node image. */
  image: string;
  /** The AppArmor profile that nodes get; none where AppArmor is not active. */
  profile?: string | null;
  log: HostedLog;
}

/**
 * Nodes as system containers: runc, a user namespace per session, an overlay over the id-mapped image, a host-owned
 * switch. Every name follows from the session's, so what exists is read from the kernel and nothing has to be recorded.
 */
export function createContainerDriver({ directory, image, profile = null, log }: ContainerOptions): NodeDriver {
  const place = placeOf(directory);
  const cgroups = openCgroups();
  const runc = createRunc(place.runc, cgroups);
  const integrity = createIntegrity(place.runc);
  const hosted = createHosted({
    ...{ place, cgroups, log, stands, make },
    release: (id) => forget((container) => container.startsWith(`${id}.`)),
  });
  const { planOf, nodeOf, inTurn } = hosted;

  /** The host pid of a node's init; null when it is not running. Its group tells it from a recycled pid. */
  function initOf(node: NodePlace): number | null {
    let pid: number;
    try {
      pid = Number(readFileSync(node.pid, 'utf8'));
    } catch {
      return null; // Not started yet.
    }
    return pid > 0 && cgroups.holds(node.cgroup, pid) ? pid : null;
  }

  /** Which of these nodes of a session, by default all it has, are not whole; undefined when nobody knows what it has. */
  function fallen(id: SessionId, names?: string[]): string[] | undefined {
    const session = place.session(id);
    let plan: SessionPlan;
    try {
      plan = planOf(id);
    } catch {
      return names; // Not made, half made, or its plan is damaged.
    }
    const all = plan.nodes.map(({ name }) => name);
    if (!integrity.holdsTogether(session)) return names ?? all;
    return (names ?? all).filter((name) => {
      const init = all.includes(name) ? initOf(session.node(name)) : null;
      return init === null || !integrity.holds(session.node(name), init);
    });
  }

  function stands(id: SessionId): boolean {
    return fallen(id)?.length === 0;
  }

  /** The host pid of the init of a node that is whole; throws what is to be told when it is not. */
  function mustStand(node: NodePlace): number {
    const init = initOf(node);
    if (init === null) throw new Error(NOT_RUNNING);
    if (!integrity.holds(node, init)) throw new Error(DAMAGED);
    return init;
  }

  async function start(id: SessionId, plan: SessionPlan, name: string): Promise<void> {
    const { userns } = place.session(id);
    const { root, netns, cgroup } = place.session(id).node(name);
    const hostname = plan.nodes.find((node) => node.name === name)?.hostname ?? name;
    const ids = { base: plan.base, size: RANGE_SIZE };
    const config = ociConfig({
      hostname,
      rootfs: root,
      userns,
      netns,
      cgroup,
      ids,
      netfilter: plan.netfilter,
      hasEgress: plan.egress.length > 0,
      profile,
    });
    await runc.start(place.session(id).node(name), config);
  }

  async function make(id: SessionId, topology: TopologyPlan, progress: Progress): Promise<void> {
    progress('files');
    const session = place.session(id);
    const rootfs = await realpath(join(image, 'current')).catch((error) => {
      throw new Error('还没有节点镜像', { cause: error });
    });
    mkdirSync(place.directory, { recursive: true, mode: 0o711 });
    mkdirSync(session.directory);
    const plan: SessionPlan = { ...topology, base: await claimRange(session.claim) };
    await chown(session.directory, 0, plan.base);
    await chmod(session.directory, 0o710);
    await mkdir(place.runc, { recursive: true, mode: 0o711 });
    progress('network');
    const steps = plan.nodes.flatMap(({ name }) => nodeSteps(id, session, plan, name));
    await arrange(session.directory, [...sessionSteps(session, plan, rootfs), ...steps]);
    await writeFile(session.plan, JSON.stringify(plan));
    await hosted.startAll(plan, progress, (name) => start(id, plan, name));
  }

  /** Deletes runc's notes about containers: they may be damaged, and nothing here relies on them. */
  async function forget(which: (container: string) => boolean): Promise<void> {
    for (const container of children(place.runc).filter(which)) {
      await rm(join(place.runc, container), { recursive: true, force: true });
    }
  }

  return {
    kind: 'container',
    recipe: () => realpath(join(image, 'current')),

    create: hosted.create,
    destroy: hosted.destroy,
    list: hosted.list,
    wire: hosted.wire,

    async reset(id, name) {
      await inTurn(id, async () => {
        const plan = planOf(id);
        const session = place.session(id);
        const node = nodeOf(id, name);
        await cgroups.kill(node.cgroup);
        await forget((container) => container === node.container);
        await cgroups.remove(node.cgroup);
        await removeMounted(node.directory);
        const steps = nodeSteps(id, session, plan, name);
        await arrange(node.directory, [['unplug', session.wire, portOf(plan, name)], ...steps]);
        await hosted.urgently(id, () => start(id, plan, name));
      });
    },

    async alive(id) {
      return stands(id);
    },

    fallen,

    shell(id, name) {
      const node = nodeOf(id, name);
      mustStand(node);
      return runc.shell(node, { NETLOOM_NODE: name }, planOf(id).base);
    },

    async exec(id, name, argv, limits, stdin) {
      const node = nodeOf(id, name);
      if (argv.length === 0) throw new Error('nothing to execute');
      mustStand(node);
      return runc.exec(node, argv, limits, stdin);
    },

    vantage(id, name) {
      const node = nodeOf(id, name);
      const init = mustStand(node);
      return { ...openVantage(node.netns, init, () => initOf(node) === init), root: node.root };
    },

    burden(id, name) {
      // Asked for all nodes again and again: without the plan, which a node that runs has.
      const node = place.session(id).node(name);
      if (initOf(node) === null) throw new Error(NOT_RUNNING);
      return {
        netns: node.netns,
        pids: () => cgroups.members(node.cgroup),
        cpu: () => cgroups.charged(node.cgroup),
        refusals: () => cgroups.refusals(node.cgroup),
      };
    },

    async halt(id, name) {
      await inTurn(id, async () => {
        const plan = planOf(id);
        const session = place.session(id);
        const node = nodeOf(id, name);
        await cgroups.kill(node.cgroup);
        // Its network goes with the last that holds on to it, and everything that was in the kernel's tables for it.
        await arrange(node.directory, [
          ['unplug', session.wire, portOf(plan, name)],
          ['unmount', node.netns],
        ]);
      });
    },
  };
}
