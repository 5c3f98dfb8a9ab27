#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-2.0-or-later
# A /proc that is of another PID namespace than virttop: its pids name other
# processes to system calls. virttop says so, shows what is there, and does nothing
# to processes. And who enters a process is told when /proc there misleads.
# shellcheck disable=SC1010 # "do" is a word of virttop
set -u

srcdir=${SRCDIR:-$(cd "$(dirname "$0")/../.." && pwd)}
# shellcheck source=tests/tap.sh
. "$srcdir/tests/tap.sh"
# shellcheck source=tests/host/lib.sh
. "$srcdir/tests/host/lib.sh"

need_root
if ! unshare --pid --fork --mount true 2>/dev/null; then
	echo '1..0 # SKIP this root may not make PID and mount namespaces'
	exit 0
fi

scratch=$(mktemp -d)
v2=$(findmnt -n -l -t cgroup2 -o TARGET | head -n 1)
group=
export HOME=$scratch XDG_CONFIG_HOME=$scratch XDG_STATE_HOME=$scratch

# The first processes of the PID namespaces first: with them ends what is in there.
clean_up()
{
	end_started
	if [ -n "$group" ]; then
		echo 1 >"$v2$group/cgroup.kill"
		wait_until 60 rmdir "$v2$group"
	fi
	rm -rf "$scratch"
}
trap clean_up EXIT
trap 'exit 130' INT TERM HUP

# FILTER: of the snapshot
ask()
{
	jq -r "$1" "$scratch/snapshot"
}

note='/proc is of another PID namespace than virttop'
reason='/proc is of another PID namespace: its pids name other processes here'

# PID-OUTSIDE...: of the first child, once it has one
child_of()
{
	local i child=

	for ((i = 0; i < 600; i++)); do
		child=$(cat "/proc/$1/task/$1/children" 2>/dev/null)
		[ -z "$child" ] || break
		sleep 0.05
	done
	echo "${child%% *}"
}

# A shell that runs what it is told as process 1 of a PID namespace, with our /proc.
mkfifo "$scratch/told" "$scratch/done"
exec 8<>"$scratch/told" 9<>"$scratch/done"
# shellcheck disable=SC2016 # the inner shell expands
unshare --pid --fork bash -c 'while IFS= read -r line <&8; do
		eval "$line" >"$1/out" 2>&1 </dev/null
		echo $? >&9
	done' bash "$scratch" &
outer=$!
init=$(child_of $outer)
started+=("$init" "$outer")

# WORDS...: there; what it said is in $said, its status in $status.
there()
{
	# A line of its own is what it reads.
	printf '%s\n' "${*//$'\n'/;}" >&8
	status=unknown
	read -r -t 120 status <&9
	said=$(cat "$scratch/out")
}

there "readlink /proc/self"
check 'the shell there sees our /proc' test "$said" -gt "$init"
there "echo \$\$"
same 'and is process 1' 1 "$said"

there "$virttop --json >$scratch/snapshot"
same 'a snapshot is made there' 0 "$status"
has 'a note says whose /proc it is' "$note" \
	"$(ask '.collect.probes[] | select(.name == "process") | .notes[]')"
same 'what it shows is there nevertheless' "$init bash" \
	"$(ask ".processes[] | select(.pid == $init) | \"\\(.pid) \\(.comm)\"")"
same 'with the namespace of it' "$(stat -L -c %i "/proc/$init/ns/pid")" \
	"$(ask ".processes[] | select(.pid == $init) | .ns.pid")"
there "$virttop --size 120x30 --view processes --keys '!' --dump"
has 'the screen has the note' "$note" "$said"
for key in U E M K; do
	there "$virttop --size 120x30 --view processes --keys $key --dump"
	has "and says so when $key is pressed" \
		'/proc is of another PID namespace: nothing is done to processes' "$said"
done
# The number that virttop has there may be the one that it has here, which proves nothing.
for ((i = 0; i < 50; i++)); do
	there "readlink /proc/self >$scratch/last; read -r last <$scratch/last
		echo \$last >/proc/sys/kernel/ns_last_pid
		$virttop --json >$scratch/snapshot & echo \$!; wait"
	twin=$(ask ".processes[] | select(.ppid == $init and .comm == \"virttop\") | .pid")
	[ "$twin" != "$said" ] || break
done
if [ "$twin" = "$said" ]; then
	has 'a note is there also where both have the same number' "$note" \
		"$(ask '.collect.probes[] | select(.name == "process") | .notes[]')"
else
	skip 'where both have the same number' 'other processes were quicker, or ns_last_pid cannot be set'
fi
"$virttop" --json >"$scratch/snapshot"
has_not 'here no note does' "$note" \
	"$(ask '.collect.probes[] | select(.name == "process") | .notes[]')"
unshare --pid --fork --mount-proc "$virttop" --json >"$scratch/snapshot"
has_not 'nor where --mount-proc gave it its own' "$note" \
	"$(ask '.collect.probes[] | select(.name == "process") | .notes[]')"
same 'which has virttop as its process 1' 1 \
	"$(ask '.processes[] | select(.comm == "virttop") | .pid')"

