#!/usr/bin/perl
# The one way out of a node, where its lab names hosts: a proxy that listens in the node's network namespace and connects
# from the host's. It is root while it opens its socket, then nobody. Perl because it can enter a namespace, which Node
# cannot, and is Essential on Debian and Ubuntu.
#
#   egress.pl NETNS TRUSTED HOST…   TRUSTED is ADDRESS:PORT that may be reached whatever it is (for tests), or "-"
#
#   CONNECT HOST:443        a tunnel, if HOST is one of those
#   GET http://HOST/PATH    one request, likewise; HEAD, too; port 80
#
# A name is resolved here and what it resolves to is checked and used: never an address of this machine, of a private or
# special network (RFC 6890), whoever answers for the name. Standard output says "ready"; its end ends the proxy.
use strict;
use warnings;
use Config;
use Fcntl;
use Socket qw(:DEFAULT getaddrinfo inet_aton SOL_SOCKET SO_REUSEADDR SOCK_STREAM AF_INET);

# Where it listens, in the node.
my $PORT = 3128;
# Connections of one node at a time; further ones are refused at once.
my $CHILDREN_MAX = 16;
# Seconds for a request to arrive, for a connection to be made, for a connection in all.
my ($HEAD_S, $CONNECT_S, $LIFE_S) = (10, 10, 600);
# Bytes of a request's head, and of one connection in both directions.
my ($HEAD_MAX, $BYTES_MAX) = (8192, 512 * 2 ** 20);
my $PIECE = 65536;

my %NUMBERS = (
  x86_64 => { prctl => 157, setresuid => 117, setresgid => 119, setgroups => 116, setns => 308 },
  aarch64 => { prctl => 167, setresuid => 147, setresgid => 149, setgroups => 159, setns => 268 },
);
my ($architecture) = $Config{archname} =~ /^(\w+?)-/;
my $SYS = $NUMBERS{$architecture} or die "egress.pl does not know the system calls of $architecture\n";
# include/uapi/linux/{sched,prctl}.h
my $CLONE_NEWNET = 0x40000000;
my ($PR_SET_PDEATHSIG, $PR_SET_NO_NEW_PRIVS, $SIGKILL) = (1, 38, 9);
my $NOBODY = 65534;

# RFC 6890 and 5771: what is not the public internet.
my @SPECIAL = map { [split m{/}] } qw(
  0.0.0.0/8 10.0.0.0/8 100.64.0.0/10 127.0.0.0/8 169.254.0.0/16 172.16.0.0/12 192.0.0.0/24 192.0.2.0/24 192.88.99.0/24
  192.168.0.0/16 198.18.0.0/15 198.51.100.0/24 203.0.113.0/24 224.0.0.0/4 240.0.0.0/4
);

sub call {
  my ($name, @arguments) = @_;
  syscall($SYS->{$name}, @arguments) >= 0 or die "$name: $!\n";
}

my ($netns, $trusted, @hosts) = @ARGV;
my %allowed = map { lc $_ => 1 } @hosts;

open(my $home, '<', '/proc/self/ns/net') or die "own namespace: $!\n";
open(my $away, '<', $netns) or die "$netns: $!\n";
call('setns', fileno $away, $CLONE_NEWNET);
socket(my $door, AF_INET, SOCK_STREAM, 0) or die "socket: $!\n";
setsockopt($door, SOL_SOCKET, SO_REUSEADDR, 1);
bind($door, pack_sockaddr_in($PORT, inet_aton('127.0.0.1'))) or die "bind: $!\n";
listen($door, $CHILDREN_MAX) or die "listen: $!\n";
call('setns', fileno $home, $CLONE_NEWNET);
close $away;
close $home;
call('setgroups', 0, 0);
call('setresgid', $NOBODY, $NOBODY, $NOBODY);
call('setresuid', $NOBODY, $NOBODY, $NOBODY);
call('prctl', $PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0);
call('prctl', $PR_SET_PDEATHSIG, $SIGKILL, 0, 0, 0);

sub put {
  my ($socket, $bytes) = @_;
  my $done = 0;
  while ($done < length $bytes) {
    my $wrote = syswrite $socket, $bytes, length($bytes) - $done, $done;
    exit 0 if !defined $wrote;
    $done += $wrote;
  }
}

sub refuse {
  my ($socket, $status, $why) = @_;
  put($socket, "HTTP/1.1 $status\r\nContent-Type: text/plain; charset=utf-8\r\nConnection: close\r\n\r\n$why\n");
  exit 0;
}

# Whether an address is one that a node may be led to.
sub is_public {
  my ($address) = @_;
  my $number = unpack 'N', $address;
  for (@SPECIAL) {
    my ($from, $bits) = @$_;
    my $shift = 32 - $bits;
    return 0 if $number >> $shift == unpack('N', inet_aton($from)) >> $shift;
  }
  # An address of this machine can be bound to, and no other.
  socket(my $trial, AF_INET, SOCK_STREAM, 0) or return 0;
  return !bind($trial, pack_sockaddr_in(0, $address));
}

