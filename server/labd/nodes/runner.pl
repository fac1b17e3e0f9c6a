#!/usr/bin/perl
# Runs programs on a machine that labd reaches by ssh, where no signal of labd's arrives. It is not copied there: it is an
# argument of perl, which is Essential on Debian and Ubuntu.
#
#   keep PROGRAM…   runs it with an empty standard input; the end of its own is a SIGTERM for it, and soon a SIGKILL
#   run MARK        runs what standard input says before the program's own input: LENGTH (32 bits, little-endian), then that
#                   many bytes, fields separated by NUL: SECONDS NAME=VALUE… "" PROGRAM…
#                   Begins and ends its standard error with a line that bears MARK, the last with the exit status. Ends when
#                   the program does, whoever holds its output; after so many SECONDS, ends everything that bears the mark.
#   sweep NAME=VALUE  ends everything whose environment has it
use strict;
use warnings;
use Config;
use Errno qw(EINTR ENOENT);

# Seconds: for a program to heed SIGTERM; between two looks at whether it has ended; how long output may trickle in after.
my ($GRACE, $LOOK, $DRAIN) = (1, 0.05, 0.2);
# Seconds until what is swept must be gone; how many looks in a row must find nothing, as a program may be forking.
my ($SWEEP, $QUIET) = (15, 2);
# include/uapi/linux/prctl.h
my ($PR_SET_PDEATHSIG, $SIGKILL) = (1, 9);
my $SYS_prctl = $Config{archname} =~ /^aarch64/ ? 167 : 157;
my $SYS_setsid = $Config{archname} =~ /^aarch64/ ? 157 : 112;

sub take {
  my ($length) = @_;
  my $bytes = '';
  while (length $bytes < $length) {
    my $got = sysread STDIN, $bytes, $length - length $bytes, length $bytes;
    exit 255 if !$got;
  }
  return $bytes;
}

sub put {
  my ($to, $bytes) = @_;
  my $done = 0;
  while ($done < length $bytes) {
    my $wrote = syswrite $to, $bytes, length($bytes) - $done, $done;
    next if !defined $wrote && $! == EINTR;
    exit 255 if !defined $wrote;
    $done += $wrote;
  }
}

sub status {
  return $? & 127 ? 128 + ($? & 127) : $? >> 8;
}

# Ends every process but this one whose environment has a line.
sub sweep {
  my ($line) = @_;
  my $deadline = time + $SWEEP;
  for (my $quiet = 0; $quiet < $QUIET;) {
    my @found;
    for my $file (glob '/proc/[0-9]*/environ') {
      my ($pid) = $file =~ m{(\d+)};
      next if $pid == $$ || !open(my $environ, '<', $file);
      local $/;
      push @found, $pid if grep { $_ eq $line } split /\0/, readline($environ) // '';
    }
    kill 'KILL', @found;
    $quiet = @found ? 0 : $quiet + 1;
    die "still there: @found\n" if time > $deadline;
    select undef, undef, undef, $LOOK / 10;
  }
}

sub replace_by {
  my (@program) = @_;
  no warnings 'exec';
  exec { $program[0] } @program;
  my $missing = $! == ENOENT;
  print STDERR "$program[0]: $!\n";
  require POSIX;
  POSIX::_exit($missing ? 127 : 126);
}

sub keep {
  my (@program) = @_;
  local $SIG{CHLD} = sub { };
  my $child = fork // die "fork: $!\n";
  if (!$child) {
    open(STDIN, '<', '/dev/null') or die "/dev/null: $!\n";
    syscall($SYS_prctl, $PR_SET_PDEATHSIG, $SIGKILL, 0, 0, 0);
    replace_by(@program);
  }
  # What it writes goes past us: its end is to be seen by whoever reads.
  open(STDOUT, '>', '/dev/null') or die "/dev/null: $!\n";
  my $told = 0;
  while (1) {
    if (waitpid($child, 1) == $child) {
      exit status();
    }
    my $in = '';
    vec($in, fileno STDIN, 1) = 1 if !$told;
    my $found = select $in, undef, undef, $LOOK;
    if ($told) {
      kill 'KILL', $child if time > $told + $GRACE;
    } elsif ($found > 0 && !sysread STDIN, my $ignored, 4096) {
      $told = time;
      kill 'TERM', $child;
    }
  }
}

sub run {
  my ($mark) = @_;
  my ($seconds, @fields) = split /\0/, take(unpack 'L', take(4)), -1;
  my %environment;
  while (@fields && $fields[0] ne '') {
    my ($name, $value) = split /=/, shift @fields, 2;
    $environment{$name} = $value;
  }
  shift @fields;
  put(\*STDERR, "$mark\n");
  my $mine = "NETLOOM_EXEC=$mark";
  # It takes too long, or nobody reads any more.
  local $SIG{ALRM} = local $SIG{PIPE} = sub { sweep($mine); exit 255 };
  alarm $seconds;
  local $SIG{CHLD} = sub { };
  pipe(my $out, my $out_end) && pipe(my $err, my $err_end) or die "pipe: $!\n";
  my $child = fork // die "fork: $!\n";
  if (!$child) {
    open(STDOUT, '>&', $out_end) && open(STDERR, '>&', $err_end) or die "dup: $!\n";
    syscall($SYS_setsid);
    %ENV = %environment;
    chdir($environment{HOME} // '/');
    replace_by(@fields);
  }
  close $out_end;
  close $err_end;
  # The program's alone: whoever feeds it is to be told when it reads no more.
  open(STDIN, '<', '/dev/null') or die "/dev/null: $!\n";
  my %copies = (fileno $out, [$out, \*STDOUT], fileno $err, [$err, \*STDERR]);
  my ($ended, $code, $left) = (0, 0, $DRAIN);
  while (%copies || !$ended) {
    if (!$ended && waitpid($child, %copies ? 1 : 0) == $child) {
      $ended = 1;
      $code = status();
    }
    last if !%copies || $left <= 0;
    my $in = '';
    vec($in, $_, 1) = 1 for keys %copies;
    my $found = select my $ready = $in, undef, undef, $LOOK;
    # Only silence counts: what it has written comes out, however slowly it is read.
    $left -= $LOOK if $ended && $found == 0;
    next if $found <= 0;
    for my $number (grep { vec($ready, $_, 1) } keys %copies) {
      my ($from, $to) = @{$copies{$number}};
      my $got = sysread $from, my $bytes, 65536;
      if ($got) {
        put($to, $bytes);
      } elsif (defined $got || $! != EINTR) {
        delete $copies{$number};
      }
    }
  }
  put(\*STDERR, "\n$mark $code\n");
  exit 0;
}

my ($verb, @arguments) = @ARGV;
if ($verb eq 'keep') {
  keep(@arguments);
} elsif ($verb eq 'run') {
  run(@arguments);
} else {
  sweep(@arguments);
}
