import { mkdirSync } from 'node:fs';
import { dirname } from 'node:path';
import Database from 'better-sqlite3';
import { Kysely, SqliteDialect } from 'kysely';
import { Migrator } from 'kysely/migration';
import { type AccountTable, createAccountTable } from './accounts.ts';
import { type AuditTable, createAuditTable } from './audit.ts';
import { backUp } from './backup.ts';
import { type ClassTable, createClassTable } from './classes.ts';
import { type CommandTable, createCommandTable } from './commands.ts';
import { problemOf } from './examination.ts';
import { createHintTable, type HintTable } from './hints.ts';
import { createInvitationTable, type InvitationTable } from './invitations.ts';
import { createInviteTable, type InviteTable } from './invites.ts';
import { createLessonTable, type LessonTable } from './lessons.ts';
import { createMessageTable, type MessageTable } from './messages.ts';
import { migrations } from './migrations.ts';
import { createPeopleTable, type PeopleTable } from './people.ts';
import { createProgressTable, type ProgressTable } from './progress.ts';
import { createRecordingTable, type RecordingTable } from './recordings.ts';
import { createRosterTable, type RosterTable } from './roster.ts';
import { createSessionTable, type SessionTable } from './sessions.ts';
import { createStaffTable, type StaffTable } from './staff.ts';
import type { Tables } from './tables.ts';
import { storeTrouble } from './trouble.ts';
import { createVerdictTable, type VerdictTable } from './verdicts.ts';

/** How long a statement waits for another process's write lock, e.g. the command line's. */
const BUSY_TIMEOUT_MS = 5_000;

/** What is kept: people and classes, sessions, progress and how it came about, hints, what was run, who may watch. */
export interface Store {
  people: PeopleTable;
  accounts: AccountTable;
  audit: AuditTable;
  sessions: SessionTable;
  progress: ProgressTable;
  hints: HintTable;
  verdicts: VerdictTable;
  classes: ClassTable;
  roster: RosterTable;
  staff: StaffTable;
  invites: InviteTable;
  commands: CommandTable;
  invitations: InvitationTable;
  lessons: LessonTable;
  messages: MessageTable;
  recordings: RecordingTable;
  /** Rejects when the database does not answer. */
  ping(): Promise<void>;
  /** Writes something that changes nothing; rejects when nothing can be written. */
  tryWriting(): Promise<void>;
  /** Copies the database into its backups, unless that was done within a day; answers the file it made. */
  backUp(now: number): Promise<string | undefined>;
  close(): Promise<void>;
}

/**
 * Opens (or makes) the SQLite file and brings its tables up to date. `:memory:` is for tests. Throws a StoreProblem that
 * tells an operator what to do when the file is damaged or cannot be written.
 */
export async function openStore(path: string): Promise<Store> {
  try {
    return await open(path);
  } catch (error) {
    throw problemOf(path, error);
  }
}

/**
 * Kysely's own, but for this: of a full disk SQLite takes the transaction back by itself (lang_transaction.html, 3.1), and the
 * second time fails, which would hide why the first had to be.
 */
function dialectOf(database: Database.Database): SqliteDialect {
  const dialect = new SqliteDialect({ database });
  const createDriver = dialect.createDriver.bind(dialect);
  dialect.createDriver = () => {
    const driver = createDriver();
    const rollBack = driver.rollbackTransaction.bind(driver);
    driver.rollbackTransaction = async (connection) => {
      if (database.inTransaction) await rollBack(connection);
    };
    return driver;
  };
  return dialect;
}

async function open(path: string): Promise<Store> {
  if (path !== ':memory:') mkdirSync(dirname(path), { recursive: true, mode: 0o700 });
  const database = new Database(path);
  database.pragma('journal_mode = WAL');
  // FULL: an acknowledged verdict survives a power cut (security.md §4); we write far fewer than it can take.
  database.pragma('synchronous = FULL');
  database.pragma('foreign_keys = ON');
  database.pragma(`busy_timeout = ${BUSY_TIMEOUT_MS}`);
  const db = new Kysely<Tables>({ dialect: dialectOf(database) });
  const migrated = await new Migrator({ db, provider: { getMigrations: async () => migrations } }).migrateToLatest();
  if (migrated.error) {
    await db.destroy();
    if (storeTrouble(migrated.error)) throw migrated.error;
    throw new Error(`the store at ${path} could not be brought up to date`, { cause: migrated.error });
  }
  return {
    people: createPeopleTable(db),
    accounts: createAccountTable(db),
    audit: createAuditTable(db),
    sessions: createSessionTable(db),
    progress: createProgressTable(db),
    hints: createHintTable(db),
    verdicts: createVerdictTable(db),
    classes: createClassTable(db),
    roster: createRosterTable(db),
    staff: createStaffTable(db),
    invites: createInviteTable(db),
    commands: createCommandTable(db),
    invitations: createInvitationTable(db),
    lessons: createLessonTable(db),
    messages: createMessageTable(db),
    recordings: createRecordingTable(db),
    async ping() {
      await db.selectFrom('person').select('id').limit(1).execute();
    },
    async tryWriting() {
      const version = database.pragma('user_version', { simple: true });
      database.pragma(`user_version = ${Number(version)}`);
    },
    backUp: async (now) => (path === ':memory:' ? undefined : backUp(database, path, now)),
    close: () => db.destroy(),
  };
}
