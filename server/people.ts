import { type Accounts, createAccounts } from './accounts.ts';
import { createGuard } from './guard.ts';
import { createIdentity, type Identity } from './identity.ts';
import { createJoining, type Joining } from './joining.ts';
import { createPasswords } from './passwords.ts';
import { createPeopleDesk, type PeopleDesk } from './people-desk.ts';
import type { Sessions } from './sessions.ts';
import type { Door } from './socket.ts';
import type { Store } from './store/store.ts';

/** Everything about people: what forms do, and what answers requests. */
export interface People {
  accounts: Accounts;
  joining: Joining;
  identity: Identity;
  desk: PeopleDesk;
}

/** People over the store. `erase`: what else is forgotten with a person. `now` is Unix ms. */
export function createPeople(options: {
  store: Store;
  sessions: Pick<Sessions, 'move' | 'drop'>;
  dismiss: Door['dismiss'];
  erase(person: string): Promise<void>;
  now(): number;
}): People {
  const passwords = createPasswords();
  const guard = createGuard();
  const identity = createIdentity(options);
  const { store, sessions, erase, now } = options;
  const accounts = createAccounts({ store, passwords, identity, guard, now });
  return {
    accounts,
    identity,
    joining: createJoining({ store, passwords, identity, guard, now }),
    desk: createPeopleDesk({ store, accounts, identity, passwords, sessions, erase, now }),
  };
}
