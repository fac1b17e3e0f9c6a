#!/usr/bin/perl
# The first process of a node that is a virtual machine, in its initial namespaces and on a read-only tree: makes the
# learner's system, then answers the host on two virtio ports. The learner is root below it, and cannot reach it.
#
#   netloom.control   LENGTH (32 bits, little-endian), then LENGTH bytes: records as namespace.pl takes them. The answer is
#                     a line: "ok" and the pid of the learner's init, or what went wrong.
#     hostname NAME            of the learner's system
#     file PATH CONTENT        a file that is there, written anew
#     clock SECONDS            since 1970
#     seed HEX                 mixed into the kernel's random numbers: a snapshot's are the same in every machine
#     secret PATH CONTENT      a file that is not there, for root alone
#     forget PATH              a file that is no more
#     rest                     until no SSH connection is served
#     sysctl NETNS NAME=VALUE… NAME as a path under /proc/sys/net
#     ip NETNS LINES           `ip -batch` in a network namespace
#   netloom.ssh       a line that is sent back as it came, so that nothing of an earlier connection is taken for this one's;
#                     then an SSH connection, served by `sshd -i`
use strict;
use warnings;
use Fcntl;
use POSIX ();

# Kernel 6.1: arch/x86/entry/syscalls/syscall_64.tbl; include/uapi/linux/{sched,random}.h
my %SYS = (setns => 308, sethostname => 170, clock_settime => 227);
my ($CLONE_NEWUTS, $CLONE_NEWNET, $CLOCK_REALTIME) = (0x04000000, 0x40000000, 0);
my ($RNDADDENTROPY, $RNDRESEEDCRNG) = (0x40085203, 0x5207);
my ($F_SETOWN, $O_ASYNC) = (8, 020000);
my $ROOT = @ROOT@;
# The longest request, bytes; seconds between two looks for a host, which a signal ends sooner; bytes of a greeting.
my ($REQUEST_MAX, $LOOK, $GREETING_MAX) = (65536, 1, 200);
my @SSHD = qw(/usr/sbin/sshd -i -f /netloom/sshd_config);

sub call {
  my ($name, @arguments) = @_;
  syscall($SYS{$name}, @arguments) >= 0 or die "$name: $!\n";
}

sub content {
  my ($path) = @_;
  open(my $file, '<', $path) or return '';
  local $/;
  return readline($file) // '';
}

sub put {
  my ($path, $flags, $content) = @_;
  sysopen(my $file, $path, O_WRONLY | $flags, 0600) or die "$path: $!\n";
  defined syswrite($file, $content) or die "$path: $!\n";
}

# The port of a name, opened when the kernel has it.
sub port {
  my ($name) = @_;
  while (1) {
    for my $entry (glob '/sys/class/virtio-ports/*') {
      next if content("$entry/name") ne "$name\n";
      my ($device) = $entry =~ m{([^/]+)$};
      sysopen(my $port, "/dev/$device", O_RDWR) or die "$device: $!\n";
      # The kernel sends SIGIO when the host comes or goes.
      fcntl($port, $F_SETOWN, $$ + 0) or die "F_SETOWN: $!\n";
      fcntl($port, F_SETFL, $O_ASYNC) or die "F_SETFL: $!\n";
      return $port;
    }
    select undef, undef, undef, 0.02;
  }
}

# Some bytes from the host, at most so many; waits until one is there.
sub hear {
  my ($port, $length) = @_;
  while (1) {
    my $got = sysread($port, my $bytes, $length);
    return $bytes if $got;
    # Nobody is there, or SIGIO came meanwhile.
    select undef, undef, undef, $LOOK if defined $got;
  }
}

sub hear_all {
  my ($port, $length) = @_;
  my $bytes = '';
  $bytes .= hear($port, $length - length $bytes) while length $bytes < $length;
  return $bytes;
}

# Does something in a namespace, in a child.
sub within {
  my ($path, $kind, $work) = @_;
  my $child = fork // die "fork: $!\n";
  if (!$child) {
    my $done = eval {
      open(my $namespace, '<', $path) or die "$path: $!\n";
      call('setns', fileno $namespace, $kind);
      $work->();
      1;
    };
    print STDERR "netloom: $@" if !$done;
    POSIX::_exit($done ? 0 : 1);
  }
  waitpid $child, 0;
  die "it did not work in $path\n" if $?;
}

