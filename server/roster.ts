import type { Learner } from './grades/grade.ts';
import type { Store } from './store/store.ts';
import { UsageProblem } from './usage.ts';

/** The class that is always there: everybody who ever began a lab on this instance. */
export const EVERYONE = { id: 'everyone', name: '所有人' } as const;

/** A class and its learners, for grading. */
export interface Roster {
  id: string;
  name: string;
  learners: Learner[];
}

/** Reads a class; throws a UsageProblem that names those there are. */
export async function readRoster(store: Store, id: string): Promise<Roster> {
  if (id === EVERYONE.id) {
    const people = await store.classes.people();
    const learners = people
      .filter(({ labs }) => labs > 0)
      .map(({ person, studentNo, name }) => ({ person, studentNo, name }));
    return { ...EVERYONE, learners: learners.sort(byNumber) };
  }
  const classes = await store.classes.list();
  const found = classes.find((each) => each.id === id);
  if (found) return { id, name: found.name, learners: (await store.classes.members(id)).sort(byNumber) };
  const known = [EVERYONE, ...classes].map((each) => `${each.id}（${each.name}）`);
  throw new UsageProblem(`没有班级 ${id}；现有 ${known.join('、')}`);
}

/** By 学号, as numbers are read; who has none comes last, in the order given. */
export function byNumber(one: Learner, other: Learner): number {
  if (one.studentNo === undefined || other.studentNo === undefined) {
    return Number(one.studentNo === undefined) - Number(other.studentNo === undefined);
  }
  return one.studentNo.localeCompare(other.studentNo, 'en', { numeric: true });
}

/**
 * The person somebody names: by the number this instance gave them, its beginning where that is unmistakable, or their
 * 学号. Throws a UsageProblem when there is nobody, or more than one.
 */
export async function findLearner(store: Store, named: string): Promise<Learner> {
  const people = await store.classes.people();
  const exact = people.filter(({ person }) => person === named);
  const numbered = people.filter(({ studentNo }) => studentNo === named);
  const begun = people.filter(({ person }) => person.startsWith(named));
  const matches = [exact, numbered, begun].find((each) => each.length > 0) ?? [];
  const [match] = matches;
  if (match && matches.length === 1) return match;
  if (match) throw new UsageProblem(`${named} 指的是不止一个人：${matches.map(({ person }) => person).join('、')}`);
  throw new UsageProblem(`没有编号或学号是 ${named} 的人；用 lab class people 列出所有人`);
}
