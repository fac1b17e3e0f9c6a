'use client';

import { createContext, useCallback, useContext, useEffect, useState } from 'react';
import type { ClassView, Membership } from '../../../server/people-protocol.ts';
import { useDesk } from '../Desk.tsx';

/** The class that a page is about, and what one is in it. */
export interface OneClass {
  id: string;
  role: Membership['role'];
  /** Null until the server has said. */
  view: ClassView | null;
  /** Asks anew, after it may have changed. */
  refresh(): Promise<void>;
}

/** The class around a component. */
export const ClassContext = createContext<OneClass | null>(null);

/** The class around this component. */
export function useClass(): OneClass {
  const one = useContext(ClassContext);
  if (!one) throw new Error('useClass needs a ClassFrame');
  return one;
}

/** Keeps what is known of a class, asked anew with each connection. */
export function useClassView(id: string, may: boolean): Pick<OneClass, 'view' | 'refresh'> {
  const { desk, epoch } = useDesk();
  const [view, setView] = useState<ClassView | null>(null);
  const refresh = useCallback(async () => {
    const answer = await desk.request('class:look', { class: id });
    if (answer.ok) setView(answer.data);
  }, [desk, id]);
  useEffect(() => {
    if (may && epoch > 0) void refresh();
  }, [may, epoch, refresh]);
  return { view, refresh };
}
