import type { FirewallChain } from '../network/firewall.ts';
import type { Spot } from './namespace.ts';
import { dump } from './netlink.ts';
import type { Machine } from './nodes/driver.ts';
import { inNamespace, observe } from './observe.ts';
import type { Asked } from './relay.ts';
import { readNft, readSaved } from './ruleset.ts';

// include/uapi/linux/netfilter/nfnetlink.h and nf_tables.h
const NFNL_SUBSYS_NFTABLES = 10 << 8;
const NFT_MSG_NEWCHAIN = NFNL_SUBSYS_NFTABLES | 3;
const NFT_MSG_GETCHAIN = NFNL_SUBSYS_NFTABLES | 4;
const NFT_MSG_GETRULE = NFNL_SUBSYS_NFTABLES | 7;
/** struct nfgenmsg of zeros: every family. */
const ANY = Buffer.alloc(4);
/** Some 500 rules; the programs that print them are not asked about more, so that a flood costs nothing. Bytes. */
const RULES_BYTES = 128 * 1024;
/** The tables that iptables-legacy may have; what else stands in the file is passed over. */
const LEGACY_TABLES = ['filter', 'nat', 'mangle', 'raw', 'security'];
/** Printing 500 rules takes 30 ms; on a machine where a whole class works at once, many times that. ms, bytes. */
const BOUNDS = { timeoutMs: 3000, maxBytes: 2 * 1024 * 1024 };
/** No rule changes while it is read, but packets are counted: with --terse, sets of addresses are left out. */
const NFT = ['nft', '--terse', '--handle'];

/**
 * Reads the firewall of a namespace: the chains of nftables and iptables that may do something. Where there is none,
 * this takes two small answers of the kernel. A firewall that could not be read is an empty one: it explains a loss,
 * and proves nothing.
 */
export async function readFirewall({ asked, ...place }: Spot): Promise<FirewallChain[]> {
  const [chains, tables] = await Promise.all([
    asked.askNetfilter(dump(NFT_MSG_GETCHAIN, ANY), RULES_BYTES),
    asked.read('ip_tables_names'),
  ]);
  const legacy = LEGACY_TABLES.filter((table) => tables.split('\n').includes(table));
  const read = await Promise.all([
    chains?.some(({ type }) => type === NFT_MSG_NEWCHAIN) ? readNftables(asked, place) : [],
    ...legacy.map(async (table) =>
      // libiptc opens a raw socket, only to ask by getsockopt; hence the second capability.
      readSaved(await run(place, ['iptables-legacy-save', '-c', '-t', table], 'net_raw'), 'iptables-legacy'),
    ),
  ]);
  return read.flat().filter(({ rules, policy }) => rules.length > 0 || policy === 'drop');
}

async function readNftables(asked: Asked, place: Place): Promise<FirewallChain[]> {
  const rules = await asked.askNetfilter(dump(NFT_MSG_GETRULE, ANY), RULES_BYTES);
  if (!rules) return [];
  const [json, text, saved] = await Promise.all([
    run(place, [...NFT, '--json', 'list', 'ruleset']),
    run(place, [...NFT, 'list', 'ruleset']),
    run(place, ['iptables-nft-save', '-c']),
  ]);
  return readNft(json, text, readSaved(saved, 'iptables'));
}

interface Place {
  path: string;
  machine?: Machine | undefined;
}

async function run({ path, machine }: Place, argv: string[], more?: 'net_raw'): Promise<string> {
  const inside = inNamespace(path, argv, 'net_admin', ...(more ? [more] : []));
  // A host without the program knows nothing of firewalls; `lab doctor` names the package.
  const seen = await observe(inside, BOUNDS, machine).catch(() => null);
  return !seen || seen.stopped ? '' : seen.stdout.toString('utf8');
}
