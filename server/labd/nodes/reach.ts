/** Seconds until a machine must have let us in; one that is asleep takes a few. */
export const CONNECT_SECONDS = 10;
/** Seconds between two signs of life, and how many may be missed before a connection is given up. */
const ALIVE_SECONDS = 5;
const ALIVE_MISSES = 3;

/** How a machine is reached. */
export interface Reach {
  /** A name for it, `[a-z0-9-]+`, distinct in the directory. */
  name: string;
  /** Where ssh connects to; with a proxy only a name. */
  host: string;
  port?: number;
  /** root, or who may become root by `sudo -n`. */
  user: string;
  /** File of the private key. */
  identity: string;
  /** The one key the machine may have, as in its `ssh_host_*_key.pub`: `ssh-ed25519 AAAA…`. */
  hostKey: string;
  /** A command whose standard input and output lead to the machine's sshd, instead of host and port. */
  proxy?: string;
  /** There can be one connection only: nothing is tried beside it. */
  single?: boolean;
  /** Seconds until it must have let us in, where that is not as usual. */
  connectSeconds?: number;
}

/** Nothing of this host's or its people's configuration counts, and nothing of this host is offered to the machine. */
export function optionsOf(
  { name, port, user, identity, connectSeconds = CONNECT_SECONDS }: Reach,
  knownHosts: string,
): string[] {
  const options = {
    BatchMode: 'yes',
    User: user,
    IdentityFile: identity,
    IdentitiesOnly: 'yes',
    IdentityAgent: 'none',
    PreferredAuthentications: 'publickey',
    UserKnownHostsFile: knownHosts,
    GlobalKnownHostsFile: '/dev/null',
    StrictHostKeyChecking: 'yes',
    HostKeyAlias: name,
    UpdateHostKeys: 'no',
    CheckHostIP: 'no',
    ClearAllForwardings: 'yes',
    ForwardAgent: 'no',
    ForwardX11: 'no',
    EscapeChar: 'none',
    ConnectTimeout: `${connectSeconds}`,
    ServerAliveInterval: `${ALIVE_SECONDS}`,
    ServerAliveCountMax: `${ALIVE_MISSES}`,
    ...(port && { Port: `${port}` }),
  };
  return ['-F', 'none', ...Object.entries(options).flatMap(([key, value]) => ['-o', `${key}=${value}`])];
}

/** What ssh's complaint means, for people. */
export function wordsOf({ host, port }: Reach, said: string): string {
  const where = port ? `${host}:${port}` : host;
  if (/Host key verification failed|HOST IDENTIFICATION HAS CHANGED/.test(said))
    return `${where} 的主机密钥和登记的不一样：可能换了机器，也可能有人冒充，没有连接`;
  if (/Permission denied/.test(said)) return `${where} 不接受登记的用户和密钥`;
  if (/UNPROTECTED PRIVATE KEY|Load key|no such identity|not accessible/i.test(said))
    return `登录 ${where} 的密钥文件读不了，或者权限太宽（应为 0600）`;
  if (/timed out|No route to host|Connection refused|unreachable|Could not resolve/i.test(said))
    return `连不上 ${where}：机器没有开机、网络不通，或者没有运行 sshd`;
  return `和 ${where} 的 ssh 连接断了，或者没有建立起来`;
}
