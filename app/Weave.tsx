import styles from './Weave.module.css';

/** Where the threads run, in the drawing's units. */
const COLUMNS = [60, 120, 180, 240, 300, 360, 420, 480];
const ROWS = [50, 108, 166, 224, 282, 340];
const WIDTH = 540;
const HEIGHT = 390;
/** Half the length of the piece of thread that is redrawn where it passes over another. */
const OVER = 13;

/** The way of the packet through the cloth, from one node to the other. */
const ROUTE = 'M120 108H286Q300 108 300 122V268Q300 282 314 282H420';

/** Two nodes in a woven cloth, a thread between them, a packet on it. */
export function Weave() {
  return (
    <svg viewBox={`0 0 ${WIDTH} ${HEIGHT}`} className={styles.weave} role="img" aria-labelledby="weave-title">
      <title id="weave-title">两台节点之间织出一条隧道，一个封装好的包正在其中</title>
      <defs>
        <radialGradient id="weave-fade" cx="50%" cy="50%" r="62%">
          <stop offset="55%" stopColor="#fff" />
          <stop offset="100%" stopColor="#fff" stopOpacity="0" />
        </radialGradient>
        <mask id="weave-mask">
          <rect width={WIDTH} height={HEIGHT} fill="url(#weave-fade)" />
        </mask>
      </defs>
      <g mask="url(#weave-mask)">
        {COLUMNS.map((x) => (
          <path key={x} className={styles.warp} d={`M${x} 0V${HEIGHT}`} />
        ))}
        {ROWS.map((y) => (
          <g key={y}>
            <path className={styles.gap} d={`M0 ${y}H${WIDTH}`} />
            <path className={styles.weft} d={`M0 ${y}H${WIDTH}`} />
          </g>
        ))}
        {ROWS.flatMap((y, row) =>
          COLUMNS.filter((_, column) => (row + column) % 2 === 0).map((x) => (
            <g key={`${x} ${y}`}>
              <path className={styles.gap} d={`M${x} ${y - OVER}V${y + OVER}`} />
              <path className={styles.warp} d={`M${x} ${y - OVER - 1}V${y + OVER + 1}`} />
            </g>
          )),
        )}
      </g>

      <path className={styles.gap} d={ROUTE} strokeWidth="16" />
      <path className={styles.route} d={ROUTE} />

      <Node x={120} y={108} color={1} name="Node-1" address="192.168.245.168" />
      <Node x={420} y={282} color={2} name="Node-2" address="192.168.245.172" />

      <g transform="translate(300 195)">
        <rect className={styles.envelope} x="-58" y="-22" width="116" height="44" rx="11" />
        <rect className={styles.letter} x="-1" y="-14" width="51" height="28" rx="6" />
        <text x="-30" y="-2" textAnchor="middle">
          VXLAN
        </text>
        <text x="-30" y="12" textAnchor="middle" className={styles.number}>
          VNI 100
        </text>
        <text x="24.5" y="5" textAnchor="middle" className={styles.inner}>
          容器帧
        </text>
      </g>
    </svg>
  );
}

function Node(props: { x: number; y: number; color: 1 | 2; name: string; address: string }) {
  const { x, y, color, name, address } = props;
  return (
    <g transform={`translate(${x} ${y})`} data-node-color={color} className={styles.node}>
      <circle r="25" className={styles.halo} />
      <circle r="18" className={styles.knot} />
      <path d="M-6 -5l5 5l-5 5M1.5 5.5h6" className={styles.prompt} />
      <rect x="-68" y="27" width="136" height="46" rx="10" className={styles.label} />
      <text y="46" textAnchor="middle" className={styles.name}>
        {name}
      </text>
      <text y="63" textAnchor="middle" className={styles.address}>
        {address}
      </text>
    </g>
  );
}
