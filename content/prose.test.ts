import { describe, expect, test } from 'vitest';
import { attempt } from './mistake.ts';
import { parseStep } from './prose.ts';

const HEAD = `---
title: 创建 VXLAN
short: VXLAN
checkpoints:
  - id: up
    title: 设备已启用
---
`;
/** Lines above the body in the file. */
const ABOVE = 7;

/** The mistakes of a body, as `line:col 说明`, lines counted from the body's first. */
function mistakesOf(body: string, head = `${HEAD}`): string[] {
  const placed = body.includes('<Checkpoint') ? body : `${body}\n\n<Checkpoint id="up" />\n`;
  const reading = attempt(() => parseStep(head + placed, 's.mdx', ['node-1', 'node-2']));
  if ('value' in reading) return [];
  return reading.mistakes.map(({ file, line, column, message }) => {
    expect(file).toBe('s.mdx');
    return `${line - ABOVE}:${column} ${message}`;
  });
}

describe('a step that is right', () => {
  const text = `${HEAD}
## 在 Node-1 上

第 1~3 步，**先** 看：

\`\`\`bash node-1 node-2 stream optional
ping {{node-2.vxlan100.mac}} {{ .Name }}
\`\`\`

{/* 给作者的话 */}

- 一项

  \`\`\`output node-1
  64 bytes
  \`\`\`

\`\`\`json
{}
\`\`\`

<Note kind="warn" title="当心">一句话，按 <kbd>Ctrl</kbd></Note>

<Details summary="更多">

- [见](https://example.org)

</Details>

<Figure name="packet" />

<Checkpoint id="up" />

### 在 Node-1 上
`;
  const { head, prose } = parseStep(text, 's.mdx', ['node-1', 'node-2']);

  test('has its head with defaults', () => {
    expect(head.checkpoints).toEqual([{ id: 'up', title: '设备已启用', points: 10, partial: true, questions: [] }]);
  });

  test('has its blocks, headings, checkpoints and live values', () => {
    expect(prose.blocks).toEqual([
      {
        id: 'b1',
        line: 13,
        kind: 'run',
        nodes: ['node-1', 'node-2'],
        text: 'ping {{node-2.vxlan100.mac}} {{ .Name }}',
        stream: true,
        optional: true,
        look: false,
      },
      {
        id: 'b2',
        line: 21,
        kind: 'output',
        nodes: ['node-1'],
        text: '64 bytes',
        stream: false,
        optional: false,
        look: false,
      },
      { id: 'b3', line: 25, kind: 'plain', nodes: [], text: '{}', stream: false, optional: false, look: false },
    ]);
    expect(prose.headings).toEqual([
      { id: 's-在-node-1-上', depth: 2, text: '在 Node-1 上' },
      { id: 's-在-node-1-上-2', depth: 3, text: '在 Node-1 上' },
    ]);
    expect(prose.checkpoints).toEqual(['up']);
    expect(prose.liveValues).toEqual(['node-2.vxlan100.mac']);
  });

  test('is a tree of plain data', () => {
    const elements = prose.tree.children.filter((node) => node.type === 'element');
    expect(elements.map(({ tagName }) => tagName)).toEqual([
      ...['h2', 'p', 'x-block', 'ul', 'x-block', 'x-note', 'x-details', 'x-figure', 'x-checkpoint', 'h3'],
    ]);
    expect(elements[2]).toEqual({
      type: 'element',
      tagName: 'x-block',
      properties: { id: 'b1', kind: 'run', language: 'bash', nodes: 'node-1 node-2', stream: true, optional: true },
      children: [{ type: 'text', value: 'ping {{node-2.vxlan100.mac}} {{ .Name }}' }],
    });
    expect(elements[5]).toMatchObject({ properties: { kind: 'warn', title: '当心' }, children: [{ tagName: 'p' }] });
    expect(elements[8]).toEqual({ type: 'element', tagName: 'x-checkpoint', properties: { id: 'up' }, children: [] });
    expect(JSON.stringify(prose.tree)).not.toMatch(/position|estree|给作者的话/);
  });

  test('reads the same with Windows line ends and a byte order mark', () => {
    expect(parseStep(`\uFEFF${text.replaceAll('\n', '\r\n')}`, 's.mdx').prose).toEqual(prose);
  });
});

