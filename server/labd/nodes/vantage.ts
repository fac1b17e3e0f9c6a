import { closeSync, constants, fstatSync, openSync, readFileSync, statSync } from 'node:fs';
import type { Vantage } from './driver.ts';

/** Named namespaces shown of one node: the user namespace's own limit, see NAMESPACE_LIMITS. */
const MAX_NAMED = 64;
/** include/uapi/asm-generic/fcntl.h; Node has no name for it. */
const O_PATH = 0o10000000;

/** A mount of a network namespace in a node's table: `… / net:[INO] /run/netns/NAME … - nsfs …`. */
const NAMED = /^\d+ \d+ \d+:\d+ net:\[(\d+)\] \/run\/netns\/([A-Za-z0-9_.-]{1,64}) .* - nsfs /;

/**
 * Opens the network namespaces of a node for `nsenter --net=`. Which ones there are is taken from the kernel's mount
 * table of the node's init, and each is opened without following links and compared by inode: a name or a link made in
 * the node cannot lead elsewhere. `stillInit` is asked last, so that a recycled pid is noticed.
 */
export function openVantage(own: string, init: number, stillInit: () => boolean): Omit<Vantage, 'root'> {
  const named: Vantage['named'] = [];
  const descriptors: number[] = [];
  let inode: number;
  const close = () => {
    for (const descriptor of descriptors.splice(0)) closeSync(descriptor);
  };
  try {
    const { dev: device, ino } = statSync(own);
    inode = ino;
    const found = new Map<string, number>();
    for (const line of readFileSync(`/proc/${init}/mountinfo`, 'utf8').split('\n')) {
      const match = NAMED.exec(line);
      // A name that was mounted over is listed twice; the later line is what the name means now.
      if (match?.[1] && match[2]) found.set(match[2], Number(match[1]));
    }
    for (const [name, number] of [...found].slice(0, MAX_NAMED)) {
      const descriptor = openUnfollowed(`/proc/${init}/root/run/netns/${name}`);
      if (descriptor === null) continue;
      descriptors.push(descriptor);
      const stat = fstatSync(descriptor);
      if (stat.ino === number && stat.dev === device) {
        named.push({ name, inode: number, path: `/proc/${process.pid}/fd/${descriptor}` });
      }
    }
    if (!stillInit()) throw new Error('节点没有运行');
  } catch (error) {
    close();
    throw error;
  }
  return { own, inode, named, mounts: `/proc/${init}/mountinfo`, close };
}

function openUnfollowed(path: string): number | null {
  try {
    return openSync(path, O_PATH | constants.O_NOFOLLOW);
  } catch {
    return null; // Deleted since the table was read.
  }
}
