import type { Lab } from '../../content/lab.ts';
import { versionsOf } from '../../content/version.ts';
import { deadlineOf } from '../deadline.ts';
import type { Gradebook } from '../record-protocol.ts';
import type { Store } from '../store/store.ts';
import type { Evidence } from './explanation.ts';
import { gradeLab, type LabGrade, type Learner } from './grade.ts';
import { rowOf } from './report.ts';

/** Reads the grades of learners, in their order, lab by lab; late is what their class calls so. */
export async function readGrades(
  store: Store,
  labs: readonly Lab[],
  learners: readonly Learner[],
  classId?: string,
): Promise<LabGrade[]> {
  const deadlines = await readDeadlines(store, classId);
  const works = new Map(
    await Promise.all(labs.map(async (lab) => [lab.id, await store.progress.readAll(lab.id)] as const)),
  );
  const grades: LabGrade[] = [];
  for (const learner of learners) {
    for (const lab of labs) {
      const work = works.get(lab.id)?.get(learner.person);
      const hints = work && (await store.hints.counts(learner.person, lab.id));
      grades.push(gradeLab(lab, learner, work && { ...work, hints }, deadlines(lab.id, learner.person)));
    }
  }
  return grades;
}

/** The grades of a class, as its page shows them. */
export async function readGradebook(
  store: Store,
  labs: readonly Lab[],
  group: { id: string; name: string; learners: readonly Learner[] },
  now: number,
): Promise<Gradebook> {
  const grades = await readGrades(store, labs, group.learners, group.id);
  const deadlines = new Map((await store.lessons.deadlines(group.id)).map((each) => [each.lab, each.deadline]));
  return {
    class: { id: group.id, name: group.name },
    labs: labs.map((lab) => ({
      id: lab.id,
      title: lab.file.title,
      checkpoints: lab.checkpoints.map(({ id, title, step, points }) => ({
        ...{ id, title, points },
        step: lab.steps.find((each) => each.id === step)?.number ?? 0,
      })),
      deadline: deadlines.get(lab.id) ?? undefined,
    })),
    rows: grades.map(rowOf),
    at: now,
  };
}

/** Until when each learner of a class has time for each lab; nobody has a deadline outside of a class. */
async function readDeadlines(
  store: Pick<Store, 'lessons'>,
  classId: string | undefined,
): Promise<(lab: string, person: string) => number | undefined> {
  const labs = classId === undefined ? [] : await store.lessons.deadlines(classId);
  const byLab = new Map(labs.map((each) => [each.lab, each]));
  return (lab, person) => {
    const given = byLab.get(lab);
    return given && deadlineOf(given.deadline, given.own.get(person));
  };
}

/** What a checkpoint's grade rests on; undefined when the lab has no such checkpoint. */
export async function readEvidence(
  store: Store,
  lab: Lab,
  learner: Learner,
  checkpoint: string,
): Promise<Evidence | undefined> {
  const { person } = learner;
  const work = await store.progress.read(person, lab.id);
  const grade = gradeLab(lab, learner, { ...work, hints: await store.hints.counts(person, lab.id) });
  const mine = grade.checkpoints.find(({ id }) => id === checkpoint);
  return (
    mine && {
      grade,
      checkpoint: mine,
      log: await store.verdicts.list(person, lab.id, checkpoint),
      hintsAt: (await store.hints.list(person, lab.id)).flatMap((hint) =>
        hint.checkpoint === checkpoint ? hint.at : [],
      ),
      last: work.results[checkpoint] ?? { status: 'pending', facts: [] },
      version: versionsOf(lab)[mine.step] ?? '',
    }
  );
}
