import { readdirSync, readFileSync } from 'node:fs';
import { basename, join } from 'node:path';

/** What a virtual machine's kernel is to have; the order counts where one asks for another only as it starts. */
const WANTED = [
  // Its devices and its disk. ext4 and libcrc32c ask the kernel for an algorithm by name.
  ...['crc32c_generic', 'virtio_pci', 'virtio_blk', 'virtio_net', 'virtio_console', 'ext4', 'overlay'],
  // What learners make links of.
  ...['veth', 'bridge', 'vxlan', 'dummy', 'macvlan', 'ipvlan', '8021q', 'ipip', 'ip_gre', 'geneve', 'vrf'],
  // Firewalls, by both of their tools.
  ...['nf_tables', 'nft_compat', 'nft_ct', 'nft_nat', 'nft_masq', 'nft_redir', 'nft_chain_nat', 'nft_limit'],
  ...['nft_log', 'nft_reject_ipv4', 'nft_reject_inet', 'nf_conntrack_netlink', 'ip_tables'],
  ...['iptable_filter', 'iptable_nat', 'iptable_mangle', 'iptable_raw', 'ipt_REJECT', 'xt_conntrack', 'xt_MASQUERADE'],
  ...[
    'xt_nat',
    'xt_REDIRECT',
    'xt_tcpudp',
    'xt_addrtype',
    'xt_comment',
    'xt_multiport',
    'xt_mark',
    'xt_LOG',
    'xt_limit',
  ],
  ...['xt_TCPMSS', 'xt_state'],
  // What ss and tc ask for.
  ...['inet_diag', 'tcp_diag', 'udp_diag', 'unix_diag', 'sch_netem', 'sch_tbf', 'sch_htb'],
];

/**
 * The files of the kernel modules that a machine loads, each after those it depends on. A directory of modules is read as it
 * lies in its package: no `depmod` is needed. What is built into the kernel, or unknown to it, is left out.
 */
export function modulesOf(directory: string): { name: string; path: string }[] {
  const paths = new Map(
    readdirSync(directory, { recursive: true, encoding: 'utf8' })
      .filter((file) => file.endsWith('.ko'))
      .map((file) => [nameOf(file), join(directory, file)]),
  );
  const chosen = new Map<string, string>();
  const take = (name: string) => {
    const path = paths.get(name);
    if (!path || chosen.has(name)) return;
    for (const other of dependenciesOf(path)) take(other);
    chosen.set(name, path);
  };
  for (const name of WANTED) take(name);
  return [...chosen].map(([name, path]) => ({ name, path }));
}

function nameOf(path: string): string {
  return basename(path, '.ko').replaceAll('-', '_');
}

/** What the module itself says, in its section .modinfo. */
function dependenciesOf(path: string): string[] {
  const said = /\0depends=([^\0]*)\0/.exec(readFileSync(path, 'latin1'))?.[1] ?? '';
  return said.split(',').filter(Boolean).map(nameOf);
}
