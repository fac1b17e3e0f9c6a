/** A file of an initramfs, or a directory where `content` is absent. */
export interface Entry {
  path: string;
  mode: number;
  content?: Buffer | undefined;
}

const DIRECTORY = 0o040000;
const FILE = 0o100000;
const END = 'TRAILER!!!';
/** Every part of an archive begins at a multiple of this, bytes. */
const ALIGNMENT = 4;

/** Writes an archive as the kernel unpacks it (cpio, format "newc": Documentation/driver-api/early-userspace/buffer-format). */
export function archive(entries: Entry[]): Buffer {
  const parts = entries.flatMap(({ path, mode, content }, index) =>
    member(path, mode | (content ? FILE : DIRECTORY), index + 1, content ?? Buffer.alloc(0)),
  );
  return Buffer.concat([...parts, ...member(END, 0, 0, Buffer.alloc(0))]);
}

function member(path: string, mode: number, inode: number, content: Buffer): Buffer[] {
  const name = Buffer.from(`${path}\0`);
  // inode, mode, uid, gid, links, mtime, size, device (2), device it is (2), length of the name, check
  const fields = [inode, mode, 0, 0, 1, 0, content.length, 0, 0, 0, 0, name.length, 0];
  const header = `070701${fields.map((field) => field.toString(16).padStart(8, '0')).join('')}`;
  return [padded(Buffer.concat([Buffer.from(header), name])), padded(content)];
}

function padded(bytes: Buffer): Buffer {
  return Buffer.concat([bytes, Buffer.alloc(-bytes.length & (ALIGNMENT - 1))]);
}
