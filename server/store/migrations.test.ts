import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import Database from 'better-sqlite3';
import { Kysely, SqliteDialect } from 'kysely';
import { Migrator } from 'kysely/migration';
import { afterEach, expect, it } from 'vitest';
import type { CheckpointResult } from '../protocol.ts';
import { migrations } from './migrations.ts';
import { openStore } from './store.ts';

const directory = mkdtempSync(join(tmpdir(), 'netloom-store-'));
afterEach(() => rmSync(directory, { recursive: true, force: true }));

/** The release before grades. */
const BEFORE = '2026-11-23-terminals';

it('takes over what was kept before grades were', async () => {
  const path = join(directory, 'netloom.db');
  const database = new Database(path);
  const db = new Kysely<unknown>({ dialect: new SqliteDialect({ database }) });
  const former = Object.fromEntries(Object.entries(migrations).filter(([name]) => name <= BEFORE));
  const { error } = await new Migrator({ db, provider: { getMigrations: async () => former } }).migrateToLatest();
  expect(error).toBeUndefined();
  database.exec(`
    insert into person values ('ann', 1);
    insert into attempt values ('ann', 'lab', 100, null);
    insert into result values ('ann', 'lab', 'one', 'passed', '[]', 300, 5, 200, null);
    insert into result values ('ann', 'lab', 'two', 'failed', '[{"ok":false,"title":"t"}]', 300, 5, null, '{"q":"1"}');
    insert into verdict (person, lab, checkpoint, session, status, facts, judged_at)
      values ('ann', 'lab', 'one', 's', 'passed', '[]', 200);
  `);
  await db.destroy();

  const store = await openStore(path);
  const { startedAt, results } = await store.progress.read('ann', 'lab');
  expect(startedAt).toBe(100);
  expect(results.one).toMatchObject({ status: 'passed', passedAt: 200, attempts: 0, checks: 0, share: undefined });
  expect(results.two).toMatchObject({ status: 'failed', facts: [{ ok: false, title: 't' }], answers: { q: '1' } });
  expect(await store.verdicts.list('ann', 'lab', 'one')).toEqual([
    {
      status: 'passed',
      skipped: false,
      facts: [],
      judgedAt: 200,
      takenAt: undefined,
      byHand: undefined,
      version: undefined,
      share: undefined,
    },
  ]);
  expect(await store.classes.people()).toMatchObject([{ person: 'ann', labs: 1, lastJudgedAt: 300, classes: [] }]);
  const next: CheckpointResult = { status: 'passed', facts: [], judgedAt: 400, passedAt: 400 };
  await store.progress.save({ person: 'ann', lab: 'lab', session: 's' }, 'two', next, {
    byHand: false,
    version: 'v',
    share: 1,
  });
  expect(await store.verdicts.list('ann', 'lab', 'two')).toHaveLength(1);
  await store.close();
});
