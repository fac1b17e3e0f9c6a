import type { z } from 'zod';
import { type Answer, type Answers, type RefusalCode, type Request, type RequestName, requests } from './protocol.ts';

/** A request that was understood and not granted. Its code crosses the wire and has a Chinese sentence in words.ts. */
export class Refusal extends Error {
  readonly code: RefusalCode;
  constructor(code: RefusalCode) {
    super(code);
    this.name = 'Refusal';
    this.code = code;
  }
}

/** Whether a fault's message says that another process could not be reached. */
function isUnavailable(error: unknown): boolean {
  return error instanceof Error && error.message === 'unavailable';
}

/** One request: parse, run, reply. Whatever is thrown becomes a code; a fault is handed to `fault` once. */
export async function answerRequest<N extends RequestName>(
  name: N,
  payload: unknown,
  run: (request: Request<N>) => Promise<Answers[N]>,
  fault: (error: unknown) => void,
): Promise<Answer<N>> {
  // A mapped union of schemas is beyond the compiler; the pair (name, schema) is right by construction of requests.
  const parsed = (requests[name] as unknown as z.ZodType<Request<N>>).safeParse(payload);
  if (!parsed.success) return { ok: false, code: 'bad-request' };
  try {
    return { ok: true, data: await run(parsed.data) };
  } catch (error) {
    if (error instanceof Refusal) return { ok: false, code: error.code };
    fault(error);
    return { ok: false, code: isUnavailable(error) ? 'unavailable' : 'internal' };
  }
}
