#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-2.0-or-later
# Statistics descriptors: without debugfs they have a machine's exits, of each vCPU,
# and these are what the machine counted itself, exactly, once it has stopped.
# shellcheck source=tests/guest/lib.sh
. "$SRCDIR/tests/guest/lib.sh"
debugfs=/sys/kernel/debug

# With the old MMU, the only one that has reverse maps to count.
modprobe -r kvm-amd kvm
if ! modprobe kvm tdp_mmu=N 2>&1 || ! modprobe kvm-amd 2>&1 || ! [ -e /dev/kvm ]; then
	fail 'KVM can be had' "$(dmesg | tail -n 5)"
	plan
	exit
fi
kvm_loop 600 stats >"$TMPDIR/counted" 2>"$TMPDIR/kvm.errors" &
vm=$!
kvm_loop 600 2>"$TMPDIR/bare.errors" &
bare=$!
end_machines()
{
	kill "$vm" "$bare" 2>/dev/null
	mountpoint -q $debugfs || mount -t debugfs debugfs $debugfs
}
trap end_machines EXIT
check 'the machine runs' wait_until 20 sh -c "ls -d $debugfs/kvm/$vm-*"
check 'debugfs can be unmounted' umount $debugfs

# JQ-EXPRESSION: of the machine.
machine()
{
	jq -r ".machines[] | select(.pid == $vm) | $1" <<<"$snapshot"
}

start_stream 1
next_snapshot
first=$(machine .exits.total)
next_snapshot
second=$(machine .exits.total)
same 'figures come from descriptors' descriptor "$(machine .stats_source)"
check "exits rise: $first, then $second" test "$first" -gt 0 -a "$second" -gt "$first"
same "the vCPU's exits are the machine's" "$second" "$(machine '.vcpus[0].exits')"
has 'without descriptors there are none, and it says why' \
	'not mounted.*no statistics descriptor' \
	"$(jq -r ".machines[] | select(.pid == $bare) | .stats_source + \" \" + .stats_why" \
		<<<"$snapshot")"
kill -USR1 "$vm"
check 'the machine stops' wait_until 20 test -s "$TMPDIR/counted"
next_snapshot
read -r _ io _ halt <"$TMPDIR/counted"
same "exits for the port are what it counted: $io" "$io" "$(machine .exits.io)"
same "exits for HLT are what it counted: $halt" "$halt" "$(machine .exits.halt)"
total=$(machine .exits.total)
check "all exits, $total, are those and the host's interrupts" test "$total" -ge $((io + halt))
check 'debugfs can be mounted' mount -t debugfs debugfs $debugfs
next_snapshot
same 'figures come from debugfs' debugfs "$(machine .stats_source)"
same 'debugfs has the same sum, exactly' "$(cat $debugfs/kvm/$vm-*/exits)" "$total"
same 'and it is shown' "$total" "$(machine .exits.total)"
same 'the vCPU still has its own' "$total" "$(machine '.vcpus[0].exits')"
stop_stream
screen=$("$VIRTTOP" --view machines --size 120x80 --keys 'd<Wait>' --dump)
has 'the detail pane has what else KVM counts' 'KVM counts +.*[a-z_]+ [0-9]' "$screen"
has 'and its reverse maps, as a table' 'Level=4K: +[0-9]+ +[0-9]+ +[0-9]+' "$screen"
has_not 'which is no number' 'mmu_rmaps_stat' "$screen"
sed 's/^/# /' "$TMPDIR/kvm.errors"
plan
