import { execFile } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { makeScratch } from '../../content/scratch.ts';
import { buildImage } from '../labd/image/build.ts';
import { BUILD_TIME } from '../labd/nodes/testbed.ts';
import { ALL } from '../testsample.ts';

/** Eight set-ups of a lab with one node, on a machine with other work, ms. */
const RUN_MS = 300_000;
const IMAGE = resolve(process.env.NETLOOM_IMAGE || 'var/image');

const YAML = `title: 一个网桥
summary: 只为测试。
minutes: 10
subject: 网络
nodes:
  - { name: node-1, label: Node-1, address: 10.0.0.1/24 }
`;
const STEP = `---
title: 网桥
short: 网桥
checkpoints:
  - { id: bridge, title: 有网桥 }
---

\`\`\`bash node-1
ip link add br0 type bridge
ip addr add 10.1.0.1/24 dev br0
ip link set br0 up
\`\`\`

<Checkpoint id="bridge" />
`;
const MUTATIONS = `harmless:
  - { on: node-1, run: ip addr del 10.0.0.1/24 dev ens33, why: 没有人用它 }
  - { on: node-1, run: ip link set ens33 down, why: 没有人用它 }
  - { on: node-1, run: ip route del 10.0.0.0/24 dev ens33, why: 没有人用它 }
  - { on: node-1, run: ip route del 10.1.0.0/24 dev br0, why: 没有人用它 }
`;
/** A bridge, its state, its address; `sees` decides whether the last is looked at. */
const checksText = (sees: string) => `
const fact = (id: string, ok: boolean, title: string, repair: string) => ({
  id, ok, title, expected: '有', actual: ok ? '有' : '没有', advice: '', repair: '执行 \`' + repair + '\`。',
  look: { node: 'node-1', command: 'ip addr show br0' },
});
export const checks = {
  bridge: {
    judge(snapshot: { nodes: Record<string, { namespaces: { links: { name: string; up: boolean; addresses: object[] }[] }[] }> }) {
      const br0 = snapshot.nodes['node-1']?.namespaces[0]?.links.find(({ name }) => name === 'br0');
      const there = fact('there', br0 !== undefined, 'br0', 'ip link add br0 type bridge');
      if (!br0) return [there];
      return [
        there,
        fact('address', ${sees}, 'br0 的地址 10.1.0.1', 'ip addr add 10.1.0.1/24 dev br0'),
        fact('up', br0.up, 'br0 已激活', 'ip link set br0 up'),
      ];
    },
  },
};
`;

let data: string;
beforeAll(async () => {
  data = mkdtempSync(join(tmpdir(), 'netloom-tiny-'));
  await buildImage({ directory: IMAGE, progress: console.log });
}, BUILD_TIME);
afterAll(() => rmSync(data, { recursive: true, force: true }));

/** Runs `lab test tiny --mutate` over a lab with such checks. */
async function mutate(checks: string): Promise<{ code: number; said: string; junit: string }> {
  using scratch = makeScratch({
    'labs/tiny/lab.yaml': YAML,
    'labs/tiny/01-bridge.mdx': STEP,
    'labs/tiny/checks.ts': checks,
    'labs/tiny/mutations.yaml': MUTATIONS,
  });
  const report = join(scratch.directory, 'report.xml');
  const env = {
    ...process.env,
    NETLOOM_DATA: data,
    NETLOOM_IMAGE: IMAGE,
    NETLOOM_CONTENT: join(scratch.directory, 'labs'),
  };
  const args = ['server/cli.ts', 'test', 'tiny', '--mutate', '--junit', report];
  return await new Promise((done) => {
    execFile(process.execPath, args, { env }, (error, stdout, stderr) => {
      const code = typeof error?.code === 'number' ? error.code : 0;
      done({ code, said: stdout + stderr, junit: readFileSync(report, 'utf8') });
    });
  });
}

// What the next one runs is this and more; that these pass is also seen in the mutations of every lab.
test.runIf(process.env[ALL])(
  'checks that see everything pass, on a real node',
  async () => {
    const { code, said, junit } = await mutate(checksText('br0.addresses.length > 0'));
    expect(said).toContain('✓ node-1：ip addr del 10.1.0.1/24 dev br0　bridge；照提示 1 轮修好');
    expect(said).toMatch(/8 passed, 0 failed/);
    expect(code).toBe(0);
    expect(junit).toContain('<testcase classname="tiny.broken" name="node-1：ip link del br0"');
  },
  RUN_MS,
);

test(
  'a check that passes without looking is found out',
  async () => {
    const { code, said, junit } = await mutate(checksText('true'));
    expect(said).toMatch(/✕ node-1：ip addr del 10\.1\.0\.1\/24 dev br0.*\n {4}没有检查点变红/);
    expect(said).toContain('✕ 没有一种弄坏的办法让 bridge 的事实 address 不成立：它也许什么也没看');
    expect(said).toMatch(/6 passed, 2 failed/);
    expect(code).toBe(1);
    expect(junit).toContain('<failure message="没有检查点变红"');
  },
  RUN_MS,
);
