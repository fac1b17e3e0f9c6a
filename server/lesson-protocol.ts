import type { Need } from './authority.ts';

/** The part of the contract that is about a class at work on a lab: who is where, help, reset and time. */

export const lessonRequests = {} as const;

/** What one must be to ask it. */
export const lessonNeeds: Record<keyof typeof lessonRequests, Need> = {};

// biome-ignore lint/suspicious/noEmptyInterface: grows with the requests.
export interface LessonAnswers {}
