# SPDX-License-Identifier: GPL-2.0-or-later
# Sourced by the tests that run in a guest.
# shellcheck shell=bash
# shellcheck source=tests/tap.sh
. "$SRCDIR/tests/tap.sh"
v2=/sys/fs/cgroup
top=$v2/t # where cgroups are made

# Makes $top, whose children have every controller that tests use.
use_controllers()
{
	echo '+cpu +memory +io +pids' >$v2/cgroup.subtree_control
	mkdir $top
	echo '+cpu +memory +io +pids' >$top/cgroup.subtree_control
}

# NAME FILE=VALUE...
make_cgroup()
{
	local name=$1 setting

	mkdir "$top/$name"
	shift
	for setting; do
		echo "${setting#*=}" >"$top/$name/${setting%%=*}"
	done
}

# NAME COMMAND...: in the background; its pid is $started.
run_in()
{
	# shellcheck disable=SC2016 # the inner shell's
	sh -c 'echo $$ >"$0/cgroup.procs" && exec "$@"' "$top/$1" "${@:2}" >/dev/null 2>&1 &
	started=$!
}

kill_cgroup()
{
	echo 1 >"$top/$1/cgroup.kill"
	wait_until 60 grep -q 'populated 0' "$top/$1/cgroup.events"
}

remove_cgroups()
{
	[ -d $top ] || return 0
	echo 1 >$top/cgroup.kill
	wait_until 60 grep -q 'populated 0' $top/cgroup.events
	find $top -depth -type d -exec rmdir {} +
}

# SECONDS: virttop --json without end, into $TMPDIR/stream.
start_stream()
{
	"$VIRTTOP" --json -n 100000 -d "${1:-1}" >"$TMPDIR/stream" 2>"$TMPDIR/stream.errors" &
	stream=$!
	wait_until 60 has_lines "$TMPDIR/stream" 1
}

stop_stream()
{
	kill "$stream"
	wait "$stream" 2>/dev/null
}

# Puts the next snapshot that begins into $snapshot.
next_snapshot()
{
	local at

	# The one under way may have begun before what it is to show.
	at=$(($(wc -l <"$TMPDIR/stream") + 2))
	wait_until 120 has_lines "$TMPDIR/stream" "$at" || fail 'a snapshot comes'
	snapshot=$(sed -n "${at}p" "$TMPDIR/stream")
}

# CGROUP JQ-EXPRESSION: of this cgroup in $snapshot.
shown()
{
	jq -r --arg path "$1" ".cgroups[] | select(.path == \$path) | $2" <<<"$snapshot"
}

# NAME CGROUP JQ-CONDITION: it is true of the cgroup in $snapshot.
shows()
{
	if [ "$(shown "$2" "$3")" = true ]; then
		pass "$1"
	else
		fail "$1" "$(shown "$2" 'del(.pressure, .effective)' | tr -d '\n ')"
	fi
}

# NAME CGROUP JQ-CONDITION: the same of one of the next snapshots, for what moves: a rate of
# a second in which a loaded machine stood still is not what it is otherwise.
comes_to_show()
{
	local i

	for ((i = 0; i < 15; i++)); do
		next_snapshot
		[ "$(shown "$2" "$3")" != true ] || break
	done
	shows "$@"
}

# NAME CGROUP KIND: $snapshot has this finding about the cgroup.
finds()
{
	if holds --arg path "$2" --arg kind "$3" \
		'any(.findings[]; .kind == $kind and .subject.path == $path)' <<<"$snapshot"; then
		pass "$1"
	else
		fail "$1" "$(jq -c '[.findings[] | [.kind, .subject.path, .evidence]]' <<<"$snapshot")"
	fi
}
