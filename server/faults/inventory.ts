import { execFileSync } from 'node:child_process';
import { existsSync, readdirSync, readFileSync, readlinkSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { type Place, RANGES } from '../labd/nodes/place.ts';

/** What of the host bears the name of one instance, or belongs to one of its nodes: everything that could be leaked. */
export interface Inventory {
  processes: string[];
  mounts: string[];
  directories: string[];
  groups: string[];
  claims: string[];
  /** Namespaces of its nodes that something holds, of those that were ever seen. */
  namespaces: string[];
  /** Links in the host's own namespace; whoever else works on this machine makes none there. */
  links: string[];
  files: string[];
}

const KINDS = ['net', 'user', 'mnt', 'pid', 'ipc', 'uts', 'cgroup'] as const;

function read(path: string): string {
  try {
    return readFileSync(path, 'utf8');
  } catch {
    return ''; // It ended, or was removed, meanwhile.
  }
}

function children(directory: string): string[] {
  return existsSync(directory) ? readdirSync(directory) : [];
}

function pids(): string[] {
  return readdirSync('/proc').filter(
    (name) => /^\d+$/.test(name) && !/^State:\s[ZX]/m.test(read(`/proc/${name}/status`)),
  );
}

function namespacesOf(pid: string): string[] {
  return KINDS.flatMap((kind) => {
    try {
      return [readlinkSync(`/proc/${pid}/ns/${kind}`)];
    } catch {
      return []; // As above.
    }
  });
}

/** Takes inventories of one instance; it remembers the namespaces that it sees its nodes have. */
export function createAuditor({ data, place }: { data: string; place: Place }): { take(session?: string): Inventory } {
  const own = new Set(namespacesOf(String(process.pid)));
  /** By session; by the empty name what was seen when all were looked at. */
  const seenOf = new Map<string, Set<string>>();

  return {
    /** Of one session alone, or of all. */
    take(session) {
      const mine = seenOf.get(session ?? '') ?? new Set<string>();
      seenOf.set(session ?? '', mine);
      // Others live on when one session is gone.
      const isSeen = (namespace: string) =>
        session ? mine.has(namespace) : [...seenOf.values()].some((seen) => seen.has(namespace));
      const home = session ? join(place.directory, session) : place.directory;
      const group = session ? `${place.cgroup}/${session}` : place.cgroup;
      const mountinfo = read('/proc/self/mountinfo').split('\n');
      const mounts = mountinfo
        .map((line) => line.split(' '))
        .filter((fields) => (fields[4] ?? '').startsWith(`${home}/`));
      /** The kernel gives the numbers of namespaces that are gone to the next: these are another session's now. */
      const others = new Set<string>();
      for (const line of mountinfo) {
        const [, pinned, at] = / (\w+:\[\d+\]) (\S+) .* - nsfs /.exec(line) ?? [];
        if (!pinned || !at) continue;
        if (at.startsWith(`${home}/`)) mine.add(pinned);
        else if (at.startsWith(`${place.directory}/`)) others.add(pinned);
      }
      const processes: string[] = [];
      const namespaces = new Set<string>();
      for (const pid of pids()) {
        const command = read(`/proc/${pid}/cmdline`).replaceAll('\0', ' ').trim();
        const groups = read(`/proc/${pid}/cgroup`)
          .split('\n')
          .map((line) => `${line.split(':')[2] ?? ''}/`);
        const isNode = groups.some((path) => path.startsWith(`${group}/`));
        const held = namespacesOf(pid);
        if (isNode) for (const each of held) if (!own.has(each)) mine.add(each);
        const isOthers = !isNode && groups.some((path) => path.startsWith(`${place.cgroup}/`));
        if (isOthers) for (const each of held) others.add(each);
        for (const each of held) if (isSeen(each)) namespaces.add(each);
        // What of ours names a node, and the product's own processes, which an inventory of everything counts.
        const names =
          command.includes(`${home}/`) || command.includes(`${home} `) || (session && command.includes(`${session}.`));
        if (isNode || names) processes.push(`${pid} ${command}`);
        else if (!session && read(`/proc/${pid}/environ`).includes(`NETLOOM_DATA=${data}\0`)) processes.push(command);
      }
      const pinned = new Set(mountinfo.flatMap((line) => / (\w+:\[\d+\]) /.exec(line)?.[1] ?? []));
      for (const each of pinned) if (isSeen(each)) namespaces.add(each);
      const roots = mountinfo.filter((line) => / - cgroup2? /.test(line)).map((line) => line.split(' ')[4] ?? '');
      const links: { ifname: string }[] = JSON.parse(execFileSync('ip', ['-json', 'link'], { encoding: 'utf8' }));
      return {
        processes: processes.sort(),
        mounts: mounts.map((fields) => `${fields[4]}`),
        directories: [
          home,
          ...children(place.runc).filter((name) => !session || name.startsWith(`${session}.`)),
        ].filter((path) => !path.startsWith('/') || existsSync(path)),
        groups: roots
          .map((root) => join(root, group))
          .filter((path) => existsSync(path) && statSync(path).isDirectory()),
        claims: children(RANGES).filter((range) => {
          const holder = targetOf(join(RANGES, range));
          return session ? holder === `${place.claims}${session}` : holder.startsWith(place.claims);
        }),
        namespaces: [...namespaces].filter((each) => !others.has(each)).sort(),
        links: session ? [] : links.map(({ ifname }) => ifname).sort(),
        files: children(join(data, 'sessions')).filter((name) => !session || name.startsWith(session)),
      };
    },
  };
}

function targetOf(path: string): string {
  try {
    return readlinkSync(path);
  } catch {
    return ''; // Released meanwhile.
  }
}
