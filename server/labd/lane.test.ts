import { describe, expect, it } from 'vitest';
import { createLane } from './lane.ts';

/** Jobs that end when they are told, and the order in which they began. */
function jobs(lane: ReturnType<typeof createLane>) {
  const begun: string[] = [];
  const ends = new Map<string, () => void>();
  const start = (how: 'run' | 'idle', name: string) =>
    lane[how](() => {
      begun.push(name);
      return new Promise<void>((resolve) => ends.set(name, resolve));
    });
  const end = async (name: string) => {
    ends.get(name)?.();
    await new Promise((resolve) => setImmediate(resolve));
  };
  return { begun, start, end };
}

describe('a lane', () => {
  it('lets so many jobs go on at once, the others in the order they came', async () => {
    const { begun, start, end } = jobs(createLane(2));
    const all = ['a', 'b', 'c', 'd'].map((name) => start('run', name));
    await end('none');
    expect(begun).toEqual(['a', 'b']);
    await end('b');
    expect(begun).toEqual(['a', 'b', 'c']);
    for (const name of ['a', 'c', 'd']) await end(name);
    await Promise.all(all);
  });

  it('does what can wait only when nobody is at work, one at a time', async () => {
    const { begun, start, end } = jobs(createLane(2));
    const all = [start('run', 'a'), start('idle', 'x'), start('idle', 'y'), start('run', 'b')];
    await end('none');
    await end('a');
    expect(begun).toEqual(['a', 'b']);
    await end('b');
    expect(begun).toEqual(['a', 'b', 'x']);
    all.push(start('run', 'c'));
    await end('x');
    expect(begun).toEqual(['a', 'b', 'x', 'c']);
    await end('c');
    await end('y');
    await Promise.all(all);
  });

  it('goes on after a job that failed', async () => {
    const lane = createLane(1);
    await expect(lane.run(() => Promise.reject(new Error('no')))).rejects.toThrow('no');
    expect(await lane.run(async () => 'yes')).toBe('yes');
  });
});
