import { setTimeout as pause } from 'node:timers/promises';
import { openTerminal, PROMPT } from './client.ts';
import type { Part } from './contender.ts';
import { FLOOD } from './neighbours.ts';

/** What the screen parses, bytes per second: xterm.js in a browser (terminals.md 2.9). */
const PARSES = 12_000_000;
/** How long it floods before Ctrl-C, ms. */
const FLOOD_MS = 3_000;
/** A server without flow control takes very long, ms. */
const PROMPT_MS = 60_000;

/** How long Ctrl-C takes until the prompt is on the screen, after a flood. */
export function createInterrupt(): Part {
  return {
    title: '刷屏三秒后按 Ctrl-C',
    suits: () => true,
    async run({ access }) {
      const terminal = await openTerminal(access, { learner: 0, node: 'node-2' }, PARSES);
      try {
        terminal.type(FLOOD);
        await pause(FLOOD_MS);
        const prompt = terminal.screen.sees(PROMPT, PROMPT_MS);
        const at = performance.now();
        terminal.type('\x03');
        await prompt;
        return { ctrl_c: performance.now() - at };
      } finally {
        await terminal.close();
      }
    },
  };
}
