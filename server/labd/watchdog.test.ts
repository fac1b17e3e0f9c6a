import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import type { Alarm } from '../network/alarm.ts';
import { ALL, sampled } from '../testsample.ts';
import { BUILD_TIME, LIMITS, openTestbed, type Testbed, twoNodes } from './nodes/testbed.ts';
import { takePulse } from './pulse.ts';
import { createWatchdog, type Watchdog } from './watchdog.ts';

/**
 * ms in which what burdens everybody must be found and stopped. On two cores with nothing else to do it takes 1.2 to 2.2 s;
 * other tests go on beside this one, and each look needs its turn of the processor.
 */
const FOUND_MS = 10_000;
/** ms in which a flood must be found that grows only as fast as half a core lets it. */
const FLOOD_MS = 20_000;
/** ms in which a neighbour's command must be done meanwhile. */
const NEIGHBOUR_MS = 5_000;

/** Kernel memory that may be kept by caches when a flood has been taken away. */
const KEPT_BYTES = 40 * 2 ** 20;

const MAIN = twoNodes(168, 172, true);

let bed: Testbed;
let watchdog: Watchdog;
let main: string;
let neighbour: string;
let told: { session: string; alarms: Alarm[] }[];
const nodes = twoNodes().nodes.map(({ name, nic }) => ({ name, nic }));

beforeAll(async () => {
  bed = await openTestbed();
  [main, neighbour] = [bed.newSession(), bed.newSession()];
  await Promise.all([bed.driver.create(main, MAIN), bed.driver.create(neighbour, twoNodes())]);
  watchdog = createWatchdog({
    driver: bed.driver,
    sessions: () => [main, neighbour].map((session) => ({ session, nodes })),
    halt: async (session, node) => bed.driver.halt?.(session, node),
    alarmed: (session, alarms) => told.push({ session, alarms }),
    pulse: takePulse,
    log: { warn: () => {}, error: (fields) => expect.unreachable(JSON.stringify(fields)) },
  });
  watchdog.start();
}, BUILD_TIME);
beforeEach(async () => {
  watchdog.forget(main);
  // As it is, or anew where a test before has ended a node.
  await bed.driver.create(main, MAIN);
  told = [];
});
afterAll(async () => {
  watchdog.close();
  await bed.close();
});

/** Makes a bridge whose two ports are the ends of one pair, and sends one broadcast into it. */
const LOOP = `ip link add loop0 type bridge; ip link add a0 type veth peer name a1
for l in a0 a1; do ip link set $l master loop0; ip link set $l up; done
ip link set loop0 up; ip addr add 10.9.0.1/24 dev loop0; ping -c 1 -W 1 10.9.0.2 >/dev/null || true`;

/** What was told of the session, once something was; and that the neighbour was served meanwhile. */
async function alarmOf(session: string, within = FOUND_MS): Promise<Alarm | undefined> {
  const began = performance.now();
  const alarm = () => told.findLast((news) => news.session === session && news.alarms.length > 0)?.alarms.at(-1);
  while (!alarm() && performance.now() - began < within) {
    const asked = performance.now();
    await bed.run(neighbour, 'node-1', 'ping -c 1 -W 2 node-2 >/dev/null; ip -json addr >/dev/null');
    expect(performance.now() - asked).toBeLessThan(NEIGHBOUR_MS);
  }
  return alarm();
}

/** Cores busy with packets, over half a second. */
async function busy(): Promise<number> {
  const before = takePulse();
  const { promise, resolve } = Promise.withResolvers<void>();
  setTimeout(resolve, 500);
  await promise;
  const after = takePulse();
  return ((after.softirq - before.softirq) * 1000) / (after.at - before.at);
}

/** ms for a test: several looks, and a node made anew, on a busy machine. */
const TEST_MS = 60_000;

describe('a loop', { timeout: TEST_MS }, () => {
  it('is cut, told, and hurts nobody; the node goes on', async () => {
    const made = bed.run(main, 'node-1', LOOP);
    const alarm = await alarmOf(main);
    expect(alarm).toMatchObject({ node: 'node-1', found: 'storm', did: 'cut' });
    expect(alarm?.links.toSorted()).toEqual(expect.arrayContaining(['a0', 'a1']));
    await made;
    await expect.poll(busy, { timeout: 5_000 }).toBeLessThan(0.2);
    expect(await bed.run(main, 'node-1', 'ip -brief link show a0')).toMatch(/a0@a1\s+DOWN/);
    expect(await bed.run(main, 'node-1', 'ping -c 1 -W 2 192.168.245.172')).toContain('1 received');
    expect(told.every(({ session }) => session === main)).toBe(true);
    expect(watchdog.alarms(main)).toHaveLength(1);
    watchdog.forget(main, 'node-1');
    expect(told.at(-1)).toEqual({ session: main, alarms: [] });
    await bed.run(main, 'node-1', 'ip link del a0; ip link del loop0');
  });

  // Where there is time: it is long.
  it.runIf(process.env[ALL])('is found where only an open file holds its namespace', async () => {
    const hide = `ip netns add h; ip netns exec h bash -c '${LOOP}'; nohup perl -e 'open F, "/run/netns/h"; sleep 60' >/dev/null 2>&1 & sleep 0.2; ip netns del h`;
    const made = bed.run(main, 'node-2', hide);
    expect(await alarmOf(main)).toMatchObject({ node: 'node-2', found: 'storm' });
    await made;
    await expect.poll(busy, { timeout: 5_000 }).toBeLessThan(0.2);
    watchdog.forget(main);
    await bed.run(main, 'node-2', 'pkill perl || true');
  });

  it('that is set up again and again ends the node, which a reset brings back', async () => {
    const again =
      'while true; do ip link set a0 up; ip link set a1 up; ip link set loop0 up; ping -c 1 -W 0.1 10.9.0.2; done';
    await bed.run(main, 'node-1', `nohup bash -c '${LOOP}; ${again}' >/dev/null 2>&1 &`);
    const halted = () => told.some(({ alarms }) => alarms.some(({ did }) => did === 'halted'));
    await expect.poll(halted, { timeout: 30_000 }).toBe(true);
    await expect.poll(() => bed.driver.alive(main), { timeout: 5_000 }).toBe(false);
    await expect.poll(busy, { timeout: 5_000 }).toBeLessThan(0.2);
    expect(await bed.run(main, 'node-2', 'hostname')).toBe('node-2\n');
    await bed.driver.reset(main, 'node-1');
    watchdog.forget(main);
    expect(await bed.run(main, 'node-1', 'ping -c 1 -W 2 192.168.245.172')).toContain('1 received');
  });
});

