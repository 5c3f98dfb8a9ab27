# SPDX-License-Identifier: GPL-2.0-or-later
# Sourced by the tests of this host, behind tap.sh.
# shellcheck shell=bash
virttop=${VIRTTOP:-$PWD/virttop}
started=() # processes that end_started ends

need_root()
{
	[ "$(id -u)" = 0 ] || skip_all 'needs root'
}

# Sets $v2.
need_cgroup_tree()
{
	v2=$(findmnt -n -l -t cgroup2 -o TARGET | head -n 1)
	[ -n "$v2" ] && [ -w "$v2" ] || skip_all 'needs a writable cgroup v2 mount'
}

end_started()
{
	local pid

	for pid in "${started[@]}"; do
		kill -KILL "$pid" 2>/dev/null
		wait "$pid" 2>/dev/null
	done
}

# CGROUP: below $v2, with all that is in it and below.
remove_cgroup()
{
	local i

	[ ! -e "$v2$1/cgroup.kill" ] || echo 1 >"$v2$1/cgroup.kill"
	for ((i = 0; i < 300; i++)); do
		find "$v2$1" -depth -type d -exec rmdir {} + 2>/dev/null
		[ -d "$v2$1" ] || break
		sleep 0.1
	done
}

# WORD...: virttop do; $scratch is a folder. With what it said in $said, its errors in $errors, its status in $status.
run()
{
	status=0
	said=$("$virttop" do "$@" 2>"$scratch/errors" </dev/null) || status=$?
	errors=$(cat "$scratch/errors")
}

# NAME STATUS: what was run last ended so.
ended()
{
	if [ "$status" = "$2" ]; then
		pass "$1"
	else
		fail "$1" "exit status $status instead of $2: $said $errors"
	fi
}
