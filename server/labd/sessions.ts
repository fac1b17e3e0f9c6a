import { mkdirSync, readdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { sessionId, topology as topologySchema } from './contract.ts';
import { diskTrouble } from './nodes/disk.ts';
import type { SessionId, Topology } from './nodes/driver.ts';

/** What the name of a file ends with that is being written. */
const HALF = '.new';

/** What labd remembers of the sessions it made: their topology, one small file each, so that it can adopt them. */
export interface SessionFiles {
  put(session: SessionId, topology: Topology): void;
  get(session: SessionId): Topology | undefined;
  remove(session: SessionId): void;
  list(): SessionId[];
}

/** Opens the folder of session files; a file that cannot be read counts as absent. */
export function openSessionFiles(directory: string): SessionFiles {
  mkdirSync(directory, { recursive: true, mode: 0o700 });
  const known = new Map<SessionId, Topology>();
  for (const name of readdirSync(directory)) {
    // Not finished by a labd that was killed, or by a full disk.
    if (name.endsWith(HALF)) rmSync(join(directory, name), { force: true });
    const id = sessionId.safeParse(name.replace(/\.json$/, ''));
    if (!id.success || !name.endsWith('.json')) continue;
    try {
      known.set(id.data, topologySchema.parse(JSON.parse(readFileSync(join(directory, name), 'utf8'))));
    } catch {
      // Cut off by a crash in the middle of a write, or edited: the session is then unknown and will be removed.
      rmSync(join(directory, name), { recursive: true, force: true });
    }
  }
  return {
    put(session, topology) {
      const path = join(directory, `${session}.json`);
      try {
        writeFileSync(path + HALF, JSON.stringify(topology), { mode: 0o600 });
        renameSync(path + HALF, path);
      } catch (error) {
        rmSync(path + HALF, { force: true });
        throw new Error(diskTrouble(error) ?? '记不下节点的布置', { cause: error });
      }
      known.set(session, topology);
    },
    get: (session) => known.get(session),
    remove(session) {
      known.delete(session);
      rmSync(join(directory, `${session}.json`), { force: true });
    },
    list: () => [...known.keys()],
  };
}
