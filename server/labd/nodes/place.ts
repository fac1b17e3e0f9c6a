import { createHash } from 'node:crypto';
import { mkdirSync, realpathSync } from 'node:fs';
import { join } from 'node:path';
import { z } from 'zod';
import type { NodeName } from '../../network/snapshot.ts';
import type { SessionId } from './driver.ts';

/**
 * Mounts of all instances on this machine. Under /run and not in the data directory, because runc enters a node's
 * directory as the node's unprivileged uid, which cannot pass through a private home such as /root.
 */
const RUN = '/run/netloom';
/** Which instance and session holds a range of ids; shared by all instances. */
export const RANGES = join(RUN, 'ranges');

/** No path, no option and no line of a batch can be hidden in one of these. */
const SessionName = z.string().regex(/^[a-z0-9]{8,32}$/);
const NodeLabel = z.string().regex(/^[a-z][a-z0-9-]{0,30}$/);
const NodePlan = z.strictObject({
  name: NodeLabel,
  hostname: z.string().regex(/^[a-z][a-z0-9-]{0,62}$/),
  nic: z.string().regex(/^(?!lo$)[a-z][a-z0-9]{1,14}$/),
  address: z.cidrv4(),
});

/** The grammar of a topology, checked at the driver's edge; what is there besides is not this driver's concern. */
export const TopologyPlan = z.object({
  nodes: z.array(NodePlan).min(1).max(8),
  netfilter: z.boolean(),
  egress: z.array(z.string()).default([]),
});
export type TopologyPlan = z.infer<typeof TopologyPlan>;
/** What is kept beside a session's mounts, so that one node can be made again. */
export const SessionPlan = TopologyPlan.extend({ base: z.int() });
export type SessionPlan = z.infer<typeof SessionPlan>;

/** Where everything of a session is; all of it follows from its name. */
export interface SessionPlace {
  directory: string;
  plan: string;
  userns: string;
  /** The host-owned network namespace that holds the wire. */
  wire: string;
  /** The image, its ids mapped to the session's range. */
  lower: string;
  cgroup: string;
  /** What the claim on a range of ids says. */
  claim: string;
  node(name: NodeName): NodePlace;
}

/** Where everything of a node is. */
export interface NodePlace {
  /** Its name for runc. */
  container: string;
  directory: string;
  netns: string;
  /** The tmpfs that holds what the node writes. */
  disk: string;
  root: string;
  pid: string;
  log: string;
  cgroup: string;
}

/** Where everything of this instance is. */
export interface Place {
  directory: string;
  runc: string;
  cgroup: string;
  claims: string;
  session(id: SessionId): SessionPlace;
}

/** Whether a name found on the machine can be a session's. */
export function isSession(name: string): boolean {
  return SessionName.safeParse(name).success;
}

/** Derives every path and name of an instance from its data directory, so that two instances never meet. */
export function placeOf(dataDirectory: string): Place {
  mkdirSync(dataDirectory, { recursive: true });
  const instance = createHash('sha256').update(realpathSync(dataDirectory)).digest('hex').slice(0, 10);
  const directory = join(RUN, instance);
  const runc = join(directory, '.runc');
  const cgroup = `/netloom-${instance}`;
  const claims = `${instance}/`;
  return {
    directory,
    runc,
    cgroup,
    claims,
    session(id) {
      SessionName.parse(id);
      const home = join(directory, id);
      return {
        directory: home,
        plan: join(home, 'plan.json'),
        userns: join(home, 'user'),
        wire: join(home, 'wire'),
        lower: join(home, 'lower'),
        cgroup: `${cgroup}/${id}`,
        claim: `${claims}${id}`,
        node(name) {
          NodeLabel.parse(name);
          const node = join(home, 'nodes', name);
          return {
            container: `${id}.${name}`,
            directory: node,
            netns: join(node, 'net'),
            disk: join(node, 'disk'),
            root: join(node, 'root'),
            pid: join(node, 'pid'),
            log: join(node, 'log'),
            cgroup: `${cgroup}/${id}/${name}`,
          };
        },
      };
    },
  };
}
