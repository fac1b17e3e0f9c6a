#!/usr/bin/perl
# Starts a program, QEMU, with what it needs already open, and with no right to open more: as an id of nobody's, in a control
# group, in an empty network. Perl because it can enter a namespace and hand on what it opened, which Node cannot.
#
# Standard input holds records; each is a verb and its arguments, every field closed by NUL, the record by one more NUL.
# They are done in order; the last is `become`. NAME stands for a descriptor: `{NAME}` in later arguments is its number.
#
#   join PATH                     writes this process into a cgroup.procs
#   note PATH                     writes its pid there
#   listen NAME PATH              a Unix socket that waits for connections
#   read NAME PATH                a file, to be read
#   say PATH                      a file for standard output and error, which cannot grow beyond a bound
#   tap NAME NETNS LINK LINES     a new tap device LINK in a network namespace, where `ip -batch` then does LINES
#   become UID GIDS PROGRAM…      GIDS separated by commas, the first the main one
use strict;
use warnings;
use Config;
use Fcntl;
use Socket;

alarm 20;

# Kernel 6.18: arch/x86/entry/syscalls/syscall_64.tbl, and include/uapi/asm-generic/unistd.h for aarch64.
my %NUMBERS = (
  x86_64 => { prctl => 157, setresuid => 117, setresgid => 119, setgroups => 116, unshare => 272, setns => 308, prlimit64 => 302 },
  aarch64 => { prctl => 167, setresuid => 147, setresgid => 149, setgroups => 159, unshare => 97, setns => 268, prlimit64 => 261 },
);
my ($architecture) = $Config{archname} =~ /^(\w+?)-/;
my $SYS = $NUMBERS{$architecture} or die "qemu.pl does not know the system calls of $architecture\n";

# include/uapi/linux/{sched,prctl,if_tun,resource}.h
my ($CLONE_NEWNET, $PR_SET_NO_NEW_PRIVS, $PR_SET_THP_DISABLE) = (0x40000000, 38, 41);
my ($TUNSETIFF, $IFF_TAP, $IFF_NO_PI) = (0x400454ca, 0x0002, 0x1000);
my ($RLIMIT_FSIZE, $RLIMIT_CORE, $RLIMIT_NOFILE) = (1, 4, 7);
# Bytes of what QEMU and a machine's console may say; descriptors.
my ($SAID_MAX, $FILES_MAX) = (262144, 256);
my $WAITING_MAX = 8;

my %descriptors;
my @kept;

sub call {
  my ($name, @arguments) = @_;
  syscall($SYS->{$name}, @arguments) >= 0 or die "$name: $!\n";
}

sub handle {
  my ($path, $how) = @_;
  sysopen(my $file, $path, $how, 0600) or die "$path: $!\n";
  return $file;
}

# It outlives the change to another program.
sub keep {
  my ($name, $file) = @_;
  fcntl($file, F_SETFD, 0) or die "F_SETFD: $!\n";
  push @kept, $file;
  $descriptors{$name} = fileno $file;
}

sub put {
  my ($path, $content) = @_;
  my $file = handle($path, O_WRONLY);
  defined syswrite($file, $content) or die "$path: $!\n";
}

sub limit {
  my ($what, $value) = @_;
  my $limit = pack 'QQ', $value, $value;
  call('prlimit64', 0, $what, $limit, 0);
}

my %VERBS = (
  join => sub { put($_[0], $$) },
  note => sub {
    my $file = handle($_[0], O_WRONLY | O_CREAT | O_EXCL);
    syswrite($file, "$$\n") or die "$!\n";
  },
  listen => sub {
    my ($name, $path) = @_;
    socket(my $socket, AF_UNIX, SOCK_STREAM, 0) or die "$!\n";
    bind($socket, pack_sockaddr_un($path)) or die "$path: $!\n";
    listen($socket, $WAITING_MAX) or die "$!\n";
    keep($name, $socket);
  },
  read => sub {
    my ($name, $path) = @_;
    keep($name, handle($path, O_RDONLY));
  },
  say => sub {
    my $file = handle($_[0], O_WRONLY | O_CREAT | O_APPEND);
    open(STDOUT, '>&', $file) && open(STDERR, '>&', $file) or die "dup: $!\n";
  },
  tap => sub {
    my ($name, $netns, $link, $lines) = @_;
    my $namespace = handle($netns, O_RDONLY);
    call('setns', fileno $namespace, $CLONE_NEWNET);
    my $tap = handle('/dev/net/tun', O_RDWR);
    my $request = pack 'a16 s x22', $link, $IFF_TAP | $IFF_NO_PI;
    ioctl $tap, $TUNSETIFF, $request or die "TUNSETIFF: $!\n";
    open(my $ip, '|-', 'ip', '-batch', '-') or die "ip: $!\n";
    print $ip $lines;
    close $ip or die 'ip ended with status ' . ($? >> 8) . "\n";
    keep($name, $tap);
  },
  become => sub {
    my ($uid, $gids, @program) = @_;
    s/\{(\w+)\}/$descriptors{$1} \/\/ die "no descriptor $1\n"/ge for @program;
    my @gids = split /,/, $gids;
    call('unshare', $CLONE_NEWNET);
    limit($RLIMIT_CORE, 0);
    limit($RLIMIT_NOFILE, $FILES_MAX);
    limit($RLIMIT_FSIZE, $SAID_MAX);
    # Beyond the limit a write fails, and that is all.
    $SIG{XFSZ} = 'IGNORE';
    call('setgroups', scalar @gids, pack 'L*', @gids);
    call('setresgid', ($gids[0] + 0) x 3);
    call('setresuid', ($uid + 0) x 3);
    call('prctl', $PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0);
    # A machine is to take what it uses, not 2 MB for each page of that.
    call('prctl', $PR_SET_THP_DISABLE, 1, 0, 0, 0);
    chdir '/';
    alarm 0;
    open(STDIN, '<', '/dev/null') or die "/dev/null: $!\n";
    %ENV = (PATH => '/usr/bin:/bin', LC_ALL => 'C');
    exec { $program[0] } @program;
    die "$program[0]: $!\n";
  },
);

binmode STDIN;
my $input = do { local $/; <STDIN> };
for my $record (split /\0\0/, $input) {
  my ($verb, @arguments) = split /\0/, $record;
  my $run = $VERBS{$verb} or die "unknown verb $verb\n";
  eval { $run->(@arguments); 1 } or do {
    print STDERR "$verb: $@";
    exit 1;
  };
}
