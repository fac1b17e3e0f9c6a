'use client';

import { useEffect, useState } from 'react';
import type { ShownResult } from '../../../../server/protocol.ts';
import { useLab } from '../../../live/LabProvider.tsx';

/** How often 「3 分钟前」 is counted anew, ms. */
const RECOUNT_MS = 20_000;
const MINUTE_MS = 60_000;

/** When a checkpoint was judged, by whom it was asked, and how long it took. */
export function JudgedAt(props: { result: ShownResult | undefined; askedAt: number | null; questions: boolean }) {
  const { result, askedAt, questions } = props;
  const { clock } = useLab();
  const now = useNow() + clock;
  if (result?.judgedAt === undefined) {
    return <span> · {questions ? '抓到自己的包，再回答下面的问题' : '每条命令结束后自动检查'}</span>;
  }
  const byHand = askedAt !== null && askedAt + clock <= result.judgedAt;
  const took = result.tookMs === undefined ? '' : ` · ${length(result.tookMs)}`;
  return (
    <span>
      {' · '}
      {ago(result.judgedAt, now)}
      {byHand ? '检查' : '自动检查'}
      {took}
    </span>
  );
}

function length(ms: number): string {
  return ms < 1000 ? `${Math.round(ms)}\u00a0ms` : `${(ms / 1000).toFixed(1)}\u00a0秒`;
}

function ago(then: number, now: number): string {
  const minutes = Math.floor((now - then) / MINUTE_MS);
  if (minutes < 1) return '刚刚';
  if (minutes < 60) return `${minutes} 分钟前`;
  return new Intl.DateTimeFormat('zh-CN', {
    month: 'numeric',
    day: 'numeric',
    hour: '2-digit',
    minute: '2-digit',
  }).format(then);
}

function useNow(): number {
  const [now, setNow] = useState(() => Date.now());
  useEffect(() => {
    const timer = setInterval(() => setNow(Date.now()), RECOUNT_MS);
    return () => clearInterval(timer);
  }, []);
  return now;
}
