/** What is wrong with the database, by the first word of SQLite's code, in the words that everybody may read. */
const WORDS: Record<string, string> = {
  FULL: '服务器的磁盘满了，写不进成绩库',
  READONLY: '成绩库是只读的，写不进去',
  IOERR: '服务器的磁盘读写出错，写不进成绩库',
  CANTOPEN: '成绩库打不开',
  CORRUPT: '成绩库的文件损坏了',
  NOTADB: '成绩库的文件损坏了',
  BUSY: '成绩库一直被别的程序占用',
  LOCKED: '成绩库一直被别的程序占用',
};

/** Says in Chinese what keeps the store from working, if that is what an error is about. */
export function storeTrouble(error: unknown): string | undefined {
  const code = error instanceof Error && 'code' in error ? String(error.code) : '';
  const [sqlite, kind = ''] = code.split('_');
  return sqlite === 'SQLITE' ? WORDS[kind] : undefined;
}

/** The store cannot be opened; the message is for the operator, in Chinese, and says what to do. */
export class StoreProblem extends Error {}
