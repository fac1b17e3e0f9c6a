import type { Checkpoint } from '../../../content/schema.ts';

/** One step as the list of steps shows it. */
export interface OutlineStep {
  /** `03-vxlan`: its place in the address. */
  id: string;
  number: number;
  title: string;
  short: string;
  checkpoints: Pick<Checkpoint, 'id' | 'title' | 'short' | 'points'>[];
}

/** A machine of the lab, as the page names and colours it. */
export interface OutlineNode {
  name: string;
  label: string;
  /** Without the prefix length. */
  address: string;
}

/** A lab without its text: what the frame around a step needs to know. */
export interface Outline {
  id: string;
  title: string;
  subject: string;
  summary: string;
  minutes: number;
  nodes: OutlineNode[];
  steps: OutlineStep[];
}
