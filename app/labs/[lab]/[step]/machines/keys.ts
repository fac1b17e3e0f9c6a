/** A key of the row under a terminal on a touch screen. */
export type Key = 'esc' | 'tab' | 'up' | 'down' | 'left' | 'right' | '|' | '/' | '-' | '~' | 'interrupt';

const plain: Partial<Record<Key, string>> = { esc: '\x1b', tab: '\t', interrupt: '\x03' };
const arrows: Partial<Record<Key, string>> = { up: 'A', down: 'B', right: 'C', left: 'D' };

/** What a key of the row sends; arrows depend on the mode the program has set and on Ctrl. */
export function keyData(key: Key, application: boolean, ctrl: boolean): string {
  const arrow = arrows[key];
  if (arrow) return ctrl ? `\x1b[1;5${arrow}` : `\x1b${application ? 'O' : '['}${arrow}`;
  return plain[key] ?? key;
}

/** What was typed while Ctrl was held: the control character where there is one. */
export function withCtrl(data: string): string {
  return /^[@-_a-z ]$/.test(data) ? String.fromCharCode(data.charCodeAt(0) & 0x1f) : data;
}

/**
 * Reports a terminal gives by itself when a program asks: nobody typed them. Only one window may answer, and none while
 * it parses a replay.
 */
const REPORT = /^\x1b(\[[?>=]?[\d;]*\$?[cRnyt]|[P\]_^]|\[[IO]$)/;

/** Whether data from the terminal is an answer to a program and nothing a person did. */
export const isReport = (data: string): boolean => REPORT.test(data);
