import { describe, expect, it } from 'vitest';
import { paceOf, readCast } from './cast.ts';

const HEAD = JSON.stringify({ version: 2, width: 80, height: 24, timestamp: 1, title: 'node-1' });

describe('a recording', () => {
  it('is read with its markers', () => {
    const text = `${HEAD}\n[0.5,"o","$ "]\n[2,"m","检查点通过：网桥"]\n[3.25,"r","90x30"]\n`;
    expect(readCast(text)).toEqual({
      cols: 80,
      rows: 24,
      seconds: 3.25,
      times: [0.5, 2, 3.25],
      markers: [{ seconds: 2, text: '检查点通过：网桥' }],
    });
  });

  it('is still one when a line of it is broken, and none without a head', () => {
    expect(readCast(`${HEAD}\n[1,"o"\n{"no":"event"}\n["1","o","x"]\n[2,"o","x"]\n`)).toMatchObject({ times: [2] });
    expect(readCast(`${HEAD}\n`)).toMatchObject({ seconds: 0, times: [] });
    for (const text of ['', 'null', '[1,"o","x"]\n', '{"version":1}\n', '{"version":2,"width":"80","height":24}']) {
      expect(readCast(text)).toBeNull();
    }
  });
});

describe('the pace of a recording', () => {
  const times = [1, 2, 12, 13, 33];

  it('is that of life where no pause is cut', () => {
    const pace = paceOf(times, null);
    for (const at of [0, 1.5, 12, 33]) {
      expect(pace.played(at)).toBe(at);
      expect(pace.recorded(at)).toBe(at);
    }
  });

  it('cuts what is longer than the limit, and finds the way in both directions', () => {
    const pace = paceOf(times, 2);
    expect(times.map(pace.played)).toEqual([1, 2, 4, 5, 7]);
    expect([1, 2, 4, 5, 7].map(pace.recorded)).toEqual([1, 2, 12, 13, 33]);
    // Within a pause: as long as it lasts, and its end afterwards.
    expect(pace.played(3)).toBe(3);
    expect(pace.played(10)).toBe(4);
    expect(pace.recorded(3.5)).toBe(3.5);
    expect(pace.played(40)).toBe(14);
  });

  it('cuts the pause at the beginning, too', () => {
    const pace = paceOf([30, 31], 1);
    expect([pace.played(30), pace.played(31), pace.recorded(1)]).toEqual([1, 2, 30]);
  });
});
