#!/usr/bin/perl
# Does to the kernel what neither Node nor iproute2 can: pinned namespaces with a chosen owner, id-mapped mounts.
# Perl because perl-base is Essential on Debian and Ubuntu, so that nothing is compiled.
#
# Standard input holds records; each is a verb and its arguments, every field closed by NUL, the record by one more NUL.
# They are done in order; the first that fails is named on standard error and ends the program with status 1.
#
#   userns OWNER BASE SIZE PIN LIMIT=N…  a user namespace created by uid OWNER, ids 0… mapped to BASE…, pinned at PIN
#   netns USERNS PIN                     a network namespace owned by the user namespace, or by the host's for "-"
#   sysctl NETNS NAME=VALUE…             NAME as a path under /proc/sys/net
#   bridge NETNS NAME                    a bridge, up
#   plug NETNS BRIDGE PORT TO NIC MAC    a cable from a port of the bridge, which learns no addresses, to NIC in the
#                                        network namespace TO
#   card NETNS NIC ADDRESS LENGTH        the loopback and the card up, the card with an IPv4 address
#   unplug NETNS LINK                    deletes the link if it is there
#   mkdir PATH MODE OWNER
#   write PATH MODE OWNER CONTENT
#   mount TYPE TARGET OPTIONS            nosuid, nodev
#   idmap SOURCE TARGET USERNS           SOURCE read-only at TARGET, its ids mapped as in the user namespace
#   unmount PREFIX                       everything mounted at or below PREFIX, newest first
use strict;
use warnings;
use Config;
use Fcntl;

# Seconds. A session's whole list takes about 50 ms.
alarm 20;

# Kernel 6.18: arch/x86/entry/syscalls/syscall_64.tbl, and include/uapi/asm-generic/unistd.h for aarch64.
my %NUMBERS = (
  x86_64 => {
    mount => 165, umount2 => 166, prctl => 157, setresgid => 119, setresuid => 117, capset => 126, exit_group => 231,
    unshare => 272, setns => 308, open_tree => 428, move_mount => 429, mount_setattr => 442,
  },
  aarch64 => {
    mount => 40, umount2 => 39, prctl => 167, setresgid => 149, setresuid => 147, capset => 91, exit_group => 94,
    unshare => 97, setns => 268, open_tree => 428, move_mount => 429, mount_setattr => 442,
  },
);
my ($architecture) = $Config{archname} =~ /^(\w+?)-/;
my $SYS = $NUMBERS{$architecture} or die "namespace.pl does not know the system calls of $architecture\n";

# include/uapi/linux/{sched,mount,capability,prctl,fcntl}.h
my $CLONE_NEWUSER = 0x10000000;
my $CLONE_NEWNET = 0x40000000;
my ($MS_RDONLY, $MS_NOSUID, $MS_NODEV, $MS_BIND, $MNT_DETACH) = (1, 2, 4, 4096, 2);
my ($OPEN_TREE_CLONE, $MOVE_MOUNT_F_EMPTY_PATH) = (1, 4);
my ($ATTR_RDONLY, $ATTR_NOSUID, $ATTR_NODEV, $ATTR_IDMAP) = (1, 2, 4, 0x00100000);
my ($AT_FDCWD, $AT_EMPTY_PATH) = (-100, 0x1000);
# include/uapi/linux/{netlink,rtnetlink,if,if_link,if_addr,veth,sockios}.h
my ($AF_INET, $AF_NETLINK, $SOCK_RAW, $NLMSG_ERROR, $SIOCGIFINDEX) = (2, 16, 3, 2, 0x8933);
my ($NLM_F_REQUEST, $NLM_F_ACK, $NLM_F_EXCL, $NLM_F_CREATE) = (1, 4, 0x200, 0x400);
my ($RTM_NEWLINK, $RTM_DELLINK, $RTM_NEWADDR, $IFF_UP) = (16, 17, 20, 1);
my ($IFLA_ADDRESS, $IFLA_IFNAME, $IFLA_MASTER, $IFLA_LINKINFO, $IFLA_NET_NS_FD) = (1, 3, 10, 18, 28);
my ($IFLA_INFO_KIND, $IFLA_INFO_DATA, $IFLA_INFO_SLAVE_KIND, $IFLA_INFO_SLAVE_DATA) = (1, 2, 4, 5);
my ($VETH_INFO_PEER, $IFLA_BRPORT_LEARNING, $IFA_ADDRESS, $IFA_LOCAL) = (1, 8, 1, 2);
my ($PR_SET_KEEPCAPS, $CAPABILITY_VERSION_3, $CAP_SYS_ADMIN) = (8, 0x20080522, 21);

sub call {
  my ($name, @arguments) = @_;
  my $result = syscall($SYS->{$name}, @arguments);
  die "$name: $!\n" if $result < 0;
  return $result;
}

sub put {
  my ($path, $content, $create) = @_;
  sysopen(my $file, $path, O_WRONLY | ($create ? O_CREAT | O_EXCL : 0)) or die "$path: $!\n";
  defined syswrite($file, $content) or die "$path: $!\n";
  close $file or die "$path: $!\n";
}

