#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-2.0-or-later
# unshare and enter with all that they can: each classic demonstration is one
# choice, and --json outside says what the shell inside says. lsns, /proc and
# mountinfo are the witnesses.
# shellcheck disable=SC1010,SC2016 # "do" is a word of virttop; inner shells expand
set -u

srcdir=${SRCDIR:-$(cd "$(dirname "$0")/../.." && pwd)}
# shellcheck source=tests/tap.sh
. "$srcdir/tests/tap.sh"
# shellcheck source=tests/host/lib.sh
. "$srcdir/tests/host/lib.sh"

need_root

v2=$(findmnt -n -l -t cgroup2 -o TARGET | head -n 1)
top=/virttop-unshare-$$
kept=virttop-test-$$
scratch=$(mktemp -d)
chmod 755 "$scratch"
export XDG_STATE_HOME=$scratch/state
pid=

clean_up()
{
	local one

	for one in "${started[@]}" $pid; do
		kill -KILL "$one" 2>/dev/null
	done
	for one in "/run/virttop/$kept"/* "/run/virttop/$kept" "$scratch/root/proc"; do
		umount "$one" 2>/dev/null
	done
	rm -rf "/run/virttop/$kept" "$scratch"
	rmdir /run/virttop 2>/dev/null
	[ -z "$v2" ] || for ((one = 0; one < 50; one++)); do
		[ -d "$v2$top" ] || break
		rmdir "$v2$top" 2>/dev/null || sleep 0.1
	done
}
trap clean_up EXIT
trap 'exit 130' INT TERM HUP

# WORD...: unshares in the background; its process in $pid.
hold()
{
	run unshare --yes --background "$@"
	pid=$(sed -n 's/.* in the background as process \([0-9]*\).*/\1/p' <<<"$said")
	started+=("$pid")
}

let_go()
{
	kill -KILL "$pid" 2>/dev/null
	wait_until 60 is_gone "$pid"
	pid=
}

# COMMAND...: in the namespaces of $pid, what it says.
inside()
{
	nsenter -a -t "$pid" "$@" 2>&1
}

# The same through virttop, whose words end with a blank line before the command's.
enters()
{
	"$virttop" do enter "$pid" --yes -- "$@" 2>&1 </dev/null |
		awk 'out { print } /^- the command is|^   cannot be undone/ { near = 1 } near && /^$/ { out = 1 }' |
		grep -v -e ' ended with status ' -e '^- ' -e '^$'
}

# EXPRESSION: of the namespace of type $type of $pid, from virttop outside.
outside()
{
	"$virttop" --json | jq -r --argjson pid "$pid" --arg type "$type" \
		"(.processes[] | select(.pid == \$pid) | .ns[\$type]) as \$id |
		.namespaces[] | select(.type == \$type and .id == \$id) | $1"
}

# Each demonstration: what the inside says is what virttop outside shows.

# TYPE: the shell inside has the number that virttop shows outside, which is not ours.
same_number()
{
	type=$1
	same "$type: inside and outside name the same namespace" \
		"$(enters readlink "/proc/self/ns/$type" | tr -dc '0-9\n')" "$(outside .id)"
	check "$type: it is not ours" test "$(outside .id)" != \
		"$(readlink "/proc/self/ns/$type" | tr -dc 0-9)"
}

hold --preset pid1
ended 'preset pid1' 0
type=pid
same_number mnt
type=pid
same 'pid: the shell inside sees only what is there' "$(inside sh -c 'set -- /proc/[0-9]*; echo $#')" 2
same 'pid: outside its PID 1 is our process' "$pid" "$(outside .init_pid)"
same 'pid: level' 1 "$(outside .level)"
let_go

hold --preset hostname --hostname "seen-$$"
ended 'preset hostname' 0
same_number uts
same 'uts: the shell inside says the name that is outside' "$(inside hostname)" "$(outside .hostname)"
let_go

hold --preset network
ended 'preset network' 0
same_number net
same 'net: interfaces inside and outside' "$(inside sh -c 'ls /sys/class/net >/dev/null; sed -n "s/:.*//p" /proc/self/net/dev | grep -v "|" | xargs')" \
	"$(outside '.interfaces // empty')"
