import { existsSync, readFileSync, symlinkSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { z } from 'zod';
import { loadChecks } from '../content/judgements.ts';
import { loadAll } from '../content/load.ts';
import { LAB_YAML, makeScratch } from '../content/scratch.ts';
import { readEnv, settings, socketPath } from './env.ts';

const root = join(import.meta.dirname, '..');
const readme = readFileSync(join(root, 'README.md'), 'utf8');
/** Next's types demand NODE_ENV of every environment. */
const read = (environment: Record<string, string>) => readEnv({ NODE_ENV: 'production', ...environment });

describe('the environment', () => {
  it('needs nothing', () => {
    const env = read({});
    expect(env).toMatchObject({ port: 3000, host: '127.0.0.1', sessionsMax: 80, idleMs: 240 * 60_000, dev: false });
    expect(env.root).toBe(root);
    expect(env.data).toBe(join(root, 'var'));
    expect(env.content).toBe(join(root, 'content/labs'));
    expect(env.origins).toEqual([]);
  });
  it('keeps the image with the data, unless it is told where', () => {
    expect(read({ NETLOOM_DATA: '/srv/a' }).image).toBe('/srv/a/image');
    expect(read({ NETLOOM_DATA: '/srv/a', NETLOOM_IMAGE: '/srv/image' }).image).toBe('/srv/image');
  });
  it('gives two instances different sockets', () => {
    expect(socketPath(read({ NETLOOM_DATA: 'var2' }).data, 'labd')).toBe(join(root, 'var2/run/labd.sock'));
  });
  it('reads a list of origins', () => {
    const NETLOOM_ORIGINS = 'https://a.example, https://b.example,';
    expect(read({ NETLOOM_ORIGINS }).origins).toEqual(['https://a.example', 'https://b.example']);
  });
  it('names every setting that is wrong, at once', () => {
    const wrong = () => read({ PORT: 'http', NETLOOM_LOG: 'loud', NETLOOM_SESSIONS: '0' });
    expect(wrong).toThrow(/PORT：.*\n.*NETLOOM_SESSIONS：.*\n.*NETLOOM_LOG：/);
  });
  it('refuses a directory whose sockets would have too long a name', () => {
    expect(() => read({ NETLOOM_DATA: `/${'长'.repeat(40)}` })).toThrow('NETLOOM_DATA 的路径太长');
  });
});

/** The settings as README.md lists them. */
function settingsTable(): string {
  const { properties = {} } = z.toJSONSchema(settings, { io: 'input' });
  const rows = Object.entries(properties).map(([name, property]) => {
    // true and false are schemas, too; a setting is never one.
    const { default: usual, description, minimum, maximum, enum: words } = typeof property === 'object' ? property : {};
    const range = words ? `：${words.join('、')}` : minimum === undefined ? '' : `，${minimum} 到 ${maximum}`;
    return `| \`${name}\` | ${usual === '' ? '（空）' : `\`${usual}\``} | ${description}${range} |\n`;
  });
  return `| 名字 | 默认 | 意思 |\n|---|---|---|\n${rows.join('')}`;
}

describe('README.md', () => {
  it('lists every setting just as server/env.ts has it', async () => {
    const place = /(<!-- settings: .*-->\n\n)[\s\S]*?(<!-- \/settings -->)/;
    expect(readme).toMatch(place);
    // A snapshot of the whole file, so that `-u` writes the table where it belongs.
    const right = readme.replace(place, (_old, before, after) => `${before}${settingsTable()}\n${after}`);
    await expect(right).toMatchFileSnapshot(join(root, 'README.md'));
  });
  it('names scripts that are there', () => {
    const { scripts } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8'));
    const named = Array.from(readme.matchAll(/npm run ([\w-]+)/g), ([, script]) => script);
    expect(Object.keys(scripts)).toEqual(expect.arrayContaining(named));
  });
  it('points at files and headings that are there', () => {
    const targets = Array.from(readme.matchAll(/\]\(([^)]+)\)|(?:src|srcset)="([^"]+)"/g), ([, a, b]) => a ?? b ?? '');
    const headings = Array.from(readme.matchAll(/^##+ (.+)$/gm), ([, text = '']) => anchorOf(text));
    const broken = targets.filter((target) =>
      target.startsWith('#') ? !headings.includes(target) : !existsSync(join(root, target)),
    );
    expect(broken).toEqual([]);
  });
  it('shows a step and its check that really are a lab', async () => {
    const shown = readme.matchAll(/^`(content\/labs\/[^`]+)`：\n\n(`{3,})\w+\n([\s\S]*?\n)\2$/gm);
    const files = Object.fromEntries(Array.from(shown, ([, name = '', , text = '']) => [name, text]));
    expect(files['content/labs/first-bridge/01-bridge.mdx']?.trimEnd().split('\n')).toHaveLength(15);
    using scratch = makeScratch({ ...files, 'content/labs/first-bridge/lab.yaml': LAB_YAML });
    symlinkSync(join(root, 'server'), join(scratch.directory, 'server'));
    const [lab] = loadAll(join(scratch.directory, 'content/labs'));
    if (!lab) throw new Error('README.md shows no lab');
    const { checks } = await loadChecks(lab);
    expect(checks.bridge?.judge({ takenAt: 0, tookMs: 0, nodes: {} }).map(({ ok }) => ok)).toEqual([false]);
  });
});

/** The address that renderers of Markdown give to a heading. */
function anchorOf(text: string): string {
  const words = text.toLowerCase().replace(/[^\p{L}\p{N}\s-]/gu, '');
  return `#${words.trim().replace(/\s/g, '-')}`;
}
