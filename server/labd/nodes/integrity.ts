import { readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { z } from 'zod';
import type { NodePlace, SessionPlace } from './place.ts';

/** What runc must know to enter a container. */
const RuncState = z.object({ init_process_pid: z.int() });

/** Containers whose state is remembered as read: more than there are nodes; those that are gone go at some time, too. */
const KNOWN_MAX = 4_096;

/** Whether what the host needs of a node is in its place: an operator may have unmounted or deleted it, or a full disk cut it off. */
export interface Integrity {
  /** A node's own: its network, its files, and what runc remembers of it. */
  holds(node: NodePlace, init: number): boolean;
  /** What the nodes of a session share: their user namespace, the image in their ids, the wire. */
  holdsTogether(session: SessionPlace): boolean;
}

/** Looks at nodes whose runc state is below the given directory. Quick: what was read and has not changed is not read again. */
export function createIntegrity(runc: string): Integrity {
  /** The device of every namespace's file. */
  const nsfs = statSync('/proc/self/ns/net').dev;
  const known = new Map<string, { print: string; init: number }>();

  function initKnownToRunc(container: string): number {
    const file = join(runc, container, 'state.json');
    const { ino, size, mtimeMs } = statSync(file);
    const print = `${ino} ${size} ${mtimeMs}`;
    const before = known.get(container);
    if (before?.print === print) return before.init;
    known.delete(container);
    const { init_process_pid: init } = RuncState.parse(JSON.parse(readFileSync(file, 'utf8')));
    if (known.size >= KNOWN_MAX) known.clear();
    known.set(container, { print, init });
    return init;
  }

  const isNamespace = (pin: string) => statSync(pin).dev === nsfs;
  const isMounted = (path: string, parent: string) => statSync(path).dev !== statSync(parent).dev;

  return {
    holds(node, init) {
      try {
        return (
          isNamespace(node.netns) && isMounted(node.root, node.directory) && initKnownToRunc(node.container) === init
        );
      } catch {
        known.delete(node.container);
        return false; // Something of it is gone, or damaged.
      }
    },
    holdsTogether(session) {
      try {
        return (
          isNamespace(session.wire) && isNamespace(session.userns) && statSync(join(session.lower, 'etc')).isDirectory()
        );
      } catch {
        return false; // As above.
      }
    },
  };
}
