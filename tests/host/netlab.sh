#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-2.0-or-later
# The network lab through `virttop do`: named network namespaces and cables into
# them, looked at with ip(8), refused where they must be, and taken back.
# shellcheck disable=SC1010 # "do" is a word of virttop
set -u

srcdir=${SRCDIR:-$(cd "$(dirname "$0")/../.." && pwd)}
# shellcheck source=tests/tap.sh
. "$srcdir/tests/tap.sh"
# shellcheck source=tests/host/lib.sh
. "$srcdir/tests/host/lib.sh"

need_root
if ! command -v ip >/dev/null; then
	echo '1..0 # SKIP iproute2 is missing'
	exit 0
fi
name=vtlab$$
if ! said=$(unshare --net ip link add x0 type veth peer name x1 2>&1); then
	echo "1..0 # SKIP no veth here: $(head -n 1 <<<"$said")"
	exit 0
fi

scratch=$(mktemp -d)
export XDG_STATE_HOME=$scratch/state
was_mounted=
! mountpoint -q /run/netns || was_mounted=yes

clean_up()
{
	ip link delete "$name-h" 2>/dev/null
	ip link delete "v-$name" 2>/dev/null
	ip netns delete "$name" 2>/dev/null
	rm -f "/run/netns/$name-file"
	# The shared mount that the first name of all brings.
	if [ -z "$was_mounted" ] && [ -z "$(ls -A /run/netns 2>/dev/null)" ]; then
		umount /run/netns 2>/dev/null
		rmdir /run/netns 2>/dev/null
	fi
	[ -z "${socket-}" ] || end_tmux
	rm -rf "$scratch"
}
trap clean_up EXIT
trap 'exit 130' INT TERM HUP
export TMPDIR=${TMPDIR:-/tmp}

there() { ip netns list | grep -qE "^$1( |\$)"; }
not_there() { ! there "$1"; }

run netns-add "$name" --dry-run
ended 'a dry run succeeds' 0
has 'it shows the ip line' "\\$ ip netns add $name\$" "$said"
check 'and makes nothing' not_there "$name"
run netns-add "$name"
ended 'without --yes it is refused' 3
run netns-add "$name" --yes
ended 'netns-add' 0
check 'ip netns knows it' there "$name"
check 'ip goes into it' ip netns exec "$name" true
same 'it has a loopback only' lo "$(ip -n "$name" -o link | cut -d : -f 2 | xargs)"
same 'its folder is a shared mount' shared "$(findmnt -n -o PROPAGATION /run/netns | head -n 1)"
run netns-add "$name" --yes
ended 'a name that is taken is refused' 1
has 'with the way out' 'netns-del' "$errors"

run veth-add "$name" 10.213.7.1/24 10.213.7.2/24 --dry-run
has 'veth-add shows the ip lines' \
	"\\$ ip link add v-$name type veth peer name eth0 netns $name && ip address add 10.213.7.1" \
	"$said"
run veth-add "$name" 10.213.7.1/24 10.213.7.2/24 --yes
ended 'veth-add' 0
has 'the end here has its address' 'inet 10.213.7.1/24' "$(ip address show dev "v-$name")"
has 'and is up' 'state UP' "$(ip link show dev "v-$name")"
has 'the end in it has its address' 'inet 10.213.7.2/24' "$(ip -n "$name" address show dev eth0)"
has 'and is up' 'state UP' "$(ip -n "$name" link show dev eth0)"
has 'the loopback in it is up' 'LOOPBACK,UP' "$(ip -n "$name" link show dev lo)"
if command -v ping >/dev/null; then
	check 'the two ends reach each other' ping -c 1 -W 5 10.213.7.2
	check 'in both directions' ip netns exec "$name" ping -c 1 -W 5 10.213.7.1
else
	has 'the two ends reach each other' 'dev v-'"$name"' src 10.213.7.1' \
		"$(ip route get 10.213.7.2)"
	skip 'in both directions' 'ping is missing'
fi
same 'nothing was left over here' '' "$(ip -o link | grep -o "eth0@if.*$name" || :)"
run veth-add "$name" 10.213.8.1/24 10.213.8.2/24 --yes
ended 'a device that is taken is refused' 1
has 'by its name' "v-$name" "$errors"

# Undo takes back the newest first.
run undo --yes
ended 'undo of veth-add' 0
check 'the cable is gone' bash -c "! ip link show dev v-$name 2>/dev/null"
check 'the namespace is not' there "$name"
run undo --yes
ended 'undo of netns-add' 0
check 'the namespace is gone' not_there "$name"

# Both at once, with names of one's own, over IPv6.
run netns-add "$name" fd00:213::1/64 fd00:213::2/64 "$name-h" inner --yes
ended 'a namespace with a cable' 0
has 'the device here has the name' 'inet6 fd00:213::1/64' "$(ip address show dev "$name-h" 2>&1)"
has 'the device in it too' 'inet6 fd00:213::2/64' "$(ip -n "$name" address show dev inner 2>&1)"
run veth-del "$name-h" --yes
ended 'veth-del' 0
same 'both ends are gone' lo "$(ip -n "$name" -o link | cut -d : -f 2 | xargs)"
run veth-del lo --yes
ended 'what is no cable is refused' 2
has 'and named' 'lo is no end of a cable' "$errors"

