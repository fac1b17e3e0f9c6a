import { labId } from '../content/schema.ts';
import { momentWords, oneLine } from './grades/words.ts';
import { EVERYONE, findLearner } from './roster.ts';
import { hashOf, newToken } from './secrets.ts';
import type { Store } from './store/store.ts';
import type { Role } from './store/tables.ts';
import { readOptions, UsageProblem } from './usage.ts';

/** A name of a class or a person, characters: what fits on a line of a table. */
const NAME_MAX_CHARS = 60;
/** 学号 are ten to twenty characters where we looked. */
const STUDENT_NO_MAX_CHARS = 40;

/** A link from the command line is for somebody who stands beside it, or reads it soon. */
const INVITE_LIFE_MS = 24 * 3_600_000;
const STAFF: readonly string[] = ['assistant', 'instructor', 'admin'] satisfies Role[];

/** `lab class …`: the classes, who is in them, and who is known at all. `address` is where web is found from here. */
export async function runClass(
  store: Store,
  argv: string[],
  say: (line: string) => void,
  address: string,
): Promise<number> {
  const { values, positionals } = readOptions(argv, ['name', 'person', 'no', 'role']);
  const [verb, id] = positionals;
  if (verb === 'list') return listClasses(store, say);
  if (verb === 'people') return listPeople(store, say);
  if (verb === 'new') return newClass(store, id, values.name, say);
  if (verb === 'add') return addMember(store, id, values, say);
  if (verb === 'invite') return invite(store, id, values.role ?? 'admin', say, address);
  throw new UsageProblem(verb ? `class 没有 ${verb}：可以是 list、new、add、people、invite` : 'class 要做什么？');
}

async function invite(
  store: Store,
  id: string | undefined,
  role: string,
  say: (line: string) => void,
  address: string,
): Promise<number> {
  if (!STAFF.includes(role)) throw new UsageProblem(`--role 不能是 ${role}：可以是 ${STAFF.join('、')}`);
  const found = id === undefined ? undefined : await store.classes.find(id);
  if (id !== undefined && !found) throw new UsageProblem(`没有班级 ${id}；用 lab class list 列出班级`);
  const secret = newToken();
  const expiresAt = Date.now() + INVITE_LIFE_MS;
  // STAFF holds nothing but roles.
  await store.invites.put(hashOf(secret), { class: id, role: role as Role, expiresAt });
  say(found ? `一次性的链接，让人成为班级 ${found.name} 的 ${role}：` : '一次性的链接，建一个教师账号：');
  say(`  ${address}/setup/${secret}`);
  say(`${momentWords(expiresAt)} 前有效；从别的机器打开时，把地址换成这台机器的。`);
  return 0;
}

async function listClasses(store: Store, say: (line: string) => void): Promise<number> {
  const people = await store.classes.people();
  say(`${EVERYONE.id}\t${EVERYONE.name}\t${people.filter(({ labs }) => labs > 0).length} 人\t做过实验的每一个人`);
  for (const { id, name, members, createdAt } of await store.classes.list()) {
    say(`${id}\t${name}\t${members} 人\t建于 ${momentWords(createdAt)}`);
  }
  return 0;
}

async function listPeople(store: Store, say: (line: string) => void): Promise<number> {
  const people = await store.classes.people();
  if (people.length === 0) say('这里还没有人来过。');
  for (const { person, studentNo, name, classes, labs, createdAt, lastJudgedAt } of people) {
    const known = [studentNo ?? '（没有学号）', name ?? '（没有姓名）', classes.join('、') || '（没有班级）'];
    const last = lastJudgedAt === undefined ? '没有判定过' : `最后评测 ${momentWords(lastJudgedAt)}`;
    say([person, ...known, `${labs} 个实验`, `第一次来 ${momentWords(createdAt)}`, last].join('\t'));
  }
  return 0;
}

async function newClass(
  store: Store,
  id: string | undefined,
  name: string | undefined,
  say: (line: string) => void,
): Promise<number> {
  if (id === undefined) throw new UsageProblem('class new 需要班级的编号，例如 class new net-2026 --name 网络2026');
  const valid = labId.safeParse(id);
  if (!valid.success) throw new UsageProblem(`班级的编号不能是 ${id}：${valid.error.issues[0]?.message ?? ''}`);
  if (name === undefined) throw new UsageProblem('class new 需要 --name 名称');
  const called = worded(name, '名称', NAME_MAX_CHARS);
  if (id === EVERYONE.id || !(await store.classes.create(id, called, Date.now()))) {
    throw new UsageProblem(`已经有班级 ${id} 了`);
  }
  say(`✓ 班级 ${id}：${called}`);
  return 0;
}

async function addMember(
  store: Store,
  id: string | undefined,
  values: { person?: string; no?: string; name?: string },
  say: (line: string) => void,
): Promise<number> {
  if (id === undefined) throw new UsageProblem('class add 需要班级的编号，例如 class add net-2026 --person 编号');
  if (values.person === undefined)
    throw new UsageProblem('class add 需要 --person 编号；用 lab class people 列出所有人');
  if (id === EVERYONE.id) throw new UsageProblem(`${EVERYONE.id} 里本来就有每一个人，不能再加`);
  const classes = await store.classes.list();
  if (!classes.some((each) => each.id === id)) {
    const known = classes.map((each) => `${each.id}（${each.name}）`).join('、');
    throw new UsageProblem(`没有班级 ${id}；${known ? `现有 ${known}` : '还没有建过班级，用 lab class new'}`);
  }
  const { person } = await findLearner(store, values.person);
  const studentNo = values.no === undefined ? undefined : worded(values.no, '学号', STUDENT_NO_MAX_CHARS);
  const name = values.name === undefined ? undefined : worded(values.name, '姓名', NAME_MAX_CHARS);
  const { takenBy } = await store.classes.add(id, { person, studentNo, name }, Date.now());
  if (takenBy !== undefined) throw new UsageProblem(`班级 ${id} 里学号 ${studentNo} 已经是 ${takenBy} 的`);
  say(`✓ ${[studentNo, name, person].filter((each) => each !== undefined).join(' ')} 在班级 ${id} 里`);
  return 0;
}

/** A text somebody gave on the command line: one line, not empty, not too long. */
function worded(text: string, what: string, max: number): string {
  const line = oneLine(text);
  if (line === '') throw new UsageProblem(`${what}是空的`);
  if (line.length > max) throw new UsageProblem(`${what}太长：最多 ${max} 个字`);
  return line;
}
