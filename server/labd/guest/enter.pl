#!/usr/bin/perl
# Runs a command in the learner's system, from the agent's: in the namespaces of its init, as its root, with the
# capabilities that its init has and no more. Ends as the command does.
#
#   enter.pl [--terminal] COMMAND ARGUMENT…
#
# With --terminal, standard input is a terminal that the command is to have for itself: the terminal becomes the learner's,
# and is let go of, so that the command's session can make it its own (tty_ioctl(4)), as reaper.pl does it on the host.
use strict;
use warnings;
# No module: from the moment on when the root has changed, its file would come from the learner's tree.

my $INIT = '/run/netloom/init';
my $GROUP = '/sys/fs/cgroup/learner/cgroup.procs';
# Kernel 6.1: arch/x86/entry/syscalls/syscall_64.tbl; include/uapi/linux/{sched,prctl}.h, asm-generic/ioctls.h
my %SYS = (setns => 308, prctl => 157, setresuid => 117, setresgid => 119, setgroups => 116, setsid => 112);
my ($PR_CAPBSET_DROP, $PR_SET_NO_NEW_PRIVS, $LAST_CAPABILITY) = (24, 38, 40);
my ($TIOCNOTTY, $ENOENT) = (0x5422, 2);
# The user namespace first: it gives the right to enter the others.
my @KINDS = qw(user cgroup ipc uts net pid mnt);

sub call {
  my ($name, @arguments) = @_;
  syscall($SYS{$name}, @arguments) >= 0 or die "$name: $!\n";
}

sub content {
  my ($path) = @_;
  open(my $file, '<', $path) or die "$path: $!\n";
  local $/;
  return readline $file;
}

my $terminal = @ARGV && $ARGV[0] eq '--terminal' ? shift : '';

my ($init, $root) = split ' ', content($INIT);
my ($bounds) = content("/proc/$init/status") =~ /^CapBnd:\s*([0-9a-f]+)$/m or die "no init\n";
my @namespaces = map { open(my $file, '<', "/proc/$init/ns/$_") or die "$_: $!\n"; $file } @KINDS;
open(my $group, '>', $GROUP) or die "$GROUP: $!\n";
syswrite($group, $$) or die "$GROUP: $!\n";
close $group;

my $hung_up = 0;
my $child = 0;
if ($terminal) {
  # Letting go hangs up on our own group. Later it is how the host says that the terminal is to be closed.
  $SIG{HUP} = 'IGNORE';
  ioctl STDIN, $TIOCNOTTY, 0 or die "TIOCNOTTY: $!\n";
  chown $root, -1, *STDIN or die "chown: $!\n";
  $SIG{HUP} = sub {
    $hung_up = 1;
    kill 'HUP', $child if $child;
  };
}

call('setns', fileno $_, 0) for @namespaces;
close $_ for @namespaces;
call('setgroups', 0, 0);
call('setresgid', 0, 0, 0);
call('setresuid', 0, 0, 0);
# Only a child is in the pid namespace.
$child = fork // die "fork: $!\n";
if (!$child) {
  $SIG{HUP} = 'DEFAULT';
  call('setsid');
  for my $capability (0 .. $LAST_CAPABILITY) {
    call('prctl', $PR_CAPBSET_DROP, $capability, 0, 0, 0) if !(hex($bounds) >> $capability & 1);
  }
  call('prctl', $PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0);
  chdir '/root' or chdir '/';
  { exec { $ARGV[0] } @ARGV };
  # As shells have it.
  my $missing = $! == $ENOENT;
  print STDERR "$ARGV[0]: $!\n";
  exit($missing ? 127 : 126);
}
kill 'HUP', $child if $hung_up;
waitpid $child, 0;
# As a shell reports a signal.
exit($? & 127 ? 128 + ($? & 127) : $? >> 8);
