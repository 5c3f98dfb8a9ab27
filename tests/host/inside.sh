#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-2.0-or-later
# Makes namespaces of all types with something inside, and compares what virttop
# says with /proc, ip, ss and ipcs. Removes them at the end, whatever happens.
set -u

srcdir=${SRCDIR:-$(cd "$(dirname "$0")/../.." && pwd)}
# shellcheck source=tests/tap.sh
. "$srcdir/tests/tap.sh"
# shellcheck source=tests/host/lib.sh
. "$srcdir/tests/host/lib.sh"

need_root
if ! unshare --user --pid --fork --uts --ipc --net --mount true 2>/dev/null; then
	echo '1..0 # SKIP this root may not make namespaces'
	exit 0
fi

scratch=$(mktemp -d)
name=vt$$

clean_up()
{
	end_started
	ip link delete "$name-h" 2>/dev/null
	ip netns delete "$name-a" 2>/dev/null
	ip netns delete "$name-b" 2>/dev/null
	umount -R "$scratch" 2>/dev/null
	rm -rf "$scratch"
}
trap clean_up EXIT
trap 'exit 130' INT TERM HUP

# FILTER: of the snapshot
ask()
{
	jq -r "$1" "$scratch/snapshot"
}

# TYPE PID FIGURE: of the namespace that this process is in
inside()
{
	ask ".namespaces[] | select(.id == $(stat -L -c %i "/proc/$2/ns/$1")) | .$3"
}

# A user namespace, whose maps are written from here; in it a box of everything else.
mkdir "$scratch/mount"
chmod 777 "$scratch"
unshare --user sleep 300 &
owner=$!
started+=("$owner")
for ((i = 0; i < 600; i++)); do
	[ "$(readlink "/proc/$owner/ns/user")" = "$(readlink /proc/self/ns/user)" ] || break
	sleep 0.05
done
# The kernel takes a map in one write only.
printf '0 0 1\n1 100000 65535\n' | cat >"/proc/$owner/gid_map"
echo '0 100000 65536' >"/proc/$owner/uid_map"
# shellcheck disable=SC2016 # the inner shell expands
nsenter --target "$owner" --user --setuid 0 --setgid 0 unshare --pid --fork --mount --uts --ipc \
	--net --cgroup sh -c 'hostname "$1-box" && ipcmk -M 4096 >/dev/null &&
		ipcmk -S 2 >/dev/null && ipcmk -Q >/dev/null && mount -t tmpfs none "$2/mount" &&
		echo ready >"$2/ready" && exec sleep 300' sh "$name" "$scratch" 2>"$scratch/errors" &
outer=$!
started+=("$outer")
for ((i = 0; i < 600; i++)); do
	[ ! -e "$scratch/ready" ] || break
	sleep 0.05
done
init=$(cat "/proc/$outer/task/$outer/children")
init=${init%% *}
init=${init:-$outer}
started+=("$init")

# A network: A and B with a cable between them, a bridge in A, and a cable from here to A.
network=
if command -v ip >/dev/null && ip netns add "$name-a" 2>"$scratch/errors.net" &&
	ip netns add "$name-b" 2>>"$scratch/errors.net"; then
	{
		ip -n "$name-a" link add br0 type bridge
		ip -n "$name-a" link add va type veth peer name vb netns "$name-b"
		ip -n "$name-a" link set va master br0
		ip -n "$name-a" link set va up
		ip -n "$name-b" address add 10.99.4.2/24 dev vb
		ip -n "$name-b" link set vb up
		ip -n "$name-b" link set lo up
		ip -n "$name-a" link add same-a index 77 type veth peer name same-b index 77 netns "$name-b"
		ip link add "$name-h" type veth peer name up0 netns "$name-a"
	} 2>>"$scratch/errors.net" && network=yes
fi

"$virttop" --json >"$scratch/snapshot" 2>>"$scratch/errors"
check 'a snapshot is made' holds '.schema != null' "$scratch/snapshot"

if [ ! -e "$scratch/ready" ]; then
	fail 'the box is ready' "$(cat "$scratch/errors")"
fi
same 'user: uid map' '0 100000 65536' "$(inside user "$init" uid_map)"
same 'user: gid map' '0 0 1, 1 100000 65535' "$(inside user "$init" gid_map)"
same 'user: root is somebody else' 100000 "$(inside user "$init" root_uid)"
same 'user: how many' 65536 "$(inside user "$init" mapped_uids)"
same 'user: setgroups' "$(cat "/proc/$init/setgroups")" "$(inside user "$init" setgroups)"
has 'user: in words' 'root here is host uid 100000, 65536 ids' \
	"$(inside user "$init" inside)"
