import type { figureName } from '../../../../content/schema.ts';
import styles from './Figure.module.css';
import { Journey } from './figures/Journey.tsx';
import { Lookups } from './figures/Lookups.tsx';
import { Modes } from './figures/Modes.tsx';
import { Packet } from './figures/Packet.tsx';
import { Topology } from './figures/Topology.tsx';

type FigureName = (typeof figureName.options)[number];

const drawings: Record<FigureName, () => React.ReactNode> = {
  modes: Modes,
  topology: Topology,
  packet: Packet,
  lookups: Lookups,
  journey: Journey,
};

/** One of the drawings, with its caption. */
export function Figure({ name, caption }: { name: FigureName; caption?: string | undefined }) {
  const Drawing = drawings[name];
  return (
    <figure className={styles.figure}>
      <div className={styles.frame}>
        <Drawing />
      </div>
      {caption && <figcaption>{caption}</figcaption>}
    </figure>
  );
}
