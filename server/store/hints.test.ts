import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import Database from 'better-sqlite3';
import { Kysely, SqliteDialect } from 'kysely';
import { Migrator } from 'kysely/migration';
import { afterAll, describe, expect, it } from 'vitest';
import { migrations } from './migrations.ts';
import { openStore } from './store.ts';

const directory = mkdtempSync(join(tmpdir(), 'netloom-hints-'));
afterAll(() => rmSync(directory, { recursive: true, force: true }));

describe('opened hints', () => {
  it('are counted once each, by checkpoint, and outlive this process', async () => {
    const path = join(directory, 'counts.db');
    const store = await openStore(path);
    await store.people.create('ann', 'token', 0);
    await store.people.create('ben', 'token of ben', 0);
    const ann = { person: 'ann', lab: 'lab' };
    const open = (whose: typeof ann, checkpoint: string, fact: string, level: 'hint' | 'repair', now: number) =>
      store.hints.open(whose, { checkpoint, fact, level }, now);
    await open(ann, 'bridge', 'up', 'hint', 1);
    await open(ann, 'bridge', 'up', 'hint', 2);
    await open(ann, 'bridge', 'up', 'repair', 3);
    await open(ann, 'bridge', 'address', 'hint', 4);
    await open(ann, 'ping', 'up', 'hint', 5);
    await open({ ...ann, lab: 'other' }, 'bridge', 'up', 'hint', 6);
    await open({ ...ann, person: 'ben' }, 'bridge', 'up', 'hint', 7);
    await store.close();

    const again = await openStore(path);
    expect(await again.hints.counts('ann', 'lab')).toEqual({ bridge: 3, ping: 1 });
    expect(await again.hints.counts('ben', 'lab')).toEqual({ bridge: 1 });
    expect(await again.hints.counts('eva', 'lab')).toEqual({});
    expect(await again.hints.list('ann', 'lab')).toEqual([
      { checkpoint: 'bridge', fact: 'up', level: 'hint', at: 1 },
      { checkpoint: 'bridge', fact: 'up', level: 'repair', at: 3 },
      { checkpoint: 'bridge', fact: 'address', level: 'hint', at: 4 },
      { checkpoint: 'ping', fact: 'up', level: 'hint', at: 5 },
    ]);
    await again.close();
    const raw = new Database(path, { readonly: true });
    expect(raw.prepare("select opened_at from hint where person = 'ann' and level = 'hint' order by 1").all()).toEqual(
      [1, 4, 5, 6].map((at) => ({ opened_at: at })),
    );
    raw.close();
  });

  it('are not given away by results of before there were hints', async () => {
    const path = join(directory, 'former.db');
    const former = new Kysely<unknown>({ dialect: new SqliteDialect({ database: new Database(path) }) });
    const { '2026-11-22-first': first = {} as never, '2026-11-23-terminals': second = {} as never } = migrations;
    const provider = { getMigrations: async () => ({ '2026-11-22-first': first, '2026-11-23-terminals': second }) };
    expect((await new Migrator({ db: former, provider }).migrateToLatest()).error).toBeUndefined();
    await former.destroy();
    const raw = new Database(path);
    raw.exec("insert into person values ('ann', 0)");
    const facts = [
      { ok: true, title: 'a', expected: '', actual: '', advice: 'notice' },
      { ok: false, title: 'b', expected: '', actual: '', advice: '执行 `fix`。' },
    ];
    raw
      .prepare("insert into result values ('ann', 'lab', 'bridge', 'failed', ?, 1, 2, null, null)")
      .run(JSON.stringify(facts));
    raw.close();

    const store = await openStore(path);
    const { results } = await store.progress.read('ann', 'lab');
    expect(results.bridge?.facts).toEqual([
      { id: 'fact-1', ...facts[0] },
      { id: 'fact-2', ...facts[1], advice: '', repair: '执行 `fix`。' },
    ]);
    await store.close();
  });
});
