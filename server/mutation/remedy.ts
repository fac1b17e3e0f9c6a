import { causesOf, failing } from './expectation.ts';
import type { Verdicts } from './set-up.ts';

/** A command of a repair, and the node to run it on. */
export interface Remedy {
  node: string;
  command: string;
}

/**
 * What somebody would run who does what the failing facts say, from top to bottom and each thing once: the commands in
 * backticks, on the node of their fact.
 */
export function remediesOf(verdicts: Verdicts): Remedy[] {
  const all = causesOf(verdicts).flatMap((checkpoint) =>
    failing(verdicts, checkpoint).flatMap(({ repair = '', look }) => {
      const commands = [...repair.matchAll(/`([^`]+)`/g)].map(([, command = '']) => command);
      return look ? commands.map((command): Remedy => ({ node: look.node, command })) : [];
    }),
  );
  return [...new Map(all.map((remedy) => [`${remedy.node} ${remedy.command}`, remedy])).values()];
}
