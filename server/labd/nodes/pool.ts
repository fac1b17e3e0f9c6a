import { randomBytes } from 'node:crypto';
import type { NodeName } from '../../network/snapshot.ts';
import type { Control } from '../../ptyd/contract.ts';
import { createLane } from '../lane.ts';
import { openAdoptions } from './adoptions.ts';
import type { NodeDriver, SessionId, Topology } from './driver.ts';

/** ms. After somebody was given nodes the machine is theirs so long, before it makes the next ones. */
const CALM = 300;
/** ms between two looks at whether what is prepared is still what would be made now. */
const LOOK = 60_000;
/** ms. Older ones are made anew: nobody should find a machine that has been up since yesterday. */
const AGE_MAX = 60 * 60_000;
/** ms. After a failure, which the next try would meet again. */
const PAUSE = 30_000;
/** The size of a shell until a screen says its own: what web asks for, too. */
const SHELL_SIZE = { cols: 80, rows: 24 };

/** How many sessions of a topology should stand ready. */
export interface Wanted {
  topology: Topology;
  count: number;
}

/** A runtime with sessions made ahead. */
export interface Pool {
  /** The runtime as before, only that a new session may be one that was prepared. */
  driver: NodeDriver;
  /** From now on these are to stand ready, and nothing else. */
  want(wanted: Wanted[]): void;
  /** How many sessions stand ready. */
  ready(): number;
  /** The terminal that waits on this node with a prompt, if there is one: from now on it is the caller's. */
  takeShell(session: SessionId, node: NodeName): string | undefined;
  /** Prepares nothing any more; what stands ready stays. */
  close(): void;
}

/** A session nobody has yet: its nodes under a name of their own, and a shell on each. */
interface Prepared {
  place: SessionId;
  key: string;
  recipe: string;
  madeAt: number;
  shells: Map<NodeName, string>;
}

function newName(): string {
  return randomBytes(16).toString('hex');
}

/**
 * Makes sessions ahead, where the runtime can say what it makes them of. A prepared session has its own name for good;
 * which of them a session was given is kept under `directory`. Those nobody was given end with this process: the next
 * labd finds them in `list` and, not knowing them, removes them.
 */
