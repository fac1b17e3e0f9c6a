import { type FilePlace, type Relay, type RelayHost, startRelayHost } from './relay.ts';

/** Hosts that wait for the next job: a class asks for one reading at a time and then some. */
const IDLE_MAX = 2;

/** Opens relays by hosts that are kept for the next one. They end with this process. */
export interface Relays {
  /** Opens namespaces by their paths, and files: one process reads them all, whatever is asked. */
  open(paths: string[], files?: FilePlace[]): Relay;
}

/** Makes relays; the first host is started when it is first wanted. */
export function createRelays(): Relays {
  const idle = new Set<RelayHost>();

  function start(): RelayHost {
    const host: RelayHost = startRelayHost({
      free() {
        if (idle.size < IDLE_MAX) idle.add(host);
        else host.end();
      },
      gone: () => idle.delete(host),
    });
    return host;
  }

  return {
    open(paths, files = []) {
      const [waiting] = idle;
      if (waiting) idle.delete(waiting);
      return (waiting ?? start()).open(paths, files);
    },
  };
}
