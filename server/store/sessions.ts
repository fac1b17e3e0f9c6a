import type { Kysely } from 'kysely';
import type { Standing } from '../jumps.ts';
import type { TerminalInfo } from '../protocol.ts';
import type { Tables } from './tables.ts';

/** A session that should have nodes. */
export interface ActiveSession {
  id: string;
  person: string;
  lab: string;
  createdAt: number;
  seenAt: number;
}

/** A session that waits for nodes. */
export interface QueuedSession {
  id: string;
  person: string;
  lab: string;
  since: number;
  step: string | undefined;
}

/** Which sessions have nodes, and which terminals are open in them. */
export interface SessionTable {
  /** Notes that a session waits for nodes since then; `step` is where they are to be brought. */
  queue(session: QueuedSession): Promise<void>;
  /** It waits no more. */
  unqueue(id: string): Promise<void>;
  queued(): Promise<QueuedSession[]>;
  begin(session: ActiveSession): Promise<void>;
  seen(id: string, now: number): Promise<void>;
  finish(id: string, status: 'expired' | 'ended'): Promise<void>;
  active(): Promise<(ActiveSession & { standing: Standing })[]>;
  setStanding(id: string, standing: Standing): Promise<void>;
  terminals(id: string): Promise<TerminalInfo[]>;
  setTerminals(id: string, terminals: TerminalInfo[]): Promise<void>;
}

/** Sessions over the store's database. */
export function createSessionTable(db: Kysely<Tables>): SessionTable {
  return {
    async queue({ id, person, lab, since, step }) {
      const standing = step === undefined ? null : JSON.stringify(step);
      const row = { status: 'queued', created_at: since, seen_at: since, standing } as const;
      await db
        .insertInto('session')
        .values({ id, person, lab, ...row })
        .onConflict((conflict) => conflict.column('id').doUpdateSet(row))
        .execute();
    },
    async unqueue(id) {
      await db.deleteFrom('session').where('id', '=', id).where('status', '=', 'queued').execute();
    },
    async queued() {
      const rows = await db.selectFrom('session').selectAll().where('status', '=', 'queued').execute();
      return rows.map(({ id, person, lab, created_at: since, standing }) => ({
        ...{ id, person, lab, since },
        step: standing === null ? undefined : String(JSON.parse(standing)),
      }));
    },
    async begin({ id, person, lab, createdAt, seenAt }) {
      const row = { status: 'active', created_at: createdAt, seen_at: seenAt, standing: null } as const;
      await db
        .insertInto('session')
        .values({ id, person, lab, ...row })
        .onConflict((conflict) => conflict.column('id').doUpdateSet(row))
        .execute();
    },
    async seen(id, now) {
      await db.updateTable('session').set({ seen_at: now }).where('id', '=', id).execute();
    },
    async finish(id, status) {
      await db.updateTable('session').set({ status }).where('id', '=', id).execute();
      await db.deleteFrom('terminal').where('session', '=', id).execute();
    },
    async active() {
      const rows = await db.selectFrom('session').selectAll().where('status', '=', 'active').execute();
      return rows.map((row) => ({
        id: row.id,
        person: row.person,
        lab: row.lab,
        createdAt: row.created_at,
        seenAt: row.seen_at,
        standing: row.standing ? JSON.parse(row.standing) : { jumps: {} },
      }));
    },
    async setStanding(id, standing) {
      await db
        .updateTable('session')
        .set({ standing: JSON.stringify(standing) })
        .where('id', '=', id)
        .execute();
    },
    async terminals(id) {
      const rows = await db.selectFrom('terminal').selectAll().where('session', '=', id).orderBy('number').execute();
      return rows.map((row) => ({
        ...{ terminal: row.id, node: row.node, number: row.number },
        ...(row.recorded === 1 && { recorded: true as const }),
      }));
    },
    setTerminals: (id, terminals) =>
      db.transaction().execute(async (tx) => {
        await tx.deleteFrom('terminal').where('session', '=', id).execute();
        if (terminals.length === 0) return;
        const rows = terminals.map((each) => ({
          id: each.terminal,
          session: id,
          node: each.node,
          number: each.number,
          recorded: each.recorded ? (1 as const) : (0 as const),
        }));
        await tx.insertInto('terminal').values(rows).execute();
      }),
  };
}
