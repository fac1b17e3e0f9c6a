'use client';

import { IconPlayerPauseFilled, IconPlayerPlayFilled } from '@tabler/icons-react';
import { useCallback, useEffect, useMemo, useRef, useState } from 'react';
import { length } from '../../../../../../report/words.ts';
import { type Cast, paceOf } from './cast.ts';
import { openPlayer, type Player } from './player.ts';
import styles from './Screen.module.css';
import { replay as words } from './words.ts';

const SPEEDS = [0.5, 1, 2, 4, 8];
const LIMITS = [1, 3, null];
const USUAL_LIMIT = 3;
/** How often the position is read while it plays, ms. */
const LOOK_MS = 250;
/** A step of the position by keyboard, seconds. */
const STEP_SECONDS = 1;

interface Props {
  text: string;
  cast: Cast;
  /** Where to go; each time `count` grows. */
  goal: { seconds: number; count: number };
  /** The position, in the recording's own time. */
  onTime(seconds: number): void;
}

/** The recorded screen and what moves it. Positions are the recording's own time, whatever pauses are cut. */
export function Screen({ text, cast, goal, onTime }: Props) {
  const place = useRef<HTMLDivElement>(null);
  const player = useRef<Player | null>(null);
  const [playing, setPlaying] = useState(false);
  const [speed, setSpeed] = useState(1);
  const [limit, setLimit] = useState<number | null>(USUAL_LIMIT);
  const [now, setNow] = useState(0);
  const pace = useMemo(() => paceOf(cast.times, limit), [cast, limit]);
  /** What a player that takes another's place begins with: what was wished, whatever the one before was just doing. */
  const last = useRef({ seconds: 0, playing: true });

  const stand = useCallback(
    (seconds: number) => {
      last.current.seconds = seconds;
      setNow(seconds);
      onTime(seconds);
    },
    [onTime],
  );

  // Another speed or limit is another player, at the same moment.
  useEffect(() => {
    const element = place.current;
    if (!element) return;
    let left = false;
    let opened: Player | null = null;
    void openPlayer({
      ...{ place: element, text, cols: cast.cols, rows: cast.rows, speed, limit },
      startAt: last.current.seconds,
      autoPlay: last.current.playing,
      changed(next) {
        if (!left) setPlaying(next);
      },
      ended() {
        if (left) return;
        last.current.playing = false;
        stand(cast.seconds);
      },
    }).then((made) => {
      opened = made;
      if (left) return made.close();
      player.current = made;
      // One that does not play shows nothing before it is told where it stands.
      if (!last.current.playing) made.seek(pace.played(last.current.seconds));
    });
    return () => {
      left = true;
      player.current = null;
      opened?.close();
    };
  }, [text, cast, pace, speed, limit, stand]);

  useEffect(() => {
    if (!playing) return;
    const look = setInterval(() => {
      const at = player.current?.time();
      if (at === undefined) return;
      stand(Math.min(pace.recorded(at), cast.seconds));
    }, LOOK_MS);
    return () => clearInterval(look);
  }, [playing, pace, cast, stand]);

  const go = (seconds: number) => {
    stand(seconds);
    player.current?.seek(pace.played(seconds));
  };
  const play = (wished: boolean) => {
    last.current.playing = wished;
    if (wished) player.current?.play();
    else player.current?.pause();
  };
  const followed = useRef(0);
  useEffect(() => {
    if (goal.count === followed.current) return;
    followed.current = goal.count;
    go(goal.seconds);
    play(true);
  });

  return (
    <section className={styles.screen} aria-label={words.title}>
      <div className={styles.place} ref={place} />
      <div className={styles.bar}>
        <button
          type="button"
          className={styles.play}
          aria-label={playing ? words.pause : words.play}
          onClick={() => play(!playing)}
        >
          {playing ? <IconPlayerPauseFilled size={17} /> : <IconPlayerPlayFilled size={17} />}
        </button>
        <span className={styles.time}>{length(now)}</span>
        <input
          type="range"
          aria-label={words.position}
          aria-valuetext={length(now)}
          min={0}
          max={Math.max(STEP_SECONDS, cast.seconds)}
          step={STEP_SECONDS}
          value={now}
          onChange={(event) => go(Number(event.currentTarget.value))}
        />
        <span className={styles.time}>{length(cast.seconds)}</span>
        <label>
          {words.speed}
          <select value={speed} onChange={(event) => setSpeed(Number(event.currentTarget.value))}>
            {SPEEDS.map((each) => (
              <option key={each} value={each}>
                {words.times(each)}
              </option>
            ))}
          </select>
        </label>
        <label>
          {words.pauses}
          <select
            value={limit ?? ''}
            onChange={(event) => setLimit(event.currentTarget.value === '' ? null : Number(event.currentTarget.value))}
          >
            {LIMITS.map((each) => (
              <option key={each} value={each ?? ''}>
                {words.limits(each)}
              </option>
            ))}
          </select>
        </label>
      </div>
    </section>
  );
}
