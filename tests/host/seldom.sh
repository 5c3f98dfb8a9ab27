#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-2.0-or-later
# On a host with many cgroups settings are read by turns and kept in between: none
# of them is ever missing, and one that somebody changes is seen after ten
# refreshes at the latest. Marks of systemd on a cgroup are seen too.
set -u
. "$SRCDIR/tests/tap.sh"

v2=$(findmnt -n -l -t cgroup2 -o TARGET | head -n 1)
if [ -z "$v2" ] || [ ! -w "$v2" ]; then
	echo '1..0 # SKIP needs a writable cgroup v2 mount'
	exit 0
fi

name=virttop-seldom-$$
stream=
clean_up()
{
	[ -z "$stream" ] || kill "$stream" 2>/dev/null
	wait
	rmdir "$v2/$name"/*/ "$v2/$name"
}
trap clean_up EXIT

mkdir "$v2/$name"
for n in $(seq 1 300); do
	mkdir "$v2/$name/c$n"
done
echo 7 >"$v2/$name/c1/cgroup.max.depth"
marked=
if command -v setfattr >/dev/null && setfattr -n user.delegate -v 1 "$v2/$name/c2" 2>/dev/null; then
	marked=yes
fi

"$VIRTTOP" --json -n 10000 -d 0.3 >"$TMPDIR/stream" &
stream=$!
wait_until 60 has_lines "$TMPDIR/stream" 3
echo 9 >"$v2/$name/c1/cgroup.max.depth"
last=$(($(wc -l <"$TMPDIR/stream") + 10)) # the next may have begun before
wait_until 60 has_lines "$TMPDIR/stream" "$last"
kill "$stream"
wait "$stream"
stream=
head -n "$last" "$TMPDIR/stream" >"$TMPDIR/seldom.json"

# JQ: a line for each snapshot, of the cgroups made here.
of_each()
{
	jq -c --arg top "/$name" "[.cgroups[] | select(.path | startswith(\$top + \"/\"))] | $1" \
		"$TMPDIR/seldom.json"
}

same 'every cgroup each time' 300 "$(of_each length | sort -u)"
same 'no setting is ever missing' 0 "$(of_each '[.[] | select(.max_depth == null or .type == null
	or .descendants == null or .delegated == null or .owner_uid == null)] | length' | sort -u)"
same 'what is written is seen' '7
9' "$(of_each '.[] | select(.path | endswith("/c1")).max_depth' | uniq)"
same 'and told, once' 1 "$(jq -c --arg top "/$name" '[.events[] | select(.kind == "limit" and
	(.text | contains($top)))] | length' "$TMPDIR/seldom.json" | tail -n 1)"
if [ -n "$marked" ]; then
	same 'what is delegated' '["c2"]' "$(of_each '[.[] | select(.delegated).path | sub(".*/"; "")]' |
		sort -u)"
else
	skip 'what is delegated' 'setfattr is missing, or this mount takes no user attributes'
fi
plan
