import { expect, it, vi } from 'vitest';
import { createVigil } from './vigil.ts';

function open() {
  const fallen = new Set<string>();
  const state = { sessions: [{ session: 'session1', nodes: ['node-1', 'node-2'] }] };
  const died = vi.fn();
  const vigil = createVigil({
    driver: { fallen: (_session, nodes) => nodes.filter((each) => fallen.has(each)) },
    sessions: () => state.sessions,
    died,
    log: { warn: () => {} },
  });
  return { fallen, state, died, vigil };
}

it('tells once of each node that is down, and again when it has been up', () => {
  const { fallen, died, vigil } = open();
  vigil.look();
  expect(died).not.toHaveBeenCalled();
  fallen.add('node-2');
  vigil.look();
  vigil.look();
  expect(died.mock.calls).toEqual([['session1', ['node-2']]]);
  fallen.add('node-1');
  vigil.look();
  expect(died).toHaveBeenLastCalledWith('session1', ['node-1', 'node-2']);
  fallen.clear();
  vigil.look();
  fallen.add('node-1');
  vigil.look();
  expect(died).toHaveBeenCalledTimes(3);
});

it('forgets what it told of a session that is changed meanwhile, and says nothing of runtimes that cannot tell', () => {
  const { fallen, state, died, vigil } = open();
  const { sessions } = state;
  fallen.add('node-2');
  vigil.look();
  state.sessions = [];
  vigil.look();
  state.sessions = sessions;
  vigil.look();
  expect(died).toHaveBeenCalledTimes(2);
  const mute = createVigil({ driver: {}, sessions: () => sessions, died, log: { warn: () => {} } });
  mute.look();
  expect(died).toHaveBeenCalledTimes(2);
});
