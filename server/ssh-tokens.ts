import { createHash, randomBytes } from 'node:crypto';

/** 128 random bits (OWASP ASVS 5.0, 7.2.3): nobody guesses it in its life. */
const TOKEN_BYTES = 16;
/** ms. As long as it takes to open a terminal of one's own and paste. */
const TOKEN_LIFE_MS = 5 * 60_000;

/** The node of a person's that a token lets one into. */
export interface Admission {
  person: string;
  lab: string;
  node: string;
}

/** One-time tokens: they live in memory, and only as hashes. */
export interface SshTokens {
  /** A new token for a node; the former one is good no more. */
  make(admission: Admission): { token: string; expiresAt: number };
  /** Uses a token up; undefined when it is wrong, used, too old or another node's. */
  take(node: string, token: string): Admission | undefined;
}

function hashOf(token: string): string {
  return createHash('sha256').update(token).digest('hex');
}

/** Tokens of this process. `now` is Unix ms. */
export function createSshTokens(now: () => number): SshTokens {
  /** By hash: how long a look-up takes tells of the hash of what was guessed, which is of no use to who guesses. */
  const admissions = new Map<string, Admission & { expiresAt: number }>();

  return {
    make({ person, lab, node }) {
      for (const [hash, other] of admissions) {
        const former = other.person === person && other.lab === lab && other.node === node;
        if (former || other.expiresAt <= now()) admissions.delete(hash);
      }
      const token = randomBytes(TOKEN_BYTES).toString('base64url');
      const expiresAt = now() + TOKEN_LIFE_MS;
      admissions.set(hashOf(token), { person, lab, node, expiresAt });
      return { token, expiresAt };
    },
    take(node, token) {
      const hash = hashOf(token.trim());
      const admission = admissions.get(hash);
      if (!admission || admission.node !== node) return undefined;
      admissions.delete(hash);
      return admission.expiresAt > now() ? admission : undefined;
    },
  };
}
