'use client';

import { useParams, useRouter } from 'next/navigation';
import { type ReactNode, useContext, useEffect, useMemo, useState, useSyncExternalStore } from 'react';
import type { Request } from '../../server/protocol.ts';
import { LiveContext } from './context.ts';
import { earlyPart, endEarly } from './early.ts';
import { createLive, type Live } from './live.ts';

interface Props {
  lab: string;
  children: ReactNode;
}

function ofEarly(lab: string): Live | undefined {
  const live = earlyPart()?.live;
  return live?.lab === lab ? live : undefined;
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
  const [live] = useState(() => ofEarly(lab) ?? createLive(lab));

  useEffect(() => live.stand(step ?? null), [live, step]);
  useEffect(() => live.on('content:changed', (changed) => changed === lab && router.refresh()), [live, lab, router]);
  useEffect(() => {
    if (live !== ofEarly(lab)) live.open();
    return () => (live === ofEarly(lab) ? endEarly() : live.close());
  }, [live, lab]);

  return <LiveContext value={live}>{children}</LiveContext>;
}

/** The lab around this component: its state, and what can be wished. */
export function useLab() {
  const live = useLive();
  const view = useSyncExternalStore(live.view.subscribe, live.view.get, live.view.initial);
  const wishes = useMemo(() => {
    const { lab } = live;
    return {
      lab,
      start: (step?: string) => live.wish('lab:start', step ? { lab, step } : { lab }),
      reset: (to: { node?: string; step?: string }) => live.wish('lab:reset', { lab, ...to }),
      end: () => live.wish('lab:end', { lab }),
      check: (checkpoint?: string) => live.wish('checkpoint:check', checkpoint ? { lab, checkpoint } : { lab }),
      answer: (checkpoint: string, answers: Record<string, string>) =>
        live.request('question:answer', { lab, checkpoint, answers }),
      openHint: (hint: Omit<Request<'hint:open'>, 'lab'>) => live.wish('hint:open', { lab, ...hint }),
      transferCode: () => live.request('me:code', {}),
      sshToken: (node: string) => live.request('terminal:ssh', { lab, node }),
      history: () => live.request('history:list', { lab }),
      clearHistory: () => live.wish('history:clear', { lab }),
      raiseHand: (up: boolean) => live.wish('hand:raise', { lab, up }),
      /** Lets somebody who teaches type, or takes that back. */
      answerHelp: (helper: string, allow: boolean) => live.wish('help:answer', { lab, helper, allow }),
      /** Says that somebody is there: idle nodes stay. */
      keep: () => live.wish('lab:keep', { lab }),
      invite: () => live.request('lab:invite', { lab }),
      uninvite: () => live.request('lab:uninvite', { lab }),
      /** Puts a text behind the prompt of a node, without running it. */
      put: live.runner.put,
      openTerminal: live.openTerminal,
      closeTerminal: live.closeTerminal,
      look: live.look,
      forget: live.forget,
      retry: live.retry,
      /** Gives the focus to a terminal as soon as it is there. */
      focusOn: (focus: { node: string; terminal?: string }) => live.view.set({ focus }),
      /** Lets one node's terminals fill the window; null gives the page back. */
      fill: (full: string | null) => live.view.set(full ? { full, front: full } : { full }),
      setInviting: (inviting: boolean) => live.view.set({ inviting }),
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
