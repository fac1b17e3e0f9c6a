import type { Me } from './people-protocol.ts';
import { codeText, hashOf, newCode, newId, newToken, shownCode } from './secrets.ts';
import type { Store } from './store/store.ts';

/** 31^8 ≈ 2^39.6 codes. */
const CODE_LENGTH = 8;
/** A transfer code is good for one use, and not longer than it takes to walk to the other machine. */
const TRANSFER_LIFE_MS = 10 * 60_000;
/** An invitation only lets others watch: it lasts for a day of classes. */
const INVITATION_LIFE_MS = 12 * 3_600_000;
/** A browser that has not been seen for so long is nobody's: longer than a holiday, shorter than a year. */
const TOKEN_LIFE_MS = 90 * 24 * 3_600_000;
/** That a browser was seen is written down this often: it is one more write for each page. */
const SEEN_EVERY_MS = 3_600_000;

/** People: who a browser is, and who somebody is in which class. */
export interface Classroom {
  /** A person as they see themselves. */
  me(person: string): Promise<Me>;
  /** The person of a browser's token, or undefined. */
  personOf(token: string): Promise<string | undefined>;
  /** A new guest; the token goes into the browser's cookie and is nowhere else. */
  welcome(): Promise<string>;
  /** A one-time code with which another browser becomes this person. */
  transferCode(person: string): Promise<{ code: string; expiresAt: number }>;
  /** The token for the browser that brings a good code; undefined when the code is wrong, used or too old. */
  redeem(code: string): Promise<string | undefined>;
  /** A code with which others may watch this person in a lab; the former one is good no more. */
  invite(person: string, lab: string): Promise<{ code: string; expiresAt: number }>;
  uninvite(person: string, lab: string): Promise<void>;
  /** Whom a code lets one watch; undefined when it is wrong, taken back or too old. */
  invitation(code: string): Promise<{ person: string; lab: string } | undefined>;
}

/** A classroom over the store. `now` is Unix ms. */
export function createClassroom(
  store: Pick<Store, 'people' | 'invitations' | 'accounts' | 'classes'>,
  now: () => number,
): Classroom {
  const { people, invitations } = store;
  return {
    async me(person) {
      const account = await store.accounts.of(person);
      const classes = await store.classes.of(person);
      return {
        account: account && { login: account.login, name: account.name },
        classes: classes.map(({ class: id, className, role, studentNo, name }) => ({
          ...{ class: id, name: className, role, studentNo },
          calledAs: name,
        })),
      };
    },
    async personOf(token) {
      const hash = hashOf(token);
      const known = await people.byToken(hash, now() - TOKEN_LIFE_MS);
      if (known && now() - known.seenAt > SEEN_EVERY_MS) await people.touchToken(hash, now());
      return known?.person;
    },
    async welcome() {
      const token = newToken();
      await people.create(newId(), hashOf(token), now());
      return token;
    },
    async transferCode(person) {
      const code = newCode(CODE_LENGTH);
      const expiresAt = now() + TRANSFER_LIFE_MS;
      await people.addTransfer(person, hashOf(code), expiresAt);
      return { code: shownCode(code), expiresAt };
    },
    async redeem(code) {
      const person = await people.takeTransfer(hashOf(codeText(code)), now());
      if (!person) return undefined;
      const token = newToken();
      await people.addToken(person, hashOf(token), now());
      return token;
    },
    async invite(person, lab) {
      const code = newCode(CODE_LENGTH);
      const expiresAt = now() + INVITATION_LIFE_MS;
      await invitations.put(person, lab, hashOf(code), expiresAt);
      return { code: shownCode(code), expiresAt };
    },
    uninvite: (person, lab) => invitations.remove(person, lab),
    invitation: (code) => invitations.byCode(hashOf(codeText(code)), now()),
  };
}
