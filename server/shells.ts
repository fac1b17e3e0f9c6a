import { Refusal } from './answer.ts';
import type { Labd } from './labd/contract.ts';
import type { TerminalInfo } from './protocol.ts';

/** How many terminals a learner may have open on one node. */
const TERMINALS_PER_NODE = 8;
/** A new terminal's size until a screen says its own. */
const FIRST_SIZE = { cols: 80, rows: 24 };

/** Which terminals are open on which node of a session. */
export interface Shells {
  list(): TerminalInfo[];
  /** Starts a shell on a node; it is not listed before it is added. */
  start(node: string): Promise<TerminalInfo>;
  add(started: TerminalInfo[]): Promise<void>;
  /** Ends all shells of these nodes. */
  closeOn(nodes: string[]): Promise<void>;
  /** Takes a terminal off the list. */
  drop(terminal: string): Promise<void>;
}

/** The shells of one session, beginning with those that the store remembers. */
export function createShells(options: {
  session: string;
  labd: Pick<Labd, 'openTerminal' | 'closeTerminal'>;
  terminals: TerminalInfo[];
  newTerminalId(): string;
  /** Whether what the next terminal shows may be recorded; without it nothing is. */
  records?: () => Promise<boolean>;
  save(terminals: TerminalInfo[]): Promise<void>;
  changed(): void;
}): Shells {
  const { session, labd } = options;
  let { terminals } = options;

  async function keep(next: TerminalInfo[]): Promise<void> {
    if (next.length === terminals.length) return;
    terminals = next;
    options.changed();
    await options.save(next);
  }

  return {
    list: () => terminals,
    async start(node) {
      const numbers = terminals.flatMap((each) => (each.node === node ? [each.number] : []));
      if (numbers.length >= TERMINALS_PER_NODE) throw new Refusal('too-many');
      const terminal = options.newTerminalId();
      const recorded = (await options.records?.()) ?? false;
      await labd.openTerminal(session, node, terminal, FIRST_SIZE, recorded);
      return { terminal, node, number: Math.max(0, ...numbers) + 1, ...(recorded && { recorded }) };
    },
    add: (started) => keep([...terminals, ...started]),
    async closeOn(nodes) {
      const closing = terminals.filter((each) => nodes.includes(each.node));
      await keep(terminals.filter((each) => !closing.includes(each)));
      await Promise.all(closing.map((each) => labd.closeTerminal(each.terminal)));
    },
    drop: (terminal) => keep(terminals.filter((each) => each.terminal !== terminal)),
  };
}
