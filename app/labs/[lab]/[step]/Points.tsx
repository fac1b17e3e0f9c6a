'use client';

import type { Checkpoint } from '../../../../content/schema.ts';
import { useLab } from '../../../live/LabProvider.tsx';

/** What a checkpoint is worth, and how much of that it has earned while it is only partly done. */
export function Points({ checkpoint: { id, points } }: { checkpoint: Checkpoint }) {
  const { state } = useLab();
  if (points === 0) return null;
  const score = state?.scores[id] ?? 0;
  const part = score > 0 && score < points ? `${score} / ` : '';
  return <span>{` · ${part}${points} 分`}</span>;
}
