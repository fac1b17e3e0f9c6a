import { join } from 'node:path';
import type { Step } from '../nodes/namespace.ts';
import { CAPABILITIES, ENVIRONMENT, INIT, NAMESPACE_LIMITS, PIDS, RLIMITS } from '../nodes/oci.ts';
import { diskSteps, NO_IPV6 } from '../nodes/wiring.ts';

/** The learner's ids in a machine: 65,536 that nobody else has there. */
export const IDS = { base: 65_536, size: 65_536 };
/** Bytes of memory that a machine has: two of them, emulated, take less than 512 MiB of the host's. */
export const MEMORY = 144 * 2 ** 20;
/** Of the machine's memory, for the agent and what it starts: the learner's processes together have the rest. Bytes. */
const KEPT = 48 * 2 ** 20;

const HOME = '/run/netloom';
/** Where everything of the learner's system is in a machine, as its agent sees it. */
export const GUEST = {
  /** The learner's network: it holds the machine's card. */
  netns: join(HOME, 'net'),
  root: join(HOME, 'root'),
  hosts: join(HOME, 'root/etc/hosts'),
  hostname: join(HOME, 'root/etc/hostname'),
  /** The pid of the learner's init, and what its root is called outside. */
  init: join(HOME, 'init'),
  hostKey: join(HOME, 'host_key'),
  authorizedKeys: join(HOME, 'authorized_keys'),
  enter: '/netloom/enter.pl',
} as const;

/** What namespace.pl makes in a machine before it is anybody's: namespaces, and an empty disk over the image. */
export function guestSteps(): Step[] {
  const owner = String(IDS.base);
  const [userns, lower] = [join(HOME, 'user'), join(HOME, 'lower')];
  const disk = { lower, disk: join(HOME, 'disk'), root: GUEST.root };
  return [
    ['mkdir', HOME, '0711', '0'],
    ['userns', owner, owner, String(IDS.size), userns, ...NAMESPACE_LIMITS],
    ['mkdir', lower, '0700', '0'],
    ['idmap', '/netloom/disk/image', lower, userns],
    ['netns', userns, GUEST.netns],
    ['sysctl', GUEST.netns, ...NO_IPV6],
    ['sysctl', '/proc/1/ns/net', ...NO_IPV6],
    // Which node it is the machine is told when it is somebody's.
    ...diskSteps(disk, owner, { hosts: '\n', hostname: '' }),
  ];
}

/** What stands between @ signs in the scripts of a machine. */
export function guestWords(): Record<string, string> {
  const capabilities = CAPABILITIES.map((name) => `+${name.replace('CAP_', '').toLowerCase()}`);
  return {
    RLIMITS: RLIMITS.filter((word) => word.startsWith('--')).join(' '),
    PIDS: String(PIDS),
    MEMORY: String(MEMORY - KEPT),
    CAPABILITIES: ['-all', ...capabilities].join(','),
    ENVIRONMENT: Object.entries(ENVIRONMENT)
      .map(([name, value]) => `${name}=${value}`)
      .join(' '),
    INIT: INIT.join(' '),
    ROOT: String(IDS.base),
  };
}

/** How sshd serves the host, which alone can reach it, and alone has a key. */
export const SSHD_CONFIG = `HostKey ${GUEST.hostKey}
AuthorizedKeysFile ${GUEST.authorizedKeys}
AuthenticationMethods publickey
PermitRootLogin prohibit-password
PasswordAuthentication no
KbdInteractiveAuthentication no
UsePAM no
DisableForwarding yes
PermitUserRC no
PrintMotd no
PrintLastLog no
UseDNS no
Compression no
KexAlgorithms curve25519-sha256
Ciphers chacha20-poly1305@openssh.com
# Every terminal, command and look at the kernel is a session of one connection.
MaxSessions 500
LogLevel QUIET
`;
