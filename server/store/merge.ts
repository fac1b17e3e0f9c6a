import type { Selectable, Transaction } from 'kysely';
import type { Tables } from './tables.ts';

type Tx = Transaction<Tables>;
type Result = Selectable<Tables['result']>;

/** Whether one result of a checkpoint is worth more than another: passed (earlier), then closer, then judged later. */
export function isBetter(one: Result, other: Result): boolean {
  const passed = (result: Result) => result.passed_at ?? Number.POSITIVE_INFINITY;
  if (passed(one) !== passed(other)) return passed(one) < passed(other);
  const share = (result: Result) => result.share ?? 0;
  if (share(one) !== share(other)) return share(one) > share(other);
  return (one.judged_at ?? 0) > (other.judged_at ?? 0);
}

async function mergeResults(tx: Tx, from: string, into: string): Promise<void> {
  const mine = await tx.selectFrom('result').selectAll().where('person', '=', into).execute();
  for (const theirs of await tx.selectFrom('result').selectAll().where('person', '=', from).execute()) {
    const same = mine.find((each) => each.lab === theirs.lab && each.checkpoint === theirs.checkpoint);
    if (same && !isBetter(theirs, same)) continue;
    const at = (person: string) =>
      [
        ['person', person],
        ['lab', theirs.lab],
        ['checkpoint', theirs.checkpoint],
      ] as const;
    let former = tx.deleteFrom('result');
    for (const [column, value] of at(into)) former = former.where(column, '=', value);
    await former.execute();
    let moved = tx.updateTable('result').set({ person: into });
    for (const [column, value] of at(from)) moved = moved.where(column, '=', value);
    await moved.execute();
  }
}

async function mergeAttempts(tx: Tx, from: string, into: string): Promise<void> {
  for (const { lab, started_at, finished_at } of await tx
    .selectFrom('attempt')
    .selectAll()
    .where('person', '=', from)
    .execute()) {
    const mine = await tx
      .selectFrom('attempt')
      .selectAll()
      .where('person', '=', into)
      .where('lab', '=', lab)
      .executeTakeFirst();
    const ends = [finished_at, mine?.finished_at].filter((each) => each !== null && each !== undefined);
    const row = {
      started_at: Math.min(started_at, mine?.started_at ?? started_at),
      finished_at: ends.length > 0 ? Math.min(...ends) : null,
    };
    await tx
      .insertInto('attempt')
      .values({ person: into, lab, ...row })
      .onConflict((conflict) => conflict.columns(['person', 'lab']).doUpdateSet(row))
      .execute();
  }
}

/** Moves what may be there only once, unless the other has it already. */
async function moveFree(tx: Tx, from: string, into: string): Promise<void> {
  for (const row of await tx.selectFrom('hint').selectAll().where('person', '=', from).execute()) {
    await tx
      .insertInto('hint')
      .values({ ...row, person: into })
      .onConflict((conflict) => conflict.doNothing())
      .execute();
  }
  for (const row of await tx.selectFrom('member').selectAll().where('person', '=', from).execute()) {
    await tx.deleteFrom('member').where('class', '=', row.class).where('person', '=', from).execute();
    await tx
      .insertInto('member')
      .values({ ...row, person: into })
      // What the class knows of neither twice, it knows of the one that stays.
      .onConflict((conflict) =>
        conflict.columns(['class', 'person']).doUpdateSet((query) => ({
          student_no: query.fn.coalesce('member.student_no', 'excluded.student_no'),
          name: query.fn.coalesce('member.name', 'excluded.name'),
          password: query.fn.coalesce('member.password', 'excluded.password'),
          claimed_at: query.fn.coalesce('member.claimed_at', 'excluded.claimed_at'),
        })),
      )
      .execute();
  }
  for (const row of await tx.selectFrom('extension').selectAll().where('person', '=', from).execute()) {
    await tx
      .insertInto('extension')
      .values({ ...row, person: into })
      .onConflict((conflict) => conflict.doNothing())
      .execute();
  }
  for (const row of await tx.selectFrom('hand').selectAll().where('person', '=', from).execute()) {
    await tx
      .insertInto('hand')
      .values({ ...row, person: into })
      .onConflict((conflict) => conflict.doNothing())
      .execute();
  }
}

/**
 * Makes two people one: everything of `from` becomes `into`'s, the better result where both have one, and `from` is
 * gone. Of two sessions in a lab that have nodes, `from`'s must have been ended before. `browsers`: whether the browsers
 * of `from` become `into`, or are to be nobody's.
 */
export async function mergePeople(
  tx: Tx,
  { from, into, browsers }: { from: string; into: string; browsers: boolean },
): Promise<void> {
  await mergeResults(tx, from, into);
  await mergeAttempts(tx, from, into);
  await moveFree(tx, from, into);
  for (const table of ['verdict', 'command', 'session'] as const) {
    await tx.updateTable(table).set({ person: into }).where('person', '=', from).execute();
  }
  await tx.updateTable('message').set({ recipient: into }).where('recipient', '=', from).execute();
  // What was done to them, the one who stays has had done.
  await tx.updateTable('audit').set({ subject: into }).where('subject', '=', from).execute();
  await tx.updateTable('message').set({ sender: into }).where('sender', '=', from).execute();
  if (browsers) await tx.updateTable('token').set({ person: into }).where('person', '=', from).execute();
  await tx.deleteFrom('person').where('id', '=', from).execute();
}
