import { Refusal } from './answer.ts';
import type { RequestName } from './protocol.ts';
import type { Gate } from './store/tables.ts';

/** What a class may be kept from: `type`, to work on nodes; `start`, to get any. */
export type Act = 'type' | 'start';

/** What a learner's own requests are; typing itself is decided at each keystroke (viewing.ts, ssh.ts). */
const ACTS: Partial<Record<RequestName, Act>> = {
  'lab:start': 'start',
  'lab:reset': 'type',
  'question:answer': 'type',
  'terminal:open': 'type',
  'terminal:ssh': 'type',
};

/** What a request is that a class may be kept from; undefined for all others. */
export function actOf(name: RequestName): Act | undefined {
  return ACTS[name];
}

/** The most permissive of several; a learner whom no class was given this lab may do everything. */
export function widest(gates: readonly Gate[]): Gate {
  if (gates.length === 0 || gates.includes('open')) return 'open';
  return gates.includes('paused') ? 'paused' : 'closed';
}

/** Throws a refusal where a gate keeps from an act. */
export function mustPass(gate: Gate, act: Act): void {
  if (gate === 'closed') throw new Refusal('closed');
  if (gate === 'paused' && act === 'type') throw new Refusal('paused');
}
