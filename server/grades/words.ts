import type { CheckpointStanding, Learner } from './grade.ts';

/** Grades are read in China, whatever the server's clock is set to; it knows no summer time. */
export const TIME_ZONE = 'Asia/Shanghai';
export const TIME_ZONE_OFFSET_MS = 8 * 3_600_000;

/** What a checkpoint's standing is called. */
export const standings: Record<CheckpointStanding, string> = {
  passed: '通过',
  lapsed: '通过后失效',
  failed: '未通过',
  unknown: '没能检查',
  skipped: '跳过',
  untouched: '没有做',
};

/** A moment in Beijing: `2026-11-23 14:05:09`. */
export function momentWords(at: number): string {
  return new Date(at + TIME_ZONE_OFFSET_MS).toISOString().slice(0, 19).replace('T', ' ');
}

/** A span of time as a clock shows it: `1:23:45`. */
export function spanWords(ms: number): string {
  const seconds = Math.round(ms / 1000);
  const two = (value: number) => String(value).padStart(2, '0');
  return `${Math.floor(seconds / 3600)}:${two(Math.floor(seconds / 60) % 60)}:${two(seconds % 60)}`;
}

/** Whom a line is about: what the class calls them, else the number this instance gave them. */
export function learnerWords({ person, studentNo, name }: Learner): string {
  return [studentNo, name].filter((each) => each !== undefined && each !== '').join(' ') || `学员 ${person}`;
}

/** Text on one line, without control characters: names come from people, and people paste anything. */
export function oneLine(text: string): string {
  return text
    .replace(/[\s\p{Cc}\p{Zl}\p{Zp}]+/gu, ' ')
    .replace(/[\p{Cs}\uFFFE\uFFFF]/gu, '\uFFFD')
    .trim();
}
