import { beforeEach, describe, expect, it, vi } from 'vitest';
import { createPreferences, MACHINES_COOKIE, preferencesHere, readPreferences } from './preferences.ts';

describe('preferences', () => {
  let jar: Map<string, string>;

  beforeEach(() => {
    jar = new Map([['netloom', 'someone']]);
    vi.stubGlobal('document', {
      get cookie() {
        return [...jar].map(([name, value]) => `${name}=${value}`).join('; ');
      },
      set cookie(line: string) {
        const [pair = ''] = line.split(';');
        jar.set(pair.slice(0, pair.indexOf('=')), pair.slice(pair.indexOf('=') + 1));
      },
    });
    return () => vi.unstubAllGlobals();
  });

  it('are remembered by the browser, and found again by it and by the server', () => {
    const preferences = createPreferences(preferencesHere());
    preferences.set({ fontSize: 16, arrangement: 'columns' });
    preferences.divide('parts', { terminals: 70.12345, picture: 29.87655 });
    expect(preferencesHere()).toEqual({
      arrangement: 'columns',
      fontSize: 16,
      screenReader: false,
      copyOnSelect: true,
      picture: true,
      shares: { parts: { terminals: 70.12, picture: 29.88 } },
    });
    // Next takes the percent signs off before it hands a cookie out.
    expect(readPreferences(decodeURIComponent(jar.get(MACHINES_COOKIE) ?? ''))).toEqual(preferencesHere());
  });

  it('are the usual ones where the cookie holds something foreign', () => {
    const usual = readPreferences(undefined);
    for (const cookie of ['', '{', 'null', '[]', '7', '{"fontSize":"1e9","arrangement":"<b>","shares":7}']) {
      expect(readPreferences(cookie), cookie).toEqual(usual);
    }
    for (const share of ['-1', '101', '"x"', 'null', '{}']) {
      expect(readPreferences(`{"shares":{"rows":{"node-1":${share},"node-2":50}}}`).shares.rows, share).toBeUndefined();
    }
    const many = JSON.stringify(Object.fromEntries(Array.from({ length: 99 }, (_, at) => [`node-${at}`, 1])));
    expect(readPreferences(`{"shares":{"rows":${many}}}`).shares.rows).toBeUndefined();
    jar.set(MACHINES_COOKIE, '%');
    expect(preferencesHere()).toEqual(usual);
  });
});
