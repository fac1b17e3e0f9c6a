import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import type { NodeSpec, SessionId } from './driver.ts';
import { type Footprint, PRINT, readFootprint } from './footprint.ts';
import type { SshMachine } from './machine.ts';
import { differences, undoing } from './undoing.ts';

/** Bounds of what is done to a machine in order to lend it or take it back; ms, bytes. A long route table is 100 kB. */
const LIMITS = { timeoutMs: 30_000, maxBytes: 4 * 1024 * 1024 };
/** How often, and ms apart, the traces of a lab are looked for and removed: the kernel takes links apart in its own time. */
const ROUNDS = 6;
const ROUND_MS = 200;
/** The most that is told of what remains on one machine, and of each, characters. */
const REMAINS_MAX = 8;
const REMAINS_CHARS = 120;

/** All that a lent machine has of ours: who holds it, and what its shells read. Gone with a reboot, like the lab. */
const HOME = '/run/netloom-lab';
/** What a shell of a learner's is there; and its history, which is nobody else's. */
export const SHELL = ['bash', '--rcfile', `${HOME}/bashrc`];
export const SHELL_ENVIRONMENT = { HISTFILE: `${HOME}/history` };
const BASHRC = join(import.meta.dirname, '../image/files/root/.bashrc');

/** What labd starts there (observe.ts), and what it takes to look after it. */
const TOOLS = 'ip bridge nsenter setpriv ping grep';
/** Answers what is missing, one line each: for people. Arguments: card, address, tools. */
const EXAMINE = `
[ "$(id -u)" = 0 ] || echo '登录的用户不是 root，也不能用 sudo -n 成为 root'
for tool in $3; do command -v "$tool" >/dev/null || missing="$missing $tool"; done
[ -z "$missing" ] || echo "缺少命令$missing"
ip -o -4 address show dev "$1" 2>/dev/null | grep -qF " $2 " || echo "网卡 $1 上没有地址 $2"
true`;
/** Holds the machine for INSTANCE SESSION, unless another instance does; its shells' bashrc is the input. */
const HOLD = `
umask 077
if ! mkdir ${HOME} 2>/dev/null; then
  case $(cat ${HOME}/owner 2>/dev/null) in "$1"/*) ;; *) exit 3 ;; esac
fi
printf %s "$1/$2" > ${HOME}/owner && cat > ${HOME}/bashrc`;
/** HOLD's status when somebody else holds the machine. */
const HELD = 3;
/** Arguments: PATH VALUE…, below /proc/sys/net. */
const SET = 'cd /proc/sys/net; while [ $# -gt 1 ]; do printf %s "$2" > "$1"; shift 2; done';

/** Takes a machine for its owner, INSTANCE/SESSION, if it is fit for the node; rejects with what is wrong, for people. */
export async function take(machine: SshMachine, owner: string, node: NodeSpec): Promise<Footprint> {
  const shell = (script: string, args: string[], input?: string) =>
    machine.exec(['bash', '-c', script, 'netloom', ...args], LIMITS, input);
  const found = await shell(EXAMINE, [node.nic, node.address, TOOLS]);
  const missing = found.stdout.trim().split('\n').filter(Boolean);
  if (found.code !== 0) missing.push(`检查没有做完：${found.stderr.trim().slice(0, REMAINS_CHARS)}`);
  if (missing.length > 0) throw new Error(`登记给 ${node.name} 的机器不合实验的要求：${missing.join('；')}`);
  const held = await shell(HOLD, owner.split('/'), bashrc());
  if (held.code === HELD) throw new Error(`登记给 ${node.name} 的机器正被另一台织网服务器使用`);
  if (held.code !== 0) throw new Error(`登记给 ${node.name} 的机器不能写 ${HOME}`, { cause: held.stderr });
  return look(machine);
}

/** Whether a machine is still held by the owner: it answers, and has not been started anew. */
export async function isHeld(machine: SshMachine, owner: string): Promise<boolean> {
  try {
    const { stdout } = await machine.exec(['cat', `${HOME}/owner`], LIMITS);
    return stdout === owner;
  } catch {
    return false; // It does not answer.
  }
}

/** Ends what a session runs on a machine and brings its network back; answers what remains, for people. */
export async function restore(
  machine: SshMachine,
  session: SessionId,
  first: Footprint | undefined,
): Promise<string[]> {
  await machine.open();
  await machine.sweep(`NETLOOM_SESSION=${session}`);
  if (!first) return [];
  await machine.exec(['ip', 'neighbour', 'flush', 'nud', 'failed'], LIMITS);
  let remains: string[] = [];
  for (let round = 0; round < ROUNDS; round += 1) {
    if (round > 0) await sleep(ROUND_MS);
    const now = await look(machine);
    remains = differences(first, now);
    if (remains.length === 0) return [];
    await undo(machine, first, now);
  }
  return remains.slice(0, REMAINS_MAX).map((each) => printable(each).slice(0, REMAINS_CHARS));
}

/** Takes away what is ours, and lets go of the machine. */
export async function release(machine: SshMachine): Promise<void> {
  const { code, stderr } = await machine.exec(['rm', '-rf', HOME], LIMITS);
  if (code !== 0) throw new Error(`${HOME} 删不掉`, { cause: stderr });
}

async function look(machine: SshMachine): Promise<Footprint> {
  const { code, stdout, stderr } = await machine.exec(['bash', '-c', PRINT], LIMITS);
  if (code !== 0) throw new Error('机器的网络读不出来', { cause: stderr });
  return readFootprint(stdout);
}

/** What does not succeed is seen in the next look. */
async function undo(machine: SshMachine, first: Footprint, now: Footprint): Promise<void> {
  const { ip, bridge, settings, filters, tables } = undoing(first, now);
  const batch = (program: string, lines: string[]) =>
    machine.exec([program, '-force', '-batch', '-'], LIMITS, `${lines.join('\n')}\n`);
  if (ip.length > 0) await batch('ip', ip);
  if (bridge.length > 0) await batch('bridge', bridge);
  if (settings.length > 0) await machine.exec(['bash', '-c', SET, 'set', ...settings.flat()], LIMITS);
  if (filters !== '') await machine.exec(['iptables-restore'], LIMITS, filters);
  for (const table of tables) await machine.exec(['nft', 'delete', 'table', ...table.split(' ')], LIMITS);
}

/** A learner's machine has no image of ours: what the file takes for granted there is asked for here. */
function bashrc(): string {
  return readFileSync(BASHRC, 'utf8').replace('case $HOSTNAME in', 'case $NETLOOM_NODE in');
}

/** What a machine prints is its root's: nothing of it may steer a terminal or a log. */
function printable(line: string): string {
  return line.replaceAll(/\p{Cc}+/gu, ' ');
}
