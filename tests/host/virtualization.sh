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
check 'whether it can be used is said, and why' jq -e \
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
	check 'why there is none' jq -e '.why | length > 10' <<<"$kvm"
fi
if [ -r /sys/module/kvm/parameters/halt_poll_ns ]; then
	same 'halt polling' "$(cat /sys/module/kvm/parameters/halt_poll_ns)" "$(jq -r .halt_poll_ns <<<"$kvm")"
else
	same 'halt polling is not known' null "$(jq -r .halt_poll_ns <<<"$kvm")"
fi
plan
