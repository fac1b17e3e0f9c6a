import { existsSync, readFileSync } from 'node:fs';
import { availableParallelism } from 'node:os';
import { join } from 'node:path';
import { createTurns } from '../turns.ts';
import type { Cgroups } from './cgroup.ts';
import { diskTrouble } from './disk.ts';
import type { NodeDriver, Progress, SessionId } from './driver.ts';
import { isSession, type NodePlace, type Place, type SessionPlace, SessionPlan, TopologyPlan } from './place.ts';
import { claimedUnder, releaseRange } from './ranges.ts';
import { children, removeEmpty, removeMounted } from './remains.ts';
import { endStrays } from './stray.ts';
import { portOf } from './wiring.ts';

/**
 * What all nodes together weigh against a process of the host's own (1024): as two of them on each processor. What reads and
 * judges their networks has work as long as learners work, and would leave them a quarter of the machine.
 */
const WORKING = { isIdle: false, cpuShares: 2 * 1_024 * availableParallelism() };
/** While some of them are being made: of 60 learners of whom most install something already, those without a prompt come first. */
const YIELDING = { isIdle: true };
/** What a session weighs against another; and one that is being made, whose start runs in its own group: all the kernel has. */
const SESSION = { cpuShares: 1_024 };
const STARTING = { cpuShares: 102_400 };
/** Until its first shells have their prompts, ms: they begin when the nodes are ready. */
const PROMPTS_MS = 3_000;

/** What is to be told of a node that is not up. */
export const NOT_RUNNING = '节点没有运行';

/** Where a runtime on this host says what happens. */
export interface HostedLog {
  info(fields: object, message: string): void;
  warn(fields: object, message: string): void;
}

/** The part of a runtime that is the same for all whose nodes are this host's: what becomes of sessions as a whole. */
export interface Hosted extends Pick<NodeDriver, 'create' | 'destroy' | 'list'> {
  /** What a session was made of; throws when there is none. */
  planOf(id: SessionId): SessionPlan;
  nodeOf(id: SessionId, name: string): NodePlace;
  /** One job of a session at a time. */
  inTurn<T>(id: SessionId, job: () => Promise<T>): Promise<T>;
  /** Does a job that people wait for before what all nodes do. */
  urgently<T>(id: SessionId, job: () => Promise<T>): Promise<T>;
  /** Ends and removes everything of a session, whatever state it is in. */
  wipe(id: SessionId): Promise<void>;
  /** Starts all nodes of a session at once. */
  startAll(plan: SessionPlan, progress: Progress, start: (name: string) => Promise<void>): Promise<void>;
  wire(id: SessionId): { path: string; ports: Record<string, string> };
}

/**
 * Sessions whose nodes are below a place of this host, in control groups and on a wire of their own. `stands` says whether
 * all of a session is as it was made, `make` makes it from nothing, `release` lets go of what the runtime itself keeps of
 * one whose processes have ended.
 */
export function createHosted(options: {
  place: Place;
  cgroups: Cgroups;
  log: HostedLog;
  stands(id: SessionId): boolean;
  make(id: SessionId, topology: TopologyPlan, progress: Progress): Promise<void>;
  release(id: SessionId, session: SessionPlace): Promise<void>;
}): Hosted {
  const { place, cgroups, log } = options;
  const inTurn = createTurns();
  /** Jobs that people wait for. */
  let urgent = 0;
  // A former one may have ended in the middle of a job.
  cgroups.limit(place.cgroup, WORKING);
  for (const name of cgroups.children(place.cgroup)) cgroups.limit(join(place.cgroup, name), SESSION);

  function planOf(id: SessionId): SessionPlan {
    let text: string;
    try {
      text = readFileSync(place.session(id).plan, 'utf8');
    } catch (error) {
      throw new Error('没有这个实验会话的节点', { cause: error });
    }
    return SessionPlan.parse(JSON.parse(text));
  }

  async function wipe(id: SessionId): Promise<void> {
    const session = place.session(id);
    await endStrays(session.directory, `${id}.`);
    await cgroups.kill(session.cgroup);
    await options.release(id, session);
    await removeMounted(session.directory);
    await cgroups.remove(session.cgroup);
    await releaseRange(session.claim);
    // Without a pause in which another session could begin.
    if (children(place.directory).every((name) => name === '.runc')) {
      for (const empty of [place.runc, place.directory]) removeEmpty(empty);
      cgroups.removeEmpty(place.cgroup);
    }
  }

  async function urgently<T>(id: SessionId, job: () => Promise<T>): Promise<T> {
    const { cgroup } = place.session(id);
    const done = () => {
      urgent -= 1;
      cgroups.limit(cgroup, SESSION);
      if (urgent === 0) cgroups.limit(place.cgroup, WORKING);
    };
    urgent += 1;
    cgroups.create(place.cgroup, YIELDING);
    cgroups.create(cgroup, STARTING);
    try {
      return await job();
    } finally {
      setTimeout(done, PROMPTS_MS).unref();
    }
  }

  /** Whether a session is what it would be made as now. */
  function isMade(id: SessionId, wanted: TopologyPlan): boolean {
    if (!options.stands(id)) return false;
    const { base: _, ...made } = planOf(id);
    return JSON.stringify(made) === JSON.stringify(wanted);
  }

  return {
    planOf,
    inTurn,
    urgently,
    wipe,

    nodeOf(id, name) {
      if (!planOf(id).nodes.some((node) => node.name === name)) throw new Error(`没有这个节点：${name}`);
      return place.session(id).node(name);
    },

    async startAll({ nodes }, progress, start) {
      const starting = nodes.map(async ({ name }) => {
        progress('starting', name);
        await start(name);
        progress('ready', name);
      });
      // All of them, before anybody tidies up: one that is still at work would go on making things.
      const failed = (await Promise.allSettled(starting)).find((result) => result.status === 'rejected');
      if (failed) throw failed.reason;
    },

    async create(id, topology, progress = () => {}) {
      const wanted = TopologyPlan.parse(topology);
      await inTurn(id, async () => {
        if (isMade(id, wanted)) {
          for (const { name } of wanted.nodes) progress('ready', name);
          return;
        }
        // A name that nothing has cannot have left anything: looking for it among everybody's processes and mounts takes a
        // while where there are many.
        const { directory } = place.session(id);
        if (existsSync(directory) || cgroups.children(place.cgroup).includes(id)) await wipe(id);
        const began = performance.now();
        try {
          await urgently(id, () => options.make(id, wanted, progress));
        } catch (error) {
          await wipe(id).catch((cause: unknown) =>
            log.warn({ session: id, cause }, 'a failed session was not removed'),
          );
          const trouble = diskTrouble(error);
          throw trouble ? new Error(trouble, { cause: error }) : error;
        }
        log.info({ session: id, ms: Math.round(performance.now() - began) }, 'nodes are ready');
      });
    },

    async destroy(id) {
      place.session(id); // Refuses a name that is none.
      await inTurn(id, () => wipe(id));
    },

    async list() {
      const claimed = await claimedUnder(place.claims);
      const found = [...children(place.directory), ...cgroups.children(place.cgroup), ...claimed];
      return [...new Set(found)].filter(isSession).sort();
    },

    wire(id) {
      const plan = planOf(id);
      const ports = plan.nodes.map(({ name }) => [name, portOf(plan, name)]);
      return { path: place.session(id).wire, ports: Object.fromEntries(ports) };
    },
  };
}
