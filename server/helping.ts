import { Refusal } from './answer.ts';
import type { Teacher } from './lesson-protocol.ts';

/** How long somebody may type in a learner's terminals before they have to ask again, ms. */
const HELP_MAX_MS = 30 * 60_000;
/** Questions a learner is shown at a time: there are not so many teachers in a room. */
const QUESTIONS_MAX = 4;

export interface Whose {
  person: string;
  lab: string;
}

/** One who helps: who, and by which class's right. */
export interface Helper extends Teacher {
  class: string;
}

/** Why somebody may not type any more. */
export type HelpEnd = 'learner' | 'helper' | 'left' | 'time';

/** Who asked to type in whose terminals, and who may: a consent for each session and helper. */
export interface Helping {
  ask(whose: Whose, helper: Helper): void;
  /** The learner's answer; it takes back what was allowed before. Refused where nobody asked. */
  answer(whose: Whose, helper: string, allow: boolean): void;
  /** The helper takes the question back, or gives the keyboard back, or goes. */
  stop(whose: Whose, helper: string, why: 'helper' | 'left'): void;
  /** Whether this person may type there now. */
  may(whose: Whose, helper: string): boolean;
  asking(whose: Whose): Teacher[];
  typing(whose: Whose): Teacher[];
  close(): void;
}

interface Place {
  whose: Whose;
  asking: Map<string, Helper>;
  typing: Map<string, { helper: Helper; until: NodeJS.Timeout }>;
}

function plain({ person, name, role }: Helper): Teacher {
  return { person, name, role };
}

/** Nobody helps yet. `began` and `ended` hear of the keyboard, `changed` of everything. */
export function createHelping(options: {
  changed(whose: Whose): void;
  began(whose: Whose, helper: Helper): void;
  ended(whose: Whose, helper: Helper, why: HelpEnd): void;
}): Helping {
  const places = new Map<string, Place>();

  function keyOf({ person, lab }: Whose): string {
    return `${person}/${lab}`;
  }

  function leave(place: Place, helper: string, why: HelpEnd): boolean {
    const grant = place.typing.get(helper);
    const asked = place.asking.delete(helper);
    place.typing.delete(helper);
    if (place.asking.size + place.typing.size === 0) places.delete(keyOf(place.whose));
    if (grant) {
      clearTimeout(grant.until);
      options.ended(place.whose, grant.helper, why);
    }
    if (grant || asked) options.changed(place.whose);
    return grant !== undefined || asked;
  }

  return {
    ask(whose, helper) {
      const place = places.get(keyOf(whose)) ?? { whose, asking: new Map(), typing: new Map() };
      if (place.typing.has(helper.person)) return;
      if (place.asking.size >= QUESTIONS_MAX && !place.asking.has(helper.person)) throw new Refusal('busy');
      places.set(keyOf(whose), place);
      place.asking.set(helper.person, helper);
      options.changed(whose);
    },
    answer(whose, helper, allow) {
      const place = places.get(keyOf(whose));
      const asked = place?.asking.get(helper);
      if (!place || (!asked && !place.typing.has(helper))) throw new Refusal('not-found');
      if (!allow) return void leave(place, helper, 'learner');
      if (!asked) return;
      place.asking.delete(helper);
      const until = setTimeout(() => leave(place, helper, 'time'), HELP_MAX_MS).unref();
      place.typing.set(helper, { helper: asked, until });
      options.began(whose, asked);
      options.changed(whose);
    },
    stop(whose, helper, why) {
      const place = places.get(keyOf(whose));
      if (place) leave(place, helper, why);
    },
    may: (whose, helper) => places.get(keyOf(whose))?.typing.has(helper) ?? false,
    asking: (whose) => [...(places.get(keyOf(whose))?.asking.values() ?? [])].map(plain),
    typing: (whose) => [...(places.get(keyOf(whose))?.typing.values() ?? [])].map(({ helper }) => plain(helper)),
    close() {
      for (const place of places.values()) for (const { until } of place.typing.values()) clearTimeout(until);
      places.clear();
    },
  };
}
