import { deadlineOf } from './deadline.ts';
import { type Act, mustPass, widest } from './gate.ts';
import type { Guide } from './lesson-protocol.ts';
import type { Store } from './store/store.ts';

/** Messages a learner's page is given: what was said in the last minutes. */
const MESSAGES_SHOWN = 6;

/** What is kept of what classes say to a learner about a lab: all but who is beside them now. */
export type Said = Omit<Guide, 'watching' | 'asking' | 'typing'>;

interface Whose {
  person: string;
  lab: string;
}

/** What classes say to their learners, and what they keep them from. One place decides, for page, files and ssh alike. */
export interface Guides {
  /** Reads it anew; null for who learns in no class. */
  read(whose: Whose): Promise<Said | null>;
  /** Reads it if it never was. */
  ensure(whose: Whose): Promise<void>;
  /** What was read last; null where nothing was. */
  said(whose: Whose): Said | null;
  /** Rejects with `paused` or `closed` where a class keeps its learner from it. */
  demand(whose: Whose, act: Act): Promise<void>;
  /** The same of typing, at once, by what was read last. */
  mustType(whose: Whose): void;
  /** Those of whom something is kept. */
  known(): Whose[];
  forget(whose: Whose): void;
}

/** Guides over the store. */
export function createGuides(store: Pick<Store, 'lessons' | 'messages'>): Guides {
  const kept = new Map<string, { whose: Whose; said: Said | null }>();

  function keyOf({ person, lab }: Whose): string {
    return `${person}/${lab}`;
  }

  async function read({ person, lab }: Whose): Promise<Said | null> {
    const learning = await store.lessons.of(person, lab);
    let said: Said | null = null;
    if (learning.length > 0) {
      const given = learning.flatMap(({ assignment, extension }) => (assignment ? [{ ...assignment, extension }] : []));
      // Each class goes by its own; who is in several is told of the one that comes first.
      const deadlines = given.map((each) => deadlineOf(each.deadline, each.extension)).filter((at) => at !== undefined);
      const classes = learning.map((each) => each.class);
      const messages = await store.messages.list(person, lab, classes, MESSAGES_SHOWN);
      said = {
        gate: widest(given.map(({ gate }) => gate)),
        deadline: deadlines.length > 0 ? Math.min(...deadlines) : undefined,
        highlight: given.find(({ highlight }) => highlight !== null)?.highlight ?? null,
        handSince: await store.lessons.hand(person, lab),
        messages: messages.map(({ id, name, role, text, at, recipient }) => ({
          ...{ id, text, at },
          from: { name, role },
          toAll: recipient === null,
        })),
      };
    }
    kept.set(keyOf({ person, lab }), { whose: { person, lab }, said });
    return said;
  }

  return {
    read,
    async ensure(whose) {
      if (!kept.has(keyOf(whose))) await read(whose);
    },
    said: (whose) => kept.get(keyOf(whose))?.said ?? null,
    async demand(whose, act) {
      mustPass((await read(whose))?.gate ?? 'open', act);
    },
    mustType(whose) {
      mustPass(kept.get(keyOf(whose))?.said?.gate ?? 'open', 'type');
    },
    known: () => [...kept.values()].map(({ whose }) => whose),
    forget: (whose) => void kept.delete(keyOf(whose)),
  };
}
