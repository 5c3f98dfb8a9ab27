#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-2.0-or-later
# Acts on this host through `virttop do` and looks at the raw files, /proc and
# lsns afterwards. Works in a cgroup of its own below the cgroup v2 mount, which
# is removed at the end, whatever happens.
# shellcheck disable=SC1010,SC2016 # "do" is a word of virttop; inner shells expand
set -u

srcdir=${SRCDIR:-$(cd "$(dirname "$0")/../.." && pwd)}
# shellcheck source=tests/tap.sh
. "$srcdir/tests/tap.sh"
# shellcheck source=tests/host/lib.sh
. "$srcdir/tests/host/lib.sh"

need_root
need_cgroup_tree

top=/virttop-test-$$
scratch=$(mktemp -d)
chmod 755 "$scratch"
export XDG_STATE_HOME=$scratch/state
hugetlb_was_off=

clean_up()
{
	end_started
	remove_cgroup "$top"
	[ -z "$hugetlb_was_off" ] || echo -hugetlb >"$v2/cgroup.subtree_control"
	rm -rf "$scratch"
}
trap clean_up EXIT
trap 'exit 130' INT TERM HUP

act()
{
	run "$@" --yes
}

# NAME FILE VALUE: of our cgroup
reads()
{
	same "$1" "$3" "$(cat "$v2$top/$2" 2>&1)"
}

cgroup_of()
{
	sed -n 's/^0:://p' "/proc/$1/cgroup"
}

is_in()
{
	[ "$(cgroup_of "$1")" = "$2" ]
}

nobody()
{
	setpriv --reuid=65534 --regid=65534 --clear-groups \
		env HOME="$scratch" XDG_CONFIG_HOME="$scratch" XDG_STATE_HOME="$scratch/nobody" \
		"$virttop" do "$@"
}

# COMMAND...: the new process is $new.
start()
{
	"$@" </dev/null >/dev/null 2>&1 &
	new=$!
	started+=("$new")
}

gone()
{
	! [ -e "$v2$1" ]
}

# Create.
run create "$top" --dry-run
ended 'a dry run of create succeeds' 0
has 'it shows the shell command' "\\$ mkdir $v2$top\$" "$said"
check 'it makes nothing' gone "$top"
run create "$top"
ended 'without a terminal and --yes it is refused' 3
check 'and makes nothing' gone "$top"
act create "$top"
ended 'create' 0
check 'the cgroup is there' test -d "$v2$top"
act create "$top"
ended 'it is not made twice' 1
act create "$top/no/such"
ended 'a missing parent is not made' 1
has 'the missing parent is named' "$top/no" "$errors"

# Limit.
act limit "$top" cgroup.max.depth=4 cgroup.max.descendants=9
ended 'limit' 0
reads 'the first file is set' cgroup.max.depth 4
reads 'the second file is set' cgroup.max.descendants 9
act limit "$top" cgroup.max.depth=many
ended 'a value that cannot be is a usage error' 2
has 'it says what is accepted' 'a number from 0' "$errors"
act limit "$top" cgroup.max.depth=2 cgroup.type=nonsense
ended 'what the kernel refuses fails' 1
has 'it says what the kernel accepts' 'can be chosen is threaded' "$errors"
has 'it says what was rolled back' 'rolled back' "$errors"
reads 'the step before was rolled back' cgroup.max.depth 4
act create "$top/half" cgroup.max.depth=1 cgroup.type=nonsense
ended 'a create that fails half-way fails' 1
check 'and leaves nothing' gone "$top/half"
has_not 'and says so' 'not rolled back' "$errors"
run unshare --yes --uts --cgroup "$top/half" --limit cgroup.max.depth=1 -- /no/such/command
ended 'a command that is not there, with a cgroup for it' 1
check 'leaves no cgroup' gone "$top/half"
has 'which is said' 'the steps before it were rolled back' "$errors"
has_not 'and nothing else' 'not rolled back' "$errors"
act limit "$top" no.such.file=1
ended 'a file that cannot be set is a usage error' 2
act limit "$top" memory.nonsense=1
ended 'so is an unknown file of a known controller' 2
act limit "$top/none" cgroup.max.depth=1
ended 'an unknown cgroup is a usage error' 2
act limit relative cgroup.max.depth=1
ended 'a path that is none is a usage error' 2
if grep -qw memory "$v2/cgroup.controllers"; then
	skip 'a controller that v1 holds is named' 'cgroup v2 has the memory controller'
