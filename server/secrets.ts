import { createHash, randomBytes, randomInt } from 'node:crypto';

/** A token is 256 random bits (OWASP ASVS 5.0, 7.2.3). */
const TOKEN_BYTES = 32;
/** Letters and digits that are not mistaken for one another when read aloud or written on a board. */
const CODE_ALPHABET = '23456789ABCDEFGHJKMNPQRSTUVWXYZ';

/** What is kept of a secret: sha-256, as it is random enough to need no more. */
export function hashOf(secret: string): string {
  return createHash('sha256').update(secret).digest('hex');
}

/** A new opaque token. */
export function newToken(): string {
  return randomBytes(TOKEN_BYTES).toString('base64url');
}

/** Makes an opaque id: lower-case hex, 128 bits. */
export function newId(): string {
  return randomBytes(16).toString('hex');
}

/** A code as it is compared: without spaces and dashes, upper case. */
export function codeText(code: string): string {
  return code.normalize('NFKC').replaceAll(/[\s-]/g, '').toUpperCase();
}

/** A new code of so many letters, as it is compared. */
export function newCode(length: number): string {
  return Array.from({ length }, () => CODE_ALPHABET[randomInt(CODE_ALPHABET.length)]).join('');
}

/** A code as people read it: in two halves. */
export function shownCode(code: string): string {
  const half = Math.ceil(code.length / 2);
  return `${code.slice(0, half)}-${code.slice(half)}`;
}
