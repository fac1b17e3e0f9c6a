import { connect } from 'node:net';
import { framed } from '../netlink.ts';
import { recordsOf, type Step } from './namespace.ts';

/** Characters: "ok" and a number, or a reason. */
const ANSWER_MAX = 4_096;

/**
 * Tells the agent of a virtual machine something over its control port, as records of agent.pl, and waits until it is done:
 * the answer is the pid that the learner's init has for the agent. A machine that is still booting answers when it is up;
 * rejects when it says no, ends, or does not answer in time.
 */
export function tellAgent(path: string, records: Step[], timeoutMs: number): Promise<number> {
  return new Promise((resolve, reject) => {
    const socket = connect(path);
    let answer = '';
    const settle = (result: Error | number) => {
      clearTimeout(timer);
      socket.destroy();
      if (typeof result === 'number') resolve(result);
      else reject(result);
    };
    const timer = setTimeout(() => settle(new Error('the agent did not answer in time')), timeoutMs);
    socket.on('data', (chunk) => {
      answer += chunk.toString('latin1');
      if (answer.length > ANSWER_MAX) settle(new Error('the agent says too much'));
      else if (answer.endsWith('\n')) {
        const init = /^ok ([1-9]\d{0,6})\n$/.exec(answer)?.[1];
        settle(init ? Number(init) : new Error(answer.trim()));
      }
    });
    socket.on('error', settle);
    socket.on('close', () => settle(new Error('the machine ended')));
    socket.write(framed(recordsOf(records)));
  });
}
