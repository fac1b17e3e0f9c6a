import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';

/** A directory of labs that a test writes into; removes itself. */
export interface Scratch extends Disposable {
  directory: string;
  /** Writes a file, and the folders above it; hands back its path. */
  write(name: string, text: string): string;
  remove(name: string): void;
}

/** A lab.yaml with two nodes, as small as it may be. */
export const LAB_YAML = `title: 试验
summary: 只为测试。
minutes: 10
subject: 网络
nodes:
  - { name: node-1, label: Node-1, address: 10.0.0.1/24 }
  - { name: node-2, label: Node-2, address: 10.0.0.2/24 }
`;

/** A step with the given checkpoints, each placed. */
export function stepText(...checkpoints: string[]): string {
  const declared = checkpoints.map((id) => `  - { id: ${id}, title: 成立 }\n`).join('');
  const placed = checkpoints.map((id) => `<Checkpoint id="${id}" />\n\n`).join('');
  const list = checkpoints.length > 0 ? `checkpoints:\n${declared}` : '';
  return `---\ntitle: 步骤\nshort: 步骤\n${list}---\n\n## 开始\n\n${placed}`;
}

/** Makes a directory with these files, paths relative to it. */
export function makeScratch(files: Record<string, string> = {}): Scratch {
  const directory = mkdtempSync(join(tmpdir(), 'netloom-content-'));
  const write = (name: string, text: string) => {
    const path = join(directory, name);
    mkdirSync(dirname(path), { recursive: true });
    writeFileSync(path, text);
    return path;
  };
  for (const [name, text] of Object.entries(files)) write(name, text);
  const remove = (name: string) => rmSync(join(directory, name), { recursive: true, force: true });
  return { directory, write, remove, [Symbol.dispose]: () => rmSync(directory, { recursive: true }) };
}
