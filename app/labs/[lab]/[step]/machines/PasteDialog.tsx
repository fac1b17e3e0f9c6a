'use client';

import { Button, Group, Modal, Text } from '@mantine/core';
import { Fragment } from 'react';
import { pasteWords as words } from '../../../../live/words.ts';
import styles from './dialog.module.css';
import { linesOf, narrow, wideIn } from './paste.ts';

/** Lines of the paste shown before it is made. */
const SHOWN_LINES = 8;
/** Characters of such a line: one line may be the whole paste. */
const SHOWN_LETTERS = 600;

interface Props {
  /** The text that waits for a yes, or null. */
  text: string | null;
  onPaste(text: string): void;
  onClose(): void;
  onClosed(): void;
}

/** Asks before several lines or full-width characters go into a terminal. */
export function PasteDialog({ text, onPaste, onClose, onClosed }: Props) {
  const lines = linesOf(text ?? '');
  const wide = wideIn(text ?? '');
  const title = wide.length > 0 ? words.wide : words.lines(lines.length);
  return (
    <Modal
      classNames={{ title: styles.title }}
      opened={text !== null}
      onClose={onClose}
      onExitTransitionEnd={onClosed}
      returnFocus={false}
      title={title}
      size="lg"
    >
      <Text size="sm">
        {wide.length > 0 ? words.wideText(wide.filter((one) => one.trim()).join(' ')) : words.linesText}
      </Text>
      <pre className={styles.pasted}>
        {lines.slice(0, SHOWN_LINES).map((line, index) => (
          // biome-ignore lint/suspicious/noArrayIndexKey: a paste does not change while it is shown.
          <Fragment key={index}>
            <Marked line={shorten(line)} wide={wide} />
            {'\n'}
          </Fragment>
        ))}
        {lines.length > SHOWN_LINES ? words.more(lines.length - SHOWN_LINES) : null}
      </pre>
      <Group justify="flex-end" gap="xs" mt="md">
        <Button variant="default" onClick={onClose}>
          {words.cancel}
        </Button>
        {wide.length > 0 ? (
          <>
            <Button variant="default" onClick={() => onPaste(text ?? '')}>
              {words.asIs}
            </Button>
            <Button data-autofocus onClick={() => onPaste(narrow(text ?? ''))}>
              {words.fix}
            </Button>
          </>
        ) : (
          <Button data-autofocus onClick={() => onPaste(text ?? '')}>
            {words.paste}
          </Button>
        )}
      </Group>
    </Modal>
  );
}

const shorten = (line: string) => (line.length > SHOWN_LETTERS ? `${line.slice(0, SHOWN_LETTERS)}…` : line);

function Marked({ line, wide }: { line: string; wide: string[] }) {
  if (wide.length === 0) return line;
  return [...line].map((letter, index) =>
    // biome-ignore lint/suspicious/noArrayIndexKey: letters have no other name.
    wide.includes(letter) ? <mark key={index}>{letter}</mark> : letter,
  );
}
