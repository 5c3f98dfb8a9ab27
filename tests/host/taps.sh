#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-2.0-or-later
# A machine's taps: which interface of which network namespace, and the bridge that it is
# a port of; also where the tap is not where its VMM is, and something else has its name there.
# And a macvtap, whose device the VMM holds.
. "$SRCDIR/tests/tap.sh"

missing=
[ "$(id -u)" -eq 0 ] || missing='only root may make taps'
[ -c /dev/net/tun ] || missing='there is no /dev/net/tun'
for tool in qemu-system-x86_64 ip unshare nsenter; do
	command -v "$tool" >/dev/null || missing="$tool is missing"
done
if [ "$missing" ]; then
	echo "1..0 # SKIP $missing"
	exit 0
fi

# Two network namespaces, each kept by a process; there is nothing to be removed but these.
unshare --net sleep 120 &
home=$!
unshare --net sleep 120 &
away=$!
vm=
trap 'kill $vm $home $away 2>/dev/null; wait 2>/dev/null' EXIT
own=$(readlink /proc/self/ns/net)
left_home()
{
	[ "$(readlink "/proc/$1/ns/net")" != "$own" ]
}
for pid in $home $away; do
	# Nothing may be made in the one of the host.
	if ! wait_until 60 left_home "$pid"; then
		fail 'a network namespace is made'
		plan
		exit
	fi
done
# PID COMMAND...: in its network namespace.
inside()
{
	nsenter --net="/proc/$1/ns/net" "${@:2}"
}
inode()
{
	stat -L -c %i "/proc/$1/ns/net"
}

if ! inside $home ip link add br0 type bridge 2>"$TMPDIR/taps.errors"; then
	echo "1..0 # SKIP no bridge can be made here: $(cat "$TMPDIR/taps.errors")"
	exit 0
fi
nsenter --net="/proc/$home/ns/net" qemu-system-x86_64 -name guest=wired -accel tcg -m 64 -S -display none -nodefaults \
	-no-user-config -monitor none -netdev tap,id=a,ifname=vttap0,script=no,downscript=no \
	-netdev tap,id=b,ifname=vttap1,script=no,downscript=no >"$TMPDIR/taps.qemu" 2>&1 &
vm=$!
if ! wait_until 60 inside $home ip link show vttap1; then
	fail 'QEMU makes its taps' "$(cat "$TMPDIR/taps.qemu")"
	plan
	exit
fi

# JQ-EXPRESSION: of our machine's taps.
taps()
{
	"$VIRTTOP" --json >"$TMPDIR/taps.json"
	jq -r ".machines[] | select(.pid == $vm).taps | $1" "$TMPDIR/taps.json"
}
table='sort_by(.name)[] | "\(.name) \(.queues) \(.namespace) \(.index) \(.master // "-")"'

inside $home ip link set vttap0 master br0
here=$(inside $home ip -j link show vttap0 | jq '.[0].ifindex')
there=$(inside $home ip -j link show vttap1 | jq '.[0].ifindex')
same 'two taps, one a port of a bridge' "vttap0 1 $(inode $home) $here br0
vttap1 1 $(inode $home) $there -" "$(taps "$table")"
details=$("$VIRTTOP" --size 120x60 --view machines --keys '/wired<Enter>' --dump)
has 'so do the details' "tap +vttap0: port of br0, in network namespace $(inode $home)" "$details"
has 'and which is a port of nothing' "tap +vttap1: port of nothing, in network namespace $(inode $home)" "$details"

inside $home ip link set vttap1 netns $away
inside $home ip tuntap add vttap1 mode tap
inside $home ip link set vttap1 master br0
there=$(inside $away ip -j link show vttap1 | jq '.[0].ifindex')
same 'one that was moved away is where it is, whatever has its name here' \
	"vttap1 1 $(inode $away) $there -" "$(taps "$table" | grep vttap1)"
kill $vm
wait $vm 2>/dev/null
vm=

name='a macvtap and what it sends through'
inside $home ip link add vtveth0 type veth peer name vtveth1
if ! inside $home ip link add link vtveth0 name vtmac0 type macvtap 2>"$TMPDIR/taps.errors"; then
	skip "$name" "none can be made here: $(cat "$TMPDIR/taps.errors")"
	plan
	exit
fi
index=$(inside $home ip -j link show vtmac0 | jq '.[0].ifindex')
if [ ! -c "/dev/tap$index" ]; then
	skip "$name" "the kernel's devices are not in /dev: there is no /dev/tap$index"
	plan
	exit
fi
nsenter --net="/proc/$home/ns/net" qemu-system-x86_64 -name guest=wired -accel tcg -m 64 -S -display none -nodefaults \
	-no-user-config -monitor none -netdev tap,id=a,fd=9 9<>"/dev/tap$index" >"$TMPDIR/taps.qemu" 2>&1 &
vm=$!
known()
{
	[ "$(taps length)" = 1 ]
}
check 'a VMM that holds its device is known' wait_until 60 known
same "$name" "vtmac0 1 $(inode $home) $index - vtveth0" \
	"$(taps '.[] | "\(.name) \(.queues) \(.namespace) \(.index) \(.master // "-") \(.lower)"')"
details=$("$VIRTTOP" --size 120x60 --view machines --keys '/wired<Enter>' --dump)
has 'so do the details' "tap +vtmac0: macvtap on vtveth0, in network namespace $(inode $home)" "$details"
plan
