import type { Need } from './authority.ts';

/** The part of the contract that is about what was: grades, how they came about, recordings. */

export const recordRequests = {} as const;

/** What one must be to ask it. */
export const recordNeeds: Record<keyof typeof recordRequests, Need> = {};

// biome-ignore lint/suspicious/noEmptyInterface: grows with the requests.
export interface RecordAnswers {}