else
	act limit "$top" memory.max=100M
	ended 'a controller that is not there fails' 1
	has 'it is said who holds it' 'v1 holds the memory controller|no memory controller' "$errors"
fi

# Undo.
act undo
ended 'undo' 0
reads 'the first file is as before' cgroup.max.depth max
reads 'the second file is as before' cgroup.max.descendants max
act limit "$top" cgroup.max.depth=5
echo 6 >"$v2$top/cgroup.max.depth"
act undo
ended 'what others changed since is not undone' 3
reads 'their value stays' cgroup.max.depth 6
echo 5 >"$v2$top/cgroup.max.depth"
act undo
ended 'it is undone when the value is ours again' 0
reads 'the file is as before' cgroup.max.depth max
act limit "$top" cgroup.max.depth=5 cgroup.max.depth=6
ended 'a file that two steps write' 0
reads 'it has the last value' cgroup.max.depth 6
act undo
ended 'undo of both' 0
reads 'the file is as before them' cgroup.max.depth max

# Stale: changed between the preview and the answer.
if command -v script >/dev/null; then
	mkfifo "$scratch/answer"
	script -qec "$virttop do limit $top cgroup.max.depth=7" /dev/null \
		<"$scratch/answer" >"$scratch/typed" 2>&1 &
	asking=$!
	exec 9>"$scratch/answer"
	for ((i = 0; i < 600; i++)); do
		grep -q 'Do it' "$scratch/typed" 2>/dev/null && break
		sleep 0.1
	done
	echo 8 >"$v2$top/cgroup.max.depth"
	echo y >&9
	exec 9>&-
	status=0
	wait "$asking" || status=$?
	said=$(tr -d '\r' <"$scratch/typed") errors=
	ended 'a plan that became stale is refused' 3
	has 'both values are named' 'is now 8, the preview said max' "$said"
	reads 'nothing was written' cgroup.max.depth 8
	echo max >"$v2$top/cgroup.max.depth"
else
	skip 'a plan that became stale is refused' 'no script(1)'
fi

# Move.
start sleep 1000
mover=$new
was=$(cgroup_of "$mover")
act move "$mover" "$top"
ended 'move' 0
same 'the process is in the cgroup' "$top" "$(cgroup_of "$mover")"
act move "$mover@1" "$top"
ended 'another start time is another process' 3
act undo
ended 'undo of the move' 0
same 'the process is where it was' "$was" "$(cgroup_of "$mover")"
act move 4194304 "$top"
ended 'an unknown process is a usage error' 2
act move 2 "$top"
if [ "$(cat /proc/2/comm 2>/dev/null)" = kthreadd ]; then
	ended 'a kernel thread is refused' 1
	has 'it is called that' 'kernel thread' "$errors"
else
	skip 'a kernel thread is refused' 'process 2 is none here'
fi
mkdir "$v2$top/threaded"
echo threaded >"$v2$top/threaded/cgroup.type"
act move "$mover" "$top/threaded"
ended 'a threaded cgroup is refused' 1
has 'and called threaded' 'is threaded' "$errors"
same 'the process stays' "$was" "$(cgroup_of "$mover")"
rmdir "$v2$top/threaded"

# Freeze, thaw, remove with processes, kill.
act move "$mover" "$top"
act freeze "$top"
ended 'freeze' 0
reads 'it is frozen' cgroup.freeze 1
act thaw "$top"
ended 'thaw' 0
reads 'it is thawed' cgroup.freeze 0
act remove "$top"
ended 'a cgroup with processes is not removed' 1
has 'they are counted' 'has 1 process' "$errors"
check 'it is still there' test -d "$v2$top"
start sh -c 'echo $$ >"$0/cgroup.procs" && exec sleep 1000' "$v2$top"
wait_until 60 is_in "$new" "$top"
act freeze "$top"
act kill "$top"
ended 'kill a cgroup' 0
wait "$mover" 2>/dev/null
same 'SIGKILL ended its process' 137 $?
wait_until 60 grep -q 'populated 0' "$v2$top/cgroup.events"
echo 0 >"$v2$top/cgroup.freeze"

