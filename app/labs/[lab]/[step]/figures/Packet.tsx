'use client';

import { useId, useState } from 'react';
import styles from './figures.module.css';
import packet from './Packet.module.css';
import { type Layer, layers } from './packet.ts';

/** Drawing units per byte; the data at the end is cut short, its true length is written in it. */
const UNIT = 4.9;
const DATA_WIDTH = 109;
const BAR_Y = 60;
const BAR_HEIGHT = 46;

const INITIAL = 'vxlan';

/** The whole encapsulated frame, every header as long as it is; a layer pointed at shows its fields. */
export function Packet() {
  const [chosen, setChosen] = useState(INITIAL);
  const panel = useId();
  const layer = layers.find(({ id }) => id === chosen) ?? layers[0];
  if (!layer) return null;
  return (
    <>
      <svg viewBox="0 24 560 166" className={styles.drawing} role="img" aria-labelledby="packet-title packet-desc">
        <title id="packet-title">一个 148 字节的 VXLAN 包</title>
        <desc id="packet-desc">
          依次是外层以太网头 14 字节、外层 IP 头 20 字节、UDP 头 8 字节、VXLAN 头 8 字节，共 50 字节的封装；之后是内层帧
          98 字节：以太网头 14、IP 头 20、ICMP 头 8、数据 56。计入 MTU 的是 IP 包的长度：外层 134 字节，内层 84 字节。
        </desc>
        <Bracket from={0} to={50} y={46} up words="封装 50 字节" strong />
        <Bracket from={50} to={148} y={46} up words="vxlan100 发出的帧，98 字节" />
        {layers.map((one) => (
          <Cell key={one.id} layer={one} chosen={one.id === chosen} choose={() => setChosen(one.id)} />
        ))}
        {[...layers.map(({ at }) => at), 148].map((at) => (
          <text
            key={at}
            x={at === 148 ? 559 : x(at)}
            y={BAR_Y + BAR_HEIGHT + 14}
            textAnchor={at === 0 ? 'start' : at === 148 ? 'end' : 'middle'}
            className={`${styles.mono} ${styles.soft} ${packet.offset}`}
          >
            {at}
          </text>
        ))}
        <Bracket from={64} to={148} y={134} words="内层 IP 包 84 字节，MTU 1450" />
        <Bracket from={14} to={148} y={166} words="外层 IP 包 134 字节，MTU 1500" />
      </svg>

      <fieldset className={packet.layers} aria-label="选一层看它的字段" data-needs-script>
        {layers.map((one) => (
          <button
            key={one.id}
            type="button"
            data-part={one.part}
            aria-pressed={one.id === chosen}
            aria-controls={panel}
            onClick={() => setChosen(one.id)}
            onFocus={() => setChosen(one.id)}
          >
            {one.part === 'inner' && one.at < 84 ? '内层' : one.at < 34 ? '外层' : ''}
            {one.short}
            <small>{one.length}</small>
          </button>
        ))}
      </fieldset>
      <div id={panel} className={packet.panel} data-part={layer.part}>
        <p>
          <b>
            {layer.title}，{layer.length} 字节
          </b>
          <br />
          {layer.purpose}
        </p>
        <table>
          <thead>
            <tr>
              <th scope="col">偏移</th>
              <th scope="col">字节</th>
              <th scope="col">字段</th>
              <th scope="col">值</th>
            </tr>
          </thead>
          <tbody>
            {layer.fields.map((field) => (
              <tr key={field.at}>
                <td>{field.length === 1 ? field.at : `${field.at}–${field.at + field.length - 1}`}</td>
                <td>
                  <code>{field.hex.replace(/..(?=.)/g, '$& ')}</code>
                </td>
                <td>{field.name}</td>
                <td>
                  {field.value}
                  {field.from && <small>来自{field.from}</small>}
                </td>
              </tr>
            ))}
          </tbody>
        </table>
      </div>
    </>
  );
}

function x(at: number): number {
  return at <= 92 ? at * UNIT : 92 * UNIT + ((at - 92) / 56) * DATA_WIDTH;
}

function Cell({ layer, chosen, choose }: { layer: Layer; chosen: boolean; choose(): void }) {
  const left = x(layer.at);
  const width = x(layer.at + layer.length) - left;
  const [fill, ink] =
    layer.part === 'vxlan'
      ? [styles.key, styles.keyInk]
      : layer.part === 'outer'
        ? [styles.outer, styles.outerInk]
        : [styles.inner, styles.innerInk];
  return (
    // A pointer's shortcut to the buttons below, which serve the keyboard and screen readers.
    <g onPointerEnter={choose} className={packet.cell}>
      <rect className={fill} x={left + 0.75} y={BAR_Y} width={width - 1.5} height={BAR_HEIGHT} rx="4" />
      {chosen && (
        <rect x={left + 0.75} y={BAR_Y} width={width - 1.5} height={BAR_HEIGHT} rx="4" className={packet.ring} />
      )}
      {layer.id === 'data' && (
        <path
          d={`M${left + width - 26} ${BAR_Y - 1}l-6 ${BAR_HEIGHT / 2}h8l-6 ${BAR_HEIGHT / 2 + 1}`}
          className={packet.cut}
        />
      )}
      <text
        x={left + width / 2 - (layer.id === 'data' ? 12 : 0)}
        y={BAR_Y + 20}
        textAnchor="middle"
        className={`${ink} ${styles.strong} ${packet.name}`}
        data-narrow={layer.length < 10 ? '' : undefined}
      >
        {layer.short}
      </text>
      <text
        x={left + width / 2 - (layer.id === 'data' ? 12 : 0)}
        y={BAR_Y + 36}
        textAnchor="middle"
        className={`${ink} ${styles.mono}`}
      >
        {layer.length}
      </text>
    </g>
  );
}

function Bracket(props: { from: number; to: number; y: number; up?: boolean; words: string; strong?: boolean }) {
  const { from, to, y, up, words, strong } = props;
  const [left, right] = [x(from) + 1, x(to) - 1];
  const tick = up ? 5 : -5;
  return (
    <>
      <path
        d={`M${left} ${y + tick}V${y}H${right}V${y + tick}`}
        className={packet.bracket}
        data-strong={strong ? '' : undefined}
      />
      <text
        x={(left + right) / 2}
        y={up ? y - 8 : y + 16}
        textAnchor="middle"
        className={`${styles.small} ${strong ? `${styles.accent} ${styles.strong}` : styles.soft}`}
      >
        {words}
      </text>
    </>
  );
}
