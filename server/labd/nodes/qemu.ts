import { spawn } from 'node:child_process';
import { createHash } from 'node:crypto';
import { closeSync, fstatSync, openSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { GuestImage } from '../guest/build.ts';
import { MEMORY } from '../guest/system.ts';
import { runCommand } from './command.ts';
import { recordsOf, type Step } from './namespace.ts';

const SCRIPT = join(import.meta.dirname, 'qemu.pl');
const MEBIBYTE = 2 ** 20;

/** MiB of translated code that an emulated machine keeps: more is hardly quicker for what a lab runs. */
const TRANSLATED = 48;
/** What QEMU itself and its threads use besides; all of it in the node's control group. */
export const GROUP = {
  memory: MEMORY + (TRANSLATED + 96) * MEBIBYTE,
  pids: 64,
  // A whole processor: emulation takes several instructions for one of the machine's.
  cpuQuota: 100_000,
  // The web server is served first, but what is emulated must not starve beside it.
  cpuShares: 512,
};
/** ms. It only prints. */
const VERSION_TIMEOUT = 20_000;
/** Characters of what QEMU and the machine's console said. */
const MAX_MESSAGE = 2_000;

/**
 * For an emulated kernel. Its defences of one program against another cost much there. Programs at the same addresses each
 * time are translated once.
 */
const EMULATED = ['mitigations=off', 'init_on_alloc=0', 'norandmaps', 'nokaslr'];

/** How machines are run: by the processor itself, or emulated. */
export type Accelerator = 'kvm' | 'tcg';

/** Whether this machine's processor runs machines: QEMU's /dev/kvm can be opened. */
export function accelerator(): Accelerator {
  try {
    const device = openSync('/dev/kvm', 'r+');
    const usable = fstatSync(device).isCharacterDevice();
    closeSync(device);
    return usable ? 'kvm' : 'tcg';
  } catch {
    return 'tcg'; // No such device: the processor cannot, or the host is a virtual machine itself.
  }
}

/** A name that changes when a memory snapshot of before would not fit: with another QEMU, or other devices. */
export async function kindOf(accelerator: Accelerator): Promise<string> {
  const asked = runCommand('qemu-system-x86_64', ['--version'], {
    timeoutMs: VERSION_TIMEOUT,
    maxBytes: 4_096,
  });
  const { stdout } = await asked.catch((cause) => {
    throw new Error('这台机器上没有 QEMU：请执行 apt install qemu-system-x86', { cause });
  });
  const program = qemu({ accelerator, mac: '', restored: false, monitored: false });
  const hash = createHash('sha256').update(JSON.stringify([stdout.toString(), program]));
  return `${accelerator}-${hash.digest('hex').slice(0, 16)}`;
}

/** What a machine is started with: descriptors of qemu.pl by their names. */
export interface Parts {
  accelerator: Accelerator;
  mac: string;
  /** It goes on from a memory snapshot, which is read from the descriptor `state`. */
  restored: boolean;
  /** It can be told to make one, over the descriptor `monitor`. */
  monitored: boolean;
}

/** Descriptors that every machine has. */
export function openings(guest: GuestImage): Step[] {
  return [
    ['read', 'kernel', guest.kernel],
    ['read', 'initrd', guest.initrd],
    ['read', 'disk', guest.disk],
  ];
}

/**
 * The command line of a machine: one processor, one disk that nobody can write to, one card, two ports for the agent, and
 * none of the devices that QEMU adds by itself.
 */
export function qemu({ accelerator, mac, restored, monitored }: Parts): string[] {
  const kvm = accelerator === 'kvm';
  const boot = ['console=ttyS0', 'quiet', 'panic=-1', 'reboot=t', 'random.trust_cpu=on', 'audit=0', 'apparmor=0'];
  if (!kvm) boot.push(...EMULATED);
  const socket = (name: string) => ['-chardev', `socket,id=${name},fd={${name}},server=on,wait=off`];
  const port = (name: string) => [...socket(name), '-device', `virtserialport,chardev=${name},name=netloom.${name}`];
  return [
    'qemu-system-x86_64',
    ...['-nodefaults', '-no-user-config', '-display', 'none', '-no-reboot'],
    ...['-sandbox', 'on,obsolete=deny,elevateprivileges=deny,spawn=deny,resourcecontrol=deny'],
    ...['-machine', 'q35,sata=off,smbus=off,usb=off,vmport=off,hpet=off,dump-guest-core=off'],
    ...['-bios', 'qboot.rom'],
    ...(kvm
      ? ['-accel', 'kvm', '-cpu', 'host']
      : ['-accel', `tcg,tb-size=${TRANSLATED}`, '-cpu', 'qemu64,+rdrand,+ssse3']),
    ...['-smp', '1', '-m', `${MEMORY / MEBIBYTE}`],
    ...['-kernel', '/proc/self/fd/{kernel}', '-initrd', '/proc/self/fd/{initrd}', '-append', boot.join(' ')],
    ...['-add-fd', 'fd={disk},set=1'],
    '-blockdev',
    'driver=raw,node-name=disk,read-only=on,file.driver=file,file.filename=/dev/fdset/1,file.locking=off',
    ...['-device', 'virtio-blk-pci,drive=disk'],
    ...['-netdev', 'tap,id=wire,fd={tap}', '-device', `virtio-net-pci,netdev=wire,mac=${mac},romfile=`],
    ...['-device', 'virtio-serial-pci,max_ports=4', ...port('control'), ...port('ssh')],
    ...['-chardev', 'stdio,id=console,signal=off', '-serial', 'chardev:console'],
    ...(monitored ? [...socket('monitor'), '-mon', 'chardev=monitor,mode=control'] : []),
    ...(restored ? ['-incoming', 'fd:{state}'] : []),
  ];
}

/**
 * Has qemu.pl do the steps, of which the last makes it QEMU; returns when all but that is done. The machine outlives labd.
 * The directory is an argument that the script ignores, as in arrange().
 */
export function launch(directory: string, steps: Step[]): Promise<void> {
  return new Promise((resolve, reject) => {
    const child = spawn('perl', [SCRIPT, directory], { stdio: ['pipe', 'ignore', 'pipe'], detached: true });
    let said = '';
    child.stderr.on('data', (chunk: Buffer) => {
      if (said.length < MAX_MESSAGE) said += chunk.toString();
    });
    child.on('error', reject);
    child.stdin.on('error', () => undefined); // It ended: what it said tells.
    // Its own messages go to the log from the step `say` on.
    child.stderr.once('close', () => {
      child.unref();
      if (said === '') resolve();
      else reject(new Error('虚拟机无法启动', { cause: new Error(said.trim()) }));
    });
    child.stdin.end(recordsOf(steps));
  });
}

/** The last that QEMU and the machine's console said. */
export function lastWords(log: string): string {
  try {
    return readFileSync(log, 'utf8').slice(-MAX_MESSAGE);
  } catch {
    return ''; // It ended before it could say anything.
  }
}
