import { execFile } from 'node:child_process';
import { existsSync } from 'node:fs';
import { promisify } from 'node:util';

const run = promisify(execFile);

/** ms. apt only prints its configuration. */
const READ_TIMEOUT = 10_000;
const FORMAT = '$(ORIGIN)\t$(CODENAME)\t$(REPO_URI)\t$(RELEASE)\t$(COMPONENT)';

/** Releases of Ubuntu; their tini and bridge-utils live in universe. Any other name is a release of Debian. */
const UBUNTU = new Set(['jammy', 'noble', 'plucky', 'questing', 'resolute']);

/**
 * The lines of a sources.list that the image is built from: the given mirror; else those of this machine's own sources
 * that carry the same release of Debian or Ubuntu, so that a near mirror is used without being told; else none, which
 * leaves the choice to mmdebstrap.
 */
export async function sourcesFor(suite: string, mirror: string | undefined): Promise<string[]> {
  const vendor = UBUNTU.has(suite) ? 'Ubuntu' : 'Debian';
  // Named, because apt of the other vendor does not trust this key by itself.
  const keyring = `/usr/share/keyrings/${vendor.toLowerCase()}-archive-keyring.gpg`;
  const deb = existsSync(keyring) ? `deb [signed-by=${keyring}]` : 'deb';
  if (mirror) return [`${deb} ${mirror} ${suite} ${vendor === 'Ubuntu' ? 'main universe' : 'main'}`];
  let targets: string;
  try {
    const args = ['indextargets', '--format', FORMAT, 'Created-By: Packages'];
    targets = (await run('apt-get', args, { timeout: READ_TIMEOUT })).stdout;
  } catch {
    return []; // apt's own sources cannot be read: mmdebstrap knows the public mirrors.
  }
  const lines = new Set<string>();
  let complete = false;
  for (const line of targets.split('\n')) {
    const [origin, codename, uri, release, component] = line.split('\t');
    if (origin !== vendor || (codename !== suite && !codename?.startsWith(`${suite}-`))) continue;
    lines.add(`${deb} ${uri} ${release} ${component}`);
    complete ||= release === suite;
  }
  return complete ? [...lines].sort() : [];
}
