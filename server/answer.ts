import type { z } from 'zod';
import { type Answer, type Answers, type RefusalCode, type Request, type RequestName, requests } from './protocol.ts';
import { storeTrouble } from './store/trouble.ts';

/** A request that was understood and not granted. Its code crosses the wire and has a Chinese sentence in words.ts. */
export class Refusal extends Error {
  readonly code: RefusalCode;
  constructor(code: RefusalCode) {
    super(code);
    this.name = 'Refusal';
    this.code = code;
  }
}

function codeOf(error: unknown): RefusalCode {
  if (error instanceof Refusal) return error.code;
  if (storeTrouble(error)) return 'storage';
  // Another process could not be reached (seam.ts).
  return error instanceof Error && error.message === 'unavailable' ? 'unavailable' : 'internal';
}

/**
 * One request: parse, run, reply. Whatever is thrown becomes a code; a fault is handed to `fault` once. What can be
 * answered at once is: a keystroke waits for no turn of the loop.
 */
export function answerRequest<N extends RequestName>(
  name: N,
  payload: unknown,
  run: (request: Request<N>) => Answers[N] | Promise<Answers[N]>,
  reply: (answer: Answer<N>) => void,
  fault: (error: unknown) => void,
): void {
  const failed = (error: unknown) => {
    if (!(error instanceof Refusal)) fault(error);
    reply({ ok: false, code: codeOf(error) });
  };
  // A mapped union of schemas is beyond the compiler; the pair (name, schema) is right by construction of requests.
  const parsed = (requests[name] as unknown as z.ZodType<Request<N>>).safeParse(payload);
  if (!parsed.success) {
    reply({ ok: false, code: 'bad-request' });
    return;
  }
  try {
    const answer = run(parsed.data);
    if (answer instanceof Promise) answer.then((data) => reply({ ok: true, data }), failed);
    else reply({ ok: true, data: answer });
  } catch (error) {
    failed(error);
  }
}
