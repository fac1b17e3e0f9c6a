import { Refusal } from './answer.ts';
import type { Audience } from './audience.ts';
import type { Guides } from './guides.ts';
import type { Helper, Helping } from './helping.ts';
import type { Viewer } from './places.ts';
import type { Answers, Request } from './protocol.ts';
import type { Client, Seat } from './seat.ts';
import type { Owned, Sessions } from './sessions.ts';
import type { Sight, Terminals, View } from './terminals.ts';

/** Terminals one socket looks at: two screens' worth of all nodes; each keeps a terminal's replay in memory. */
const VIEWS_PER_SOCKET = 48;

/** What sockets do at terminals. Who may what is decided at attach, and by what attach gave: a view, or only a sight. */
export interface Viewing {
  attach(request: Request<'terminal:attach'>, client: Client): Promise<Answers['terminal:attach']>;
  detach(request: Request<'terminal:detach'>, client: Client): null;
  input(request: Request<'terminal:input'>, client: Client): null;
  resize(request: Request<'terminal:resize'>, client: Client): Promise<Answers['terminal:resize']>;
  ack(request: Request<'terminal:ack'>, client: Client): null;
  /** The session behind a terminal, if it is this person's. */
  owned(client: Client, terminal: string): Owned;
  /** The socket is gone. */
  close(client: Client): void;
}

/** The views of all sockets. */
export function createViewing(options: {
  sessions: Sessions;
  terminals: Terminals;
  audience: Audience;
  guides: Pick<Guides, 'ensure' | 'mustType'>;
  helping: Pick<Helping, 'may'>;
  /** A helper typed this in a terminal of somebody's. */
  helped(owned: Owned, terminal: string, helper: Helper, data: string): void;
}): Viewing {
  const { sessions, terminals, audience, guides, helping } = options;

  function sessionOf(terminal: string): Owned {
    const owned = sessions.byTerminal(terminal);
    if (!owned) throw new Refusal('not-found');
    return owned;
  }

  function roleIn(owned: Owned, client: Client): 'owner' | 'helper' | 'watcher' | undefined {
    if (owned.person === client.data.person) return 'owner';
    if (audience.helper(client, owned)) return 'helper';
    return audience.watches(client, owned) ? 'watcher' : undefined;
  }

  /** The owner's view: what they type is kept from the shell while their class may not type, and keeps their nodes. */
  function owners(owned: Owned, view: View): View {
    const write: View['write'] = (typed) => {
      guides.mustType(owned);
      sessions.touch(owned);
      view.write(typed);
    };
    return { ...view, write };
  }

  /** A helper's: they may type while the learner allows it, and never decide the size. */
  function helpers(owned: Owned, terminal: string, client: Client, { ack, close, write }: View): Sight & Partial<View> {
    return {
      ack,
      close,
      write(typed) {
        const helper = audience.helper(client, owned);
        if (!helper || !helping.may(owned, helper.person)) throw new Refusal('not-yours');
        write(typed);
        options.helped(owned, terminal, helper, String(typed));
      },
    };
  }

  function viewOf(client: Client, terminal: string): NonNullable<ReturnType<Seat['views']['get']>> {
    const view = client.data.views.get(terminal);
    if (!view) throw new Refusal('not-yours');
    return view;
  }

  function detach(client: Client, terminal: string): void {
    client.data.views.get(terminal)?.close();
    client.data.views.delete(terminal);
  }

  return {
    async attach({ terminal, after }, client) {
      const owned = sessionOf(terminal);
      const role = roleIn(owned, client);
      if (!role) throw new Refusal('not-yours');
      const { views } = client.data;
      let isOver = false;
      const viewer: Viewer = {
        output(offset, bytes) {
          if (client.data.owes(bytes.length)) {
            client.data.now(() => client.emit('terminal:output', terminal, offset, bytes));
          } else client.conn.close(true);
        },
        resized: (size) => client.emit('terminal:size', terminal, size),
        ended() {
          isOver = true;
          views.delete(terminal);
        },
      };
      if (role === 'owner') await guides.ensure(owned);
      const { attached, view } =
        role === 'watcher'
          ? await terminals.watch(terminal, after, viewer)
          : await terminals.attach(terminal, after, viewer).then(({ attached, view }) => ({
              attached,
              view: role === 'owner' ? owners(owned, view) : helpers(owned, terminal, client, view),
            }));
      // Only now: two requests at once must not leave a view that nobody closes.
      detach(client, terminal);
      if (isOver) return attached;
      // The socket may have gone meanwhile, or been told to look away.
      const refusal = roleIn(owned, client) !== role ? 'not-yours' : views.size >= VIEWS_PER_SOCKET && 'too-many';
      if (refusal || !client.connected) {
        view.close();
        throw new Refusal(refusal || 'not-found');
      }
      views.set(terminal, view);
      return attached;
    },
    detach({ terminal }, client) {
      detach(client, terminal);
      return null;
    },
    input({ terminal, data }, client) {
      const { write } = viewOf(client, terminal);
      if (!write) throw new Refusal('not-yours');
      write(data);
      return null;
    },
    async resize({ terminal, cols, rows, take }, client) {
      const { resize } = viewOf(client, terminal);
      if (!resize) throw new Refusal('not-yours');
      return resize({ cols, rows }, take);
    },
    ack({ terminal, offset }, client) {
      viewOf(client, terminal).ack(offset);
      return null;
    },
    owned(client, terminal) {
      const owned = sessionOf(terminal);
      if (owned.person !== client.data.person) throw new Refusal('not-yours');
      return owned;
    },
    close(client) {
      for (const terminal of [...client.data.views.keys()]) detach(client, terminal);
    },
  };
}
