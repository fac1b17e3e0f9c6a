import { createHash } from 'node:crypto';
import { mkdirSync, realpathSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { createTurns } from '../turns.ts';
import { type Claim, openClaims } from './claims.ts';
import type { NodeDriver, Progress, SessionId, Topology } from './driver.ts';
import { type HostSet, machineKey, readHosts } from './hosts.ts';
import { createMachine, type SshMachine } from './machine.ts';
import { isSession, TopologyPlan } from './place.ts';
import { isHeld, release, restore, SHELL, SHELL_ENVIRONMENT, take } from './upkeep.ts';

/** Connections of all instances; short, as sockets are in it (machine.ts). */
const RUN = '/run/netloom';
/** ms. What does not answer by then is not alive: whoever asks, asks about all sessions at once. */
const ALIVE_TIMEOUT = 8_000;
const GONE = '没有这个实验会话的节点';

/** What the ssh runtime needs from its surroundings. */
export interface SshOptions {
  /** The instance's own directory: what is lent to whom is remembered here. */
  directory: string;
  /** The file that names the machines; read anew for each session. */
  hosts: string;
  log: { info(fields: object, message: string): void; warn(fields: object, message: string): void };
}

/**
 * Nodes as machines that somebody has already: one session at a time holds a set of them. What a lab does to their network is
 * undone afterwards, by what it was at first; everything else is their root's, and so the learner's.
 */
export function createSshDriver({ directory, hosts, log }: SshOptions): NodeDriver {
  mkdirSync(directory, { recursive: true, mode: 0o700 });
  const instance = createHash('sha256').update(realpathSync(directory)).digest('hex').slice(0, 10);
  const claims = openClaims(join(directory, 'claims'));
  const machines = new Map<string, SshMachine>();
  /** One job of a session at a time; and one session at a time looks for machines. */
  const inTurn = createTurns();
  const ownerOf = (id: SessionId) => `${instance}/${id}`;

  function claimOf(id: SessionId): Claim {
    const claim = claims.get(id);
    if (!claim || claim.isLeaving) throw new Error(GONE);
    return claim;
  }

  function machineOf(id: SessionId, name: string, claim = claimOf(id)): SshMachine {
    const reach = claim.nodes[name];
    if (!reach) throw new Error(`没有这个节点：${name}`);
    const key = `${id}-${name}`;
    const known = machines.get(key);
    if (known) return known;
    const made = createMachine(join(RUN, `ssh-${instance}`), { ...reach, name: key });
    machines.set(key, made);
    return made;
  }

  async function isComplete(id: SessionId): Promise<boolean> {
    const claim = claims.get(id);
    if (!claim || claim.isLeaving) return false;
    const nodes = Object.entries(claim.nodes);
    if (nodes.some(([, { first }]) => !first)) return false;
    const held = await Promise.all(nodes.map(([name]) => isHeld(machineOf(id, name), ownerOf(id))));
    return held.every(Boolean);
  }

  /** Claims the first set of the lab that nobody holds and that has not been tried; rejects when there is none. */
  function claim(id: SessionId, lab: string | undefined, topology: TopologyPlan, tried: Set<HostSet>, sets: HostSet[]) {
    const fitting = sets.filter((set) => set.lab === lab && topology.nodes.every(({ name }) => set.nodes[name]));
    if (fitting.length === 0) throw new Error('没有给这个实验登记自己的机器');
    const taken = new Set(
      claims.all().flatMap(([other, { nodes }]) => (other === id ? [] : Object.values(nodes).map(machineKey))),
    );
    const free = fitting.find(
      (set) => !tried.has(set) && !Object.values(set.nodes).some((each) => taken.has(machineKey(each))),
    );
    if (!free) return undefined;
    tried.add(free);
    const nodes = topology.nodes.map(({ name }) => [name, { port: 22, ...free.nodes[name], remains: [] }]);
    claims.put(id, { topology, nodes: Object.fromEntries(nodes), isLeaving: false });
    return free;
  }

  async function lend(id: SessionId, progress: Progress): Promise<void> {
    const { topology, nodes } = claimOf(id);
    progress('files');
    const taking = topology.nodes.map(async (node) => {
      progress('starting', node.name);
      const first = await take(machineOf(id, node.name), ownerOf(id), node);
      const reach = nodes[node.name];
      if (reach) reach.first = first;
      claims.put(id, { topology, nodes, isLeaving: false });
      progress('ready', node.name);
    });
    // All of them, before anybody tidies up.
    const failed = (await Promise.allSettled(taking)).find((result) => result.status === 'rejected');
    if (failed) throw failed.reason;
  }

  /** Gives machines back, as far as they answer; what does not is remembered, and done before anybody gets them again. */
  async function giveBack(id: SessionId): Promise<void> {
    const held = claims.get(id);
    if (!held) return;
    const left = await Promise.allSettled(
      Object.entries(held.nodes).map(async ([name, { first }]) => {
        const machine = machineOf(id, name, held);
        // It may have been started anew, or be another instance's by now.
        const isOurs = async () => machine.open().then(() => isHeld(machine, ownerOf(id)));
        if (first ? await isOurs() : await isOurs().catch(() => false)) {
          const remains = await restore(machine, id, first);
          if (remains.length > 0) log.warn({ session: id, node: name, remains }, 'a machine is not as it was');
          await release(machine);
        }
        await machine.close();
        machines.delete(`${id}-${name}`);
        delete held.nodes[name];
      }),
    );
    const failed = left.find((result) => result.status === 'rejected');
    if (!failed) {
      claims.remove(id);
      return;
    }
    claims.put(id, { ...held, isLeaving: true });
    log.warn({ session: id, err: failed.reason }, 'machines could not be given back yet');
  }

  async function make(id: SessionId, { lab }: Topology, topology: TopologyPlan, progress: Progress): Promise<void> {
    const sets = readHosts(hosts);
    // Who left while a machine did not answer.
    for (const [other, { isLeaving }] of claims.all()) if (isLeaving) await inTurn(other, () => giveBack(other));
    const tried = new Set<HostSet>();
    let trouble: unknown = new Error('登记给这个实验的机器都有人在用：一套机器同时只给一位学员，请等他结束');
    while (claim(id, lab, topology, tried, sets)) {
      try {
        await lend(id, progress);
        return;
      } catch (error) {
        await giveBack(id);
        trouble = error;
      }
    }
    throw trouble;
  }

  return {
    kind: 'ssh',

    async create(id, asked, progress = () => {}) {
      const topology = TopologyPlan.parse(asked);
      if (!isSession(id)) throw new Error('not a session');
      await inTurn(id, async () => {
        const same = JSON.stringify(claims.get(id)?.topology) === JSON.stringify(topology);
        if (same && (await isComplete(id))) {
          for (const { name } of topology.nodes) progress('ready', name);
          return;
        }
        await giveBack(id);
        if (claims.get(id)) throw new Error('上次用过的机器还没有收回来：连不上');
        await make(id, asked, topology, progress);
      });
    },

    async reset(id, name) {
      await inTurn(id, async () => {
        const held = claimOf(id);
        const node = held.nodes[name];
        const spec = held.topology.nodes.find((each) => each.name === name);
        if (!node || !spec) throw new Error(`没有这个节点：${name}`);
        const machine = machineOf(id, name);
        node.remains = await restore(machine, id, node.first);
        if (node.remains.length > 0)
          log.warn({ session: id, node: name, remains: node.remains }, 'a node is not as it was');
        // After a reboot it is held by nobody.
        if (!(await isHeld(machine, ownerOf(id)))) await take(machine, ownerOf(id), spec);
        claims.put(id, held);
      });
    },

    async destroy(id) {
      if (!isSession(id)) throw new Error('not a session');
      await inTurn(id, () => giveBack(id));
    },

    async list() {
      const known = claims.all().filter(([, { isLeaving }]) => !isLeaving);
      return known.map(([id]) => id).sort();
    },

    alive: (id) => Promise.race([isComplete(id), sleep(ALIVE_TIMEOUT, false, { ref: false })]),

    shell(id, name) {
      return machineOf(id, name).shell(SHELL, { ...SHELL_ENVIRONMENT, ...marks(id, name) });
    },

    async exec(id, name, argv, limits, stdin) {
      if (argv.length === 0) throw new Error('nothing to execute');
      return machineOf(id, name).exec(argv, limits, stdin, marks(id, name));
    },

    vantage: (id, name) => machineOf(id, name).vantage(),

    caveats(id) {
      const nodes = Object.entries(claimOf(id).nodes);
      return {
        isAdvisory: true,
        remains: nodes.flatMap(([node, { remains }]) => remains.map((what) => ({ node, what }))),
      };
    },
  };
}

/** In the environment of all that a learner starts: so it can be found and ended. */
function marks(session: SessionId, node: string): Record<string, string> {
  return { NETLOOM_NODE: node, NETLOOM_SESSION: session };
}
