import type { Answers, Request, RequestName } from './protocol.ts';
import type { Client } from './seat.ts';

/** What answers each request, once authority has let it through. */
export type Handlers = {
  [N in RequestName]: (request: Request<N>, client: Client) => Answers[N] | Promise<Answers[N]>;
};
