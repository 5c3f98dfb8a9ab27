# SPDX-License-Identifier: GPL-2.0-or-later
# Sourced by tests that drive the program in a real terminal: tmux on a socket of
# its own, which ends with the script.
# shellcheck shell=bash
socket=${TMPDIR:-/tmp}/tmux-$$
tmux_() { tmux -S "$socket" -f /dev/null "$@"; }
end_tmux() { tmux_ kill-server 2>/dev/null; }
trap end_tmux EXIT

# NAME [COLS] [ROWS] [TERM] [VARIABLE=VALUE]: a session that is a shell whose prompt is
# known, so that its return is seen.
start()
{
	tmux_ new-session -d -s "$1" -x "${2:-80}" -y "${3:-24}" \
		"env PS1='back> ' TERM=${4:-screen-256color} LC_ALL=C.UTF-8 ${5:-_=} bash --norc --noprofile"
	wait_for "$1" 'back>'
}
send() { tmux_ send-keys -t "$1" "${@:2}"; }
screen() { tmux_ capture-pane -p -t "$1"; }

# SESSION PATTERN: until the screen has it, for 30 s at most.
wait_for()
{
	local end=$((SECONDS + 30))

	while [ "$SECONDS" -lt "$end" ]; do
		screen "$1" | grep -qE -- "$2" && return 0
		sleep 0.1
	done
	echo "waited in vain for '$2':"
	screen "$1"
	return 1
}
