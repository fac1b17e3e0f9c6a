import type { Frame } from '../network/trace.ts';
import { readCapture } from './capture.ts';
import type { Machine } from './nodes/driver.ts';
import { end, inNamespace, start } from './observe.ts';

/** tcpdump listens within 30 ms; a machine where a whole class works at once may need longer, ms. */
const LISTEN_MS = 5000;
/** How long tcpdump may take to write its last frames, ms. */
const END_MS = 500;
/** The most that is kept of one capture: a thousand small frames, bytes. */
const TAP_BYTES = 512 * 1024;
/** As much of a frame as trace.ts keeps. */
const SNAP_BYTES = '256';
/** tcpdump's buffer in the kernel, KiB: the filter lets little through. */
const BUFFER_KIB = '256';

/** Somewhere to listen: a namespace, an interface in it, and how the place is called in a trace. */
export interface Place {
  /** Where the namespace is; absent: on this host. */
  machine?: Machine | undefined;
  path: string;
  link: string;
  at: Frame['at'];
  /** Another place of the trace at which the same is to be seen, because nobody can listen there. */
  standsFor?: Frame['at'] | undefined;
}

/** A running capture. */
export interface Tap {
  /** Resolves once it listens; rejects when it cannot. */
  ready: Promise<void>;
  /** Ends it and reads what it saw. */
  stop(): Promise<Frame[]>;
}

/** Starts the host's tcpdump at a place, not promiscuous (the learner would see the flag), with only CAP_NET_RAW. */
export function openTap({ machine, path, link, at }: Place, filter: string): Tap {
  const argv = ['tcpdump', '-p', '-n', '-i', link, '--immediate-mode', '-U', '-s', SNAP_BYTES, '-B', BUFFER_KIB];
  const child = start(inNamespace(path, [...argv, '-w', '-', filter], 'net_raw'), machine);
  const chunks: Buffer[] = [];
  let size = 0;
  let said = '';
  const closed = new Promise<void>((resolve) => {
    child.on('close', () => resolve());
    child.on('error', () => resolve());
  });
  child.stdout.on('data', (chunk: Buffer) => {
    if (size + chunk.length > TAP_BYTES) return;
    size += chunk.length;
    chunks.push(chunk);
  });
  const ready = new Promise<void>((resolve, reject) => {
    const timer = setTimeout(() => reject(new Error(`tcpdump on ${link} did not listen in time`)), LISTEN_MS);
    const settle = (error?: Error) => {
      clearTimeout(timer);
      if (error) reject(error);
      else resolve();
    };
    child.stderr.on('data', (chunk: Buffer) => {
      if (said.length < 2000) said += chunk.toString('latin1');
      if (said.includes('listening on')) settle();
    });
    child.on('error', settle);
    child.on('close', () => settle(new Error(`tcpdump on ${link} ended: ${said.trim().slice(0, 200)}`)));
  });
  return {
    ready,
    async stop() {
      end(child, 'SIGTERM');
      const late = setTimeout(() => end(child, 'SIGKILL'), END_MS);
      await closed;
      clearTimeout(late);
      return readCapture(Buffer.concat(chunks), at);
    },
  };
}
