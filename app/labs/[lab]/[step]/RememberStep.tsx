'use client';

import { useEffect } from 'react';
import { lastStepKey } from '../../../lastStep.ts';

/** Lets the list of labs lead back to where this browser was. */
export function RememberStep({ lab, step }: { lab: string; step: string }) {
  useEffect(() => {
    try {
      localStorage.setItem(lastStepKey(lab), step);
    } catch {
      // Storage is closed in some private windows; then the list leads to the first step, which is fine.
    }
  }, [lab, step]);
  return null;
}
