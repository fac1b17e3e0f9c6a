import type { DefaultEventsMap, Server } from 'socket.io';
import { Refusal } from './answer.ts';
import { createAudience } from './audience.ts';
import type { Authority } from './authority.ts';
import type { Classroom } from './classroom.ts';
import type { Guides } from './guides.ts';
import type { Handlers } from './handlers.ts';
import { createHelping, type Helper, type Whose } from './helping.ts';
import type { LabSource } from './judge.ts';
import { createLesson } from './lesson.ts';
import { createLessonDesk, createNote } from './lesson-desk.ts';
import type { Guide, lessonRequests } from './lesson-protocol.ts';
import type { Limits } from './limits.ts';
import type { Command } from './protocol.ts';
import { createResets } from './resets.ts';
import type { Client, Seat } from './seat.ts';
import type { Owned, Sessions } from './sessions.ts';
import type { AuditAction } from './store/audit.ts';
import type { Store } from './store/store.ts';
import { createTimeDesk } from './time-desk.ts';
import { createTyped, type Typed } from './typed.ts';

/** How often roles and members are looked at, ms, while somebody looks at a class: the command line changes them, too. */
const RECHECK_MS = 2_000;
/** How often what classes say is read anew for those who are there, ms. */
const REREAD_MS = 30_000;

