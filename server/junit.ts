/** One thing that was tried: a checkpoint of a learner, a mutation of a lab. */
export interface JUnitCase {
  /** What it belongs to, with dots: `overlay-vxlan.03-vxlan`. */
  group: string;
  name: string;
  /** How long it took; 0 when nobody knows. */
  seconds: number;
  outcome: JUnitOutcome;
}

/** How it went. `error`: it could not be found out, which is nobody's failure. `details` may have many lines. */
export type JUnitOutcome =
  | { kind: 'passed' }
  | { kind: 'failed' | 'error'; message: string; details?: string }
  | { kind: 'skipped'; message: string };

/** Cases that belong together: a learner in a lab, a lab's mutations. */
export interface JUnitSuite {
  name: string;
  /** When it happened, Unix ms. */
  at: number;
  properties?: Record<string, string>;
  cases: JUnitCase[];
  /** Anything else there is to say. */
  output?: string;
}

/** The longest text of one element or attribute, UTF-16 units: what programs say is not ours to bound elsewhere. */
const TEXT_MAX = 20_000;

/**
 * A report in JUnit's XML, in the form both usual schemas accept (Ant's as written down by Windy Road, and Jenkins'):
 * no attributes on `testsuites`, every attribute and child of `testsuite` in the order of the former.
 */
export function writeJUnit(suites: readonly JUnitSuite[]): string {
  return `<?xml version="1.0" encoding="UTF-8"?>\n<testsuites>\n${suites.map(writeSuite).join('')}</testsuites>\n`;
}

function writeSuite({ name, at, properties = {}, cases, output = '' }: JUnitSuite, index: number): string {
  const count = (kind: JUnitOutcome['kind']) => cases.filter(({ outcome }) => outcome.kind === kind).length;
  const attributes = {
    name: token(name),
    package: 'netloom',
    id: String(index),
    // The schema wants a time without a zone; UTC is the one everybody can recompute.
    timestamp: new Date(at).toISOString().slice(0, 'YYYY-MM-DDThh:mm:ss'.length),
    hostname: 'localhost',
    tests: String(cases.length),
    failures: String(count('failed')),
    errors: String(count('error')),
    skipped: String(count('skipped')),
    time: decimal(cases.reduce((sum, { seconds }) => sum + seconds, 0)),
  };
  const facts = Object.entries(properties).map(
    ([key, value]) => `      ${empty('property', { name: token(key), value })}\n`,
  );
  return [
    `  <testsuite${written(attributes)}>\n`,
    facts.length > 0 ? `    <properties>\n${facts.join('')}    </properties>\n` : '    <properties/>\n',
    ...cases.map(writeCase),
    `    <system-out>${escapeXml(output)}</system-out>\n    <system-err/>\n  </testsuite>\n`,
  ].join('');
}

function writeCase({ group, name, seconds, outcome }: JUnitCase): string {
  const attributes = { classname: token(group), name: token(name), time: decimal(seconds) };
  if (outcome.kind === 'passed') return `    ${empty('testcase', attributes)}\n`;
  return `    <testcase${written(attributes)}>\n      ${writeOutcome(outcome)}\n    </testcase>\n`;
}

function writeOutcome(outcome: Exclude<JUnitOutcome, { kind: 'passed' }>): string {
  if (outcome.kind === 'skipped') return empty('skipped', { message: outcome.message });
  const element = outcome.kind === 'failed' ? 'failure' : 'error';
  const { message, details = '' } = outcome;
  return `<${element}${written({ message, type: outcome.kind })}>${escapeXml(details)}</${element}>`;
}

function empty(element: string, attributes: Record<string, string>): string {
  return `<${element}${written(attributes)}/>`;
}

function written(attributes: Record<string, string>): string {
  return Object.entries(attributes)
    .map(([key, value]) => ` ${key}="${escapeXml(value).replaceAll('\t', '&#9;').replaceAll('\n', '&#10;')}"`)
    .join('');
}

/** Names are tokens: one line, no space around them, never empty. */
function token(text: string): string {
  return text.replace(/\s+/g, ' ').trim() || '-';
}

function decimal(seconds: number): string {
  return Math.max(0, seconds).toFixed(3);
}

/** What XML 1.0 has no way to write: most control characters, lone surrogates, U+FFFE and U+FFFF. */
const UNWRITABLE = /[^\t\n\r\u{20}-\u{D7FF}\u{E000}-\u{FFFD}\u{10000}-\u{10FFFF}]/gu;

/** Text as XML carries it: cut, escaped, and with U+FFFD in place of what XML cannot carry. */
export function escapeXml(text: string): string {
  const cut = text.length > TEXT_MAX ? `${text.slice(0, TEXT_MAX)}…` : text;
  return cut
    .replace(UNWRITABLE, '\uFFFD')
    .replaceAll('&', '&amp;')
    .replaceAll('<', '&lt;')
    .replaceAll('>', '&gt;')
    .replaceAll('"', '&quot;')
    .replaceAll('\r', '&#13;');
}
