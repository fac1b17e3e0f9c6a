import { resolve } from 'node:path';
import { parseArgs } from 'node:util';

/** Something the caller of the command line got wrong; its message says what, in Chinese. */
export class UsageProblem extends Error {}

/** A path as the person means it: npm runs commands in the project's folder and tells in INIT_CWD where they are. */
export function pathOf(path: string): string {
  return resolve(process.env.INIT_CWD ?? process.cwd(), path);
}

/** Reads a command's options, each of which takes a value; throws a UsageProblem at anything else. */
export function readOptions<const N extends string>(
  argv: string[],
  names: readonly N[],
): { values: Partial<Record<N, string>>; positionals: string[] } {
  const options = Object.fromEntries(names.map((name) => [name, { type: 'string' } as const]));
  try {
    const { values, positionals } = parseArgs({ args: argv, allowPositionals: true, options });
    // The values are strings by name, because every option was declared so just above.
    return { values: values as Partial<Record<N, string>>, positionals };
  } catch (error) {
    const message = error instanceof Error ? error.message : '';
    const [, option] = /'(-[^ ']*)/.exec(message) ?? [];
    const code = error instanceof Error && 'code' in error ? error.code : undefined;
    if (code === 'ERR_PARSE_ARGS_UNKNOWN_OPTION') {
      throw new UsageProblem(`不认识的选项 ${option ?? ''}：可以用 ${names.map((name) => `--${name}`).join('、')}`);
    }
    if (code === 'ERR_PARSE_ARGS_INVALID_OPTION_VALUE') {
      throw new UsageProblem(`${option ?? '选项'} 后面要写它的值；值以 - 开头时写成 ${option ?? '--name'}=值`);
    }
    throw error;
  }
}
