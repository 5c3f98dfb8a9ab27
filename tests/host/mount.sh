#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-2.0-or-later
# debugfs and tracefs mounted by virttop and taken back: by do, undo and clean, and on the
# screen. In a mount namespace of the test's own: the host's mounts are left alone.
# shellcheck disable=SC1010 # "do" is a word of virttop
set -u

srcdir=${SRCDIR:-$(cd "$(dirname "$0")/../.." && pwd)}
# shellcheck source=tests/tap.sh
. "$srcdir/tests/tap.sh"
# shellcheck source=tests/host/lib.sh
. "$srcdir/tests/host/lib.sh"
# shellcheck source=tests/tmux.sh
. "$srcdir/tests/tmux.sh"

need_root
if [ -z "${VT_MOUNTS_OF_ITS_OWN-}" ]; then
	unshare --mount true 2>/dev/null || skip_all 'this root may not make mount namespaces'
	VT_MOUNTS_OF_ITS_OWN=yes exec unshare --mount --propagation private "$BASH" "$0"
fi
for place in /sys/kernel/tracing /sys/kernel/debug/tracing /sys/kernel/debug; do
	while mountpoint -q "$place"; do
		umount -l "$place" || break
	done
done
if ! [ -d /sys/kernel/debug ] || ! [ -d /sys/kernel/tracing ] || mountpoint -q /sys/kernel/debug; then
	echo '1..0 # SKIP this kernel has no debugfs or no tracefs, or it is always mounted'
	exit 0
fi

scratch=$(mktemp -d)
holder=
clean_up()
{
	end_tmux
	[ -z "$holder" ] || kill "$holder" 2>/dev/null
	rm -rf "$scratch"
}
trap clean_up EXIT
trap 'exit 130' INT TERM HUP
export XDG_STATE_HOME=$scratch/state XDG_CONFIG_HOME=$scratch

# Where either of the two is mounted, also by others.
mounted()
{
	sed -nE 's/^([^ ]+ ){4}([^ ]+) .* - (debugfs|tracefs) .*/\2/p' /proc/self/mountinfo | sort | xargs
}
state() { "$virttop" --json | jq -r "[.host.kvm.debugfs, .host.kvm.tracefs] | map(split(\":\")[0]) | join(\", \")"; }

same 'neither is mounted, and so it says' 'not mounted, not mounted' "$(state)"
run mount --dry-run
ended 'a dry run succeeds' 0
has 'it shows the line' '\$ mount -t debugfs -o nosuid,nodev,noexec debugfs /sys/kernel/debug$' "$said"
same 'and mounts nothing' '' "$(mounted)"
run mount
ended 'without --yes it is refused' 3
same 'and nothing is mounted' '' "$(mounted)"
run mount --yes
ended 'both are mounted' 0
same 'where they belong' '/sys/kernel/debug /sys/kernel/tracing' "$(mounted)"
same 'for nothing that runs or is a device' 2 \
	"$(grep -cE ' /sys/kernel/(debug|tracing) [^ ]*nosuid,nodev,noexec' /proc/self/mountinfo)"
has 'tracefs can be read' ', readable$' "$(state)"
has_not 'debugfs is mounted' '^not mounted' "$(state)"
run mount --yes
ended 'once more there is nothing to do' 0
has 'which it says' 'mounted already' "$errors"
same 'and it is not mounted twice' '/sys/kernel/debug /sys/kernel/tracing' "$(mounted)"
run undo --yes
ended 'undo succeeds' 0
same 'and unmounts both' '' "$(mounted)"

run mount tracefs --yes
same 'one of them alone' '/sys/kernel/tracing' "$(mounted)"
(cd /sys/kernel/tracing && exec sleep 120) &
holder=$!
wait_until 60 test "/proc/$holder/cwd" -ef /sys/kernel/tracing
run clean --yes
ended 'what somebody uses is not unmounted' 1
has 'which it says' 'somebody uses it' "$errors"
same 'and is there' '/sys/kernel/tracing' "$(mounted)"
kill "$holder"
wait "$holder" 2>/dev/null
holder=
run clean --yes
ended 'later clean does' 0
same 'and nothing is left' '' "$(mounted)"

# The kernel mounts tracefs in debugfs when somebody looks there.
run mount debugfs --yes
ls /sys/kernel/debug/tracing >/dev/null
run undo --yes
ended 'debugfs goes with what the kernel mounted in it' 0
same 'all of it' '' "$(mounted)"

if ! type -P tmux >/dev/null; then
	skip 'the screen' 'tmux is missing'
	plan
	exit
fi
tmux_ new-session -d -s mount -x 120 -y 30 \
	"XDG_STATE_HOME=$XDG_STATE_HOME XDG_CONFIG_HOME=$scratch exec $virttop --view machines"
check 'the machines view offers it' wait_for mount 'o mount…'
send mount o
check 'by a preview' wait_for mount 'mount -t tracefs -o nosuid,nodev,noexec tracefs'
same 'that mounts nothing' '' "$(mounted)"
send mount y
check 'which is applied' wait_for mount 'Mount debugfs and tracefs: done'
same 'both are mounted' '/sys/kernel/debug /sys/kernel/tracing' "$(mounted)"
send mount q
check 'quitting asks' wait_for mount 'leave it there and quit'
has 'and says about what' 'debugfs at /sys/kernel/debug' "$(screen mount)"
has 'about both' 'tracefs at /sys/kernel/tracing' "$(screen mount)"
send mount Down Enter
has_left() { [ -z "$(tmux_ list-panes -a 2>/dev/null)" ]; }
wait_until 60 has_left
same 'and they are gone again' '' "$(mounted)"
plan
