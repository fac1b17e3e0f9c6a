import type { IDisposable, IMarker, Terminal } from '@xterm/xterm';

/** Commands whose places are remembered: each costs a little at every line that leaves the scrollback. */
const COMMANDS_MAX = 300;

/** What commands need of a terminal: @xterm/headless has it too. */
export interface CommandTerminal
  extends Pick<Terminal, 'buffer' | 'clear' | 'parser' | 'rows' | 'scrollToBottom' | 'scrollToLine'> {
  registerMarker(cursorYOffset?: number): IMarker | undefined;
}

interface Command {
  prompt: IMarker;
  /** Where its output begins, once it runs. */
  output: IMarker | null;
  /** Where its output ended, and in which column, once it has. */
  end: { at: IMarker; column: number } | null;
  dot: IDisposable | undefined;
}

/** The commands on a screen, as the shell's marks tell (OSC 133). */
export interface Commands {
  /** Scrolls to the prompt before (-1) or after (1) the one last gone to; gives its place, or null at the end. */
  go(direction: -1 | 1): IMarker | null;
  /** The next `go` starts from what is seen, as after typing. */
  forgetPlace(): void;
  /** What the command at a line of the buffer, or the last one above it, put out; null when there is none. */
  output(line: number): string | null;
  /** Clears the screen but for the line of the prompt. */
  clear(): void;
  dispose(): void;
}

/** Follows the shell's marks in what a terminal parses; `decorate` marks the line of a command that ended with this status. */
export function createCommands(
  term: CommandTerminal,
  decorate: (prompt: IMarker, code: number) => IDisposable | undefined,
): Commands {
  const commands: Command[] = [];
  let place: IMarker | null = null;

  const forget = (command: Command) => {
    const at = commands.indexOf(command);
    if (at < 0) return;
    commands.splice(at, 1);
    if (place === command.prompt) place = null;
    for (const one of [command.dot, command.prompt, command.output, command.end?.at]) one?.dispose();
  };
  const prompt = () => {
    const last = commands.at(-1);
    // Readline draws the prompt anew after a resize, Ctrl-L or Ctrl-C.
    if (last && !last.output) forget(last);
    const marker = term.registerMarker(0);
    if (!marker) return;
    const command: Command = { prompt: marker, output: null, end: null, dot: undefined };
    marker.onDispose(() => forget(command));
    commands.push(command);
    if (commands.length > COMMANDS_MAX && commands[0]) forget(commands[0]);
  };
  const run = () => {
    const last = commands.at(-1);
    if (last && !last.output) last.output = term.registerMarker(0) ?? null;
  };
  const end = (status: string | undefined) => {
    const last = commands.at(-1);
    if (!last?.output || last.end) return;
    const marker = term.registerMarker(0);
    if (!marker) return;
    last.end = { at: marker, column: term.buffer.active.cursorX };
    if (status && /^\d{1,3}$/.test(status)) last.dot = decorate(last.prompt, Number(status));
  };
  const handler = term.parser.registerOscHandler(133, (mark) => {
    // A program that fills the screen has its own buffer: nothing there stays.
    if (term.buffer.active.type !== 'normal') return true;
    const [kind, status] = mark.split(';', 2);
    if (kind === 'A') prompt();
    else if (kind === 'C') run();
    else if (kind === 'D') end(status);
    return true;
  });

  const text = (from: number, to: number, column: number) => {
    const buffer = term.buffer.active;
    let all = '';
    for (let index = from; index <= to; index += 1) {
      const line = buffer.getLine(index);
      if (!line || (index === to && column === 0)) break;
      const goesOn = index < to && buffer.getLine(index + 1)?.isWrapped === true;
      if (index > from && !line.isWrapped) all += '\n';
      all += line.translateToString(!goesOn, 0, index === to ? column : undefined);
    }
    return all.replace(/\n+$/, '');
  };

  return {
    go(direction) {
      const { baseY, cursorY, viewportY } = term.buffer.active;
      const seen = place && !place.isDisposed && place.line >= viewportY && place.line < viewportY + term.rows;
      // From the end one goes up from the line of the cursor, from anywhere else from what is seen.
      const here = seen && place ? place.line : viewportY === baseY && direction < 0 ? baseY + cursorY : viewportY;
      const prompts = commands.map((command) => command.prompt);
      const next = direction < 0 ? prompts.findLast((one) => one.line < here) : prompts.find((one) => one.line > here);
      if (next) {
        term.scrollToLine(next.line);
        place = next;
      } else if (direction > 0) {
        term.scrollToBottom();
        place = null;
      }
      return next ?? null;
    },
    forgetPlace() {
      place = null;
    },
    output(line) {
      const command = commands.findLast((one) => one.prompt.line <= line && one.output);
      if (!command?.output || command.output.isDisposed) return null;
      const { baseY, cursorX, cursorY } = term.buffer.active;
      const [to, column] = command.end ? [command.end.at.line, command.end.column] : [baseY + cursorY, cursorX];
      return to < 0 ? null : text(command.output.line, to, column);
    },
    clear() {
      const waits = commands.length > 0 && !commands.at(-1)?.output;
      term.clear();
      // Clearing took the mark of the line that stays.
      if (waits) prompt();
    },
    dispose() {
      handler.dispose();
      for (const command of [...commands]) forget(command);
    },
  };
}
