#!/usr/bin/perl
# Says which network namespaces a machine has, to whoever asks over ssh; sleeps between the questions.
#
#   question  PID of the init whose view counts, on a line
#   answer    "own INODE"; for each namespace with a name under /run/netns: "named INODE NAME"; then an empty line
#             Nothing but the empty line when there is no such process.
#
# Which names there are is taken from the kernel's table of mounts, and each is compared with what is there: a link or a
# file with such a name leads nowhere.
use strict;
use warnings;

# A node may have so many names for namespaces; no more are told.
my $NAMED_MAX = 64;

$| = 1;
while (defined(my $line = readline STDIN)) {
  my ($init) = $line =~ /^(\d+)$/ or exit 1;
  my ($device, $inode) = stat "/proc/$init/ns/net";
  if (defined $inode && open(my $mounts, '<', "/proc/$init/mountinfo")) {
    print "own $inode\n";
    my (%found, @names);
    while (my $mount = readline $mounts) {
      my ($number, $name) = $mount =~ m{^\d+ \d+ \d+:\d+ net:\[(\d+)\] /run/netns/([A-Za-z0-9_.-]{1,64}) .* - nsfs } or next;
      # A name that was mounted over is listed twice; the later line is what the name means now.
      push @names, $name if !exists $found{$name};
      $found{$name} = $number;
    }
    for my $name (@names > $NAMED_MAX ? @names[0 .. $NAMED_MAX - 1] : @names) {
      my ($there, $number) = lstat "/proc/$init/root/run/netns/$name" or next;
      print "named $number $name\n" if $there == $device && $number == $found{$name};
    }
  }
  print "\n";
}
