import { join } from 'node:path';
import type { NodeDriver, SessionId } from './nodes/driver.ts';
import { end, startFed } from './observe.ts';

const SCRIPT = join(import.meta.dirname, 'egress.pl');
/** ms in which a proxy listens, or is not there. */
const READY_MS = 10_000;
/** Bytes of what a proxy complains about. */
const SAID_MAX = 2_000;

/** The ways out that labs have named: a proxy for each node, as long as the node lives and labd does. */
export interface Egress {
  /** Opens the ways of a session's nodes to these hosts, in place of those before; none for none. */
  open(session: SessionId, nodes: string[], hosts: string[]): Promise<void>;
  /** Closes them: a proxy holds on to its node's network. */
  close(session: SessionId): void;
}

/** Makes ways out. `trusted` is an address and port that is reached although it is not public: for tests. */
export function createEgress(options: {
  driver: NodeDriver;
  trusted?: string;
  log: { warn(fields: object, message: string): void };
}): Egress {
  const { driver, trusted = '-', log } = options;
  const proxies = new Map<SessionId, ReturnType<typeof startFed>[]>();

  function close(session: SessionId): void {
    for (const proxy of proxies.get(session) ?? []) end(proxy);
    proxies.delete(session);
  }

  async function openOne(session: SessionId, node: string, hosts: string[]): Promise<void> {
    const netns = driver.burden?.(session, node)?.netns;
    // A node whose kernel is elsewhere has no such way.
    if (netns === undefined) return;
    const proxy = startFed(['perl', SCRIPT, netns, trusted, ...hosts]);
    proxies.set(session, [...(proxies.get(session) ?? []), proxy]);
    let said = '';
    proxy.stderr.on('data', (chunk: Buffer) => {
      if (said.length < SAID_MAX) said += chunk.toString('latin1');
    });
    proxy.stdin.on('error', () => undefined); // It ended: `close` tells.
    proxy.on('close', () => {
      if (proxies.get(session)?.includes(proxy)) log.warn({ session, node, said }, 'a way out of a node ended');
    });
    await new Promise<void>((resolve, reject) => {
      const timer = setTimeout(() => reject(new Error('节点的出口没有打开')), READY_MS);
      const settled = (error?: Error) => {
        clearTimeout(timer);
        if (error) reject(error);
        else resolve();
      };
      proxy.stdout.once('data', () => settled());
      proxy.once('error', settled);
      proxy.once('close', () => settled(new Error('节点的出口没有打开', { cause: new Error(said) })));
    });
  }

  return {
    close,
    async open(session, nodes, hosts) {
      close(session);
      if (hosts.length === 0) return;
      const opening = await Promise.allSettled(nodes.map((node) => openOne(session, node, hosts)));
      for (const { status, ...rest } of opening) {
        // The lab goes on without; who needs the way is refused and sees it.
        if (status === 'rejected') log.warn({ session, err: (rest as PromiseRejectedResult).reason }, 'no way out');
      }
    },
  };
}
