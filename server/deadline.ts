/** Until when a learner's work is in time: the class's deadline, or their own where that is later; undefined without one. */
export function deadlineOf(ofClass: number | null, own: number | undefined): number | undefined {
  if (ofClass === null) return undefined;
  return Math.max(ofClass, own ?? ofClass);
}

/** Whether a checkpoint was passed for the first time after the deadline; what was passed before stays in time. */
export function isLate(passedAt: number | undefined, deadline: number | undefined): boolean {
  return passedAt !== undefined && deadline !== undefined && passedAt > deadline;
}
