import { RateLimiterMemory } from 'rate-limiter-flexible';
import { Refusal } from './answer.ts';
import type { RequestName } from './protocol.ts';

/** Costly requests of one person within a minute, by name. */
const PER_MINUTE: Partial<Record<RequestName, number>> = {
  'lab:start': 10,
  'lab:reset': 20,
  'checkpoint:check': 60,
  'question:answer': 20,
  // A lab has some dozens; each is a write to the store.
  'hint:open': 60,
  'terminal:open': 30,
  // Each may bring a replay of 256 KiB.
  'terminal:attach': 300,
  'terminal:ssh': 10,
  // Fetched again after each command while the panel is open.
  'history:list': 240,
  'history:clear': 10,
  'lab:invite': 10,
  'lab:uninvite': 10,
  'lab:watch': 30,
  'me:code': 10,
  // Reads a whole class.
  'class:enter': 60,
  // Each is written down.
  'class:watch': 120,
  'class:commands': 240,
  'class:message': 30,
  'class:lower': 60,
  'class:highlight': 60,
  'class:reset': 30,
  'class:extend': 60,
  'class:assign': 60,
  'help:ask': 30,
  'help:answer': 60,
  'hand:raise': 30,
  'lab:keep': 30,
  'invite:look': 30,
  'class:create': 10,
  'class:code': 20,
  // Each reads the whole class.
  'roster:preview': 60,
  'roster:import': 20,
  'roster:add': 120,
  // Each may be a hash for every learner of a class.
  'roster:passwords': 20,
  'roster:merge': 60,
  'learner:erase': 60,
  'staff:invite': 20,
  // Each reads everything that is kept of a class, of a learner, or the heads of up to 200 files.
  'grades:read': 60,
  'report:read': 120,
  'report:mine': 30,
  'recording:list': 60,
  'recording:open': 60,
};
/** Wrong invitation codes from one address within a minute: of 2^39.6 codes that is none. */
const GUESSES_PER_MINUTE = 60;
/** Handshakes of one browser within a minute: twenty windows that lose their connection six times. */
const HANDSHAKES_PER_BROWSER = 120;
/** Handshakes from one address within a minute: a class behind one address, or behind a proxy. */
const HANDSHAKES_PER_ADDRESS = 3_000;

/** How often something may be asked; what a single socket may is its seat's business. */
export interface Limits {
  /** Whether a browser that shows this token may try to come in. */
  handshake(address: string, token: string): Promise<boolean>;
  /** Rejects with `too-fast` when a costly request comes too often; undefined for one that costs nothing. */
  request(name: RequestName, person: string): Promise<void> | undefined;
  /** Looks up something secret; too many that are not there are refused with `too-fast`. */
  guess<T>(address: string, look: () => Promise<T | undefined>): Promise<T | undefined>;
}

/** Limits that live as long as this process. */
export function createLimits(): Limits {
  const perMinute = (points: number) => new RateLimiterMemory({ points, duration: 60 });
  const costly = new Map(Object.entries(PER_MINUTE).map(([name, points]) => [name, perMinute(points)]));
  const guesses = perMinute(GUESSES_PER_MINUTE);
  const browsers = perMinute(HANDSHAKES_PER_BROWSER);
  const addresses = perMinute(HANDSHAKES_PER_ADDRESS);

  async function consume(limiter: RateLimiterMemory, key: string): Promise<void> {
    // The library rejects with its own result object when the budget is spent.
    await limiter.consume(key).catch(() => {
      throw new Refusal('too-fast');
    });
  }

  return {
    async handshake(address, token) {
      return Promise.all([addresses.consume(address), browsers.consume(token)]).then(
        () => true,
        () => false,
      );
    },
    request(name, person) {
      const limiter = costly.get(name);
      return limiter && consume(limiter, person);
    },
    async guess(address, look) {
      await consume(guesses, address);
      const found = await look();
      // Only those that were wrong count: a class behind one address may all come at once.
      if (found !== undefined) await guesses.reward(address);
      return found;
    },
  };
}
