'use client';

import { createContext, type ReactNode, useContext, useEffect, useState, useSyncExternalStore } from 'react';
import type { Me } from '../../server/people-protocol.ts';
import { type Connection, type ConnectionState, createConnection } from '../live/connection.ts';
import { createStore, type Store } from '../live/store.ts';

/** What a page outside a lab knows of the server. */
export interface DeskView {
  connection: ConnectionState;
  /** Grows each time a connection is open anew: then whatever was subscribed to is asked for again. */
  epoch: number;
  /** Who this browser is; null until the server has said. */
  me: Me | null;
}

/** The socket of a page outside a lab, and who one is there. */
export interface Desk extends Pick<Connection, 'request' | 'tell' | 'on' | 'retry'> {
  readonly view: Store<DeskView>;
  open(): void;
  close(): void;
  /** Asks anew who one is, after that may have changed. */
  refresh(): Promise<void>;
}

function createDesk(): Desk {
  const view = createStore<DeskView>({ connection: 'connecting', epoch: 0, me: null });
  const connection = createConnection((state) => {
    view.set({ connection: state });
    if (state !== 'open') return;
    view.set({ epoch: view.get().epoch + 1 });
    void refresh();
  });
  async function refresh() {
    const answer = await connection.request('me:who', {});
    if (answer.ok) view.set({ me: answer.data });
  }
  return { ...connection, view, refresh, open: () => connection.open(), close: () => connection.close() };
}

const DeskContext = createContext<Desk | null>(null);

/** Keeps one socket for everything inside. */
export function DeskProvider({ children }: { children: ReactNode }) {
  const [desk] = useState(createDesk);
  useEffect(() => {
    desk.open();
    return () => desk.close();
  }, [desk]);
  return <DeskContext value={desk}>{children}</DeskContext>;
}

/** The desk around this component, and what it knows now. */
export function useDesk(): DeskView & { desk: Desk } {
  const desk = useContext(DeskContext);
  if (!desk) throw new Error('useDesk needs a DeskProvider');
  const view = useSyncExternalStore(desk.view.subscribe, desk.view.get, desk.view.initial);
  return { ...view, desk };
}
