import { Refusal } from './answer.ts';
import { newId } from './classroom.ts';
import type { LabSource } from './judge.ts';
import type { Labd } from './labd/contract.ts';
import type { LabState, Stage, TerminalInfo } from './protocol.ts';
import { createLabSession, type LabSession } from './session.ts';
import type { Store } from './store/store.ts';

/** Automatic judgements of one session keep this distance: marks come from the learner's own shell, who may flood. */
const HINT_GAP_MS = 300;

/** A session with the person it belongs to. */
export interface Owned {
  person: string;
  lab: string;
  session: LabSession;
}

/** All lab sessions of this web process, by person and lab. */
export interface Sessions {
  /** The person's session in a lab, made on first use; it has no nodes until it is started. */
  of(person: string, lab: string): Promise<Owned>;
  byTerminal(terminal: string): Owned | undefined;
  start(owned: Owned): Promise<void>;
  end(owned: Owned, reason: 'expired' | 'ended'): Promise<void>;
  /** A command ended in one of the session's terminals: judge soon. */
  hint(owned: Owned): void;
  progress(id: string, stage: Exclude<Stage, 'queued'>, node?: string): void;
  /** Takes over what a former web left: sessions whose nodes live go on, the others say that they died. */
  adopt(terminals: string[]): Promise<void>;
  /** Ends what nobody has looked at for too long. `watched` says whether someone looks at it now. */
  sweep(watched: (owned: Owned) => boolean): Promise<void>;
  close(): void;
}

/** Sessions over the store and labd. `changed` hears of every change of a session's state, often. */
export function createSessions(options: {
  store: Store;
  labd: Labd;
  source(lab: string): LabSource | undefined;
  sessionsMax: number;
  idleMs: number;
  now(): number;
  changed(owned: Owned, state: LabState): void;
  fault(error: unknown, what: string): void;
}): Sessions {
  const { store, labd, now } = options;
  const all = new Map<string, Owned>();
  const opening = new Map<string, Promise<Owned>>();
  const seen = new Map<string, number>();
  const hints = new Map<string, { last: number; timer?: NodeJS.Timeout }>();
  const telling = new Set<Owned>();

  function keyOf(person: string, lab: string): string {
    return `${person}/${lab}`;
  }

  /** Several changes in one turn of the loop are one piece of news. */
  function tell(owned: Owned): void {
    if (telling.has(owned)) return;
    telling.add(owned);
    setImmediate(() => {
      telling.delete(owned);
      options.changed(owned, owned.session.state());
    });
  }

  async function bring(
    person: string,
    lab: string,
    former?: { id: string; since: number; seenAt: number; terminals: TerminalInfo[] },
  ): Promise<Owned> {
    const source = options.source(lab);
    if (!source) throw new Refusal('not-found');
    const { startedAt, finishedAt, results } = await store.progress.read(person, lab);
    const id = former?.id ?? newId();
    const owned: Owned = {
      person,
      lab,
      session: createLabSession({
        id,
        source,
        labd,
        now,
        expiresAt: (former?.seenAt ?? now()) + options.idleMs,
        results,
        startedAt,
        finishedAt,
        adopted: former,
        newTerminalId: newId,
        record: {
          started: (at) => store.progress.start(person, lab, at),
          finished: (at) => store.progress.finish(person, lab, at),
          save: (checkpoint, result) => store.progress.save({ person, lab, session: id }, checkpoint, result),
          setTerminals: (terminals) => store.sessions.setTerminals(id, terminals),
        },
        changed: () => tell(owned),
        fault: (error, what) => options.fault(error, `${what} of ${id}`),
      }),
    };
    all.set(keyOf(person, lab), owned);
    seen.set(id, former?.seenAt ?? now());
    return owned;
  }

  function hasNodes(owned: Owned): boolean {
    return !['none', 'gone'].includes(owned.session.state().session.status);
  }

  async function end(owned: Owned, reason: 'expired' | 'ended'): Promise<void> {
    if (!hasNodes(owned)) return;
    await store.sessions.finish(owned.session.id, reason);
    await owned.session.end(reason);
  }

  function judge(owned: Owned): void {
    owned.session.judge(false).catch((error) => {
      // The nodes went away meanwhile: there is nothing to judge.
      if (!(error instanceof Refusal)) options.fault(error, `judging ${owned.session.id}`);
    });
  }

  return {
    async of(person, lab) {
      const key = keyOf(person, lab);
      const known = all.get(key);
      if (known) return known;
      const begun = opening.get(key) ?? bring(person, lab);
      opening.set(key, begun);
      try {
        return await begun;
      } finally {
        opening.delete(key);
      }
    },
    byTerminal: (terminal) => [...all.values()].find((owned) => owned.session.hasTerminal(terminal)),
    async start(owned) {
      const { status } = owned.session.state().session;
      if (status === 'broken') return owned.session.reset();
      if (status !== 'none' && status !== 'gone') return;
      if ([...all.values()].filter(hasNodes).length >= options.sessionsMax) throw new Refusal('too-many');
      const at = now();
      const row = { id: owned.session.id, person: owned.person, lab: owned.lab, createdAt: at, seenAt: at };
      await store.sessions.begin(row);
      seen.set(owned.session.id, at);
      owned.session.setExpiry(at + options.idleMs);
      await owned.session.start();
    },
    end,
    hint(owned) {
      const hint = hints.get(owned.session.id) ?? { last: Number.NEGATIVE_INFINITY };
      hints.set(owned.session.id, hint);
      if (hint.timer) return;
      const wait = Math.max(0, hint.last + HINT_GAP_MS - performance.now());
      hint.timer = setTimeout(() => {
        hint.timer = undefined;
        hint.last = performance.now();
        judge(owned);
      }, wait);
    },
    progress(id, stage, node) {
      [...all.values()].find((owned) => owned.session.id === id)?.session.progress(stage, node);
    },
    async adopt(aliveTerminals) {
      const exist = new Map((await labd.list()).map(({ session, alive }) => [session, alive]));
      for (const former of await store.sessions.active()) {
        if (!options.source(former.lab)) {
          await store.sessions.finish(former.id, 'ended');
          continue;
        }
        const terminals = await store.sessions.terminals(former.id);
        const left = terminals.filter((each) => aliveTerminals.includes(each.terminal));
        const owned = await bring(former.person, former.lab, {
          id: former.id,
          since: former.createdAt,
          seenAt: former.seenAt,
          terminals: left,
        });
        if (!exist.get(former.id)) owned.session.died();
        exist.delete(former.id);
      }
      for (const orphan of exist.keys()) await labd.destroy(orphan);
    },
    async sweep(watched) {
      for (const owned of all.values()) {
        if (!hasNodes(owned)) continue;
        const { id } = owned.session;
        if (watched(owned)) {
          seen.set(id, now());
          owned.session.setExpiry(now() + options.idleMs);
          await store.sessions.seen(id, now());
        } else if (now() - (seen.get(id) ?? 0) > options.idleMs) {
          await end(owned, 'expired');
        }
      }
    },
    close() {
      for (const hint of hints.values()) clearTimeout(hint.timer);
      for (const owned of all.values()) owned.session.close();
    },
  };
}
