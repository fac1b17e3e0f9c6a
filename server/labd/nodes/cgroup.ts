import { existsSync, mkdirSync, readdirSync, readFileSync, rmdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Refusals } from './driver.ts';

/** ms between two looks at a group that is dying. */
const POLL = 5;
/** A process that is just being started has no environment yet: so often must none be found before it counts as none. */
const QUIET_LOOKS = 4;
/** ms. Killed processes are gone within 50 ms; a machine under load takes longer. */
const KILL_TIMEOUT = 10_000;

/**
 * What the processes of a group may use together: bytes, a number, µs of processor time in each period of 100 ms; and their
 * weight against a process of the host's own, which has 1024.
 */
export interface GroupLimits {
  memory: number;
  pids: number;
  cpuQuota: number;
  cpuShares: number;
  /** Whether they use only what nobody else wants of the processors; then they have no weight. */
  isIdle: boolean;
}

/** µs. */
const CPU_PERIOD = 100_000;
/** What version 2 says for a weight of 1024. */
const CPU_WEIGHT = 100;

/** What the kernel calls these limits, in version 1 and in version 2, and what it is to be told of those that are given. */
function filesOf({ memory, pids, cpuQuota, isIdle, cpuShares }: Partial<GroupLimits>): [name: string, value: string][] {
  const files: [name: string, value: number | string | undefined][] = [
    ['memory.limit_in_bytes', memory],
    ['memory.memsw.limit_in_bytes', memory],
    ['memory.max', memory],
    ['memory.swap.max', memory && 0],
    ['pids.max', pids],
    ['cpu.cfs_period_us', cpuQuota && CPU_PERIOD],
    ['cpu.cfs_quota_us', cpuQuota],
    ['cpu.max', cpuQuota && `${cpuQuota} ${CPU_PERIOD}`],
    // Linux 5.15. What is idle no more takes a weight again.
    ['cpu.idle', isIdle === undefined ? undefined : Number(isIdle)],
    ['cpu.shares', cpuShares],
    ['cpu.weight', cpuShares && Math.ceil((cpuShares * CPU_WEIGHT) / 1024)],
  ];
  return files.flatMap(([name, value]) => (value === undefined ? [] : [[name, `${value}`]]));
}

/** The control groups of this machine, as kernel truth about what runs: version 1, version 2, or both mixed. */
export interface Cgroups {
  /** Makes a group with these limits, unless it is there; what to write a pid to so that it joins. */
  create(path: string, limits: Partial<GroupLimits>): string[];
  /** Changes limits of a group; nothing where there is no such group. */
  limit(path: string, limits: Partial<GroupLimits>): void;
  /** Processes in a group and below it, by host pid. */
  processes(path: string): number[];
  /** Names of the groups directly below one. */
  children(path: string): string[];
  /** Ends every process in a group and below it, however fast they fork, and returns when none is left. */
  kill(path: string): Promise<void>;
  /** Ends the processes of a group that have the given `NAME=value` in their environment. */
  killMarked(path: string, mark: string): Promise<void>;
  /** Removes a group and everything below it. */
  remove(path: string): Promise<void>;
  /** Removes a group if nothing is below it. */
  removeEmpty(path: string): void;
  /** The same of the group alone, from one hierarchy: quick, and right unless it is just being made or removed. */
  members(path: string): number[];
  /** µs of processor time a group has been charged. */
  charged(path: string): number;
  /** How often the group has met its limits. */
  refusals(path: string): Refusals;
  /** Whether a process is alive and in a group. */
  holds(path: string, pid: number): boolean;
}

