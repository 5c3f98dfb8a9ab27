#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-2.0-or-later
# Exits by tracepoints: of a machine that runs only within the trace, each exit is
# counted, by its reason, as KVM's own counters and perf-stat(1) say.
# shellcheck source=tests/guest/lib.sh
. "$SRCDIR/tests/guest/lib.sh"

if ! modprobe kvm-amd 2>&1 || ! [ -e /dev/kvm ]; then
	fail 'KVM can be had' "$(dmesg | tail -n 5)"
	plan
	exit
fi
kvm_loop 600 2>"$TMPDIR/kvm.errors" &
vm=$!
trap 'kill -KILL $vm 2>/dev/null' EXIT
check 'the machine runs' wait_until 20 sh -c "ls -d /sys/kernel/debug/kvm/$vm-*"
sleep 1

# NAME: the kernel's counter.
kernel_counts()
{
	cat "/sys/kernel/debug/kvm/$vm-"*/"$1"
}

# REASON: how often the trace had it.
traced()
{
	awk -v name="$1" '$1 == name { print $2 }' "$TMPDIR/trace"
}

kill -STOP "$vm"
sleep 1
perf stat -x , -o "$TMPDIR/perf" -e kvm:kvm_exit -p "$vm" 2>"$TMPDIR/perf.errors" &
perf=$!
check 'perf counts too' wait_until 60 sh -c "ls -l /proc/$perf/fd | grep -q perf_event"
exits=$(kernel_counts exits) io=$(kernel_counts io_exits) halt=$(kernel_counts halt_exits)
"$VIRTTOP" exits "$vm" -d 15 >"$TMPDIR/trace" 2>"$TMPDIR/trace.errors" &
tracer=$!
# Both tracepoints.
is_set()
{
	[ "$(find "/proc/$tracer/fd" -lname '*perf_event*' | wc -l)" -ge 2 ]
}
check 'the trace is set' wait_until 60 is_set
sleep 1
kill -CONT "$vm"
sleep 2
kill -STOP "$vm"
status=0
wait "$tracer" || status=$?
kill -INT "$perf"
wait "$perf"
same 'the trace ends by itself' '0 ' "$status $(cat "$TMPDIR/trace.errors")"
exits=$(($(kernel_counts exits) - exits)) io=$(($(kernel_counts io_exits) - io))
halt=$(($(kernel_counts halt_exits) - halt))
same 'as perf stat counts them' "$exits" "$(sed -n 's/^\([0-9]*\),.*kvm:kvm_exit.*/\1/p' "$TMPDIR/perf")"
check "the machine exited $exits times meanwhile" test "$exits" -gt 1000
has "it has $exits exits" "^$exits exits in (1[5-9]|2[0-9])\.[0-9] s" "$(cat "$TMPDIR/trace")"
same 'those for I/O' "$io" "$(traced VMEXIT_IOIO)"
same 'those for HLT' "$halt" "$(traced VMEXIT_HLT)"
has 'the port that they are for' "port 0x03f8 out +$io\$" "$(cat "$TMPDIR/trace")"
has 'how long they took' '^VMEXIT_IOIO +[0-9]+ +[0-9]+ +[0-9.]+[nu]s +[0-9.]+[nu]s +[0-9.]+[num]s' \
	"$(cat "$TMPDIR/trace")"
has_not 'nothing was lost' 'were lost' "$(cat "$TMPDIR/trace")"
has 'what tracing cost' 'cost virttop [0-9.]+ ms of CPU' "$(cat "$TMPDIR/trace")"
sed 's/^/# /' "$TMPDIR/trace"
kill -CONT "$vm"
screen=$("$VIRTTOP" --view machines --size 120x40 --keys x --dump)
has 'the screen shows one too' 'Why it exits' "$screen"
has 'with reasons' 'VMEXIT_IOIO +[0-9]+' "$screen"
same 'a process that is no machine has no exits' 1 \
	"$("$VIRTTOP" exits $$ -d 0.2 | grep -c '^No exit')"
check 'tracefs can be unmounted' umount /sys/kernel/tracing
umount /sys/kernel/debug/tracing 2>/dev/null
umount /sys/kernel/debug
status=0
said=$("$VIRTTOP" exits "$vm" 2>&1) || status=$?
mount -t debugfs debugfs /sys/kernel/debug
mount -t tracefs tracefs /sys/kernel/tracing
same 'without tracefs it says what to do' \
	'1 virttop: tracefs is not mounted: virttop do mount tracefs mounts it' "$status $said"
sed 's/^/# /' "$TMPDIR/kvm.errors"
plan
