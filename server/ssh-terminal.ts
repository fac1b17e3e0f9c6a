import type { Socket } from 'node:net';
import type { ServerChannel } from 'ssh2';
import { Refusal } from './answer.ts';
import type { Guides } from './guides.ts';
import type { RefusalCode } from './protocol.ts';
import type { Size } from './ptyd/contract.ts';
import type { Owned } from './sessions.ts';
import type { Terminals, View } from './terminals.ts';

/** Bytes that may wait in this process for a slow line; ssh's own window is whatever the other side says it is. */
const WAITING_MAX_BYTES = 256 * 1024;
/** Exit status when there is none: as ssh itself says it. */
const CUT_OFF = 255;
const BELL = '\x07';

const REFUSALS: Partial<Record<RefusalCode, string>> = {
  'not-found': '没有这个节点。',
  'not-ready': '节点还没有准备好，请先在实验页面上启动。',
  paused: '老师暂停了实验，现在不能输入。',
  closed: '老师关闭了这个实验。',
  'too-many': '这个节点上的终端太多了，请先在实验页面上关掉一个。',
};

/** A terminal of one's own: a new shell of a node, on the page as a tab like any other, and at the end of an ssh channel. */
export interface SshTerminal {
  resize(size: Size): void;
  /** The other side is gone; the shell goes with it. */
  hangUp(): void;
}

/** Opens a shell on the node and joins it to the channel, which it ends when the shell ends or cannot be opened. */
export function openSshTerminal(options: {
  owned: Owned;
  node: string;
  channel: ServerChannel;
  /** The connection that carries the channel. */
  socket: Socket;
  size: Size;
  terminals: Pick<Terminals, 'attach'>;
  guides: Pick<Guides, 'demand' | 'mustType'>;
  /** The channel was ended from this side. */
  finished(): void;
  fault(error: unknown, what: string): void;
}): SshTerminal {
  const { owned, channel, socket, terminals, guides, fault } = options;
  let wish: Size | undefined = options.size;
  let settling = false;
  let terminal: string | undefined;
  let view: View | undefined;
  let gone = false;
  /** What has been written to the channel is acknowledged once the line has taken it. */
  let owed: number | undefined;

  function finish(code: number, words = ''): void {
    if (gone) return;
    gone = true;
    if (words) channel.write(`\r\n${words}\r\n`);
    channel.exit(code);
    channel.end();
    // Without a reader, ssh2 never tells of the other side's end.
    channel.resume();
    options.finished();
  }

  function acknowledge(): void {
    if (owed === undefined || socket.writableLength > WAITING_MAX_BYTES) return;
    view?.ack(owed);
    owed = undefined;
  }

  function leave(): void {
    view?.close();
    socket.off('drain', acknowledge);
    if (!terminal) return;
    owned.session.closeTerminal(terminal).catch((error) => fault(error, 'closing a terminal of ssh'));
    terminal = undefined;
  }

  /** Says what size is wanted, the newest only. Without `take`, a window on the page that decides goes on deciding. */
  async function settle(take: boolean): Promise<void> {
    if (settling || !view) return;
    settling = true;
    try {
      for (let size = wish; size; size = wish) {
        wish = undefined;
        await view.resize(size, take);
      }
    } finally {
      settling = false;
    }
  }

  async function open(): Promise<void> {
    await guides.demand(owned, 'type');
    terminal = await owned.session.openTerminal(options.node);
    let received = 0;
    ({ view } = await terminals.attach(terminal, 0, {
      output(offset, bytes) {
        // A line that is slower than other viewers is left behind (ptyd's flow control).
        if (offset > received) channel.write(`\x1b[0m\r\n…… 线路太慢，略去 ${offset - received} 字节 ……\r\n`);
        received = offset + bytes.length;
        const end = received;
        channel.write(bytes, () => {
          owed = end;
          acknowledge();
        });
      },
      ended(code) {
        terminal = undefined;
        leave();
        finish(code ?? CUT_OFF, code === null ? '终端已经结束。' : '');
      },
    }));
    if (gone) return leave();
    socket.on('drain', acknowledge);
    await settle(true);
    channel.on('data', (typed: Buffer) => {
      try {
        guides.mustType(owned);
        view?.write(typed);
      } catch {
        // The class may not type, or ptyd is away: what is typed now goes nowhere, and must not come later.
        channel.write(BELL);
      }
    });
  }

  open().catch((error) => {
    leave();
    const words = error instanceof Refusal ? REFUSALS[error.code] : undefined;
    if (!words) fault(error, 'opening a terminal of ssh');
    finish(1, words ?? '终端没有打开，请稍后再试。');
  });

  return {
    resize(next) {
      wish = next;
      settle(false).catch((error) => fault(error, 'resizing a terminal of ssh'));
    },
    hangUp() {
      gone = true;
      if (view) leave();
    },
  };
}
