import { existsSync, readdirSync, readFileSync, statSync } from 'node:fs';
import { createRequire, registerHooks, stripTypeScriptTypes } from 'node:module';
import { dirname, join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { ContentMistake, type Place } from './mistake.ts';

/**
 * Imports a lab's TypeScript file as it is now, and with it what it imports from its own folder: a query that says the
 * version makes edited files other modules. A file that cannot be run is a ContentMistake.
 */
export async function importFresh(file: string): Promise<object> {
  if (!existsSync(file)) throw new ContentMistake({ file, line: 1, column: 1 }, '没有这个文件');
  const folder = dirname(file);
  const prefix = pathToFileURL(`${folder}/`).href;
  const query = `?v=${Math.max(...modulesOf(folder).map((name) => modified(name)))}`;
  const hooks = registerHooks({
    resolve(specifier, context, next) {
      const resolved = next(specifier, context);
      const own = resolved.url.startsWith(prefix) && !resolved.url.includes('?');
      return own ? { ...resolved, url: resolved.url + query } : resolved;
    },
  });
  try {
    const load: (url: string) => Promise<object> = createRequire(import.meta.url)('./import.cjs');
    return await load(pathToFileURL(file).href);
  } catch (error) {
    const place = syntaxPlace(error, folder) ?? thrownPlace(error, folder, prefix) ?? { file, line: 1, column: 1 };
    const reason = error instanceof Error ? error.message : String(error);
    throw new ContentMistake(place, `这段程序不能运行：${reason.split('\n', 1)[0]}`);
  } finally {
    hooks.deregister();
  }
}

/** Where a throw happened, by the first frame in the lab's own files. */
function thrownPlace(error: unknown, folder: string, prefix: string): Place | undefined {
  const stack = error instanceof Error ? (error.stack ?? '') : '';
  const after = stack.split(prefix).slice(1);
  const found = after.map((text) => /^([^?:\s]+)[^:\s]*:(\d+):(\d+)/.exec(text)).find((match) => match !== null);
  if (!found) return undefined;
  return { file: join(folder, found[1] ?? ''), line: Number(found[2]), column: Number(found[3]) };
}

/** Where TypeScript could not be read: the loader does not say, so the files are read once more, by themselves. */
function syntaxPlace(error: unknown, folder: string): Place | undefined {
  if (!(error instanceof SyntaxError) || !('code' in error)) return undefined;
  for (const file of modulesOf(folder)) {
    try {
      stripTypeScriptTypes(readFileSync(file, 'utf8'), { sourceUrl: file });
    } catch (again) {
      return reportedPlace(again instanceof Error ? (again.stack ?? '') : '', file);
    }
  }
  return undefined;
}

/** The report begins with `file:line`, then come the lines of the text, the wrong one underlined with ^. */
function reportedPlace(report: string, file: string): Place {
  const [heading = '', ...lines] = report.split('\n');
  const underline = lines.find((line) => /^\s*\^+\s*$/.test(line)) ?? '';
  return { file, line: Number(/:(\d+)$/.exec(heading)?.[1] ?? 1), column: Math.max(0, underline.indexOf('^')) + 1 };
}

/** The TypeScript files of a lab's folder, with those below it. */
function modulesOf(folder: string): string[] {
  const names = readdirSync(folder, { recursive: true, encoding: 'utf8' });
  return names.filter((name) => name.endsWith('.ts')).map((name) => join(folder, name));
}

/** When a file changed last, ms since the epoch. */
function modified(file: string): number {
  return statSync(file, { throwIfNoEntry: false })?.mtimeMs ?? 0;
}
