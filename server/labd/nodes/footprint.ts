/**
 * What of a machine's network a lab can change, as the machine itself prints it, and how what was changed is brought back.
 * Everything is text of a machine whose root the learner is: it is compared, bounded, and given back to that machine only.
 */
export interface Footprint {
  /** Names under /run/netns. */
  namespaces: string[];
  links: Record<string, Link>;
  /** What the `ip` and `bridge` commands print of what was entered, each line such that it can be given to `del` or `add`. */
  addresses: string[];
  routes: string[];
  rules: string[];
  neighbours: string[];
  forwarding: string[];
  /** Below /proc/sys/net, by path. */
  settings: Record<string, string>;
  /** What `iptables-save` prints, without counters, by table. */
  filters: Record<string, string>;
  /** `family name` of each table of nftables that is not one of iptables'. */
  tables: string[];
}

/** What is to be known of a link to bring it back. */
export interface Link {
  /** By which it is known under another name. */
  index: number;
  up: boolean;
  master: string | null;
  mtu: number;
}

/** Prints everything of a footprint, each kind below a line `\1KIND`. Programs that are missing print nothing. */
export const PRINT = String.raw`
part() { printf '\n\001%s\n' "$1"; }
part namespaces; ls /run/netns 2>/dev/null
part links; ip -o link show
part addresses; ip -o address show
part routes; ip -4 route show table all
part rules; ip -4 rule show
part neighbours; ip -4 neighbour show nud permanent; ip -4 neighbour show nud noarp
part forwarding; bridge fdb show
part settings; cd /proc/sys/net && grep -s . ipv4/ip_forward ipv4/conf/*/* bridge/*
part filters; command -v iptables-save >/dev/null && iptables-save 2>/dev/null
part tables; command -v nft >/dev/null && nft list tables 2>/dev/null
true`;

/** Reads what PRINT printed. */
export function readFootprint(printed: string): Footprint {
  const parts = new Map<string, string[]>();
  for (const part of printed.split('\n\u0001').slice(1)) {
    const [kind = '', ...lines] = part.split('\n');
    parts.set(
      kind,
      lines.filter((line) => line.trim() !== ''),
    );
  }
  const of = (kind: string) => parts.get(kind) ?? [];
  return {
    namespaces: of('namespaces').filter(isWord),
    links: Object.fromEntries(of('links').flatMap(readLink)),
    addresses: of('addresses').flatMap(readAddress),
    routes: of('routes')
      .map(plain)
      .filter((line) => !/ table local(?: |$)/.test(line)),
    rules: of('rules').flatMap(readRule),
    neighbours: of('neighbours').flatMap(readNeighbour),
    forwarding: of('forwarding').flatMap(readForwarding),
    settings: Object.fromEntries(
      of('settings').flatMap((line) => {
        const at = line.indexOf(':');
        return at > 0 ? [[line.slice(0, at), line.slice(at + 1)]] : [];
      }),
    ),
    filters: readFilters(of('filters')),
    tables: of('tables')
      .map((line) => line.replace(/^table /, '').trim())
      .filter((table) => /^\w+ [\w.-]+$/.test(table) && !IPTABLES.test(table)),
  };
}

/** Tables that `iptables-save` tells of. */
const IPTABLES = /^ip (?:filter|nat|mangle|raw|security)$/;

function isWord(name: string): boolean {
  return /^[A-Za-z0-9_.-]{1,255}$/.test(name);
}

/** Without what the kernel adds by itself, and `add` does not take. */
function plain(line: string): string {
  const words = line.trim().split(/\s+/);
  return words.filter((word) => !/^(?:linkdown|dead|offload|rt_offload|trap|notify|pervasive)$/.test(word)).join(' ');
}

function readLink(line: string): [string, Link][] {
  const [, index, name, flags = ''] = /^(\d+): ([^:@\s]+)(?:@\S+)?: <([^>]*)>/.exec(line) ?? [];
  if (!name) return [];
  const mtu = Number(/ mtu (\d+)/.exec(line)?.[1] ?? 0);
  return [
    [
      name,
      {
        index: Number(index),
        up: flags.split(',').includes('UP'),
        master: / master (\S+)/.exec(line)?.[1] ?? null,
        mtu,
      },
    ],
  ];
}

/** What the kernel gave a link by itself is not entered by anybody. */
function readAddress(line: string): string[] {
  const [, dev, family, rest = ''] = /^\d+: (\S+)\s+(inet6?) (.*?)\\/.exec(`${line}\\`) ?? [];
  const local = /^\S+(?: peer \S+)?/.exec(rest)?.[0];
  const scope = / scope (\S+)/.exec(rest)?.[1];
  if (!dev || !local || !scope || (family === 'inet6' && (scope === 'link' || / dynamic/.test(rest)))) return [];
  const broadcast = / brd (\S+)/.exec(rest)?.[1];
  return [`${local}${broadcast ? ` broadcast ${broadcast}` : ''} scope ${scope} dev ${dev}`];
}

function readRule(line: string): string[] {
  const [, preference, rule] = /^(\d+):\s+(.*)$/.exec(line) ?? [];
  return rule ? [`preference ${preference} ${plain(rule)}`] : [];
}

function readNeighbour(line: string): string[] {
  const [, address, dev] = /^(\S+) dev (\S+)/.exec(line) ?? [];
  if (!address) return [];
  const mac = / lladdr (\S+)/.exec(line)?.[1];
  const state = / NOARP/.test(line) ? 'noarp' : 'permanent';
  return mac ? [`${address} lladdr ${mac} dev ${dev} nud ${state}`] : [];
}

/** Addresses of groups come and go with those who listen to them; what a bridge learned is nobody's entry. */
function readForwarding(line: string): string[] {
  const entry = plain(line);
  const isOwn = / (?:permanent|static)(?: |$)/.test(` ${entry}`) || / dst /.test(entry);
  return isOwn && !/^(?:33:33|01:00:5e|01:80:c2)/.test(entry) && !/extern_learn/.test(entry) ? [entry] : [];
}

function readFilters(lines: string[]): Record<string, string> {
  const tables: Record<string, string> = {};
  let table = '';
  for (const line of lines) {
    if (line.startsWith('#')) continue;
    if (line.startsWith('*')) table = line.slice(1);
    tables[table] = `${tables[table] ?? ''}${line.replace(/ \[\d+:\d+\]$/, '')}\n`;
  }
  return tables;
}
