#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-2.0-or-later
# What limits do shows in virttop, beside the kernel's own files.
# shellcheck source=tests/guest/lib.sh
. "$SRCDIR/tests/guest/lib.sh"

top=$v2/t
echo '+cpu +memory +io +pids' >$v2/cgroup.subtree_control
mkdir $top
# shellcheck disable=SC2016 # the inner shell's
into='echo $$ >"$0/cgroup.procs" && exec "$@"'

# CGROUP COMMAND...
run_in()
{
	sh -c "$into" "$top-$1" "${@:2}" &
	started=$!
}

# CGROUP FILE=VALUE...
make_cgroup()
{
	local name=$1 setting

	mkdir "$top-$name"
	shift
	for setting; do
		echo "${setting#*=}" >"$top-$name/${setting%%=*}"
	done
}

start_stream

# Memory.
make_cgroup memory memory.max=100M memory.swap.max=0
run_in memory sh -c 'dd if=/dev/zero of=/dev/null bs=200M count=1; sleep 1000'
check 'memory: the kernel kills' wait_until 60 grep -q '^oom_kill [1-9]' $top-memory/memory.events
shows_next 'memory: the kill shows within one refresh' /t-memory \
	'.cgroups[] | select(.path == $path).memory | .events.oom_kill >= 1 and .max_bytes == 104857600'
shows_next 'memory: it is a finding' /t-memory \
	'.findings[] | select(.kind == "oom-killed" and .subject.path == $path)'
same 'memory: as many kills as the kernel counts' "$(sed -n 's/^oom_kill //p' $top-memory/memory.events)" \
	"$("$VIRTTOP" --json | of_cgroup /t-memory .memory.events.oom_kill)"

stop_stream
plan
