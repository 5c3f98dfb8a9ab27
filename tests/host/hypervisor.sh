#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-2.0-or-later
# What this very host runs under, against systemd-detect-virt.
. "$SRCDIR/tests/tap.sh"

if ! command -v systemd-detect-virt >/dev/null; then
	echo '1..0 # SKIP systemd-detect-virt is missing'
	exit 0
fi
ours=$("$VIRTTOP" --json | jq -c .host.hypervisor)

# Systemd names the cloud where virttop names its hypervisor, and calls the dom0 of
# Xen no machine; see tests/fixtures/hypervisors.tree.
vm=$(systemd-detect-virt --vm)
case $vm in
amazon | google) vm='(kvm|xen|none)' ;;
vm-other) vm=unknown ;;
none) [ "$(jq -r .mode <<<"$ours")" != dom0 ] || vm=xen ;;
esac
has "runs under $vm, as systemd-detect-virt says" "^$vm\$" "$(jq -r '.running_under // "none"' <<<"$ours")"

container=$(systemd-detect-virt --container)
said=$(jq -r '.container // "none"' <<<"$ours")
case $container/$said in
none/container-other | container-other/*)
	# It tells a container by its cgroup namespace or not at all; see there too.
	check "in a container: $said" test "$said" != none
	;;
*) same "in the container $container" "$container" "$said" ;;
esac
check 'says how that is known' holds '.evidence != null and .container_evidence != null' <<<"$ours"
check 'another root does not ask the CPU that runs the test' holds \
	'.host.hypervisor.evidence // "" | contains("CPUID") | not' \
	< <("$VIRTTOP" --root "$FIXTURES/hypervisors/hidden" --json)
plan
