/** Commands for one node, one stretch of a script. */
export interface Section {
  node: string;
  text: string;
  /** The variable that later sections find its output in. */
  storeAs?: string;
  /** Where it begins in the script, 1-based. */
  line: number;
}

/** A learner's work as a file, for `lab try`. */
export interface Script {
  /** Fresh nodes, the solved lab, or the start of a step by its number. */
  start: 'fresh' | 'solved' | { step: number };
  sections: Section[];
}

const START = /^#\s*start:\s*(\S.*?)\s*$/;
const STEP = /^step\s+(\d{1,2})$/;
const SECTION = /^@(\S+)(?:\s+as\s+([A-Za-z_][A-Za-z0-9_]*))?\s*$/;

/** Reads a script file; throws an Error that names the line and says what is allowed. `steps`: how many the lab has. */
export function parseScript(source: string, nodes: string[], steps: number): Script {
  const script: Script = { start: 'fresh', sections: [] };
  splitSections(source, nodes, script.sections, (text, line) => {
    const start = START.exec(text)?.[1];
    if (start !== undefined) script.start = parseStart(start, steps, (message) => wrong(line, message));
    else if (text.trim() !== '' && !text.startsWith('#')) {
      throw wrong(line, '命令要写在 @node-1 这样的开头之后');
    }
  });
  return script;
}

/** Reads sections of which the first begins at once, on a given node; throws as parseScript does. */
export function parseSections(source: string, nodes: string[], node: string): Section[] {
  const sections: Section[] = [{ node, text: '', line: 1 }];
  splitSections(source, nodes, sections, () => undefined);
  return sections.filter(({ text }) => text.trim() !== '');
}

/** Adds the lines of a source to its sections; what stands before the first is handed out. */
function splitSections(
  source: string,
  nodes: string[],
  sections: Section[],
  before: (text: string, line: number) => void,
): void {
  source
    .replace(/^\uFEFF/, '')
    .split(/\r?\n/)
    .forEach((text, index) => {
      const line = index + 1;
      const current = sections.at(-1);
      const section = text.startsWith('@') ? SECTION.exec(text) : null;
      if (section) {
        const node = section[1] ?? '';
        if (!nodes.includes(node)) throw wrong(line, `没有节点 ${node}；这个实验有 ${nodes.join('、')}`);
        sections.push({ node, text: '', storeAs: section[2], line });
      } else if (text.startsWith('@')) {
        throw wrong(line, '一段的开头写作 @node-1，或 @node-1 as NAME');
      } else if (current) {
        current.text += `${text}\n`;
      } else {
        before(text, line);
      }
    });
}

function wrong(line: number, message: string): Error {
  return new Error(`第 ${line} 行：${message}`);
}

function parseStart(text: string, steps: number, wrong: (message: string) => Error): Script['start'] {
  if (text === 'fresh' || text === 'solved') return text;
  const step = Number(STEP.exec(text)?.[1] ?? Number.NaN);
  if (Number.isNaN(step)) throw wrong('start 只能是 fresh、solved，或 step 加步骤的编号，例如 step 4');
  if (step < 1 || step > steps) throw wrong(`没有第 ${step} 步；这个实验有 ${steps} 步`);
  return { step };
}
