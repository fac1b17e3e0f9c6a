import { join } from 'node:path';
import { fingerprint, listFolders, readFolder } from './folder.ts';
import { type Lab, readLab, type Step } from './lab.ts';
import { attempt, ContentMistake } from './mistake.ts';
import { parseStep, type StepReading } from './prose.ts';

export type { Lab, Step } from './lab.ts';

/** All labs of a directory, kept up to date with its files. */
export interface Library {
  /** The labs in the order of their ids, each in its last good version. */
  labs(): Lab[];
  lab(id: string): Lab | undefined;
  step(lab: string, step: string): Step | undefined;
  /** Looks at times and sizes and reads what changed; hands back the ids of the labs that are new, changed or gone. */
  refresh(): string[];
  /** What is wrong with a lab's files now; while there is something, the version before keeps serving. */
  mistakes(lab: string): ContentMistake[];
}

/** What to make a library of. */
export interface LibraryOptions {
  /** The directory of labs. */
  directory: string;
  /** Told once per edit that leaves a lab broken. */
  onMistake?: (lab: string, mistake: ContentMistake) => void;
}

interface Shelf {
  fingerprint: string;
  lab: Lab | undefined;
  mistakes: ContentMistake[];
}

/** Reads the labs of a directory, broken ones apart, and follows their files at every refresh(). */
export function createLibrary({ directory, onMistake }: LibraryOptions): Library {
  const shelves = new Map<string, Shelf>();
  const parse = rememberSteps();

  const refresh = (): string[] => {
    const { folders } = listFolders(directory);
    const gone = [...shelves.keys()].filter((id) => !folders.includes(id));
    for (const id of gone) shelves.delete(id);
    return [...gone, ...folders.filter((id) => refreshOne(id))];
  };

  const refreshOne = (id: string): boolean => {
    const path = join(directory, id);
    const before = shelves.get(id);
    const now = fingerprint(path);
    if (before?.fingerprint === now) return false;
    const reading = attempt(() => readLab(readFolder(path), parse));
    const good = 'value' in reading;
    const mistakes = good ? [] : reading.mistakes;
    shelves.set(id, { fingerprint: now, lab: good ? reading.value : before?.lab, mistakes });
    if (!good) onMistake?.(id, ContentMistake.of(mistakes));
    return good;
  };

  refresh();
  return {
    labs: () => [...shelves.keys()].sort().flatMap((id) => shelves.get(id)?.lab ?? []),
    lab: (id) => shelves.get(id)?.lab,
    step: (lab, step) => shelves.get(lab)?.lab?.steps.find(({ id }) => id === step),
    refresh,
    mistakes: (lab) => shelves.get(lab)?.mistakes ?? [],
  };
}

/** Reads every lab of a directory; throws one ContentMistake with everything that is wrong anywhere. */
export function loadAll(directory: string): Lab[] {
  const { folders, strays } = listFolders(directory);
  const mistakes = strays.map((name) => {
    const place = { file: join(directory, name), line: 1, column: 1 };
    return new ContentMistake(place, '这里只放实验的文件夹：每个实验一个文件夹，里面有 lab.yaml');
  });
  if (folders.length === 0) {
    mistakes.push(new ContentMistake({ file: directory, line: 1, column: 1 }, '这里一个实验也没有'));
  }
  const labs = folders.flatMap((id) => {
    const reading = attempt(() => readLab(readFolder(join(directory, id))));
    if ('value' in reading) return [reading.value];
    mistakes.push(...reading.mistakes);
    return [];
  });
  if (mistakes.length > 0) throw ContentMistake.of(mistakes);
  return labs;
}

/** A parser of steps that reads only what is not as it was: an edit of one step costs one step. */
function rememberSteps(): typeof parseStep {
  const last = new Map<string, { source: string; nodes: string; reading: StepReading }>();
  return (source, file, nodes) => {
    const known = last.get(file);
    const key = nodes?.join(' ') ?? '';
    if (known?.source === source && known.nodes === key) return known.reading;
    const reading = parseStep(source, file, nodes);
    last.set(file, { source, nodes: key, reading });
    return reading;
  };
}
