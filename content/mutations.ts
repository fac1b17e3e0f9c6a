import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { LabChecks } from './check.ts';
import type { Lab } from './lab.ts';
import { mirrorBy } from './mirror.ts';
import { ContentMistake, type Place } from './mistake.ts';
import { MUTATIONS_FILE, type MutationsFile, mutationsFile } from './mutation.ts';
import { LIVE_VALUE } from './schema.ts';
import { parseSections, type Section } from './script.ts';
import { allowedWords } from './suggestion.ts';
import { readYaml, type YamlPath } from './yaml.ts';

/** A set-up of the author's own, on one node. */
export interface ListedSetUp {
  name: string;
  place: Place;
  /** `solved`, `fresh`, or the step up to whose end the text is played. */
  start: string;
  sections: Section[];
  /** What must turn red; absent when everything must be green. */
  broken?: { red: string[]; fact: string; says: RegExp; unrepaired?: string };
}

/** A lab's mutations, those of the other node included. */
export interface Mutations {
  listed: ListedSetUp[];
  harmless: { node: string; command: string; why: string; place: Place }[];
  unbreakable: { checkpoint: string; fact: string; why: string; place: Place }[];
}

/** What the file is held against. */
interface Reading {
  lab: Lab;
  nodes: string[];
  values: string[];
  mirror(text: string): string;
  placeOf(path: YamlPath): Place;
  wrong(path: YamlPath, message: string): void;
}

/** One of the nodes that a thing is said of, and how it is said there. */
interface Version {
  node: string;
  say(text: string): string;
  mirrored: boolean;
}

/** Reads the mutations beside a lab's text; throws a ContentMistake with everything that does not fit the lab. */
export function readMutations(lab: Lab, { values }: Pick<LabChecks, 'values'>): Mutations {
  const file = join(lab.directory, MUTATIONS_FILE);
  if (!existsSync(file)) return { listed: [], harmless: [], unbreakable: [] };
  const { value, placeOf } = readYaml(readFileSync(file, 'utf8'), mutationsFile, file);
  const mistakes: ContentMistake[] = [];
  const reading: Reading = {
    lab,
    nodes: lab.file.nodes.map(({ name }) => name),
    values: Object.keys(values),
    mirror: mirrorBy(value.mirror),
    placeOf,
    wrong: (path, message) => mistakes.push(new ContentMistake(placeOf(path), message)),
  };
  const mutations = {
    listed: [
      ...value.broken.flatMap((entry, i) => readBroken(reading, entry, ['broken', i])),
      ...value.right.flatMap((entry, i) => readRight(reading, entry, ['right', i])),
    ],
    harmless: value.harmless.flatMap(({ on, run, why }, i) =>
      versions(reading, { on, alone: false }, ['harmless', i]).map(({ node, say }) => {
        return { node, command: say(run).trim(), why, place: placeOf(['harmless', i]) };
      }),
    ),
    unbreakable: value.unbreakable.flatMap(({ fact, of, why }, i) => {
      checkIds(reading, of, ['unbreakable', i, 'of']);
      return of.map((checkpoint) => ({ checkpoint, fact, why, place: placeOf(['unbreakable', i]) }));
    }),
  };
  const names = mutations.listed.map(({ name }) => name);
  for (const [i, { name, place }] of mutations.listed.entries()) {
    if (names.indexOf(name) < i) mistakes.push(new ContentMistake(place, `「${name}」有两个：换一个名字`));
  }
  if (mistakes.length > 0) throw ContentMistake.of(mistakes);
  return mutations;
}

function readBroken(reading: Reading, entry: MutationsFile['broken'][number], path: YamlPath): ListedSetUp[] {
  const { fact, unrepaired } = entry;
  if (entry.mirrored) checkIds(reading, entry.mirrored.red, [...path, 'mirrored', 'red']);
  return versions(reading, entry, path).map((version) => {
    const { mirrored, say } = version;
    const red = (mirrored && entry.mirrored?.red) || entry.red.map(say);
    checkIds(reading, red, [...path, 'red']);
    const broken = { red, fact, says: new RegExp(say(entry.says)), ...(unrepaired && { unrepaired }) };
    return { ...readSetUp(reading, entry, version, path), start: 'solved', broken };
  });
}

function readRight(reading: Reading, entry: MutationsFile['right'][number], path: YamlPath): ListedSetUp[] {
  const starts = ['solved', 'fresh', ...reading.lab.steps.map(({ id }) => id)];
  if (!starts.includes(entry.from)) {
    reading.wrong([...path, 'from'], `没有这样的起点 ${entry.from}：${allowedWords(entry.from, starts)}`);
  }
  return versions(reading, entry, path).map((version) => {
    return { ...readSetUp(reading, entry, version, path), start: entry.from };
  });
}

function readSetUp(reading: Reading, entry: { name: string; run: string }, { node, say }: Version, path: YamlPath) {
  const text = say(entry.run);
  const at = [...path, 'run'];
  for (const [, key = ''] of text.matchAll(LIVE_VALUE)) {
    if (!reading.values.includes(key)) reading.wrong(at, `没有活数值 ${key}：${allowedWords(key, reading.values)}`);
  }
  let sections: Section[] = [];
  try {
    sections = parseSections(text, reading.nodes, node);
  } catch (error) {
    reading.wrong(at, error instanceof Error ? error.message : String(error));
  }
  return { name: `${node}：${entry.name}`, place: reading.placeOf(path), sections };
}

/** The nodes that a thing is said of: the one it is written for, and with the words swapped the other one. */
function versions(
  { nodes, mirror, wrong }: Reading,
  { on: node, alone }: { on: string; alone: boolean },
  path: YamlPath,
): Version[] {
  if (!nodes.includes(node)) {
    wrong([...path, 'on'], `没有节点 ${node}：${allowedWords(node, nodes)}`);
    return [];
  }
  const here: Version = { node, say: (text) => text, mirrored: false };
  const other = mirror(node);
  if (alone || other === node || !nodes.includes(other)) return [here];
  return [here, { node: other, say: mirror, mirrored: true }];
}

function checkIds({ lab, wrong }: Reading, checkpoints: string[], path: YamlPath): void {
  const ids = lab.checkpoints.map(({ id }) => id);
  for (const [i, id] of checkpoints.entries()) {
    if (!ids.includes(id)) wrong([...path, i], `没有检查点 ${id}：${allowedWords(id, ids)}`);
  }
}
