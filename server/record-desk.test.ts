import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { createRecordDesk, type RecordDesk } from './record-desk.ts';
import type { Recording } from './record-protocol.ts';
import type { Client } from './seat.ts';
import { createLabSession } from './session.ts';
import { openStore, type Store } from './store/store.ts';
import { createFakeLabd, createTestLab } from './testbed.ts';

const START = 1_700_000_000_000;
const MINUTE = 60_000;
const [ANN, BEN, TEACHER] = ['a'.repeat(32), 'b'.repeat(32), 'c'.repeat(32)];
const RECORDING: Recording = {
  ...{ id: 'r'.repeat(20), node: 'node-1', startedAt: START + 2 * MINUTE },
  ...{ seconds: 600, cols: 80, rows: 24, bytes: 1, grows: false },
};
const { source } = createTestLab();
let store: Store;
let desk: RecordDesk;

const at = (person: string) => ({ data: { person } }) as unknown as Client;
const fact = (ok: boolean) => ({ id: 'f', ok, title: 'F', expected: '1', actual: '2', advice: 'A', repair: 'R' });

async function judge(person: string, checkpoint: string, ok: boolean, minute: number): Promise<void> {
  const judgedAt = START + minute * MINUTE;
  const passedAt = ok ? judgedAt : undefined;
  await store.progress.save(
    { person, lab: 'test', session: 's'.repeat(20) },
    checkpoint,
    { status: ok ? 'passed' : 'failed', facts: [fact(ok)], judgedAt, passedAt, share: ok ? 1 : 0.5 },
    { takenAt: judgedAt, byHand: false, version: 'v1', share: ok ? 1 : 0.5 },
  );
}

beforeEach(async () => {
  store = await openStore(':memory:');
  for (const person of [ANN, BEN, TEACHER]) await store.people.create(person, person, START);
  await store.classes.create('c-1', 'class', START);
  await store.classes.add('c-1', { person: BEN, studentNo: '10', name: 'Ben' }, START);
  await store.classes.add('c-1', { person: ANN, studentNo: '9', name: 'Ann' }, START);
  await store.classes.add('c-1', { person: TEACHER, name: 'Teacher' }, START);
  await store.classes.setRole('c-1', TEACHER, 'instructor');
  await store.progress.start(ANN, 'test', START);
  desk = createRecordDesk({
    store,
    labs: () => [source.lab()],
    recordings: { list: async (person) => (person === ANN ? [RECORDING] : []) },
    now: () => START,
  });
});
afterEach(() => store.close());

describe('the desk of records', () => {
  it('has every learner of a class in the order of their 学号, and nobody who teaches', async () => {
    await judge(ANN, 'links', true, 1);
    const book = await desk['grades:read']({ class: 'c-1' }, at(TEACHER));
    expect(book.rows.map(({ learner, score }) => [learner.studentNo, score])).toEqual([
      ['9', 10],
      ['10', 0],
    ]);
    expect(book.labs).toMatchObject([
      { id: 'test', checkpoints: [{ id: 'links', step: 1 }, { step: 2 }, { step: 2 }] },
    ]);
    await expect(desk['grades:read']({ class: 'c-1', lab: 'none' }, at(TEACHER))).rejects.toThrow('not-found');
    await expect(desk['grades:read']({ class: 'none' }, at(TEACHER))).rejects.toThrow('not-found');
  });

  it('tells what decided the points, and gives no hint away', async () => {
    await judge(ANN, 'links', false, 1);
    await judge(ANN, 'links', true, 3);
    const report = await desk['report:mine']({ lab: 'test' }, at(ANN));
    expect(report.class).toEqual({ id: 'c-1', name: 'class' });
    expect(report.grade.learner).toEqual({ person: ANN, studentNo: '9', name: 'Ann' });
    const [links] = report.checkpoints;
    expect(links?.log).toMatchObject([
      { number: 1, status: 'failed', decides: false },
      { number: 2, status: 'passed', decides: true },
    ]);
    expect(links?.log[0]?.facts).toEqual([{ ok: false, title: 'F', expected: '1', actual: '2' }]);
    expect(links?.why).toContain('第一次通过');
    // A guest has one, too.
    expect((await desk['report:mine']({ lab: 'test' }, at('d'.repeat(32)))).class).toBeUndefined();
  });

  it('puts beside a recording what was judged in its time', async () => {
    for (const [checkpoint, minute] of [
      ['links', 1],
      ['ping', 5],
      ['asked', 20],
    ] as const) {
      await judge(ANN, checkpoint, true, minute);
    }
    const asked = { class: 'c-1', lab: 'test', learner: ANN, recording: RECORDING.id };
    const replay = await desk['recording:open'](asked, at(TEACHER));
    expect(replay.verdicts.map(({ checkpoint, seconds }) => [checkpoint, seconds])).toEqual([['ping', 180]]);
    const other = { ...asked, learner: BEN };
    await expect(desk['recording:open'](other, at(TEACHER))).rejects.toThrow('not-found');
  });
});

describe('what a terminal shows', () => {
  it('is recorded from the next terminal on as the person’s classes say, and the learner is told the truth', async () => {
    const labd = createFakeLabd();
    const told: boolean[] = [];
    let allowed = true;
    const session = createLabSession({
      ...{ id: 'session0', source, now: Date.now, expiresAt: 0, results: {}, opened: [], times: {} },
      labd: {
        ...labd,
        openTerminal: async (...call) => {
          told.push(call[4]);
          await labd.openTerminal(...call);
        },
      },
      record: {
        ...{ started: async () => {}, finished: async () => {}, openHint: async () => {}, save: async () => {} },
        ...{ setTerminals: async () => {}, setStanding: async () => {} },
      },
      newTerminalId: () => Math.random().toString(36).slice(2).padEnd(20, '0').slice(0, 20),
      records: async () => allowed,
      tryWriting: async () => {},
      changed: () => {},
      fault: (error) => {
        throw error;
      },
    });
    expect(session.state().recording).toBe(false);
    await session.start();
    expect(session.state().recording).toBe(true);
    allowed = false;
    const [first, second] = session.terminals();
    await session.openTerminal('node-1');
    // Two of three are still recorded.
    expect(session.state().recording).toBe(true);
    for (const terminal of [first, second]) if (terminal) await session.closeTerminal(terminal);
    expect(session.state().recording).toBe(false);
    expect(told).toEqual([true, true, false]);
  });
});