same 'pid: PID 1 inside' "$init" "$(inside pid "$init" init_pid)"
same 'pid: level' 1 "$(inside pid "$init" level)"
has 'pid: in words' "PID 1 inside is $init here" "$(inside pid "$init" inside)"
same 'mnt: mounts' "$(wc -l <"/proc/$init/mountinfo")" "$(inside mnt "$init" mounts)"
same 'mnt: only here' 1 "$(inside mnt "$init" own_mounts)"
same 'mnt: root' "$(awk '$5 == "/" { print $(NF - 2) }' "/proc/$init/mountinfo" | tail -n 1)" \
	"$(inside mnt "$init" root_fs)"
same 'uts: host name' "$name-box" "$(inside uts "$init" hostname)"
same 'uts: the one here' "$(hostname)" "$(inside uts self hostname)"
same 'ipc: shared memory' '1 4096' \
	"$(inside ipc "$init" 'ipc | "\(.shm_segments) \(.shm_bytes)"')"
same 'ipc: semaphores and queues' '1 1' \
	"$(inside ipc "$init" 'ipc | "\(.semaphore_sets) \(.message_queues)"')"
same 'ipc: POSIX queues' 0 "$(inside ipc "$init" ipc.posix_queues)"
path=$(sed -n 's/^0:://p' "/proc/$init/cgroup")
same 'cgroup: its root' "$path" "$(inside cgroup "$init" cgroup_root)"

if [ -n "$network" ]; then
	a=$(stat -c %i "/run/netns/$name-a")
	b=$(stat -c %i "/run/netns/$name-b")
	one=".interfaces[] | select(.namespace == $b and .name == \"vb\")"
	same 'net: an address' 10.99.4.2/24 "$(ask "$one | .addresses[0]")"
	same 'net: the other end, across namespaces' "$a va" \
		"$(ask "$one | .peer | \"\\(.namespace) \\(.name)\"")"
	same 'net: and back' "$b vb" "$(ask ".interfaces[] |
		select(.namespace == $a and .name == \"va\") | .peer | \"\\(.namespace) \\(.name)\"")"
	same 'net: an other end of the same number' "77 $b same-b" "$(ask ".interfaces[] |
		select(.namespace == $a and .name == \"same-a\") | \"\\(.link) \\(.peer | \"\\(.namespace) \\(.name)\")\"")"
	same 'net: a port of a bridge' br0 \
		"$(ask ".interfaces[] | select(.namespace == $a and .name == \"va\") | .master")"
	same 'net: from here by number' "$a up0" "$(ask ".interfaces[] |
		select(.name == \"$name-h\") | .peer | \"\\(.namespace) \\(.name)\"")"
	same 'net: that number' "$(ip -o netns list-id | sed -n "s/^nsid \\([0-9]*\\) .*name: $name-a)*\$/\\1/p")" \
		"$(ask ".namespaces[] | select(.id == $a) | .nsid")"
	same 'net: as a wiring diagram' "vb 10.99.4.2/24 - va - br0 (net $a), same-b - same-a (net $a)" \
		"$(ask ".namespaces[] | select(.id == $b) | .wiring")"
	same 'net: routes' "$({ ip -n "$name-b" route; ip -n "$name-b" -6 route; } | wc -l)" \
		"$(ask ".namespaces[] | select(.id == $b) | .routes")"
else
	skip 'network' "no network namespaces here: $(head -n 1 "$scratch/errors.net" 2>/dev/null)"
fi
if command -v ss >/dev/null; then
	same 'net: sockets that listen here' "$(ss -Htln | wc -l)" "$(inside net self sockets.listening)"
else
	skip 'sockets' 'ss is not installed'
fi

# A clock that is ahead.
if [ -e /proc/self/ns/time ] && unshare --time --boottime 86400 true 2>/dev/null; then
	unshare --time --boottime 86400 --monotonic 90 sleep 300 &
	clock=$!
	started+=("$clock")
	for ((i = 0; i < 600; i++)); do
		[ "$(readlink "/proc/$clock/ns/time")" = "$(readlink /proc/self/ns/time)" ] || break
		sleep 0.05
	done
	"$virttop" --json >"$scratch/snapshot" 2>>"$scratch/errors"
	same 'time: offsets' '90 86400' "$(inside time "$clock" monotonic_offset_seconds) $(
		inside time "$clock" boottime_offset_seconds)"
else
	skip 'time' 'no time namespaces here'
fi

# explain says where it differs.
said=$("$virttop" explain "$init" 2>&1)
has 'explain names what is its own' 'namespaces .*mnt .*pid .*net' "$said"
has 'and what its parent does not have' 'differ from those of its parent [0-9]+ in ' "$said"
plan
