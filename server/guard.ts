import { RateLimiterMemory } from 'rate-limiter-flexible';

/** Tries that failed, within this time. */
const WINDOW_S = 15 * 60;
/** Of one name from one address: somebody who mistypes, and not a list of passwords. */
const PER_NAME_AND_ADDRESS = 10;
/** Of one name from everywhere; more, so that nobody can lock another out from a single address. */
const PER_NAME = 60;
/** From one address, whatever the name: a class of 60 behind one address mistypes some times each. */
const PER_ADDRESS = 300;

/** Secrets that are guessed by form: only wrong ones count, so that a class behind one address may all come at once. */
export interface Guard {
  /** Whether one more may be tried, of a name where there is one; counts as wrong until it is forgiven. */
  may(address: string, name?: string): Promise<boolean>;
  /** It was right. */
  forgive(address: string, name?: string): Promise<void>;
}

/** A guard that lives as long as this process. */
export function createGuard(): Guard {
  const make = (points: number) => new RateLimiterMemory({ points, duration: WINDOW_S });
  const pairs = make(PER_NAME_AND_ADDRESS);
  const names = make(PER_NAME);
  const addresses = make(PER_ADDRESS);
  const budgets = (address: string, name?: string): [RateLimiterMemory, string][] => {
    const byAddress: [RateLimiterMemory, string] = [addresses, address];
    return name === undefined ? [byAddress] : [byAddress, [names, name], [pairs, `${address} ${name}`]];
  };
  return {
    may: (address, name) =>
      // The library rejects with its own result object when the budget is spent.
      Promise.all(budgets(address, name).map(([limiter, key]) => limiter.consume(key))).then(
        () => true,
        () => false,
      ),
    async forgive(address, name) {
      await Promise.all(budgets(address, name).map(([limiter, key]) => limiter.reward(key)));
    },
  };
}
