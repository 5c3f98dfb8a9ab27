# SPDX-License-Identifier: GPL-2.0-or-later
# Sourced by truth.sh: something to compare. Cgroups with limits, a frozen one, a
# threaded one, one that only a zombie is in; namespaces of all types, nested, bound
# and kept by a child; a pair of interfaces with traffic. All of it is small and is
# removed by load_stop; what is known of it beforehand is written to $planted.
# shellcheck shell=bash

load_pids=()
load_tag=virttop-truth-$$
load_enabled=
load_crowded=1500 # processes

# PATH FILE VALUE: where the file is there.
cg_set()
{
	[ ! -e "$load_top/$1/$2" ] || echo "$3" >"$load_top/$1/$2"
}

# CGROUP COMMAND...: a process in a cgroup, ended by load_stop.
cg_run()
{
	local dir=$load_top/$1

	shift
	# shellcheck disable=SC2016
	sh -c 'echo $$ >"$0/cgroup.procs" && exec "$@"' "$dir" "$@" >/dev/null 2>&1 </dev/null &
	load_pids+=($!)
}

# KIND ID FIGURE VALUE: known, since we made it so.
plant()
{
	# The depth below a namespace that is not to be seen is not known.
	[ "$3" != level ] || [ "$(cat /proc/2/comm 2>/dev/null)" = kthreadd ] || return 0
	printf '%s\t%s\t%s\t%s\n' "$@" >>"$planted"
}

load_id() { stat -c %i "$load_top/$1"; }

# Gives our own cgroups all controllers that there are; what was off is put back.
load_controllers()
{
	local c on

	on=" $(cat "$load_root/cgroup.subtree_control") "
	for c in $(cat "$load_root/cgroup.controllers"); do
		if [[ $on != *" $c "* ]] && echo "+$c" >"$load_root/cgroup.subtree_control"; then
			load_enabled="$load_enabled -$c"
		fi
	done 2>/dev/null
}

# CGROUP: it gives its children what it has.
cg_pass_on()
{
	local c

	for c in $(cat "$load_top/$1/cgroup.controllers"); do
		echo "+$c" >"$load_top/$1/cgroup.subtree_control"
	done 2>/dev/null
}

# Waits without a child that comes and goes; fails when the time is over.
load_pause='exec 9<> <(:); pause() { ! read -r -t "$1" -u 9; }; '
# Works a fifth of the time, so that counters move and nobody is in the way.
load_worker="$load_pause"'while pause 0.08; do for ((k = 0; k < 4000; k++)); do :; done; done'
# Never rests; in a cgroup that cpu.max throttles.
load_busy='while :; do :; done'

load_cgroups()
{
	local size dir

	load_controllers
	mkdir "$load_top"
	cg_pass_on .
	cg_set . memory.max 400M
	cg_set . pids.max 60
	cg_set . cgroup.max.depth 20
	mkdir "$load_top"/{limited,limited/inner,limited/inner/deep,frozen,empty,thread,thread/one,zombie} \
		"$load_top/odd: name" "$load_top/demo.slice" "$load_top/demo.slice/demo-api.service" \
		"$load_top/docker" "$load_top/docker/$(printf '%064d' 7)"
	cg_pass_on limited
	cg_pass_on limited/inner
	cg_set limited cpu.max '20000 100000'
	cg_set limited cpu.weight 50
	cg_set limited memory.high 300M
	cg_set limited memory.low 8M
	cg_set limited memory.min 4M
	cg_set limited memory.swap.max 16M
	cg_set limited cpuset.cpus 0
	cg_set limited/inner memory.max 200M
	cg_set limited/inner cpu.max '40000 100000'
	cg_set limited/inner pids.max 30
	cg_set limited/inner/deep pids.max 500
	cg_set limited/inner/deep memory.max max
	cg_set limited cgroup.max.descendants 9
	for dir in limited limited/inner; do
		for size in "$load_top/$dir"/hugetlb.*.max; do
			[ ! -e "$size" ] || echo 64M >"$size" 2>/dev/null
		done
	done
	if [ -e "$load_top/limited/cpu.max" ]; then
		cg_run limited/inner/deep bash -c "$load_busy"
	fi
	cg_run limited/inner/deep bash -c "$load_worker"
	cg_run demo.slice/demo-api.service bash -c "$load_worker"
	cg_run "docker/$(printf '%064d' 7)" sleep 900
	plant cgroup "$(load_id "docker/$(printf '%064d' 7)")" kind container
	cg_run 'odd: name' sleep 900
	# 30 MB that stay.
	# shellcheck disable=SC2016
	cg_run demo.slice bash -c 'x=$(head -c 30000000 /dev/zero | tr "\0" x); sleep 900; echo ${#x}'
	# Writes to the disk, where io has a controller, in one process: its memory only grows.
	if [ -e "$load_top/demo.slice/io.stat" ]; then
		cg_run demo.slice/demo-api.service bash -c "$load_pause"'while pause 0.5; do
			printf %65536s
		done | dd of="$0" bs=64k iflag=fullblock oflag=dsync' "$TMPDIR/written"
	fi
	cg_run frozen sleep 900
	load_wait_in frozen
	cg_set frozen cgroup.freeze 1
	echo threaded >"$load_top/thread/one/cgroup.type"
	cg_run thread sleep 900
	# A child that ended and that nobody waits for.
	cg_run zombie sh -c 'sleep 0.1 & exec sleep 900'
	load_wait_in zombie
}

