# Puts together the learner's system, inside its own namespaces, and becomes its init. Started by the agent; until the
# change of root, programs and paths are those of the agent's tree.
set -e
cd /run/netloom
mount --rbind root root
cd root
mount -t proc -o nosuid,noexec,nodev proc proc
mount -t tmpfs -o nosuid,strictatime,mode=755,size=64k,nr_inodes=256 tmpfs dev
mkdir dev/pts dev/shm dev/.lab dev/.lab/sys dev/.old
for device in null zero full random urandom tty; do
  : > "dev/$device"
  mount --bind "/dev/$device" "dev/$device"
done
ln -s /proc/self/fd dev/fd
ln -s /proc/self/fd/0 dev/stdin
ln -s /proc/self/fd/1 dev/stdout
ln -s /proc/self/fd/2 dev/stderr
ln -s pts/ptmx dev/ptmx
mount -t devpts -o nosuid,noexec,newinstance,ptmxmode=0666,mode=0620,gid=5,max=64 devpts dev/pts
mount -t tmpfs -o nosuid,noexec,nodev,mode=1777,size=16m tmpfs dev/shm
mount -t sysfs -o nosuid,noexec,nodev sysfs sys
# `ip netns exec` unmounts /sys and mounts a new one; the kernel allows that only while another is in full view.
mount -t sysfs -o nosuid,noexec,nodev sysfs dev/.lab/sys
mount -t tmpfs -o nosuid,nodev,mode=755,size=16m tmpfs run
pivot_root . dev/.old
cd /
umount -l /dev/.old
rmdir /dev/.old
exec setpriv --bounding-set=@CAPABILITIES@ --inh-caps=-all --no-new-privs env -i @ENVIRONMENT@ \
  @INIT@ < /dev/null > /dev/null 2>&1
