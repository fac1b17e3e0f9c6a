import { join } from 'node:path';
import { createLibrary, type Lab, type Library } from '../content/load.ts';
import type { Outline } from './labs/[lab]/outline.ts';

let opened: Library | undefined;

/**
 * The labs, of the folder that the server has set in NETLOOM_CONTENT, as their files are now. The pages keep a library
 * of their own: Next runs its copy of every module, so they cannot share the server's. It is a cache of files and
 * nothing else, read anew where a file changed.
 */
export function library(): Library {
  opened ??= createLibrary({ directory: process.env.NETLOOM_CONTENT ?? join(process.cwd(), 'content', 'labs') });
  opened.refresh();
  return opened;
}

/** What the frame around a step shows of a lab. */
export function outline(lab: Lab): Outline {
  const { title, subject, summary, minutes, nodes } = lab.file;
  return {
    id: lab.id,
    title,
    subject,
    summary,
    minutes,
    nodes: nodes.map(({ name, label, address }) => ({ name, label, address: address.replace(/\/\d+$/, '') })),
    steps: lab.steps.map(({ id, number, head }) => ({
      id,
      number,
      title: head.title,
      short: head.short,
      checkpoints: head.checkpoints.map(({ id, title, short, points }) => ({ id, title, short, points })),
    })),
  };
}
