import type { Check } from '../../../check.ts';
import { claim, fails, holds } from './claim.ts';
import { nodeOf, type Side } from './sides.ts';

/** The packages of the step 安装依赖, and what the later commands need them for. */
const PACKAGES = [
  { name: 'bridge-utils', programs: '`brctl`' },
  { name: 'net-tools', programs: '`route` 和 `arp`' },
];

/** Whether the packages are installed on a node. */
export function depsCheck(side: Side): Check {
  return {
    earns: PACKAGES.map(({ name }) => name),
    judge: (snapshot) =>
      PACKAGES.map(({ name, programs }) => {
        const installed = claim(side, name, `${side.label} 已安装 ${name}`, '已安装', `dpkg -s ${name} | grep Status`);
        if (nodeOf(snapshot, side).packages[name]) return holds(installed);
        const why = `后面的步骤要用其中的 ${programs}；没有装的时候，shell 会说 command not found。`;
        const repair = `在 ${side.label} 上执行 \`apt update\`，再执行 \`apt install -y ${name}\`。`;
        return fails(installed, '没有安装', why, repair);
      }),
  };
}
