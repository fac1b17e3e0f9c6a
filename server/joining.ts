import type { Guard } from './guard.ts';
import type { Browser, Identity } from './identity.ts';
import type { Passwords } from './passwords.ts';
import { NAME_MAX_CHARS } from './people-protocol.ts';
import { isNumber, isSameName, nameText, numberText } from './roster-text.ts';
import { codeText, hashOf, newId, newToken } from './secrets.ts';
import type { Class } from './store/classes.ts';
import { CLASS_MAX } from './store/roster.ts';
import type { Store } from './store/store.ts';

/** No password of ours is longer. */
const PASSWORD_MAX_CHARS = 128;

/** Why the form at /join came back. Each has its sentence in app/class/words.ts. */
export type JoinTrouble =
  | 'fast'
  | 'code'
  | 'closed'
  | 'number'
  | 'name'
  | 'names'
  | 'used'
  | 'password'
  | 'wrong'
  | 'full'
  | 'already';

/** What a learner typed. */
export interface Joiner {
  code: string;
  studentNo: string;
  name: string;
  password: string;
}

/** How learners come into a class. */
export interface Joining {
  /** Hands back the browser's new token where it has become somebody else. */
  join(
    from: { address: string; browser: Browser | undefined },
    joiner: Joiner,
  ): Promise<{ token?: string } | { trouble: JoinTrouble }>;
}

type Outcome = { token?: string } | { trouble: JoinTrouble };
type From = Parameters<Joining['join']>[0];

/** Joining over the store. `now` is Unix ms. */
export function createJoining(options: {
  store: Pick<Store, 'classes' | 'roster' | 'people'>;
  passwords: Passwords;
  identity: Identity;
  guard: Guard;
  now(): number;
}): Joining {
  const { passwords, identity, guard, now } = options;
  const { classes, roster, people } = options.store;

  /** With the initial password of a roster, which also lets in who has come before. */
  async function byPassword({ address, browser }: From, found: Class, no: string, password: string): Promise<Outcome> {
    const name = `${found.id}/${no}`;
    if (!(await guard.may(address, name))) return { trouble: 'fast' };
    const entry = await roster.byNumber(found.id, no);
    const typed = password.normalize('NFKC').trim().slice(0, PASSWORD_MAX_CHARS);
    const isRight = await passwords.matches(typed, entry?.password, 'drawn');
    if (!entry || !isRight) return { trouble: 'wrong' };
    await guard.forgive(address, name);
    if (browser?.person === entry.person) return {};
    if (entry.claimedAt === undefined) {
      if (found.joining === 'closed') return { trouble: 'closed' };
      const isGuest = browser !== undefined && (await people.isGuest(browser.person));
      // Nobody has come as the entry: it has nothing yet, and the guest goes on as they are, nodes and windows included.
      if (isGuest && (await roster.claim(found.id, entry.person, browser.person, now()))) return {};
      await roster.come(found.id, entry.person, now());
    }
    // It may have become somebody else's person in the meantime.
    const current = await roster.byNumber(found.id, no);
    if (!current) return { trouble: 'wrong' };
    return { token: await identity.become(browser, current.person) };
  }

  /** With 学号 and 姓名, by which whoever sits here becomes a member. */
  async function byName({ address, browser }: From, found: Class, no: string, typed: string): Promise<Outcome> {
    if (found.joining === 'closed') return { trouble: 'closed' };
    if (found.joining === 'roster') return { trouble: 'password' };
    const name = nameText(typed);
    if (name === '' || name.length > NAME_MAX_CHARS) return { trouble: 'name' };
    const mine = browser && (await classes.member(found.id, browser.person));
    if (mine) return mine.role === 'learner' && mine.studentNo === no ? {} : { trouble: 'already' };
    const entry = await roster.byNumber(found.id, no);
    if (entry?.claimedAt !== undefined) return { trouble: 'used' };
    if (entry?.hasPassword) return { trouble: 'password' };
    if (entry?.name !== undefined && !isSameName(entry.name, name)) {
      // Names are guessed, too.
      return { trouble: (await guard.may(address, `${found.id}/${no}`)) ? 'names' : 'fast' };
    }
    const token = browser ? undefined : newToken();
    const person = browser?.person ?? newId();
    if (token) await people.create(person, hashOf(token), now());
    const isIn = entry
      ? await roster.claim(found.id, entry.person, person, now())
      : await roster.join(found.id, { person, studentNo: no, name }, now());
    if (isIn) return { token };
    if (token) await people.erase(person);
    const isFull = (await roster.list(found.id)).length >= CLASS_MAX;
    return { trouble: isFull ? 'full' : 'used' };
  }

  return {
    async join(from, { code, studentNo, name, password }) {
      if (!(await guard.may(from.address))) return { trouble: 'fast' };
      const found = await classes.byCode(codeText(code));
      if (!found) return { trouble: 'code' };
      await guard.forgive(from.address);
      const no = numberText(studentNo);
      if (!isNumber(no)) return { trouble: 'number' };
      return password.trim() === '' ? byName(from, found, no, name) : byPassword(from, found, no, password);
    },
  };
}
