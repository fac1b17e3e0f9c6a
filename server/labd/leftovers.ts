import { AF_INET } from './links.ts';
import { addressOf, attribute, attributesOf, dump, packIpv4, single } from './netlink.ts';
import type { Asked } from './relay.ts';
import { NDA, RTM_DELNEIGH, RTM_GETNEIGH, TABLE_HEADER } from './tables.ts';

/** Entries without an answer: INCOMPLETE, FAILED (include/uapi/linux/neighbour.h). */
const UNRESOLVED = 0x01 | 0x20;
/** A lost ping leaves one or two entries per namespace; no more than this are removed. */
const REMOVED_MAX = 8;

interface Entry {
  index: number;
  dst: string;
  state: number;
}

/** The IPv4 neighbour tables of some namespaces before a probe. */
export type NeighboursBefore = Map<Asked, Entry[]>;

/** Reads the neighbour tables of namespaces, before a probe may add to them. */
export async function rememberNeighbours(namespaces: Asked[]): Promise<NeighboursBefore> {
  return new Map(await Promise.all(namespaces.map(async (asked) => [asked, await neighboursIn(asked)] as const)));
}

/**
 * Removes the neighbour entries that a ping left unresolved and that were not there before: a FAILED entry would make
 * the learner's next `ip neighbor add` say «File exists».
 */
export async function removeLeftovers(before: NeighboursBefore): Promise<void> {
  await Promise.all(
    [...before].map(async ([asked, known]) => {
      const left = (await neighboursIn(asked)).filter(
        (entry) =>
          (entry.state & UNRESOLVED) !== 0 &&
          !known.some(({ dst, index }) => dst === entry.dst && index === entry.index),
      );
      // An entry that went by itself meanwhile is a refusal, and just as well.
      await Promise.all(left.slice(0, REMOVED_MAX).map((entry) => asked.ask(single(RTM_DELNEIGH, naming(entry)))));
    }),
  );
}

function naming({ index, dst }: Entry): Buffer {
  const header = Buffer.alloc(TABLE_HEADER);
  header[0] = AF_INET;
  header.writeInt32LE(index, 4);
  return Buffer.concat([header, attribute(NDA.DST, packIpv4(dst))]);
}

async function neighboursIn(asked: Asked): Promise<Entry[]> {
  const header = Buffer.alloc(TABLE_HEADER);
  header[0] = AF_INET;
  const answer = (await asked.ask(dump(RTM_GETNEIGH, header))) ?? [];
  return answer.flatMap(({ body }) => {
    if (body.length < TABLE_HEADER || body.readUInt8(0) !== AF_INET) return [];
    const dst = addressOf(attributesOf(body, TABLE_HEADER).get(NDA.DST));
    return dst === undefined ? [] : [{ index: body.readInt32LE(4), dst, state: body.readUInt16LE(8) }];
  });
}
