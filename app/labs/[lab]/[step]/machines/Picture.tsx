'use client';

import { IconChevronDown, IconChevronUp } from '@tabler/icons-react';
import type { LabNode } from '../../../../live/live.ts';
import { machines as words } from '../../../../live/words.ts';
import styles from './Picture.module.css';
import shared from './shared.module.css';

/** The network as the lab's file has it: nodes, addresses, and the wire between them. */
export function Picture({ nodes, onHide }: { nodes: LabNode[]; onHide(): void }) {
  return (
    <div className={styles.picture}>
      <div className={styles.caption}>
        <h2>{words.picture}</h2>
        <span className={shared.grow} />
        <button
          type="button"
          className={styles.fold}
          aria-label={words.pictureHide}
          title={words.pictureHide}
          onClick={onHide}
        >
          <IconChevronDown size={16} />
        </button>
      </div>
      <div
        className={styles.network}
        role="img"
        aria-label={words.pictureText(nodes.map((node) => `${node.name} ${node.address}`).join('、'))}
      >
        {nodes.map((node, index) => [
          index > 0 ? (
            <span key={`wire-${node.name}`} className={styles.wire}>
              <small>{words.wire}</small>
            </span>
          ) : null,
          <span key={node.name} className={styles.machine} data-node-color={index + 1}>
            <b>{node.name}</b>
            <span>{node.address}</span>
          </span>,
        ])}
      </div>
    </div>
  );
}

/** What remains of the picture while it is folded away. */
export function PictureBar({ onShow }: { onShow(): void }) {
  return (
    <button type="button" className={styles.folded} onClick={onShow} aria-label={words.pictureShow}>
      <IconChevronUp size={16} aria-hidden />
      {words.picture}
    </button>
  );
}
