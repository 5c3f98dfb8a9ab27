#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-2.0-or-later
# A virtual machine on this host: it shows with exits that rise, by whatever the
# kernel leaves to be read; else its row says why not.
. "$SRCDIR/tests/tap.sh"

loop=$BUILDDIR/tests/guest/kvm_loop
if ! [ -x "$loop" ]; then
	echo '1..0 # SKIP tests/guest/kvm_loop is not built'
	exit 0
fi
if ! [ -c /dev/kvm ] || ! [ -w /dev/kvm ]; then
	echo '1..0 # SKIP there is no /dev/kvm here that may be used'
	exit 0
fi
"$loop" 120 2>"$TMPDIR/kvm.errors" &
vm=$!
trap 'kill $vm' EXIT
# Until it is made, or cannot be.
for ((i = 0; i < 300; i++)); do
	kill -0 $vm 2>/dev/null || break
	find "/proc/$vm/fd" -lname '*kvm-vcpu*' 2>/dev/null | grep -q . && break
	sleep 0.1
done
if ! kill -0 $vm 2>/dev/null; then
	echo "1..0 # SKIP no machine can be made here: $(cat "$TMPDIR/kvm.errors")"
	trap - EXIT
	exit 0
fi
"$VIRTTOP" --json -n 3 -d 1 >"$TMPDIR/kvm.json"

# SNAPSHOT JQ-EXPRESSION: of our machine.
machine()
{
	sed -n "$1p" "$TMPDIR/kvm.json" | jq -r ".machines[] | select(.pid == $vm) | $2"
}

same 'the machine shows' "$vm" "$(machine 3 .pid)"
source=$(machine 3 .stats_source)
if [ "$source" = none ]; then
	skip 'its exits rise' "nothing may be read: $(sed -n 3p "$TMPDIR/kvm.json" |
		jq -c '[.collect.probes[] | select(.name == "kvm").notes[]]')"
else
	check "its exits rise, by $source" test "$(machine 3 .exits.total)" -gt "$(machine 2 .exits.total)"
fi
plan
