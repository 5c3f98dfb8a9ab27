#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-2.0-or-later
# virttop is killed at each of its writes, so between any two steps of a plan: the
# journal must say what was done, and undo must take it back.
# shellcheck disable=SC1010,SC2016 # "do" is a word of virttop; jq's variables
# shellcheck source=tests/guest/lib.sh
. "$SRCDIR/tests/guest/lib.sh"

use_controllers
trap remove_cgroups EXIT
export XDG_STATE_HOME=$TMPDIR/state
journal=$XDG_STATE_HOME/virttop/journal
files=(cpu.weight pids.max cgroup.max.depth)
values=(200 77 7)
befores=(100 max max)

# What the files say: a line of step numbers that were done, by the kernel.
really_done()
{
	local i

	for i in 0 1 2; do
		[ "$(cat "$top/a/${files[i]}")" = "${values[i]}" ] && echo "$i"
	done | xargs
}

# EVENT: the steps that the journal has it of.
journal_says()
{
	jq -R -r --arg event "$1" 'fromjson? | select(.event == $event) | .step' "$journal" 2>/dev/null | xargs
}

wrong=
killed=0
between=0
for ((n = 1; n < 60; n++)); do
	make_cgroup a
	rm -f "$journal"
	status=0
	strace -f -qq -o /dev/null -e trace=write \
		-e inject=write:signal=SIGKILL:when=$n "$VIRTTOP" do limit /t/a cpu.weight=200 \
		pids.max=77 cgroup.max.depth=7 --yes >/dev/null 2>&1 || status=$?
	real=$(really_done)
	before=$(journal_says before)
	after=$(journal_says after)
	for i in $real; do
		[[ " $before " == *" $i "* ]] || wrong+="killed at write $n: step $i was done, not in the journal. "
	done
	for i in $after; do
		[[ " $real " == *" $i "* ]] || wrong+="killed at write $n: step $i is in the journal, not done. "
	done
	[ "$(wc -w <<<"$real")" = 0 ] || [ "$(wc -w <<<"$real")" = 3 ] || between=$((between + 1))
	if [ "$status" = 0 ]; then
		rmdir "$top/a"
		break
	fi
	killed=$((killed + 1))
	# What the journal says was done is undone. A kill between a write and its line leaves that one.
	if [ -n "$after" ]; then
		"$VIRTTOP" do undo --yes >"$TMPDIR/undo" 2>&1 || wrong+="undo after $n: $(cat "$TMPDIR/undo") "
		for i in $after; do
			[ "$(cat "$top/a/${files[i]}")" = "${befores[i]}" ] ||
				wrong+="undo after $n left ${files[i]} "
		done
	fi
	rmdir "$top/a"
done
same "killed $killed times, the journal says what was done" '' "$wrong"
check "$between of the kills were between the steps" test "$between" -ge 2
same 'without a kill all is done' '0 1 2' "$real"

plan
