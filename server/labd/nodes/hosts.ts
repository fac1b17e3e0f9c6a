import { readFileSync } from 'node:fs';
import { dirname, resolve } from 'node:path';
import { parse } from 'yaml';
import { z } from 'zod';
import type { NodeName } from '../../network/snapshot.ts';
import type { Reach } from './reach.ts';

/** More machines than one person can wire; a file that is larger is another file. */
const SETS_MAX = 200;

const host = z.strictObject({
  /** How ssh reaches it: an address or a name. */
  host: z.string().regex(/^[A-Za-z0-9][A-Za-z0-9._:-]{0,252}$/, '要一个地址或主机名'),
  port: z.int().min(1).max(65_535).default(22),
  /** root, or who becomes root by `sudo -n`. */
  user: z
    .string()
    .regex(/^[a-z_][a-z0-9_-]{0,31}$/)
    .default('root'),
  /** Of the private key; relative to this file. */
  identity: z.string().min(1),
  hostKey: z
    .string()
    .regex(
      /^(?:ssh-ed25519|ssh-rsa|ecdsa-sha2-nistp(?:256|384|521)) [A-Za-z0-9+/]+={0,2}(?: .*)?$/,
      '要机器上 /etc/ssh/ssh_host_ed25519_key.pub 里的那一行',
    ),
});

const sets = z
  .array(
    z.strictObject({
      lab: z.string().regex(/^[a-z0-9][a-z0-9-]{0,62}$/),
      nodes: z.record(z.string().regex(/^[a-z][a-z0-9-]{0,14}$/), host),
    }),
  )
  .max(SETS_MAX);

/** The machines for one session of a lab: by node how it is reached, as machine.ts takes it but for the name. */
export interface HostSet {
  lab: string;
  nodes: Record<NodeName, Omit<Reach, 'name'>>;
}

/** Reads the file of machines; an Error, in Chinese, names the file and every field that is wrong. */
export function readHosts(file: string): HostSet[] {
  let text: string;
  try {
    text = readFileSync(file, 'utf8');
  } catch (error) {
    throw new Error(`没有登记自己的机器：读不了 ${file}`, { cause: error });
  }
  let read: ReturnType<typeof sets.safeParse>;
  try {
    read = sets.safeParse(parse(text), { error: z.locales.zhCN().localeError });
  } catch (error) {
    throw new Error(`${file} 不是合乎语法的 YAML`, { cause: error });
  }
  if (!read.success) {
    const lines = read.error.issues.map(({ path, message }) => `${path.join('.') || '整个文件'}：${message}`);
    throw new Error(`${file} 有误：${lines.join('；')}`);
  }
  const here = dirname(file);
  return read.data.map(({ lab, nodes }) => ({
    lab,
    nodes: Object.fromEntries(
      Object.entries(nodes).map(([name, each]) => {
        const hostKey = each.hostKey.split(' ').slice(0, 2).join(' ');
        return [name, { ...each, hostKey, identity: resolve(here, each.identity) }];
      }),
    ),
  }));
}

/** What tells one machine from another, whatever lab it is named for. */
export function machineKey({ host, port }: Pick<Reach, 'host' | 'port'>): string {
  return `${host}:${port ?? 22}`;
}
