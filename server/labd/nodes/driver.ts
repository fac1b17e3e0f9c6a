import type { NodeName } from '../../network/snapshot.ts';

/** Identifies a lab session to labd: made by web, `^[a-z0-9]{8,32}$`. */
export type SessionId = string;

/** One machine of a lab, as its driver needs to know it. */
export interface NodeSpec {
  name: NodeName;
  hostname: string;
  /** The node's one network card. */
  nic: string;
  /** Its address in CIDR notation, e.g. `192.168.245.168/24`. */
  address: string;
}

/** The ways to make nodes. */
export type Runtime = 'container' | 'vm' | 'ssh';

/** What a session's machines look like. Two or more nodes on one private layer 2. */
export interface Topology {
  /** How the nodes are to be made; absent: as this labd usually does. */
  runtime?: Runtime | undefined;
  /** Whose nodes they are: machines that are somebody's own are set aside by lab. */
  lab?: string | undefined;
  nodes: NodeSpec[];
  /** Whether nf_tables and iptables work inside the nodes (security.md: closed unless the lab asks). */
  netfilter: boolean;
  /** The hosts that nodes may reach, through a proxy of the host's that labd keeps; none when absent. */
  egress?: string[] | undefined;
}

/** What ptyd is to spawn so that a person gets a shell. */
export interface PtyCommand {
  file: string;
  args: string[];
  env: Record<string, string>;
}

/** Bounds of an exec: wall clock in ms, bytes of standard output and error together. */
export interface Limits {
  timeoutMs: number;
  maxBytes: number;
}

/** How an exec ended. A non-zero exit is a result, not a throw. */
export interface ExecResult {
  /** null when it was stopped: see `stopped`. */
  code: number | null;
  stdout: string;
  stderr: string;
  /** Why it was stopped before its own end, if it was. */
  stopped?: 'timeout' | 'output';
}

/** Progress of a long job, for people: what is happening now. */
export type Progress = (stage: 'files' | 'network' | 'starting' | 'ready', node?: NodeName) => void;

/** A machine whose kernel is not this host's: a program is started there by starting one of this host's. */
export interface Machine {
  /** What to start here, so that a program runs there as root. It has to end by itself when its standard input does. */
  argv(program: string[]): string[];
  /** The same of a program that reads no standard input: the input's end is a SIGTERM for it. */
  kept(program: string[]): string[];
}

/**
 * How the host reads a node's network without entering the node: paths that `nsenter --net=` takes. They stay valid
 * while the node lives. `named` lists the namespaces the learner made, each verified by inode so that no name or link
 * forged inside the node can point elsewhere; close() releases what holds them open.
 */
export interface Vantage {
  /** Where all these paths are, and the programs that are to use them; absent: on this host. */
  machine?: Machine | undefined;
  own: string;
  /** Of the namespace at `own`. */
  inode: number;
  named: { name: string; inode: number; path: string }[];
  /** The node's files. Only relay.pl opens what is below, because it follows no link out of it. */
  root: string;
  /** The kernel's table of the node's mounts; it can be polled for changes. */
  mounts: string;
  close(): void;
}

/** What a runtime cannot promise of a session's nodes. */
export interface Caveats {
  /** The machines are somebody's own, with the learner as their root: what they say of themselves is what he lets them say. */
  isAdvisory: boolean;
  /** What could not be brought back to how it was before the lab, in words for people. */
  remains: { node: NodeName; what: string }[];
}

/** What a node lays on the host's own kernel. */
export interface Burden {
  /** `nsenter --net=` path of its own network namespace. */
  netns: string;
  /** Its processes, as the host numbers them. */
  pids(): number[];
  /** µs of processor time it has been charged so far. */
  cpu(): number;
  /** How often it has met its own limits so far. */
  refusals(): Refusals;
}

/** Programs that were ended for want of memory, and processes that were not begun because there were too many. */
export interface Refusals {
  memory: number;
  processes: number;
}

/** A runtime: how nodes are made, entered, read and removed. Made by a function, a plain object. */
export interface NodeDriver {
  readonly kind: Runtime | 'several' | 'fake';
  /** Makes all nodes of a session, wired and addressed. Idempotent: a half-made session is finished or made anew. */
  create(session: SessionId, topology: Topology, progress?: Progress): Promise<void>;
  /**
   * What nodes made now would be made of; absent where they cannot be made before somebody wants them. Nodes made when this
   * was another are not given to anybody any more.
   */
  recipe?(): Promise<string>;
  /** Puts one node back to its first state, on the same wire. */
  reset(session: SessionId, node: NodeName): Promise<void>;
  /** Leaves nothing of the session behind. Idempotent. */
  destroy(session: SessionId): Promise<void>;
  /** What exists, for adoption after a crash. */
  list(): Promise<SessionId[]>;
  /**
   * Whether every node of the session is up: its first process lives, and everything that the host needs to enter, read and
   * reset it is in its place.
   */
  alive(session: SessionId): Promise<boolean>;
  /**
   * Which of these nodes of a session are not up in that sense, told at once and without asking them, because it is asked
   * often; absent, or undefined, where it cannot be known so.
   */
  fallen?(session: SessionId, nodes: NodeName[]): NodeName[] | undefined;
  /** What ptyd is to spawn for a login shell on the node. */
  shell(session: SessionId, node: NodeName): PtyCommand;
  /** Runs a command as root in the node, through the runtime (capabilities, seccomp and cgroup apply). */
  exec(session: SessionId, node: NodeName, argv: string[], limits: Limits, stdin?: string): Promise<ExecResult>;
  /** Where the host may look at the node's network from outside; absent, or nothing, where the runtime has no such place. */
  vantage?(session: SessionId, node: NodeName): Vantage | Promise<Vantage> | undefined;
  /** `nsenter --net=` path of the host-owned switch and the port that leads to each node; absent, or nothing, as above. */
  wire?(session: SessionId): { path: string; ports: Record<NodeName, string> } | undefined;
  /** What people have to know of these nodes; absent, or nothing, where the runtime keeps every promise. */
  caveats?(session: SessionId): Caveats | undefined;
  /** What the host's kernel carries for a node; absent, or nothing, where the node has a kernel of its own. Throws when it does not run. */
  burden?(session: SessionId, node: NodeName): Burden | undefined;
  /** Ends everything in a node that burdens the host, and takes its network apart; only a reset brings it back. Idempotent. */
  halt?(session: SessionId, node: NodeName): Promise<void>;
}