describe('a flood of entries', { timeout: TEST_MS }, () => {
  /** Entries of a neighbour table, by netlink, many to a message: as fast as the node may. */
  const entries = (link: string, family: number, state: number, flags: number, hasAddress: boolean) => `
    my $index = 0 + do { open my $f, "<", "/sys/class/net/${link}/ifindex"; readline $f };
    socket my $s, 16, 3, 0; my $n = 0;
    while (1) {
      my $all = "";
      for (1 .. 200) {
        $n++;
        my $body = pack "CxxxlSCC", ${family}, $index, ${state}, ${flags}, 0;
        $body .= pack "SSN", 8, 1, 0x0a000000 + $n if ${hasAddress ? 1 : 0};
        $body .= pack "SSnNxx", 10, 2, 0x0200, $n;
        $all .= pack("LSSLL", 16 + length $body, 28, 0x401, 1, 0) . $body;
      }
      send $s, $all, 0, pack "SSLL", 16, 0, 0, 0;
    }`;
  const commands = (program: string, command: string) =>
    `open my $p, "|-", "${program} -force -batch - 2>/dev/null"; my $i = 0; while (++$i) { my ($x, $y) = ($i >> 8 & 255, $i & 255); print $p "${command}\\n" }`;
  const floods = [
    ['links', '', commands('ip', 'link add v$i type veth peer name w$i')],
    ['neighbours that come of themselves', '', entries('ens33', 2, 0x04, 0, true)],
    ['a bridge', 'ip link add b0 type bridge; ip link add d0 master b0 type veth', entries('d0', 7, 0x40, 0x04, false)],
    ['a tunnel', 'ip link add x0 type vxlan id 1 dstport 4789 dev ens33', entries('x0', 7, 0x80, 0x02, true)],
    ['neighbours', '', entries('ens33', 2, 0x80, 0, true)],
  ] as const;
  it.each(sampled(floods, floods.length))(
    'of %s ends the node, and gives the memory back',
    async (_of, before, program) => {
      const { kernel } = takePulse();
      await bed.run(main, 'node-1', `${before || 'true'}; nohup perl -e '${program}' >/dev/null 2>&1 &`);
      expect(await alarmOf(main, FLOOD_MS)).toMatchObject({ node: 'node-1', found: 'entries', did: 'halted' });
      await expect.poll(() => takePulse().kernel - kernel, { timeout: 10_000 }).toBeLessThan(KEPT_BYTES);
      await bed.driver.reset(main, 'node-1');
      watchdog.forget(main);
    },
  );
});

// Likewise: strain.test.ts tries the rest of it.
it.runIf(process.env[ALL])(
  'tells a learner whose node has met its own limits, and stops nothing',
  { timeout: TEST_MS },
  async () => {
    const until = async (found: Alarm['found']) => {
      const is = () =>
        told.some(({ alarms }) => alarms.some((alarm) => alarm.found === found && alarm.did === 'noted'));
      await expect.poll(is, { timeout: FOUND_MS }).toBe(true);
    };
    await bed.run(main, 'node-2', `perl -e 'my $x = "x" x (400 * 2 ** 20)' || true`);
    await until('memory');
    const many = 'for (1 .. 400) { my $pid = fork // last; if (!$pid) { sleep 5; exit } }';
    await bed.run(main, 'node-2', `perl -e '${many}'`);
    await until('processes');
    expect(told.every(({ alarms }) => alarms.every(({ node }) => node === 'node-2'))).toBe(true);
    await bed.driver.reset(main, 'node-2');
    watchdog.forget(main);
  },
);

it('leaves what a learner does in a lesson alone', { timeout: TEST_MS }, async () => {
  const work = [
    'ping -f -c 20000 192.168.245.172 >/dev/null',
    'timeout 1.5 tcpdump -n -i ens33 >/dev/null 2>&1 & timeout 1.5 ping -f 127.0.0.1 >/dev/null; wait',
    `timeout 1.5 perl -MSocket -e 'socket S, 2, 2, 0; my $to = pack_sockaddr_in 9, inet_aton "192.168.245.172"; send S, "x" x 1000, 0, $to while 1' || true`,
    '{ apt-get update && apt-get install bridge-utils net-tools; } >/dev/null 2>&1',
  ];
  for (const script of work) {
    const done = bed.driver.exec(main, 'node-1', ['bash', '-c', script], LIMITS);
    const found = await watchdog.look({ cores: 1 });
    await done;
    expect(found, script).toBe(false);
  }
  expect(told).toEqual([]);
});
