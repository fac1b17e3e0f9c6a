import { connect } from 'node:net';
import type { Step } from './namespace.ts';

/** Characters: "ok", or a reason. */
const ANSWER_MAX = 4_096;

/**
 * Tells the agent of a virtual machine something over its control port, as records of agent.pl, and waits until it is done.
 * A machine that is still booting answers when it is up; rejects when it says no, ends, or does not answer in time.
 */
export function tellAgent(path: string, records: Step[], timeoutMs: number): Promise<void> {
  const bytes = Buffer.from(records.map((record) => `${record.join('\0')}\0\0`).join(''));
  const length = Buffer.alloc(4);
  length.writeUInt32LE(bytes.length);
  return new Promise((resolve, reject) => {
    const socket = connect(path);
    let answer = '';
    const settle = (error?: Error) => {
      clearTimeout(timer);
      socket.destroy();
      if (error) reject(error);
      else resolve();
    };
    const timer = setTimeout(() => settle(new Error('the agent did not answer in time')), timeoutMs);
    socket.on('data', (chunk) => {
      answer += chunk.toString('latin1');
      if (answer.length > ANSWER_MAX) settle(new Error('the agent says too much'));
      else if (answer.endsWith('\n')) settle(answer === 'ok\n' ? undefined : new Error(answer.trim()));
    });
    socket.on('error', settle);
    socket.on('close', () => settle(new Error('the machine ended')));
    socket.write(Buffer.concat([length, bytes]));
  });
}

/** Steps of namespace.pl as one field of a record. */
export function asField(steps: Step[]): string {
  return steps.map((step) => `${step.join('\x1e')}\x1e\x1d`).join('');
}
