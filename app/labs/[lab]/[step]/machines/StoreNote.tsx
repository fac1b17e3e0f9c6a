'use client';

import { useLab } from '../../../../live/LabProvider.tsx';
import { storeWords as words } from '../../../../live/words.ts';
import { Note } from './Note.tsx';

/** Says that the server cannot store anything now, what becomes of results, and that nobody has done anything wrong. */
export function StoreNote() {
  const trouble = useLab().state?.trouble;
  if (!trouble) return null;
  return <Note role="alert" told={[{ title: words.title, text: words.text(trouble) }]} />;
}
