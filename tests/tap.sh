# SPDX-License-Identifier: GPL-2.0-or-later
# Sourced by the test scripts: results in the Test Anything Protocol.
# shellcheck shell=bash
tap_n=0

# NAME: it holds.
pass()
{
	tap_n=$((tap_n + 1))
	echo "ok $tap_n - $1"
}

# NAME [WHY]: it does not; what is in WHY is printed below.
fail()
{
	tap_n=$((tap_n + 1))
	echo "not ok $tap_n - $1"
	[ $# -lt 2 ] || printf '%s\n' "$2" | sed 's/^/# /'
}

# NAME REASON: it could not be tried here.
skip()
{
	tap_n=$((tap_n + 1))
	echo "ok $tap_n - $1 # SKIP $2"
}

# NAME COMMAND...: the command succeeds.
check()
{
	local name=$1 said

	shift
	if said=$("$@" 2>&1); then
		pass "$name"
	else
		fail "$name" "$said"
	fi
}

# NAME EXPECTED ACTUAL: two texts are the same.
same()
{
	if [ "$2" = "$3" ]; then
		pass "$1"
	else
		fail "$1" "$(diff <(printf '%s\n' "$2") <(printf '%s\n' "$3"))"
	fi
}

# NAME PATTERN TEXT: the text has the extended regular expression.
has()
{
	if grep -qE -- "$2" <<<"$3"; then
		pass "$1"
	else
		fail "$1" "no '$2' in: $3"
	fi
}

# NAME PATTERN TEXT: the text does not have it.
has_not()
{
	if grep -qE -- "$2" <<<"$3"; then
		fail "$1" "'$2' in: $3"
	else
		pass "$1"
	fi
}

# REASON: nothing of it can be tried here.
skip_all()
{
	echo "1..0 # SKIP $1"
	exit 0
}

# SECONDS COMMAND...: until it succeeds.
wait_until()
{
	local end=$((SECONDS + $1))

	shift
	while ! "$@" >/dev/null 2>&1; do
		[ "$SECONDS" -lt "$end" ] || return
		sleep 0.1
	done
}

# FILE NUMBER: it has so many lines; it need not be there yet.
has_lines()
{
	[ -e "$1" ] && [ "$(wc -l <"$1")" -ge "$2" ]
}

# PID: there is no such process any more.
is_gone()
{
	[ ! -e "/proc/$1" ]
}

# JQ-ARGUMENT...: the filter says true. jq -e says so too when there is no document.
holds()
{
	[ "$(jq "$@")" = true ]
}

plan()
{
	echo "1..$tap_n"
}