let_go

hold --preset root
ended 'preset root' 0
same_number user
same 'user: the map inside is the map outside' "$(inside cat /proc/self/uid_map | xargs)" "$(outside .uid_map)"
same 'user: root inside' 0 "$(inside id -u)"
let_go

hold --preset mounts
ended 'preset mounts' 0
same_number mnt
same 'mnt: as many mounts' "$(inside sh -c 'wc -l </proc/self/mountinfo')" "$(outside .mounts)"
same 'mnt: they are private' 0 "$(grep -c ' shared:' "/proc/$pid/mountinfo")"
let_go

hold --preset ipc
ended 'preset ipc' 0
same_number ipc
inside ipcmk -M 4096 >/dev/null
same 'ipc: shared memory made inside is seen outside' \
	"$(inside sh -c 'tail -n +2 /proc/sysvipc/shm | wc -l')" "$(outside .ipc.shm_segments)"
let_go

hold --preset cgroup
ended 'preset cgroup' 0
same_number cgroup
same 'cgroup: the root inside' "/" "$(inside sed -n 's/^0:://p' /proc/self/cgroup)"
let_go

hold --preset container
ended 'preset container' 0
for type in mnt pid net uts ipc user cgroup; do
	check "container: own $type" test "$(readlink "/proc/$pid/ns/$type")" != \
		"$(readlink "/proc/self/ns/$type")"
done
same 'container: inside PID 1 is sleep' sleep "$(inside cat /proc/1/comm)"
let_go

# Compared with a process of choice.
hold --preset hostname
screen=$("$virttop" --size 160x40 --view namespaces --keys "<Wait>vvv/$pid<Enter>t" --dump)
has 'matrix: the marked process is at home' "^ *$pid sleep +(=here +){7}=here" "$screen"
screen=$("$virttop" --size 160x40 --view processes --keys "<Wait>/$pid <Enter>t<Esc>/$$ <Enter>" --dump)
has 'what differs from the marked one, in words' 'from the marked one in uts$' "$(sed 's/ *$//' <<<"$screen")"
screen=$("$virttop" --size 160x40 --view processes --keys "<Wait>/$pid <Enter>tt<Esc>/$$ <Enter>" --dump)
has_not 'the same key ends the comparison' 'from the marked' "$screen"
let_go

# Single options.

if [ -e /proc/self/ns/time ]; then
	run unshare --yes --time --monotonic 100000 --boottime 200000 -- \
		sh -c 'xargs </proc/self/timens_offsets; readlink /proc/self/ns/time'
	ended 'time offsets' 0
	has 'they are set' '^monotonic 100000 0 boottime 200000 0$' "$said"
	has_not 'the namespace is new' "$(readlink /proc/self/ns/time | tr -dc 0-9)" "$said"
	run unshare --yes --time --monotonic -2000000000 -- true
	ended 'an offset before the start fails' 1
	has 'it says why' 'before its start' "$errors"
	run unshare --yes --time --monotonic 1x -- true
	ended 'a bad offset is a usage error' 2
	hold --time --boottime 300
	type=time
	same 'offsets are seen outside' 300 "$(outside .boottime_offset_seconds)"
	let_go
else
	skip 'time offsets' 'the kernel has no time namespaces'
fi

for how in private slave shared; do
	run unshare --yes --propagation "$how" -- \
		sh -c 'awk "\$5 == \"/\" { print \$7 }" /proc/self/mountinfo'
	want='^-$'
	[ "$how" != shared ] || want='^shared:'
	[ "$how" != slave ] || want='^(master:[0-9]+|-)$' # of a private mount a slave is private
	has "propagation $how" "$want" "$said"
done
run unshare --yes --propagation sideways -- true
ended 'an unknown propagation is a usage error' 2

mkdir -p "$scratch/root/bin" "$scratch/root/sub" "$scratch/root/proc"
run unshare --yes -m --root "$scratch/root"
ended 'a root without a shell' 1
if busybox=$(type -P busybox) && ! readelf -l "$busybox" 2>/dev/null | grep -q INTERP; then
	has 'busybox is offered' '--busybox' "$errors"
	run unshare --yes -m -p --root "$scratch/root" --wd /sub --mount-proc --busybox -- \
		sh -c 'pwd; echo /*; echo $$'
	ended 'busybox in a root without anything' 0
	has 'the directory is the one asked for' '^/sub$' "$said"
	has 'the root is that one' '^/bin /proc /sub$' "$said"
	has 'it is PID 1' '^1$' "$said"
