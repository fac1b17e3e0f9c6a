import 'asciinema-player/dist/bundle/asciinema-player.css';

/** A player with a recording in it; times are those it plays in. */
export interface Player {
  play(): void;
  pause(): void;
  seek(seconds: number): void;
  time(): number;
  close(): void;
}

/** Puts a player into a place of the page. The library with its terminal comes only now. */
export async function openPlayer(options: {
  place: HTMLElement;
  /** The recording itself. */
  text: string;
  cols: number;
  rows: number;
  speed: number;
  /** Pauses are cut to so many seconds; null for none. */
  limit: number | null;
  /** In the recording's own time. */
  startAt: number;
  autoPlay: boolean;
  changed(playing: boolean): void;
  /** It has been played to its end. */
  ended(): void;
}): Promise<Player> {
  const { create } = await import('asciinema-player');
  const { place, text, cols, rows, speed, limit, startAt, autoPlay } = options;
  const player = create({ data: text }, place, {
    ...{ cols, rows, speed, startAt, autoPlay },
    idleTimeLimit: limit ?? undefined,
    preload: true,
    // Ours are beside it, in Chinese and with the verdicts.
    controls: false,
    fit: 'both',
    terminalFontFamily: getComputedStyle(place).getPropertyValue('--mono'),
    theme: 'asciinema',
  });
  for (const name of ['play', 'playing'] as const) player.addEventListener(name, () => options.changed(true));
  for (const name of ['pause', 'ended'] as const) player.addEventListener(name, () => options.changed(false));
  player.addEventListener('ended', options.ended);
  return {
    play: () => void player.play(),
    pause: () => void player.pause(),
    seek: (seconds) => void player.seek(seconds),
    time: () => Number(player.getCurrentTime()),
    close: () => player.dispose(),
  };
}
