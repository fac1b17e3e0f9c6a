/** A field of a header: where it begins, its bytes, what they say. */
export interface Field {
  /** Offset of the first byte in the frame, and how many there are. */
  at: number;
  length: number;
  hex: string;
  name: string;
  value: string;
  /** Where the value comes from, where that is worth knowing. */
  from?: string;
}

/** A layer of the frame. */
export interface Layer {
  id: string;
  /** On the drawing, and in full. */
  short: string;
  title: string;
  at: number;
  length: number;
  part: 'outer' | 'vxlan' | 'inner';
  /** What this layer is for, one sentence. */
  purpose: string;
  fields: Field[];
}

/** One echo request as Node-1's ens33 sent it: 148 bytes, recorded from a real lab. */
export const layers: Layer[] = [
  {
    id: 'outer-ethernet',
    short: '以太网',
    title: '外层以太网头',
    at: 0,
    length: 14,
    part: 'outer',
    purpose: '从 Node-1 的 ens33 到 Node-2 的 ens33，和任何主机之间的帧一样。',
    fields: [
      { at: 0, length: 6, hex: '724a47ad7f9e', name: '目的 MAC', value: 'Node-2 的 ens33', from: 'ens33 自己的 ARP' },
      { at: 6, length: 6, hex: 'c66964ad5149', name: '源 MAC', value: 'Node-1 的 ens33' },
      { at: 12, length: 2, hex: '0800', name: '类型', value: 'IPv4' },
    ],
  },
  {
    id: 'outer-ip',
    short: 'IP',
    title: '外层 IP 头',
    at: 14,
    length: 20,
    part: 'outer',
    purpose: '主机到主机。中间的路由器只看到这里，看不到容器的地址。',
    fields: [
      { at: 16, length: 2, hex: '0086', name: '总长', value: '134' },
      { at: 20, length: 2, hex: '0000', name: '标志', value: '没有 DF，允许分片' },
      { at: 22, length: 1, hex: '40', name: 'TTL', value: '64' },
      { at: 23, length: 1, hex: '11', name: '协议', value: 'UDP' },
      { at: 26, length: 4, hex: 'c0a8f5a8', name: '源地址', value: '192.168.245.168', from: 'vxlan100 的 local' },
      { at: 30, length: 4, hex: 'c0a8f5ac', name: '目的地址', value: '192.168.245.172', from: 'FDB' },
    ],
  },
  {
    id: 'udp',
    short: 'UDP',
    title: '外层 UDP 头',
    at: 34,
    length: 8,
    part: 'outer',
    purpose: '让封装好的帧像普通应用的数据一样穿过网络。',
    fields: [
      { at: 34, length: 2, hex: 'e1bd', name: '源端口', value: '57789', from: '内层流的散列' },
      { at: 36, length: 2, hex: '12b5', name: '目的端口', value: '4789', from: 'vxlan100 的 dstport' },
      { at: 38, length: 2, hex: '0072', name: '长度', value: '114' },
      { at: 40, length: 2, hex: '6d2a', name: '校验和', value: '抓包时还没有算完' },
    ],
  },
  {
    id: 'vxlan',
    short: 'VXLAN',
    title: 'VXLAN 头',
    at: 42,
    length: 8,
    part: 'vxlan',
    purpose: '只说一件事：这个帧属于哪一个虚拟网络。',
    fields: [
      { at: 42, length: 1, hex: '08', name: '标志', value: 'I：VNI 有效' },
      { at: 43, length: 3, hex: '000000', name: '保留', value: '0' },
      { at: 46, length: 3, hex: '000064', name: 'VNI', value: '100', from: 'vxlan100 的 id' },
      { at: 49, length: 1, hex: '00', name: '保留', value: '0' },
    ],
  },
  {
    id: 'inner-ethernet',
    short: '以太网',
    title: '内层以太网头',
    at: 50,
    length: 14,
    part: 'inner',
    purpose: '虚拟的二层：从 Node-1 的 VTEP 到 Node-2 的 VTEP，不是容器的 MAC。',
    fields: [
      { at: 50, length: 6, hex: '929be3b32e3c', name: '目的 MAC', value: 'Node-2 的 vxlan100', from: '邻居表' },
      { at: 56, length: 6, hex: '7a560449c369', name: '源 MAC', value: 'Node-1 的 vxlan100' },
      { at: 62, length: 2, hex: '0800', name: '类型', value: 'IPv4' },
    ],
  },
  {
    id: 'inner-ip',
    short: 'IP',
    title: '内层 IP 头',
    at: 64,
    length: 20,
    part: 'inner',
    purpose: '容器到容器，一路不变，只有 TTL 和校验和随转发改变。',
    fields: [
      { at: 66, length: 2, hex: '0054', name: '总长', value: '84' },
      { at: 70, length: 2, hex: '4000', name: '标志', value: 'DF，不许分片' },
      { at: 72, length: 1, hex: '3f', name: 'TTL', value: '63', from: '64，Node-1 转发时减 1' },
      { at: 73, length: 1, hex: '01', name: '协议', value: 'ICMP' },
      { at: 76, length: 4, hex: 'ac110002', name: '源地址', value: '172.17.0.2' },
      { at: 80, length: 4, hex: 'ac120002', name: '目的地址', value: '172.18.0.2' },
    ],
  },
  {
    id: 'icmp',
    short: 'ICMP',
    title: 'ICMP 头',
    at: 84,
    length: 8,
    part: 'inner',
    purpose: 'ping 的请求；回应的类型是 0。',
    fields: [
      { at: 84, length: 1, hex: '08', name: '类型', value: 'echo request' },
      { at: 85, length: 1, hex: '00', name: '代码', value: '0' },
      { at: 86, length: 2, hex: '02d0', name: '校验和', value: '0x02d0' },
      { at: 88, length: 2, hex: '34d6', name: '标识', value: '13526' },
      { at: 90, length: 2, hex: '0001', name: '序号', value: '1' },
    ],
  },
  {
    id: 'data',
    short: '数据',
    title: 'ICMP 数据',
    at: 92,
    length: 56,
    part: 'inner',
    purpose: 'ping 默认带 56 字节：前 16 字节是发送时间，后面是填充。',
    fields: [{ at: 92, length: 56, hex: '4985036b…', name: '数据', value: '时间戳 16 字节，填充 40 字节' }],
  },
];