sub handle {
  my ($path) = @_;
  sysopen(my $file, $path, O_RDONLY) or die "$path: $!\n";
  return $file;
}

sub enter {
  my ($path, $kind) = @_;
  call('setns', fileno(handle($path)), $kind);
}

# Runs $work in a child and waits. With $meanwhile, the child stays after its work until the parent has done that.
sub apart {
  my ($work, $meanwhile) = @_;
  pipe(my $ready, my $tell) && pipe(my $gate, my $open) or die "pipe: $!\n";
  my $child = fork // die "fork: $!\n";
  if (!$child) {
    close $ready;
    close $open;
    my $done = eval { $work->(); 1 };
    print STDERR $@ if !$done;
    syswrite $tell, 'x' if $done;
    sysread $gate, my $buffer, 1 if $done;
    # Not exit: what the parent has to put out is not this one's. POSIX::_exit would load POSIX, 10 ms each time.
    syscall($SYS->{exit_group}, $done ? 0 : 1);
  }
  close $tell;
  close $gate;
  my $done = sysread $ready, my $buffer, 1;
  my $result = eval { $meanwhile->($child) if $done && $meanwhile; 1 };
  my $error = $@;
  close $open;
  waitpid $child, 0;
  die $error if !$result;
  die "failed in its child\n" if !$done || $?;
}

my $own = '/proc/self/ns/net';
my $home = do { sysopen(my $file, $own, O_RDONLY) or die "$own: $!\n"; $file };

# Runs $work in a network namespace, which unlike a user namespace can be left again: no process of its own is needed.
sub within {
  my ($netns, $work) = @_;
  enter($netns, $CLONE_NEWNET);
  my $done = eval { $work->(); 1 };
  my $error = $@;
  call('setns', fileno $home, $CLONE_NEWNET);
  die $error if !$done;
}

# What `ip` would ask the kernel: starting it five times took longer than everything else here (rtnetlink(7)).
sub attribute { pack 'S S a* x![4]', 4 + length $_[1], @_ }

# Asks for one thing in this namespace, and waits for the answer.
sub request {
  my ($type, $flags, $body) = @_;
  socket(my $kernel, $AF_NETLINK, $SOCK_RAW, 0) or die "netlink: $!\n";
  my $header = pack 'L S S L L', 16 + length $body, $type, $NLM_F_REQUEST | $NLM_F_ACK | $flags, 1, 0;
  defined send($kernel, $header . $body, 0) or die "netlink: $!\n";
  defined recv($kernel, my $answer, 16384, 0) or die "netlink: $!\n";
  my (undef, $kind, undef, undef, undef, $error) = unpack 'L S S L L l', $answer;
  die "netlink: no answer\n" if $kind != $NLMSG_ERROR;
  local $! = -$error;
  die "$!\n" if $error;
}

