import styles from './figures.module.css';

/** Encapsulation and routing side by side: what each does to the same packet. */
export function Modes() {
  return (
    <svg viewBox="0 0 560 248" className={styles.drawing} role="img" aria-labelledby="modes-title modes-desc">
      <title id="modes-title">封包模式和路由模式</title>
      <desc id="modes-desc">
        封包模式里，容器的包被装进主机之间的 UDP
        包，中间的网络只看到主机地址；路由模式里，容器的包原样经过中间的网络，它必须有到容器网段的路由。
      </desc>
      <Lane y={0} title="封包模式" note="中间的网络只认识主机地址">
        <rect className={styles.outer} x="196" y="50" width="168" height="44" rx="8" />
        <text x="206" y="68" className={`${styles.outerInk} ${styles.small}`}>
          主机 → 主机
        </text>
        <text x="206" y="84" className={`${styles.outerInk} ${styles.small}`}>
          UDP
        </text>
        <Parcel x={278} y={58} width={78} />
      </Lane>
      <Lane y={126} title="路由模式" note="中间的网络要有到每个容器网段的路由">
        <Parcel x={236} y={58} width={88} />
      </Lane>
    </svg>
  );
}

function Lane({ y, title, note, children }: { y: number; title: string; note: string; children: React.ReactNode }) {
  return (
    <g transform={`translate(0 ${y})`}>
      <text x="4" y="16" className={styles.strong} fontSize="14">
        {title}
      </text>
      <text x="74" y="16" className={styles.soft}>
        {note}
      </text>
      <path className={styles.wire} d="M126 72H434" />
      <Machine x={4} className={styles.boxOne} ink={styles.one} name="Node-1" from="172.17.0.2" />
      <Machine x={434} className={styles.boxTwo} ink={styles.two} name="Node-2" from="172.18.0.2" />
      {children}
      <path className={styles.tip} d="M426 67l8 5-8 5z" />
    </g>
  );
}

function Machine(props: {
  x: number;
  className: string | undefined;
  ink: string | undefined;
  name: string;
  from: string;
}) {
  return (
    <g>
      <rect className={props.className} x={props.x} y="40" width="122" height="64" rx="10" />
      <text x={props.x + 61} y="66" textAnchor="middle" className={`${styles.strong} ${props.ink}`}>
        {props.name}
      </text>
      <text x={props.x + 61} y="87" textAnchor="middle" className={`${styles.mono} ${styles.soft}`}>
        {props.from}
      </text>
    </g>
  );
}

/** The container's packet, the same in both modes. */
function Parcel({ x, y, width }: { x: number; y: number; width: number }) {
  return (
    <g>
      <rect
        className={styles.inner}
        x={x}
        y={y}
        width={width}
        height="28"
        rx="6"
        stroke="var(--layer-inner-ink)"
        strokeOpacity=".35"
      />
      <text x={x + width / 2} y={y + 18} textAnchor="middle" className={`${styles.innerInk} ${styles.small}`}>
        容器 → 容器
      </text>
    </g>
  );
}
