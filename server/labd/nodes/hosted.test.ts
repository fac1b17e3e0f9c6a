import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import type { Cgroups, GroupLimits } from './cgroup.ts';
import { createHosted } from './hosted.ts';
import { placeOf } from './place.ts';

const topology = {
  ...{ lab: 'overlay-vxlan', netfilter: false, egress: [] },
  nodes: [{ name: 'node-1', hostname: 'node-1', nic: 'ens33', address: '192.168.245.168/24' }],
};
const [first, second] = ['a1b2c3d4e5f6', 'b1b2c3d4e5f6'];
const SETTLED_MS = 60_000;

let directory: string;
beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), 'netloom-hosted-'));
  vi.useFakeTimers();
});
afterEach(() => {
  vi.useRealTimers();
  rmSync(directory, { recursive: true });
});

/** Sessions that are made when the test says so, in control groups that remember what they were told. */
function hosted(children: string[] = []) {
  const place = placeOf(directory);
  const groups = new Map<string, Partial<GroupLimits>>();
  const limit = (path: string, limits: Partial<GroupLimits>) =>
    void groups.set(path, { ...groups.get(path), ...limits });
  const cgroups = {
    ...{ limit, create: limit, children: () => children },
  } as unknown as Cgroups;
  const made = new Map<string, () => void>();
  const sessions = createHosted({
    ...{ place, cgroups, log: { info() {}, warn() {} }, stands: () => false, release: async () => {} },
    make: (id) => new Promise<void>((done) => made.set(id, done)),
  });
  return {
    sessions,
    made,
    all: () => groups.get(place.cgroup),
    one: (id: string) => groups.get(place.session(id).cgroup),
  };
}

describe('while a session is being made', () => {
  it('all nodes yield to it, and it goes before the others, until the last one has its prompts', async () => {
    const { sessions, made, all, one } = hosted();
    const creating = [first, second].map((id) => sessions.create(id, topology));
    await vi.waitFor(() => expect(made.size).toBe(2));
    expect(all()?.isIdle).toBe(true);
    made.get(first)?.();
    await creating[0];
    await vi.advanceTimersByTimeAsync(SETTLED_MS);
    expect(all()?.isIdle).toBe(true);
    expect(one(second)?.cpuShares).toBeGreaterThan(50 * (one(first)?.cpuShares ?? 0));
    made.get(second)?.();
    await creating[1];
    expect(all()?.isIdle).toBe(true);
    await vi.advanceTimersByTimeAsync(SETTLED_MS);
    expect(all()).toMatchObject({ isIdle: false });
    expect(one(second)).toEqual(one(first));
  });

  it('a labd that was killed leaves nothing of this to the next', () => {
    const { all, one } = hosted([first]);
    expect(all()?.isIdle).toBe(false);
    expect(one(first)?.cpuShares).toBe(1_024);
  });
});
