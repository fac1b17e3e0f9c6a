import type { Guard } from './guard.ts';
import type { Browser, Identity } from './identity.ts';
import { PASSWORD_MAX_CHARS, PASSWORD_MIN_CHARS, type Passwords } from './passwords.ts';
import { NAME_MAX_CHARS, type PeopleAnswers } from './people-protocol.ts';
import { nameText } from './roster-text.ts';
import { hashOf, newId, newToken } from './secrets.ts';
import type { Store } from './store/store.ts';
import type { Role } from './store/tables.ts';

/** A link for staff is good for so long: an e-mail that is read the next day. */
const INVITE_LIFE_MS = 24 * 3_600_000;
/** What a login may be: it is typed, and said aloud. */
const LOGIN = /^[a-z0-9][a-z0-9._@-]{2,39}$/;

/** Why a form of somebody who teaches came back. Each has its sentence in app/class/words.ts. */
export type AccountTrouble =
  | 'fast'
  | 'wrong'
  | 'gone'
  | 'name'
  | 'login'
  | 'login-taken'
  | 'short'
  | 'long'
  | 'guessable'
  | 'guest';

/** What the forms of those who teach do: an Error of theirs is a trouble, handed back. */
export interface Accounts {
  /** Keeps a link for the first account; false when there is an account already. */
  offerFirst(secret: string): Promise<boolean>;
  /** A one-time link that makes somebody one of those who teach a class. */
  invite(to: { class?: string; role: Role; madeBy?: string }): Promise<{ path: string; expiresAt: number }>;
  look(address: string, secret: string): Promise<PeopleAnswers['invite:look'] | undefined>;
  /** Takes a link up: with a new account, or with the one this browser is signed in with. */
  setUp(
    from: { address: string; browser: Browser | undefined },
    secret: string,
    given: { name: string; login: string; password: string } | undefined,
  ): Promise<{ token?: string; class?: string } | { trouble: AccountTrouble }>;
  signIn(
    from: { address: string; browser: Browser | undefined },
    login: string,
    password: string,
  ): Promise<{ token: string } | { trouble: AccountTrouble }>;
  /** Changes one's own password; whoever was signed in with the former one elsewhere is signed out. */
  changePassword(
    from: { address: string; browser: Browser | undefined },
    was: string,
    password: string,
  ): Promise<{ trouble?: AccountTrouble }>;
}

/** A login as it is compared. */
export function loginText(login: string): string {
  return login.normalize('NFKC').trim().toLowerCase();
}

function troubleWith(password: string, known: string[]): AccountTrouble | undefined {
  const length = [...password].length;
  if (length < PASSWORD_MIN_CHARS) return 'short';
  if (length > PASSWORD_MAX_CHARS) return 'long';
  const bare = password.toLowerCase();
  // NIST SP 800-63B: words of the context, and what is only repetition.
  if (new Set(bare).size < 4 || known.some((each) => each !== '' && bare === each.toLowerCase())) return 'guessable';
  return undefined;
}

/** Accounts over the store. `now` is Unix ms. */
export function createAccounts(options: {
  store: Pick<Store, 'accounts' | 'invites' | 'people' | 'audit'>;
  passwords: Passwords;
  identity: Identity;
  guard: Guard;
  now(): number;
}): Accounts {
  const { passwords, identity, guard, now } = options;
  const { accounts, invites, people, audit } = options.store;

  /** Takes a link up on this person; what it makes is noted. */
  async function take(secret: string, taker: Parameters<typeof invites.take>[1]) {
    const taken = await invites.take(hashOf(secret), taker, now());
    if (typeof taken !== 'string' && taken.class) {
      const { class: id, role } = taken;
      const entry = { class: id, actor: taker.person, subject: taker.person, at: now() };
      await audit.note({ ...entry, action: 'staff:join', detail: { role } });
    }
    return taken;
  }

  return {
    offerFirst: (secret) => invites.first(hashOf(secret), now() + INVITE_LIFE_MS),
    async invite(to) {
      const secret = newToken();
      const expiresAt = now() + INVITE_LIFE_MS;
      await invites.put(hashOf(secret), { ...to, expiresAt });
      return { path: `/setup/${secret}`, expiresAt };
    },
    async look(address, secret) {
      if (!(await guard.may(address))) return undefined;
      const found = await invites.look(hashOf(secret), now());
      if (!found) return undefined;
      await guard.forgive(address);
      const { madeBy: _, ...shown } = found;
      return shown;
    },
    async setUp({ address, browser }, secret, given) {
      if (!(await guard.may(address))) return { trouble: 'fast' };
      if (!(await invites.look(hashOf(secret), now()))) return { trouble: 'gone' };
      await guard.forgive(address);
      if (!given) {
        if (!browser || !(await accounts.of(browser.person))) return { trouble: 'guest' };
        const taken = await take(secret, { person: browser.person });
        return typeof taken === 'string' ? { trouble: taken } : { class: taken.class };
      }
      const name = nameText(given.name);
      const login = loginText(given.login);
      if (name === '' || name.length > NAME_MAX_CHARS) return { trouble: 'name' };
      if (!LOGIN.test(login)) return { trouble: 'login' };
      const trouble = troubleWith(given.password, [login, name]);
      if (trouble) return { trouble };
      if (await accounts.byLogin(login)) return { trouble: 'login-taken' };
      const password = await passwords.hash(given.password, 'chosen');
      // A guest is whoever sits here; somebody whom a class knows may be another who sat here before.
      const isOwn = browser !== undefined && (await people.isGuest(browser.person));
      const person = isOwn ? browser.person : newId();
      if (!isOwn) await people.create(person, undefined, now());
      const taken = await take(secret, { person, account: { name, login, password } });
      if (typeof taken === 'string') {
        if (!isOwn) await people.erase(person);
        return { trouble: taken };
      }
      return { token: await identity.become(browser, person), class: taken.class };
    },
    async signIn({ address, browser }, typed, password) {
      const login = loginText(typed);
      if (!(await guard.may(address, login))) return { trouble: 'fast' };
      const account = await accounts.byLogin(login);
      const isRight = await passwords.matches(password.slice(0, PASSWORD_MAX_CHARS), account?.password, 'chosen');
      if (!account || !isRight) return { trouble: 'wrong' };
      await guard.forgive(address, login);
      return { token: await identity.become(browser, account.person) };
    },
    async changePassword({ address, browser }, was, password) {
      const account = browser && (await accounts.of(browser.person));
      if (!account) return { trouble: 'guest' };
      if (!(await guard.may(address, account.login))) return { trouble: 'fast' };
      if (!(await passwords.matches(was.slice(0, PASSWORD_MAX_CHARS), account.password, 'chosen'))) {
        return { trouble: 'wrong' };
      }
      await guard.forgive(address, account.login);
      const trouble = troubleWith(password, [account.login, account.name]);
      if (trouble) return { trouble };
      const hash = await passwords.hash(password, 'chosen');
      if (!(await accounts.setPassword(account.person, account.password, hash))) return { trouble: 'wrong' };
      await identity.signOut([account.person], browser);
      return {};
    },
  };
}
