import type { NetworkSnapshot } from '../../../../server/network/snapshot.ts';
import type { Check, Fact } from '../../../check.ts';
import { claim, fails, holds } from './claim.ts';
import { containersCheck } from './containers.ts';
import { neighFdbCheck } from './neigh-fdb.ts';
import { type Side, sides } from './sides.ts';
import { vxlanCheck } from './vxlan.ts';

interface Stage {
  id: string;
  title: string;
  check: Check;
}

function stagesOf(side: Side): Stage[] {
  return [
    { id: `containers-${side.node}`, title: '容器与网桥', check: containersCheck(side) },
    { id: `vxlan-${side.node}`, title: 'VXLAN 设备与路由', check: vxlanCheck(side) },
    { id: `neigh-fdb-${side.node}`, title: 'FDB 与邻居表', check: neighFdbCheck(side) },
  ];
}

/**
 * What must stand before a packet is worth sending: for each node, a line for what is built, up to the first stage that
 * is not, with that stage's first cause.
 */
export function gateFacts(snapshot: NetworkSnapshot): Fact[] {
  return Object.values(sides).map((side) => {
    const titles = stagesOf(side).map(({ title }) => title);
    const ready = claim(side, `ready-${side.node}`, `${side.label} 已搭好`, titles.join('、'), 'ip -br addr');
    for (const { id, title, check } of stagesOf(side)) {
      const failing = check.judge(snapshot).filter(({ ok }) => !ok);
      const first = failing[0];
      if (!first) continue;
      const rest = failing.length > 1 ? `（共 ${failing.length} 处）` : '';
      const advice = `先完成检查点 \`${id}\`：${first.title}，现在是「${first.actual}」${rest}。`;
      const stage = { ...ready, title: `${side.label}：${title}`, expected: '已就绪', look: first.look ?? ready.look };
      // Without a repair: that checkpoint's own facts have it.
      return fails(stage, '还没有就绪', advice);
    }
    return holds(ready);
  });
}