# One process here and one there of the same number: a signal to the one that /proc shows would
# hit the other.
sleep 300 &
victim=$!
started+=("$victim")
there "echo $((victim - 1)) >/proc/sys/kernel/ns_last_pid"
there 'sleep 300 & echo $!'
twin=$said
if [ "$twin" = "$victim" ]; then
	pass 'a process there has the number of one here'
else
	skip 'a process there has the number of one here' 'ns_last_pid cannot be set'
fi
there "$virttop do kill $victim --yes"
same 'kill is refused' 3 "$status"
has 'with the reason' "$reason, so nothing is done to processes; .*--mount-proc" "$said"
there "kill -0 $twin"
same 'the one there lives' 0 "$status"
check 'the one here lives' kill -0 "$victim"
there "$virttop do kill 999999 --yes"
has 'that is the reason for a number that nobody has, too' "$reason" "$said"

for act in "kill -KILL $twin" "enter $victim --uts -- true" "nice $victim 5" "pin $victim 0" \
	'unshare --uts -- true' 'unshare --user --map-root-user -- true' \
	'unshare --uts --background -- sleep 300'; do
	there "$virttop do $act --yes"
	same "refused: ${act//$victim/PID}" "3 yes" \
		"$status $(grep -q "$reason" <<<"$said" && echo yes)"
done
same 'nothing was changed: nice' 0 "$(sed 's/.*) //' "/proc/$victim/stat" | cut -d ' ' -f 17)"
check 'nothing was changed: the one here lives' kill -0 "$victim"

# What was started here with its number in the journal is not ended from there.
"$virttop" do unshare --uts --background --yes -- sleep 300 >"$scratch/started" 2>&1
ran=$(sed -n 's/.* as process \([0-9]*\).*/\1/p' "$scratch/started")
started+=("${ran:-$victim}")
there "$virttop do undo --yes"
same 'undo of a process that was started here is refused there' "3 yes" \
	"$status $(grep -q "$reason" <<<"$said" && echo yes)"
check 'it lives' kill -0 "${ran:-none}"
there "$virttop do clean --yes"
has 'and so is clean' "$reason" "$said"
check 'it still lives' kill -0 "${ran:-none}"

if [ -n "$v2" ] && mkdir "$v2/virttop-procfs-$$" 2>/dev/null; then
	group=/virttop-procfs-$$
	there "$virttop do move $twin $group --yes"
	same 'move is refused' "3 yes" "$status $(grep -q "$reason" <<<"$said" && echo yes)"
	same 'nobody was moved' '' "$(cat "$v2$group/cgroup.procs")"
	there "echo $twin >$v2$group/cgroup.procs"
	same 'the kernel takes the number for the one there' 0 "$status"
	there "$virttop do move $group / --yes"
	same 'moving all of a cgroup is refused' "3 yes" \
		"$status $(grep -q "$reason" <<<"$said" && echo yes)"
	there "$virttop do kill -TERM $group --yes"
	same 'so is a signal to each of a cgroup' "3 yes" \
		"$status $(grep -q "$reason" <<<"$said" && echo yes)"
	there "$virttop do freeze $group --yes"
	same 'a cgroup is frozen, which needs no pid' "0 1" "$status $(cat "$v2$group/cgroup.freeze")"
	there "$virttop do thaw $group --yes"
	same 'and thawed' "0 0" "$status $(cat "$v2$group/cgroup.freeze")"
	there "sh -c 'echo 0 >$v2$group/cgroup.procs && exec $virttop do freeze $group --yes'"
	has 'that virttop is in a cgroup itself it knows there too' 'itself' "$said"
	same 'so it does not freeze itself' "1 0" "$status $(cat "$v2$group/cgroup.freeze")"
else
	skip 'cgroups' 'no writable cgroup v2 mount'
fi

# NAME EXPECTED OPTIONS...: whether entering with them warns of /proc.
warns()
{
	local name=$1 expected=$2

	shift 2
	said=$("$virttop" do enter "$target" "$@" --dry-run -- true 2>&1)
	if [ "$expected" = yes ]; then
		has "enter warns: $name" 'the /proc that it sees is of another PID namespace' "$said"
	else
		has_not "enter does not warn: $name" 'the /proc that it sees' "$said"
		has "it is planned: $name" 'nsenter' "$said"
	fi
}

# OPTIONS...: a process with these namespaces is ${target}.
box()
{
	unshare "$@" sleep 300 &
	outer=$!
	target=$(child_of $outer)
	started+=("$target" "$outer")
	for ((i = 0; i < 600; i++)); do
		[ "$(cat "/proc/$target/comm")" != sleep ] || break
		sleep 0.05
	done
}

box --pid --fork --mount-proc
warns 'a PID namespace with its own /proc' no
warns 'that mount namespace only' yes --mount
warns 'that PID namespace only' yes --pid
# Such a /proc does not know us at all.
said=$(nsenter --target "$target" --mount "$virttop" --json 2>&1)
has 'a /proc that does not have virttop in it: a note' "$note" "$said"
has 'and what is in it' '"pid":1,"ppid":0,.*"comm":"sleep"' "$said"
said=$(nsenter --target "$target" --mount "$virttop" do kill 1 --yes 2>&1)
has 'and kill is refused' "$reason" "$said"
check 'nobody was hit' kill -0 "$target"
box --pid --fork --mount
warns 'a PID namespace whose /proc is ours' yes
warns 'that mount namespace only' no --mount
plan
