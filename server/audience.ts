import type { DefaultEventsMap, Server } from 'socket.io';
import { Refusal } from './answer.ts';
import type { Classroom } from './classroom.ts';
import type { Helper } from './helping.ts';
import type { SessionPart } from './lab-session.ts';
import type { Teacher } from './lesson-protocol.ts';
import type { Limits } from './limits.ts';
import type { Watched } from './protocol.ts';
import type { Client, Seat } from './seat.ts';
import type { Owned, Sessions } from './sessions.ts';

/** Who has come in by an invitation shows it again after this long, ms: as long as an invitation lasts. */
const WATCH_MAX_MS = 12 * 3_600_000;

type Whose = Pick<Owned, 'person' | 'lab'>;

/** Those who watch somebody's session: by invitation, who look and nothing else, or by a right in a class, by name. */
export interface Audience {
  invite(whose: Whose): Promise<{ code: string; expiresAt: number }>;
  /** Takes the invitation back; whoever watches by it is sent away at once. */
  uninvite(whose: Whose): Promise<void>;
  /** Lets a socket watch the session behind a code, in place of one that it watched before. */
  admit(client: Client, code: string): Promise<Watched>;
  /** The same for one who may see this learner. */
  seat(client: Client, whose: Whose, helper: Helper): Promise<Watched>;
  watches(client: Client, whose: Whose): boolean;
  /** As whom a socket watches by a right; undefined for who came by invitation. */
  helper(client: Client, whose: Whose): Helper | undefined;
  /** The socket is gone, or looks no more. */
  leave(client: Client): void;
  /** Ends the watching of all who have the right no more. */
  recheck(may: (helper: Helper) => Promise<boolean>): Promise<void>;
  /** How many watch by invitation. */
  count(whose: Whose): number;
  /** Who watches by a right. */
  teachers(whose: Whose): Teacher[];
  tell(whose: Whose, part: SessionPart): void;
  /** The room of those who watch. */
  roomOf(whose: Whose): string;
}

function watched({ lab, session, results }: SessionPart): Watched {
  return { lab, session, results };
}

/** The audiences of all sessions. `changed` hears when somebody came or went, `left` when a helper's last window did. */
export function createAudience(options: {
  io: Server<DefaultEventsMap, DefaultEventsMap, DefaultEventsMap, Seat>;
  classroom: Classroom;
  sessions: Sessions;
  limits: Limits;
  changed(whose: Whose): void;
  left(whose: Whose, helper: Helper): void;
}): Audience {
  const { io, classroom, sessions, limits } = options;

  function roomOf({ person, lab }: Whose): string {
    return `watch/${person}/${lab}`;
  }

  function clientsOf(whose: Whose): Client[] {
    const ids = [...(io.sockets.adapter.rooms.get(roomOf(whose)) ?? [])];
    return ids.flatMap((id) => io.sockets.sockets.get(id) ?? []);
  }

  function helpers(whose: Whose): Helper[] {
    return clientsOf(whose).flatMap((client) => client.data.watching?.helper ?? []);
  }

  function leave(client: Client): void {
    const { watching } = client.data;
    if (!watching) return;
    clearTimeout(watching.until);
    client.data.watching = undefined;
    client.leave(roomOf(watching));
    const { helper } = watching;
    if (helper && !helpers(watching).some(({ person }) => person === helper.person)) options.left(watching, helper);
    options.changed(watching);
  }

  /** Closes the terminals that it looks at, but for its own. */
  function turnAway(client: Client): void {
    const { views } = client.data;
    for (const [terminal, view] of views) {
      if (sessions.byTerminal(terminal)?.person === client.data.person) continue;
      view.close();
      views.delete(terminal);
    }
    leave(client);
  }

  function dismiss(client: Client): void {
    turnAway(client);
    client.emit('watch:state', null);
  }

  return {
    invite: ({ person, lab }) => classroom.invite(person, lab),
    async uninvite(whose) {
      await classroom.uninvite(whose.person, whose.lab);
      for (const client of clientsOf(whose)) if (!client.data.watching?.helper) dismiss(client);
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
    async seat(client, { person, lab }, helper) {
      const { session } = await sessions.of(person, lab);
      turnAway(client);
      client.data.watching = { person, lab, helper };
      await client.join(roomOf({ person, lab }));
      if (!client.connected) {
        leave(client);
        throw new Refusal('not-found');
      }
      options.changed({ person, lab });
      return watched(session.state());
    },
    watches: ({ data: { watching } }, { person, lab }) => watching?.person === person && watching.lab === lab,
    helper({ data: { watching } }, { person, lab }) {
      return watching?.person === person && watching.lab === lab ? watching.helper : undefined;
    },
    leave: turnAway,
    async recheck(may) {
      for (const client of [...io.sockets.sockets.values()]) {
        const helper = client.data.watching?.helper;
        if (helper && !(await may(helper)) && client.data.watching?.helper === helper) dismiss(client);
      }
    },
    count: (whose) => clientsOf(whose).length - helpers(whose).length,
    teachers(whose) {
      const byPerson = new Map(helpers(whose).map(({ person, name, role }) => [person, { person, name, role }]));
      return [...byPerson.values()];
    },
    tell: (whose, part) => io.to(roomOf(whose)).emit('watch:state', watched(part)),
    roomOf,
  };
}
