# Makes a virtual machine's own places and, below them, the learner's system: namespaces as a container has them. The
# agent runs it once; what it makes is part of the memory snapshot.
set -e
mount -t tmpfs -o nosuid,nodev,mode=755,size=16m tmpfs /run
mkdir /dev/pts /dev/shm /run/sshd
mount -t devpts -o nosuid,noexec,gid=5,mode=620,ptmxmode=666 devpts /dev/pts
mount -t tmpfs -o nosuid,nodev,mode=1777,size=16m tmpfs /tmp
mount -t tmpfs -o nosuid,nodev,mode=700,size=4m tmpfs /root
mount -t cgroup2 -o nosuid,nodev,noexec cgroup2 /sys/fs/cgroup
echo '+memory +pids' > /sys/fs/cgroup/cgroup.subtree_control
mkdir /sys/fs/cgroup/learner
echo "@PIDS@" > /sys/fs/cgroup/learner/pids.max
echo "@MEMORY@" > /sys/fs/cgroup/learner/memory.max
ip link set lo up
perl /netloom/namespace.pl < /netloom/steps
