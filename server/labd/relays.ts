import type { Machine } from './nodes/driver.ts';
import { type Opened, type Relay, type RelayHost, startRelayHost } from './relay.ts';

/** Hosts that wait for the next job, of each machine: as many readings and probes as a class asks for at once. */
const IDLE_MAX = 8;

/** Opens relays by hosts that are kept for the next one. They end with this process. */
export interface Relays {
  /** Opens namespaces, files and links, all of this host or of one machine: one process asks them, whatever is asked. */
  open(opened: Opened, machine?: Machine): Relay;
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
    open(opened, machine) {
      const waiting = idle.get(machine ?? here) ?? new Set();
      idle.set(machine ?? here, waiting);
      const [first] = waiting;
      if (first) waiting.delete(first);
      return (first ?? start(machine, waiting)).open(opened);
    },
  };
}
