import { createHash, randomBytes, randomInt } from 'node:crypto';
import type { PeopleTable } from './store/people.ts';

/** A token is 256 random bits (OWASP ASVS 5.0, 7.2.3). */
const TOKEN_BYTES = 32;
/** Letters and digits that are not mistaken for one another when read aloud or written on a board. */
const CODE_ALPHABET = '23456789ABCDEFGHJKMNPQRSTUVWXYZ';
/** 31^8 ≈ 2^39.6 codes, good for ten minutes and one use. */
const CODE_LENGTH = 8;
const CODE_LIFE_MS = 10 * 60_000;

function hashOf(secret: string): string {
  return createHash('sha256').update(secret).digest('hex');
}

/** A code as it is compared: without spaces and dashes, upper case. */
function codeText(code: string): string {
  return code.normalize('NFKC').replaceAll(/[\s-]/g, '').toUpperCase();
}

/** Makes an opaque id: lower-case hex, 128 bits. */
export function newId(): string {
  return randomBytes(16).toString('hex');
}

/** People: who a browser is. Classes and roles come here too. */
export interface Classroom {
  /** The person of a browser's token, or undefined. */
  personOf(token: string): Promise<string | undefined>;
  /** A new guest; the token goes into the browser's cookie and is nowhere else. */
  welcome(): Promise<string>;
  /** A one-time code with which another browser becomes this person. */
  transferCode(person: string): Promise<{ code: string; expiresAt: number }>;
  /** The token for the browser that brings a good code; undefined when the code is wrong, used or too old. */
  redeem(code: string): Promise<string | undefined>;
}

/** A classroom over the store. `now` is Unix ms. */
export function createClassroom(people: PeopleTable, now: () => number): Classroom {
  return {
    personOf: (token) => people.byToken(hashOf(token)),
    async welcome() {
      const token = randomBytes(TOKEN_BYTES).toString('base64url');
      await people.create(newId(), hashOf(token), now());
      return token;
    },
    async transferCode(person) {
      const letters = Array.from({ length: CODE_LENGTH }, () => CODE_ALPHABET[randomInt(CODE_ALPHABET.length)]);
      const code = letters.join('');
      const expiresAt = now() + CODE_LIFE_MS;
      await people.addTransfer(person, hashOf(code), expiresAt);
      return { code: `${code.slice(0, 4)}-${code.slice(4)}`, expiresAt };
    },
    async redeem(code) {
      const person = await people.takeTransfer(hashOf(codeText(code)), now());
      if (!person) return undefined;
      const token = randomBytes(TOKEN_BYTES).toString('base64url');
      await people.addToken(person, hashOf(token), now());
      return token;
    },
  };
}
