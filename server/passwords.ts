import { randomBytes, randomInt, type ScryptOptions, scrypt, timingSafeEqual } from 'node:crypto';
import { promisify } from 'node:util';
import { Refusal } from './answer.ts';

/**
 * What a password that somebody chose costs: OWASP Password Storage Cheat Sheet, scrypt, first line. 128 MiB and some
 * 0.4 s of one core. https://cheatsheetseries.owasp.org/cheatsheets/Password_Storage_Cheat_Sheet.html
 */
const CHOSEN = { ln: 17, r: 8, p: 1 };
/**
 * What one costs that we drew by lot. Stretching makes up for what people choose badly; 40 random bits need less of it,
 * and a class of 60 signs in within the same minute on two cores: 60 × 50 ms instead of 60 × 400 ms. Learners never
 * choose theirs, and it opens one class's work.
 */
const DRAWN = { ln: 14, r: 8, p: 1 };
const SALT_BYTES = 16;
const KEY_BYTES = 32;
/** Hashes at once: the cores of a small machine, and 256 MiB. */
const AT_ONCE = 2;
/** Hashes that wait: two classes at the same moment. Whoever comes then is told to come again. */
const WAITING_MAX = 150;
/** Letters and digits that are not mistaken for one another on paper, in lower case: passwords are typed. */
const ALPHABET = '23456789abcdefghjkmnpqrstuvwxyz';
/** 31^8 ≈ 2^39.6. */
const DRAWN_LENGTH = 8;

/** The shortest password one may choose (NIST SP 800-63B, 5.1.1.2, asks for 8), and the longest, in characters. */
export const PASSWORD_MIN_CHARS = 10;
export const PASSWORD_MAX_CHARS = 128;

/** Passwords as they are kept: `$scrypt$ln=17,r=8,p=1$salt$key`, which says itself how it was made. */
export interface Passwords {
  /** Of a password that somebody chose, or that was drawn by `drawPassword`. */
  hash(password: string, kind: 'chosen' | 'drawn'): Promise<string>;
  /** Takes as long for one that does not exist, which is compared with nothing that could be right. */
  matches(password: string, stored: string | undefined, kind: 'chosen' | 'drawn'): Promise<boolean>;
}

type Cost = typeof CHOSEN;
// promisify cannot choose among scrypt's signatures.
const derive = promisify(scrypt) as (
  password: string,
  salt: Buffer,
  length: number,
  options: ScryptOptions,
) => Promise<Buffer>;

/** A password that is given out on paper. */
export function drawPassword(): string {
  return Array.from({ length: DRAWN_LENGTH }, () => ALPHABET[randomInt(ALPHABET.length)]).join('');
}

/** A password as it is compared (NIST SP 800-63B: normalised before it is hashed). */
function plain(password: string): string {
  return password.normalize('NFKC');
}

function costOf(kind: 'chosen' | 'drawn'): Cost {
  return kind === 'chosen' ? CHOSEN : DRAWN;
}

function readHash(stored: string): { cost: Cost; salt: Buffer; key: Buffer } | undefined {
  const [, ln, r, p, salt, key] = /^\$scrypt\$ln=(\d+),r=(\d+),p=(\d+)\$([\w-]+)\$([\w-]+)$/.exec(stored) ?? [];
  if (!salt || !key) return undefined;
  const cost = { ln: Number(ln), r: Number(r), p: Number(p) };
  return { cost, salt: Buffer.from(salt, 'base64url'), key: Buffer.from(key, 'base64url') };
}

/** Passwords, of which only a few are computed at once. */
export function createPasswords(): Passwords {
  let running = 0;
  const waiting: (() => void)[] = [];

  async function compute(password: string, salt: Buffer, { ln, r, p }: Cost): Promise<Buffer> {
    if (running >= AT_ONCE) {
      if (waiting.length >= WAITING_MAX) throw new Refusal('too-fast');
      await new Promise<void>((resolve) => waiting.push(resolve));
    } else running += 1;
    try {
      const N = 2 ** ln;
      // Node refuses what needs more than maxmem: 128 · N · r bytes and some.
      return await derive(plain(password), salt, KEY_BYTES, { N, r, p, maxmem: 129 * N * r + 1_048_576 });
    } finally {
      const next = waiting.shift();
      if (next) next();
      else running -= 1;
    }
  }

  return {
    async hash(password, kind) {
      const salt = randomBytes(SALT_BYTES);
      const cost = costOf(kind);
      const key = await compute(password, salt, cost);
      const made = `ln=${cost.ln},r=${cost.r},p=${cost.p}`;
      return `$scrypt$${made}$${salt.toString('base64url')}$${key.toString('base64url')}`;
    },
    async matches(password, stored, kind) {
      const known = stored === undefined ? undefined : readHash(stored);
      const { cost, salt, key } = known ?? {
        cost: costOf(kind),
        salt: randomBytes(SALT_BYTES),
        key: randomBytes(KEY_BYTES),
      };
      const made = await compute(password, salt, cost);
      return timingSafeEqual(made, key) && known !== undefined;
    },
  };
}
