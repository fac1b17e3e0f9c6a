'use client';

import { useParams, useRouter } from 'next/navigation';
import { type ReactNode, useContext, useEffect, useMemo, useState, useSyncExternalStore } from 'react';
import { LiveContext } from './context.ts';
import { createLive } from './live.ts';

interface Props {
  lab: string;
  children: ReactNode;
}

/** Keeps one lab alive for everything inside: one socket, one state, however often the step in the address changes. */
export function LabProvider({ lab, children }: Props) {
  return (
    <OneLab key={lab} lab={lab}>
      {children}
    </OneLab>
  );
}

function OneLab({ lab, children }: Props) {
  const router = useRouter();
  const { step } = useParams<{ step?: string }>();
  const [live] = useState(() => createLive(lab, () => router.refresh()));

  useEffect(() => live.stand(step ?? null), [live, step]);
  useEffect(() => {
    live.open();
    return () => live.close();
  }, [live]);

  return <LiveContext value={live}>{children}</LiveContext>;
}

/** The lab around this component: its state, and what can be wished. */
export function useLab() {
  const live = useLive();
  const view = useSyncExternalStore(live.view.subscribe, live.view.get, live.view.get);
  const wishes = useMemo(() => {
    const { lab } = live;
    return {
      lab,
      start: () => live.wish('lab:start', { lab }),
      reset: (node?: string) => live.wish('lab:reset', node ? { lab, node } : { lab }),
      end: () => live.wish('lab:end', { lab }),
      check: (checkpoint?: string) => live.wish('checkpoint:check', checkpoint ? { lab, checkpoint } : { lab }),
      answer: (checkpoint: string, answers: Record<string, string>) =>
        live.request('question:answer', { lab, checkpoint, answers }),
      transferCode: () => live.request('me:code', {}),
      openTerminal: live.openTerminal,
      closeTerminal: live.closeTerminal,
      look: live.look,
      forget: live.forget,
      retry: live.retry,
      /** Gives the focus to a terminal as soon as it is there. */
      focusOn: (focus: { node: string; terminal?: string }) => live.view.set({ focus }),
      dismiss: () => live.view.set({ refusal: null }),
    };
  }, [live]);
  return { ...view, ...wishes };
}

/** The live object itself, for the parts that speak the terminal protocol. */
export function useLive() {
  const live = useContext(LiveContext);
  if (!live) throw new Error('useLab needs a LabProvider');
  return live;
}
