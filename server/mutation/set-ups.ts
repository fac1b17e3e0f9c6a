import { answerFact } from '../../content/answer.ts';
import type { Lab } from '../../content/load.ts';
import { ContentMistake } from '../../content/mistake.ts';
import type { ListedSetUp, Mutations } from '../../content/mutations.ts';
import type { Section } from '../../content/script.ts';
import type { Removal } from './generate.ts';
import type { SetUp } from './set-up.ts';

/**
 * Every set-up of a lab: its author's, the removal of each thing that the solved lab has and its author did not remove, and
 * a wrong answer to each question. Throws a ContentMistake when something is called harmless that is not there.
 */
export function setUpsOf(lab: Lab, { listed, harmless }: Mutations, removals: Removal[]): SetUp[] {
  const isMeant = (removal: Removal, { node, command }: Mutations['harmless'][number]) =>
    removal.node === node && removal.command === command;
  const idle = harmless.filter((each) => !removals.some((removal) => isMeant(removal, each)));
  if (idle.length > 0) {
    throw ContentMistake.of(
      idle.map(({ place, node, command }) => {
        const near = removals.filter((removal) => removal.node === node).map((removal) => removal.command);
        return new ContentMistake(place, `${node} 上没有这样的破坏：${command}；有的是：\n  ${near.join('\n  ')}`);
      }),
    );
  }
  const isListed = ({ node, command }: Removal) =>
    listed.some(({ sections }) => sections.length === 1 && isSame(sections[0], node, command));
  return [
    ...listed.map(fromList),
    ...removals
      .filter((removal) => !isListed(removal))
      .map((removal): SetUp => {
        const excuse = harmless.find((each) => isMeant(removal, each));
        return {
          name: `${removal.node}：${removal.command}${excuse ? `（无害：${excuse.why}）` : ''}`,
          ...(excuse && { place: excuse.place }),
          start: 'solved',
          act: { sections: [{ node: removal.node, text: removal.command, line: 1 }] },
          expect: excuse ? { kind: 'green' } : { kind: 'some-red', names: removal.names },
        };
      }),
    ...lab.checkpoints.flatMap(({ id, questions }) =>
      questions.map((question): SetUp => {
        return {
          name: `${id}：问题 ${question.id} 答错`,
          start: 'solved',
          act: { wrongAnswer: { checkpoint: id, question: question.id } },
          expect: { kind: 'red', red: [id], fact: answerFact(question.id) },
        };
      }),
    ),
  ];
}

function isSame(section: Section | undefined, node: string, command: string): boolean {
  return section?.node === node && section.text.trim() === command;
}

function fromList({ name, place, start, sections, broken }: ListedSetUp): SetUp {
  return { name, place, start, act: { sections }, expect: broken ? { kind: 'red', ...broken } : { kind: 'green' } };
}

/** Set-ups spread evenly over all: the same ones each time. */
export function sampleOf(setUps: readonly SetUp[], count: number): SetUp[] {
  if (count >= setUps.length) return [...setUps];
  return Array.from({ length: count }, (_, i) => setUps[Math.floor(((i + 0.5) * setUps.length) / count)]).filter(
    (each) => each !== undefined,
  );
}
