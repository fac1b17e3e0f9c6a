import { readdirSync, readFileSync } from 'node:fs';
import { setTimeout as pause } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, it, onTestFailed } from 'vitest';
import { ALL } from '../testsample.ts';
import { createChance, seedOf } from './chance.ts';
import { createAuditor, type Inventory } from './inventory.ts';
import { openStand, type Stand } from './stand.ts';
import { LAB, until, type Visitor, visit } from './visitor.ts';

/** Moments of killing for each setting of the pool: what `npm test` tries in some 15 s, and all of them. */
const ROUNDS = process.env[ALL] ? 25 : 3;
/** Nodes made ahead, as by default; and none, so that every start makes its own. */
const POOLS = process.env[ALL] ? ['0', '1'] : ['1'];
/** How long each job may still be under way after it was asked for, ms, on a machine that has something else to do, too. */
const SPANS = { create: 700, 'reset one': 600, 'reset all': 900, end: 300 } as const;
type Job = keyof typeof SPANS;
const JOBS = Object.keys(SPANS) as Job[];
/** Of the last, whichever process of runc is at work, as soon as there is one. */
const VICTIMS = ['web', 'labd', 'ptyd', 'init', 'runc'] as const;
/** Between looks for a runc, and until one must have come, ms. */
const RUNC_LOOK_MS = 3;
const RUNC_WAIT_MS = 3_000;
/** A round on a busy machine, ms. */
const ROUND_MS = 120_000;
/** What could not be removed is tried again every 30 s, ms. */
const REMOVED_MS = 45_000;
/** Of what a process said is shown when a test fails. */
const SAID_CHARS = 4_000;
const CHECKPOINT = 'containers-node-1';
/** What the checkpoint asks for. */
const SET_UP = [
  'sysctl -qw net.ipv4.conf.all.forwarding=1',
  'ip netns add docker1',
  'ip link add veth0 type veth peer name veth1',
  'ip link set veth0 netns docker1',
  'ip link add br0 type bridge',
  'ip link set veth1 master br0',
  'ip netns exec docker1 ip addr add 172.17.0.2/24 dev veth0',
  'ip netns exec docker1 ip link set veth0 up',
  'ip link set veth1 up',
  'ip addr add 172.17.0.1/24 dev br0',
  'ip link set br0 up',
  'ip netns exec docker1 ip route add default via 172.17.0.1 dev veth0',
].join('; ');

const seed = seedOf(process.env);
const chance = createChance(seed);
let stand: Stand;
let auditor: ReturnType<typeof createAuditor>;
let before: Inventory;
/** Who stands by: nothing of theirs may be lost. */
let bystander: Visitor;
let victim: Visitor;
let bystanderId = '';
let passedAt: number | undefined;
let isClosed = false;

/** A terminal of a node that is ready, which has a prompt; one that has just been lost is not yet known to be. */
function shellOf(visitor: Visitor, node: string): Promise<string> {
  return until(
    () => `a terminal of ${node}`,
    async () => {
      const { terminals } = await visitor.ready();
      const there = terminals.find((each) => each.node === node)?.terminal;
      const opened = there ? undefined : await visitor.ask('terminal:open', { lab: LAB, node });
      const terminal = there ?? (opened?.ok ? opened.data.terminal : undefined);
      if (!terminal || (await visitor.look(terminal)) === undefined) return undefined;
      await visitor.sees(terminal, `root@${node}`);
      return terminal;
    },
  );
}

/** A shell that works: what it computes is not what was typed. */
async function computes(visitor: Visitor, terminal: string): Promise<void> {
  const number = Math.floor(Math.random() * 1e9);
  await visitor.type(terminal, `echo "=$((${number} + 1))="`);
  await visitor.sees(terminal, `=${number + 1}=`);
}

/** The victim's session, if labd knows one. */
function victimId(): string | undefined {
  return stand.sessions().find((id) => id !== bystanderId);
}

function commandLine(pid: string): string {
  try {
    return readFileSync(`/proc/${pid}/cmdline`, 'utf8');
  } catch {
    return ''; // It ended meanwhile.
  }
}

/** Kills the next process of runc that works for this stand; whether one came. */
async function killRunc(): Promise<boolean> {
  for (const end = performance.now() + RUNC_WAIT_MS; performance.now() < end; await pause(RUNC_LOOK_MS)) {
    const found = readdirSync('/proc').filter((name) => {
      const command = /^\d+$/.test(name) ? commandLine(name) : '';
      return command.startsWith('runc\0') && command.includes(`${stand.place.runc}\0`);
    });
    const pid = found[0];
    if (pid === undefined) continue;
    await pause(chance.draw() * 60);
    try {
      process.kill(Number(pid), 'SIGKILL');
      return true;
    } catch {}
  }
  return false;
}

/** Kills the first process of one of the victim's nodes, if there is one; whether there was. */
function killInit(session: string): boolean {
  const node = chance.pick(['node-1', 'node-2']);
  try {
    process.kill(Number(readFileSync(stand.place.session(stand.nodesOf(session)).node(node).pid, 'utf8')), 'SIGKILL');
    return true;
  } catch {
    return false; // Not begun yet, or gone already.
  }
}

async function ask(job: Job): Promise<unknown> {
  if (job === 'create') return victim.ask('lab:start', { lab: LAB });
  if (job === 'end') return victim.ask('lab:end', { lab: LAB });
  return victim.ask('lab:reset', { lab: LAB, ...(job === 'reset one' && { node: chance.pick(['node-1', 'node-2']) }) });
}