# Asked first, killed after: one heeds SIGTERM, one does not.
start sh -c 'echo $$ >"$0/cgroup.procs" && exec sleep 1000' "$v2$top"
heeds=$new
start sh -c 'trap "" TERM && echo $$ >"$0/cgroup.procs" && while :; do sleep 1; done' "$v2$top"
stubborn=$new
wait_until 60 is_in "$heeds" "$top"
wait_until 60 is_in "$stubborn" "$top"
run kill --then-kill "$top" --dry-run
has 'it says that it asks first' 'send SIGTERM to every process' "$said"
has 'and kills what is left' 'kill what is left .* after up to 5 s' "$said"
act kill -TERM "$top"
ended 'SIGTERM to a cgroup' 0
wait "$heeds" 2>/dev/null
same 'ends who heeds it' 143 $?
check 'and not who does not' test -d "/proc/$stubborn"
act kill --then-kill "$top"
ended 'SIGTERM and then SIGKILL' 0
wait "$stubborn" 2>/dev/null
same 'end that one too' 137 $?

# All processes of a cgroup move, those below it stay.
mkdir "$v2$top/from" "$v2$top/to" "$v2$top/from/below"
movers=()
for dir in from from from/below; do
	start sh -c 'echo $$ >"$0/cgroup.procs" && exec sleep 1000' "$v2$top/$dir"
	movers+=("$new")
done
wait_until 60 is_in "${movers[2]}" "$top/from/below"
wait_until 60 has_lines "$v2$top/from/cgroup.procs" 2
act move "$top/from" "$top/to"
ended 'move all of a cgroup' 0
same 'they are there' "$top/to $top/to $top/from/below" \
	"$(cgroup_of "${movers[0]}") $(cgroup_of "${movers[1]}") $(cgroup_of "${movers[2]}")"
act undo
ended 'undo of that' 0
same 'they are back' "$top/from $top/from" "$(cgroup_of "${movers[0]}") $(cgroup_of "${movers[1]}")"
act move "$top/to" "$top/from"
ended 'an empty cgroup has nothing to move' 0
has 'which is said' 'no processes of its own' "$errors"
kill -KILL "${movers[@]}"
wait "${movers[@]}" 2>/dev/null
act remove "$top/from"
ended 'remove takes what is below too' 0

# The journal: any plan of it is undone by its id, unless somebody else was there since.
act create "$top/one"
act limit "$top/one" cgroup.max.depth=3
act limit "$top/one" cgroup.max.descendants=7
list=$("$virttop" journal)
same 'the journal lists what was done, newest first' "Limit $top/one Limit $top/one Create $top/one" \
	"$(head -n 3 <<<"$list" | sed 's/.*applied *//' | xargs)"
id=$(sed -n '2s/ .*//p' <<<"$list")
has 'it knows before and after' 'before max after 3' "$("$virttop" journal "$id" | tr -s '\n' ' ')"
act undo "$id"
ended 'undo of one before the last' 0
reads 'that one is undone' one/cgroup.max.depth max
reads 'the last is not' one/cgroup.max.descendants 7
has 'the journal says so' "^$id .* undone " "$("$virttop" journal)"
act undo "$id"
ended 'twice is refused' 1
has 'with the reason' 'is undone already' "$errors"
echo 9 >"$v2$top/one/cgroup.max.descendants"
act undo "$(sed -n '1s/ .*//p' <<<"$list")"
ended 'what somebody else has changed is stale' 3
has 'which is said' 'has been changed since, to 9' "$errors"
act undo nope
ended 'an unknown id' 1
act remove "$top/one"

# What was made goes by clean, and comes back with what was set in it.
export XDG_STATE_HOME=$scratch/cleaned
act create "$top/busy"
act create "$top/idle" cgroup.max.depth=3
start sh -c 'echo $$ >"$0/cgroup.procs" && exec sleep 1000' "$v2$top/busy"
wait_until 60 is_in "$new" "$top/busy"
act clean
ended 'clean fails where one cgroup has processes' 1
has 'what it had removed is rolled back' 'the step before it was rolled back' "$errors"
reads 'with its limit' idle/cgroup.max.depth 3
kill -KILL "$new"
wait "$new" 2>/dev/null
act clean
ended 'clean' 0
check 'the cgroup that was made again is known' gone "$top/idle"
check 'the other goes too' gone "$top/busy"
act undo
ended 'undo of clean' 0
reads 'the limit is back again' idle/cgroup.max.depth 3
act clean
export XDG_STATE_HOME=$scratch/state

