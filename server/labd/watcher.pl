#!/usr/bin/perl
# Says when the network of some nodes changes, by the kernel's own notifications; asks nothing, and sleeps between them.
# Perl because it can enter a namespace, which Node cannot, and is Essential on Debian and Ubuntu.
#
#   watcher.pl NAMESPACE MOUNTINFO…   the network namespace of a node, and /proc/PID/mountinfo of its init
#
# Of each node one rtnetlink and one nftables socket hear also of the namespaces that the node's is joined with (by a veth
# pair, NETLINK_LISTEN_ALL_NSID), so that these need not be held open; that a name came or went under /run/netns is seen in
# the mount table. What a packet does by itself is left out: a neighbour that answers, an address that a bridge learns.
#
#   standard output   r  it listens · c  something changed · n  no more than neighbours that failed, or such entries gone
#                     at once, then gathered: at most one in 100 ms
#   standard input    its end ends the watcher
use strict;
use warnings;
use Config;

# Kernel 6.18: arch/x86/entry/syscalls/syscall_64.tbl, and include/uapi/asm-generic/unistd.h for aarch64.
my %NUMBERS = (
  x86_64 => { prctl => 157, setresuid => 117, setresgid => 119, setgroups => 116, setns => 308 },
  aarch64 => { prctl => 167, setresuid => 147, setresgid => 149, setgroups => 159, setns => 268 },
);
my ($architecture) = $Config{archname} =~ /^(\w+?)-/;
my $SYS = $NUMBERS{$architecture} or die "watcher.pl does not know the system calls of $architecture\n";

# include/uapi/linux/{sched,prctl,netlink,rtnetlink,neighbour,netfilter/nfnetlink}.h
my $CLONE_NEWNET = 0x40000000;
my ($PR_SET_PDEATHSIG, $PR_SET_NO_NEW_PRIVS, $SIGKILL) = (1, 38, 9);
my ($AF_NETLINK, $SOCK_RAW, $NETLINK_ROUTE, $NETLINK_NETFILTER) = (16, 3, 0, 12);
my ($SOL_NETLINK, $NETLINK_LISTEN_ALL_NSID, $MSG_DONTWAIT) = (270, 8, 0x40);
# LINK, NEIGH, IPV4_IFADDR, IPV4_ROUTE, IPV4_RULE, IPV4_NETCONF, NSID; and NFTABLES.
my $ROUTE_GROUPS = 1 << 0 | 1 << 2 | 1 << 4 | 1 << 6 | 1 << 7 | 1 << 23 | 1 << 27;
my $FILTER_GROUPS = 1 << 6;
my ($RTM_NEWNEIGH, $RTM_DELNEIGH, $AF_BRIDGE) = (28, 29, 7);
my ($NUD_FAILED, $NUD_NOARP, $NUD_PERMANENT) = (0x20, 0x40, 0x80);
my $NOBODY = 65534;
# Seconds between two words: what comes meanwhile is gathered.
my $PAUSE = 0.1;
# Datagrams that are looked at for one word; a flood has more, and is one change.
my $LOOKS = 64;

sub call {
  my ($name, @arguments) = @_;
  syscall($SYS->{$name}, @arguments) >= 0 or die "$name: $!\n";
}

my @sockets;
my @mounts;
while (my ($path, $table) = splice @ARGV, 0, 2) {
  open(my $namespace, '<', $path) or die "$path: $!\n";
  open(my $mounted, '<', $table) or die "$table: $!\n";
  push @mounts, $mounted;
  call('setns', fileno $namespace, $CLONE_NEWNET);
  for ([$NETLINK_ROUTE, $ROUTE_GROUPS], [$NETLINK_NETFILTER, $FILTER_GROUPS]) {
    my ($protocol, $groups) = @$_;
    # A kernel without nftables has nothing to say of it.
    socket(my $socket, $AF_NETLINK, $SOCK_RAW, $protocol) or next;
    bind($socket, pack 'SSLL', $AF_NETLINK, 0, 0, $groups) or next;
    setsockopt($socket, $SOL_NETLINK, $NETLINK_LISTEN_ALL_NSID, pack 'l', 1) or die "LISTEN_ALL_NSID: $!\n";
    push @sockets, { handle => $socket, isRoute => $protocol == $NETLINK_ROUTE };
  }
}

# From here on it has no rights at all, and listens only.
call('setgroups', 0, 0);
call('setresgid', $NOBODY, $NOBODY, $NOBODY);
call('setresuid', $NOBODY, $NOBODY, $NOBODY);
call('prctl', $PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0);
call('prctl', $PR_SET_PDEATHSIG, $SIGKILL, 0, 0, 0);

sub say {
  exit 0 if !defined syswrite STDOUT, $_[0];
}

# What a datagram of rtnetlink is worth: "c", "n" or nothing.
sub worth {
  my ($datagram) = @_;
  my $word = '';
  my $at = 0;
  while ($at + 16 <= length $datagram) {
    my ($length, $type) = unpack 'Lv', substr $datagram, $at, 6;
    last if $length < 16;
    return 'c' if $type != $RTM_NEWNEIGH && $type != $RTM_DELNEIGH;
    if ($length >= 28 && $at + 28 <= length $datagram) {
      my ($family, $state) = unpack 'Cx7v', substr $datagram, $at + 16, 10;
      return 'c' if $state & $NUD_PERMANENT || ($family == $AF_BRIDGE && $state & $NUD_NOARP);
      $word = 'n' if $family != $AF_BRIDGE && $state & $NUD_FAILED;
    }
    $at += ($length + 3) & ~3;
  }
  return $word;
}

# What has come in on a socket; it is empty then, or one change.
sub listen_to {
  my ($socket) = @_;
  my $word = '';
  for (1 .. $LOOKS) {
    my $sender = recv $socket->{handle}, my $datagram, 65536, $MSG_DONTWAIT;
    if (!defined $sender) {
      # More came than the kernel keeps.
      return $!{ENOBUFS} ? 'c' : $word;
    }
    # A learner who is root in the namespace can send to this socket, too: only port 0 is the kernel.
    next if length $sender < 8 || (unpack 'SSLL', $sender)[2] != 0;
    my $more = $socket->{isRoute} ? worth($datagram) : 'c';
    $word = $more if $more eq 'c' || $word eq '';
  }
  return $word eq '' ? '' : 'c';
}

my ($read, $except) = ('', '');
vec($read, fileno STDIN, 1) = 1;
vec($read, fileno $_->{handle}, 1) = 1 for @sockets;
vec($except, fileno $_, 1) = 1 for @mounts;
# The first look at a mount table sets what later ones are compared with.
select my $nothing = $read, undef, my $past = $except, 0;
say('r');
while (1) {
  select my $ready = $read, undef, my $changed = $except, undef;
  exit 0 if vec($ready, fileno STDIN, 1);
  my $word = (grep { vec($changed, fileno $_, 1) } @mounts) ? 'c' : '';
  for my $socket (grep { vec($ready, fileno $_->{handle}, 1) } @sockets) {
    my $more = listen_to($socket);
    $word = $more if $more eq 'c' || $word eq '';
  }
  next if $word eq '';
  say($word);
  select undef, undef, undef, $PAUSE;
}