# What fails half-way leaves nothing: the name in the namespace is taken.
ip -n "$name" link add eth0 type dummy 2>/dev/null || ip -n "$name" link add eth0 type bridge
run veth-add "$name" 10.213.7.1/24 10.213.7.2/24 --yes
ended 'a name taken inside is refused' 1
check 'and nothing is left here' bash -c "! ip link show dev v-$name 2>/dev/null"
run veth-add "$name" 10.213.7.1/24 10.213.7.1/24 --yes
ended 'the same address twice is refused' 2
for bad in 10.0.0.1 10.0.0.300/24 10.0.0.1/33 nonsense/24 10.0.0.1/0; do
	run veth-add "$name" "$bad" 10.213.7.2/24 --yes
	ended "the address $bad is refused" 2
	has "and named" "'$bad' is no address" "$errors"
done
run veth-add "$name" 10.1.0.1/24 10.2.0.1/24 a-device --dry-run
has 'two networks are told' 'not in one network' "$said"
for bad in a/b .. '' -x; do
	run netns-add "$bad" --yes
	ended "the name '$bad' is refused" 2
done
run veth-add "$name" 10.0.0.1/24 10.0.0.2/24 a-name-too-long-for-it --yes
ended 'a long name of a device is refused' 2
run netns-del "$name-none" --yes
ended 'a namespace that is not there is told' 1
has 'with the way to make it' 'netns-add' "$errors"
: >"/run/netns/$name-file"
run netns-del "$name-file" --yes
ended 'a file that is no namespace is left alone' 2
check 'and stays' test -e "/run/netns/$name-file"

# Who lacks the capability is told which.
for action in "netns-add other$name" "netns-del $name"; do
	# shellcheck disable=SC2086 # words
	said=$(setpriv --bounding-set=-sys_admin,-net_admin "$virttop" do $action --yes 2>&1 </dev/null)
	has "${action%% *} needs a capability" 'needs CAP_SYS_ADMIN: run virttop as root' "$said"
done
said=$(setpriv --bounding-set=-net_admin "$virttop" do veth-add "$name" 10.0.0.1/24 10.0.0.2/24 \
	x1 --yes 2>&1 </dev/null)
has 'veth-add needs a capability' 'needs CAP_NET_ADMIN: run virttop as root' "$said"

# What is still there is listed, until it goes or is another.
run netns-del "$name" --yes
run netns-add "$name" 10.213.7.1/24 10.213.7.2/24 --yes
run clean --dry-run
has 'clean lists the namespace' "remove the network namespace $name" "$said"
has 'and the cable into it' "remove the device v-$name" "$said"
ip link delete "v-$name"
ip link add "v-$name" type veth peer name "x-$name"
run clean --dry-run
has_not 'not another device of that name' "remove the device v-$name" "$said"
ip link delete "v-$name"
run clean --yes
ended 'clean' 0
check 'removes the namespace' not_there "$name"
ip netns add "$name"
run clean --dry-run
if printf '6.8\n%s\n' "$(uname -r)" | sort -CV; then
	has 'what others made it leaves alone' 'nothing that virttop made is left' "$errors"
else
	skip 'what others made it leaves alone' 'before Linux 6.8 it may be given the same number'
fi

run netns-del "$name" --dry-run
has 'netns-del says that it cannot be undone' 'cannot be undone' "$said"
run netns-del "$name" --yes
ended 'netns-del' 0
check 'and it is gone' not_there "$name"

# The same from the screen.
if command -v tmux >/dev/null; then
	# shellcheck source=tests/tmux.sh
	. "$srcdir/tests/tmux.sh"
	trap clean_up EXIT
	start a 120 36
	send a "$virttop -d 0.5 --view namespaces" Enter
	wait_for a '^ NAMESPACE' >/dev/null
	send a L
	check 'L opens the lab' wait_for a 'Network lab'
	send a Tab C-u "$name" Tab C-u 10.213.9.1/24 Tab C-u 10.213.9.2/24 Enter
	check 'the preview has the ip line' wait_for a "ip netns add $name"
	send a y
	check 'it is done' wait_for a 'New network namespace .*: done'
	check 'the namespace is there' there "$name"
	has 'with its cable' 'inet 10.213.9.2/24' "$(ip -n "$name" address show dev eth0 2>&1)"
	send a u
	wait_for a 'y apply' >/dev/null
	send a y
	check 'u takes it back' wait_for a 'Undo: .*: done'
	check 'and it is gone' not_there "$name"
	send a q
else
	skip 'the lab on the screen' 'tmux is missing'
fi
plan
