import type { LabState, ShownResult } from '../../../server/protocol.ts';
import type { Outline, OutlineStep } from './outline.ts';

/** How far a step, or a lab, is. */
export interface Progress {
  passed: number;
  /** Hold by the platform's work; the learner need not do them to go on. */
  skipped: number;
  total: number;
}

/** A checkpoint counts once it has passed; a later mistake is shown on its card and takes nothing away. */
export function done(result: ShownResult | undefined): boolean {
  return result !== undefined && !result.skipped && (result.status === 'passed' || result.passedAt !== undefined);
}

/** Whether a checkpoint lies before the step at which the nodes began, and nothing of it has broken since. */
export function isSkipped(result: ShownResult | undefined): boolean {
  return result?.skipped === true && (result.status === 'passed' || result.status === 'pending');
}

/** Progress of one step. */
export function stepProgress(step: OutlineStep, state: LabState | null): Progress {
  return {
    passed: step.checkpoints.filter((checkpoint) => done(state?.results[checkpoint.id])).length,
    skipped: step.checkpoints.filter((checkpoint) => isSkipped(state?.results[checkpoint.id])).length,
    total: step.checkpoints.length,
  };
}

/** Progress of the whole lab. */
export function labProgress(course: Outline, state: LabState | null): Progress {
  const steps = course.steps.map((step) => stepProgress(step, state));
  return {
    passed: steps.reduce((sum, step) => sum + step.passed, 0),
    skipped: steps.reduce((sum, step) => sum + step.skipped, 0),
    total: steps.reduce((sum, step) => sum + step.total, 0),
  };
}

/** The points of the whole lab: earned so far, and all there are. */
export function labPoints(course: Outline, state: LabState): { earned: number; total: number } {
  const checkpoints = course.steps.flatMap((step) => step.checkpoints);
  // Scores are exact to a tenth; binary fractions are not.
  const tenths = checkpoints.reduce((sum, { id }) => sum + Math.round((state.scores[id] ?? 0) * 10), 0);
  return { earned: tenths / 10, total: checkpoints.reduce((sum, { points }) => sum + points, 0) };
}

/** How many hints were opened in the lab. */
export function hintsOpened(state: LabState): number {
  return Object.values(state.results).reduce((sum, result) => sum + result.hintsOpened, 0);
}

/** Minutes and hours for people: `1:42:07`, `4:05`. */
export function duration(ms: number): string {
  const seconds = Math.max(0, Math.floor(ms / 1000));
  const two = (value: number) => String(value).padStart(2, '0');
  const [h, m, s] = [Math.floor(seconds / 3600), Math.floor(seconds / 60) % 60, seconds % 60];
  return h > 0 ? `${h}:${two(m)}:${two(s)}` : `${m}:${two(s)}`;
}

/** The same in words: 「1 小时 42 分钟」. */
export function spokenDuration(ms: number): string {
  const minutes = Math.max(1, Math.round(ms / 60_000));
  if (minutes < 60) return `${minutes} 分钟`;
  const rest = minutes % 60;
  return rest === 0 ? `${Math.floor(minutes / 60)} 小时` : `${Math.floor(minutes / 60)} 小时 ${rest} 分钟`;
}

/** The time of day, `14:32`, and with the date where it is not today. */
export function clockTime(at: number): string {
  const today = new Date(at).toDateString() === new Date().toDateString();
  const day = today ? {} : ({ month: 'long', day: 'numeric' } as const);
  return new Intl.DateTimeFormat('zh-CN', { ...day, hour: '2-digit', minute: '2-digit', hour12: false }).format(at);
}
