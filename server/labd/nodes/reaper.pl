#!/usr/bin/perl
# Runs `runc exec --detach …` (its arguments) and ends as the command in the node does, as soon as that does. Without
# --detach, runc would wait for whoever the command left behind holding its output. A detached command is an orphan:
# being its subreaper makes it ours to wait for. What it leaves behind goes to the node's own init.
#
# With `--terminal UID` before them, standard input is a terminal that the command is to have for itself, without a relay
# between: the terminal becomes UID's, and is let go of, so that the command's session can make it its own (tty_ioctl(4)).
use strict;
use warnings;
use Config;

my $PR_SET_CHILD_SUBREAPER = 36;
my $SYS_prctl = $Config{archname} =~ /^aarch64/ ? 167 : 157;
# include/uapi/asm-generic/ioctls.h
my $TIOCNOTTY = 0x5422;

syscall($SYS_prctl, $PR_SET_CHILD_SUBREAPER, 1, 0, 0, 0) == 0 or die "prctl: $!\n";

my $hung_up = 0;
if ($ARGV[0] eq '--terminal') {
  my (undef, $owner) = splice @ARGV, 0, 2;
  # Letting go hangs up on our own group. Later it is how ptyd says that the terminal is to be closed.
  $SIG{HUP} = 'IGNORE';
  ioctl STDIN, $TIOCNOTTY, 0 or die "TIOCNOTTY: $!\n";
  # Its group stays the host's: nobody in the node is in it.
  chown $owner, -1, *STDIN or die "chown: $!\n";
  $SIG{HUP} = \&hang_up;
}

# The command is our only child once runc has gone.
sub hang_up {
  $hung_up = 1;
  open(my $list, '<', "/proc/self/task/$$/children") or return;
  kill 'HUP', split ' ', readline($list) // '';
}

my $runc = fork // die "fork: $!\n";
if (!$runc) {
  $SIG{HUP} = 'DEFAULT';
  exec { $ARGV[0] } @ARGV;
  die "$ARGV[0]: $!\n";
}
waitpid $runc, 0;
exit($? >> 8 || 255) if $?;
# It came while runc was at work, and may have met nobody.
hang_up() if $hung_up;
exit 255 if wait == -1;
# As a shell reports a signal.
exit($? & 127 ? 128 + ($? & 127) : $? >> 8);
