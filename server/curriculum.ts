import type { LabChecks } from '../content/check.ts';
import { loadChecks } from '../content/judgements.ts';
import { createLibrary, type Lab, loadAll } from '../content/load.ts';
import { ContentMistake } from '../content/mistake.ts';
import { watchContent } from '../content/watch.ts';
import type { LabSource } from './judge.ts';

/** The labs as they are taught now: text and judgements that belong together, following the author's edits. */
export interface Curriculum {
  labs(): Lab[];
  source(lab: string): LabSource | undefined;
  close(): void;
}

/**
 * Opens the labs of a directory. Rejects with a ContentMistake when anything is wrong at the start; later the last good
 * version goes on, and `changed` hears of each edit, with what is wrong with it or null.
 */
export async function openCurriculum(options: {
  directory: string;
  changed(lab: string, mistake: ContentMistake | null): void;
  fault(error: unknown, what: string): void;
}): Promise<Curriculum> {
  loadAll(options.directory);
  const library = createLibrary({ directory: options.directory });
  const taught = new Map<string, { lab: Lab; checks: LabChecks }>();
  for (const lab of library.labs()) taught.set(lab.id, { lab, checks: await loadChecks(lab) });

  async function reload(id: string): Promise<void> {
    library.refresh();
    const lab = library.lab(id);
    const mistakes = library.mistakes(id);
    if (mistakes.length > 0) return options.changed(id, ContentMistake.of(mistakes));
    if (!lab) {
      taught.delete(id);
      return options.changed(id, null);
    }
    try {
      taught.set(id, { lab, checks: await loadChecks(lab) });
      options.changed(id, null);
    } catch (error) {
      if (!(error instanceof ContentMistake)) throw error;
      options.changed(id, error);
    }
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
    return { lab: () => latest().lab, checks: () => latest().checks };
  }

  return {
    labs: () => [...taught.values()].map(({ lab }) => lab),
    source,
    close: () => watching.close(),
  };
}
