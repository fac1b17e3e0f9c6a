import { RateLimiterMemory } from 'rate-limiter-flexible';
import type { Command } from './protocol.ts';
import type { Mark } from './ptyd/contract.ts';
import type { Owned } from './sessions.ts';
import type { Store } from './store/store.ts';

/** Commands kept of one session within a second: nobody types so fast, but a hostile node may print marks. */
const COMMANDS_PER_SECOND = 5;
/** Commands a page is given: the newest; a few screens of them. */
const LISTED_COMMANDS = 500;
/** Characters of a command. */
const COMMAND_MAX_CHARS = 500;

/** What the learners ran, by the marks of their shells. */
export interface History {
  /** A shell made a mark: C begins a command (twice, where the text comes after), D ends it. */
  mark(owned: Owned, terminal: string, mark: Mark): void;
  /** A shell ended: its last command, like `exit`, ended with it. */
  ended(terminal: string, code: number | null): void;
  /** The newest commands of a person in a lab, newest first. */
  list(person: string, lab: string): Promise<Command[]>;
  clear(person: string, lab: string): Promise<void>;
}

/** A command that runs: since when, and its name in the store once its text is told. */
interface Running {
  at: number;
  id?: Promise<number | undefined>;
}

/** A command as plain text, however it was told. */
function plain(text: string): string {
  const visible = text.replaceAll(/[\x00-\x09\x0b-\x1f\x7f-\x9f]/g, ' ').trim();
  return [...visible].slice(0, COMMAND_MAX_CHARS).join('');
}

/** A history over the store. `now` is Unix ms. */
export function createHistory(options: {
  store: Pick<Store, 'commands'>;
  now(): number;
  fault(error: unknown, what: string): void;
}): History {
  const { now } = options;
  const { commands } = options.store;
  const limiter = new RateLimiterMemory({ points: COMMANDS_PER_SECOND, duration: 1 });
  /** By terminal; null where nothing runs. A terminal that is absent has made no mark since web was started. */
  const places = new Map<string, Running | null>();

  function keep(job: Promise<unknown>): void {
    job.catch((error) => options.fault(error, 'keeping history'));
  }

  async function begin(owned: Owned, terminal: string, text: string, at: number): Promise<number | undefined> {
    const node = owned.session.nodeOf(terminal);
    if (!node || !text) return undefined;
    const { person, lab, session } = owned;
    // The library rejects with its own result object when the budget is spent.
    const granted = await limiter.consume(session.id).then(
      () => true,
      () => false,
    );
    if (!granted) return undefined;
    return commands.begin({ person, lab, session: session.id, node, terminal, text, at });
  }

  async function end(terminal: string, running: Running | null | undefined, code: number | null): Promise<void> {
    const at = now();
    // It may have begun under a former web.
    const former = running === undefined ? await commands.running(terminal) : undefined;
    const id = former?.id ?? (await running?.id);
    if (id !== undefined) await commands.end(id, code, Math.max(0, at - (former?.at ?? running?.at ?? at)));
  }

  return {
    mark(owned, terminal, { kind, code, command }) {
      const running = places.get(terminal);
      if (kind === 'D') {
        places.set(terminal, null);
        keep(end(terminal, running, code));
      } else if (kind === 'C') {
        // The text of what has begun already; else the shell went on to another command, as it does in a pasted block.
        const same = command !== null && running && !running.id;
        const next: Running = same ? running : { at: now() };
        if (!same) keep(end(terminal, running, null));
        if (command !== null) {
          next.id = begin(owned, terminal, plain(command), next.at);
          keep(next.id);
        }
        places.set(terminal, next);
      }
    },
    ended(terminal, code) {
      keep(end(terminal, places.get(terminal), code));
      places.delete(terminal);
    },
    list: (person, lab) => commands.list(person, lab, LISTED_COMMANDS),
    clear: (person, lab) => commands.clear(person, lab),
  };
}
