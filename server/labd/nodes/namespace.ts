import { join } from 'node:path';
import { runCommand } from './command.ts';
import { diskTrouble } from './disk.ts';

const SCRIPT = join(import.meta.dirname, 'namespace.pl');
/** ms. A session's whole list takes about 50 ms; the script's own alarm comes first. */
const TIMEOUT = 25_000;
/** Bytes, of an explanation. */
const MAX_MESSAGE = 16_384;

/** A verb of namespace.pl and its arguments; none may be empty. */
export type Step = [verb: string, ...args: string[]];

/** Steps as records, which namespace.pl, qemu.pl and agent.pl read. */
export function recordsOf(steps: Step[]): string {
  return steps.map((step) => `${step.join('\0')}\0\0`).join('');
}

/** Verbs that fail on a kernel without a feature, and what people are told then. */
const NEEDS: Record<string, string> = {
  userns: '内核没有打开用户命名空间（user namespaces）',
  netns: '内核没有打开网络命名空间（CONFIG_NET_NS）',
  idmap: '内核或文件系统不支持 id 映射挂载（需要 Linux 5.19 以上，镜像放在 ext4、xfs 或 btrfs 上）',
  mount: '内核不支持 overlay 或 tmpfs，或不支持在 id 映射挂载上使用 overlay（需要 Linux 5.19 以上）',
  bridge: '内核不支持 bridge',
  plug: '内核不支持 veth',
};

/**
 * Does the steps in order, as root, in one process. The message of a failure names what the machine lacks. The directory
 * they are for is an argument that the script ignores: it tells whose process this is, see stray.ts.
 */
export async function arrange(directory: string, steps: Step[]): Promise<void> {
  const { code, stderr } = await perform([directory], steps);
  if (code === 0) return;
  const detail = stderr.toString().trim();
  const verb = /^(\w+): /m.exec(detail.split('\n').at(-1) ?? '')?.[1] ?? '';
  throw new Error(diskTrouble(detail) ?? NEEDS[verb] ?? '无法布置节点的命名空间', {
    cause: new Error(detail || `namespace.pl: ${code}`),
  });
}

function perform(args: string[], steps: Step[]) {
  for (const field of steps.flat()) {
    if (field === '' || field.includes('\0')) throw new Error(`not a field for namespace.pl: ${JSON.stringify(field)}`);
  }
  return runCommand('perl', [SCRIPT, ...args], { timeoutMs: TIMEOUT, maxBytes: MAX_MESSAGE, input: recordsOf(steps) });
}
