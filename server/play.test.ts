import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { expect, it } from 'vitest';
import type { CodeBlock } from '../content/schema.ts';
import type { ExecResult } from './labd/nodes/driver.ts';
import { createPlayer, failed } from './play.ts';

/** A node that is this machine: what the player gives it to run is run. */
async function exec(_session: string, _node: string, argv: string[]): Promise<ExecResult> {
  const [file = '', ...args] = argv;
  try {
    return { code: 0, ...(await promisify(execFile)(file, args)) };
  } catch (error) {
    const { code, stdout, stderr } = error as { code: number; stdout: string; stderr: string };
    return { code, stdout, stderr };
  }
}

const player = createPlayer({
  session: 'session1',
  labd: { exec },
  values: async () => ({ mac: '02:00', gone: null }),
});

function block(text: string): CodeBlock {
  return { id: text, line: 1, kind: 'run', nodes: ['node-1'], text, stream: false, optional: false, look: false };
}

it('plays blocks one after the other, each in a shell of its own, and tells of the last', async () => {
  const blocks = ['x=1; echo one', 'echo "<$x>"; printf two'].map(block);
  const [one, two] = await player.blocks(blocks, ['node-1', 'node-2']);
  expect(one).toMatchObject({ node: 'node-1', block: blocks[1], result: { code: 0, stdout: '<>\ntwo', stderr: '' } });
  expect(two?.node).toBe('node-2');
});

it('ends at the first command that fails, and says which block it was in and what that block said', async () => {
  const blocks = ['printf fine; echo grumble >&2', 'echo before; (echo bad >&2; exit 7); echo after', 'echo never'].map(
    block,
  );
  const [played] = await player.blocks(blocks, ['node-1']);
  expect(played).toMatchObject({ block: blocks[1], result: { code: 7, stdout: 'before\n', stderr: 'bad\n' } });
  expect(played && failed(played)).toBe(true);
});

it('fills in live values, and runs nothing when one does not exist', async () => {
  const [filled] = await player.blocks([block('echo {{mac}}-{{ mac }}')], ['node-1']);
  expect(filled?.result.stdout).toBe('02:00-02:00\n');
  const [played] = await player.blocks([block('echo first'), block('echo {{gone}}')], ['node-1']);
  expect(played).toMatchObject({ missing: 'gone', result: { code: null, stdout: '' } });
});
