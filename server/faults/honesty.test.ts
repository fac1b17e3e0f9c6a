import { execFileSync } from 'node:child_process';
import { mkdtempSync, readdirSync, readFileSync, rmSync, truncateSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { openStand, type Stand } from './stand.ts';
import { LAB, until, type Visitor, visit } from './visitor.ts';

/** The store is on a disk of its own, so that it can be full; with what labd and ptyd keep it takes less than half of this. */
const DISK = 'size=24m';
/** A node that has died is told of within this, ms, also on a busy machine. */
const TOLD_MS = 8_000;
/** A test of some seconds on a busy machine, ms. */
const TEST_MS = 90_000;
const CHECKPOINT = 'containers-node-1';

let data: string;
let stand: Stand;
let visitor: Visitor;

beforeAll(async () => {
  data = mkdtempSync(join(tmpdir(), 'netloom-full-'));
  execFileSync('mount', ['-t', 'tmpfs', '-o', DISK, 'tmpfs', data]);
  stand = await openStand({}, data);
  visitor = await visit(stand.port);
  await visitor.ask('lab:start', { lab: LAB });
  await visitor.ready();
}, 120_000);

afterAll(async () => {
  visitor?.leave();
  await stand?.close();
  execFileSync('umount', ['--lazy', data]);
  rmSync(data, { recursive: true, force: true });
}, 120_000);

/** The terminal of a node. */
async function shellOf(node: string): Promise<string> {
  return until(
    () => `a terminal of ${node}`,
    async () => {
      const { terminals } = await visitor.ready();
      return terminals.find((each) => each.node === node)?.terminal;
    },
  );
}

function sessionId(): string {
  return readdirSync(stand.place.directory).find((name) => name !== '.runc') ?? '';
}

/** Every checkpoint's status now. */
function verdicts(): string[] {
  return Object.values(visitor.state()?.results ?? {}).map(({ status }) => status);
}

it(
  'says within seconds which node has died, judges nothing wrong by it, and resets it alone',
  async () => {
    const kept = await shellOf('node-1');
    await visitor.look(kept);
    await visitor.sees(kept, 'root@node-1');
    await visitor.type(kept, 'KEPT=$((6 * 7))');
    const before = verdicts().filter((status) => status === 'failed').length;
    const began = performance.now();
    process.kill(Number(readFileSync(stand.place.session(sessionId()).node('node-2').pid, 'utf8')), 'SIGKILL');
    const broken = await until(
      () => 'a session that says it is broken',
      () => visitor.session().status === 'broken' && visitor.session(),
    );
    expect(performance.now() - began).toBeLessThan(TOLD_MS);
    expect(broken).toMatchObject({ reason: 'nodes-died', nodes: ['node-2'] });
    expect(verdicts().filter((status) => status === 'failed').length).toBeLessThanOrEqual(before);
    expect(await visitor.ask('checkpoint:check', { lab: LAB })).toEqual({ ok: false, code: 'not-ready' });

    expect(await visitor.ask('lab:reset', { lab: LAB, node: 'node-2' })).toEqual({ ok: true, data: null });
    const { terminals } = await visitor.ready();
    expect(terminals.map(({ terminal }) => terminal)).toContain(kept);
    await visitor.type(kept, 'echo "=$KEPT="');
    await visitor.sees(kept, '=42=');
  },
  TEST_MS,
);

it(
  "says so when a labd has lost its file of a session and removed what it took for nobody's",
  async () => {
    await stand.kill('labd');
    truncateSync(join(data, 'sessions', `${sessionId()}.json`), 10);
    await stand.restore();
    const broken = await until(
      () => 'a session that says it is broken',
      () => visitor.session().status === 'broken' && visitor.session(),
    );
    expect(broken).toMatchObject({ reason: 'nodes-died', nodes: ['node-1', 'node-2'] });
    await visitor.ask('lab:reset', { lab: LAB });
    await visitor.ready();
  },
  TEST_MS,
);

it(
  'loses no result while the disk is full: says so, judges on, refuses what cannot be kept, and stores it later',
  async () => {
    const shell = await shellOf('node-1');
    await visitor.look(shell);
    await visitor.sees(shell, 'root@node-1');
    const other = await visit(stand.port);
    const filler = join(data, 'filler');
    expect(() => {
      for (let size = 2 ** 20; ; ) writeFileSync(filler, Buffer.alloc(size), { flag: 'a' });
    }).toThrow('ENOSPC');
    expect(() => {
      for (let size = 512; ; ) writeFileSync(filler, Buffer.alloc(size), { flag: 'a' });
    }).toThrow('ENOSPC');

    await visitor.type(
      shell,
      'sysctl -qw net.ipv4.conf.all.forwarding=1; ip netns add docker1; ip link add veth0 type veth peer name veth1; ' +
        'ip link set veth0 netns docker1; ip link add br0 type bridge; ip link set veth1 master br0; ' +
        'ip netns exec docker1 ip addr add 172.17.0.2/24 dev veth0; ip netns exec docker1 ip link set veth0 up; ' +
        'ip link set veth1 up; ip addr add 172.17.0.1/24 dev br0; ip link set br0 up; ' +
        'ip netns exec docker1 ip route add default via 172.17.0.1 dev veth0',
    );
    const passed = () => visitor.state()?.results[CHECKPOINT]?.passedAt;
    const passedAt = await until(() => 'a passing', passed);
    await until(
      () => 'the trouble',
      () => visitor.state()?.trouble?.includes('磁盘满了'),
    );
    expect(await other.ask('lab:start', { lab: LAB })).toEqual({ ok: false, code: 'storage' });
    other.leave();
    // What cannot be begun is not begun: the nodes are as they were.
    await visitor.ask('lab:reset', { lab: LAB });
    await visitor.settled();
    expect(visitor.session().status).toBe('ready');
    expect(passed()).toBe(passedAt);

    rmSync(filler);
    await until(
      () => 'no trouble',
      () => visitor.state()?.trouble === undefined,
    );
    await stand.kill('web');
    await stand.restore();
    await visitor.comeBack();
    expect(passed()).toBe(passedAt);
  },
  TEST_MS,
);