# Limits written down and set again by a shell.
act create "$top/kept" cgroup.max.depth=3 cgroup.max.descendants=7
"$virttop" save "$top/kept" --as shell "$scratch/kept.sh"
same 'save writes a file' 0 $?
"$virttop" save --as systemd "$top/kept" "$scratch/kept.sh" 2>"$scratch/errors"
same 'save does not overwrite one' 3 $?
has 'and says so' '--force overwrites: .*kept.sh is there already' "$(cat "$scratch/errors")"
act remove "$top/kept"
check 'a shell reads it' sh "$scratch/kept.sh"
reads 'the limits are back' kept/cgroup.max.depth 3
reads 'all of them' kept/cgroup.max.descendants 7
same 'save to the screen' "$(cat "$scratch/kept.sh")" "$("$virttop" save --as shell "$top/kept")"
act remove "$top/kept"

# Threaded where that is legal.
mkdir "$v2$top/to/child"
act threaded "$top/to/child"
ended 'threaded' 0
reads 'its type' to/child/cgroup.type threaded
mkdir "$v2$top/to/second"
act create "$top/to/second/inner"
reads 'a sibling is invalid then' to/second/cgroup.type 'domain invalid'
act threaded "$top/to/second/inner"
ended 'below an invalid domain it is refused' 1
has 'with the reason' 'is domain invalid; make that one threaded first' "$errors"
act kill "$top/to/child"
ended 'a threaded cgroup has no cgroup.kill' 1
act kill -TERM "$top/to/child"
ended 'nor a list of processes to signal' 1
has 'which is said' 'is threaded: its processes can only be signalled' "$errors"
act kill -TERM "$top/to"
ended 'the one where the threads begin has' 0
act remove "$top/to"
ended 'all of that goes' 0

start sleep 1000
act kill -TERM "$new"
ended 'kill a process' 0
wait "$new" 2>/dev/null
same 'SIGTERM ended it' 143 $?
act kill 1
ended 'process 1 is left alone' 1

# virttop in the cgroup that would freeze.
status=0
errors=$(sh -c 'echo $$ >"$0/cgroup.procs" && exec "$@"' "$v2$top" \
	"$virttop" do freeze "$top" --yes 2>&1) || status=$?
said=
ended 'virttop does not freeze itself' 1

# Unshare.
run unshare --yes --pid --mount-proc --uts --hostname demo -- sh -c 'hostname; echo $$; ls -d /proc/[0-9]*'
ended 'unshare in the foreground' 0
has 'the hostname is new' '^demo$' "$said"
has 'it is PID 1' '^1$' "$said"
has_not 'its /proc shows no other process' "^/proc/$$\$" "$said"
has_not 'the hostname stays here' '^demo$' "$(hostname)"
run unshare --yes --user --map-root-user -- sh -c 'cat /proc/self/uid_map; exit 3'
ended 'a command that fails is no failure of unshare' 0
has 'its status is told' 'ended with status 3' "$said"
run unshare --yes --pid -- /no/such/command
ended 'a command that is not there fails' 1
has 'it is named' 'cannot run /no/such/command' "$errors"
run unshare --yes --pid --mount-proc --uts --cgroup "$top" --background
ended 'unshare in the background' 0
pid=$(cat "$v2$top/cgroup.procs")
same 'it is the only one in its cgroup' 1 "$(wc -w <<<"$pid")"
same 'sleep runs there' sleep "$(cat "/proc/$pid/comm" 2>&1)"
for type in pid mnt uts; do
	check "$type namespace is new" test "$(readlink "/proc/$pid/ns/$type")" != "$(readlink "/proc/self/ns/$type")"
	check "lsns knows it" test -n "$(lsns -n -t "$type" -o NS -p "$pid")"
done
check 'the net namespace is ours' test "$(readlink "/proc/$pid/ns/net")" = "$(readlink /proc/self/ns/net)"
run enter "$pid" --yes -- sh -c 'readlink /proc/self/ns/uts; echo $$'
ended 'enter' 0
has 'it was in its namespace' "^$(readlink "/proc/$pid/ns/uts" | sed 's/[][]/\\&/g')\$" "$said"
act undo
ended 'undo of unshare' 0
check 'its process has ended' wait_until 60 is_gone "$pid"
run unshare --yes --nonsense
ended 'an unknown option is a usage error' 2

