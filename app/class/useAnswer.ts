'use client';

import { useCallback, useEffect, useRef, useState } from 'react';
import type { Answers, RefusalCode, Request, RequestName } from '../../server/protocol.ts';
import { useDesk } from './Desk.tsx';

/** What a page asks the server for once, and again after each reconnect. */
export interface Asked<T> {
  data: T | null;
  /** Why there is none, or no newer one. */
  refusal: RefusalCode | null;
  asking: boolean;
  ask(): void;
}

/** Keeps the answer to one request. What was answered stays while it is asked again. */
export function useAnswer<N extends RequestName>(name: N, request: Request<N>): Asked<Answers[N]> {
  const { desk, epoch } = useDesk();
  const [data, setData] = useState<{ key: string; answer: Answers[N] } | null>(null);
  const [refusal, setRefusal] = useState<RefusalCode | null>(null);
  const [asking, setAsking] = useState(false);
  const latest = useRef(0);
  // The request is small and plain: its text tells whether it is another one.
  const key = JSON.stringify(request);

  const ask = useCallback(async () => {
    latest.current += 1;
    const mine = latest.current;
    setAsking(true);
    const answer = await desk.request(name, JSON.parse(key) as Request<N>);
    if (mine !== latest.current) return;
    setAsking(false);
    setRefusal(answer.ok ? null : answer.code);
    if (answer.ok) setData({ key, answer: answer.data });
  }, [desk, name, key]);

  useEffect(() => {
    if (epoch > 0) void ask();
  }, [epoch, ask]);

  return { data: data?.key === key ? data.answer : null, refusal, asking, ask };
}
