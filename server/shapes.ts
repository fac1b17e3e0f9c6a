import { z } from 'zod';

/** What several requests name, as it may look on the wire. */
export const lab = z.string().regex(/^[a-z0-9][a-z0-9-]{0,62}$/);
export const step = lab;
export const checkpoint = lab;
export const node = z.string().regex(/^[a-z][a-z0-9-]{0,14}$/);
export const terminal = z.string().regex(/^[a-z0-9]{16,32}$/);
/** The id of a class; `class` is a word of the language. */
export const classId = lab;
/** A person's id, as newId makes it. */
export const learner = z.string().regex(/^[0-9a-f]{32}$/);
/** Several of a class at once; a class has no more. */
export const LEARNERS_MAX = 500;
export const learners = z.array(learner).min(1).max(LEARNERS_MAX);
