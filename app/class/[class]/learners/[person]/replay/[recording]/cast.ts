/** A recording as the page knows it: when something was shown, and what was marked. Seconds count from its beginning. */
export interface Cast {
  cols: number;
  rows: number;
  seconds: number;
  /** The moments at which anything happens, in order. */
  times: number[];
  markers: { seconds: number; text: string }[];
}

/** Reads an asciicast v2 (docs.asciinema.org) as ptyd writes it; null when it is none. What is no event is passed over. */
export function readCast(text: string): Cast | null {
  const [first = '', ...lines] = text.split('\n');
  const head = parsed(first);
  if (typeof head !== 'object' || head === null || !('version' in head) || head.version !== 2) return null;
  const { width, height } = head as { width?: unknown; height?: unknown };
  if (typeof width !== 'number' || typeof height !== 'number') return null;
  const times: number[] = [];
  const markers: Cast['markers'] = [];
  for (const line of lines) {
    const event = parsed(line);
    if (!Array.isArray(event)) continue;
    const [seconds, kind, data] = event;
    if (typeof seconds !== 'number' || typeof data !== 'string') continue;
    times.push(seconds);
    if (kind === 'm') markers.push({ seconds, text: data });
  }
  return { cols: width, rows: height, seconds: times.at(-1) ?? 0, times, markers };
}

function parsed(line: string): unknown {
  try {
    return JSON.parse(line);
  } catch {
    return undefined;
  }
}

/** How the time of a recording and the time it is played in go together, where pauses are cut short. */
export interface Pace {
  /** When a moment of the recording is played. */
  played(seconds: number): number;
  /** Which moment of the recording is played then; within a pause that is cut, its beginning. */
  recorded(seconds: number): number;
}

/** The pace of a recording in which no pause is longer than `limit` seconds; null for no limit. */
export function paceOf(times: readonly number[], limit: number | null): Pace {
  /** After each long pause: since when, in both times. */
  const turns: { recorded: number; played: number }[] = [{ recorded: 0, played: 0 }];
  let before = 0;
  let cut = 0;
  for (const at of times) {
    if (limit !== null && at - before > limit) {
      // The pause itself goes on for as long as the limit, and the rest of it is gone.
      turns.push({ recorded: before + limit, played: before + limit - cut });
      cut += at - before - limit;
      turns.push({ recorded: at, played: at - cut });
    }
    before = at;
  }
  const last = (fits: (turn: (typeof turns)[number]) => boolean) => turns.findLast(fits) ?? { recorded: 0, played: 0 };
  const next = (turn: (typeof turns)[number]) => turns[turns.indexOf(turn) + 1];
  return {
    played(seconds) {
      const turn = last(({ recorded }) => recorded <= seconds);
      const end = next(turn)?.played ?? Number.POSITIVE_INFINITY;
      return Math.min(turn.played + seconds - turn.recorded, end);
    },
    recorded(seconds) {
      const turn = last(({ played }) => played <= seconds);
      return turn.recorded + seconds - turn.played;
    },
  };
}
