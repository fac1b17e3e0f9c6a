import { z } from 'zod';
import { labId, nodeName } from './schema.ts';

/** Where a lab's mutations stand, in its folder. */
export const MUTATIONS_FILE = 'mutations.yaml';
/** A set-up is a few commands, characters. */
const RUN_MAX = 4000;

const name = z.string().min(1).max(80);
const run = z.string().min(1).max(RUN_MAX);
const why = z.string().min(1).max(300);
const red = z.array(labId).min(1);
const fact = z.string().min(1).max(60);
const says = z.string().min(1).max(200).refine(isPattern, '不是正确的正则表达式');

/** mutations.yaml: ways to break the solved lab, and ways to solve it that differ from the text. */
export const mutationsFile = z.strictObject({
  /** Words that change places when a set-up is made on the other node. */
  mirror: z.array(z.tuple([z.string().min(1), z.string().min(1)])).default([]),
  /** What breaks the solved lab. */
  broken: z
    .array(
      z.strictObject({
        name,
        on: nodeName,
        run,
        /** Exactly these turn red, beside those that only wait for one of them. */
        red,
        /** The fact that fails there, by id. */
        fact,
        /** What that fact says, a regular expression. */
        says,
        /** Why the printed repair does not bring the lab back, if it does not. */
        unrepaired: why.optional(),
        /** Only on this node. */
        alone: z.boolean().default(false),
        /** What turns red on the other node, where the lab is not the same on both. */
        mirrored: z.strictObject({ red }).optional(),
      }),
    )
    .default([]),
  /** What differs from the text and is right all the same. */
  right: z
    .array(
      z.strictObject({
        name,
        on: nodeName,
        /** What it begins with: the solved lab, new nodes, or the text up to the end of a step. */
        from: z.string().default('solved'),
        run,
        alone: z.boolean().default(false),
      }),
    )
    .default([]),
  /** Things of the solved lab that may be taken away without harm; every other one must turn something red. */
  harmless: z.array(z.strictObject({ on: nodeName, run, why })).default([]),
  /** Facts of the solved lab that no set-up can break. */
  unbreakable: z.array(z.strictObject({ fact, of: red, why })).default([]),
});
export type MutationsFile = z.infer<typeof mutationsFile>;

function isPattern(text: string): boolean {
  try {
    new RegExp(text);
    return true;
  } catch {
    return false;
  }
}
