import styles from './figures.module.css';

interface Table {
  y: number;
  title: string;
  whose: string;
  ask: [string, string];
  value: [string, string];
  missing: string;
}

const tables: Table[] = [
  {
    y: 58,
    title: '路由表',
    whose: 'ip route',
    ask: ['172.18.0.0/24', '目的网段'],
    value: ['dev vxlan100', '从哪块网卡走'],
    missing: '缺了：Network is unreachable，或走错网卡',
  },
  {
    y: 156,
    title: '邻居表',
    whose: 'ip neigh',
    ask: ['172.18.0.2', '下一跳 IP'],
    value: ['Node-2 的 vxlan100', '内层目的 MAC'],
    missing: '缺了：Destination Host Unreachable',
  },
  {
    y: 254,
    title: 'FDB',
    whose: 'bridge fdb',
    ask: ['Node-2 的 vxlan100', '内层目的 MAC'],
    value: ['192.168.245.172', '外层目的 IP'],
    missing: '缺了：没有任何报错，包无声消失',
  },
];

/** Three tables in a row: each answer is the next question. */
export function Lookups() {
  return (
    <svg viewBox="0 0 500 400" className={styles.drawing} role="img" aria-labelledby="lookups-title lookups-desc">
      <title id="lookups-title">一个包离开 Node-1 之前查的三张表</title>
      <desc id="lookups-desc">
        目的 IP 172.18.0.2 先查路由表，得到网卡 vxlan100；再查邻居表，得到内层目的 MAC，即 Node-2 的 vxlan100 的
        MAC；最后查 FDB，得到外层目的 IP 192.168.245.172。
      </desc>
      <rect className={styles.inner} x="96" y="4" width="260" height="30" rx="8" />
      <text x="226" y="24" textAnchor="middle" className={styles.innerInk}>
        容器发出的包，目的 <tspan className={styles.mono}>172.18.0.2</tspan>
      </text>
      {tables.map((table) => (
        <Row key={table.title} {...table} />
      ))}
      <Arrow d="M226 36V51" x={226} y={57} />
      {/* The answer on the right becomes the question on the left. */}
      <Arrow d="M398 128V135Q398 141 392 141H200Q194 141 194 146V149" x={194} y={155} />
      <Arrow d="M398 226V233Q398 239 392 239H200Q194 239 194 244V247" x={194} y={253} />
      <Arrow d="M398 324V353" x={398} y={361} />
      <rect className={styles.key} x="96" y="362" width="402" height="32" rx="8" />
      <text x="297" y="383" textAnchor="middle" className={`${styles.keyInk} ${styles.strong}`}>
        封装成 UDP，从 ens33 发往 192.168.245.172
      </text>
    </svg>
  );
}

function Row({ y, title, whose, ask, value, missing }: Table) {
  return (
    <g transform={`translate(0 ${y})`}>
      <text x="4" y="24" className={styles.strong} fontSize="15">
        {title}
      </text>
      <text x="4" y="43" className={`${styles.mono} ${styles.soft}`}>
        {whose}
      </text>
      <rect className={styles.box} x="96" y="0" width="402" height="70" rx="10" />
      <path d="M297 0V46M96 46H498" stroke="var(--line)" fill="none" />
      <Cell x={112} label={ask[1]} value={ask[0]} />
      <Cell x={313} label={value[1]} value={value[0]} strong />
      <path className={styles.tip} d="M293 19l8 4-8 4z" opacity=".8" />
      <text x="112" y="63" className={`${styles.small} ${styles.soft}`}>
        {missing}
      </text>
    </g>
  );
}

function Cell({ x, label, value, strong }: { x: number; label: string; value: string; strong?: boolean }) {
  return (
    <>
      <text x={x} y="17" className={`${styles.small} ${styles.soft}`} fontSize="11">
        {label}
      </text>
      <text x={x} y="36" className={`${styles.mono} ${strong ? `${styles.strong} ${styles.accent}` : ''}`}>
        {value}
      </text>
    </>
  );
}

function Arrow({ d, x, y }: { d: string; x: number; y: number }) {
  return (
    <>
      <path className={styles.flow} d={d} />
      <path className={styles.tip} d={`M${x - 4} ${y - 7}h8l-4 7z`} />
    </>
  );
}
