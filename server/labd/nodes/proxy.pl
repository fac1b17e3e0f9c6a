#!/usr/bin/perl
# Joins an ssh client with the sshd of a virtual machine: standard input and output with the Unix socket that is the host's
# end of the port netloom.ssh. A line comes first, and comes back: what was meant for an earlier client is passed over.
use strict;
use warnings;
use Errno qw(EINTR);
use Socket;

# Seconds for the machine to send the line back; so often it is sent; bytes that may come before.
my ($PATIENCE, $TRIES, $EARLIER_MAX) = (5, 3, 4 * 1024 * 1024);

my ($path) = @ARGV;
socket(my $machine, AF_UNIX, SOCK_STREAM, 0) or die "socket: $!\n";
connect($machine, pack_sockaddr_un($path)) or die "$path: $!\n";

sub put {
  my ($to, $bytes) = @_;
  my $done = 0;
  while ($done < length $bytes) {
    my $wrote = syswrite $to, $bytes, length($bytes) - $done, $done;
    exit 0 if !defined $wrote && $! != EINTR;
    $done += $wrote // 0;
  }
}

sub readable {
  my ($file, $seconds) = @_;
  my $in = '';
  vec($in, fileno $file, 1) = 1;
  return select $in, undef, undef, $seconds;
}

sub greeted {
  for my $try (1 .. $TRIES) {
    my $greeting = sprintf "netloom %x%x\n", $$, int rand 2**31;
    put($machine, $greeting);
    my $heard = '';
    my $until = time + $PATIENCE;
    while (time < $until && length $heard < $EARLIER_MAX) {
      next if readable($machine, 1) <= 0;
      sysread($machine, $heard, 65536, length $heard) or die "the machine ended\n";
      return substr $heard, index($heard, $greeting) + length $greeting if index($heard, $greeting) >= 0;
    }
  }
  die "the machine does not answer\n";
}

put(\*STDOUT, greeted());
my ($client, $server) = (fileno STDIN, fileno $machine);
while (1) {
  my $in = '';
  vec($in, $client, 1) = vec($in, $server, 1) = 1;
  my $ready = $in;
  next if select($ready, undef, undef, undef) <= 0;
  for ([$client, \*STDIN, $machine], [$server, $machine, \*STDOUT]) {
    my ($number, $from, $to) = @$_;
    next if !vec($ready, $number, 1);
    sysread($from, my $bytes, 65536) or exit 0;
    put($to, $bytes);
  }
}
