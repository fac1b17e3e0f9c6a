import type { LabChecks } from '../content/check.ts';
import { loadChecks } from '../content/judgements.ts';
import { createLibrary, type Lab, loadAll } from '../content/load.ts';
import { ContentMistake } from '../content/mistake.ts';
import { versionsOf } from '../content/version.ts';
import { watchContent } from '../content/watch.ts';
import type { LabSource } from './judge.ts';

/** The labs as they are taught now: text and judgements that belong together, following the author's edits. */
export interface Curriculum {
  source(lab: string): LabSource | undefined;
  /** All of them. */
  labs(): Lab[];
  /** `changed` hears of each edit from now on, with what is wrong with it or null. */
  follow(changed: (lab: string, mistake: ContentMistake | null) => void): void;
  close(): void;
}

/**
 * Opens the labs of a directory. Rejects with a ContentMistake when anything is wrong at the start; later the last good
 * version goes on.
 */
export async function openCurriculum(options: {
  directory: string;
  /** Whether mistakes are told to those who look at the lab: in development, when that is its author. */
  tellMistakes: boolean;
  fault(error: unknown, what: string): void;
}): Promise<Curriculum> {
  loadAll(options.directory);
  const library = createLibrary({ directory: options.directory });
  const taught = new Map<string, { lab: Lab; checks: LabChecks; versions: Record<string, string> }>();
  const followers = new Set<(lab: string, mistake: ContentMistake | null) => void>();
  const wrong = new Map<string, ContentMistake | null>();
  for (const lab of library.labs()) taught.set(lab.id, await teach(lab));

  /** A lab with its judgements, and what their versions are called. */
  async function teach(lab: Lab) {
    return { lab, checks: await loadChecks(lab), versions: versionsOf(lab) };
  }

  /** Takes over a lab's files as they are now; what is wrong with them, or null. */
  async function read(id: string): Promise<ContentMistake | null> {
    library.refresh();
    const lab = library.lab(id);
    const mistakes = library.mistakes(id);
    if (mistakes.length > 0) return ContentMistake.of(mistakes);
    if (!lab) {
      taught.delete(id);
      return null;
    }
    try {
      taught.set(id, await teach(lab));
      return null;
    } catch (error) {
      if (error instanceof ContentMistake) return error;
      throw error;
    }
  }

  async function reload(id: string): Promise<void> {
    const mistake = await read(id);
    wrong.set(id, mistake);
    for (const changed of followers) changed(id, mistake);
  }

  const watching = watchContent(options.directory, (id) => {
    reload(id).catch((error) => options.fault(error, `reading the lab ${id} again`));
  });

  /** A lab whose folder is taken away goes on for those who are in it, as it was last. */
  function source(id: string): LabSource | undefined {
    let last = taught.get(id);
    if (!last) return undefined;
    const first = last;
    const latest = () => {
      last = taught.get(id) ?? last;
      return last ?? first;
    };
    const mistake = () => (options.tellMistakes ? (wrong.get(id)?.toString() ?? null) : null);
    const version = (checkpoint: string) => {
      const { lab, versions } = latest();
      return versions[lab.checkpoints.find((each) => each.id === checkpoint)?.step ?? ''] ?? '';
    };
    return { lab: () => latest().lab, checks: () => latest().checks, version, mistake };
  }

  return {
    source,
    labs: () => [...taught.values()].map(({ lab }) => lab),
    follow: (changed) => void followers.add(changed),
    close: () => watching.close(),
  };
}
