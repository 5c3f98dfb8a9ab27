#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-2.0-or-later
# What may not be looked at: a proc with hidepid in a mount namespace of its own,
# and processes that may not be traced. It is unknown, and said why; it is neither
# zero nor left out in silence. The host's own proc is not touched.
# shellcheck disable=SC1010 # "do" is a word of virttop
set -u

srcdir=${SRCDIR:-$(cd "$(dirname "$0")/../.." && pwd)}
# shellcheck source=tests/tap.sh
. "$srcdir/tests/tap.sh"
# shellcheck source=tests/host/lib.sh
. "$srcdir/tests/host/lib.sh"
nobody=(setpriv --reuid 65534 --regid 65534 --clear-groups)
# Root as in a container: all but the right to trace.
no_ptrace=(setpriv --bounding-set=-sys_ptrace --inh-caps=-sys_ptrace)

need_root
if ! "${nobody[@]}" true 2>/dev/null; then
	echo '1..0 # SKIP setpriv cannot become another user here'
	exit 0
fi

scratch=$(mktemp -d)

clean_up()
{
	end_started
	rm -rf "$scratch"
}
trap clean_up EXIT
trap 'exit 130' INT TERM HUP

# The program where everybody may run it, and a home for those who have none here.
chmod 755 "$scratch"
install -m 755 "$virttop" "$scratch/virttop"
virttop=$scratch/virttop
mkdir -m 777 "$scratch/home"
export HOME=$scratch/home XDG_CONFIG_HOME=$scratch/home XDG_STATE_HOME=$scratch/home

# Somebody else's process with namespaces of its own, and one that the other user owns.
unshare --uts --ipc sleep 300 &
other=$!
started+=("$other")
"${nobody[@]}" sleep 300 &
own=$!
started+=("$own")
for ((i = 0; i < 600; i++)); do
	[ "$(cat "/proc/$other/comm" "/proc/$own/comm")" != $'sleep\nsleep' ] || break
	sleep 0.05
done
uts=$(stat -L -c %i "/proc/$other/ns/uts")

# FILTER: of the snapshot
ask()
{
	jq -r "$1" "$scratch/snapshot"
}

# PROBE: what it notes
notes()
{
	ask ".collect.probes[] | select(.name == \"$1\") | .notes[]"
}

# PID FIGURE: of this process
of()
{
	ask ".processes[] | select(.pid == $1) | .$2"
}

# COMMAND...: a snapshot of virttop that is started so.
snapshot()
{
	"$@" "$virttop" --json >"$scratch/snapshot" 2>"$scratch/errors"
}

# OPTIONS COMMAND...: the same where proc is mounted with these.
hidden()
{
	local options=$1

	shift
	# shellcheck disable=SC2016 # the inner shell expands
	unshare --mount --propagation private sh -c \
		'mount -t proc -o "$1" proc /proc && shift && exec "$@"' sh "$options" \
		"$@" "$virttop" --json >"$scratch/snapshot" 2>"$scratch/errors"
}

seen='[0-9]+ of the kernel.s [0-9]+ threads are seen'

if hidden hidepid=2 "${nobody[@]}"; then
	same 'hidepid=2: its own process is there' "$own" "$(of "$own" pid)"
	same 'with its namespaces' "$(stat -L -c %i "/proc/$own/ns/uts")" "$(of "$own" ns.uts)"
	same 'nobody else is' '' "$(ask '.processes[] | select(.uid != 65534) | .pid')"
	has 'the option is named, and how much it hides' \
		"/proc is mounted with hidepid=(2|invisible): it hides .* of other users .*\\($seen\\); root, and who is in group 0, sees all" \
		"$(notes process)"
	hidden hidepid=2,gid=65534 "${nobody[@]}"
	same 'who is in the group of gid= sees all' "$other" "$(of "$other" pid)"
	has_not 'and nothing is said to be hidden' 'hidepid' "$(notes process)"
	hidden hidepid=2,gid=4711 "${nobody[@]}"
	has 'another group is named' 'who is in group 4711, sees all' "$(notes process)"
	hidden hidepid=2
	same 'root sees all' "$other" "$(of "$other" pid)"
	has_not 'and nothing is said to be hidden from root' 'hidepid' "$(notes process)"
	hidden hidepid=1 "${nobody[@]}"
	same 'hidepid=1: its own process is there' "$own" "$(of "$own" pid)"
	has 'those who may not be looked at are counted' \
		'/proc is mounted with hidepid=(1|noaccess): [0-9]+ processes of other users are left out' \
		"$(notes process)"
	has_not 'and said once' 'it hides' "$(notes process)"
else
	skip 'hidepid' "no proc can be mounted here: $(head -n 1 "$scratch/errors")"
fi
if hidden hidepid=4 "${nobody[@]}"; then
	same 'hidepid=4: its own process is there' "$own" "$(of "$own" pid)"
	has 'its option is named' "/proc is mounted with hidepid=(4|ptraceable): it hides .*\\($seen\\)" \
		"$(notes process)"
else
	skip 'hidepid=4' "this kernel does not know it: $(head -n 1 "$scratch/errors")"
fi

# NAME COMMAND...: who may not trace the other process, sees that it is there, and not where.
denied()
{
	local name=$1

	shift
	snapshot "$@"
	same "$name: the process is there" "$other sleep" \
		"$(of "$other" pid) $(of "$other" comm)"
	same "$name: its namespaces are unknown, not 0" '{}' "$(of "$other" 'ns | tojson')"
	same "$name: none is 0" '' "$(ask '.processes[].ns[] | select(. == 0)')"
	same "$name: a namespace that only it is in is not made up" '' \
		"$(ask ".namespaces[] | select(.id == $uts) | .id")"
	has "$name: how many, why, and what lacks them" \
		'the namespaces of [0-9]+ processes are unknown: Permission denied .*ptrace.*does not count them' \
		"$(notes process)"
	said=$("$@" "$virttop" explain "$other" 2>&1)
	has "$name: explain says so too" '^namespaces +unknown: Permission denied' "$said"
	said=$("$@" "$virttop" --size 120x40 --view processes \
		--keys "fpid=$other<Enter>" --dump 2>&1)
	has "$name: and the detail pane" 'namespaces +unknown: .*Permission denied' "$said"
	said=$("$@" "$virttop" --size 120x40 --view namespaces --keys 'j' --dump 2>&1)
	has "$name: and that of a namespace, for its members" \
		'not counted: [0-9]+ whose namespaces are unknown' "$said"
	said=$("$@" "$virttop" do enter "$other" --uts --dry-run -- true 2>&1)
	has "$name: entering is refused with the reason" \
		"cannot see the uts namespace of process $other: Permission denied" "$said"
}

snapshot
same 'root may look' "$uts" "$(of "$other" ns.uts)"
denied 'another user' "${nobody[@]}"
if "${no_ptrace[@]}" readlink "/proc/$other/ns/uts" >/dev/null 2>&1; then
	skip 'root without CAP_SYS_PTRACE' 'the kernel lets it look nevertheless'
else
	denied 'root without CAP_SYS_PTRACE' "${no_ptrace[@]}"
fi
plan
