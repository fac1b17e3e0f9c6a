/**
 * Everything a set-up may have changed on a node, told by the node's own programs: here the node is ours. Each part
 * begins with a line `@part namespace`.
 */
const LOOK = `
look() {
  echo "@links $1"; ip -j -d addr
  echo; echo "@routes $1"; ip -j -d route show table all
  echo; echo "@rules $1"; ip -j rule
  echo; echo "@neighbours $1"; ip -j neigh show nud permanent
  echo; echo "@fdb $1"; bridge -j fdb show
  echo; echo "@ports $1"; bridge -j -d link
  echo; echo "@queues $1"; tc -j qdisc
  echo; echo "@filters $1"; nft -j list ruleset 2>/dev/null
  echo; echo "@switches $1"; grep -rs '' /proc/sys/net/ipv4 /proc/sys/net/bridge
}
look own
for name in $(ls /run/netns 2>/dev/null | sort); do
  ip netns exec "$name" bash -c "$(declare -f look); look $name"
done
echo; echo "@packages own"; dpkg-query -W
echo; echo "@programs own"; find /usr/bin /usr/sbin /usr/local -xdev -cnewer /dev/shm/netloom-born | sort
`;

/** Reads a node's state; the first reading must be of a node as it was made. */
export const LOOK_SCRIPT = `PATH=/usr/sbin:/usr/bin\n[ -e /dev/shm/netloom-born ] || touch /dev/shm/netloom-born\n${LOOK}`;

/** Keys of iproute2's JSON that another making of the same thing has otherwise, or that change by themselves. */
const TRANSIENT =
  /^(ifindex|link_index|link_netnsid|operstate|promiscuity|allmulti|state|(root|bridge|designated)_\w+|\w+_timer|handle|refcnt|\w+_max_(size|segs)|valid_life_time|preferred_life_time|metainfo)$/;
/** Flags that follow the carrier. */
const CARRIER = ['LOWER_UP', 'NO-CARRIER', 'M-DOWN', 'linkdown', 'dead'];
const LINK_LOCAL = /^fe80:/;
const MAC = /\b(?:[0-9a-f]{2}:){5}[0-9a-f]{2}\b/g;

/** What was read of all nodes, in a form in which equal states are equal: line by line, by part. */
export type State = ReadonlyMap<string, readonly string[]>;

/** Brings readings of all nodes into that form: MACs become whose they are, what changes by itself is left out. */
export function stateOf(readings: Record<string, string>): State {
  const parts = Object.entries(readings).flatMap(([node, text]) => split(node, text));
  const owners = ownersOf(parts);
  const named = (text: string) => text.replace(MAC, (mac) => owners.get(mac) ?? mac);
  return new Map(parts.map(({ key, kind, text }) => [key, linesOf(kind, text).map(named).sort()]));
}

/** The parts of two states that differ, with the lines of each that the other has not. */
export function difference(one: State, other: State): string[] {
  const keys = [...new Set([...one.keys(), ...other.keys()])];
  return keys.flatMap((key) => {
    const [ours, theirs] = [one.get(key) ?? [], other.get(key) ?? []];
    const lost = ours.filter((line) => !theirs.includes(line)).map((line) => `${key} - ${line}`);
    return [...lost, ...theirs.filter((line) => !ours.includes(line)).map((line) => `${key} + ${line}`)];
  });
}

interface Part {
  key: string;
  kind: string;
  text: string;
}

function split(node: string, text: string): Part[] {
  return text
    .split(/^@/m)
    .slice(1)
    .map((part) => {
      const [heading = '', ...lines] = part.split('\n');
      return { key: `${node} ${heading}`, kind: heading.split(' ')[0] ?? '', text: lines.join('\n').trim() };
    });
}

/** Every link's MAC by the link's place. A bridge has the MAC of a port: the same one speaks for both each time. */
function ownersOf(parts: Part[]): Map<string, string> {
  const links = parts
    .filter(({ kind }) => kind === 'links')
    .flatMap(({ key, text }) =>
      jsonOf(text).flatMap((link): [string, string][] =>
        isRecord(link) ? [[String(link.address), `<${key} ${link.ifname}>`]] : [],
      ),
    );
  return new Map(links.sort(([, a], [, b]) => (a < b ? -1 : 1)));
}

function linesOf(kind: string, text: string): string[] {
  const items = jsonOf(text);
  if (items.length === 0) return text.split('\n').filter((line) => line !== '' && line !== '[]');
  return items.filter((item) => isRecord(item) && isLasting(kind, item)).map((item) => plain(item));
}

/** Not what a bridge has learned, nor the addresses and routes that IPv6 makes of a MAC. */
function isLasting(kind: string, item: Record<string, unknown>): boolean {
  if (kind === 'fdb') return 'dst' in item;
  return !(kind === 'routes' && LINK_LOCAL.test(String(item.dst)));
}

function jsonOf(text: string): unknown[] {
  if (!text.startsWith('[') && !text.startsWith('{')) return [];
  try {
    const value: unknown = JSON.parse(text);
    return Array.isArray(value) ? value : [value];
  } catch {
    return []; // Something of the node's own made this output: it is compared as text.
  }
}

function plain(item: unknown): string {
  return JSON.stringify(item, (key, value: unknown) => {
    // Another namespace's end of a pair is told by its number.
    if (TRANSIENT.test(key) || (key === 'link' && /^if\d+$/.test(String(value)))) return undefined;
    if (!Array.isArray(value)) return value;
    return value.filter((each) => !CARRIER.includes(String(each)) && !LINK_LOCAL.test(String(each?.local)));
  });
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null;
}

/** The script that takes from a node what it was not made with; what it cannot take shows when its state is read. */
export function wipeScript({ nic, address }: { nic: string; address: string }, back: string[]): string {
  return `
PATH=/usr/sbin:/usr/bin
find /usr/local -xdev -cnewer /dev/shm/netloom-born -type f -delete
ip -all netns delete
for link in $(ls /sys/class/net); do
  case $link in lo|${nic}) ;; *) ip link del "$link" 2>/dev/null ;; esac
done
ip route flush table all proto boot; ip route flush table all proto static
ip rule flush; ip rule add pref 32766 lookup main; ip rule add pref 32767 lookup default
tc qdisc del dev ${nic} root; tc qdisc del dev ${nic} clsact; nft flush ruleset
ip link set ${nic} down; ip addr flush dev lo; ip addr flush dev ${nic}; ip neigh flush all nud permanent
ip link set lo mtu 65536 up; ip addr add 127.0.0.1/8 dev lo
ip link set ${nic} mtu 1500 arp on up; ip addr add ${address} dev ${nic}
${back.map((line) => line.replace(/^([^:]+):(.*)$/, "echo '$2' > $1")).join('\n')}
true`;
}

/** The kernel's switches of a node that are not as they were, as they were: `file:value`. */
export function changedSwitches(node: string, born: State, now: State): string[] {
  const key = `${node} switches own`;
  const present = new Set(now.get(key));
  return (born.get(key) ?? []).filter((line) => !present.has(line));
}
