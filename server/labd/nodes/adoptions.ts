import { mkdirSync, readdirSync, readlinkSync, rmSync, symlinkSync } from 'node:fs';
import { join } from 'node:path';
import type { SessionId } from './driver.ts';
import { isSession } from './place.ts';

/** Which sessions have nodes that were made ahead, under another name. */
export interface Adoptions {
  /** The name a session's nodes have; undefined when it is its own. */
  get(session: SessionId): SessionId | undefined;
  /** The session that nodes of this name were given to. */
  ownerOf(place: SessionId): SessionId | undefined;
  sessions(): SessionId[];
  put(session: SessionId, place: SessionId): void;
  remove(session: SessionId): void;
}

/** Opens the folder that holds a link per session: making one is atomic, so that no crash leaves half of it. */
export function openAdoptions(directory: string): Adoptions {
  mkdirSync(directory, { recursive: true, mode: 0o700 });
  const places = new Map<SessionId, SessionId>();
  const owners = new Map<SessionId, SessionId>();
  for (const session of readdirSync(directory).filter(isSession)) {
    const place = targetOf(join(directory, session));
    if (!isSession(place)) continue;
    places.set(session, place);
    owners.set(place, session);
  }
  return {
    get: (session) => places.get(session),
    ownerOf: (place) => owners.get(place),
    sessions: () => [...places.keys()],
    put(session, place) {
      symlinkSync(place, join(directory, session));
      places.set(session, place);
      owners.set(place, session);
    },
    remove(session) {
      owners.delete(places.get(session) ?? '');
      places.delete(session);
      rmSync(join(directory, session), { force: true });
    },
  };
}

function targetOf(path: string): string {
  try {
    return readlinkSync(path);
  } catch {
    return ''; // Not a link: not ours.
  }
}
