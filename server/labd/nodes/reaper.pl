#!/usr/bin/perl
# Runs `runc exec --detach …` (its arguments) and ends as the command in the node does, as soon as that does. Without
# --detach, runc would wait for whoever the command left behind holding its output. A detached command is an orphan:
# being its subreaper makes it ours to wait for. What it leaves behind goes to the node's own init.
use strict;
use warnings;
use Config;

my $PR_SET_CHILD_SUBREAPER = 36;
my $SYS_prctl = $Config{archname} =~ /^aarch64/ ? 167 : 157;
syscall($SYS_prctl, $PR_SET_CHILD_SUBREAPER, 1, 0, 0, 0) == 0 or die "prctl: $!\n";

my $runc = fork // die "fork: $!\n";
if (!$runc) {
  exec { $ARGV[0] } @ARGV;
  die "$ARGV[0]: $!\n";
}
waitpid $runc, 0;
exit($? >> 8 || 255) if $?;
exit 255 if wait == -1;
# As a shell reports a signal.
exit($? & 127 ? 128 + ($? & 127) : $? >> 8);
