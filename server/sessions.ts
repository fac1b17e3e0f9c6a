import { Refusal } from './answer.ts';
import { createIdle } from './idle.ts';
import type { LabSource } from './judge.ts';
import type { Standing } from './jumps.ts';
import type { LabSession, SessionPart } from './lab-session.ts';
import type { Labd } from './labd/contract.ts';
import type { Alarm } from './network/alarm.ts';
import { createPace, type Pace } from './pace.ts';
import type { CheckpointResult, SessionState, Stage, TerminalInfo } from './protocol.ts';
import type { QueuePlace } from './queue.ts';
import { newId } from './secrets.ts';
import { createLabSession } from './session.ts';
import type { ActiveSession } from './store/sessions.ts';
import type { Store } from './store/store.ts';
import { createWaiting } from './waiting.ts';

/** Nodes are being made, or made anew. */
const UNSETTLED: ReadonlySet<string> = new Set(['creating', 'resetting']);

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
  /** The same if there is one, making none. */
  peek(person: string, lab: string): Owned | undefined;
  /** Somebody does something with it: its nodes are kept from now on as long as idle ones are. */
  touch(owned: Owned): void;
  /** Keeps its nodes until then at least, whoever comes. */
  keep(owned: Owned, until: number): Promise<void>;
  /** When somebody last did something with it. */
  activeAt(owned: Owned): number;
  byTerminal(terminal: string): Owned | undefined;
  /** Every open terminal, by name. */
  terminals(): string[];
  /**
   * Makes the nodes and brings them to the start of a step, by default the first; where there are as many as there may be,
   * as soon as it is this one's turn.
   */
  start(owned: Owned, step?: string): Promise<void>;
  /** Somebody came to look at a session: it may be their turn to have nodes. */
  admit(): void;
  /** Gives the nodes back, or the place in the queue for them. */
  end(owned: Owned, reason: 'expired' | 'ended'): Promise<void>;
  /**
   * One person becomes another by `merge`, which does it in the store: nodes and terminals of `from` go on as `into`'s,
   * but in labs where `into` has nodes too, where they are ended. Refused `busy` while nodes of either are being made.
   */
  move<T>(from: string, into: string, merge: () => Promise<T>): Promise<T>;
  /** Ends all of a person's nodes and forgets their sessions. */
  drop(person: string): Promise<void>;
  /** A command ended in one of the session's terminals, or somebody came to look: judge at once, or soon. */
  hint(owned: Owned): void;
  /** The network of a session's nodes has changed: judge likewise. */
  networkChanged(id: string): void;
  /** The sessions whose nodes run. */
  running(): Owned[];
  /** How many sessions are in which state; those that have no nodes and nobody looks at are forgotten after a while. */
  count(): Partial<Record<SessionState['status'], number>>;
  progress(id: string, stage: Exclude<Stage, 'queued'>, node?: string): void;
  /** labd had to stop something in a session's nodes, or that is over. */
  alarmed(id: string, alarms: Alarm[]): void;
  /** labd found these nodes of a session dead. */
  died(id: string, nodes: string[]): void;
  /** Asks labd which nodes are dead, and which are nobody's: it may have been away, and could not hear or say so. */
  lookAfter(): Promise<void>;
  /** Takes over what a former web left: sessions whose nodes live go on, the others say that they died. */
  adopt(terminals: string[]): Promise<void>;
  /** A lab's files were edited: its learners hear of the new state. */
  contentChanged(lab: string): void;
  /**
   * Ends what nobody has used for too long, and later forgets it, if no page of it is open. `used` says whether somebody
   * uses it in a way that is not told.
   */
  sweep(is: { watched(owned: Owned): boolean; used(owned: Owned): boolean }): Promise<void>;
  close(): void;
}

/**
 * Sessions over the store and labd. `changed` hears of every change of a session's state, often; `passed` of a
 * checkpoint that was passed for the first time.
 */
