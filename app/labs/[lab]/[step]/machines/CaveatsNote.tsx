'use client';

import { useState } from 'react';
import { useLab } from '../../../../live/LabProvider.tsx';
import { caveatWords as words } from '../../../../live/words.ts';
import { Act, Note } from './Note.tsx';

/** What the nodes cannot promise, where they are machines of somebody's own; and what a reset left behind on them. */
export function CaveatsNote() {
  const { state } = useLab();
  const [shut, setShut] = useState<string | null>(null);
  const running = state?.session.status === 'ready' || state?.session.status === 'resetting';
  if (!running || !state?.caveats) return null;
  const { isAdvisory, remains } = state.caveats;
  const news = remains.map(({ node, what }) => words.one(node, what));
  const read = news.join();
  if ((!isAdvisory && news.length === 0) || shut === read) return null;
  return (
    <Note
      role="status"
      told={[
        ...(isAdvisory ? [{ title: words.advisory, text: words.advisoryText }] : []),
        ...(news.length > 0 ? [{ title: words.remains, text: news.join('；') }] : []),
      ]}
      acts={<Act label={words.shut} onClick={() => setShut(read)} />}
    />
  );
}
