import { describe, expect, test } from 'vitest';
import { type Fact, wholeAdvice } from '../../../check.ts';
import { checks, values } from '../checks.ts';
import { accepted } from '../fixtures/accepted.ts';
import { brokenContainers } from '../fixtures/broken-containers.ts';
import { brokenTables } from '../fixtures/broken-tables.ts';
import { brokenTunnels } from '../fixtures/broken-tunnels.ts';
import { type Rig, solved } from '../fixtures/solved.ts';

const broken = [...brokenContainers, ...brokenTunnels, ...brokenTables];

const failing = (rig: Rig, id: string) => checks[id]?.judge(rig.snapshot).filter(({ ok }) => !ok) ?? [];
/** The checkpoints of the state that the fixtures describe; those a later step adds have fixtures of their own. */
const passive = [
  'deps-node-1',
  'deps-node-2',
  'containers-node-1',
  'containers-node-2',
  'vxlan-node-1',
  'vxlan-node-2',
  'neigh-fdb-node-1',
  'neigh-fdb-node-2',
  'ping-1-to-2',
  'ping-2-to-1',
  'capture',
];

/** A failing fact says why in its first hint, how in its second, and shows where to look; ids are distinct. */
function expectToTeach(facts: Fact[]): void {
  expect(new Set(facts.map(({ id }) => id)).size).toBe(facts.length);
  for (const fact of facts.filter(({ ok }) => !ok)) {
    expect(fact.look?.command, fact.id).toBeTruthy();
    expect(fact.advice, fact.id).toMatch(/。$/);
    // Another checkpoint comes first: its own facts say how.
    if (/先完成检查点/.test(fact.advice)) continue;
    expect(fact.repair, fact.id).toMatch(/`.+`.*。$/);
    for (const [, command = ''] of (fact.repair ?? '').matchAll(/`([^`]*)`/g)) {
      // The page offers to run it.
      expect(command, fact.id).toContain(' ');
      expect(fact.advice, fact.id).not.toContain(command);
    }
  }
}

describe('a broken lab', () => {
  test.each(broken)('%s', (_, spoil, checkpoint, says) => {
    const rig = solved();
    spoil(rig);
    const [first] = failing(rig, checkpoint);
    expect(`${first?.title} ${first?.actual} ${first && wholeAdvice(first)}`).toMatch(says);
    for (const id of passive) expectToTeach(checks[id]?.judge(rig.snapshot) ?? []);
    if (checkpoint.startsWith('deps')) return;
    // The traffic checkpoints wait, and point at the cause instead of listing it again.
    const gate = failing(rig, 'ping-1-to-2');
    expect(gate.length).toBeGreaterThan(0);
    expect(gate.length).toBeLessThanOrEqual(2);
    expect(
      checks['ping-1-to-2']
        ?.judge(rig.snapshot)
        .map(({ advice }) => advice)
        .join(),
    ).toMatch(/先完成检查点/);
  });

  // What the table of facts.md 2.4 says of each: where the packet is last seen, and the counter that tells.
  test.each([
    ['F2: no FDB', /在 `vxlan100` 上抓得到.*没有任何报错.*TX dropped 增加.*网卡上什么也抓不到/],
    ['F3c: a stale MAC', /FDB 里也没有这个 MAC.*没有任何报错.*TX dropped 增加/],
    ["F3b: the document's MAC", /到得了 Node-2：那里 `vxlan100` 的 RX 在增加.*悄悄丢弃/],
    ['F5: VNI 200', /在 Node-2 的网卡上能抓到 `vni 200` 的包.*RX 却一直是 0/],
  ])('the silent failure %s is explained by what would show it', (wanted, says) => {
    const [, spoil, checkpoint = ''] = broken.find(([name]) => name === wanted) ?? [];
    const rig = solved();
    spoil?.(rig);
    expect(failing(rig, checkpoint)[0]?.advice).toMatch(says);
  });

  test('nothing done yet: each checkpoint names one or two causes, none twice', () => {
    const rig = solved();
    for (const n of [1, 2] as const) {
      rig.node(n).namespaces.splice(1);
      rig.node(n).routeAnswers = [];
      for (const name of ['veth1', 'br0', 'vxlan100']) rig.remove(n, name);
    }
    for (const id of passive.filter((name) => !name.startsWith('deps'))) {
      const facts = failing(rig, id);
      expect(facts.length, id).toBeGreaterThan(0);
      expect(facts.length, id).toBeLessThanOrEqual(2);
    }
  });

  test('a node can be judged before the other one is built', () => {
    const rig = solved();
    rig.node(2).namespaces.splice(1);
    for (const name of ['veth1', 'br0', 'vxlan100']) rig.remove(2, name);
    expect(failing(rig, 'containers-node-1')).toEqual([]);
    expect(failing(rig, 'vxlan-node-1')).toEqual([]);
    expect(failing(rig, 'neigh-fdb-node-1')[0]?.title).toBe('Node-2 有 VNI 为 100 的 VXLAN 设备');
  });

  test('the tunnel can be judged before there is a container', () => {
    const rig = solved();
    rig.node(1).namespaces.splice(1);
    rig.way(1, { iif: null, result: 'unknown' });
    expect(failing(rig, 'vxlan-node-1')).toEqual([]);
  });
});

describe('a right lab', () => {
  test.each(accepted)('%s', (_, change) => {
    const rig = solved();
    change(rig);
    for (const id of passive) expect(failing(rig, id), id).toEqual([]);
    // The same facts on both nodes, by the same ids.
    for (const stage of ['containers', 'vxlan', 'neigh-fdb']) {
      const ids = [1, 2].map((n) => checks[`${stage}-node-${n}`]?.judge(solved().snapshot).map(({ id }) => id));
      expect(ids[0]).toEqual(ids[1]);
    }
  });

  test('other names for every device', () => {
    const text = JSON.stringify(solved().snapshot)
      .replaceAll('"vxlan100"', '"vx9"')
      .replaceAll('"br0"', '"bridge7"')
      .replaceAll('"veth0"', '"eth0"');
    for (const id of passive) {
      expect(
        checks[id]?.judge(JSON.parse(text)).filter(({ ok }) => !ok),
        id,
      ).toEqual([]);
    }
  });

  test('live values are the MACs of the tunnels, also while a VNI is wrong', () => {
    const rig = solved();
    Object.assign(rig.link(2, 'vxlan100').vxlan ?? {}, { vni: 200 });
    expect(values['node-1.vtep.mac']?.read(rig.snapshot)).toBe(rig.mac(1));
    expect(values['node-2.vtep.mac']?.read(rig.snapshot)).toBe(rig.mac(2));
    rig.remove(2, 'vxlan100');
    expect(values['node-2.vtep.mac']?.read(rig.snapshot)).toBeNull();
  });
});
