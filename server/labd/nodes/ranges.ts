import { createHash } from 'node:crypto';
import { mkdir, readdir, readlink, symlink, unlink } from 'node:fs/promises';
import { join } from 'node:path';
import { RANGES } from './place.ts';

/** Ids per session: everything a Debian system uses, 0 to nobody. */
export const RANGE_SIZE = 65_536;
/**
 * The first host id, and how many ranges follow. systemd's UIDS-GIDS.md marks 1879048192…2147352575 as unused: neither
 * people, services, subuid nor nspawn are given ids there.
 */
const FIRST = 0x70000000;
const COUNT = 2048;

/**
 * Takes a range of ids that no session of any instance on this machine has, and returns its first. The claim is a
 * link, because making one is atomic and it can say whose it is.
 */
export async function claimRange(claim: string): Promise<number> {
  await mkdir(RANGES, { recursive: true, mode: 0o711 });
  // Not the lowest free one: ids of a destroyed session should not be somebody else's the next moment.
  const start = createHash('sha256').update(claim).digest().readUInt32BE() % COUNT;
  for (let probe = 0; probe < COUNT; probe++) {
    const index = (start + probe) % COUNT;
    try {
      await symlink(claim, join(RANGES, String(index)));
      return FIRST + index * RANGE_SIZE;
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error; // Node's errors are not typed.
    }
  }
  throw new Error('用户号段已经用完：同时存在的实验会话太多');
}

/** Gives back what a claim holds, if anything. */
export async function releaseRange(claim: string): Promise<void> {
  for (const [name, holder] of await claims()) {
    if (holder === claim) await unlink(join(RANGES, name));
  }
}

/** Who holds ranges: the part of each claim that follows the prefix. */
export async function claimedUnder(prefix: string): Promise<string[]> {
  const holders = (await claims()).map(([, holder]) => holder);
  return holders.filter((holder) => holder.startsWith(prefix)).map((holder) => holder.slice(prefix.length));
}

async function claims(): Promise<[name: string, holder: string][]> {
  const names = await readdir(RANGES).catch(() => []); // Absent until the first claim.
  const pairs = names.map(async (name): Promise<[string, string]> => {
    return [name, await readlink(join(RANGES, name)).catch(() => '')]; // Released meanwhile.
  });
  return Promise.all(pairs);
}
