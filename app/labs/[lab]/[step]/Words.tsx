import { Fragment, type ReactNode } from 'react';

/** Words in which backticks mark code. `code` may show a piece of it otherwise. */
export function Words({ children, code }: { children: string; code?: (text: string) => ReactNode }) {
  return children.split('`').map((part, place) =>
    place % 2 === 1 ? (
      // biome-ignore lint/suspicious/noArrayIndexKey: the pieces of one sentence never move.
      <Fragment key={place}>{code ? code(part) : <code>{part}</code>}</Fragment>
    ) : (
      part
    ),
  );
}