sub link_of { pack 'C x S l L L', 0, 0, 0, ($_[0] // 0) x 2 }

sub link_named { link_of($_[1]) . attribute($IFLA_IFNAME, "$_[0]\0") }

sub index_of {
  my ($name) = @_;
  socket(my $any, $AF_NETLINK, $SOCK_RAW, 0) or die "netlink: $!\n";
  my $asked = pack 'a16 x24', $name;
  ioctl $any, $SIOCGIFINDEX, $asked or die "$name: $!\n";
  return unpack 'x16 l', $asked;
}

sub pin {
  my ($source, $pin) = @_;
  put($pin, '', 1) if !-e $pin;
  call('mount', $source, $pin, 0, $MS_BIND, 0);
}

my %VERBS = (
  userns => sub {
    my ($owner, $base, $size, $pin, @limits) = @_;
    apart(sub {
      # The kernel charges the per-user quotas of namespaces to the uid that created them: let that be the session's
      # own, not root. CAP_SYS_ADMIN stays, so that rules against unprivileged user namespaces do not bite.
      call('prctl', $PR_SET_KEEPCAPS, 1, 0, 0, 0);
      call('setresgid', $owner + 0, $owner + 0, $owner + 0);
      call('setresuid', $owner + 0, $owner + 0, $owner + 0);
      my $header = pack 'Ll', $CAPABILITY_VERSION_3, 0;
      my $sets = pack 'L6', 1 << $CAP_SYS_ADMIN, 1 << $CAP_SYS_ADMIN, 0, 0, 0, 0;
      call('capset', $header, $sets);
      call('unshare', $CLONE_NEWUSER);
    }, sub {
      my ($child) = @_;
      put("/proc/$child/uid_map", "0 $base $size\n");
      put("/proc/$child/gid_map", "0 $base $size\n");
      pin("/proc/$child/ns/user", $pin);
    });
    apart(sub {
      enter($pin, $CLONE_NEWUSER);
      for (@limits) {
        my ($name, $value) = split /=/;
        put("/proc/sys/user/max_$name", $value);
      }
    });
  },
  netns => sub {
    my ($userns, $pin) = @_;
    if ($userns eq '-') {
      call('unshare', $CLONE_NEWNET);
      my $done = eval { pin($own, $pin); 1 };
      my $error = $@;
      call('setns', fileno $home, $CLONE_NEWNET);
      die $error if !$done;
      return;
    }
    apart(sub {
      enter($userns, $CLONE_NEWUSER);
      call('unshare', $CLONE_NEWNET);
    }, sub { pin("/proc/$_[0]/ns/net", $pin) });
  },
  sysctl => sub {
    my ($netns, @settings) = @_;
    within($netns, sub {
      for (@settings) {
        my ($name, $value) = split /=/;
        put("/proc/sys/net/$name", $value) if -e "/proc/sys/net/$name";
      }
    });
  },
  bridge => sub {
    my ($netns, $name) = @_;
    my $kind = attribute($IFLA_LINKINFO, attribute($IFLA_INFO_KIND, 'bridge'));
    within($netns, sub { request($RTM_NEWLINK, $NLM_F_CREATE | $NLM_F_EXCL, link_named($name, $IFF_UP) . $kind) });
  },
  plug => sub {
    my ($netns, $bridge, $port, $to, $nic, $mac) = @_;
    my $there = handle($to);
    within($netns, sub {
      my $peer = link_named($nic)
        . attribute($IFLA_ADDRESS, pack 'H2' x 6, split /:/, $mac)
        . attribute($IFLA_NET_NS_FD, pack 'L', fileno $there);
      my $kind = attribute($IFLA_INFO_KIND, 'veth') . attribute($IFLA_INFO_DATA, attribute($VETH_INFO_PEER, $peer));
      my $master = attribute($IFLA_MASTER, pack 'L', index_of($bridge));
      request($RTM_NEWLINK, $NLM_F_CREATE | $NLM_F_EXCL, link_named($port) . $master . attribute($IFLA_LINKINFO, $kind));
      my $deaf = attribute($IFLA_INFO_SLAVE_DATA, attribute($IFLA_BRPORT_LEARNING, "\0"));
      my $slave = attribute($IFLA_LINKINFO, attribute($IFLA_INFO_SLAVE_KIND, 'bridge') . $deaf);
      request($RTM_NEWLINK, 0, link_named($port, $IFF_UP) . $slave);
    });
  },
  card => sub {
    my ($netns, $nic, $address, $length) = @_;
    my $bytes = pack 'C4', split /\./, $address;
    within($netns, sub {
      request($RTM_NEWLINK, 0, link_named($_, $IFF_UP)) for 'lo', $nic;
      my $where = pack 'C C C C L', $AF_INET, $length, 0, 0, index_of($nic);
      my $what = attribute($IFA_LOCAL, $bytes) . attribute($IFA_ADDRESS, $bytes);
      request($RTM_NEWADDR, $NLM_F_CREATE | $NLM_F_EXCL, $where . $what);
    });
  },
  unplug => sub {
    my ($netns, $link) = @_;
    within($netns, sub {
      my $plugged = sub { grep { /^\s*\Q$link\E:/ } readline handle('/proc/self/net/dev') };
      # The kernel takes a dead node's network apart in its own time, and with a veth its other end: the link may go
      # by itself between the look and the deed.
      return if !$plugged->() || eval { request($RTM_DELLINK, 0, link_named($link)); 1 };
      die $@ if $plugged->();
    });
  },
  mkdir => sub {
    my ($path, $mode, $owner) = @_;
    mkdir $path or die "$path: $!\n";
    chown $owner, $owner, $path or die "$path: $!\n";
    chmod oct $mode, $path or die "$path: $!\n";
  },
  write => sub {
    my ($path, $mode, $owner, $content) = @_;
    put($path, $content, 1);
    chown $owner, $owner, $path or die "$path: $!\n";
    chmod oct $mode, $path or die "$path: $!\n";
  },
  mount => sub {
    my ($type, $target, $options) = @_;
    call('mount', 'netloom', $target, $type, $MS_NOSUID | $MS_NODEV, $options);
  },
  idmap => sub {
    my ($source, $target, $userns) = @_;
    my $tree = call('open_tree', $AT_FDCWD, $source, $OPEN_TREE_CLONE);
    my $user = handle($userns);
    my $attributes = pack 'Q4', $ATTR_RDONLY | $ATTR_NOSUID | $ATTR_NODEV | $ATTR_IDMAP, 0, 0, fileno $user;
    call('mount_setattr', $tree, my $here = '', $AT_EMPTY_PATH, $attributes, length $attributes);
    call('move_mount', $tree, $here, $AT_FDCWD, $target, $MOVE_MOUNT_F_EMPTY_PATH);
  },
  unmount => sub {
    my ($prefix) = @_;
    my $mounts = handle('/proc/self/mountinfo');
    my @points = map { (split / /)[4] } <$mounts>;
    for my $point (reverse grep { $_ eq $prefix || index($_, "$prefix/") == 0 } @points) {
      call('umount2', $point, $MNT_DETACH);
    }
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
