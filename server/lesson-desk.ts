import { Refusal } from './answer.ts';
import type { Audience } from './audience.ts';
import type { Authority } from './authority.ts';
import type { Handlers } from './handlers.ts';
import type { Helper } from './helping.ts';
import type { Lesson } from './lesson.ts';
import type { lessonRequests } from './lesson-protocol.ts';
import type { Command } from './protocol.ts';
import type { Client } from './seat.ts';
import type { AuditAction } from './store/audit.ts';
import type { Store } from './store/store.ts';
import { teacherOf } from './teachers.ts';

type Name = keyof typeof lessonRequests;
/** What those who teach ask; the rest is asked by learners (learner-desk.ts). */
type Asked = Exclude<Name, 'help:answer' | 'hand:raise' | 'lab:keep' | 'class:reset' | 'class:extend' | 'class:assign'>;

interface About {
  class: string;
  lab: string;
}

/** Writes down what somebody did by a right: to one learner, or in `detail` to several. */
export type Note = (
  client: Client,
  about: About,
  action: AuditAction,
  learners?: readonly string[],
  detail?: Record<string, unknown>,
) => Promise<void>;

/** The audit's pen. */
export function createNote(audit: Store['audit'], now: () => number): Note {
  return async (client, { class: id, lab }, action, learners = [], detail = {}) => {
    const [only] = learners;
    const several = learners.length > 1 ? { learners: [...learners] } : {};
    await audit.note({
      ...{ class: id, actor: client.data.person, action, at: now() },
      ...(learners.length === 1 && only !== undefined && { subject: only }),
      detail: { lab, ...detail, ...several },
    });
  };
}

/** Seeing a class at work, and helping in it. Authority has let it through. */
export function createLessonDesk(options: {
  store: Pick<Store, 'lessons' | 'messages' | 'classes' | 'accounts'>;
  authority: Authority;
  lesson: Lesson;
  audience: Audience;
  helping: { ask(whose: { person: string; lab: string }, helper: Helper): void; stop: Stop };
  history: { list(person: string, lab: string): Promise<Command[]> };
  note: Note;
  /** What classes say to these learners has changed. */
  renew(learners: readonly string[], lab: string): Promise<void>;
  hasStep(lab: string, step: string): boolean;
  now(): number;
}): Pick<Handlers, Asked> {
  const { store, authority, lesson, audience, helping, note } = options;

  async function roleIn(client: Client, classId: string) {
    const role = await authority.role(client.data.person, classId);
    if (!role) throw new Refusal('not-yours');
    return role;
  }

  async function everybody(classId: string): Promise<string[]> {
    return (await store.classes.members(classId)).map(({ person }) => person);
  }

  return {
    'class:enter': async ({ class: id, lab }, client) => lesson.enter(client, id, lab, await roleIn(client, id)),
    'class:leave'(_request, client) {
      lesson.leave(client);
      return null;
    },
    async 'class:watch'({ class: id, lab, learner }, client) {
      const teacher = await teacherOf(store, id, client.data.person, await roleIn(client, id));
      const watched = await audience.seat(client, { person: learner, lab }, { ...teacher, class: id });
      await note(client, { class: id, lab }, 'lesson:watch', [learner]);
      return watched;
    },
    'class:unwatch'(_request, client) {
      audience.leave(client);
      return null;
    },
    'class:commands': async ({ lab, learner }) => ({ commands: await options.history.list(learner, lab) }),
    async 'class:message'({ class: id, lab, learners, text }, client) {
      const said = { class: id, lab, sender: client.data.person, text, at: options.now() };
      await store.messages.send(said, learners ?? null);
      await note(client, { class: id, lab }, 'lesson:message', learners, { text, ...(!learners && { all: true }) });
      const told = learners ?? (await everybody(id));
      await options.renew(told, lab);
      return { learners: told.length };
    },
    async 'class:lower'({ class: id, lab, learner }, client) {
      await store.lessons.lower(learner, lab);
      lesson.hand(learner, lab, undefined);
      await note(client, { class: id, lab }, 'lesson:lower-hand', [learner]);
      await options.renew([learner], lab);
      return null;
    },
    async 'class:highlight'({ class: id, lab, step }, client) {
      if (step !== null && !options.hasStep(lab, step)) throw new Refusal('not-found');
      await store.lessons.assign(id, lab, { highlight: step });
      await note(client, { class: id, lab }, 'lesson:highlight', [], { step });
      await lesson.reframe(id, lab);
      await options.renew(await everybody(id), lab);
      return null;
    },
    async 'help:ask'({ class: id, lab, learner }, client) {
      // Who does not look cannot help.
      const helper = audience.helper(client, { person: learner, lab });
      if (!helper) throw new Refusal('not-found');
      helping.ask({ person: learner, lab }, helper);
      await note(client, { class: id, lab }, 'help:ask', [learner]);
      return null;
    },
    'help:stop'({ lab, learner }, client) {
      helping.stop({ person: learner, lab }, client.data.person, 'helper');
      return null;
    },
  };
}

type Stop = (whose: { person: string; lab: string }, helper: string, why: 'helper' | 'left') => void;
