import { createStore } from '../../../../live/store.ts';
import { remember, remembered } from '../../preferences.ts';

/** Font sizes a terminal can have, px. */
export const FONT_SIZES = { least: 10, usual: 13, most: 22 } as const;

/** Holds them all, as JSON. A cookie, so that the server draws the machines as they will be. */
export const MACHINES_COOKIE = 'netloom-machines';

/** Digits of a share, percent: a hundredth of it is less than a pixel. */
const SHARE_DIGITS = 2;
/** A lab has at most so many nodes (content/schema.ts). */
const SHARES_MAX = 4;

/** How nodes lie beside each other. */
export type Arrangement = 'rows' | 'columns' | 'tabs';

/** What can be dragged: the nodes' shares in each arrangement, and those of terminals and picture. */
export type Divided = Arrangement | 'parts';

/** Shares of a room by what stands in it, percent. */
export type Shares = Record<string, number>;

/** How a person likes the machines; remembered by this browser. */
export interface Preferences {
  arrangement: Arrangement;
  fontSize: number;
  screenReader: boolean;
  /** Whether what is selected in a terminal goes to the clipboard at once. */
  copyOnSelect: boolean;
  picture: boolean;
  shares: Partial<Record<Divided, Shares>>;
}

const usual: Preferences = {
  arrangement: 'rows',
  fontSize: FONT_SIZES.usual,
  screenReader: false,
  copyOnSelect: true,
  picture: true,
  shares: {},
};

function sharesOf(kept: unknown): Shares | undefined {
  if (typeof kept !== 'object' || kept === null) return undefined;
  const shares = Object.entries(kept);
  const areShares = shares.every(([, share]) => typeof share === 'number' && share >= 0 && share <= 100);
  return areShares && shares.length <= SHARES_MAX ? Object.fromEntries(shares) : undefined;
}

/** The preferences that the cookie holds; what is foreign in it counts as not chosen. */
export function readPreferences(cookie: string | undefined): Preferences {
  try {
    const kept: Partial<Preferences> = JSON.parse(cookie ?? '{}');
    const size = Number(kept.fontSize);
    const shares: Preferences['shares'] = {};
    for (const what of ['rows', 'columns', 'tabs', 'parts'] as const) {
      const known = sharesOf(kept.shares?.[what]);
      if (known) shares[what] = known;
    }
    return {
      arrangement: kept.arrangement === 'columns' || kept.arrangement === 'tabs' ? kept.arrangement : usual.arrangement,
      fontSize: size >= FONT_SIZES.least && size <= FONT_SIZES.most ? size : usual.fontSize,
      screenReader: kept.screenReader === true,
      copyOnSelect: kept.copyOnSelect !== false,
      picture: kept.picture !== false,
      shares,
    };
  } catch {
    // Whoever edits cookies gets the usual, which is always right.
    return usual;
  }
}

/** The preferences of this browser. */
export function preferencesHere(): Preferences {
  return readPreferences(remembered(MACHINES_COOKIE));
}

/** Keeps the preferences of one page, beginning with those that the server has drawn it with. */
export function createPreferences(first: Preferences) {
  const store = createStore<Preferences>(first);
  const set = (change: Partial<Preferences>) => {
    store.set(change);
    remember(MACHINES_COOKIE, JSON.stringify(store.get()));
  };
  return {
    subscribe: store.subscribe,
    get: store.get,
    set,
    /** Remembers how a room was divided by hand. */
    divide(what: Divided, shares: Shares) {
      const rounded = Object.entries(shares).map(([name, share]) => [name, Number(share.toFixed(SHARE_DIGITS))]);
      set({ shares: { ...store.get().shares, [what]: Object.fromEntries(rounded) } });
    },
  };
}

export type PreferencesStore = ReturnType<typeof createPreferences>;
