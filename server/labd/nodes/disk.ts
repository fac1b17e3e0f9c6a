/** What the kernel says of a full disk, and of one that cannot be written, in an error or in a program's words. */
const FULL = /ENOSPC|EDQUOT|no space left on device|disk quota exceeded/i;
const READ_ONLY = /EROFS|read-only file system/i;

/** Says in Chinese what is wrong with the server's disk, if that is what an error, or what a program said, is about. */
export function diskTrouble(error: unknown): string | undefined {
  const text =
    error instanceof Error ? `${error.message} ${error.cause instanceof Error ? error.cause.message : ''}` : `${error}`;
  if (FULL.test(text)) return '服务器的磁盘满了（放数据的目录或 /run），节点没有建成';
  if (READ_ONLY.test(text)) return '服务器的磁盘是只读的，节点没有建成';
  return undefined;
}
