// Limits of the kernel that the host and all nodes share: raised when labd starts, told by `lab doctor`. Plain JavaScript:
// doctor runs before Node 24 is there.
import { readFileSync, writeFileSync } from 'node:fs';

/**
 * What many nodes need and one must not use up for all: a file below /proc/sys, the least it should be, and what it is.
 * Upper limits come before lower ones of the same table.
 */
const LIMITS = [
  // Neighbours of all namespaces are in one table; entries that are set by hand do not count (net/core/neighbour.c).
  { path: 'net/ipv4/neigh/default/gc_thresh3', least: 32_768, name: 'IPv4 邻居表上限' },
  { path: 'net/ipv4/neigh/default/gc_thresh2', least: 16_384, name: 'IPv4 邻居表开始回收' },
  { path: 'net/ipv4/neigh/default/gc_thresh1', least: 4_096, name: 'IPv4 邻居表不回收' },
  { path: 'net/ipv6/neigh/default/gc_thresh3', least: 32_768, name: 'IPv6 邻居表上限' },
  { path: 'net/ipv6/neigh/default/gc_thresh2', least: 16_384, name: 'IPv6 邻居表开始回收' },
  { path: 'net/ipv6/neigh/default/gc_thresh1', least: 4_096, name: 'IPv6 邻居表不回收' },
  // Per user: the host's root, and each session's own uid.
  { path: 'fs/inotify/max_user_instances', least: 1_024, name: 'inotify 实例' },
  { path: 'fs/inotify/max_user_watches', least: 65_536, name: 'inotify 监视' },
  { path: 'kernel/keys/maxkeys', least: 2_000, name: '密钥个数' },
  { path: 'kernel/keys/maxbytes', least: 200_000, name: '密钥字节' },
  // A node may have 64, and 1024 are the host's alone (kernel.pty.reserve).
  { path: 'kernel/pty/max', least: 16_384, name: '伪终端' },
  // 80 sessions of two nodes with 256 processes each, and the host's own.
  { path: 'kernel/pid_max', least: 65_536, name: '进程号' },
  { path: 'kernel/threads-max', least: 65_536, name: '线程' },
];

/** @param {string} path */
function read(path) {
  try {
    return Number.parseInt(readFileSync(`/proc/sys/${path}`, 'utf8'), 10);
  } catch {
    return null; // This kernel has no such limit.
  }
}

/** Of each limit that this kernel has: what it is, and what it should be at least. */
export function hostLimits() {
  return LIMITS.flatMap(({ path, least, name }) => {
    const value = read(path);
    return value === null ? [] : [{ path, least, name, value }];
  });
}

/**
 * Raises what is too low; nothing is ever lowered. Says what it did, and what the kernel refused.
 * @returns {{ path: string, from: number, to: number, refused?: string }[]}
 */
export function raiseHostLimits() {
  return hostLimits()
    .filter(({ value, least }) => value < least)
    .map(({ path, least, value }) => {
      try {
        writeFileSync(`/proc/sys/${path}`, String(least));
        return { path, from: value, to: read(path) ?? value };
      } catch (error) {
        // A container without the right to, or a kernel whose memory is too small for it.
        return { path, from: value, to: value, refused: String(/** @type {NodeJS.ErrnoException} */ (error).code) };
      }
    });
}