describe('a hostile text is refused', () => {
  test.each([
    ['<script>alert(1)</script>', '1:1 不能用 <script>：正文里的标签可以写'],
    ['<Script src="x" />', '1:1 不能用 <Script>'],
    ['看 <img src="x" onerror="alert(1)" /> 这', '1:3 不能用 <img>'],
    ['<kbd onclick="alert(1)">x</kbd>', '1:6 <kbd> 不能有属性'],
    [
      '<Note kind="tip" onClick="alert(1)">\n\n话\n\n</Note>',
      '1:18 <Note> 的属性不对，不认识的属性 onClick：可以写 kind、title',
    ],
    ['<Details summary={process.exit()}>\n\n话\n\n</Details>', '1:10 属性 summary 的值不能是 {…}'],
    ['<Note {...evil}>\n\n话\n\n</Note>', '1:7 不能用 {…} 展开属性'],
    ['{process.exit()}', '1:1 正文里不能有 {…}'],
    ['一段 {process.exit()} 话', '1:4 正文里不能有 {…}'],
    ['{/* */ evil() /* */}', '1:1 正文里不能有 {…}'],
    ['import fs from "node:fs"', '1:1 正文里不能有 import 和 export'],
    ['export const x = 1', '1:1 正文里不能有 import 和 export'],
    ['[点](javascript:alert(1))', '1:1 链接不能用 javascript:'],
    ['[点](<  JAVA\tscript:alert(1)>)', '1:1 链接地址里不能有空白'],
    ['[点](&#106;avascript:x)', '1:1 链接不能用 javascript:'],
    ['[点](data:text/html,x)', '1:1 链接不能用 data:'],
    ['[点](//evil.example)', '1:1 链接不能以 // 开头'],
    ['[点][a]\n\n[a]: vbscript:x', '3:1 链接不能用 vbscript:'],
    ['![图](https://evil.example/x.png)', '1:1 图片只能来自 public 目录'],
    ['![图](/../x.png)', '1:1 图片只能来自 public 目录'],
    ['<x.y />', '1:1 不能用 <x.y>'],
    ['<constructor />', '1:1 不能用 <constructor>'],
    ['<>\n\n话\n\n</>', '1:1 不能用空标签'],
  ])('%s', (body, message) => {
    const [first] = mistakesOf(body);
    expect(first).toContain(message);
  });

  test('and so is one made to exhaust the parser', () => {
    expect(mistakesOf('话'.repeat(100_000))).toEqual([expect.stringContaining('文件太大')]);
    expect(mistakesOf(`话\n\n${'[a]('.repeat(3000)}`)[0]).toContain('3:1 从这里起 12000 个字符没有空行');
    expect(mistakesOf(`${'> '.repeat(41)}话`)[0]).toContain('嵌套超过 40 层');
  });
});

describe('a mistake says where it is and what is allowed', () => {
  test.each([
    // Code blocks.
    [
      '```bash node-3\nid\n```',
      '1:9 代码块里不认识的词 node-3：不是本实验的节点，也不是标志；可以写 node-1、node-2、stream、optional、look；是不是想写 node-1？',
    ],
    ['```bash node-1 strem\nid\n```', '1:16 代码块里不认识的词 strem：'],
    ['- a\n\n  ```bash  node-1  strem\n  id\n  ```', '3:20 代码块里不认识的词 strem：'],
    ['```bash\nid\n```', '1:4 bash 块要写明在哪个节点上运行'],
    ['```bash node-1\n```', '1:4 bash 块里没有命令'],
    ['```bash node-1 node-1\nid\n```', '1:16 节点 node-1 写了两次'],
    ['```output stream\nid\n```', '1:11 output 块不能运行'],
    ['```sh node-1\nid\n```', '1:7 代码块的第一个词是 sh，只供阅读'],
    ['```bash node-1\nid\nping {{Node_2}}\n```', '3:6 活数值的名字 Node_2 不合规则'],
    ['- a\n\n  ```bash node-1\n  ping {{Node_2}}\n  ```', '4:8 活数值的名字 Node_2 不合规则'],
    ['话 {{node-2.mac}}', '1:3 这里的 { 被当成了程序的开头'],
    // Components.
    ['<Nota kind="tip">\n\n话\n\n</Nota>', '是不是想写 Note？'],
    [
      '<Note kind="tipp">\n\n话\n\n</Note>',
      '1:7 <Note> 的属性不对，kind：不能是 「tipp」，可以写 why、tip、warn；是不是想写 tip？',
    ],
    ['<Note>\n\n话\n\n</Note>', '1:1 <Note> 的属性不对，kind：必须写，这里没有'],
    ['<Note kind>\n\n话\n\n</Note>', '1:7 属性 kind 要有值'],
    ['<Note kind="tip" kind="tip">\n\n话\n\n</Note>', '1:18 属性 kind 写了两次'],
    ['<Note kind="tip" />', '1:1 <Note> 里面要有内容'],
    ['<Figure name="packet">\n\n话\n\n</Figure>', '1:1 <Figure> 里面不能有内容'],
    ['<Figure name="picture" />', '1:9 <Figure> 的属性不对，name：不能是 「picture」'],
    ['话 <Figure name="packet" /> 话', '1:3 <Figure> 要独占一行'],
    // Checkpoints.
    ['<Checkpoint id="down" />', '没有在文件头的 checkpoints 里声明：可以写 up'],
    ['<Checkpoint id="up" />\n\n<Checkpoint id="up" />', '3:1 检查点 up 在正文里放了两次'],
    ['- <Checkpoint id="up" />', '1:3 <Checkpoint> 要写在最外层'],
    // Headings and emphasis.
    ['# 一级', '1:1 正文里不能有一级标题'],
    ['### 三级', '1:1 ### 之前要先有 ##'],
    ['## 二\n\n#### 四', '3:1 标题只有两级'],
    ['> ## 二', '1:3 标题要写在最外层'],
    ['话**（括号）**话', '1:2 加粗没有生效'],
    // MDX that cannot be read.
    ['<Note kind="tip">\n\n话', '1:1 <Note> 没有收尾：补上 </Note>'],
    ['<Note kind="tip">\n\n- 话</Note>', '3:4 </Note> 的位置不对'],
    ['<Note kind="tip">话</Details>', '1:1 <Note> 没有收尾'],
    ['延迟 <1 ms', '1:4 这里的 < 被当成了标签的开头'],
    ['见 <https://example.org>', '链接写成 [文字](网址)'],
    ['<!-- 注释 -->', '1:1 注释写成 {/* … */}'],
    ['集合 {1, 2 是', '1:4 这里的 { 被当成了程序的开头'],
    ['集合 {a b} 是', '1:4 这里的 { 被当成了程序的开头'],
    ['<Note kind=tip>', '1:12 属性的值要用引号括起来'],
    ['</Note>', '1:2 多了一个收尾的标签'],
  ])('%s', (body, message) => {
    expect(mistakesOf(body).join('\n')).toContain(message);
  });

  test('the English detail of the parser stays behind the advice', () => {
    expect(mistakesOf('a <1')[0]).toContain('Unexpected character `1` (U+0031) before name');
  });

  test('several at once, in order', () => {
    expect(mistakesOf('# 一\n\n<Foo />\n\n[x](data:x)').map((mistake) => mistake.slice(0, 3))).toEqual([
      '1:1',
      '3:1',
      '5:1',
    ]);
  });
});

