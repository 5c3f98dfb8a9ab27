# SPDX-License-Identifier: GPL-2.0-or-later
# Sourced by the tests that run in a guest.
# shellcheck shell=bash
# shellcheck source=tests/tap.sh
. "$SRCDIR/tests/tap.sh"
v2=/sys/fs/cgroup

# SECONDS COMMAND...: until it succeeds.
wait_until()
{
	local i times=$(($1 * 10))

	shift
	for ((i = 0; i < times; i++)); do
		"$@" >/dev/null 2>&1 && return
		sleep 0.1
	done
	return 1
}

# JQ-EXPRESSION SECONDS: starts virttop --json in the background into $TMPDIR/stream.
start_stream()
{
	"$VIRTTOP" --json -n 100000 -d "${1:-1}" >"$TMPDIR/stream" 2>"$TMPDIR/stream.errors" &
	stream=$!
	wait_until 20 test -s "$TMPDIR/stream"
}

stop_stream()
{
	kill "$stream"
	wait "$stream" 2>/dev/null
}

# How many whole snapshots there are, and the last of them.
snapshots()
{
	wc -l <"$TMPDIR/stream"
}

last_snapshot()
{
	head -n "$(snapshots)" "$TMPDIR/stream" | tail -n 1
}

# CGROUP-PATH JQ-EXPRESSION: of this cgroup in the JSON on standard input.
of_cgroup()
{
	jq -r --arg path "$1" ".cgroups[] | select(.path == \$path) | $2"
}

# NAME CGROUP JQ-CONDITION: it is in the next snapshot that begins.
shows_next()
{
	local at

	at=$(snapshots)
	# The one under way may have begun before.
	wait_until 30 eval "[ \$(snapshots) -ge $((at + 2)) ]"
	said=$(head -n $((at + 2)) "$TMPDIR/stream" | tail -n 1)
	if jq -e --arg path "$2" "$3" <<<"$said" >/dev/null; then
		pass "$1"
	else
		fail "$1" "$(jq -c --arg path "$2" '[.findings, (.cgroups[] | select(.path == $path))]' <<<"$said")"
	fi
}
