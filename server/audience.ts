import type { DefaultEventsMap, Server } from 'socket.io';
import { Refusal } from './answer.ts';
import type { Classroom } from './classroom.ts';
import type { SessionPart } from './lab-session.ts';
import type { Limits } from './limits.ts';
import type { Watched } from './protocol.ts';
import type { Client, Seat } from './seat.ts';
import type { Owned, Sessions } from './sessions.ts';

/** Who has come in by an invitation shows it again after this long, ms: as long as an invitation lasts. */
const WATCH_MAX_MS = 12 * 3_600_000;

type Whose = Pick<Owned, 'person' | 'lab'>;

/** Those who watch somebody's session by invitation; they look and nothing else. */
export interface Audience {
  invite(whose: Whose): Promise<{ code: string; expiresAt: number }>;
  /** Takes the invitation back; whoever watches is sent away at once. */
  uninvite(whose: Whose): Promise<void>;
  /** Lets a socket watch the session behind a code, in place of one that it watched before. */
  admit(client: Client, code: string): Promise<Watched>;
  watches(client: Client, whose: Whose): boolean;
  /** The socket is gone. */
  leave(client: Client): void;
  count(whose: Whose): number;
  tell(whose: Whose, part: SessionPart): void;
  /** The room of those who watch. */
  roomOf(whose: Whose): string;
}

function watched({ lab, session, results }: SessionPart): Watched {
  return { lab, session, results };
}

/** The audiences of all sessions. `changed` hears when somebody came or went. */
export function createAudience(options: {
  io: Server<DefaultEventsMap, DefaultEventsMap, DefaultEventsMap, Seat>;
  classroom: Classroom;
  sessions: Sessions;
  limits: Limits;
  changed(whose: Whose): void;
}): Audience {
  const { io, classroom, sessions, limits } = options;

  function roomOf({ person, lab }: Whose): string {
    return `watch/${person}/${lab}`;
  }

  function leave(client: Client): void {
    const { watching } = client.data;
    if (!watching) return;
    clearTimeout(watching.until);
    client.data.watching = undefined;
    client.leave(roomOf(watching));
    options.changed(watching);
  }

  function dismiss(client: Client): void {
    const { views } = client.data;
    for (const [terminal, view] of views) {
      // Its own terminals it may go on looking at.
      if (sessions.byTerminal(terminal)?.person === client.data.person) continue;
      view.close();
      views.delete(terminal);
    }
    leave(client);
    client.emit('watch:state', null);
  }

  return {
    invite: ({ person, lab }) => classroom.invite(person, lab),
    async uninvite(whose) {
      await classroom.uninvite(whose.person, whose.lab);
      for (const id of [...(io.sockets.adapter.rooms.get(roomOf(whose)) ?? [])]) {
        const client = io.sockets.sockets.get(id);
        if (client) dismiss(client);
      }
    },
    async admit(client, code) {
      const look = () => classroom.invitation(code);
      const invited = await limits.guess(client.handshake.address, look);
      if (!invited) throw new Refusal('not-found');
      const { session, ...whose } = await sessions.of(invited.person, invited.lab);
      leave(client);
      const until = setTimeout(() => dismiss(client), WATCH_MAX_MS).unref();
      client.data.watching = { ...whose, until };
      await client.join(roomOf(whose));
      // It may have been taken back, or the socket lost, while we looked.
      if (!client.connected || !(await look())) {
        dismiss(client);
        throw new Refusal('not-found');
      }
      options.changed(whose);
      return watched(session.state());
    },
    watches: ({ data: { watching } }, { person, lab }) => watching?.person === person && watching.lab === lab,
    leave,
    count: (whose) => io.sockets.adapter.rooms.get(roomOf(whose))?.size ?? 0,
    tell: (whose, part) => io.to(roomOf(whose)).emit('watch:state', watched(part)),
    roomOf,
  };
}
