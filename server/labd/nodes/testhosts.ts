import { type ChildProcess, execFileSync, spawn } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { type AddressInfo, createServer, type Server, type Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { buildImage } from '../image/build.ts';
import type { NodeDriver } from './driver.ts';
import { createSshDriver } from './ssh.ts';

/** The card of each, and what lies beyond it. */
const NIC = 'ens33';
const ADDRESSES: Record<string, string> = { 'node-1': '192.168.245.168/24', 'node-2': '192.168.245.172/24' };

/**
 * Makes a machine of the namespaces it is started in: the node image under a layer that is thrown away, with an sshd, whose
 * keys are its arguments. Prints a line when it is there, and stays as its init.
 */
const BOOT = String.raw`set -e
home=$1 image=$2 name=$3 hostkey=$4 authorized=$5
mount --make-rprivate /
mount -t tmpfs tmpfs "$home"
mkdir "$home"/upper "$home"/work "$home"/root
mount -t overlay overlay -o "lowerdir=$image,upperdir=$home/upper,workdir=$home/work" "$home/root"
cd "$home/root"
cp -a /usr/sbin/sshd usr/sbin/
for library in $(ldd /usr/sbin/sshd | grep -o '/lib[^ ]*'); do [ -e ".$library" ] || cp "$library" ".$library"; done
grep -q ^sshd: etc/passwd || echo 'sshd:x:990:65534::/run/sshd:/usr/sbin/nologin' >> etc/passwd
mkdir -p etc/ssh old root
cp "$hostkey" etc/ssh/hostkey; cp "$authorized" etc/ssh/authorized; chmod 600 etc/ssh/*
cat > etc/ssh/sshd_config <<END
HostKey /etc/ssh/hostkey
AuthorizedKeysFile /etc/ssh/authorized
PermitRootLogin prohibit-password
UsePAM no
StrictModes no
PidFile none
END
mount -t proc proc proc; mount -t sysfs sysfs sys; mount -t tmpfs tmpfs dev; mount -t tmpfs tmpfs run
mkdir dev/pts dev/shm run/sshd
mount -t devpts -o newinstance,ptmxmode=0666 devpts dev/pts
ln -s pts/ptmx dev/ptmx; ln -s /proc/self/fd dev/fd
mknod -m 666 dev/null c 1 3; mknod -m 666 dev/zero c 1 5; mknod -m 666 dev/full c 1 7
mknod -m 666 dev/random c 1 8; mknod -m 666 dev/urandom c 1 9
mknod -m 666 dev/tty c 5 0
printf '127.0.0.1 localhost\n' > etc/hosts
echo "$name" > etc/hostname; hostname "$name"
ip link set lo up
pivot_root . old
umount -l /old
exec perl -e '$| = 1; print "ready\n"; while (1) { wait; select undef, undef, undef, 0.1 }'`;

/** Two machines of somebody's own, with an sshd each, on this host's loopback; joined by a cable as the lab has it. */
export interface TestHosts {
  /** The file that names them, for a lab. */
  file: string;
  directory: string;
  /** Runs a script on one, not by ssh. */
  on(node: 'node-1' | 'node-2', script: string): string;
  /** Whether a machine's sshd lets anybody in; those who are in already are thrown out. */
  answer(node: 'node-1' | 'node-2', does: boolean): void;
  close(): Promise<void>;
}

/** A driver over two machines of its own, for tests; what they forget to give back, `close` gives back. */
export interface SshTestbed {
  driver: NodeDriver;
  hosts: TestHosts;
  /** A second driver over the same directory, as labd has it after it was killed. */
  reopen(): NodeDriver;
  close(): Promise<void>;
}

/** Opens an ssh driver and the machines it lends. */
export async function openSshTestbed(): Promise<SshTestbed> {
  const hosts = await openTestHosts();
  const log = { info: () => {}, warn: () => {} };
  const reopen = () => createSshDriver({ directory: join(hosts.directory, 'data'), hosts: hosts.file, log });
  const driver = reopen();
  return {
    driver,
    hosts,
    reopen,
    async close() {
      const last = reopen();
      for (const session of await last.list()) await last.destroy(session);
      await hosts.close();
    },
  };
}

interface Host {
  name: string;
  unshared: ChildProcess;
  pid: number;
  server: Server;
  port: number;
  answers: boolean;
  sockets: Set<Socket>;
}

/** Opens the two; builds the image of NETLOOM_IMAGE when it is not there. */
export async function openTestHosts(lab = 'overlay-vxlan'): Promise<TestHosts> {
  const image = resolve(process.env.NETLOOM_IMAGE || 'var/image');
  await buildImage({ directory: image, progress: console.log });
  const directory = mkdtempSync(join(tmpdir(), 'netloom-hosts-'));
  const key = (name: string) => {
    execFileSync('ssh-keygen', ['-q', '-t', 'ed25519', '-N', '', '-C', name, '-f', join(directory, name)]);
    return readFileSync(join(directory, `${name}.pub`), 'utf8').trim();
  };
  key('identity');
  const hosts: Host[] = [];
  const hostKeys: string[] = [];
  for (const name of Object.keys(ADDRESSES)) {
    hostKeys.push(key(`${name}.key`));
    hosts.push(await boot(name, directory, join(image, 'current')));
  }
  const [first, second] = hosts.map(({ pid }) => `${pid}`);
  execFileSync('ip', [
    'link',
    'add',
    NIC,
    'netns',
    first ?? '',
    'type',
    'veth',
    'peer',
    'name',
    NIC,
    'netns',
    second ?? '',
  ]);
  const pidOf = (name: string) => `${hosts.find((host) => host.name === name)?.pid}`;
  const on: TestHosts['on'] = (node, script) =>
    execFileSync('nsenter', ['-t', pidOf(node), '-a', '--', 'bash', '-ec', script], { encoding: 'utf8' });
  for (const { name } of hosts) {
    const quiet = `sysctl -qw net.ipv6.conf.${NIC}.disable_ipv6=1`;
    on(name as 'node-1', `${quiet}; ip addr add ${ADDRESSES[name]} dev ${NIC}; ip link set ${NIC} up`);
  }
  // The carrier comes when both ends are up, in the kernel's own time.
  for (const { name } of hosts)
    on(name as 'node-1', `until ip link show ${NIC} | grep -q 'state UP'; do sleep 0.02; done`);
  const file = join(directory, 'hosts.yaml');
  const lines = hosts.map(
    ({ name, port }, index) =>
      `    ${name}: { host: 127.0.0.1, port: ${port}, identity: identity, hostKey: ${hostKeys[index]} }`,
  );
  writeFileSync(file, `- lab: ${lab}\n  nodes:\n${lines.join('\n')}\n`);
  return {
    file,
    directory,
    on,
    answer(node, does) {
      const host = hosts.find(({ name }) => name === node);
      if (!host) return;
      host.answers = does;
      if (!does) for (const socket of host.sockets) socket.destroy();
    },
    async close() {
      for (const host of hosts) await halt(host);
      rmSync(directory, { recursive: true, force: true });
    },
  };
}

async function boot(name: string, directory: string, image: string): Promise<Host> {
  const home = mkdtempSync(join(directory, 'home-'));
  const keys = [join(directory, `${name}.key`), join(directory, 'identity.pub')];
  const options = ['--net', '--mount', '--pid', '--uts', '--ipc', '--fork', '--kill-child'];
  // It goes with whoever tests, however that ends.
  const namespaces = ['--pdeathsig', 'KILL', 'unshare', ...options];
  const unshared = spawn('setpriv', [...namespaces, 'bash', '-c', BOOT, 'boot', home, image, name, ...keys], {
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let said = '';
  unshared.stderr.on('data', (chunk: Buffer) => {
    said += chunk.toString();
  });
  await new Promise<void>((done, fail) => {
    unshared.stdout.once('data', () => done());
    unshared.once('exit', (code) => fail(new Error(`a machine of a test did not start (${code}): ${said}`)));
  });
  const pid = Number(readFileSync(`/proc/${unshared.pid}/task/${unshared.pid}/children`, 'utf8').trim());
  // As inetd does it: an sshd for each connection, in the machine's namespaces; so its network has no way to this host.
  const host = {
    name,
    unshared,
    pid,
    server: createServer({ noDelay: true }),
    port: 0,
    answers: true,
    sockets: new Set<Socket>(),
  };
  host.server.on('connection', (socket) => {
    if (!host.answers) {
      socket.destroy();
      return;
    }
    host.sockets.add(socket);
    const sshd = spawn('nsenter', ['-t', `${pid}`, '-a', '--', '/usr/sbin/sshd', '-i'], {
      stdio: ['pipe', 'pipe', 'ignore'],
    });
    socket.pipe(sshd.stdin);
    sshd.stdout.pipe(socket);
    for (const stream of [socket, sshd.stdin, sshd.stdout]) stream.on('error', () => socket.destroy());
    socket.on('close', () => {
      host.sockets.delete(socket);
      sshd.kill();
    });
  });
  await new Promise<void>((done) => host.server.listen(0, '127.0.0.1', done));
  host.port = (host.server.address() as AddressInfo).port;
  return host;
}

async function halt({ unshared, pid, server }: Host): Promise<void> {
  server.close();
  if (unshared.exitCode !== null || unshared.signalCode !== null) return;
  const gone = new Promise((done) => unshared.once('exit', done));
  process.kill(pid, 'SIGKILL');
  await gone;
}