/** Everything about classes at work that happens at the door. */
export function createClasswork(options: {
  io: Server<DefaultEventsMap, DefaultEventsMap, DefaultEventsMap, Seat>;
  store: Store;
  classroom: Classroom;
  authority: Authority;
  sessions: Sessions;
  guides: Guides;
  limits: Limits;
  history: { list(person: string, lab: string): Promise<Command[]> };
  source(lab: string): LabSource | undefined;
  /** Whether a page of the owner's is open at it. */
  isOnline(whose: Whose): boolean;
  /** Tells the owner's pages, and those who watch, how it stands. */
  tellLab(owned: Owned): void;
  fault(error: unknown, what: string): void;
}) {
  const { io, store, authority, sessions, guides, source, fault } = options;
  const now = Date.now;
  const typed = new Map<string, Typed>();

  function attempt(job: Promise<unknown>, what: string): void {
    job.catch((error) => fault(error, what));
  }

  /** Who is beside a learner has changed. */
  function changed(whose: Whose): void {
    const owned = sessions.peek(whose.person, whose.lab);
    if (owned) options.tellLab(owned);
    lesson.changed(whose.person, whose.lab);
  }

  function told(whose: Whose, helper: Helper, action: AuditAction, detail: Record<string, unknown>): void {
    const entry = { class: helper.class, actor: helper.person, action, subject: whose.person, at: now() };
    attempt(store.audit.note({ ...entry, detail: { lab: whose.lab, ...detail } }), 'an audit');
  }

  const helping = createHelping({
    changed,
    began: (whose, helper) => told(whose, helper, 'help:begin', {}),
    ended(whose, helper, why) {
      const key = `${helper.person}/${whose.person}/${whose.lab}`;
      typed.get(key)?.flush();
      typed.delete(key);
      told(whose, helper, 'help:end', { why });
    },
  });

  const audience = createAudience({
    ...options,
    changed,
    left: (whose, helper) => helping.stop(whose, helper.person, 'left'),
  });

  const resets = createResets({ sessions, now, changed: (person, lab) => lesson.changed(person, lab), fault });
  const lesson = createLesson({
    ...{ io, store, sessions, source, now, fault },
    isOnline: (person, lab) => options.isOnline({ person, lab }),
    watching: (person, lab) => audience.teachers({ person, lab }),
    typing: (person, lab) => helping.typing({ person, lab }),
    reset: resets.stateOf,
  });

  /** What classes say to these learners has changed: those who are here hear of it. */
  async function renew(learners: readonly string[], lab: string): Promise<void> {
    for (const person of learners) {
      const owned = sessions.peek(person, lab);
      if (owned) {
        await guides.read(owned);
        options.tellLab(owned);
      }
      lesson.changed(person, lab);
    }
  }

  const note = createNote(store.audit, now);
  const hasStep = (lab: string, step: string) =>
    source(lab)
      ?.lab()
      .steps.some(({ id }) => id === step) ?? false;
  const { history } = options;

  const handlers: Pick<Handlers, keyof typeof lessonRequests> = {
    ...createLessonDesk({ store, authority, lesson, audience, helping, history, note, renew, hasStep, now }),
    ...createTimeDesk({ store, sessions, resets, lesson, source, note, renew, now }),
    'help:answer'({ lab, helper, allow }, client) {
      helping.answer({ person: client.data.person, lab }, helper, allow);
      return null;
    },
    async 'hand:raise'({ lab, up }, client) {
      const { person } = client.data;
      const owned = await sessions.of(person, lab);
      if (!(await guides.read(owned))) throw new Refusal('not-found');
      await (up ? store.lessons.raise(person, lab, now()) : store.lessons.lower(person, lab));
      lesson.hand(person, lab, await store.lessons.hand(person, lab));
      sessions.touch(owned);
      await renew([person], lab);
      return null;
    },
    async 'lab:keep'({ lab }, client) {
      const owned = await sessions.of(client.data.person, lab);
      sessions.touch(owned);
      await sessions.keep(owned, 0);
      return null;
    },
  };

  /** Rights that went while somebody looked; members who came or went. */
  async function recheck(): Promise<void> {
    await audience.recheck(async (helper) => {
      const role = await authority.role(helper.person, helper.class);
      return role !== undefined && role !== 'learner';
    });
    for (const each of lesson.open()) {
      for (const id of [...(io.sockets.adapter.rooms.get(`class/${each.class}/${each.lab}`) ?? [])]) {
        const client = io.sockets.sockets.get(id);
        const role = client && (await authority.role(client.data.person, each.class));
        if (!client || (role !== undefined && role !== 'learner')) continue;
        lesson.leave(client);
        client.emit('class:over');
      }
      await lesson.reframe(each.class, each.lab);
    }
  }

  async function reread(): Promise<void> {
    for (const whose of guides.known()) {
      const owned = sessions.peek(whose.person, whose.lab);
      if (!owned) guides.forget(whose);
      else if (options.isOnline(whose)) {
        const before = JSON.stringify(guides.said(whose));
        if (JSON.stringify(await guides.read(whose)) !== before) options.tellLab(owned);
      }
    }
  }

  const timers = [
    setInterval(() => attempt(recheck(), 'looking at roles'), RECHECK_MS).unref(),
    setInterval(() => attempt(reread(), 'reading what classes say'), REREAD_MS).unref(),
  ];

  return {
    handlers,
    audience,
    helping,
    /** A learner's session has changed, or their page came or went. */
    changed: (whose: Whose) => lesson.changed(whose.person, whose.lab),
    /** Who is in a class, or what they are in it, has changed: those whose right went leave at once. */
    membersChanged: () => attempt(recheck(), 'looking at roles'),
    helped(owned: Owned, terminal: string, helper: Helper, data: string): void {
      const key = `${helper.person}/${owned.person}/${owned.lab}`;
      const lines =
        typed.get(key) ??
        createTyped((where, text) => told(owned, helper, 'help:type', { node: owned.session.nodeOf(where), text }));
      typed.set(key, lines);
      lines.hear(terminal, data);
    },
    guideOf(owned: Owned): Guide | null {
      const said = guides.said(owned);
      if (!said) return null;
      return {
        ...said,
        watching: audience.teachers(owned),
        asking: helping.asking(owned),
        typing: helping.typing(owned),
      };
    },
    leave(client: Client): void {
      audience.leave(client);
      lesson.leave(client);
    },
    close(): void {
      for (const timer of timers) clearInterval(timer);
      helping.close();
      lesson.close();
    },
  };
}