/** The nodes of a session that says it is ready work, or it says before long that they are broken. */
async function isHonest(): Promise<'ready' | 'broken'> {
  const proof = async () => {
    for (const node of ['node-1', 'node-2']) await computes(victim, await shellOf(victim, node));
    return 'ready' as const;
  };
  const confession = until(
    () => 'a session that says it is broken',
    () => victim.session().status === 'broken' && ('broken' as const),
  );
  return Promise.any([proof(), confession]);
}

/** An inventory of something that is gone. */
function nothing(of: Inventory): Inventory {
  return { ...of, processes: [], mounts: [], directories: [], groups: [], claims: [], namespaces: [], files: [] };
}

describe.each(POOLS)('with %s sessions made ahead', (pool) => {
  beforeAll(async () => {
    console.log(`kills: NETLOOM_FAULT_SEED=${seed}`);
    stand = await openStand({ NETLOOM_POOL: pool });
    isClosed = false;
    auditor = createAuditor(stand);
    before = auditor.take();
    [bystander, victim] = [await visit(stand.port), await visit(stand.port)];
    await bystander.ask('lab:start', { lab: LAB });
    const shell = await shellOf(bystander, 'node-1');
    bystanderId = stand.sessions()[0] ?? '';
    await bystander.type(shell, SET_UP);
    passedAt = await until(
      () => `a checkpoint that is passed, not ${JSON.stringify(bystander.state()?.results[CHECKPOINT])}`,
      () => bystander.state()?.results[CHECKPOINT]?.passedAt,
    );
  }, 120_000);

  afterAll(async () => {
    victim?.leave();
    bystander?.leave();
    if (!isClosed) await stand?.close();
  }, 120_000);

  it.each(Array.from({ length: ROUNDS }, (_, index) => index + 1))(
    `leaks nothing and loses nothing at moment %i of ${ROUNDS} (seed ${seed})`,
    async () => {
      onTestFailed(() => {
        for (const part of ['labd', 'web'] as const)
          console.error(`${part} said:\n${stand.said(part).slice(-SAID_CHARS)}`);
      });
      const job = chance.pick(JOBS);
      const who = chance.pick(job === 'end' ? VICTIMS.filter((each) => each !== 'runc') : VICTIMS);
      const moment = Math.round(chance.draw() * SPANS[job]);
      const words = `${who} killed ${who === 'runc' ? '' : `${moment} ms `}into ${job}`;
      const hasNodes = !['none', 'gone'].includes(victim.session().status);
      if (job === 'create' && hasNodes) await victim.ask('lab:end', { lab: LAB });
      if (job !== 'create' && !hasNodes) await victim.ask('lab:start', { lab: LAB });
      if (job !== 'create') await victim.ready();
      else
        await until(
          () => 'no nodes',
          () => ['none', 'gone'].includes(victim.session().status),
        );
      const former = victimId();
      const nodes = stand.nodesOf(former ?? '');
      // From now on its namespaces are known, and looked for when it is gone.
      if (former) auditor.take(nodes);
      const kept = await shellOf(bystander, 'node-1');

      // Whoever is killed may be the one who would have answered.
      const asked = ask(job).catch(() => undefined);
      let killed = true;
      if (who === 'runc') killed = await killRunc();
      else {
        await pause(moment);
        const session = victimId();
        if (who === 'init') killed = session !== undefined && killInit(session);
        else await stand.kill(who);
      }
      await stand.restore();
      if (who === 'web') await Promise.all([victim.comeBack(), bystander.comeBack()]);
      await asked;

      const session = await victim.settled();
      const became = session.status === 'ready' ? await isHonest() : session.status;
      console.log(`${words}${killed ? '' : ' (there was none)'}: ${became}`);
      if (became === 'broken') {
        expect(await victim.ask('lab:reset', { lab: LAB })).toEqual({ ok: true, data: null });
        await victim.ready();
        expect(await isHonest()).toBe('ready');
      } else if (became !== 'ready') {
        expect(['none', 'gone'], words).toContain(became);
        if (former) {
          await expect.poll(() => stand.sessions(), { timeout: REMOVED_MS }).not.toContain(former);
          await expect.poll(() => auditor.take(nodes), { timeout: REMOVED_MS }).toEqual(nothing(auditor.take(nodes)));
        }
      }

      // Nothing of who stood by is lost: not a result, not a screen that survived.
      const state = bystander.state();
      expect(state?.session.status, words).toBe('ready');
      expect(state?.results[CHECKPOINT]?.passedAt, words).toBe(passedAt);
      if (who !== 'ptyd') {
        await bystander.look(kept);
        await bystander.sees(kept, 'root@node-1');
        await computes(bystander, kept);
      } else await computes(bystander, await shellOf(bystander, 'node-1'));
    },
    ROUND_MS,
  );

  it(
    'has left the host as it was',
    async () => {
      for (const visitor of [victim, bystander]) await visitor.ask('lab:end', { lab: LAB });
      const processes = (inventory: Inventory) => inventory.processes.map((line) => line.replace(/^\d+ /, ''));
      const now = () => {
        const inventory = auditor.take();
        return { ...inventory, processes: processes(inventory) };
      };
      // What is made ahead is there before somebody comes, too, under other names.
      if (pool === '0')
        await expect.poll(now, { timeout: REMOVED_MS }).toEqual({ ...before, processes: processes(before) });
      await stand.close();
      isClosed = true;
      // Who was killed may still be letting go of what it had.
      await expect.poll(now, { timeout: REMOVED_MS }).toEqual({ ...nothing(before), processes: [] });
    },
    ROUND_MS,
  );
});
