/** What a node has from the start: what the labs' commands need, and what makes a shell pleasant. */
export const PREINSTALLED = [
  'bash',
  'bash-completion',
  'conntrack',
  'ethtool',
  'iproute2',
  'iptables',
  'iputils-ping',
  'less',
  'man-db',
  'nano',
  'nftables',
  'procps',
  'tcpdump',
  'traceroute',
  'vim',
];

/** What a learner installs: not in the node, but in the local repository it carries. */
export const INSTALLABLE = ['bridge-utils', 'net-tools'];

/**
 * Left out of the node, as dpkg patterns; a later pattern wins. English manual pages stay: `man ip` belongs to the
 * lessons. Together this halves the image.
 */
export const PATHS = [
  'path-exclude=/usr/share/doc/*',
  'path-exclude=/usr/share/info/*',
  'path-exclude=/usr/share/lintian/*',
  'path-exclude=/usr/share/locale/*',
  'path-exclude=/usr/share/man/*',
  'path-include=/usr/share/man/man[1-9]',
  'path-include=/usr/share/man/man[1-9]/*',
  'path-exclude=/usr/share/vim/vim*/doc/*',
  'path-exclude=/usr/share/vim/vim*/lang/*',
  'path-exclude=/usr/share/vim/vim*/spell/*',
  'path-exclude=/usr/share/vim/vim*/tutor/*',
  'path-exclude=/usr/share/zoneinfo/*',
  'path-include=/usr/share/zoneinfo/Etc',
  'path-include=/usr/share/zoneinfo/Etc/*',
  'path-include=/usr/share/zoneinfo/UTC',
];