# CGROUP: until a process is in it.
load_wait_in()
{
	local i

	for ((i = 0; i < 600; i++)); do
		grep -q 'populated 1' "$load_top/$1/cgroup.events" && return
		sleep 0.05
	done
}

# The last of zombie's processes goes elsewhere, so that only the dead one is left.
load_zombie()
{
	local i pid child

	for ((i = 0; i < 600; i++)); do
		for pid in $(cat "$load_top/zombie/cgroup.procs"); do
			for child in $(cat "/proc/$pid/task/$pid/children" 2>/dev/null); do
				! grep -q '^State:.Z' "/proc/$child/status" || break 3
			done
		done
		sleep 0.05
	done
	for pid in $(cat "$load_top/zombie/cgroup.procs"); do
		echo "$pid" >"$load_top/odd: name/cgroup.procs"
	done
}

# COMMAND...: ended by load_stop.
load_run()
{
	"$@" >/dev/null 2>&1 </dev/null &
	load_pids+=($!)
}

# PID TYPE: the namespace of that type that a child of it is in; waits until it differs
# from ours.
load_namespace_of()
{
	local i child inode

	for ((i = 0; i < 600; i++)); do
		for child in "$1" $(cat "/proc/$1/task/$1/children"); do
			inode=$(stat -L -c %i "/proc/$child/ns/$2" 2>/dev/null) || continue
			[ "$inode" = "$(stat -L -c %i "/proc/self/ns/$2")" ] || {
				echo "$inode"
				return
			}
		done
		sleep 0.05
	done
	return 1
}

load_namespaces()
{
	local id

	load_run unshare --fork --pid --kill-child --mount-proc --uts --ipc --cgroup --time sleep 900
	id=$(load_namespace_of $! pid) && plant namespace "$id" level 1
	load_run unshare --user --map-root-user sleep 900
	id=$(load_namespace_of $! user) && {
		plant namespace "$id" owner_uid 0
		plant namespace "$id" level 1
	}
	load_run setpriv --reuid 65534 --regid 65534 --clear-groups unshare --user sleep 900
	id=$(load_namespace_of $! user) && plant namespace "$id" owner_uid 65534
	load_run unshare --fork --pid --kill-child sh -c 'unshare --fork --pid --kill-child sleep 900'
	# The outer user namespace is left by its process, and kept by the inner one.
	load_run unshare --user --map-root-user --net sh -c 'exec unshare --user --map-root-user sleep 900'
	id=$(load_namespace_of $! user) && plant namespace "$id" initial false
	load_network
}

# Two named network namespaces without processes, joined by a veth, and something said.
load_network()
{
	local a=$load_tag-a b=$load_tag-b

	ip netns add "$a" 2>/dev/null || return 0
	load_netns=1
	ip netns add "$b"
	ip -n "$a" link add truth-a type veth peer name truth-b netns "$b"
	ip -n "$a" link add truth-br mtu 1400 type bridge
	ip -n "$a" addr add 10.99.7.1/24 dev truth-a
	ip -n "$b" addr add 10.99.7.2/24 dev truth-b
	ip -n "$a" link set truth-a up
	ip -n "$b" link set truth-b up
	load_run nsenter --net="/run/netns/$a" bash -c \
		"$load_pause"'while pause 0.1; do echo some words >/dev/udp/10.99.7.2/9; done'
}

# COMMAND...: on a host with very many processes it is done in PID, mount and cgroup
# namespaces of its own, with cgroups of its own, where only its own load is to be seen.
load_alone()
{
	local status top=$load_root/$load_tag-alone

	load_controllers
	mkdir "$top" || return
	# shellcheck disable=SC2016
	sh -c 'echo 0 >"$0/cgroup.procs" && exec "$@"' "$top" \
		unshare --cgroup --mount --fork --pid --kill-child --mount-proc \
		sh -c 'mount -t tmpfs none "$0" && mount -t cgroup2 none "$0" && mkdir "$0/self" &&
			echo 0 >"$0/self/cgroup.procs" && exec "$@"' "$load_root" "$@" &
	load_pids+=($!)
	load_top=$top
	wait $!
	status=$?
	load_stop
	return "$status"
}

load_start()
{
	load_top=$load_root/$load_tag
	load_netns=
	: >"$planted"
	[ -z "$cgroup_mount" ] || load_cgroups
	load_namespaces
	[ -z "$cgroup_mount" ] || load_zombie
}

load_stop()
{
	local pid dir c i

	[ ! -e "${load_top:-/}/frozen/cgroup.freeze" ] || echo 0 >"$load_top/frozen/cgroup.freeze"
	for pid in "${load_pids[@]}"; do
		kill -KILL "$pid" 2>/dev/null
	done
	wait "${load_pids[@]}" 2>/dev/null
	if [ -n "${load_netns:-}" ]; then
		ip netns del "$load_tag-a"
		ip netns del "$load_tag-b"
	fi
	[ -d "${load_top:-/nonexistent}" ] || return 0
	[ ! -e "$load_top/cgroup.kill" ] || echo 1 >"$load_top/cgroup.kill"
	for ((i = 0; i < 300; i++)); do
		find "$load_top" -depth -type d -exec rmdir {} \; 2>/dev/null
		[ -d "$load_top" ] || break
		sleep 0.1
	done
	for c in $load_enabled; do
		echo "$c" >"$load_root/cgroup.subtree_control"
	done
}
