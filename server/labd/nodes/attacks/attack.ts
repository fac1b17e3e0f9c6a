/**
 * What a curious root tries in a node, and what it must be answered (docs/security.md). Scripts are bash, with what the
 * image has; each says on its output what came of it.
 */
export interface Attack {
  name: string;
  script: string;
  /** What the output must be, whole. */
  answer: RegExp;
}

/** A program in perl, which reads no standard input. */
export const perl = (program: string) => `perl - <<'PERL'\n${program}\nPERL`;
/** Whether a command fails. */
export const denied = (command: string) => `( ${command} ) >/dev/null 2>&1 && echo DONE || echo denied`;
/** What `denied` says then. */
export const DENIED = /^denied\n$/;
/** An answer that is one of these numbers. */
export const errno = (...numbers: number[]) => new RegExp(`^(?:${numbers.join('|')})\\n$`);
