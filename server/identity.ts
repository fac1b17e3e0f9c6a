import { hashOf, newToken } from './secrets.ts';
import type { Sessions } from './sessions.ts';
import type { Door } from './socket.ts';
import type { Store } from './store/store.ts';

/** A browser, by its token, and who it is now. */
export interface Browser {
  person: string;
  token: string;
}

/** Who a browser is, when that changes. */
export interface Identity {
  /**
   * Makes a browser somebody else; hands back its new token. What a guest has done in it goes over to that person, nodes
   * included; whoever is known by more than that stays apart.
   */
  become(browser: Browser | undefined, person: string): Promise<string>;
  /** The browser is nobody from now on. */
  leave(browser: Browser): Promise<void>;
  /** Whoever is connected as one of these connects again, as who they are by now. */
  refresh(people: string[]): void;
  /** Signs people out everywhere, but for one browser. */
  signOut(people: string[], except?: Browser): Promise<void>;
}

/** Identity over the store. `door` says how those who are connected hear of it. */
export function createIdentity(options: {
  store: Pick<Store, 'people' | 'roster'>;
  sessions: Pick<Sessions, 'move'>;
  dismiss: Door['dismiss'];
  now(): number;
}): Identity {
  const { people, roster } = options.store;
  const { sessions, dismiss } = options;

  async function leave({ token }: Browser): Promise<void> {
    const hash = hashOf(token);
    await people.removeToken(hash);
    dismiss((seat) => seat.browser === hash);
  }

  return {
    async become(browser, person) {
      if (browser && browser.person !== person && (await people.isGuest(browser.person))) {
        const from = browser.person;
        await sessions.move(from, person, () => roster.merge({ from, into: person, browsers: false }));
        dismiss((seat) => seat.person === from);
      } else if (browser) await leave(browser);
      const token = newToken();
      await people.addToken(person, hashOf(token), options.now());
      return token;
    },
    leave,
    refresh: (who) => dismiss((seat) => who.includes(seat.person)),
    async signOut(who, except) {
      const kept = except && hashOf(except.token);
      await people.removeTokens(who, kept);
      dismiss((seat) => who.includes(seat.person) && seat.browser !== kept);
    },
  };
}
