import { createStore } from '../../../../live/store.ts';

/** Font sizes a terminal can have, px. */
export const FONT_SIZES = { least: 10, usual: 13, most: 22 } as const;

/** How nodes lie beside each other. */
export type Arrangement = 'rows' | 'columns' | 'tabs';

/** How a person likes the terminals; remembered by this browser. */
export interface Preferences {
  arrangement: Arrangement;
  fontSize: number;
  screenReader: boolean;
  /** Whether what is selected in a terminal goes to the clipboard at once. */
  copyOnSelect: boolean;
  picture: boolean;
}

const KEY = 'netloom:machines';
const usual: Preferences = {
  arrangement: 'rows',
  fontSize: FONT_SIZES.usual,
  screenReader: false,
  copyOnSelect: true,
  picture: true,
};

function read(): Preferences {
  try {
    const kept: Partial<Preferences> = JSON.parse(localStorage.getItem(KEY) ?? '{}');
    const size = Number(kept.fontSize);
    return {
      arrangement: kept.arrangement === 'columns' || kept.arrangement === 'tabs' ? kept.arrangement : usual.arrangement,
      fontSize: size >= FONT_SIZES.least && size <= FONT_SIZES.most ? size : usual.fontSize,
      screenReader: kept.screenReader === true,
      copyOnSelect: kept.copyOnSelect !== false,
      picture: kept.picture !== false,
    };
  } catch {
    // Storage may be forbidden or hold something foreign; the usual is always right.
    return usual;
  }
}

/** The preferences of this browser; made once the page lives in one. */
export function createPreferences() {
  const store = createStore<Preferences>(read());
  return {
    subscribe: store.subscribe,
    get: store.get,
    set(change: Partial<Preferences>) {
      store.set(change);
      try {
        localStorage.setItem(KEY, JSON.stringify(store.get()));
      } catch {
        // Not remembered then; it still holds for this page.
      }
    },
  };
}

export type PreferencesStore = ReturnType<typeof createPreferences>;
