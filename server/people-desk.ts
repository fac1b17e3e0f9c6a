import type { Accounts } from './accounts.ts';
import { Refusal } from './answer.ts';
import { createClassDesk } from './class-desk.ts';
import type { Handlers } from './handlers.ts';
import type { Identity } from './identity.ts';
import type { Passwords } from './passwords.ts';
import type { PeopleAnswers } from './people-protocol.ts';
import { createRosterDesk } from './roster-desk.ts';
import type { Sessions } from './sessions.ts';
import type { Store } from './store/store.ts';

/** What answers requests about people and classes, but for who one is. */
export type PeopleDesk = Pick<Handlers, Exclude<keyof PeopleAnswers, 'me:who'>>;

/** What the desks about people are made of. `erase`: what else is to be forgotten with a person, before they are. */
export interface PeopleParts {
  store: Store;
  accounts: Accounts;
  identity: Identity;
  passwords: Passwords;
  sessions: Pick<Sessions, 'move' | 'drop'>;
  erase(person: string): Promise<void>;
  now(): number;
}

/** Entries of the log on one page. */
const AUDIT_PAGE = 50;

/** Desks over the store; authority has been decided before. */
export function createPeopleDesk(parts: PeopleParts): PeopleDesk {
  const { store, accounts } = parts;
  return {
    ...createClassDesk(parts),
    ...createRosterDesk(parts),
    async 'invite:look'({ secret }, client) {
      const found = await accounts.look(client.handshake.address, secret);
      if (!found) throw new Refusal('not-found');
      return found;
    },
    async 'audit:list'({ class: id, before }) {
      const entries = await store.audit.list(id, before, AUDIT_PAGE + 1);
      return {
        entries: entries.slice(0, AUDIT_PAGE).map(({ class: _, ...entry }) => entry),
        more: entries.length > AUDIT_PAGE,
      };
    },
  };
}
