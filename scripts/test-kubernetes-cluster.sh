#!/usr/bin/env bash
# A real one-node Kubernetes cluster for tests, on Debian, as root: `build`, `start` (prints the kubeconfig), `stop`.
# Everything runs in namespaces of its own, so stopping it leaves nothing behind but the cache folder.
set -euo pipefail

home=${SWEMINT_TEST_CLUSTER:-/var/cache/swemint-test-kubernetes}
bin=$home/bin
run=$home/run
# The pods' only way out is the host's end of one pair of virtual devices.
host_address=10.187.0.1
node_address=10.187.0.2
pod_range=10.187.1
link=swemintk8s
image=swemint.test/python:latest

say() { echo "test cluster: $*" >&2; }
fail() {
  say "$*"
  exit 2
}

require_machine() {
  [ "$(id -u)" = 0 ] || fail "root is needed for namespaces, mounts and containerd."
  command -v apt-get >/dev/null || fail "Debian's packages are needed, and apt-get is not here."
}

install_packages() {
  local missing=()
  for package in golang-1.19-go etcd-server containerd containernetworking-plugins debootstrap \
    golang-github-modern-go-reflect2-dev busybox-static iproute2 iptables dpkg-dev openssl curl; do
    dpkg-query -W -f '${db:Status-Status}' "$package" 2>/dev/null | grep -q '^installed$' || missing+=("$package")
  done
  [ ${#missing[@]} = 0 ] && return
  say "installing ${missing[*]}"
  DEBIAN_FRONTEND=noninteractive apt-get -o DPkg::Lock::Timeout=300 install -y -qq \
    --no-install-recommends "${missing[@]}" >/dev/null
}

# Debian has no binary package of the servers, but their source with everything vendored.
fetch_source() {
  [ -e "$home/source/done" ] && return
  local apt=$home/apt mirror
  mirror=$(grep -rhoE 'https?://[^ ]*/debian/?( |$)' /etc/apt/sources.list /etc/apt/sources.list.d 2>/dev/null |
    grep -v snapshot | head -1 || true)
  rm -rf "$home/source" && mkdir -p "$home/source" "$apt/lists/partial" "$apt/cache"
  echo "deb-src [signed-by=/usr/share/keyrings/debian-archive-keyring.gpg] ${mirror:-http://deb.debian.org/debian} bookworm main" >"$apt/sources.list"
  local options=(-qq -o "Dir::Etc::SourceList=$apt/sources.list" -o Dir::Etc::SourceParts=/dev/null
    -o "Dir::State::Lists=$apt/lists" -o "Dir::Cache=$apt/cache" -o APT::Sandbox::User=root)
  apt-get "${options[@]}" update
  (cd "$home/source" && apt-get "${options[@]}" source --download-only kubernetes &&
    dpkg-source --extract ./*.dsc "$home/source/kubernetes" >/dev/null)
  # The vendored one reads Go's maps as they were before Go 1.18, and crashes.
  cp /usr/share/gocode/src/github.com/modern-go/reflect2/*.{go,s} \
    "$home/source/kubernetes/vendor/github.com/modern-go/reflect2/"
  rm -f "$home/source/kubernetes/vendor/github.com/modern-go/reflect2"/go_{above,below}_17.go
  rm -f "$home/source/kubernetes/vendor/github.com/modern-go/reflect2/go_below_19.go"
  touch "$home/source/done"
}

build_servers() {
  [ -x "$bin/kube-apiserver" ] && [ -x "$bin/kubelet" ] && [ -x "$bin/kube-scheduler" ] && return
  fetch_source
  say "building the API server, the scheduler and the kubelet (5 to 10 CPU minutes, once)"
  mkdir -p "$bin" "$home/go/src/k8s.io"
  ln -sfn "$home/source/kubernetes" "$home/go/src/k8s.io/kubernetes"
  (
    cd "$home/go/src/k8s.io/kubernetes"
    export PATH=/usr/lib/go-1.19/bin:$PATH GOROOT=/usr/lib/go-1.19 GOTOOLCHAIN=local GOPROXY=off
    export GOPATH=$home/go GO111MODULE=off GOCACHE=$home/go/cache CGO_ENABLED=0 GOMAXPROCS=${GOMAXPROCS:-1}
    # The one generated file that the source package lacks.
    go build -o "$bin/openapi-gen" ./vendor/k8s.io/kube-openapi/cmd/openapi-gen
    "$bin/openapi-gen" -p k8s.io/kubernetes/pkg/generated/openapi -O zz_generated.openapi \
      -h hack/boilerplate/boilerplate.generatego.txt -r "$home/openapi-violations" \
      --output-base "$home/go/src" -i "$(openapi_packages)"
    for server in kube-apiserver kube-scheduler kubelet; do
      nice -n 15 go build -p 1 -ldflags '-s -w' -o "$bin/$server" "./cmd/$server"
    done
  )
}

openapi_packages() {
  grep -rl --include='*.go' '+k8s:openapi-gen=' pkg cmd plugin staging/src/k8s.io |
    grep -v -e code-generator/ -e sample-apiserver/ -e /testdata/ -e _test.go |
    xargs -n1 dirname | LC_ALL=C sort -u |
    sed -e 's#^staging/src/#vendor/#' -e 's#^#k8s.io/kubernetes/#' | paste -sd,
}

# Images are made here: no registry is asked for anything.
pack_image() {
  local name=$1 tree=$2 entry=$3 work
  work=$(mktemp -d -p "$home")
  tar -C "$tree" --numeric-owner -cf "$work/layer.tar" .
  local digest
  digest=$(sha256sum "$work/layer.tar" | cut -d' ' -f1)
  printf '{"architecture":"%s","os":"linux","config":{"Entrypoint":%s,"Env":["PATH=/usr/local/bin:/usr/bin:/bin:/usr/sbin:/sbin"]},"rootfs":{"type":"layers","diff_ids":["sha256:%s"]}}' \
    "$(dpkg --print-architecture)" "$entry" "$digest" >"$work/config.json"
  printf '[{"Config":"config.json","RepoTags":["%s"],"Layers":["layer.tar"]}]' "$name" >"$work/manifest.json"
  tar -C "$work" -cf "$home/$4" manifest.json config.json layer.tar
  rm -rf "$work"
}

build_images() {
  if [ ! -e "$home/pause.tar" ]; then
    mkdir -p "$home/pause/bin" && cp /bin/busybox "$home/pause/bin/busybox"
    pack_image swemint.test/pause:latest "$home/pause" '["/bin/busybox","sleep","2147483647"]' pause.tar
  fi
  [ -e "$home/python.tar" ] && return
  say "building the image $image"
  if [ ! -e "$home/root/usr/bin/python3" ]; then
    debootstrap --variant=minbase --include=python3,python3-pip,python3-venv,python3-pytest,ca-certificates \
      bookworm "$home/root" >"$home/debootstrap.log" 2>&1 || fail "debootstrap failed, see $home/debootstrap.log."
  fi
  # Packages are installed in pods: they trust whom this machine trusts.
  cp /etc/ssl/certs/ca-certificates.crt "$home/root/etc/ssl/certs/ca-certificates.crt"
  rm -rf "$home/root/var/cache/apt/archives" "$home/root/var/lib/apt/lists"
  pack_image "$image" "$home/root" '["/bin/sh"]' python.tar
}

build() {
  require_machine
  mkdir -p "$home"
  install_packages
  build_servers
  build_images
}

write_kubeconfig() {
  cat >"$1" <<EOF
apiVersion: v1
kind: Config
clusters: [{name: test, cluster: {server: "https://$node_address:6443", certificate-authority: "$run/certificates/apiserver.crt"}}]
users: [{name: test, user: {token: $2}}]
contexts: [{name: test, context: {cluster: test, user: test, namespace: $3}}]
current-context: test
EOF
}

start() {
  build
  if [ -e "$run/process" ] && kill -0 "$(cat "$run/process")" 2>/dev/null; then
    echo "$run/kubeconfig"
    return
  fi
  rm -rf "$run" && mkdir -p "$run"
  chmod 700 "$run"
  # The swemint-stranger may do nothing, the operator everything.
  printf 'operator,operator,1,"system:masters"\nstranger,stranger,2\n' >"$run/tokens.csv"
  openssl genrsa -out "$run/accounts.key" 2048 2>/dev/null
  write_kubeconfig "$run/kubeconfig" operator swemint-test
  write_kubeconfig "$run/kubeconfig-stranger" stranger swemint-test
  write_configuration
  # The inner half reads this before it starts anything that needs the network.
  mkfifo "$run/connected"
  setsid unshare --mount --net --pid --uts --fork --kill-child --mount-proc \
    "$0" inside >"$run/cluster.log" 2>&1 </dev/null &
  echo $! >"$run/process"
  connect "$(cat "$run/process")"
  echo ok >"$run/connected"
  await_node || {
    stop
    fail "the node did not become ready, see $run/*.log."
  }
  echo "$run/kubeconfig"
}

connect() {
  local inner
  until inner=$(pgrep -P "$1"); do sleep 0.05; done
  ip link del "$link" 2>/dev/null || true
  ip link add "$link" type veth peer name node0 netns "$inner"
  ip addr add "$host_address/30" dev "$link"
  ip link set "$link" up
  ip route replace "$pod_range.0/24" via "$node_address"
  # Installation in pods reaches package indexes through this machine.
  echo 1 >/proc/sys/net/ipv4/ip_forward
  iptables -t nat -C POSTROUTING -s 10.187.0.0/23 ! -o "$link" -j MASQUERADE 2>/dev/null ||
    iptables -t nat -A POSTROUTING -s 10.187.0.0/23 ! -o "$link" -j MASQUERADE
}

write_configuration() {
  mkdir -p "$run/network"
  cat >"$run/network/10-bridge.conflist" <<EOF
{"cniVersion": "0.4.0", "name": "pods", "plugins": [
  {"type": "bridge", "bridge": "pods0", "isGateway": true, "ipMasq": false,
   "ipam": {"type": "host-local", "dataDir": "$run/network-addresses",
            "ranges": [[{"subnet": "$pod_range.0/24"}]], "routes": [{"dst": "0.0.0.0/0"}]}}]}
EOF
  cat >"$run/containerd.toml" <<EOF
version = 2
root = "$run/containerd"
state = "$run/containerd-state"
[grpc]
  address = "$run/containerd.sock"
[plugins."io.containerd.grpc.v1.cri"]
  sandbox_image = "swemint.test/pause:latest"
  restrict_oom_score_adj = true
  [plugins."io.containerd.grpc.v1.cri".cni]
    bin_dir = "/usr/lib/cni"
    conf_dir = "$run/network"
EOF
}

# Everything below runs as process 1 of the cluster's own namespaces.
inside() {
  mount --make-rprivate /
  # The kubelet takes a mixed hierarchy for version 2 when it sees this one.
  umount -l /sys/fs/cgroup/unified 2>/dev/null || true
  mount -t tmpfs tmpfs /run
  hostname swemint-node
  read -r _ <"$run/connected"
  ip link set lo up
  ip addr add "$node_address/30" dev node0
  ip link set node0 up
  ip route add default via "$host_address"
  echo 1 >/proc/sys/net/ipv4/ip_forward

  etcd --data-dir "$run/etcd" --unsafe-no-fsync --logger zap >"$run/etcd.log" 2>&1 &
  containerd --config "$run/containerd.toml" >"$run/containerd.log" 2>&1 &
  "$bin/kube-apiserver" --etcd-servers http://127.0.0.1:2379 --cert-dir "$run/certificates" \
    --advertise-address "$node_address" --service-cluster-ip-range 10.187.2.0/24 \
    --service-account-issuer https://test.invalid --service-account-key-file "$run/accounts.key" \
    --service-account-signing-key-file "$run/accounts.key" --token-auth-file "$run/tokens.csv" \
    --authorization-mode RBAC --allow-privileged --kubelet-preferred-address-types InternalIP \
    --disable-admission-plugins ServiceAccount,TaintNodesByCondition \
    >"$run/apiserver.log" 2>&1 &
  until ctr --address "$run/containerd.sock" version >/dev/null 2>&1; do sleep 0.1; done
  for archive in pause python; do
    ctr --address "$run/containerd.sock" --namespace k8s.io images import "$home/$archive.tar"
  done
  until answers; do sleep 0.2; done
  "$bin/kube-scheduler" --kubeconfig "$run/kubeconfig" --leader-elect=false >"$run/scheduler.log" 2>&1 &
  "$bin/kubelet" --kubeconfig "$run/kubeconfig" --root-dir "$run/kubelet" --node-ip "$node_address" \
    --container-runtime remote --container-runtime-endpoint "unix://$run/containerd.sock" \
    --cgroups-per-qos=false --enforce-node-allocatable= --oom-score-adj=0 --fail-swap-on=false \
    --anonymous-auth=true --authorization-mode=AlwaysAllow --resolv-conf /etc/resolv.conf \
    --eviction-hard 'memory.available<100Mi,nodefs.available<1%' >"$run/kubelet.log" 2>&1 &
  wait
}

answers() {
  request GET /readyz >/dev/null 2>&1
}

request() {
  curl --silent --show-error --fail --max-time 5 --cacert "$run/certificates/apiserver.crt" \
    --noproxy '*' --header 'Authorization: Bearer operator' --header 'Content-Type: application/json' \
    --request "$1" "https://$node_address:6443$2" "${@:3}"
}

await_node() {
  local deadline=$((SECONDS + 120))
  until request GET /api/v1/nodes/swemint-node 2>/dev/null | grep -q '"KubeletReady"'; do
    [ $SECONDS -lt $deadline ] || return 1
    sleep 0.5
  done
  request POST /api/v1/namespaces --data '{"metadata":{"name":"swemint-test"}}' >/dev/null
}

stop() {
  if [ -e "$run/process" ]; then
    # The end of process 1 of the namespace is the end of everything in it.
    pkill -KILL -P "$(cat "$run/process")" 2>/dev/null || true
    rm -f "$run/process"
  fi
  ip link del "$link" 2>/dev/null || true
  iptables -t nat -D POSTROUTING -s 10.187.0.0/23 ! -o "$link" -j MASQUERADE 2>/dev/null || true
}

case ${1:-} in
  build | start | stop | inside) "$1" ;;
  *) fail "usage: $0 build | start | stop" ;;
esac
