#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-2.0-or-later
# A virtual machine in the guest: QEMU emulates AMD-V, debugfs has the counters.
# shellcheck source=tests/guest/lib.sh
. "$SRCDIR/tests/guest/lib.sh"

if ! modprobe kvm-amd 2>&1 || ! [ -e /dev/kvm ]; then
	fail 'KVM can be had' "$(dmesg | tail -n 5)"
	plan
	exit
fi
kvm_loop 600 2>"$TMPDIR/kvm.errors" &
vm=$!
trap 'kill $vm 2>/dev/null' EXIT
check 'the machine runs' wait_until 60 sh -c "ls -d /sys/kernel/debug/kvm/$vm-*"

# FIELD: the sum of the kernel's counters of this name.
kernel_counts()
{
	cat "/sys/kernel/debug/kvm/$vm-"*/"$1" "/sys/kernel/debug/kvm/$vm-"*/vcpu*/"$1" 2>/dev/null |
		sort -n | tail -n 1
}

# JQ-EXPRESSION: of the machine.
machine()
{
	jq -r ".machines[] | select(.pid == $vm) | $1" <<<"$snapshot"
}

start_stream
next_snapshot
before=$(kernel_counts exits)
next_snapshot
first=$(machine .exits.total)
next_snapshot
second=$(machine .exits.total)
after=$(kernel_counts exits)
check "exits rise: $first, then $second" test "$first" -gt 0 -a "$second" -gt "$first"
check "exits are between debugfs before ($before) and after ($after)" \
	test "$before" -le "$first" -a "$second" -le "$after"
before=$(cat /sys/kernel/debug/kvm/exits)
next_snapshot
total=$(jq -r .host.kvm.exits.total <<<"$snapshot")
check "exits of all machines ($total) are between debugfs before ($before) and after" \
	test "$before" -le "$total" -a "$total" -le "$(cat /sys/kernel/debug/kvm/exits)"
same '/dev/kvm is the device and may be used' "true true $(stat -c 'mode 0%a, uid %u, gid %g' /dev/kvm)" \
	"$(jq -r '.host.kvm | "\(.device) \(.usable) \(.permissions)"' <<<"$snapshot")"
same 'they come from debugfs' debugfs "$(machine .stats_source)"
same 'it has one vCPU' 1 "$(machine '.vcpus | length')"
same 'the vCPU is the thread that runs it' "$vm" "$(machine '.vcpus[0].tid')"
check 'most exits are for the port' holds ".machines[] | select(.pid == $vm) |
	.exits.io > 0 and .exits.io > .exits.mmio and .exits.halt > 0" <<<"$snapshot"
kill -STOP "$vm"
next_snapshot
next_snapshot
first=$(machine .exits.total)
next_snapshot
same 'a stopped machine has no exits' "$first" "$(machine .exits.total)"
same 'and is told to be stopped' stopped "$(machine .state)"
check 'and that it was paused' holds "any(.events[]; .kind == \"paused\" and .subject.pid == $vm)" \
	<<<"$snapshot"
kill -CONT "$vm"
next_snapshot
next_snapshot
check 'it goes on' test "$(machine .exits.total)" -gt "$first"
same 'it is told to run' running "$(machine .state)"
check 'and that it went on' holds "any(.events[]; .kind == \"resumed\" and .subject.pid == $vm)" \
	<<<"$snapshot"
check 'nine of ten exits are for the port' holds ".machines[] | select(.pid == $vm) |
	.exits.io_percent > 90" <<<"$snapshot"
same 'the CPUs that its vCPU may run on' "$(sed -n 's/^Cpus_allowed_list:\t//p' "/proc/$vm/status")" \
	"$(machine '.vcpus[0].cpus')"
wait_ns=$(cut -d ' ' -f 2 "/proc/$vm/task/$vm/schedstat")
check 'how long it waited for a CPU' test "$(machine '.vcpus[0].wait_usec')" -le $((wait_ns / 1000)) \
	-a "$(machine '.vcpus[0].wait_usec')" -gt 0
has 'the machines view has it' 'kvm_loop' "$("$VIRTTOP" --text --view machines)"
if kill -0 "$vm" 2>/dev/null; then
	pass 'the machine ran until the end'
else
	status=0
	wait "$vm" || status=$?
	fail 'the machine ran until the end' "it ended with status $status
$(cat "$TMPDIR/kvm.errors")
$(dmesg | tail -n 5)"
fi
kill "$vm" 2>/dev/null
wait "$vm" 2>/dev/null
sed 's/^/# /' "$TMPDIR/kvm.errors"
next_snapshot
same 'it is gone' '' "$(machine .pid)"
stop_stream
trap - EXIT
plan
