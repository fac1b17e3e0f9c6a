import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, describe, expect, it, vi } from 'vitest';
import { z } from 'zod';
import { type Connection, connectSeam, serveSeam } from './seam.ts';

interface Verbs {
  greet(name: string): Promise<string>;
  fail(): Promise<void>;
  wait(): Promise<void>;
}
interface Words {
  said(word: string): void;
}

const calls = { greet: z.tuple([z.string().max(5)]), fail: z.tuple([]), wait: z.tuple([]) } as const;
const directory = mkdtempSync(join(tmpdir(), 'netloom-seam-'));
const path = join(directory, 'test.sock');
const opened: (() => void | Promise<void>)[] = [];

afterEach(async () => {
  for (const close of opened.splice(0).reverse()) await close();
  rmSync(path, { force: true });
});

async function serve() {
  const visitors: Connection<Words>[] = [];
  const verbs = {
    greet: async (name: string) => `hello ${name}`,
    fail: async () => Promise.reject(new Error('it is broken')),
    wait: () => new Promise<void>(() => undefined),
    // Has no schema: nobody may call it.
    secret: async () => 'told',
  };
  const seam = await serveSeam<Words, Verbs>({
    path,
    schemas: calls,
    accept(connection) {
      visitors.push(connection);
      return { functions: verbs };
    },
  });
  return { seam, visitors };
}

function visit(hear: (word: string) => void = () => undefined) {
  const client = connectSeam<Verbs & { secret(): Promise<string> }, Words>({ path, functions: { said: hear } });
  opened.push(() => client.close());
  return client;
}

describe('a seam', () => {
  it('answers what its schema allows and rejects the rest', async () => {
    const { seam } = await serve();
    opened.push(() => seam.close());
    const { remote } = visit();
    expect(await remote.greet('web')).toBe('hello web');
    await expect(remote.greet('far too long')).rejects.toThrow();
    await expect(remote.secret()).rejects.toThrow('not found');
  });

  it('hands a failure of the other side on as one', async () => {
    const { seam } = await serve();
    opened.push(() => seam.close());
    await expect(visit().remote.fail()).rejects.toThrow('it is broken');
  });

  it('rejects what waits when the other process goes, and comes back by itself', async () => {
    const first = await serve();
    const { remote } = visit();
    await remote.greet('web');
    const waiting = expect(remote.wait()).rejects.toThrow('unavailable');
    await first.seam.close();
    await waiting;
    const second = await serve();
    opened.push(() => second.seam.close());
    expect(await remote.greet('again')).toBe('hello again');
  });

  it('tells news, and takes no harm from a listener that goes meanwhile', async () => {
    const { seam, visitors } = await serve();
    opened.push(() => seam.close());
    const heard = vi.fn();
    const client = visit(heard);
    await client.remote.greet('web');
    visitors[0]?.remote.said('one');
    await vi.waitFor(() => expect(heard).toHaveBeenCalledWith('one'));
    client.close();
    visitors[0]?.remote.said('two');
    await vi.waitFor(() => expect(client.connected()).toBe(false));
    // A rejection that nobody hears would fail this test file.
    visitors[0]?.remote.said('three');
  });
});
