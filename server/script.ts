/** A learner's work as a file, for `lab try`. */
export interface Script {
  start: 'fresh' | 'solved';
  sections: { node: string; text: string; storeAs?: string; line: number }[];
}

const START = /^#\s*start:\s*(\S+)\s*$/;
const SECTION = /^@(\S+)(?:\s+as\s+([A-Za-z_][A-Za-z0-9_]*))?\s*$/;

/** Reads a script file; throws an Error that names the line and says what is allowed. */
export function parseScript(source: string, nodes: string[]): Script {
  const script: Script = { start: 'fresh', sections: [] };
  const wrong = (line: number, message: string) => new Error(`第 ${line} 行：${message}`);
  source
    .replace(/^\uFEFF/, '')
    .split(/\r?\n/)
    .forEach((text, index) => {
      const line = index + 1;
      const current = script.sections.at(-1);
      const start = current ? null : START.exec(text);
      const section = text.startsWith('@') ? SECTION.exec(text) : null;
      if (start) {
        if (start[1] !== 'fresh' && start[1] !== 'solved') throw wrong(line, 'start 只能是 fresh 或 solved');
        script.start = start[1];
      } else if (section) {
        const node = section[1] ?? '';
        if (!nodes.includes(node)) throw wrong(line, `没有节点 ${node}；这个实验有 ${nodes.join('、')}`);
        script.sections.push({ node, text: '', storeAs: section[2], line });
      } else if (text.startsWith('@')) {
        throw wrong(line, '一段的开头写作 @node-1，或 @node-1 as NAME');
      } else if (current) {
        current.text += `${text}\n`;
      } else if (text.trim() !== '' && !text.startsWith('#')) {
        throw wrong(line, '命令要写在 @node-1 这样的开头之后');
      }
    });
  return script;
}
