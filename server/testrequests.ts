import type { Request, RequestName } from './protocol.ts';

const WRONG_CODE = 'AAAA-AAAA';

/** A request of each name that could be granted, made with a terminal of the owner's. */
export const samples: { [N in RequestName]: (terminal: string) => Request<N> } = {
  'lab:enter': () => ({ lab: 'test' }),
  'lab:start': () => ({ lab: 'test', step: '02-ping' }),
  'lab:reset': () => ({ lab: 'test', node: 'node-1', step: '02-ping' }),
  'lab:end': () => ({ lab: 'test' }),
  'checkpoint:check': () => ({ lab: 'test', checkpoint: 'links' }),
  'question:answer': () => ({ lab: 'test', checkpoint: 'asked', answers: { ttl: '1' } }),
  'hint:open': () => ({ lab: 'test', checkpoint: 'links', fact: 'links', level: 'hint' }),
  'terminal:open': () => ({ lab: 'test', node: 'node-1' }),
  'terminal:close': (terminal) => ({ lab: 'test', terminal }),
  'terminal:attach': (terminal) => ({ terminal, after: null }),
  'terminal:detach': (terminal) => ({ terminal }),
  'terminal:input': (terminal) => ({ terminal, data: 'typed' }),
  'terminal:resize': (terminal) => ({ terminal, cols: 50, rows: 10, take: true }),
  'terminal:ack': (terminal) => ({ terminal, offset: 0 }),
  'terminal:ssh': () => ({ lab: 'test', node: 'node-1' }),
  'history:list': () => ({ lab: 'test' }),
  'history:clear': () => ({ lab: 'test' }),
  'lab:invite': () => ({ lab: 'test' }),
  'lab:uninvite': () => ({ lab: 'test' }),
  'lab:watch': () => ({ code: WRONG_CODE }),
  'me:code': () => ({}),
  'me:who': () => ({}),
};