describe('a mistake in the head has its place in the file', () => {
  const reading = (head: string) => {
    const result = attempt(() => parseStep(`${head}\n## 二\n`, 's.mdx'));
    return 'mistakes' in result ? result.mistakes.map(String) : [];
  };
  test.each([
    ['## 只有正文', 's.mdx:1:1 缺少文件头'],
    ['---\ntitle: 甲\n', 's.mdx:1:1 文件头没有结束'],
    [
      '---\ntitle: 甲\nshort: 甲\ncheckpoint: []\n---',
      's.mdx:4:1 不认识的字段 checkpoint：可以写 title、short、checkpoints；是不是想写 checkpoints？',
    ],
    ['---\ntitle: 甲\n---', 's.mdx:2:1 short：必须写，这里没有'],
    ['---\ntitle:\nshort: 甲\n---', 's.mdx:2:1 title：要写文字，写的是 「null」'],
    ['---\ntitle: 甲\nshort: 123\n---', 's.mdx:3:8 short：要写文字，写的是 「123」'],
    [
      '---\ntitle: 甲\nshort: 甲\ncheckpoints:\n  - id: a\n    title: 乙\n    points: 1000\n---',
      's.mdx:7:13 points：最大是 100，写的是 「1000」',
    ],
    [
      '---\ntitle: 甲\nshort: 甲\ncheckpoints:\n  - id: A_b\n    title: 乙\n---',
      's.mdx:5:9 id：只能用小写字母、数字和连字符',
    ],
    [
      '---\ntitle: 甲\nshort: 甲\ncheckpoints:\n  - id: a\n    tilte: 乙\n---',
      's.mdx:6:5 不认识的字段 tilte：可以写 id、title、short、points、partial、questions；是不是想写 title？',
    ],
    ['---\ntitle: 甲: 乙\nshort: 甲\n---', 's.mdx:2:8 YAML 写法不对：一行里有两个「: 」'],
    ['---\ntitle: 甲\ntitle: 乙\nshort: 甲\n---', 's.mdx:3:1 YAML 写法不对：这个键写了两次'],
    ['---\ntitle: &a 甲\nshort: *a\n---', 's.mdx:2:11 不能用 YAML 的锚点'],
    ['---\ntitle: !!js/function 甲\nshort: 甲\n---', 's.mdx:2:8 YAML 写法不对：不能用 ! 开头的 YAML 标签'],
    ['---\n- 甲\n---', 's.mdx:2:1 全部字段：要写一组「键: 值」'],
    ['---\ntitle: 甲\nshort: 甲\ncheckpoints:\n  - { id: a, title: 乙 }\n---', 's.mdx:5:11 正文里没有放这个检查点'],
  ])('%s', (head, message) => {
    expect(reading(head).join('\n')).toContain(message);
  });

  test('and does not hide the mistakes of the text', () => {
    const result = attempt(() => parseStep('---\ntitle: 甲\n---\n\n# 一\n', 's.mdx'));
    expect('mistakes' in result && result.mistakes.map(({ line }) => line)).toEqual([2, 5]);
  });
});
