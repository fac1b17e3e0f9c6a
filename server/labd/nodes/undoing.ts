import type { Footprint, Link } from './footprint.ts';

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