sub reach {
  my ($client, $host, $port) = @_;
  alarm $CONNECT_S;
  my ($error, @found) = getaddrinfo($host, $port, { family => AF_INET, socktype => SOCK_STREAM });
  alarm 0;
  refuse($client, '502 Bad Gateway', '这个名字现在查不到地址。') if $error || !@found;
  for (@found) {
    my ($to, $address) = unpack_sockaddr_in($_->{addr});
    next if !is_public($address) && inet_ntoa($address) . ":$to" ne $trusted;
    socket(my $server, AF_INET, SOCK_STREAM, 0) or next;
    my $made = eval {
      local $SIG{ALRM} = sub { die "timeout\n" };
      alarm $CONNECT_S;
      connect($server, $_->{addr}) or die "$!\n";
      1;
    };
    alarm 0;
    return $server if $made;
  }
  refuse($client, '502 Bad Gateway', '连不上这台主机，或者它的地址不在公网上。');
}

# Carries bytes both ways, or only back, until one side ends.
sub carry {
  my ($client, $server, $both) = @_;
  my $left = $BYTES_MAX;
  my @ways = ([$server, $client], $both ? [$client, $server] : ());
  while ($left > 0) {
    my $read = '';
    vec($read, fileno $_->[0], 1) = 1 for @ways;
    select(my $ready = $read, undef, undef, undef);
    for (@ways) {
      my ($from, $to) = @$_;
      next if !vec($ready, fileno $from, 1);
      my $bytes;
      my $got = sysread $from, $bytes, $PIECE;
      return if !$got;
      $left -= $got;
      put($to, $bytes);
    }
  }
}

sub serve {
  my ($client) = @_;
  my $head = '';
  alarm $HEAD_S;
  while ($head !~ /\r?\n\r?\n/) {
    refuse($client, '431 Request Header Fields Too Large', '请求头太长。') if length $head > $HEAD_MAX;
    sysread $client, $head, 4096, length $head or exit 0;
  }
  alarm 0;
  my ($method, $target) = $head =~ /^([A-Z]+) (\S+) HTTP\/1\.[01]\r?\n/ or refuse($client, '400 Bad Request', '看不懂这个请求。');
  my ($host, $port, $path);
  if ($method eq 'CONNECT') {
    ($host, $port) = $target =~ /^([A-Za-z0-9.-]{1,253}):(\d{1,5})$/;
  } elsif ($method =~ /^(?:GET|HEAD)$/) {
    ($host, $port, $path) = $target =~ m{^http://([A-Za-z0-9.-]{1,253})(?::(\d{1,5}))?(/[!-~]*)$};
    $port //= 80;
  }
  refuse($client, '400 Bad Request', '只能 CONNECT 主机:443，或 GET、HEAD http://主机/。') if !defined $host;
  refuse($client, '403 Forbidden', "这个实验没有开放 $host。") if !$allowed{lc $host};
  my $usual = $method eq 'CONNECT' ? 443 : 80;
  refuse($client, '403 Forbidden', "只开放端口 $usual。") if $port != $usual && $trusted !~ /:$port$/;
  my $server = reach($client, $host, $port);
  alarm $LIFE_S;
  if ($method eq 'CONNECT') {
    put($client, "HTTP/1.1 200 Connection established\r\n\r\n");
    put($server, $1) if $head =~ /\r?\n\r?\n(.+)$/s;
    carry($client, $server, 1);
  } else {
    # One request, and nothing after it: the next might be for another host behind the same address.
    my @kept = grep { !/[^\t -~]/ && /^(?:Accept|Accept-Encoding|Cache-Control|If-Modified-Since|If-None-Match|If-Range|Range|User-Agent):/i }
      split /\r?\n/, ($head =~ /^[^\n]*\n(.*?)\r?\n\r?\n/s)[0] // '';
    my $place = $port == 80 ? $host : "$host:$port";
    put($server, join "\r\n", "$method $path HTTP/1.1", "Host: $place", 'Connection: close', @kept, '', '');
    carry($client, $server, 0);
  }
}

# What learners load goes after everything of the host's.
setpriority 0, 0, 10;
syswrite STDOUT, "ready\n";
$SIG{PIPE} = 'IGNORE';
my $children = 0;
my ($read, $ready) = ('', '');
vec($read, fileno STDIN, 1) = 1;
vec($read, fileno $door, 1) = 1;
while (1) {
  # The second is for those that have ended.
  select $ready = $read, undef, undef, 1;
  while ($children > 0) {
    last if waitpid(-1, 1) <= 0;
    $children--;
  }
  if (vec($ready, fileno STDIN, 1)) {
    exit 0;
  }
  next if !vec($ready, fileno $door, 1);
  accept(my $client, $door) or next;
  if ($children >= $CHILDREN_MAX) {
    close $client;
    next;
  }
  my $child = fork;
  next if !defined $child;
  if (!$child) {
    call('prctl', $PR_SET_PDEATHSIG, $SIGKILL, 0, 0, 0);
    close $door;
    serve($client);
    exit 0;
  }
  $children++;
}
