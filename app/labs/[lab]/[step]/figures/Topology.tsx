import styles from './figures.module.css';

interface Side {
  x: number;
  name: string;
  style: 'one' | 'two';
  container: [string, string];
  bridge: string;
  host: string;
  /** Left to right, or mirrored. */
  mirrored: boolean;
}

const sides: Side[] = [
  {
    x: 4,
    name: 'Node-1',
    style: 'one',
    container: ['docker1', '172.17.0.2'],
    bridge: '172.17.0.1',
    host: '192.168.245.168',
    mirrored: false,
  },
  {
    x: 320,
    name: 'Node-2',
    style: 'two',
    container: ['docker2', '172.18.0.2'],
    bridge: '172.18.0.1',
    host: '192.168.245.172',
    mirrored: true,
  },
];

const HOST_WIDTH = 236;

/** The network of the lab: container, bridge, tunnel end and network card on either node. */
export function Topology() {
  return (
    <svg viewBox="0 0 560 308" className={styles.drawing} role="img" aria-labelledby="topology-title topology-desc">
      <title id="topology-title">要搭建的网络</title>
      <desc id="topology-desc">
        两台节点结构相同。容器经一对 veth 接到网桥 br0；br0 与 vxlan100 之间靠路由转发；vxlan100 借 ens33 收发。两端的
        ens33 在同一个二层网络上，两端的 vxlan100 之间是 VNI 100 的隧道。
      </desc>
      {sides.map((side) => (
        <Host key={side.name} {...side} />
      ))}
      <path className={styles.tunnel} d="M226 171H334" />
      <text x="280" y="161" textAnchor="middle" className={`${styles.accent} ${styles.strong}`}>
        隧道
      </text>
      <text x="280" y="188" textAnchor="middle" className={`${styles.accent} ${styles.small}`}>
        VNI 100
      </text>
      <path className={styles.wire} d="M226 261H334" />
      <text x="280" y="252" textAnchor="middle" className={`${styles.soft} ${styles.small}`}>
        同一个二层
      </text>
    </svg>
  );
}

function Host({ x, name, style, container, bridge, host, mirrored }: Side) {
  const box = style === 'one' ? styles.boxOne : styles.boxTwo;
  const at = (left: number, width: number) => (mirrored ? HOST_WIDTH - left - width : left);
  return (
    <g transform={`translate(${x} 8)`}>
      <rect className={styles.host} width={HOST_WIDTH} height="292" rx="14" />
      <text
        x={mirrored ? HOST_WIDTH - 16 : 16}
        y="27"
        textAnchor={mirrored ? 'end' : 'start'}
        className={`${styles.strong} ${styles[style]}`}
        fontSize="14"
      >
        {name}
      </text>

      <rect
        x={at(14, 112)}
        y="40"
        width="112"
        height="76"
        rx="10"
        fill="none"
        stroke={`var(--n${style === 'one' ? 1 : 2})`}
        strokeDasharray="3 3"
      />
      <Box x={at(22, 96)} y={64} width={96} className={box} name="veth0" detail={container[1]} />
      <text x={at(22, 96)} y="57" className={`${styles.small} ${styles[style]}`}>
        {container[0]}
      </text>
      <path className={styles.wire} d={`M${at(70, 0)} 106V146`} />
      <text
        x={at(70, 0) + (mirrored ? -7 : 7)}
        y="133"
        textAnchor={mirrored ? 'end' : 'start'}
        className={`${styles.soft} ${styles.small}`}
      >
        veth 对
      </text>
      <Box x={at(14, 96)} y={146} width={96} className={styles.box} name="br0" detail={bridge} />
      <path
        className={styles.wire}
        d={`M${at(110, 0)} 167H${at(142, 0)}`}
        strokeDasharray="1.5 3"
        strokeLinecap="round"
      />
      <text x={at(126, 0)} y="160" textAnchor="middle" className={`${styles.soft} ${styles.small}`}>
        路由
      </text>
      <Box x={at(142, 80)} y={138} width={80} className={box} name="vxlan100" detail="VTEP" tall />
      <path className={styles.wire} d={`M${at(182, 0)} 188V232`} />
      <text
        x={at(182, 0) + (mirrored ? 7 : -7)}
        y="211"
        textAnchor={mirrored ? 'start' : 'end'}
        className={`${styles.soft} ${styles.small}`}
      >
        封装成 UDP
      </text>
      <Box x={at(104, 118)} y={232} width={118} className={styles.box} name="ens33" detail={host} />
    </g>
  );
}

function Box(props: {
  x: number;
  y: number;
  width: number;
  className: string | undefined;
  name: string;
  detail: string;
  tall?: boolean;
}) {
  const { x, y, width, className, name, detail, tall } = props;
  const top = tall ? y + 4 : y;
  return (
    <g>
      <rect className={className} x={x} y={y} width={width} height={tall ? 50 : 42} rx="8" />
      <text x={x + width / 2} y={top + 18} textAnchor="middle" className={styles.strong}>
        {name}
      </text>
      <text
        x={x + width / 2}
        y={top + 33}
        textAnchor="middle"
        className={`${styles.mono} ${styles.soft}`}
        fontSize="11"
      >
        {detail}
      </text>
    </g>
  );
}
