import type { RootContent } from 'mdast';
import { parseBy } from './complaint.ts';
import { components } from './schema.ts';
import { allowedWords } from './suggestion.ts';

/** The HTML elements a text may use, without attributes. */
const HTML_ELEMENTS = ['br', 'kbd', 'sub', 'sup'] as const;
/** Components that stand for something and hold no text of their own; the others must hold some. */
const EMPTY_COMPONENTS: readonly ComponentName[] = ['Checkpoint', 'Figure'];

type ComponentName = keyof typeof components;
/** A tag in the text. */
export type Tag = Extract<RootContent, { type: 'mdxJsxFlowElement' | 'mdxJsxTextElement' }>;

/** A tag that is allowed, with its checked attributes. */
export interface ElementReading {
  component?: ComponentName;
  /** The element it becomes in the tree. */
  tagName: string;
  properties: Record<string, string>;
}

/** Something wrong with a tag, at one of its attributes or at the tag itself. */
export interface ElementComplaint {
  attribute?: Tag['attributes'][number];
  message: string;
}

/** Checks a tag against the allow-list; nothing in it is ever run. */
export function readElement(tag: Tag): ElementReading | { complaints: ElementComplaint[] } {
  const { name } = tag;
  if (name === null) return refused('不能用空标签 <></>');
  if (HTML_ELEMENTS.some((allowed) => allowed === name)) {
    const complaints = tag.attributes.map((attribute) => ({ attribute, message: `<${name}> 不能有属性` }));
    return complaints.length > 0 ? { complaints } : { tagName: name, properties: {} };
  }
  if (!isComponent(name)) {
    const all = [...Object.keys(components), ...HTML_ELEMENTS];
    return refused(`不能用 <${name}>：正文里的标签${allowedWords(name, all)}`);
  }

  const complaints: ElementComplaint[] = [];
  const properties: Record<string, string> = {};
  for (const attribute of tag.attributes) {
    if (attribute.type === 'mdxJsxExpressionAttribute') {
      complaints.push({ attribute, message: '不能用 {…} 展开属性：正文里不能有程序，属性一个一个写' });
    } else if (typeof attribute.value === 'object' && attribute.value !== null) {
      const message = `属性 ${attribute.name} 的值不能是 {…}：正文里不能有程序，写成 ${attribute.name}="…"`;
      complaints.push({ attribute, message });
    } else if (Object.hasOwn(properties, attribute.name)) {
      complaints.push({ attribute, message: `属性 ${attribute.name} 写了两次` });
    } else if (typeof attribute.value !== 'string') {
      complaints.push({ attribute, message: `属性 ${attribute.name} 要有值，写成 ${attribute.name}="…"` });
    } else {
      properties[attribute.name] = attribute.value;
    }
  }
  if (complaints.length > 0) return { complaints };

  const parsed = parseBy(components[name], properties, '属性');
  if ('complaints' in parsed) {
    return {
      complaints: parsed.complaints.map(({ path, message }) => ({
        attribute: tag.attributes.find((attribute) => 'name' in attribute && attribute.name === path[0]),
        message: `<${name}> 的属性不对，${message}`,
      })),
    };
  }
  const holdsNothing = tag.children.length === 0;
  if (EMPTY_COMPONENTS.includes(name) !== holdsNothing) {
    return refused(holdsNothing ? `<${name}> 里面要有内容` : `<${name}> 里面不能有内容，写成 <${name} … />`);
  }
  return { component: name, tagName: `x-${name.toLowerCase()}`, properties };
}

function isComponent(name: string): name is ComponentName {
  return Object.hasOwn(components, name);
}

function refused(message: string): { complaints: ElementComplaint[] } {
  return { complaints: [{ message }] };
}
