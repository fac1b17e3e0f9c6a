import { Refusal } from './answer.ts';
import { lessonNeeds } from './lesson-protocol.ts';
import { peopleNeeds } from './people-protocol.ts';
import { type RequestName, requests } from './protocol.ts';
import { recordNeeds } from './record-protocol.ts';
import type { Store } from './store/store.ts';
import type { Role } from './store/tables.ts';

/**
 * What somebody may do in a class. `see`: how each learner does, their screens, what they ran. `help`: write to them,
 * take the keyboard with their consent, make their nodes anew. `run`: time, the roster, grades, what the class may do
 * when. `own`: who teaches, and the end of the class.
 */
export type Right = 'see' | 'help' | 'run' | 'own';

/** What one must be to ask something: anybody, for themselves; somebody with an account; or one with a right in the class named. */
export type Need = 'self' | 'account' | Right;

const RIGHTS: Record<Role, readonly Right[]> = {
  learner: [],
  assistant: ['see', 'help'],
  instructor: ['see', 'help', 'run'],
  admin: ['see', 'help', 'run', 'own'],
};

/** What a request names, where it is about a class: `class`, `learner`, `learners`, `duplicate`. */
type Named = object;

function classOf(named: Named): string | undefined {
  return 'class' in named && typeof named.class === 'string' ? named.class : undefined;
}

/** The learners a request is about. */
function subjectsOf(named: Named): string[] {
  const one = 'learner' in named ? [named.learner] : [];
  const other = 'duplicate' in named ? [named.duplicate] : [];
  const several = 'learners' in named && Array.isArray(named.learners) ? named.learners : [];
  return [...one, ...other, ...several].filter((each) => typeof each === 'string');
}

/** What each request needs: of a lab, a terminal or oneself one asks for oneself. */
function needOf(name: RequestName): Need {
  const needs: Partial<Record<RequestName, Need>> = { ...peopleNeeds, ...lessonNeeds, ...recordNeeds };
  return needs[name] ?? 'self';
}

/** Every request and what it needs. */
export const needs = Object.fromEntries(
  (Object.keys(requests) as RequestName[]).map((name) => [name, needOf(name)]),
) as Record<RequestName, Need>;

/** Who may do what. Every event of the socket, and every export, is let through here or nowhere. */
export interface Authority {
  /** What this person is in a class. */
  role(person: string, classId: string): Promise<Role | undefined>;
  /** Rejects with `not-yours`, or with `not-found` when somebody is named who is no learner of the class. */
  demand(person: string, need: Need, named: Named): Promise<void>;
}

/** Authority over the store's classes. */
export function createAuthority(store: Pick<Store, 'classes' | 'accounts'>): Authority {
  const role: Authority['role'] = async (person, classId) => (await store.classes.member(classId, person))?.role;

  return {
    role,
    async demand(person, need, named) {
      if (need === 'self') return;
      if (need === 'account') {
        if (!(await store.accounts.of(person))) throw new Refusal('not-yours');
        return;
      }
      // A class that does not exist is refused as one that is another's.
      const id = classOf(named);
      const mine = id === undefined ? undefined : await role(person, id);
      if (id === undefined || !mine || !RIGHTS[mine].includes(need)) throw new Refusal('not-yours');
      for (const learner of subjectsOf(named)) {
        if ((await role(learner, id)) !== 'learner') throw new Refusal('not-found');
      }
    },
  };
}
