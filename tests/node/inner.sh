#!/bin/bash
# The first process of the node: private mounts, then the daemons, then it reaps for ever. Started by up.sh alone.
set -eu
hostname $NODE
# until a command succeeds; a machine that is busy with other things takes its time
wait_for() { for _ in $(seq 1800); do "$@" > /dev/null 2>&1 && return; sleep 0.1; done; echo "not within 180 s: $*" >&2; exit 1; }
has_address() { ip -4 -o addr show dev eth0 | grep -q $NODE_IP; }
wait_for has_address
# own sysfs (this network namespace's devices), with the cgroup hierarchies put back on it
mkdir -p $D/cgtmp; mount --rbind /sys/fs/cgroup $D/cgtmp
mount -t sysfs sysfs /sys; mount --rbind $D/cgtmp /sys/fs/cgroup; umount -l $D/cgtmp
mount -t tmpfs -o mode=755 tmpfs /run; mkdir -p /run/containerd /run/lock /run/volumeplugins
for p in kubelet:/var/lib/kubelet log:/var/log cni:/var/lib/cni; do mkdir -p $D/bind/${p%%:*} ${p#*:}; mount --bind $D/bind/${p%%:*} ${p#*:}; done
# the kubelet wants these machine-wide sysctls; show it files with the values it wants instead
sc() { mkdir -p /run/sysctl/$(dirname $1); echo $2 > /run/sysctl/$1; mount --bind /run/sysctl/$1 /proc/sys/$1; }
sc vm/overcommit_memory 1; sc vm/panic_on_oom 0; sc kernel/panic 10; sc kernel/panic_on_oops 1
sc kernel/keys/root_maxkeys 1000000; sc kernel/keys/root_maxbytes 25000000
# last, or the umount above would propagate to the copy
mount --make-rshared /
echo 1 > /proc/sys/net/ipv4/ip_forward
# pods' own traffic leaving for anywhere but pods: from the node's address
iptables -t nat -A POSTROUTING -s $PODS ! -d $PODS ! -o cni0 -j MASQUERADE

cd /
PKI=$D/pki L=$D/log
start() { local n=$1; shift; "$@" > $L/$n.log 2>&1 & echo "$! $n" >> $D/pids; }
start containerd containerd --config $D/conf/containerd.toml
start etcd $B/etcd --data-dir $D/etcd --listen-client-urls http://127.0.0.1:2379 --advertise-client-urls http://127.0.0.1:2379 \
  --listen-peer-urls http://127.0.0.1:2380 --unsafe-no-fsync
start kube-apiserver $B/kube-apiserver --etcd-servers=http://127.0.0.1:2379 --bind-address=0.0.0.0 --advertise-address=$NODE_IP --secure-port=6443 \
  --tls-cert-file=$PKI/apiserver.crt --tls-private-key-file=$PKI/apiserver.key --client-ca-file=$PKI/ca.crt \
  --kubelet-client-certificate=$PKI/apiserver-kubelet-client.crt --kubelet-client-key=$PKI/apiserver-kubelet-client.key --kubelet-certificate-authority=$PKI/ca.crt \
  --kubelet-preferred-address-types=InternalIP,Hostname \
  --service-account-issuer=https://kubernetes.default.svc.cluster.local --service-account-key-file=$PKI/sa.pub --service-account-signing-key-file=$PKI/sa.key \
  --authorization-mode=Node,RBAC --enable-admission-plugins=NodeRestriction --allow-privileged=true --service-cluster-ip-range=$SVCS
start kube-controller-manager $B/kube-controller-manager --kubeconfig=$D/kc/kcm.kubeconfig --use-service-account-credentials=true \
  --service-account-private-key-file=$PKI/sa.key --root-ca-file=$PKI/ca.crt --cluster-signing-cert-file=$PKI/ca.crt --cluster-signing-key-file=$PKI/ca.key \
  --leader-elect=false --bind-address=127.0.0.1 --node-monitor-period=1s --pvclaimbinder-sync-period=1s --kube-api-qps=500 --kube-api-burst=1000
start kube-scheduler $B/kube-scheduler --kubeconfig=$D/kc/scheduler.kubeconfig --leader-elect=false --bind-address=127.0.0.1 --kube-api-qps=500 --kube-api-burst=1000
# images are there before the kubelet asks for them
wait_for ctr -a /run/containerd/containerd.sock version
for f in $S/images/*.tar; do [ ! -e $f ] || ctr -a /run/containerd/containerd.sock -n k8s.io images import $f; done
# a kubelet that finds no API server at first retries by itself, but slowly: wait
wait_for $B/kubectl --kubeconfig $D/kc/admin.kubeconfig get --raw /readyz
start kubelet $B/kubelet --config=$D/conf/kubelet.yaml --kubeconfig=$D/kc/node.kubeconfig --hostname-override=$NODE --node-ip=$NODE_IP --root-dir=/var/lib/kubelet
start kube-proxy $B/kube-proxy --config=$D/conf/kube-proxy.yaml
start coredns $B/coredns -conf $D/conf/Corefile
while :; do wait -n || true; sleep 1; done
