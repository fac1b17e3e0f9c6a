import styles from './figures.module.css';

interface Stop {
  at: string;
  side: 'one' | 'two';
  src: string;
  dst: string;
  ttl: string;
  bytes: number;
  /** What happened since the stop before. */
  note: string;
  outer?: boolean;
}

const stops: Stop[] = [
  { at: 'veth0', side: 'one', src: 'veth0', dst: 'br0', ttl: '64', bytes: 98, note: 'docker1 发出，交给网关' },
  { at: 'br0', side: 'one', src: 'veth0', dst: 'br0', ttl: '64', bytes: 98, note: '经 veth 对到网桥，一个字节也没变' },
  {
    at: 'vxlan100',
    side: 'one',
    src: '① vxlan100',
    dst: '② vxlan100',
    ttl: '63',
    bytes: 98,
    note: 'Node-1 转发：换两个 MAC，TTL 减 1',
  },
  {
    at: 'ens33',
    side: 'one',
    src: '① ens33',
    dst: '② ens33',
    ttl: '64 / 63',
    bytes: 148,
    note: '封装：前面加 50 字节',
    outer: true,
  },
  {
    at: 'ens33',
    side: 'two',
    src: '① ens33',
    dst: '② ens33',
    ttl: '64 / 63',
    bytes: 148,
    note: '同一个二层，原样到达',
    outer: true,
  },
  {
    at: 'vxlan100',
    side: 'two',
    src: '① vxlan100',
    dst: '② vxlan100',
    ttl: '63',
    bytes: 98,
    note: '解封装：去掉 50 字节',
  },
  { at: 'br0', side: 'two', src: 'br0', dst: 'veth0', ttl: '62', bytes: 98, note: 'Node-2 转发：换两个 MAC，TTL 减 1' },
  { at: 'veth0', side: 'two', src: 'br0', dst: 'veth0', ttl: '62', bytes: 98, note: 'docker2 收到' },
];

const ROW = 46;
const TOP = 34;

/** One request from docker1 to docker2: addresses, TTL and length at each interface. */
export function Journey() {
  const end = TOP + ROW * stops.length;
  return (
    <svg
      viewBox={`0 0 560 ${end + 22}`}
      className={styles.drawing}
      role="img"
      aria-labelledby="journey-title journey-desc"
    >
      <title id="journey-title">一个请求从 docker1 走到 docker2</title>
      <desc id="journey-desc">
        {stops
          .map(
            (stop) =>
              `${stop.side === 'one' ? 'Node-1' : 'Node-2'} 的 ${stop.at}：源 MAC ${stop.src}，目的 MAC ${stop.dst}，TTL ${stop.ttl}，${stop.bytes} 字节，${stop.note}。`,
          )
          .join('')}
      </desc>
      <g className={styles.small}>
        <Head x={80} words="接口" />
        <Head x={178} words="源 MAC → 目的 MAC" />
        <Head x={404} words="TTL" />
        <Head x={462} words="帧长，字节" />
      </g>
      <Span from={0} to={4} name="Node-1" side="one" />
      <Span from={4} to={8} name="Node-2" side="two" />
      {stops.map((stop, place) => (
        <Row key={`${stop.side}${stop.at}`} stop={stop} y={TOP + place * ROW} />
      ))}
      <text x="560" y={end + 16} textAnchor="end" className={`${styles.small} ${styles.soft}`}>
        ①② 是 Node-1、Node-2 上的那一块；64 / 63 是外层和内层
      </text>
    </svg>
  );
}

function Head({ x, words }: { x: number; words: string }) {
  return (
    <text x={x} y="20" className={styles.soft}>
      {words}
    </text>
  );
}

/** The bracket that says on which node the stops are. */
function Span({ from, to, name, side }: { from: number; to: number; name: string; side: 'one' | 'two' }) {
  const y = TOP + from * ROW;
  const height = (to - from) * ROW - 6;
  return (
    <g>
      <rect x="0" y={y} width="58" height={height} rx="10" className={side === 'one' ? styles.boxOne : styles.boxTwo} />
      <text x="29" y={y + height / 2 + 4} textAnchor="middle" className={`${styles.strong} ${styles[side]}`}>
        {name}
      </text>
    </g>
  );
}

function Row({ stop, y }: { stop: Stop; y: number }) {
  return (
    <g transform={`translate(0 ${y})`}>
      {stop.outer && <rect className={styles.marked} x="68" y="-3" width="492" height={ROW - 1} rx="6" />}
      <text x="80" y="17" className={styles.strong}>
        {stop.at}
      </text>
      <text x="178" y="17" className={styles.mono}>
        {stop.src} → {stop.dst}
      </text>
      <text x="404" y="17" className={`${styles.mono} ${styles.strong}`}>
        {stop.ttl}
      </text>
      <rect className={styles.inner} x={stop.outer ? 484 : 462} y="6" width="43" height="13" rx="2.5" />
      {stop.outer && <rect className={styles.key} x="462" y="6" width="22" height="13" rx="2.5" />}
      <text x="556" y="17" textAnchor="end" className={styles.mono} fontSize="11">
        {stop.bytes}
      </text>
      <text x="80" y="34" className={`${styles.small} ${styles.soft}`}>
        {stop.note}
      </text>
    </g>
  );
}
