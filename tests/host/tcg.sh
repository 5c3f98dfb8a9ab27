#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-2.0-or-later
# A machine that QEMU emulates in software, without KVM: it shows as such.
. "$SRCDIR/tests/tap.sh"

if ! command -v qemu-system-x86_64 >/dev/null; then
	echo '1..0 # SKIP qemu-system-x86_64 is missing'
	exit 0
fi
qemu-system-x86_64 -name guest=emulated,debug-threads=on -accel tcg -m 64 -smp 2 -S \
	-object iothread,id=disk0 \
	-display none -nodefaults -no-user-config -monitor none >"$TMPDIR/qemu" 2>&1 &
vm=$!
trap 'kill $vm 2>/dev/null; wait $vm 2>/dev/null' EXIT
# Two vCPUs and the thread of disk0.
is_running()
{
	[ "$(grep -cE 'CPU [0-9]*/TCG|^IO disk0' <<<"$(cat /proc/$vm/task/*/comm)")" = 3 ]
}
check 'QEMU starts' wait_until 60 is_running
"$VIRTTOP" --json >"$TMPDIR/tcg.json"
same 'it shows, with what it was given' 'emulated qemu tcg 67108864 none' \
	"$(jq -r ".machines[] | select(.pid == $vm)
		| \"\(.name) \(.vmm) \(.accel) \(.given_bytes) \(.stats_source)\"" "$TMPDIR/tcg.json")"
same 'its vCPU threads are known' "$(grep -l 'CPU [0-9]*/TCG' /proc/$vm/task/*/comm | cut -d / -f 5 | xargs)" \
	"$(jq -r ".machines[] | select(.pid == $vm).vcpus[].tid" "$TMPDIR/tcg.json" | xargs)"
same 'so are the threads that do its I/O' "$(grep -l '^IO ' /proc/$vm/task/*/comm | cut -d / -f 5 | xargs)" \
	"$(jq -r ".machines[] | select(.pid == $vm).workers[].tid" "$TMPDIR/tcg.json" | xargs)"
has 'by the name that they were given' '^IO disk0 iothread$' \
	"$(jq -r ".machines[] | select(.pid == $vm).workers[] | \"\(.name) \(.kind)\"" "$TMPDIR/tcg.json")"
has 'no exits are made up' 'emulates it in software' \
	"$(jq -r ".machines[] | select(.pid == $vm) | select(.exits == null).stats_why" "$TMPDIR/tcg.json")"
plan
