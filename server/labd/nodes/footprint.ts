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
interface Link {
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

/** What has to be done, in this order, by each program; a step that is empty is none. */
export interface Undoing {
  /** Lines for `ip -force -batch -`, then for `bridge -force -batch -`. */
  ip: string[];
  bridge: string[];
  /** Path below /proc/sys/net, and the value. */
  settings: [string, string][];
  /** For `iptables-restore`, and `family name` of tables that nft is to delete. */
  filters: string;
  tables: string[];
}

/** How a machine comes back from how it is now to how it was at first; done again and again, as one thing hides another. */
export function undoing(first: Footprint, now: Footprint): Undoing {
  const known = Object.entries(first.links);
  const former = (name: string) =>
    known.find(([was, { index }]) => now.links[was] === undefined && index === now.links[name]?.index)?.[0];
  const newNames = added(Object.keys(first.links), Object.keys(now.links));
  const renamed = newNames.flatMap((name): [string, string][] => {
    const was = former(name);
    return was === undefined ? [] : [[name, was]];
  });
  const links = newNames.filter((name) => former(name) === undefined);
  // What hangs on a link that goes is gone with it.
  const stays = (line: string) => !links.some((name) => ` ${line} `.includes(` dev ${name} `));
  const both = (kind: 'addresses' | 'routes' | 'rules' | 'neighbours', object: string) => [
    ...added(first[kind], now[kind])
      .filter(stays)
      .map((line) => `${object} del ${line}`),
    ...added(now[kind], first[kind]).map((line) => `${object} add ${line}`),
  ];
  return {
    ip: [
      ...added(first.namespaces, now.namespaces).map((name) => `netns del ${name}`),
      ...renamed.flatMap(([name, was]) => [`link set dev ${name} down`, `link set dev ${name} name ${was}`]),
      ...links.map((name) => `link del dev ${name}`),
      ...known.flatMap(([name, was]) => relink(name, was, now.links[name])),
      ...both('addresses', 'address'),
      ...both('routes', 'route'),
      ...both('rules', 'rule'),
      ...both('neighbours', 'neighbour'),
    ],
    bridge: [
      ...added(first.forwarding, now.forwarding)
        .filter(stays)
        .map((line) => `fdb del ${line}`),
      ...added(now.forwarding, first.forwarding).map((line) => `fdb append ${line}`),
    ],
    settings: changed(first, now),
    filters: refilter(first.filters, now.filters),
    tables: added(first.tables, now.tables),
  };
}

/** What is not as it was at first, in words for people; nothing when all is. */
export function differences(first: Footprint, now: Footprint): string[] {
  const kinds = [
    ['namespaces', '命名空间'],
    ['addresses', '地址'],
    ['routes', '路由'],
    ['rules', '路由规则'],
    ['neighbours', '邻居'],
    ['forwarding', 'FDB'],
    ['tables', 'nftables 表'],
  ] as const;
  const [before, after] = [Object.keys(first.links), Object.keys(now.links)];
  return [
    ...added(before, after).map((name) => `多了网卡 ${name}`),
    ...added(after, before).map((name) => `少了网卡 ${name}`),
    ...Object.entries(first.links)
      .filter(([name, was]) => relink(name, was, now.links[name]).length > 0)
      .map(([name]) => `网卡 ${name} 的状态变了`),
    ...kinds.flatMap(([kind, word]) => [
      ...added(first[kind], now[kind]).map((line) => `多了${word} ${line}`),
      ...added(now[kind], first[kind]).map((line) => `少了${word} ${line}`),
    ]),
    ...changed(first, now).map(([path]) => `内核参数 net.${path.replaceAll('/', '.')} 变了`),
    ...(refilter(first.filters, now.filters) === '' ? [] : ['iptables 规则变了']),
  ];
}

function added(before: string[], after: string[]): string[] {
  return after.filter((line) => !before.includes(line));
}

function relink(name: string, was: Link, is: Link | undefined): string[] {
  if (!is) return [];
  return [
    ...(was.master === is.master ? [] : [`link set dev ${name} ${was.master ? `master ${was.master}` : 'nomaster'}`]),
    ...(was.mtu === is.mtu ? [] : [`link set dev ${name} mtu ${was.mtu}`]),
    ...(was.up === is.up ? [] : [`link set dev ${name} ${was.up ? 'up' : 'down'}`]),
  ];
}

/** Of links that there still are. The one switch for all changes the others: it goes first, and `all` before the rest. */
function changed(first: Footprint, now: Footprint): [string, string][] {
  const order = ['ipv4/ip_forward', 'ipv4/conf/all/', ''];
  const rank = (path: string) => order.findIndex((each) => path.startsWith(each));
  return Object.entries(first.settings)
    .filter(([path, value]) => now.settings[path] !== undefined && now.settings[path] !== value)
    .sort(([a], [b]) => rank(a) - rank(b));
}

/** For `iptables-restore`: tables as they were; one that was not there is emptied, as it cannot be removed everywhere. */
function refilter(before: Record<string, string>, after: Record<string, string>): string {
  const differing = Object.keys({ ...before, ...after }).filter((table) => table && before[table] !== after[table]);
  return differing
    .map((table) => before[table] ?? emptied(table, after[table] ?? ''))
    .filter((text, index) => text !== after[differing[index] ?? ''])
    .join('');
}

function emptied(table: string, text: string): string {
  const builtIn = /^:(?:PREROUTING|INPUT|FORWARD|OUTPUT|POSTROUTING) /;
  const chains = text.split('\n').filter((line) => builtIn.test(line));
  return [`*${table}`, ...chains.map((line) => line.replace(/ \S+$/, ' ACCEPT')), 'COMMIT', ''].join('\n');
}
