import type { FdbEntry, NamespaceSnapshot } from './snapshot.ts';

/** The key of a VXLAN device's default entry: where frames go whose MAC is unknown. */
export const DEFAULT_MAC = '00:00:00:00:00:00';

/** The entries of a MAC on one VXLAN device that name a remote end. */
export function remotesOf(namespace: NamespaceSnapshot, mac: string, dev: string): FdbEntry[] {
  return namespace.fdb.filter((entry) => entry.dev === dev && entry.mac === mac && entry.dst !== undefined);
}

/** The default entries of a VXLAN device, one per remote end it floods to. */
export function defaultRemotes(namespace: NamespaceSnapshot, dev: string): FdbEntry[] {
  return remotesOf(namespace, DEFAULT_MAC, dev);
}

/** Entries of a MAC that somebody put on another interface than the tunnel. */
export function strays(namespace: NamespaceSnapshot, mac: string, tunnel: string): FdbEntry[] {
  return namespace.fdb.filter((entry) => entry.mac === mac && entry.dev !== tunnel);
}
