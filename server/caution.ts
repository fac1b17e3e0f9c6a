import type { Labd } from './labd/contract.ts';
import type { Caveats } from './protocol.ts';

/** What people have to know of a session's nodes before they trust them. */
export interface Caution {
  value(): Caveats | null;
  /** Asks labd, as after nodes were made; where that fails, what was known stays. */
  read(): Promise<void>;
}

/** The caution of one session; nothing is known before it is read. */
export function createCaution(options: {
  session: string;
  labd: Pick<Labd, 'caveats'>;
  changed(): void;
  fault(error: unknown, what: string): void;
}): Caution {
  let known: Caveats | null = null;
  return {
    value: () => known,
    async read() {
      try {
        known = await options.labd.caveats(options.session);
        options.changed();
      } catch (error) {
        options.fault(error, 'reading what the nodes cannot promise');
      }
    },
  };
}