else
	skip 'busybox in a root without a shell' 'no static busybox on this host'
fi
run unshare --yes -m --root /no/such/directory
ended 'a root that is not there' 1
run unshare --yes -m --wd /no/such/directory -- true
ended 'a directory that is not there' 1
has 'it is named' 'cannot go to the directory /no/such/directory' "$errors"

run unshare --yes --kill-child --background -p -- sleep 300
ended 'kill-child in the background is refused' 2
"$virttop" do unshare --yes -p --kill-child -- sh -c 'echo started >"$0"; exec sleep 4242' \
	"$scratch/child" >/dev/null 2>&1 </dev/null &
launcher=$!
wait_until 60 test -s "$scratch/child"
middle=$(pgrep -P "$launcher" | head -n 1)
child=$(pgrep -P "$middle" | head -n 1)
started+=("$child")
kill -KILL "$middle"
wait "$launcher" 2>/dev/null
wait_until 60 is_gone "$child"
check 'kill-child: the command goes with its launcher' test -n "$child" -a ! -e "/proc/$child"

# Id maps. Root may write any.
run unshare --yes --map-users 0:1000:1,1:100000:10 --map-groups 0:1000:1 -- \
	sh -c 'id -u; xargs </proc/self/uid_map; xargs </proc/self/gid_map'
ended 'custom maps' 0
has 'uid_map' '^0 1000 1 1 100000 10$' "$said"
has 'gid_map' '^0 1000 1$' "$said"
has 'it is root there' '^0$' "$said"
run unshare --yes --map-users 0:1000:5,3:100000:10 --map-groups 0:1000:1 -- true
ended 'ranges that overlap fail' 1
run unshare --yes --map-users nonsense -- true
ended 'a map that is none is a usage error' 2
run unshare --yes --map-root-user --map-users 0:0:1 -- true
ended 'two kinds of map exclude each other' 2
run unshare --yes --user --setgroups deny -- cat /proc/self/setgroups
has 'setgroups' '^deny$' "$said"

# WORD...: as somebody without privilege, who has subordinate ids.
nobody()
{
	status=0
	said=$(setpriv --reuid=65534 --regid=65534 --clear-groups \
		env HOME="$scratch/nobody" XDG_STATE_HOME="$scratch/nobody" "$virttop" do "$@" 2>"$scratch/errors" </dev/null) || status=$?
	errors=$(cat "$scratch/errors")
}
mkdir "$scratch/nobody"
chown 65534:65534 "$scratch/nobody"
if setpriv --reuid=65534 --regid=65534 --clear-groups unshare --user true 2>/dev/null; then
	nobody unshare --yes --preset container -- sh -c 'id -u; xargs </proc/self/uid_map; hostname'
	ended 'a container for everybody' 0
	has 'root there, nobody here' '^0 65534 1$' "$said"
	has 'its own name' '^demo$' "$said"
	nobody unshare --yes --map-users 0:65534:1,1:0:1 --map-groups 0:65534:1 -- true
	ended "other people's ids are refused" 1
	has 'it says who gives ids' '/etc/subuid|newuidmap' "$errors"
else
	skip 'unprivileged user namespaces' 'this host allows none'
fi

# Born in a cgroup.
if [ -n "$v2" ] && [ -w "$v2" ]; then
	run unshare --yes --uts --cgroup "$top" -- true
	ended 'a cgroup that is not there, without limits' 2
	run unshare --uts --cgroup "$top" --limit cgroup.max.depth=3 --dry-run -- true
	has 'preview: the cgroup is made first' "^1\\. make the cgroup $top\$" "$said"
	has 'preview: then its limit' '^2\. set cgroup.max.depth' "$said"
	has 'preview: then the command' '^3\. run true in new uts' "$said"
	hold --uts -C --cgroup "$top" --limit cgroup.max.depth=3
	ended 'limits at birth' 0
	same 'it is in the cgroup' "$pid" "$(cat "$v2$top/cgroup.procs")"
	same 'which has its limit' 3 "$(cat "$v2$top/cgroup.max.depth")"
	same 'and is the root of its cgroup namespace' / \
		"$(inside sed -n 's/^0:://p' "/proc/$pid/cgroup")"
	run enter "$pid" --uts --join-cgroup --yes -- sed -n 's/^0:://p' /proc/self/cgroup
	has "enter joins the process's cgroup" "^$top\$" "$said"
	run undo --yes
	ended 'undo ends the process and removes its cgroup' 0
	check 'the cgroup is gone' test ! -e "$v2$top"
	let_go