/** Reads which hierarchies are mounted, and works on all of them. */
export function openCgroups(): Cgroups {
  const roots = readFileSync('/proc/self/mountinfo', 'utf8')
    .split('\n')
    .filter((line) => / - cgroup2? /.test(line))
    .flatMap((line) => line.split(' ')[4] ?? []);
  if (roots.length === 0) throw new Error('没有挂载 cgroup：节点的资源无法限制');

  const directories = (path: string) => roots.map((root) => join(root, path));
  const below = (directory: string): string[] => {
    try {
      const entries = readdirSync(directory, { withFileTypes: true }).filter((entry) => entry.isDirectory());
      return [...entries.flatMap((entry) => below(join(directory, entry.name))), directory];
    } catch {
      return []; // The group does not exist in this hierarchy, or ended meanwhile.
    }
  };
  const all = (path: string) => directories(path).flatMap(below);

  const processes = (path: string) => {
    const pids = new Set<number>();
    for (const directory of all(path)) {
      for (const line of read(join(directory, 'cgroup.procs')).split('\n')) if (line) pids.add(Number(line));
    }
    pids.delete(0); // How a process of a foreign pid namespace is listed.
    return [...pids];
  };

  /** Which hierarchy has a file, by its name; null for none. Found out once: asking all of them costs far more. */
  const homes = new Map<string, string | null>();
  const readOf = (path: string, file: string) => {
    let home = homes.get(file);
    if (home === undefined) {
      home = roots.find((root) => existsSync(join(root, path, file))) ?? null;
      // A group that is not there says nothing of what groups have.
      if (home !== null || directories(path).some((directory) => existsSync(directory))) homes.set(file, home);
    }
    return home === null ? '' : read(join(home, path, file));
  };

  return {
    create(path, limits) {
      // A new cpuset of version 1 takes nobody before it is given processors, and nobody needs one here.
      const used = roots.filter((root) => !existsSync(join(root, 'cpuset.cpus')));
      return used.map((root) => {
        let directory = root;
        for (const name of path.split('/').filter(Boolean)) {
          for (const controller of ['memory', 'pids', 'cpu']) {
            write(join(directory, 'cgroup.subtree_control'), `+${controller}`);
          }
          directory = join(directory, name);
          mkdirSync(directory, { recursive: true });
        }
        for (const [name, value] of filesOf(limits)) write(join(directory, name), value);
        return join(directory, 'cgroup.procs');
      });
    },
    limit(path, limits) {
      for (const directory of directories(path)) {
        for (const [name, value] of filesOf(limits)) write(join(directory, name), value);
      }
    },
    processes,
    children(path) {
      const names = directories(path).flatMap((directory) => {
        try {
          const entries = readdirSync(directory, { withFileTypes: true });
          return entries.filter((entry) => entry.isDirectory()).map((entry) => entry.name);
        } catch {
          return []; // As above.
        }
      });
      return [...new Set(names)];
    },
    async kill(path) {
      const deadline = performance.now() + KILL_TIMEOUT;
      for (let pids = processes(path); pids.length > 0; pids = processes(path)) {
        if (performance.now() > deadline) throw new Error(`节点的进程无法结束：${pids.slice(0, 5).join(' ')}`);
        for (const directory of all(path)) {
          write(join(directory, 'cgroup.kill'), '1'); // Version 2, Linux 5.14.
          write(join(directory, 'freezer.state'), 'THAWED'); // Version 1: the frozen do not die.
          write(join(directory, 'cgroup.freeze'), '0');
        }
        for (const pid of pids) signal(pid);
        await sleep(POLL);
      }
    },
    async killMarked(path, mark) {
      const deadline = performance.now() + KILL_TIMEOUT;
      const marked = () => processes(path).filter((pid) => read(`/proc/${pid}/environ`).split('\0').includes(mark));
      for (let quiet = 0; quiet < QUIET_LOOKS; ) {
        const pids = marked();
        quiet = pids.length > 0 ? 0 : quiet + 1;
        for (const pid of pids) signal(pid);
        if (performance.now() > deadline) throw new Error(`节点的进程无法结束：${pids.slice(0, 5).join(' ')}`);
        await sleep(POLL);
      }
    },
    async remove(path) {
      const deadline = performance.now() + KILL_TIMEOUT;
      for (let left = all(path); left.length > 0; left = all(path)) {
        for (const directory of left) {
          try {
            rmdirSync(directory);
          } catch (error) {
            // A group stays busy for a moment after its last process.
            if (performance.now() > deadline) throw error;
          }
        }
        if (all(path).length > 0) await sleep(POLL);
      }
    },
    removeEmpty(path) {
      for (const directory of directories(path)) {
        try {
          rmdirSync(directory);
        } catch {
          // It is in use, or not there.
        }
      }
    },
    members(path) {
      const pids = readOf(path, 'cgroup.procs').split('\n').map(Number);
      return pids.filter((pid) => pid > 0);
    },
    refusals(path) {
      const count = (name: string, ...files: string[]) => {
        const found = files.map((file) => new RegExp(`^${name} (\\d+)$`, 'm').exec(readOf(path, file))?.[1]);
        return Number(found.find((value) => value !== undefined) ?? 0);
      };
      // Version 2, and version 1.
      return {
        memory: count('oom_kill', 'memory.events', 'memory.oom_control'),
        processes: count('max', 'pids.events'),
      };
    },
    charged(path) {
      const nanoseconds = readOf(path, 'cpuacct.usage'); // Version 1.
      if (nanoseconds) return Number(nanoseconds) / 1000;
      return Number(/^usage_usec (\d+)$/m.exec(readOf(path, 'cpu.stat'))?.[1] ?? 0);
    },
    holds(path, pid) {
      // A zombie that nobody has waited for yet still has its group.
      if (/^State:\s[ZX]/m.test(read(`/proc/${pid}/status`))) return false;
      return read(`/proc/${pid}/cgroup`)
        .split('\n')
        .some((line) => line.endsWith(`:${path}`));
    },
  };
}

function read(path: string): string {
  try {
    return readFileSync(path, 'utf8');
  } catch {
    return ''; // The group or the process ended between listing and reading.
  }
}

function write(path: string, value: string): void {
  try {
    writeFileSync(path, value, { flag: 'r+' });
  } catch {
    // This version of cgroup has no such file.
  }
}

function signal(pid: number): void {
  try {
    process.kill(pid, 'SIGKILL');
  } catch {
    // It ended by itself.
  }
}
