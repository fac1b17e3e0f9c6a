import { Refusal } from './answer.ts';
import { deadlineOf } from './deadline.ts';
import type { Handlers } from './handlers.ts';
import type { LabSource } from './judge.ts';
import type { Lesson } from './lesson.ts';
import type { Note } from './lesson-desk.ts';
import type { Resets } from './resets.ts';
import type { Sessions } from './sessions.ts';
import type { Store } from './store/store.ts';

/** Reset and time: what is done to learners' nodes, and what a class may do until when. Authority has let it through. */
export function createTimeDesk(options: {
  store: Pick<Store, 'lessons' | 'classes'>;
  sessions: Pick<Sessions, 'peek' | 'keep'>;
  resets: Resets;
  lesson: Lesson;
  source(lab: string): LabSource | undefined;
  note: Note;
  /** What classes say to these learners has changed. */
  renew(learners: readonly string[], lab: string): Promise<void>;
  now(): number;
}): Pick<Handlers, 'class:reset' | 'class:extend' | 'class:assign'> {
  const { store, sessions, resets, lesson, note, now } = options;

  return {
    async 'class:reset'({ class: id, lab, learners, node, step }, client) {
      const taught = options.source(lab)?.lab();
      const hasNode = node === undefined || taught?.file.nodes.some(({ name }) => name === node);
      const hasStep = step === undefined || taught?.steps.some((each) => each.id === step);
      if (!taught || !hasNode || !hasStep) throw new Refusal('not-found');
      const { queued, already, without } = resets.order({ lab, learners, node, step });
      if (queued.length > 0) await note(client, { class: id, lab }, 'lesson:reset', queued, { node, step });
      return { queued: queued.length, already, without };
    },
    async 'class:extend'({ class: id, lab, learners, minutes }, client) {
      const more = minutes * 60_000;
      const assignment = await store.lessons.assignment(id, lab);
      const own = await store.lessons.extensions(id, lab);
      for (const person of learners) {
        const before = deadlineOf(assignment?.deadline ?? null, own.get(person));
        // What is over already gets its minutes from now on.
        const deadline = before === undefined ? undefined : Math.max(before, now()) + more;
        if (deadline !== undefined) await store.lessons.extend(id, lab, person, deadline);
        const owned = sessions.peek(person, lab);
        if (owned) await sessions.keep(owned, Math.max(now() + more, deadline ?? 0));
      }
      await note(client, { class: id, lab }, 'lesson:extend', learners, { minutes });
      await lesson.reframe(id, lab);
      await options.renew(learners, lab);
      return null;
    },
    async 'class:assign'({ class: id, lab, gate, deadline }, client) {
      if (!options.source(lab)) throw new Refusal('not-found');
      await store.lessons.assign(id, lab, { gate, deadline });
      await note(client, { class: id, lab }, 'lesson:assign', [], { gate, deadline });
      await lesson.reframe(id, lab);
      const learners = await store.classes.members(id);
      await options.renew(
        learners.map(({ person }) => person),
        lab,
      );
      return null;
    },
  };
}
