import { useEffect, useState } from 'react';

/** The time, once a second while somebody needs it; 0 before the first tick, so that server and browser draw the same. */
export function useSecond(running: boolean): number {
  const [now, setNow] = useState(0);
  useEffect(() => {
    if (!running) return;
    setNow(Date.now());
    const timer = setInterval(() => setNow(Date.now()), 1000);
    return () => clearInterval(timer);
  }, [running]);
  return now;
}
