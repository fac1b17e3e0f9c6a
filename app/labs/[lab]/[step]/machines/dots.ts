import type { IDecoration, IDisposable, IMarker, Terminal } from '@xterm/xterm';
import { terminalWords as words } from '../../../../live/words.ts';

/** How long the line of a prompt one has gone to is lit, ms. */
const FLASH_MS = 900;

/** What stands beside the lines of a terminal. */
export interface Dots extends IDisposable {
  /** Marks the prompt of a command that ended with this status. */
  add(prompt: IMarker, code: number): IDecoration | undefined;
  /** Lights a line for a moment. */
  flash(line: IMarker): void;
}

/** Makes the gutter of a terminal. */
export function createDots(term: Terminal): Dots {
  let lit: IDecoration | undefined;
  let timer: ReturnType<typeof setTimeout> | undefined;
  const dim = () => {
    clearTimeout(timer);
    lit?.dispose();
    lit = undefined;
  };
  return {
    add(prompt, code) {
      const dot = term.registerDecoration({ marker: prompt });
      dot?.onRender((element) => {
        element.dataset.dot = '';
        element.dataset.failed = String(code !== 0);
        element.title = words.exit(code);
        element.role = 'img';
        element.ariaLabel = words.exit(code);
      });
      return dot;
    },
    flash(line) {
      dim();
      lit = term.registerDecoration({ marker: line, width: term.cols });
      lit?.onRender((element) => element.toggleAttribute('data-lit', true));
      timer = setTimeout(dim, FLASH_MS);
    },
    dispose: dim,
  };
}
