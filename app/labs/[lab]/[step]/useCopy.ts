import { useEffect, useState } from 'react';
import { copyText } from './copy.ts';

/** How long it is said what became of a copy, ms. */
const SAID_MS = 1_600;

/** Copies a text when asked, and for a moment says how that went. */
export function useCopy(text: string): { said: 'copied' | 'failed' | null; copy(): Promise<void> } {
  const [said, setSaid] = useState<'copied' | 'failed' | null>(null);
  useEffect(() => {
    if (said === null) return;
    const timer = setTimeout(() => setSaid(null), SAID_MS);
    return () => clearTimeout(timer);
  }, [said]);
  return { said, copy: async () => setSaid((await copyText(text)) ? 'copied' : 'failed') };
}
