#!/bin/bash
# Stops the node: killing the first process of its namespaces ends every process in them, pods included.
#
#   STATE=DIR down.sh
HERE=$(dirname "$(readlink -f "$0")"); S=${STATE:?folder of this node}; D=$S/data; VETH=lgn0
if [ -e "$D/init.pid" ]; then
  P=$(cat "$D/init.pid"); U=$(cat "$D/unshare.pid")
  # Only if it is still ours.
  if tr '\0' ' ' < "/proc/$P/cmdline" 2>/dev/null | grep -q "$HERE/inner.sh"; then kill -9 "$P"; fi
  for _ in $(seq 100); do [ -e "/proc/$P" ] || [ -e "/proc/$U" ] || break; sleep 0.1; done
  rm -f "$D/init.pid" "$D/unshare.pid"
fi
ip link del $VETH 2>/dev/null
# The pods' control groups, deepest first.
for _ in 1 2 3 4 5; do
  left=0
  for h in /sys/fs/cgroup/*/; do
    [ ! -d "$h/kubepods" ] || { find "$h/kubepods" -depth -type d -exec rmdir {} + 2>/dev/null; [ ! -d "$h/kubepods" ] || left=1; }
  done
  [ $left = 1 ] || break
  sleep 0.5
done
rm -rf "$D/containerd" "$D/bind" "$D/etcd" "$D/podlogs"