# No privilege.
if nobody create / 2>&1 | grep -q 'virttop: do create'; then
	for words in "create $top/x" "limit $top cgroup.max.depth=1" "move $$ $top" "remove $top" \
		"freeze $top" "unshare --pid" "kill $$"; do
		status=0
		# shellcheck disable=SC2086 # words
		errors=$(nobody $words --yes 2>&1 >/dev/null) || status=$?
		said=
		ended "nobody cannot $words" 1
		has 'it says what is lacking' 'uid 65534|CAP_SYS_ADMIN' "$errors"
	done
	check 'nothing was made' gone "$top/x"
	reads 'nothing was set' cgroup.max.depth max
else
	skip 'without privilege' 'nobody cannot run the program here'
fi

# Read-only.
status=0
errors=$("$virttop" --read-only do create "$top/x" --yes 2>&1) || status=$?
said=
ended 'read-only refuses' 3
status=0
errors=$("$virttop" --root "$scratch" do create "$top/x" --yes 2>&1) || status=$?
ended 'another root refuses' 3
check 'nothing was made' gone "$top/x"

# Controllers: needs one that v2 has and that can be switched on for children.
if ! grep -qw hugetlb "$v2/cgroup.controllers"; then
	skip 'controllers and hugetlb limits' 'cgroup v2 has no hugetlb controller here'
else
	if ! grep -qw hugetlb "$v2/cgroup.subtree_control"; then
		hugetlb_was_off=1
		act limit "$top" hugetlb.2MB.max=4M
		ended 'a controller that is off fails' 1
		has 'how to enable it is said' 'do controllers / \+hugetlb' "$errors"
	fi
	act controllers "$top" +hugetlb
	ended 'controllers on all the way' 0
	reads 'the cgroup passes it on' cgroup.subtree_control hugetlb
	size=$(cd "$v2$top" && printf '%s\n' hugetlb.*.max | grep -v rsvd | head -n 1)
	act create "$top/leaf" "$size=1G"
	ended 'create with a limit' 0
	reads 'the limit is there from birth' "leaf/$size" 1073741824
	act limit "$top/leaf" "$size=2G"
	reads 'human units' "leaf/$size" 2147483648
	act undo
	reads 'undone' "leaf/$size" 1073741824
	start sleep 1000
	act move "$new" "$top"
	ended 'a cgroup that passes on controllers takes no process' 1
	has 'the rule is explained' 'can have no processes of its own' "$errors"
	act move "$new" "$top/leaf"
	ended 'its child does' 0
	act controllers "$top/leaf" +hugetlb
	ended 'one with processes passes on none' 1
	has 'that is explained' 'it has 1 process' "$errors"
	act undo
	act remove "$top"
	ended 'remove takes what is below' 0
	check 'all is gone' gone "$top"
	act undo
	ended 'undo of remove' 0
	reads 'the limit is back' "leaf/$size" 1073741824
	act controllers "$top" -hugetlb
	ended 'controllers off' 0
	reads 'it is off' cgroup.subtree_control ''
fi

# The journal.
journal=$XDG_STATE_HOME/virttop/journal
same 'the journal is private' '600 700' \
	"$(stat -c %a "$journal") $(stat -c %a "$(dirname "$journal")")"
if command -v jq >/dev/null; then
	check 'every line of it is JSON' holds -s 'length > 0 and all(.[]; .plan != null)' "$journal"
else
	skip 'every line of it is JSON' 'no jq'
fi
printf '{"plan":"torn","event":"beg' >>"$journal"
act limit "$top" cgroup.max.depth=3
act undo
ended 'a torn line does no harm' 0
reads 'undone all the same' cgroup.max.depth max
rm -rf "$XDG_STATE_HOME"
: >"$XDG_STATE_HOME"
act limit "$top" cgroup.max.depth=3
ended 'a journal that cannot be written does not stop a fix' 0
reads 'it was done' cgroup.max.depth 3
has 'it is said that undo will not know it' 'not in the journal' "$said"

act remove "$top"
ended 'remove' 0
check 'the cgroup is gone' gone "$top"
plan
