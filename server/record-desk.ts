import type { Lab } from '../content/lab.ts';
import { Refusal } from './answer.ts';
import type { Learner } from './grades/grade.ts';
import { readGradebook, readGrades } from './grades/gradebook.ts';
import { reportOf, verdictOf } from './grades/report.ts';
import type { Handlers } from './handlers.ts';
import type { Graded, PastVerdict, Recording, RecordRequestName, Report } from './record-protocol.ts';
import type { Recordings } from './recordings.ts';
import { byNumber } from './roster.ts';
import type { Store } from './store/store.ts';

/** Commands a report sums up: all that are kept of one lab. */
const COMMANDS_MAX = 1_000;
/** Verdicts beside a recording: an afternoon has some dozens. */
const VERDICTS_MAX = 500;
/** A recording's head tells whole seconds: what was judged in its first one is not before it. */
const HEAD_PRECISION_MS = 1_000;

/** What answers about what was: grades, how they came about, recordings. */
export type RecordDesk = Pick<Handlers, RecordRequestName>;

/** A desk over the store and what ptyd recorded. Who may ask is decided before (authority.ts). */
export function createRecordDesk(options: {
  store: Store;
  labs(): Lab[];
  recordings: Pick<Recordings, 'list'>;
  now(): number;
}): RecordDesk {
  const { store, recordings, now } = options;

  function labOf(id: string): Lab {
    const lab = options.labs().find((each) => each.id === id);
    if (!lab) throw new Refusal('not-found');
    return lab;
  }

  async function classOf(id: string) {
    const found = await store.classes.find(id);
    if (!found) throw new Refusal('not-found');
    return found;
  }

  async function learnerOf(classId: string, person: string): Promise<Learner> {
    const member = await store.classes.member(classId, person);
    if (!member) throw new Refusal('not-found');
    return gradedOf(member);
  }

  async function report(lab: Lab, learner: Learner, group: Report['class']): Promise<Report> {
    const { person } = learner;
    const [grade] = await readGrades(store, [lab], [learner], group?.id);
    if (!grade) throw new Refusal('not-found');
    return reportOf({
      ...{ lab, grade, group },
      log: await store.verdicts.ofLab(person, lab.id),
      commands: await store.commands.list(person, lab.id, COMMANDS_MAX),
      recordings: await recordings.list(person, lab.id),
      now: now(),
    });
  }

  /** The class for which somebody does a lab: one that was given it, or the first they came into. */
  async function classFor(person: string, lab: string) {
    const mine = (await store.classes.of(person)).filter(({ role }) => role === 'learner');
    for (const each of mine) {
      if ((await store.lessons.labs(each.class)).includes(lab)) return each;
    }
    return mine[0];
  }

  return {
    async 'grades:read'({ class: id, lab }) {
      const labs = lab === undefined ? options.labs() : [labOf(lab)];
      const group = await classOf(id);
      const learners = (await store.classes.members(id)).sort(byNumber);
      return readGradebook(store, labs, { ...group, learners }, now());
    },
    async 'report:read'({ class: id, lab, learner }) {
      return report(labOf(lab), await learnerOf(id, learner), await classOf(id));
    },
    async 'report:mine'({ lab }, { data: { person } }) {
      const mine = await classFor(person, lab);
      if (!mine) return report(labOf(lab), { person }, undefined);
      return report(labOf(lab), gradedOf(mine), { id: mine.class, name: mine.className });
    },
    'recording:list': async ({ lab, learner }) => ({ recordings: await recordings.list(learner, labOf(lab).id) }),
    async 'recording:open'({ class: id, lab: labId, learner, recording: wanted }) {
      const lab = labOf(labId);
      const all = await recordings.list(learner, lab.id);
      const recording = all.find((each) => each.id === wanted);
      if (!recording) throw new Refusal('not-found');
      const titles = new Map(lab.checkpoints.map((each) => [each.id, each.title]));
      const verdicts = (await store.verdicts.ofLab(learner, lab.id)).map((logged) => ({
        ...verdictOf(logged),
        checkpoint: logged.checkpoint,
        title: titles.get(logged.checkpoint) ?? logged.checkpoint,
      }));
      return {
        learner: await learnerOf(id, learner),
        lab: { id: lab.id, title: lab.file.title },
        recording,
        verdicts: during(recording, verdicts).slice(-VERDICTS_MAX),
        others: all.filter((each) => each.id !== wanted),
      };
    },
  };
}

/** Those of the recording's time, each with its distance from the beginning. */
function during<T extends PastVerdict>({ startedAt, seconds }: Recording, verdicts: T[]): (T & { seconds: number })[] {
  return verdicts.flatMap((verdict) => {
    const after = (verdict.at - startedAt) / 1_000;
    if (after < 0 || after > seconds + HEAD_PRECISION_MS / 1_000) return [];
    return [{ ...verdict, seconds: Math.min(after, seconds) }];
  });
}

/** Of a member what stands on a grade. */
function gradedOf({ person, studentNo, name }: Graded): Graded {
  return { person, studentNo, name };
}
