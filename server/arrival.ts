import type { Judge, LabSource } from './judge.ts';
import type { Jumps } from './jumps.ts';
import type { Labd } from './labd/contract.ts';
import { createPlayer } from './play.ts';
import type { Playing, TerminalInfo } from './protocol.ts';
import type { Shells } from './shells.ts';
import { storeTrouble } from './store/trouble.ts';
import { type Destination, legsTo, travel } from './travel.ts';

/** The longest explanation that is shown. */
const DETAIL_MAX_CHARS = 300;

/** What an error says to people: the runtime speaks Chinese where it knows what is wrong; anything else is for the log. */
export function wordsOf(error: unknown): string | undefined {
  const trouble = storeTrouble(error);
  if (trouble) return trouble;
  const message = error instanceof Error ? error.message : '';
  return /\p{Script=Han}/u.test(message) ? message.slice(0, DETAIL_MAX_CHARS) : undefined;
}

/** How a session's nodes come to the start of a step. */
export interface Arrival {
  /**
   * Makes nodes and plays what the text does before the step; hands back a terminal on each, not listed yet. While it is
   * under way the store knows, for another web that may have to finish it.
   */
  reach(
    to: Destination,
    nodes: string[],
    make: () => Promise<void>,
    playing: (at: Playing) => void,
  ): Promise<TerminalInfo[]>;
  /** Judges what was said of the former nodes, as it need not be true of these, and what was skipped. */
  judge(to: Destination): Promise<void>;
}

/** The arrivals of one session. `isAbandoned` says whether this web is closing, so that another has to finish it. */
export function createArrival(options: {
  session: string;
  source: LabSource;
  labd: Labd;
  judge: Judge;
  shells: Shells;
  jumps: Jumps;
  isAbandoned(): boolean;
  fault(error: unknown, what: string): void;
}): Arrival {
  const { session, source, labd, judge, shells, jumps, fault } = options;
  const player = createPlayer({ session, labd, values: judge.readValues });

  function mustGoOn(): void {
    if (options.isAbandoned()) throw new Error('this web is closing');
  }

  return {
    async reach(to, nodes, make, playing) {
      const legs = legsTo(source.lab(), source.checks().values, to);
      await jumps.begin(
        to,
        nodes,
        legs.flatMap((leg) => leg.nodes),
      );
      await make();
      const stopped = await travel({
        legs,
        player,
        playing(at) {
          mustGoOn();
          playing(at);
        },
        fault,
      });
      const started = await Promise.all(nodes.map(shells.start));
      mustGoOn();
      await jumps.end(stopped);
      return started;
    },
    async judge({ step }) {
      const { byHand, asUsual } = jumps.toJudge(step, (each) => judge.result(each).status === 'pending');
      if (byHand.length > 0) await judge.judge({ byHand: true, checkpoints: byHand });
      if (asUsual.length > 0) await judge.judge({ byHand: false, checkpoints: asUsual });
    },
  };
}
