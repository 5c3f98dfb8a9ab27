#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-2.0-or-later
# This host's CPU against lscpu and the kernel's own files.
. "$SRCDIR/tests/tap.sh"

cpu=$("$VIRTTOP" --json | jq -c .host.cpu)
if command -v lscpu >/dev/null; then
	same 'VT-x or AMD-V as lscpu says' \
		"$(LC_ALL=C lscpu | sed -n 's/^ *Virtualization: *//p')" \
		"$(jq -r '.virtualization | if . == "none" then "" else . end' <<<"$cpu")"
else
	skip 'VT-x or AMD-V as lscpu says' 'lscpu is missing'
fi
files=$(cd /sys/devices/system/cpu/vulnerabilities 2>/dev/null &&
	for f in meltdown spectre_v2 retbleed spec_rstack_overflow l1tf mds mmio_stale_data \
		tsx_async_abort reg_file_data_sampling tsa itlb_multihit vmscape; do
		[ ! -s "$f" ] || echo "$f $(cut -c 1-127 "$f")"
	done | sort)
if [ -n "$files" ]; then
	same 'mitigations are the words of the kernel' "$files" \
		"$(jq -r '.mitigations // {} | to_entries[] | "\(.key) \(.value)"' <<<"$cpu" | sort)"
else
	skip 'mitigations are the words of the kernel' 'the kernel has no such files'
fi
if [ -d /sys/kernel/iommu_groups ]; then
	same 'groups of the IOMMU' "$(find /sys/kernel/iommu_groups -mindepth 1 -maxdepth 1 | wc -l)" \
		"$(jq -r .iommu_groups <<<"$cpu")"
else
	same 'groups of the IOMMU are not known' null "$(jq -r .iommu_groups <<<"$cpu")"
fi
check 'whether it can be used is said, and why' holds \
	'(.virtualization_state | IN("usable", "off in firmware", "masked", "absent", "unknown"))
	and (.virtualization_why | length > 10)' <<<"$cpu"
kvm=$("$VIRTTOP" --json | jq -c .host.kvm)
if [ -c /dev/kvm ]; then
	same 'the mode of /dev/kvm' "$(stat -c 'mode 0%a, uid %u, gid %g' /dev/kvm)" \
		"$(jq -r '.permissions | sub(", with an ACL"; "")' <<<"$kvm")"
	same 'whether it can be opened' "$( (: <>/dev/kvm) 2>/dev/null && echo true || echo false)" \
		"$(jq -r .usable <<<"$kvm")"
else
	same 'no /dev/kvm' 'false false' "$(jq -r '"\(.device) \(.usable)"' <<<"$kvm")"
	check 'why there is none' holds '.why | length > 10' <<<"$kvm"
fi
if [ -r /sys/module/kvm/parameters/halt_poll_ns ]; then
	same 'halt polling' "$(cat /sys/module/kvm/parameters/halt_poll_ns)" "$(jq -r .halt_poll_ns <<<"$kvm")"
else
	same 'halt polling is not known' null "$(jq -r .halt_poll_ns <<<"$kvm")"
fi

# PID: its only child catches SIGUSR1.
catches()
{
	local caught

	child=$(xargs <"/proc/$1/task/$1/children") && [ -n "$child" ] &&
		caught=$(sed -n 's/^SigCgt:\t//p' "/proc/$child/status") && ((0x$caught & 0x200))
}

# The signal that ends a lost guest, thousands of times a second.
made_in_a_storm()
{
	local measuring child=

	# It may have ended before anyone looked.
	for _ in 1 2 3; do
		"$VIRTTOP" do exit-cost --seconds 2 >"$TMPDIR/storm" 2>&1 &
		measuring=$!
		! wait_until 5 catches "$measuring" || break
		child=
	done
	[ -n "$child" ] || return
	while kill -USR1 "$child" 2>/dev/null; do :; done
	wait "$measuring"
	cat "$TMPDIR/storm"
	grep -q '^io ' "$TMPDIR/storm" && ! grep -q 'no guest can be made' "$TMPDIR/storm"
}

# What an exit costs, as far as it can be measured here.
export XDG_STATE_HOME=$TMPDIR/state
said=$("$VIRTTOP" do exit-cost --seconds 0.7 2>&1)
same 'exit-cost is done' 0 $?
cost=$("$VIRTTOP" --json | jq -c .host.exit_cost)
check 'a system call is measured, in order' holds '.syscall |
	.samples > 0 and .min_ns > 0 and .min_ns <= .median_ns and .median_ns <= .p99_ns' <<<"$cost"
check 'each kind of exit has a figure or a reason' holds \
	'[.io, .mmio, .hlt, .cpuid, .hypercall] | all(.samples > 0 or (.why | length > 5))' <<<"$cost"
if [ "$(jq -r .usable <<<"$kvm")" = true ]; then
	check 'an exit is measured' holds '.io.samples > 0' <<<"$cost"
	check 'its guests are made while signals come without end' made_in_a_storm
else
	has 'why no exit is measured' 'io +not measured: /dev/kvm cannot be used' "$said"
fi
"$VIRTTOP" --read-only do exit-cost >/dev/null 2>&1
same 'not with --read-only' 3 $?
"$VIRTTOP" do exit-cost --seconds 100 >/dev/null 2>&1
same 'not for 100 seconds' 2 $?
has 'x starts it in the host view' 'a tiny guest runs for a second' \
	"$("$VIRTTOP" --view host --size 120x30 --keys x --dump)"
has 'x is for the host view' 'or the host view' \
	"$("$VIRTTOP" --view cgroups --size 120x30 --keys x --dump)"
has 'x does nothing in a recorded tree' 'recorded tree' \
	"$("$VIRTTOP" --root "$FIXTURES/unified" --view host --size 120x30 --keys x --dump)"
plan
