#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-2.0-or-later
# Makes namespaces that are kept alive in unusual ways, and looks whether
# virttop finds each of them and says what keeps it. Everything that was made is
# removed at the end, whatever happens.
set -u

srcdir=${SRCDIR:-$(cd "$(dirname "$0")/../.." && pwd)}
# shellcheck source=tests/tap.sh
. "$srcdir/tests/tap.sh"
# shellcheck source=tests/host/lib.sh
. "$srcdir/tests/host/lib.sh"
holder=${BUILDDIR:-$PWD}/tests/host/holder

need_root
if ! unshare --uts true 2>/dev/null; then
	echo '1..0 # SKIP this root may not make namespaces'
	exit 0
fi

scratch=$(mktemp -d)

clean_up()
{
	end_started
	umount "$scratch/net" 2>/dev/null
	umount "$scratch/path" 2>/dev/null
	rm -rf "$scratch"
}
trap clean_up EXIT
trap 'exit 130' INT TERM HUP

# NAME COMMAND...: starts it; what it prints first is ${id[NAME]}, its pid ${pid[NAME]}.
declare -A id pid
mkfifo "$scratch/end"
exec 9<>"$scratch/end"
start()
{
	local name=$1 i

	shift
	"$@" <&9 >"$scratch/out.$name" 2>"$scratch/err.$name" &
	pid[$name]=$!
	started+=("$!")
	for ((i = 0; i < 600; i++)); do
		[ ! -s "$scratch/out.$name" ] || break
		sleep 0.05
	done
	id[$name]=$(head -n 1 "$scratch/out.$name")
}

# FILTER: of the snapshot
ask()
{
	jq -r "$1" "$scratch/snapshot"
}

# NAME TYPE HOW WHERE: the namespace ${id[NAME]} is there, with no process in it, and kept so.
found()
{
	local row

	row=$(jq -c --argjson id "${id[$1]:-0}" '.namespaces[] | select(.id == $id)' "$scratch/snapshot")
	if [ -z "$row" ]; then
		fail "one kept by $1 is found" "no namespace ${id[$1]:-} ($(cat "$scratch/err.$1"))"
		return
	fi
	pass "one kept by $1 is found"
	same "its type ($1)" "$2" "$(jq -r .type <<<"$row")"
	same "no process is in it ($1)" '0 null' "$(jq -r '"\(.processes) \(.leader_comm)"' <<<"$row")"
	has "what keeps it ($1)" "^$3 $4\$" "$(jq -r '.kept_by[] | "\(.how) \(.where)"' <<<"$row")"
}

touch "$scratch/net" "$scratch/path"

for how in thread descriptor socket; do
	start "$how" "$holder" "$how"
done
if [ -e /proc/self/ns/time ]; then
	start future "$holder" future
fi
unshare --net="$scratch/net" true
id[bind]=$(stat -c %i "$scratch/net")
: >"$scratch/err.bind"
# Unmounted again, so that only the descriptor is left, which shows a path.
unshare --uts="$scratch/path" true
start path "$holder" path "$scratch/path"
umount -l "$scratch/path"
# In a mount namespace of its own, where it is not seen from here.
start elsewhere unshare --mount --propagation private sh -c \
	'unshare --ipc="$1" true && stat -c %i "$1" && exec sleep 300' sh "$scratch/path"
# The same, and then no process is there any more: only a descriptor keeps that mount namespace.
start inner unshare --mount --propagation private sh -c \
	'unshare --uts="$1" true && stat -c %i "$1" && exec sleep 300' sh "$scratch/path"
start empty "$holder" path "/proc/${pid[inner]}/ns/mnt"
kill -KILL "${pid[inner]}"
wait "${pid[inner]}" 2>/dev/null
# A user namespace without a process; one below it has the process.
start child unshare --user --map-root-user sh -c \
	'stat -L -c %i /proc/self/ns/user && exec unshare --user --map-root-user sleep 300'
for ((i = 0; i < 600; i++)); do
	[ "$(cat "/proc/${pid[child]}/comm")" != sleep ] || break
	sleep 0.05
done

"$virttop" --json >"$scratch/snapshot" 2>"$scratch/errors"
check 'a snapshot is made' holds '.schema != null' "$scratch/snapshot"
found thread uts thread "/proc/${pid[thread]}/task/[0-9]+"
found descriptor ipc descriptor "/proc/${pid[descriptor]}/fd/[0-9]+"
found path uts descriptor "/proc/${pid[path]}/fd/[0-9]+"
found socket net socket "/proc/${pid[socket]}/fd/[0-9]+"
found bind net bind "$scratch/net"
found elsewhere ipc bind "/proc/${pid[elsewhere]}/root$scratch/path"
found empty mnt descriptor "/proc/${pid[empty]}/fd/[0-9]+"
found inner uts bind "$scratch/path in mnt ${id[empty]}"
inner=$(stat -L -c %i "/proc/${pid[child]}/ns/user")
found child user child "user $inner"
if [ -e /proc/self/ns/time ]; then
	found future time process "/proc/${pid[future]}/ns/time_for_children"
else
	skip 'one kept for future children' 'the kernel has no time namespaces'
fi
same 'the child names it as its parent' "${id[child]}" \
	"$(ask ".namespaces[] | select(.id == $inner) | .parent")"
same 'and as its owner' "${id[child]}" \
	"$(ask ".namespaces[] | select(.id == $inner) | .owner_user_ns")"
for how in thread descriptor socket bind elsewhere inner; do
	same "its owner is known ($how)" "$(stat -L -c %i /proc/self/ns/user)" \
		"$(ask ".namespaces[] | select(.id == ${id[$how]:-0}) | .owner_user_ns")"
done

# What lsns knows, virttop knows.
missing=$(comm -23 <(lsns -n -o NS | tr -d ' ' | sort -u) <(ask '.namespaces[].id' | sort -u))
# Those of lsns itself and of what ended meanwhile are gone.
for inode in $missing; do
	lsns -n -o NS | grep -qw "$inode" || missing=$(grep -vw "$inode" <<<"$missing")
done
same 'no namespace of lsns is missing' '' "$missing"

# Gone is gone: a later snapshot of the same run no longer has what was let go.
"$virttop" --json -n 1000 -d 1 >"$scratch/stream" 2>>"$scratch/errors" &
watcher=$!
started+=("$watcher")
# The first search may take longer than virttop waits for it.
for ((first = 1; first < 20; first++)); do
	wait_until 60 has_lines "$scratch/stream" "$first"
	! sed -n "${first}p" "$scratch/stream" | holds --argjson ids \
		"[${id[thread]}, ${id[descriptor]}, ${id[socket]}]" \
		'[.namespaces[].id] as $all | $ids - $all == []' || break
done
for how in thread descriptor socket; do
	kill -KILL "${pid[$how]}"
	wait "${pid[$how]}" 2>/dev/null
done
# The next one may have begun before.
later=$(($(wc -l <"$scratch/stream") + 2))
wait_until 60 has_lines "$scratch/stream" "$later"
kill "$watcher"
wait "$watcher"
sed -n "${first}p;${later}p" "$scratch/stream" >"$scratch/two"
same 'two snapshots of one run' 2 "$(wc -l <"$scratch/two")"
for how in thread descriptor socket; do
	same "it was there first ($how)" "${id[$how]}" \
		"$(jq -s ".[0].namespaces[] | select(.id == ${id[$how]}) | .id" "$scratch/two")"
	same "it is gone when its keeper is ($how)" '' \
		"$(jq -s ".[1].namespaces[] | select(.id == ${id[$how]}) | .id" "$scratch/two")"
done
plan