export function createPool(options: {
  driver: NodeDriver;
  directory: string;
  terminals: Control;
  /** How many sessions are made beside each other. */
  width: number;
  log: { info(fields: object, message: string): void; warn(fields: object, message: string): void };
}): Pool {
  const { driver, terminals, log } = options;
  const adoptions = openAdoptions(options.directory);
  const lane = createLane(options.width);
  const prepared: Prepared[] = [];
  /** Shells that were handed over with a session and wait for their first viewer, by the session's own name. */
  const shells = new Map<SessionId, Map<NodeName, string>>();
  let wanted = new Map<string, Wanted>();
  let usedAt = 0;
  let refilling = false;
  let closed = false;
  let again: NodeJS.Timeout | undefined;
  const look = setInterval(() => void renew().then(refill), LOOK).unref();

  const nameOf = (session: SessionId) => adoptions.get(session) ?? session;
  /** Whose lab it is makes no difference to nodes. */
  const keyOf = ({ nodes, netfilter }: Topology) => JSON.stringify([netfilter, nodes]);

  async function discard({ place, shells: open }: Prepared): Promise<void> {
    for (const terminal of open.values()) void terminals.close(terminal).catch(() => {}); // They end with their node.
    await driver
      .destroy(place)
      .catch((cause: unknown) => log.warn({ place, cause }, 'prepared nodes were not removed'));
  }

  function takeOut(which: Prepared): boolean {
    const at = prepared.indexOf(which);
    if (at >= 0) prepared.splice(at, 1);
    return at >= 0;
  }

  async function isFresh({ place, recipe, madeAt }: Prepared): Promise<boolean> {
    if (performance.now() - madeAt > AGE_MAX) return false;
    return recipe === (await driver.recipe?.()) && (await driver.alive(place));
  }

  /** The oldest prepared session of a topology that is as good as new. */
  async function take(topology: Topology): Promise<Prepared | undefined> {
    for (;;) {
      const first = prepared.find(({ key }) => key === keyOf(topology));
      // Taken out before anything is awaited: several may ask at once.
      if (!first || !takeOut(first)) return undefined;
      if (await isFresh(first)) return first;
      void discard(first);
    }
  }

  /** Removes what nobody wants any more, or would be made differently now. */
  async function renew(): Promise<void> {
    for (const each of [...prepared]) {
      const { count } = wanted.get(each.key) ?? { count: 0 };
      const tooMany = prepared.filter(({ key }) => key === each.key).length > count;
      if (!tooMany && (await isFresh(each).catch(() => false))) continue;
      if (takeOut(each)) await lane.idle(() => discard(each));
    }
  }

  async function prepare(key: string, topology: Topology): Promise<void> {
    const recipe = await driver.recipe?.();
    if (recipe === undefined) return;
    const place = newName();
    await driver.create(place, topology);
    const open = new Map<NodeName, string>();
    const made = { place, key, recipe, madeAt: performance.now(), shells: open };
    for (const { name } of topology.nodes) {
      const terminal = newName();
      const belonging = { session: place, node: name, record: false } as const;
      // Without a shell that waits the learner opens one, as on any node.
      await terminals.open(terminal, driver.shell(place, name), SHELL_SIZE, belonging).then(
        () => open.set(name, terminal),
        (cause: unknown) => log.warn({ place, cause }, 'a prepared node has no shell'),
      );
    }
    if (closed || !wanted.has(key)) await discard(made);
    else prepared.push(made);
  }

  function missing(): Wanted | undefined {
    return [...wanted].find(([key, { count }]) => prepared.filter((each) => each.key === key).length < count)?.[1];
  }

  /** Makes what is missing, one after the other, while nobody waits for the machine. */
  async function refill(): Promise<void> {
    if (refilling || closed || !driver.recipe) return;
    refilling = true;
    clearTimeout(again);
    try {
      for (let next = missing(); next && !closed; next = missing()) {
        const calmAt = usedAt + CALM - performance.now();
        if (calmAt > 0) {
          again = setTimeout(() => void refill(), calmAt);
          break;
        }
        const { topology } = next;
        await lane.idle(() => prepare(keyOf(topology), topology));
      }
    } catch (cause) {
      log.warn({ cause }, 'nodes could not be prepared');
      again = setTimeout(() => void refill(), PAUSE).unref();
    } finally {
      refilling = false;
    }
  }

  const verbs: Pick<NodeDriver, 'create' | 'reset' | 'destroy' | 'list'> = {
    async create(session, topology, progress) {
      const isNew = adoptions.get(session) === undefined && !(await driver.alive(session));
      const given = isNew ? await take(topology) : undefined;
      usedAt = performance.now();
      void refill();
      if (!given) return lane.run(() => driver.create(nameOf(session), topology, progress));
      adoptions.put(session, given.place);
      shells.set(session, given.shells);
      for (const { name } of topology.nodes) progress?.('ready', name);
      log.info({ session, place: given.place }, 'prepared nodes were handed over');
    },
    async reset(session, node) {
      usedAt = performance.now();
      shells.get(session)?.delete(node);
      await lane.run(() => driver.reset(nameOf(session), node));
    },
    async destroy(session) {
      const place = adoptions.get(session);
      for (const terminal of shells.get(session)?.values() ?? []) void terminals.close(terminal).catch(() => {});
      shells.delete(session);
      if (place !== undefined) await driver.destroy(place);
      // What a session had under its own name before it was given another's nodes.
      await driver.destroy(session);
      adoptions.remove(session);
    },
    async list() {
      const ready = new Set(prepared.map(({ place }) => place));
      const found = (await driver.list())
        .filter((name) => !ready.has(name))
        .map((name) => adoptions.ownerOf(name) ?? name);
      return [...new Set([...found, ...adoptions.sessions()])].sort();
    },
  };

  return {
    driver: renamed(driver, verbs, nameOf),
    want(next) {
      wanted = new Map(next.filter(({ count }) => count > 0).map((each) => [keyOf(each.topology), each]));
      void renew().then(refill);
    },
    ready: () => prepared.length,
    takeShell(session, node) {
      const waiting = shells.get(session)?.get(node);
      shells.get(session)?.delete(node);
      return waiting;
    },
    close() {
      closed = true;
      clearInterval(look);
      clearTimeout(again);
    },
  };
}

/**
 * The driver under another's verbs, and everything else it can do under its own: each of a driver's verbs names the
 * session first, so one that is added needs nothing here.
 */
function renamed(
  driver: NodeDriver,
  verbs: Partial<NodeDriver>,
  nameOf: (session: SessionId) => SessionId,
): NodeDriver {
  return new Proxy(driver, {
    get(target, key, receiver) {
      if (key in verbs) return verbs[key as keyof NodeDriver];
      const member: unknown = Reflect.get(target, key, receiver);
      if (typeof member !== 'function' || key === 'recipe') return member;
      return (session: SessionId, ...rest: unknown[]) => member.call(target, nameOf(session), ...rest);
    },
  });
}
