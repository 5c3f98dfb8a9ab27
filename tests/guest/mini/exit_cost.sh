#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-2.0-or-later
# What an exit costs, measured in the guest, where KVM runs on an emulated AMD-V: each
# kind has a figure, in an order that cannot be otherwise, and it is kept.
# shellcheck source=tests/guest/lib.sh
. "$SRCDIR/tests/guest/lib.sh"

export XDG_STATE_HOME=$TMPDIR/state
if ! modprobe kvm-amd 2>&1 || ! [ -e /dev/kvm ]; then
	fail 'KVM can be had' "$(dmesg | tail -n 5)"
	plan
	exit
fi
said=$("$VIRTTOP" do exit-cost --seconds 7 2>&1)
same 'it is done' 0 $?
printf '%s\n' "$said" | sed 's/^/# /'
cost=$("$VIRTTOP" --json | jq -c .host.exit_cost)
for kind in syscall switch io mmio hlt cpuid hypercall; do
	check "$kind: has samples, and least, middle and p99 in order" holds ".$kind |
		.samples >= 50 and .min_ns > 0 and .min_ns <= .median_ns and .median_ns <= .p99_ns
		and .median_cycles > 0" <<<"$cost"
done
check 'an exit to the VMM takes longer than a system call' holds \
	'.io.median_ns > .syscall.median_ns and .mmio.median_ns > .syscall.median_ns and
	.hlt.median_ns > .syscall.median_ns' <<<"$cost"
check 'cycles and nanoseconds are of one clock' holds '[.[] | .median_cycles / .median_ns]
	| max < min * 1.01' <<<"$cost"
check 'the guest is gone' sh -c '! ls -d /sys/kernel/debug/kvm/[0-9]*-*'
has 'the host view shows it' 'mmio +[0-9]+ ns' "$("$VIRTTOP" --text --view host)"
has 'and answers the thousand cycles with it' 'here it is [0-9]+ cycles when KVM answers' \
	"$("$VIRTTOP" --text --view host)"
rmmod kvm-amd
"$VIRTTOP" do exit-cost --seconds 0.7 >"$TMPDIR/none" 2>&1
same 'without KVM it is done too' 0 $?
has 'and says why there is no figure' 'io +not measured: /dev/kvm cannot be used' "$(cat "$TMPDIR/none")"
modprobe kvm-amd
plan
