import { z } from 'zod';

/** Identifiers of labs, steps and checkpoints: they stand in addresses and in the store. */
export const labId = z.string().regex(/^[a-z0-9][a-z0-9-]{0,62}$/, '只能用小写字母、数字和连字符');
/** Identifiers of a checkpoint's facts; `answer.` and a question's id are those of its questions. */
export const factId = z.string().regex(/^[a-z0-9][a-z0-9.-]{0,79}$/, '只能用小写字母、数字、点和连字符');
export const nodeName = z.string().regex(/^[a-z][a-z0-9-]{0,14}$/, '节点名用小写字母开头，最长 15 个字符');
/** A name of the public internet: no address, no name without a dot. */
const hostName = z
  .string()
  .max(253)
  .regex(/^(?:[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?\.)+[a-z]{2,63}$/, '写主机名，例如 deb.debian.org');
const ipv4 = z.ipv4();
const cidr = z.cidrv4();

/** lab.yaml: what a lab is, apart from its text and its checks. */
export const labFile = z.strictObject({
  title: z.string().min(1).max(60),
  /** One or two sentences for the list of labs. */
  summary: z.string().min(1).max(300),
  /** How long it takes, minutes; the learner sees it, and a session lives at least twice as long. */
  minutes: z.number().int().min(5).max(480),
  /** Where the lab belongs: shown before its title. */
  subject: z.string().min(1).max(30),
  nodes: z
    .array(
      z.strictObject({
        name: nodeName,
        /** How the text writes it: Node-1. */
        label: z.string().min(1).max(20),
        address: cidr,
        nic: z
          .string()
          .regex(/^[a-z][a-z0-9]{1,14}$/)
          .default('ens33'),
      }),
    )
    .min(1)
    .max(4),
  /** What the nodes are made of, where it matters to the lab; else the deployment chooses. */
  runtime: z.enum(['container', 'vm', 'ssh']).optional(),
  /** Whether nf_tables and iptables work in the nodes. */
  netfilter: z.boolean().default(false),
  /** The hosts that nodes may reach by HTTP and HTTPS, through the platform's proxy; none by default. */
  egress: z.array(hostName).max(16).default([]),
  /** Packages whose presence the checks ask about. */
  packages: z.array(z.string().regex(/^[a-z0-9][a-z0-9.+-]+$/)).default([]),
  /** The packets the checks ask the kernel about: where would a packet FROM → TO, forwarded by NODE, go? */
  flows: z.array(z.strictObject({ node: nodeName, from: ipv4, to: ipv4 })).default([]),
});
export type LabFile = z.infer<typeof labFile>;

/** How an answer is read: numbers by value, MAC and IP addresses in canonical form, text without case or outer space. */
export const questionKind = z.enum(['number', 'mac', 'ip', 'text']);

export const question = z.strictObject({
  id: labId,
  /** The question, a sentence. */
  ask: z.string().min(1).max(200),
  kind: questionKind,
  /** Where to look, shown below the field; no answer. */
  hint: z.string().max(200).optional(),
});
export type Question = z.infer<typeof question>;

export const checkpoint = z.strictObject({
  id: labId,
  /** The claim, as a sentence that is true or not. */
  title: z.string().min(1).max(60),
  /** The same above a narrow column of a class page: at most eight characters. */
  short: z.string().min(1).max(8).optional(),
  /** What it is worth; a checkpoint that was passed once keeps them all. */
  points: z.number().int().min(0).max(100).default(10),
  /** Whether facts that hold earn points before all of them do. */
  partial: z.boolean().default(true),
  questions: z.array(question).default([]),
});
export type Checkpoint = z.infer<typeof checkpoint>;

/** The head (YAML front matter) of a step's MDX file. */
export const stepHead = z.strictObject({
  title: z.string().min(1).max(40),
  /** For the list of steps: at most ten characters. */
  short: z.string().min(1).max(14),
  checkpoints: z.array(checkpoint).default([]),
});
export type StepHead = z.infer<typeof stepHead>;

/** The drawings a text may place with `<Figure name="…" />`. */
export const figureName = z.enum(['modes', 'topology', 'packet', 'lookups', 'journey']);

/** The components a step may use, and their attributes. Anything else in the text is a mistake. */
export const components = {
  /** A checkpoint of this step, drawn where it stands; its questions come with it. */
  Checkpoint: z.strictObject({ id: labId }),
  Figure: z.strictObject({ name: figureName, caption: z.string().max(120).optional() }),
  /** A remark beside the thread: why = background, tip = advice, warn = a trap. */
  Note: z.strictObject({ kind: z.enum(['why', 'tip', 'warn']), title: z.string().max(40).optional() }),
  /** Folded away until it is asked for. */
  Details: z.strictObject({ summary: z.string().min(1).max(80) }),
} as const;

/**
 * A code block, from its info string:
 * - ```` ```bash node-1 ```` or ```` ```bash node-1 node-2 ````: commands to run on that node, or on each;
 *   with `stream` it goes on until Ctrl-C; with `optional` the lab can be finished without it (and `lab test` leaves it out);
 *   with `look` it only looks: nothing later needs what it did, and whoever is brought to a later step goes without it;
 * - ```` ```output ````, optionally with a node: what is to be expected, cannot be run;
 * - any other language: text to read.
 */
export interface CodeBlock {
  /** `b1`, `b2`, … in the order of the text. */
  id: string;
  /** Where it begins in the step's file, 1-based. */
  line: number;
  kind: 'run' | 'output' | 'plain';
  nodes: string[];
  /** The text as written, `{{live values}}` and all, without the last newline. */
  text: string;
  stream: boolean;
  optional: boolean;
  look: boolean;
}

/** A live value's place in a code block: `{{key}}`. */
export const LIVE_VALUE = /\{\{\s*([a-z0-9][a-z0-9.-]*)\s*\}\}/g;
