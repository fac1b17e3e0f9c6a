import type { Labd } from './labd/contract.ts';

/** Bytes of a file that comes or goes: a script, a capture of a few hundred packets. */
export const FILE_MAX_BYTES = 1_048_576;
/** Bytes of a path. PATH_MAX is 4,096; nobody types a quarter of that. */
const PATH_MAX_BYTES = 1_024;
/** ms. A file is written in some 100; a node whose half core is taken needs longer. */
const TIMEOUT_MS = 20_000;
/** Bytes: a file in base64, and what a program has to say. */
const OUTPUT_MAX_BYTES = Math.ceil((FILE_MAX_BYTES + 1) / 3) * 4 + 4_096;

/** Why a file did not come or go, with the status that HTTP has for it and a sentence for the learner. */
export class FileTrouble extends Error {
  readonly status: 400 | 404 | 409 | 413 | 504;
  constructor(status: FileTrouble['status'], message: string) {
    super(message);
    this.name = 'FileTrouble';
    this.status = status;
  }
}

/** Small files of a node, read and written by programs inside it: the host opens no path of the node's. */
export interface Files {
  /** Writes a file, or replaces its content; its former mode stays. */
  put(session: string, node: string, path: string, bytes: Buffer): Promise<void>;
  get(session: string, node: string, path: string): Promise<Buffer>;
}

/** How the scripts below end when they cannot do it; other statuses are a program's own. */
const TROUBLES: Record<number, [status: FileTrouble['status'], message: string]> = {
  41: [409, '这是一个目录，请写出文件名。'],
  42: [404, '节点上没有这个文件。'],
  43: [409, '这不是普通文件，不能上传或下载。'],
  44: [413, '文件超过 1 MiB，太大了。'],
  45: [404, '节点上没有这个目录，请先用 mkdir 建好。'],
};

/** A link is followed first, so that not the link is replaced; the rename lets nobody see half a file. */
const PUT = `
[ -d "$1" ] && exit 41
[ -e "$1" ] && [ ! -f "$1" ] && exit 43
path=$(readlink -m -- "$1")
[ -d "$(dirname -- "$path")" ] || exit 45
draft=$path.$$.upload
trap 'rm -f -- "$draft"' EXIT
set -e
base64 -d > "$draft"
[ ! -e "$path" ] || chmod --reference="$path" -- "$draft"
mv -f -T -- "$draft" "$path"
`;
const GET = `
[ -d "$1" ] && exit 41
[ -e "$1" ] || exit 42
[ -f "$1" ] || exit 43
[ "$(stat -L -c %s -- "$1")" -le ${FILE_MAX_BYTES} ] || exit 44
head -c ${FILE_MAX_BYTES + 1} -- "$1" | base64 -w 0
`;

/** What a program complains of, in the learner's words. */
function complaintOf(stderr: string): string {
  if (stderr.includes('No space left')) return '节点的磁盘满了，文件没有写进去。';
  if (stderr.includes('Read-only file system')) return '这个位置是只读的，文件没有写进去。';
  return '节点没有接受这个操作，请换一个位置再试。';
}

function mustBePath(path: string): void {
  if (!path.startsWith('/')) throw new FileTrouble(400, '请写出从 / 开始的完整路径。');
  if (/[\x00-\x1f\x7f]/.test(path)) throw new FileTrouble(400, '路径里有不能用的字符。');
  if (Buffer.byteLength(path) > PATH_MAX_BYTES) throw new FileTrouble(400, '路径太长了。');
}

/** Files over labd's exec. */
export function createFiles(labd: Pick<Labd, 'exec'>): Files {
  async function run(session: string, node: string, script: string, path: string, input = ''): Promise<string> {
    mustBePath(path);
    const limits = { timeoutMs: TIMEOUT_MS, maxBytes: OUTPUT_MAX_BYTES };
    const { code, stdout, stderr } = await labd.exec(session, node, ['sh', '-c', script, 'sh', path], limits, input);
    if (code === 0) return stdout;
    if (code === null) throw new FileTrouble(504, '节点没有及时回答，请稍后再试。');
    throw new FileTrouble(...(TROUBLES[code] ?? [409, complaintOf(stderr)]));
  }

  return {
    async put(session, node, path, bytes) {
      if (bytes.length > FILE_MAX_BYTES) throw new FileTrouble(413, '文件超过 1 MiB，太大了。');
      await run(session, node, PUT, path, bytes.toString('base64'));
    },
    async get(session, node, path) {
      const bytes = Buffer.from(await run(session, node, GET, path), 'base64');
      if (bytes.length > FILE_MAX_BYTES) throw new FileTrouble(413, '文件超过 1 MiB，太大了。');
      return bytes;
    },
  };
}
