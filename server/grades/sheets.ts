import type { CheckpointGrade, LabGrade } from './grade.ts';
import { standings } from './words.ts';

/** What a column holds: `code` is text that looks like a number (学号), `time` Unix ms, `span` ms. */
export type ColumnKind = 'text' | 'code' | 'number' | 'time' | 'span';

export interface Column {
  title: string;
  kind: ColumnKind;
}

/** A table of grades, before it is written in any format. A cell without a value is null. */
export interface Sheet {
  /** What the worksheet is called, and what `--sheet` says. */
  name: string;
  columns: Column[];
  rows: (string | number | null)[][];
}

/** A column together with how its cell is read off a row's subject. */
type Field<T> = [title: string, kind: ColumnKind, read: (subject: T) => string | number | undefined];

function tableOf<T>(name: string, fields: Field<T>[], subjects: readonly T[]): Sheet {
  return {
    name,
    columns: fields.map(([title, kind]) => ({ title, kind })),
    rows: subjects.map((subject) => fields.map(([, , read]) => read(subject) ?? null)),
  };
}

/** One line per learner and lab, with the columns Chinese schools know. */
export function summarySheet(className: string, grades: readonly LabGrade[]): Sheet {
  const fields: Field<LabGrade>[] = [
    ['学号', 'code', ({ learner }) => learner.studentNo],
    ['姓名', 'text', ({ learner }) => learner.name],
    ['班级', 'text', () => className],
    ['实验', 'text', ({ lab }) => lab.title],
    ['总分', 'number', ({ points }) => points],
    ['得分', 'number', ({ score }) => score],
    ['通过关卡', 'number', ({ passed }) => passed],
    ['总关卡', 'number', ({ checkpoints }) => checkpoints.length],
    ['评测次数', 'number', ({ attempts }) => attempts],
    ['实训用时', 'span', ({ tookMs }) => tookMs],
    ['首次进入', 'time', ({ startedAt }) => startedAt],
    ['完成时间', 'time', ({ finishedAt }) => finishedAt],
    ['最后评测', 'time', ({ judgedAt }) => judgedAt],
    ['截止时间', 'time', ({ deadline }) => deadline],
    ['迟交关卡', 'number', ({ deadline, late }) => (deadline === undefined ? undefined : late)],
    ['备注', 'text', remarks],
  ];
  return tableOf('成绩', fields, grades);
}

/** What a teacher should know beside the numbers. */
function remarks({ learner, checkpoints, hints, startedAt, judgedAt }: LabGrade): string {
  const titles = (standing: CheckpointGrade['standing']) =>
    checkpoints.filter((each) => each.standing === standing).map(({ title }) => title);
  const lapsed = titles('lapsed');
  const unknown = titles('unknown');
  return [
    !learner.studentNo && !learner.name && `编号 ${learner.person}`,
    startedAt === undefined && judgedAt === undefined && '没有开始',
    hints > 0 && `看过 ${hints} 条提示`,
    lapsed.length > 0 && `通过后失效：${lapsed.join('、')}`,
    unknown.length > 0 && `没能检查：${unknown.join('、')}`,
  ]
    .filter(Boolean)
    .join('；');
}

/** One line per learner, one column per checkpoint: 1 passed, 0 not, empty where there is no verdict. */
export function checkpointSheet(className: string, grades: readonly LabGrade[]): Sheet {
  const labs = new Map(grades.map((grade) => [grade.lab.id, grade]));
  const byPerson = [...Map.groupBy(grades, ({ learner }) => learner.person).values()];
  const columns = [...labs.values()].flatMap(({ lab, checkpoints }) =>
    checkpoints.map(({ id, title }): Field<LabGrade[]> => {
      const heading = labs.size > 1 ? `${lab.title}：${title}` : title;
      return [
        heading,
        'number',
        (mine) =>
          mark(
            mine.find((each) => each.lab.id === lab.id),
            id,
          ),
      ];
    }),
  );
  const fields: Field<LabGrade[]>[] = [
    ['学号', 'code', ([first]) => first?.learner.studentNo],
    ['姓名', 'text', ([first]) => first?.learner.name],
    ['班级', 'text', () => className],
    ...columns,
  ];
  return tableOf('检查点', fields, byPerson);
}

function mark(grade: LabGrade | undefined, id: string): number | undefined {
  const checkpoint = grade?.checkpoints.find((each) => each.id === id);
  if (checkpoint?.passedAt !== undefined) return 1;
  return checkpoint?.standing === 'failed' ? 0 : undefined;
}

/** One line per learner and checkpoint, with everything that is known of it. */
export function detailSheet(className: string, grades: readonly LabGrade[]): Sheet {
  interface Line {
    grade: LabGrade;
    checkpoint: CheckpointGrade;
  }
  const lines = grades.flatMap((grade) => grade.checkpoints.map((checkpoint): Line => ({ grade, checkpoint })));
  const fields: Field<Line>[] = [
    ['学号', 'code', ({ grade }) => grade.learner.studentNo],
    ['姓名', 'text', ({ grade }) => grade.learner.name],
    ['班级', 'text', () => className],
    ['实验', 'text', ({ grade }) => grade.lab.title],
    ['检查点', 'text', ({ checkpoint }) => checkpoint.title],
    ['分值', 'number', ({ checkpoint }) => checkpoint.points],
    ['得分', 'number', ({ checkpoint }) => checkpoint.score],
    ['结果', 'text', ({ checkpoint }) => standings[checkpoint.standing]],
    ['评测次数', 'number', ({ checkpoint }) => checkpoint.attempts],
    ['手动检查', 'number', ({ checkpoint }) => checkpoint.checks],
    ['提示', 'number', ({ checkpoint }) => checkpoint.hints],
    ['首次通过', 'time', ({ checkpoint }) => checkpoint.passedAt],
    ['迟交', 'text', ({ checkpoint }) => (checkpoint.late ? '迟交' : undefined)],
    ['通过用时', 'span', ({ checkpoint }) => checkpoint.tookMs],
    ['最后评测', 'time', ({ checkpoint }) => checkpoint.judgedAt],
    ['没有成立的事实', 'text', ({ checkpoint }) => checkpoint.failing.map(({ title }) => title).join('、')],
    ['编号', 'text', ({ grade, checkpoint }) => `${grade.learner.person} ${checkpoint.id}`],
  ];
  return tableOf('明细', fields, lines);
}
