import type { Machine } from './nodes/driver.ts';
import { type FilePlace, type Relay, type RelayHost, startRelayHost } from './relay.ts';

/** Hosts that wait for the next job, of each machine: a class asks for one reading at a time and then some. */
const IDLE_MAX = 2;

/** Opens relays by hosts that are kept for the next one. They end with this process. */
export interface Relays {
  /**
   * Opens namespaces by their paths, and files, all of this host or of one machine: one process reads them, whatever is
   * asked.
   */
  open(paths: string[], files?: FilePlace[], machine?: Machine): Relay;
}

/** Makes relays; the first host of a machine is started when it is first wanted. */
export function createRelays(): Relays {
  const here = {};
  const idle = new WeakMap<object, Set<RelayHost>>();

  function start(machine: Machine | undefined, waiting: Set<RelayHost>): RelayHost {
    const host: RelayHost = startRelayHost(
      {
        free() {
          if (waiting.size < IDLE_MAX) waiting.add(host);
          else host.end();
        },
        gone: () => waiting.delete(host),
      },
      machine,
    );
    return host;
  }

  return {
    open(paths, files = [], machine) {
      const waiting = idle.get(machine ?? here) ?? new Set();
      idle.set(machine ?? here, waiting);
      const [first] = waiting;
      if (first) waiting.delete(first);
      return (first ?? start(machine, waiting)).open(paths, files);
    },
  };
}
