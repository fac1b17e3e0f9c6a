/** Chance that can be repeated: the same seed draws the same. */
export interface Chance {
  /** From 0 up to, not including, 1. */
  draw(): number;
  pick<T>(from: readonly T[]): T;
}

/** The seed of this run: NETLOOM_FAULT_SEED, or one of the moment. */
export function seedOf(environment: Record<string, string | undefined>): number {
  const given = Number(environment.NETLOOM_FAULT_SEED);
  return Number.isInteger(given) && given > 0 ? given : (Date.now() % 1_000_000) + 1;
}

/** mulberry32, https://gist.github.com/tommyettinger/46a874533244883189143505d203312c */
export function createChance(seed: number): Chance {
  let state = seed >>> 0;
  const draw = () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
  return {
    draw,
    pick(from) {
      const picked = from[Math.floor(draw() * from.length)];
      if (picked === undefined) throw new Error('nothing to pick from');
      return picked;
    },
  };
}
