import type { Address, Link, VxlanInfo } from '../network/snapshot.ts';
import { count, fields, objects, parseLists, text, texts } from './field.ts';

/** Reads the links of `ip -j -d -s addr show`, with their addresses and counters; entries of other tables are passed over. */
export function readLinks(printed: string): Link[] {
  const parsed = parseLists(printed).flatMap((entry) => {
    const index = count(entry.ifindex);
    const name = text(entry.ifname);
    return index === undefined || name === undefined ? [] : [{ entry, index, name }];
  });
  const indexOf = new Map(parsed.map(({ name, index }) => [name, index]));
  return parsed.map(({ entry, index, name }) => {
    const info = fields(entry.linkinfo);
    const kind = text(info.info_kind) ?? '';
    const flags = texts(entry.flags);
    const master = text(entry.master);
    const stats = fields(entry.stats64 ?? entry.stats);
    const rx = fields(stats.rx);
    const tx = fields(stats.tx);
    const vxlan = kind === 'vxlan' ? readVxlan(info.info_data) : undefined;
    // iproute2 names the other end when it is in this namespace, and numbers it when it is in another.
    const peerIndex = kind === 'veth' ? (count(entry.link_index) ?? indexOf.get(text(entry.link) ?? '')) : undefined;
    const peerNamespaceId = kind === 'veth' ? count(entry.link_netnsid) : undefined;
    return {
      index,
      name,
      mac: text(entry.address)?.toLowerCase() ?? '',
      mtu: count(entry.mtu) ?? 0,
      up: flags.includes('UP'),
      carrier: flags.includes('LOWER_UP'),
      kind,
      ...(flags.includes('NOARP') && !flags.includes('LOOPBACK') && { noArp: true as const }),
      ...(master !== undefined && { master }),
      ...(peerIndex !== undefined && { peerIndex }),
      ...(peerNamespaceId !== undefined && { peerNamespaceId }),
      ...(vxlan && { vxlan }),
      addresses: objects(entry.addr_info).flatMap(readAddress),
      counters: {
        rxPackets: count(rx.packets) ?? 0,
        txPackets: count(tx.packets) ?? 0,
        rxDropped: count(rx.dropped) ?? 0,
        txDropped: count(tx.dropped) ?? 0,
        txErrors: count(tx.errors) ?? 0,
      },
    };
  });
}

function readAddress(entry: Record<string, unknown>): Address[] {
  const local = text(entry.local);
  const prefix = count(entry.prefixlen);
  if (local === undefined || prefix === undefined) return [];
  if (entry.family !== 'inet' && entry.family !== 'inet6') return [];
  return [{ family: entry.family, local, prefix }];
}

function readVxlan(value: unknown): VxlanInfo | undefined {
  const data = fields(value);
  const vni = count(data.id);
  if (vni === undefined) return undefined;
  const local = text(data.local);
  const remote = text(data.remote) ?? text(data.group);
  const dev = text(data.link);
  return {
    vni,
    ...(local !== undefined && { local }),
    ...(remote !== undefined && { remote }),
    ...(dev !== undefined && { dev }),
    port: count(data.port) ?? 0,
    learning: data.learning === true,
  };
}
