#!/bin/bash
# Starts a single-node Kubernetes inside its own network, mount, pid, uts and ipc namespaces. Everything in it dies with one
# process (data/init.pid); see down.sh.
#
#   ASSETS=DIR STATE=DIR up.sh     ASSETS holds the programs; images are loaded from STATE/images/*.tar
set -eu
HERE=$(dirname "$(readlink -f "$0")"); B=${ASSETS:?folder with kube-apiserver, kubelet and the others}; S=${STATE:?folder of this node}
D=$S/data; VETH=lgn0 NODE=lgnode
HOST_IP=10.200.0.1; NODE_IP=10.200.0.2; PODS=10.244.0.0/24; SVCS=10.96.0.0/16
export HERE S D B NODE NODE_IP PODS SVCS
rm -rf "$D"; mkdir -p "$D/log" "$D/conf/cni" "$S/images"
for f in containerd.toml kubelet.yaml kube-proxy.yaml Corefile cni/10-bridge.conflist; do sed "s|@D@|$D|g" "$HERE/conf/$f" > "$D/conf/$f"; done
"$HERE/pki.sh" "$D" $NODE_IP $NODE

setsid unshare --net --mount --pid --uts --ipc --fork --mount-proc --kill-child \
  bash "$HERE/inner.sh" > "$D/log/inner.log" 2>&1 < /dev/null &
U=$!; C=
for _ in $(seq 100); do C=$(cat /proc/$U/task/$U/children 2>/dev/null || true); [ -z "$C" ] || break; sleep 0.1; done
C=${C% }; echo "$C" > "$D/init.pid"; echo $U > "$D/unshare.pid"
[ -n "$C" ] || { echo "no namespaces could be made:" >&2; cat "$D/log/inner.log" >&2; exit 1; }

# One pair of interfaces: $VETH here, eth0 in the node; pods and services are routed through it. inner.sh waits for the address
# before it starts anything.
in_net() { nsenter -t "$C" -n "$@"; }
for _ in $(seq 100); do [ "$(readlink /proc/$C/ns/net)" != "$(readlink /proc/self/ns/net)" ] && break; sleep 0.1; done
ip link del $VETH 2>/dev/null || true  # of a node that was killed
ip link add $VETH type veth peer name eth0 netns "$C"
ip addr add $HOST_IP/24 dev $VETH; ip link set $VETH up
in_net ip link set lo up; in_net ip addr add $NODE_IP/24 dev eth0; in_net ip link set eth0 up; in_net ip route add default via $HOST_IP
ip route replace $PODS via $NODE_IP; ip route replace $SVCS via $NODE_IP

export KUBECONFIG=$D/kc/admin.kubeconfig
wait_for() { # what, seconds, command
  local what=$1 end=$((SECONDS + $2)); shift 2
  until "$@" > /dev/null 2>&1; do
    [ $SECONDS -lt $end ] || { echo "not in time: $what" >&2; tail -n 5 "$D"/log/*.log >&2; exit 1; }
    kill -0 $U 2>/dev/null || { echo "the node died: $what" >&2; cat "$D/log/inner.log" >&2; exit 1; }
    sleep 0.2
  done
}
no_taints() { [ -z "$("$B/kubectl" get node $NODE -o jsonpath='{.spec.taints}')" ]; }
wait_for "the API server is ready" 180 "$B/kubectl" get --raw /readyz
wait_for "the node is registered" 180 "$B/kubectl" get node $NODE
wait_for "the node is ready" 180 "$B/kubectl" wait --for=condition=Ready node/$NODE --timeout=1s
wait_for "the node may be used" 180 no_taints
wait_for "there is a service account" 180 "$B/kubectl" get sa default
wait_for "there is a root certificate" 180 "$B/kubectl" get cm kube-root-ca.crt
