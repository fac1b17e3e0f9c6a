#!/bin/busybox sh
# The first program of a node that is a virtual machine, in its initramfs: loads what the kernel needs, and hands over to
# agent.pl in the read-only tree. Nothing of this remains afterwards.
b=/bin/busybox
$b mount -t devtmpfs devtmpfs /dev
$b mount -t proc -o nosuid,noexec,nodev proc /proc
$b mount -t sysfs -o nosuid,noexec,nodev sysfs /sys
while read -r module; do
  $b insmod "/modules/$module" || echo "netloom: $module was not loaded"
done < /modules/order
# Tunnels that nobody made would be in the learner's list of links.
echo 1 > /proc/sys/net/core/fb_tunnels_only_for_init_net
# From here on the kernel takes no more code, whoever asks.
echo 1 > /proc/sys/kernel/modules_disabled
$b mount -t ext4 -o ro,nodev /dev/vda /disk || echo 'netloom: no disk'
$b mount -t overlay -o ro,lowerdir=/disk/tools:/disk/image overlay /root
for place in dev proc sys; do $b mount --move /$place /root/$place; done
$b mount --move /disk /root/netloom/disk
# Limits are inherited by whatever the agent starts.
exec $b switch_root /root /usr/bin/prlimit @RLIMITS@ /usr/bin/perl /netloom/agent.pl
