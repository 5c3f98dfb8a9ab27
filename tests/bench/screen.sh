# shellcheck shell=bash
# SPDX-License-Identifier: GPL-2.0-or-later
# Sourced by tests/bench/run: what whole screens cost on the load, each for some
# seconds in a terminal of its own (tmux) of 200x60 that refreshes every second.
# CPU a second of wall time is what the process and its threads used; a machine
# that others use too shows less, since refreshes then come later.

screen_rss=0
home=

# PID: clock ticks that it has used.
ticks_of()
{
	sed 's/.*) //' "/proc/$1/stat" | awk '{ print $12 + $13 }'
}

terminal()
{
	tmux -S "$home/tmux" -f /dev/null "$@"
}

end_screens()
{
	[ ! -S "$home/tmux" ] || terminal kill-server 2>/dev/null
}

# Waits for a full screen, and then for a second refresh: the first one is dearer.
wait_for_screen()
{
	for ((i = 0; i < 300; i++)); do
		[ "$(terminal capture-pane -p | grep -c '[0-9]')" -lt 8 ] || break
		sleep 0.1
	done
	sleep 3
}

# KEYS COMMAND...: sets $used (CPU seconds a second) and $peak (kB resident at most).
measure_screen()
{
	local keys=$1 pid before began

	shift
	used='' peak=''
	terminal new-session -d -x 200 -y 60 "HOME='$home' XDG_STATE_HOME= XDG_CONFIG_HOME= \
		exec $*" || return
	pid=$(terminal list-panes -F '#{pane_pid}')
	wait_for_screen
	[ -z "$keys" ] || terminal send-keys "$keys"
	[ -z "$keys" ] || sleep 3
	before=$(ticks_of "$pid") began=$EPOCHREALTIME
	sleep "$seconds"
	used=$(awk -v ticks="$(($(ticks_of "$pid") - before))" -v hertz="$(getconf CLK_TCK)" \
		-v began="$began" -v now="$EPOCHREALTIME" \
		'BEGIN { printf "%.3f", ticks / hertz / (now - began) }')
	peak=$(awk '/^VmHWM:/ { print $2 }' "/proc/$pid/status")
	end_screens
	while [ -d "/proc/$pid" ]; do
		sleep 0.1
	done
}

# LABEL KEYS COMMAND...: a row for a screen; the first one is what the others are divided by.
screen_row()
{
	local label=$1 keys=$2

	shift 2
	if ! command -v "$1" >/dev/null; then
		printf '%-34s %10s\n' "$label" 'skipped: not installed'
		return
	fi
	measure_screen "$keys" "$@"
	[ -n "$used" ] || die "the screen of $1 did not start"
	base=${base:-$used}
	awk -v label="$label" -v cpu="$used" -v base="$base" -v rss="$peak" 'BEGIN {
		printf "%-34s %8.3f s %7s %6.1f MB\n", label, cpu, \
			(base > 0 ? sprintf("%.2f", cpu / base) : ""), rss / 1024
	}'
	case $label in
	virttop*) [ "$peak" -le "$screen_rss" ] || screen_rss=$peak ;;
	esac
}

# VIRTTOP SECONDS HOME: the table; HOME is an empty folder. Sets screen_rss, the most
# that virttop had resident in kB; 0: unknown.
bench_screens()
{
	local virttop=$1 seconds=$2 base='' used peak i

	home=$3
	if ! command -v tmux >/dev/null; then
		printf '\nskipped: whole screens need tmux\n'
		return
	fi
	printf '\n%-34s %10s %7s %9s\n' "whole screens, CPU a second" 'CPU' 'ratio' 'peak RSS'
	screen_row 'virttop, overview' '' "$virttop"
	screen_row 'virttop, processes' '' "$virttop" --view processes
	screen_row 'virttop, namespaces' '' "$virttop" --view namespaces
	screen_row 'virttop, cgroups' '' "$virttop" --view cgroups
	screen_row 'virttop, paused' p "$virttop"
	screen_row 'top' '' top -d 1
	screen_row 'htop' '' htop -d 10
	screen_row 'systemd-cgtop' '' systemd-cgtop -d 1
}