else
	skip 'limits at birth' 'no writable cgroup v2 mount'
fi

# Kept by bind mounts.
hold --mount --pid --net --uts --hostname "kept-$$" --keep "$kept"
ended 'keep' 0
for type in mnt pid net uts; do
	same "$type is kept" "$(stat -Lc %i "/proc/$pid/ns/$type")" \
		"$(stat -c %i "/run/virttop/$kept/$type")"
done
let_go
run enter --uts="/run/virttop/$kept/uts" --net="/run/virttop/$kept/net" --yes -- \
	sh -c 'hostname; readlink /proc/self/ns/net'
ended 'enter what has no process' 0
has 'it is that one' "^kept-$$\$" "$said"
has 'both of them' "^net:.$(stat -c %i "/run/virttop/$kept/net").\$" "$said"
run enter --uts="/run/virttop/$kept/net" --yes -- true
ended 'a file of another type is refused' 2
run enter --uts=/etc/passwd --yes -- true
ended 'a file that is no namespace is refused' 2
exec 7<"/run/virttop/$kept/uts"
run enter --uts="/proc/$$/fd/7" --yes -- hostname
has 'enter by a descriptor' "^kept-$$\$" "$said"
exec 7<&-
run unshare --uts --keep "$kept" --yes --background
ended 'a name that is taken is refused' 1
has 'it says so' 'there already' "$errors"
run undo --yes
ended 'undo lets go' 0
check 'nothing is mounted any more' test -z "$(findmnt -n -l -o TARGET | grep "$kept")"
check 'the directory is gone' test ! -e "/run/virttop/$kept"
run unshare --yes --net --keep /proc/nowhere/x --background
ended 'where nothing can be kept' 1
has 'the place is named' 'cannot keep the namespaces in /proc/nowhere/x' "$errors"

# Entering.
hold --uts --hostname "mine-$$" --net
run enter "$pid" --uts --yes -- sh -c 'hostname; readlink /proc/self/ns/net'
has 'one namespace of many' "^mine-$$\$" "$said"
has 'the others stay ours' "^$(readlink /proc/self/ns/net | sed 's/[][]/\\&/g')\$" "$said"
run enter "$pid" --uts --setuid 1234 --setgid 567 --yes -- sh -c 'id -u; id -g; id -G'
has 'uid' '^1234$' "$said"
same 'gid and no other groups' 2 "$(grep -c '^567$' <<<"$said")"
run enter "$pid" --uts --setuid root --yes -- true
ended 'a uid that is no number is a usage error' 2
start=$(awk '{ print $22 }' "/proc/$pid/stat")
run enter "$pid@$((start + 1))" --yes -- true
ended 'another process with that pid is never entered' 3
let_go
run enter "$(cat /proc/sys/kernel/pid_max)" --yes -- true
ended 'a process that is not there' 2

chroot "$scratch/root" /bin/true 2>/dev/null
if [ -n "${busybox-}" ] && ! readelf -l "$busybox" 2>/dev/null | grep -q INTERP; then
	hold -m -p --root "$scratch/root" --busybox -- sleep 300
	ended 'a process in a chroot without anything' 0
	run enter "$pid" --mount --root --yes
	ended 'its root has no shell' 1
	has 'busybox is offered' '--busybox runs' "$errors"
	run enter "$pid" --mount --root --busybox --yes -- sh -c 'echo /*'
	has 'enter its root with busybox' '^/bin /proc /sub$' "$said"
	let_go
else
	skip 'enter a root without a shell' 'no static busybox on this host'
fi
plan
