import { spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { join } from 'node:path';

/** The profile and its name in it. */
const FILE = join(import.meta.dirname, 'node.aa');
const PROFILE = 'netloom-node';
/** securityfs: where the kernel is told of profiles; there only when AppArmor is active. */
const ACTIVE = '/sys/kernel/security/apparmor/profiles';
/** ms. Compiling the profile takes about 200. */
const LOAD_MS = 20_000;
/** Characters of what the parser complains about. */
const SAID_MAX = 500;

/** Where AppArmor is active, nodes are confined by it: the name of their profile, or why there is none. */
export type Confinement =
  | { profile: string }
  | { profile: null; why: 'inactive' | 'no-parser' | 'refused'; said: string };

/** Loads the profile of nodes into the kernel, in place of a former one, where AppArmor is active. */
export function loadConfinement(): Confinement {
  if (!existsSync(ACTIVE)) return { profile: null, why: 'inactive', said: '' };
  const args = ['--replace', '--skip-cache', FILE];
  const { status, stderr, error } = spawnSync('apparmor_parser', args, { encoding: 'utf8', timeout: LOAD_MS });
  if (status === 0) return { profile: PROFILE };
  const isMissing = error !== undefined && 'code' in error && error.code === 'ENOENT';
  return { profile: null, why: isMissing ? 'no-parser' : 'refused', said: (stderr ?? '').slice(0, SAID_MAX) };
}
