import { spawn } from 'node:child_process';
import { existsSync, readdirSync, readFileSync, readlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { RANGES } from './place.ts';
import { BUILD_TIME, LIMITS, openTestbed, type Testbed, twoNodes } from './testbed.ts';

let bed: Testbed;
beforeAll(async () => {
  bed = await openTestbed();
}, BUILD_TIME);
afterAll(() => bed.close());

/** Everything on this machine that bears the name of this test's instance. */
function traces(): string[] {
  const { place } = bed;
  const mounts = readFileSync('/proc/self/mountinfo', 'utf8').split('\n');
  const found = mounts.filter((line) => line.includes(place.directory));
  for (const pid of readdirSync('/proc').filter((name) => /^\d+$/.test(name))) {
    try {
      if (/^State:\s[ZX]/m.test(readFileSync(`/proc/${pid}/status`, 'utf8'))) continue; // Dead; its parent is slow.
      const texts = ['cgroup', 'cmdline'].map((file) => readFileSync(`/proc/${pid}/${file}`, 'utf8'));
      if (texts.some((text) => text.includes(place.cgroup) || text.includes(place.directory))) found.push(texts.join());
    } catch {
      // It ended while we looked.
    }
  }
  const groups = mounts.filter((line) => / - cgroup2? /.test(line)).map((line) => line.split(' ')[4] + place.cgroup);
  const held = readdirSync(RANGES).filter((range) => readlinkSync(join(RANGES, range)).startsWith(place.claims));
  return [...found, ...held, ...[place.directory, ...groups].filter((path) => existsSync(path))];
}

it('makes a session anew whose node has died', async () => {
  const { driver, place } = bed;
  const id = bed.newSession();
  await driver.create(id, twoNodes());
  await bed.run(id, 'node-2', 'touch /root/mine');
  process.kill(Number(readFileSync(place.session(id).node('node-2').pid, 'utf8')), 'SIGKILL');
  await expect.poll(() => driver.alive(id)).toBe(false);
  await expect(driver.exec(id, 'node-2', ['true'], LIMITS)).rejects.toThrow('节点没有运行');
  await driver.create(id, twoNodes());
  expect(await bed.run(id, 'node-2', 'ls /root')).toBe('');
  await driver.destroy(id);
});

it('leaves nothing, even of a fork bomb and when what runc remembers is damaged', async () => {
  const { driver, place } = bed;
  const id = bed.newSession();
  await driver.create(id, twoNodes());
  await bed.run(id, 'node-1', 'ip netns add a; ip link add veth0 type veth peer name veth1');
  await driver.exec(
    id,
    'node-1',
    ['bash', '-c', 'nohup bash -c "bomb() { bomb | bomb & }; bomb" >/dev/null 2>&1 &'],
    LIMITS,
  );
  writeFileSync(join(place.runc, `${id}.node-1`, 'state.json'), '{');
  expect(traces()).not.toEqual([]);
  await driver.destroy(id);
  expect(traces()).toEqual([]);
});

it('takes two jobs of one session in turn', async () => {
  const { driver } = bed;
  const id = bed.newSession();
  const create = driver.create(id, twoNodes());
  const jobs = [create, driver.reset(id, 'node-1'), driver.reset(id, 'node-1'), driver.create(id, twoNodes())];
  await Promise.all(jobs);
  expect(await bed.run(id, 'node-1', 'ping -c 1 -W 2 node-2')).toContain('1 received');
  await driver.destroy(id);
  expect(traces()).toEqual([]);
});

it.each(['network', 'starting'])('finds and removes what a labd killed while %s has left', async (stage) => {
  const { driver, directory, image } = bed;
  const id = bed.newSession();
  const source = `
    import { createContainerDriver } from ${JSON.stringify(join(import.meta.dirname, 'container.ts'))};
    const options = ${JSON.stringify({ directory, image })};
    const driver = createContainerDriver({ ...options, log: { info() {}, warn() {} } });
    await driver.create(${JSON.stringify(id)}, ${JSON.stringify(twoNodes())}, (stage) => console.log(stage));`;
  const labd = spawn(process.execPath, ['--input-type=module', '--eval', source], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  for await (const line of createInterface(labd.stdout)) if (line === stage) labd.kill('SIGKILL');
  expect(await driver.list()).toEqual([id]);
  await driver.destroy(id);
  expect(traces()).toEqual([]);
});
