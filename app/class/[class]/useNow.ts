import { useEffect, useState } from 'react';

/** How often a page that counts minutes looks at the clock, ms. */
const TICK_MS = 5_000;

/** The time, every few seconds. */
export function useNow(): number {
  const [now, setNow] = useState(() => Date.now());
  useEffect(() => {
    const timer = setInterval(() => setNow(Date.now()), TICK_MS);
    return () => clearInterval(timer);
  }, []);
  return now;
}
