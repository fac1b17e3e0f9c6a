import type { Lab } from '../../content/lab.ts';
import { versionsOf } from '../../content/version.ts';
import type { Store } from '../store/store.ts';
import type { Evidence } from './explanation.ts';
import { gradeLab, type LabGrade, type Learner } from './grade.ts';

/** Reads the grades of learners, in their order, lab by lab. */
export async function readGrades(
  store: Store,
  labs: readonly Lab[],
  learners: readonly Learner[],
): Promise<LabGrade[]> {
  const works = new Map(
    await Promise.all(labs.map(async (lab) => [lab.id, await store.progress.readAll(lab.id)] as const)),
  );
  const grades: LabGrade[] = [];
  for (const learner of learners) {
    for (const lab of labs) {
      const work = works.get(lab.id)?.get(learner.person);
      const hints = work && (await store.hints.counts(learner.person, lab.id));
      grades.push(gradeLab(lab, learner, work && { ...work, hints }));
    }
  }
  return grades;
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
