import { StringDecoder } from 'node:string_decoder';
import type { Size } from './contract.ts';
import { words } from './words.ts';

/** The largest recording: hours of ordinary work. */
export const RECORDING_MAX_BYTES = 4 * 1024 * 1024;
/**
 * A flood must not eat the hour that follows: output may use this part of what is left of a recording per second, and
 * this part at once (16 KiB/s and 256 KiB at the beginning).
 */
const RATE_PART = 1 / 256;
const BURST_PART = 1 / 16;
/** After an omission the recording goes on when this part of a burst has been saved up, not with every line. */
const RESUME_PART = 1 / 8;
/** How long what was recorded may wait to be written, and how much of it. */
const FLUSH_MS = 1_000;
const FLUSH_CHARS = 16 * 1024;
/** What may wait for a disk that is slow; beyond it output is omitted. */
const WAITING_MAX_CHARS = 256 * 1024;
/** With less than this left a recording is full: enough for its last words. */
const FULL_BYTES = 4 * 1024;
const NEWLINE = 0x0a;

/** A terminal's recording as it grows. Nothing here waits for the disk, and nothing here fails. */
export interface Recording {
  output(bytes: Buffer): void;
  resize(size: Size): void;
  /** A marker. */
  label(text: string): void;
  /** Writes what is left; resolves when it is written. */
  close(): Promise<void>;
}

/** Makes a recording in the format asciicast v2 (docs.asciinema.org): a head, then an event per line. */
export function createRecording(options: {
  title: string;
  size: Size;
  /** Adds to the file; false when that failed, and nothing more will be written. */
  append(text: string): Promise<boolean>;
  /** Whether there is room for recordings at all now. */
  room(): boolean;
}): Recording {
  const began = performance.now();
  let size: Size | undefined;
  let decoder: StringDecoder | undefined;
  let waiting = `${JSON.stringify({
    version: 2,
    width: options.size.cols,
    height: options.size.rows,
    timestamp: Math.floor(Date.now() / 1_000),
    title: options.title,
  })}\n`;
  let left = RECORDING_MAX_BYTES - Buffer.byteLength(waiting);
  let saved = left * BURST_PART;
  let savedAt = began;
  let omitted = 0;
  let stopped = false;
  let writing: Promise<void> | undefined;
  let timer: NodeJS.Timeout | undefined;

  async function write(): Promise<void> {
    const text = waiting;
    waiting = '';
    const ok = await options.append(text);
    writing = undefined;
    if (ok) schedule();
    else {
      stopped = true;
      waiting = '';
    }
  }

  function flush(): void {
    clearTimeout(timer);
    timer = undefined;
    if (waiting && !writing) writing = write();
  }

  function schedule(): void {
    if (waiting.length >= FLUSH_CHARS) flush();
    else if (waiting) timer ??= setTimeout(flush, FLUSH_MS);
  }

  /** Adds an event; answers what it took. JSON may make six bytes of one, which is why a piece is at most a burst. */
  function put(kind: 'o' | 'r' | 'm', text: string): number {
    const seconds = ((performance.now() - began) / 1_000).toFixed(3);
    const line = `[${seconds},"${kind}",${JSON.stringify(text)}]\n`;
    const bytes = Buffer.byteLength(line);
    left -= bytes;
    waiting += line;
    schedule();
    return bytes;
  }

  function putOmission(): void {
    if (omitted > 0) put('m', words.omitted(omitted));
    omitted = 0;
  }

  function putSize(): void {
    if (size) put('r', `${size.cols}x${size.rows}`);
    size = undefined;
  }

  function stopIfFull(): void {
    if (left >= FULL_BYTES) return;
    put('m', words.full);
    stopped = true;
  }

  function omits(bytes: number): boolean {
    const now = performance.now();
    const burst = left * BURST_PART;
    saved = Math.min(burst, saved + ((now - savedAt) / 1_000) * left * RATE_PART);
    savedAt = now;
    const needed = omitted > 0 ? burst * RESUME_PART : bytes;
    return saved < needed || bytes > burst || waiting.length > WAITING_MAX_CHARS || !options.room();
  }

  return {
    output(bytes) {
      if (stopped) return;
      if (omits(bytes.length)) {
        omitted += bytes.length;
        decoder = undefined;
        return;
      }
      let text = '';
      if (omitted > 0) {
        putOmission();
        text = '\r\n\x1b[0m';
        bytes = bytes.subarray(bytes.indexOf(NEWLINE) + 1);
      }
      decoder ??= new StringDecoder('utf8');
      text += decoder.write(bytes);
      if (!text) return;
      putSize();
      saved -= put('o', text);
      stopIfFull();
    },
    resize(next) {
      // Written when something is shown in it: nobody sees the sizes between.
      size = next;
    },
    label(text) {
      if (stopped) return;
      put('m', text);
      stopIfFull();
    },
    async close() {
      if (!stopped) putOmission();
      stopped = true;
      flush();
      // What came while the last piece was being written is written after it.
      while (writing) {
        await writing;
        flush();
      }
    },
  };
}
