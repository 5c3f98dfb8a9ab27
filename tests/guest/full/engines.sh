#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-2.0-or-later
# Real containers of every engine in Debian, made offline from one busybox tarball:
# virttop knows each by engine and id, as the engine itself says.
# shellcheck source=tests/guest/lib.sh
. "$SRCDIR/tests/guest/lib.sh"

root=/var/tmp/box
mkdir -p $root/{bin,etc,proc,sys,dev,tmp,usr,var,run,root}
cp /bin/busybox $root/bin/
for applet in sh sleep true; do
	ln -sf busybox $root/bin/$applet
done
echo 'ID=box' >$root/etc/os-release
echo 'root:x:0:0::/root:/bin/sh' >$root/etc/passwd
tar -C $root -cf "$TMPDIR/box.tar" .
modprobe -a overlay veth bridge 2>/dev/null

stop_all()
{
	podman rm -fa -t 0
	podman pod rm -fa
	docker rm -f dbox
	[ -z "${dockerd-}" ] || kill "$dockerd"
	lxc-stop -k -n lbox
	machinectl terminate nbox
}
trap 'stop_all >/dev/null 2>&1' EXIT

# Each in the background: the engines are slow to start under emulation.
systemd-nspawn -q -D $root -M nbox --volatile=no /bin/sleep 100000 >"$TMPDIR/nspawn" 2>&1 </dev/null &
mkdir -p /var/lib/lxc/lbox
cp -a $root /var/lib/lxc/lbox/rootfs
cat >/var/lib/lxc/lbox/config <<'END'
lxc.rootfs.path = dir:/var/lib/lxc/lbox/rootfs
lxc.uts.name = lbox
lxc.net.0.type = empty
lxc.apparmor.profile = unconfined
lxc.init.cmd = /bin/sleep 100000
END
lxc-start -n lbox -d >"$TMPDIR/lxc" 2>&1

# dockerd gives its containerd only seconds to start, which emulation may exceed: again then.
keep_dockerd()
{
	local try

	for try in 1 2 3 4 5; do
		echo "dockerd, try $try:"
		rm -f /var/run/docker.pid /var/run/docker/containerd/containerd.pid
		dockerd --log-level=warn --bridge=none --iptables=false &
		dockerd=$!
		trap 'kill $dockerd; wait $dockerd; exit' TERM
		wait "$dockerd"
		sleep 1
	done
}
keep_dockerd >"$TMPDIR/dockerd" 2>&1 &
dockerd=$!
{
	podman import "$TMPDIR/box.tar" box:latest &&
		podman run -d --name pbox --network none box sleep 100000 &&
		podman pod create --name mypod --infra=false &&
		podman run -d --pod mypod --name podbox --network none box sleep 100000
} >"$TMPDIR/podman" 2>&1
wait_until 300 docker version || tail -n 20 "$TMPDIR/dockerd"
{
	docker import "$TMPDIR/box.tar" box:latest && docker run -d --name dbox --network none box sleep 100000
} >"$TMPDIR/docker" 2>&1 || tail -n 20 "$TMPDIR/dockerd" >>"$TMPDIR/docker"
wait_until 120 machinectl show nbox

snapshot=$("$VIRTTOP" --json -n 2 -d 1 | tail -n 1)

# ENGINE PID FIELD: of the container whose first process this is.
container()
{
	jq -r --arg engine "$1" --argjson pid "${2:-0}" \
		".containers[] | select(.engine == \$engine and .pid == \$pid) | $3 // empty" <<<"$snapshot"
}

# ENGINE NAME PID ID SAID-BY-ENGINE
compare()
{
	local label=$1 name

	[ -z "$2" ] || label="$1 $2"
	if [ -z "$3" ] || [ "$3" = 0 ]; then
		fail "$label: the engine runs it" "$(tail -n 15 "$5")"
		return
	fi
	same "$label: id" "$4" "$(container "$1" "$3" .id)"
	same "$label: cgroup" "$(stat -c %i "$v2$(sed -n 's/^0:://p' "/proc/$3/cgroup")")" \
		"$(jq -r ".processes[] | select(.pid == $3) | .cgroup_id" <<<"$snapshot")"
	name=$(container "$1" "$3" .name)
	if [ -n "$name" ]; then
		same "$label: name" "$2" "$name"
	else
		skip "$label: name" 'virttop does not tell it'
	fi
}

compare nspawn nbox "$(machinectl show nbox -p Leader --value)" nbox "$TMPDIR/nspawn"
compare lxc lbox "$(lxc-info -n lbox -p -H)" lbox "$TMPDIR/lxc"
for name in pbox podbox; do
	compare podman $name "$(podman inspect -f '{{.State.Pid}}' $name)" "$(podman inspect -f '{{.Id}}' $name)" \
		"$TMPDIR/podman"
done
compare docker dbox "$(docker inspect -f '{{.State.Pid}}' dbox)" "$(docker inspect -f '{{.Id}}' dbox)" "$TMPDIR/docker"
same 'there are no others' 5 "$(jq '.containers | length' <<<"$snapshot")"

podid=$(podman pod inspect -f '{{.ID}}' mypod)
if holds '.pods | length > 0' <<<"$snapshot"; then
	has 'the pod is known by its id' "$podid" "$(jq -c .pods <<<"$snapshot")"
else
	skip 'the pod is known' 'virttop does not tell pods of podman'
fi
if holds '.images | length > 0' <<<"$snapshot"; then
	for engine in podman docker; do
		has "the image of $engine is known by name" 'box:latest' \
			"$(jq -c --arg e $engine '.images[] | select(.engine == $e)' <<<"$snapshot")"
	done
else
	skip 'the images are known' 'virttop does not tell images'
fi
said=$("$VIRTTOP" --text --view containers)
for engine in nspawn lxc podman docker; do
	has "the containers view has $engine" "$engine" "$said"
done

# It goes when it ends.
docker kill dbox >/dev/null
is_gone()
{
	[ "$("$VIRTTOP" --json | jq '[.containers[] | select(.engine == "docker" and .pid)] | length')" = 0 ]
}
check 'a container that ended is gone' wait_until 60 is_gone
plan
