import { randomBytes } from 'node:crypto';
import { readFileSync, statSync } from 'node:fs';
import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { GuestImage } from '../guest/build.ts';
import { GUEST } from '../guest/system.ts';
import type { Cgroups } from './cgroup.ts';
import { runCommand } from './command.ts';
import { tellAgent } from './control.ts';
import type { SessionId } from './driver.ts';
import { createMachine, quote, type SshMachine } from './machine.ts';
import type { Step } from './namespace.ts';
import type { NodePlace, SessionPlace, SessionPlan } from './place.ts';
import { type Accelerator, GROUP, lastWords, launch, openings, qemu } from './qemu.ts';
import { hostsOf, joinLines, macOf, portOf, portRange } from './wiring.ts';

const PROXY = join(import.meta.dirname, 'proxy.pl');
/** ms. An emulated machine boots in about 4 s; a machine on which a whole class does so takes many times that. */
const BOOT_TIMEOUT = 90_000;
/** The first thing that is asked of an emulated machine takes 1 s, and many times that where a whole class begins. */
const CONNECT_SECONDS = 40;
/** ms. A key is made in some 10. */
const KEY_TIMEOUT = 10_000;
/** Bits of randomness given to a machine; bytes. */
const SEED_BYTES = 64;

/** What a machine is started from. */
export interface Source {
  guest: GuestImage;
  accelerator: Accelerator;
  /** The file of a memory snapshot to go on from; absent: it boots. */
  state?: string | undefined;
}

/** Where the files of one machine are, beside those that every node has. */
export function partsOf(node: NodePlace) {
  const file = (name: string) => join(node.directory, name);
  return {
    /** The host's ends of the machine's ports, and of QEMU's monitor where there is one. */
    control: file('control'),
    ssh: file('ssh'),
    monitor: file('monitor'),
    /** Where the connection's own socket is. */
    connection: file('c'),
    /** What the host proves itself with to the machine, and what the machine is known by. */
    identity: file('key'),
    hostKey: file('host_key'),
    /** The pid of the learner's init, in the machine. */
    init: file('init'),
  };
}

/** A node's place in its session, and on this machine. */
export interface Socketed {
  session: SessionPlace;
  plan: SessionPlan;
  name: string;
  cgroups: Cgroups;
}

/** Starts one node's machine, in its control group, with its card on the session's wire; it is then still nobody's. */
export async function powerOn(
  { session, plan, name, cgroups }: Socketed,
  { guest, accelerator, state }: Source,
  monitored = false,
): Promise<void> {
  const node = session.node(name);
  const parts = partsOf(node);
  await mkdir(node.directory, { recursive: true, mode: 0o711 });
  const port = portOf(plan, name);
  // The MAC is of no use beyond the first start: a snapshot brings its own, see `settle`.
  const program = qemu({ accelerator, mac: macOf('machine', name), restored: state !== undefined, monitored });
  const groups = [plan.base, ...(accelerator === 'kvm' ? [statSync('/dev/kvm').gid] : [])];
  const steps: Step[] = [
    ...cgroups.create(node.cgroup, GROUP).map((path): Step => ['join', path]),
    ['note', node.pid],
    ['listen', 'control', parts.control],
    ['listen', 'ssh', parts.ssh],
    ...(monitored ? [['listen', 'monitor', parts.monitor] satisfies Step] : []),
    ...openings(guest),
    ...(state ? [['read', 'state', state] satisfies Step] : []),
    ['tap', 'tap', session.wire, port, joinLines(port)],
    ['say', node.log],
    ['become', String(plan.base), groups.join(','), ...program],
  ];
  await launch(node.directory, steps);
}

/** Waits for a machine's agent, and has it do what these records say; returns the pid of the learner's init. */
export async function ask(node: NodePlace, records: Step[]): Promise<number> {
  try {
    return await tellAgent(partsOf(node).control, records, BOOT_TIMEOUT);
  } catch (error) {
    const detail = `${error instanceof Error ? error.message : error}\n${lastWords(node.log)}`;
    throw new Error('虚拟机没有启动起来', { cause: new Error(detail.trim()) });
  }
}

/** Makes a machine this node of this session: its name, its card, its keys, and random numbers that no other has. */
export async function settle(id: SessionId, plan: SessionPlan, name: string, node: NodePlace): Promise<void> {
  const spec = plan.nodes.find((each) => each.name === name);
  if (!spec) throw new Error(`no such node: ${name}`);
  await makeKeys(node);
  const card = [`link set eth0 address ${macOf(id, name)}`, `link set eth0 name ${spec.nic}`];
  const network: Step[] = [
    ['sysctl', GUEST.netns, portRange(id)],
    ['ip', '/proc/1/ns/net', [...card, `link set ${spec.nic} netns ${GUEST.netns}`, ''].join('\n')],
    ['ip', GUEST.netns, `link set lo up\nlink set ${spec.nic} up\naddr add ${spec.address} dev ${spec.nic}\n`],
  ];
  const pid = await ask(node, [
    ['seed', randomBytes(SEED_BYTES).toString('hex')],
    ['clock', String(Math.round(Date.now() / 1_000))],
    ...(await secrets(node)),
    ['hostname', spec.hostname],
    ['file', GUEST.hosts, hostsOf(plan)],
    ['file', GUEST.hostname, `${spec.hostname}\n`],
    ...network,
  ]);
  await writeFile(partsOf(node).init, `${pid}\n`);
}

/** Makes the keys of a machine and of the host as its client. */
export async function makeKeys(node: NodePlace): Promise<void> {
  const { identity, hostKey } = partsOf(node);
  await Promise.all([identity, hostKey].map(makeKey));
}

/** What lets the host in, as records for the machine's agent. */
export async function secrets(node: NodePlace): Promise<Step[]> {
  const { identity, hostKey } = partsOf(node);
  return [
    ['secret', GUEST.hostKey, await readFile(hostKey, 'utf8')],
    ['secret', GUEST.authorizedKeys, await readFile(`${identity}.pub`, 'utf8')],
  ];
}

/** The way into a machine whose keys have been made. */
export function reach(node: NodePlace): SshMachine {
  const { identity, hostKey, ssh, connection } = partsOf(node);
  return createMachine(connection, {
    name: 'm',
    host: 'node',
    user: 'root',
    identity,
    hostKey: readFileSync(`${hostKey}.pub`, 'utf8').split(' ').slice(0, 2).join(' '),
    // A shell reads it, and in it % begins ssh's own words.
    proxy: ['perl', PROXY, ssh].map((word) => quote(word.replaceAll('%', '%%'))).join(' '),
    single: true,
    connectSeconds: CONNECT_SECONDS,
  });
}

async function makeKey(path: string): Promise<void> {
  const args = ['-q', '-t', 'ed25519', '-N', '', '-C', 'netloom', '-f', path];
  const { code, stderr } = await runCommand('ssh-keygen', args, { timeoutMs: KEY_TIMEOUT, maxBytes: 4_096 });
  if (code !== 0) throw new Error('无法生成密钥', { cause: new Error(stderr.toString()) });
}
