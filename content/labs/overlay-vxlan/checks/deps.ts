import type { Check } from '../../../check.ts';
import { claim, fails, holds } from './claim.ts';
import { nodeOf, type Side } from './sides.ts';

/** The packages of the step 安装依赖, and what the later commands need them for. */
const PACKAGES = [
  { name: 'bridge-utils', programs: '`brctl`' },
  { name: 'net-tools', programs: '`route` 和 `arp`' },
];

/** Where dpkg keeps what is installed. */
const DPKG = '`/var/lib/dpkg/status`';
const LOST = `装了哪些软件记在 ${DPKG} 里。它不在了、变成了链接，或者大得反常，就没有人知道装没装；apt 自己也用不了。`;

/** Whether the packages are installed on a node. */
export function depsCheck(side: Side): Check {
  return {
    earns: PACKAGES.map(({ name }) => name),
    judge: (snapshot) =>
      PACKAGES.map(({ name, programs }) => {
        const installed = claim(side, name, `${side.label} 已安装 ${name}`, '已安装', `dpkg -s ${name} | grep Status`);
        const state = nodeOf(snapshot, side).packages[name];
        if (state) return holds(installed);
        const repair = `在 ${side.label} 上执行 \`apt update\`，再执行 \`apt install -y ${name}\`。`;
        if (state === null) return fails(installed, 'dpkg 的数据库读不出来', LOST, `重置 ${side.label}，然后${repair}`);
        const why = `后面的步骤要用其中的 ${programs}；没有装的时候，shell 会说 command not found。`;
        return fails(installed, '没有安装', why, repair);
      }),
  };
}