export function createSessions(options: {
  store: Store;
  labd: Labd;
  source(lab: string): LabSource | undefined;
  sessionsMax: number;
  idleMs: number;
  now(): number;
  /** A clock that nobody sets, for durations, ms; the process's own without it. */
  steady?: () => number;
  changed(owned: Owned, part: SessionPart): void;
  passed(owned: Owned, title: string): void;
  /** Whether somebody looks at it now: whose turn it is to have nodes, and is away, is passed over. By default all are here. */
  isHere?: (owned: Owned) => boolean;
  /** A verdict was kept. */
  judged?: (status: CheckpointResult['status']) => void;
  /** Whether what a person's next terminal shows may be recorded; without it nothing is. */
  records?: (person: string) => Promise<boolean>;
  fault(error: unknown, what: string): void;
}): Sessions {
  const { store, labd, now } = options;
  const all = new Map<string, Owned>();
  const opening = new Map<string, Promise<Owned>>();
  const idle = createIdle(options);
  const hints = new Map<string, Pace>();
  let adopted = false;
  const telling = new Set<Owned>();
  const forgotten = new WeakSet<Owned>();
  /** Counted as having nodes before they have: several may ask for the last place at once. */
  const starting = new Set<Owned>();
  const waiting = createWaiting({
    store,
    now,
    isFull: () => [...all.values()].filter(hasNodes).length >= options.sessionsMax,
    isHere: options.isHere ?? (() => true),
    begin,
    fault: options.fault,
  });

  function keyOf(person: string, lab: string): string {
    return `${person}/${lab}`;
  }

  async function begin(owned: Owned, step: string | undefined): Promise<void> {
    const { session, person, lab } = owned;
    starting.add(owned);
    try {
      const at = now();
      await store.sessions.begin({ id: session.id, person, lab, createdAt: at, seenAt: at });
      idle.touch(session.id);
      tellExpiry(owned);
      await session.start(step);
    } finally {
      starting.delete(owned);
    }
  }

  async function of(person: string, lab: string): Promise<Owned> {
    const key = keyOf(person, lab);
    const begun = opening.get(key) ?? all.get(key) ?? bring(person, lab);
    if (begun instanceof Promise) opening.set(key, begun);
    try {
      return await begun;
    } finally {
      opening.delete(key);
    }
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
    former?: { id: string; since: number; seenAt: number; terminals: TerminalInfo[]; standing: Standing },
  ): Promise<Owned> {
    const source = options.source(lab);
    if (!source) throw new Refusal('not-found');
    const { results, ...times } = await store.progress.read(person, lab);
    const passed = new Set(Object.keys(results).filter((each) => results[each]?.passedAt !== undefined));
    const id = former?.id ?? newId();
    const seenAt = former?.seenAt ?? now();
    idle.begin(id, seenAt);
    const owned: Owned = {
      person,
      lab,
      session: createLabSession({
        id,
        source,
        labd,
        now,
        expiresAt: idle.tell(id),
        results,
        opened: await store.hints.list(person, lab),
        times,
        adopted: former,
        newTerminalId: newId,
        records: options.records && (() => options.records?.(person) ?? Promise.resolve(false)),
        record: {
          started: (at) => store.progress.start(person, lab, at),
          finished: (at) => store.progress.finish(person, lab, at),
          async save(checkpoint, result, circumstances) {
            if (forgotten.has(owned)) return;
            await store.progress.save({ person, lab, session: id }, checkpoint, result, circumstances);
            if (circumstances) options.judged?.(result.status);
            if (result.passedAt === undefined || passed.has(checkpoint)) return;
            passed.add(checkpoint);
            options.passed(owned, source.lab().checkpoints.find((each) => each.id === checkpoint)?.title ?? checkpoint);
          },
          openHint: (hint) => store.hints.open({ person, lab }, hint, now()),
          setTerminals: (terminals) => store.sessions.setTerminals(id, terminals),
          setStanding: (standing) => store.sessions.setStanding(id, standing),
        },
        tryWriting: store.tryWriting,
        changed: () => tell(owned),
        fault: (error, what) => options.fault(error, `${what} of ${id}`),
      }),
    };
    all.set(keyOf(person, lab), owned);
    return owned;
  }

  /** Lets the session, and with it the page, know when its nodes go. */
  function tellExpiry(owned: Owned): void {
    owned.session.setExpiry(idle.tell(owned.session.id));
    tell(owned);
  }

  function touch(owned: Owned): void {
    if (idle.touch(owned.session.id)) tellExpiry(owned);
  }

  /** Writes down when it was last used. */
  async function keepUse(owned: Owned): Promise<void> {
    const seenAt = idle.changed(owned.session.id);
    if (seenAt !== undefined && hasNodes(owned)) await store.sessions.seen(owned.session.id, seenAt);
  }

  /** The session of what the store has as active, with those of its terminals that live. */
  async function takeOver(former: ActiveSession & { standing: Standing }, lives: (terminal: string) => boolean) {
    const terminals = (await store.sessions.terminals(former.id)).filter((each) => lives(each.terminal));
    const { id, createdAt: since, seenAt, standing } = former;
    return bring(former.person, former.lab, { id, since, seenAt, terminals, standing });
  }

  function ofPerson(person: string): Owned[] {
    return [...all.values()].filter((owned) => owned.person === person);
  }

  /** Forgets a session without touching its nodes; what is still under way in it keeps nothing any more. */
  function forget(owned: Owned): void {
    const { id } = owned.session;
    forgotten.add(owned);
    owned.session.close();
    hints.get(id)?.close();
    hints.delete(id);
    idle.forget(id);
    all.delete(keyOf(owned.person, owned.lab));
  }

  function byId(id: string): Owned | undefined {
    return [...all.values()].find((owned) => owned.session.id === id);
  }

  function hasNodes(owned: Owned): boolean {
    return starting.has(owned) || !['none', 'queued', 'gone'].includes(owned.session.status());
  }

  async function end(owned: Owned, reason: 'expired' | 'ended'): Promise<void> {
    if (await waiting.leave(owned, 'left')) return;
    if (!hasNodes(owned)) return;
    await store.sessions.finish(owned.session.id, reason);
    await owned.session.end(reason);
    waiting.admit();
  }

  /** While others wait, nodes that nobody has used for long go sooner, after the usual warning. */
  function hasten(): void {
    const idling = [...all.values()].filter((owned) => owned.session.status() === 'ready');
    const changed = idle.hasten(
      idling.map(({ session }) => session.id),
      waiting.count(),
    );
    for (const owned of idling) if (changed.includes(owned.session.id)) tellExpiry(owned);
  }

  /** Removes nodes that no session wants: left by one that could not be ended, or by a former web. */
  async function removeOrphans(): Promise<void> {
    const found = await labd.list();
    // One that just changes hands is only in the store.
    const active = (await store.sessions.active()).map(({ id }) => id);
    const wanted = new Set([...active, ...[...all.values()].filter(hasNodes).map((owned) => owned.session.id)]);
    for (const { session } of found) {
      if (wanted.has(session)) continue;
      // It is tried again at the next sweep; the others are not to wait for that.
      await labd.destroy(session).catch((error) => options.fault(error, `removing ${session}, which is nobody's`));
    }
  }

  async function existing() {
    return new Map((await labd.list()).map((each) => [each.session, each]));
  }

  async function sweepOne(owned: Owned, isWatched: boolean): Promise<void> {
    const { id } = owned.session;
    await keepUse(owned);
    if (!idle.isOver(id)) return;
    if (hasNodes(owned)) {
      // For as long again it can be told why the nodes are gone.
      idle.begin(id, now());
      return end(owned, 'expired');
    }
    // What could not be stored is nowhere else.
    if (isWatched || waiting.has(owned) || owned.session.state().trouble) return;
    // Made again from the store when the person comes back.
    forget(owned);
  }

  /** Answers whether the nodes could be read. */
  async function judge(owned: Owned): Promise<boolean> {
    try {
      await owned.session.judge(false);
      return !owned.session.isUnread();
    } catch (error) {
      // The nodes went away meanwhile: there is nothing to judge.
      if (!(error instanceof Refusal)) options.fault(error, `judging ${owned.session.id}`);
      return true;
    }
  }

  function hint(owned: Owned): void {
    const pace = hints.get(owned.session.id) ?? createPace(() => judge(owned));
    hints.set(owned.session.id, pace);
    pace.hurry();
  }

  return {
    of,
    peek: (person, lab) => all.get(keyOf(person, lab)),
    touch,
    async keep(owned, until) {
      idle.keep(owned.session.id, until);
      tellExpiry(owned);
      await keepUse(owned);
    },
    activeAt: (owned) => idle.activeAt(owned.session.id),
    byTerminal: (terminal) => [...all.values()].find((owned) => owned.session.terminals().includes(terminal)),
    terminals: () => [...all.values()].flatMap((owned) => owned.session.terminals()),
    async start(owned, step) {
      const { session, lab } = owned;
      if (session.status() === 'broken') return session.reset({ step });
      if (hasNodes(owned)) return;
      const steps = options.source(lab)?.lab().steps ?? [];
      if (step !== undefined && !steps.some(({ id }) => id === step)) throw new Refusal('not-found');
      if (waiting.isNeeded()) return waiting.join(owned, { since: now(), step });
      await begin(owned, step);
    },
    admit: waiting.admit,
    end,
    async move(from, into, merge) {
      const theirs = [...ofPerson(from), ...ofPerson(into)];
      const unsettled = theirs.some((owned) => starting.has(owned) || UNSETTLED.has(owned.session.status()));
      if (unsettled) throw new Refusal('busy');
      for (const owned of ofPerson(from)) {
        const other = all.get(keyOf(into, owned.lab));
        if (other && hasNodes(other)) await end(owned, 'ended');
      }
      const places: (QueuePlace & { lab: string })[] = [];
      for (const owned of theirs) {
        const place = await waiting.leave(owned, 'left');
        if (place) places.push({ ...place, lab: owned.lab });
      }
      for (const owned of theirs) forget(owned);
      try {
        return await merge();
      } finally {
        // Whatever became of it: the nodes are somebody's.
        for (const former of await store.sessions.active()) {
          if (former.person === from || former.person === into) await takeOver(former, () => true);
        }
        for (const { lab, ...place } of places) {
          const owned = await of(into, lab);
          if (!hasNodes(owned)) await waiting.join(owned, place);
        }
      }
    },
    async drop(person) {
      for (const owned of ofPerson(person)) {
        await end(owned, 'ended');
        forget(owned);
      }
    },
    hint,
    networkChanged(id) {
      const owned = byId(id);
      if (owned?.session.status() === 'ready') hint(owned);
    },
    count() {
      const by = Object.groupBy(all.values(), ({ session }) => session.status());
      return Object.fromEntries(Object.entries(by).map(([status, those]) => [status, those.length]));
    },
    running: () => [...all.values()].filter(({ session }) => session.status() === 'ready'),
    progress(id, stage, node) {
      byId(id)?.session.progress(stage, node);
    },
    alarmed(id, alarms) {
      byId(id)?.session.alarmed(alarms);
    },
    died(id, nodes) {
      byId(id)?.session.died(nodes);
    },
    async lookAfter() {
      // Who has nothing yet must not take what others left for nobody's.
      if (!adopted) return;
      const ready = () => [...all.values()].filter(({ session }) => session.status() === 'ready');
      // Before the question: one that is made meanwhile may not be in the answer.
      const asked = ready();
      const exist = asked.length > 0 ? await existing() : new Map();
      for (const owned of asked) if (ready().includes(owned)) owned.session.compare(exist.get(owned.session.id));
      await removeOrphans();
    },
    async adopt(aliveTerminals) {
      const exist = await existing();
      for (const former of await store.sessions.active()) {
        if (!options.source(former.lab)) {
          await store.sessions.finish(former.id, 'ended');
          continue;
        }
        const owned = await takeOver(former, (terminal) => aliveTerminals.includes(terminal));
        owned.session.resume().catch((error) => options.fault(error, `going on with ${former.id}`));
        owned.session.alarmed(exist.get(former.id)?.alarms ?? []);
        // One that goes on makes its nodes anew.
        owned.session.compare(exist.get(owned.session.id));
      }
      await removeOrphans();
      adopted = true;
      for (const { id, person, lab, ...place } of await store.sessions.queued()) {
        await store.sessions.unqueue(id);
        if (options.source(lab)) await waiting.join(await of(person, lab), place);
      }
    },
    contentChanged(lab) {
      for (const owned of all.values()) if (owned.lab === lab) tell(owned);
    },
    async sweep(is) {
      await waiting.sweep();
      hasten();
      for (const owned of all.values()) {
        if (is.used(owned)) touch(owned);
        // One that cannot be ended must not keep the others.
        await sweepOne(owned, is.watched(owned)).catch((error) => options.fault(error, `sweeping ${owned.session.id}`));
      }
      await removeOrphans();
    },
    close() {
      for (const hint of hints.values()) hint.close();
      for (const owned of all.values()) owned.session.close();
    },
  };
}
