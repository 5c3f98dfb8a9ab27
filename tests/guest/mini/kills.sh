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
files=(cpu.weight pids.max)
values=(200 77)
befores=(100 max)

# What the files say: a line of step numbers that were done, by the kernel.
really_done()
{
	local i

	for i in 0 1; do
		[ "$(cat "$top/a/${files[i]}")" = "${values[i]}" ] && echo "$i"
	done | xargs
}

# EVENT: the steps that the journal has it of.
journal_says()
{
	jq -R -r --arg event "$1" 'fromjson? | select(.event == $event) | .step' "$journal" 2>/dev/null | xargs
}

# N WORD...: virttop do, killed at its write of this number.
kill_at_write()
{
	strace -f -qq -o /dev/null -e trace=write -e "inject=write:signal=SIGKILL:when=$1" \
		"$VIRTTOP" do "${@:2}" --yes >/dev/null 2>&1
}

wrong=
killed=0
between=0
unwritten=0
# The first writes are the preview and what begins the plan in the journal.
for ((n = 3; n < 60; n++)); do
	make_cgroup a
	rm -f "$journal"
	status=0
	kill_at_write $n limit /t/a cpu.weight=200 pids.max=77 || status=$?
	real=$(really_done)
	before=$(journal_says before)
	after=$(journal_says after)
	for i in $real; do
		[[ " $before " == *" $i "* ]] || wrong+="killed at write $n: step $i was done, not in the journal. "
	done
	for i in $after; do
		[[ " $real " == *" $i "* ]] || wrong+="killed at write $n: step $i is in the journal, not done. "
	done
	[ "$(wc -w <<<"$real")" = 0 ] || [ "$(wc -w <<<"$real")" = 2 ] || between=$((between + 1))
	if [ "$status" = 0 ]; then
		rmdir "$top/a"
		break
	fi
	killed=$((killed + 1))
	# Whatever was done is undone, also where the kill came between a write and its line. That is
	# tried after every such kill, and after one that nothing came of.
	if [ "$real" != "$after" ]; then
		unwritten=$((unwritten + 1))
		"$VIRTTOP" do undo --yes >"$TMPDIR/undo" 2>&1 || wrong+="undo after $n: $(cat "$TMPDIR/undo") "
		grep -q 'killed while it tried to.*was done' "$TMPDIR/undo" ||
			wrong+="undo after $n does not say that it looked: $(cat "$TMPDIR/undo") "
		for i in 0 1; do
			[ "$(cat "$top/a/${files[i]}")" = "${befores[i]}" ] || wrong+="undo after $n left ${files[i]} "
		done
	elif [ "$before" = 0 ] && [ -z "$real" ]; then
		! "$VIRTTOP" do undo --yes >"$TMPDIR/undo" 2>&1 || wrong+="undo after $n had something to do "
	fi
	rmdir "$top/a"
done
same "killed $killed times, the journal says what was done" '' "$wrong"
check "$between of the kills were between the steps" test "$between" -ge 2
check "$unwritten of the kills were between a write and its line" test "$unwritten" -ge 2
same 'without a kill all is done' '0 1' "$real"

# The undo itself is killed between its steps: the next one undoes the rest.
make_cgroup a
rm -f "$journal"
"$VIRTTOP" do limit /t/a cpu.weight=200 pids.max=77 --yes >/dev/null 2>&1
kill_at_write 7 undo
same 'an undo was killed between its steps' 0 "$(really_done)"
"$VIRTTOP" do undo --yes >"$TMPDIR/undo" 2>&1
same 'the next one undoes the rest' '100 max' "$(cat "$top/a/cpu.weight" "$top/a/pids.max" | xargs)"
rmdir "$top/a"

plan