my $init;
my %VERBS = (
  hostname => sub {
    my ($name) = @_;
    within("/proc/$init/ns/uts", $CLONE_NEWUTS, sub { call('sethostname', $name, length $name) });
  },
  file => sub { put($_[0], O_TRUNC, $_[1]) },
  secret => sub { put($_[0], O_CREAT | O_EXCL, $_[1]) },
  forget => sub { unlink $_[0] or die "$_[0]: $!\n" },
  rest => sub { select undef, undef, undef, 0.02 while grep { content($_) eq "sshd\n" } glob '/proc/[0-9]*/comm' },
  clock => sub { call('clock_settime', $CLOCK_REALTIME, pack 'qq', $_[0], 0) },
  seed => sub {
    my $bytes = pack 'H*', $_[0];
    sysopen(my $random, '/dev/urandom', O_RDWR) or die "$!\n";
    ioctl $random, $RNDADDENTROPY, pack('ll', 8 * length $bytes, length $bytes) . $bytes or die "$!\n";
    ioctl $random, $RNDRESEEDCRNG, 0 or die "$!\n";
  },
  sysctl => sub {
    my ($netns, @settings) = @_;
    within($netns, $CLONE_NEWNET, sub {
      for (@settings) {
        my ($name, $value) = split /=/;
        put("/proc/sys/net/$name", 0, $value);
      }
    });
  },
  ip => sub {
    my ($netns, $lines) = @_;
    within($netns, $CLONE_NEWNET, sub {
      open(my $ip, '|-', 'ip', '-batch', '-') or die "$!\n";
      print $ip $lines;
      close $ip or die 'ended with status ' . ($? >> 8) . "\n";
    });
  },
);

# Starts the learner's system, and notes its init and what its root is called here.
sub begin {
  my @enter = qw(nsenter --user=/run/netloom/user --net=/run/netloom/net --);
  my @apart = qw(unshare --mount --pid --uts --ipc --cgroup --fork --propagation private sh /netloom/learner.sh);
  my $outer = fork // die "fork: $!\n";
  if (!$outer) {
    put('/sys/fs/cgroup/learner/cgroup.procs', 0, $$);
    exec @enter, @apart;
    die "nsenter: $!\n";
  }
  while (1) {
    ($init) = split ' ', content("/proc/$outer/task/$outer/children");
    last if $init && content("/proc/$init/cmdline") =~ /(^|\/)sleep\0infinity\0$/;
    die "the learner's system did not start\n" if waitpid($outer, POSIX::WNOHANG()) != 0;
    select undef, undef, undef, 0.01;
  }
  put('/run/netloom/init', O_CREAT, "$init $ROOT\n");
  return $outer;
}

sub answer_control {
  my $port = port('netloom.control');
  while (1) {
    my $length = unpack 'L', hear_all($port, 4);
    die "a request of $length bytes\n" if $length > $REQUEST_MAX;
    my $answer = "ok $init";
    for my $record (split /\0\0/, hear_all($port, $length)) {
      my ($verb, @arguments) = split /\0/, $record;
      my $run = $VERBS{$verb} // sub { die "unknown verb\n" };
      next if eval { $run->(@arguments); 1 };
      $answer = "$verb: $@";
      last;
    }
    $answer =~ tr/\n/ /;
    syswrite $port, "$answer\n";
  }
}

sub answer_ssh {
  my $port = port('netloom.ssh');
  while (1) {
    # The last sshd, which shared the port with us, had it otherwise.
    fcntl($port, F_SETFL, $O_ASYNC) or die "F_SETFL: $!\n";
    my $greeting = '';
    while ($greeting !~ /\n$/) {
      $greeting = '' if length $greeting > $GREETING_MAX;
      $greeting .= hear($port, 1);
    }
    next if $greeting !~ /(netloom [0-9a-f]+\n)$/;
    syswrite $port, $1;
    my $child = fork // die "fork: $!\n";
    if (!$child) {
      open(STDIN, '<&', $port) && open(STDOUT, '>&', $port) or die "dup: $!\n";
      fcntl(STDIN, F_SETFL, 0);
      exec @SSHD;
      die "sshd: $!\n";
    }
    waitpid $child, 0;
  }
}

# An endless part of the agent, in a process of its own.
sub apart {
  my ($part) = @_;
  my $child = fork // die "fork: $!\n";
  return $child if $child;
  $SIG{IO} = sub { };
  $part->();
  POSIX::_exit(1);
}

%ENV = (PATH => '/usr/sbin:/usr/bin:/sbin:/bin', LC_ALL => 'C', HOME => '/root');
system('sh', '/netloom/setup.sh') == 0 or die "setup.sh ended with status $?\n";
my $learner = begin();
my %parts = map { $_ => 1 } $learner, apart(\&answer_control), apart(\&answer_ssh);
while (1) {
  my $gone = wait;
  # Without one of them the node is none: the end of PID 1 is the machine's.
  exit 1 if $parts{$gone};
}
