import type { Request, RequestName } from './protocol.ts';

const WRONG_CODE = 'AAAA-AAAA';
/** Of a class and of people that do not exist; tests put in their own. */
const CLASS = { class: 'nowhere' };
const NOBODY = '0'.repeat(32);

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
  'invite:look': () => ({ secret: 'A'.repeat(43) }),
  'class:create': () => ({ name: '网络 2026' }),
  'class:look': () => CLASS,
  'class:change': () => ({ ...CLASS, name: '网络 2027' }),
  'class:code': () => CLASS,
  'roster:list': () => CLASS,
  'roster:preview': () => ({ ...CLASS, text: '20260001,王小明' }),
  'roster:import': () => ({ ...CLASS, text: '20260001,王小明' }),
  'roster:add': () => ({ ...CLASS, studentNo: '20260002', name: '李小红' }),
  'roster:change': () => ({ ...CLASS, learner: NOBODY, was: {}, studentNo: '20260003', name: '张三' }),
  'roster:remove': () => ({ ...CLASS, learners: [NOBODY] }),
  'roster:merge': () => ({ ...CLASS, learner: NOBODY, duplicate: NOBODY }),
  'roster:passwords': () => ({ ...CLASS, learners: [NOBODY] }),
  'learner:erase': () => ({ ...CLASS, learner: NOBODY }),
  'staff:list': () => CLASS,
  'staff:invite': () => ({ ...CLASS, role: 'assistant' }),
  'staff:change': () => ({ ...CLASS, person: NOBODY, role: 'assistant' }),
  'staff:remove': () => ({ ...CLASS, person: NOBODY }),
  'audit:list': () => CLASS,
};
