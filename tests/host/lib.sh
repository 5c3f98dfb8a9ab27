# SPDX-License-Identifier: GPL-2.0-or-later
# Sourced by the tests that drive `virttop do`: $virttop is the program, $scratch a folder.
# shellcheck shell=bash

# WORD...: virttop do, with what it said in $said, its errors in $errors, its status in $status.
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
