#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-2.0-or-later
# Bad input ends with status 2, an error that names the argument and what would
# be accepted, and nothing on stdout. Output that cannot be written is status 1.
. "$SRCDIR/tests/tap.sh"

root=$FIXTURES/unified
out=$TMPDIR/cli.out
err=$TMPDIR/cli.err

# STATUS NAMES ACCEPTS ARGUMENT...: stderr has both patterns, stdout nothing.
ends()
{
	local want=$1 names=$2 accepts=$3 status=0

	shift 3
	timeout -k 5 30 "$VIRTTOP" "$@" >"$out" 2>"$err" </dev/null || status=$?
	if [ "$status" -eq "$want" ] && [ ! -s "$out" ] && grep -qF -- "$names" "$err" &&
		grep -qF -- "$accepts" "$err"; then
		pass "$want: $*"
	else
		fail "$want: $*" "status $status, $(wc -c <"$out") bytes, stderr: $(cat "$err")"
	fi
}

ends 2 --bogus --help --bogus
ends 2 --vieww 'did you mean' --vieww cgroups
ends 2 -x --help -x
ends 2 bogus 'explain, exits, do, save or journal' bogus
ends 2 --view NAME --view
ends 2 --text 'no argument' --text=x
ends 2 "'nope'" 'overview namespaces' --view nope --text
ends 2 "'nope'" 'dark' --theme nope --text
for size in 80 80x 0x24 80x-1 80x24x 1001x24 axb ''; do
	ends 2 "'$size'" COLSxROWS --dump --size "$size"
done
for seconds in 0 0.05 3601 -1 1x nan ''; do
	ends 2 "$seconds" '0.1 to 3600' -d "$seconds" --text
done
for count in 0 -1 x 1.5 99999999999999999999; do
	ends 2 "'$count'" '1 or more' -n "$count" --text
done
ends 2 "'<Nope>'" '<Enter>' --root "$root" --dump --keys 'jj<Nope>'
ends 2 'character 3' '<Enter>' --root "$root" --dump --keys 'jj<Nope>'
ends 2 "'x'" '--dump=roles' --dump=x
ends 2 /nonexistent 'No such file' --root /nonexistent --text
ends 2 /dev/null 'Not a directory' --root /dev/null --text
ends 2 --root empty --root '' --text

ends 2 --json 'do not go together' --text --json
ends 2 --theme --dump --json --theme dark
ends 2 --size --dump --text --size 80x24
ends 2 --keys --dump --text --keys j
ends 2 --yes 'is for do' --yes --text
ends 2 -n '--text or --json' -n 2 --dump

ends 2 'explain needs' 'PID|CGROUP' explain
ends 2 "'/b'" 'one PID or cgroup' explain /a /b
ends 2 999999 'nearest' --root "$root" explain 999999
ends 2 /nope 'give a PID' --root "$root" explain /nope
ends 2 'do needs' 'ACTION ARG' do
ends 2 "'b'" 'journal takes an id' journal a b
ends 1 nope 'virttop journal lists them' journal nope
ends 2 'save needs' 'CGROUP [--as FORMAT]' save
ends 2 "'x'" 'systemd cgconfig shell' save --as x /a
ends 2 "'/c'" 'a cgroup and a file' save /a /b /c
ends 2 /nope 'no cgroup' --root "$root" save /nope
ends 2 'root cgroup' 'no limits' --root "$root" save /
ends 2 --as 'it is for save' --as shell --text
ends 2 "'nope'" 'unshare enter move' do nope
ends 2 "'x'" 'PID@START_TICKS' do move x / --dry-run
ends 2 4194305 'PID... | /FROM /CGROUP' do move 4194305 / --dry-run
ends 2 /nope 'FILE=VALUE' do limit /nope pids.max=1 --dry-run
ends 3 unified 'nothing can be done' --root "$root" do create /x --yes
ends 3 read-only read-only --read-only do create /x --yes

config()
{
	printf "$1" >"$TMPDIR/cli.conf"
	ends 2 "$TMPDIR/cli.conf, line $2" "$3" --config "$TMPDIR/cli.conf" --text
}
config '[virttop]\nnope = 1\n' 2 'theme interval view'
config '[virttop]\n\ninterval = 0\n' 3 '0.1 to 3600'
config '[virttop]\nview = nope\n' 2 overview
config '[virttop]\nmouse = maybe\n' 2 'yes nor no'
config '[virttop]\nnonsense\n' 2 'name = value'
config '[other]\nmouse = yes\n' 2 '[virttop]'
ends 2 /nonexistent/config 'No such file' --config /nonexistent/config --text

# HOME of another, as after su without a login: its configuration is none of ours. What
# may not be read although it is there for us is an error.
as_nobody=(setpriv --reuid 65534 --regid 65534 --clear-groups env -u XDG_CONFIG_HOME "HOME=$TMPDIR/another"
	"$TMPDIR/virttop" --root "$root" --text)
if "${as_nobody[@]:0:6}" true 2>/dev/null; then
	mkdir -p "$TMPDIR/another/.config/virttop"
	echo '[virttop]' >"$TMPDIR/another/.config/virttop/config"
	chmod 600 "$TMPDIR/another/.config/virttop/config"
	cp "$VIRTTOP" "$TMPDIR/virttop"
	chmod 700 "$TMPDIR/another"
	check 'a home that may not be entered has no configuration' "${as_nobody[@]}"
	chmod 755 "$TMPDIR/another"
	has 'one that may not be read is named' 'another/.config/virttop/config: Permission denied' \
		"$("${as_nobody[@]}" 2>&1)"
else
	skip 'a home that may not be entered' 'setpriv cannot become another user here'
fi

# A broken theme of one's own is a note; asked for on the command line it is an error.
themes=$XDG_CONFIG_HOME/virttop/themes
mkdir -p "$themes"
printf '[roles]\nwarn = nope\n' >"$themes/cli-broken.theme"
ends 2 'line 2' '#rrggbb' --theme cli-broken --text
printf '[virttop]\ntheme = cli-broken\n' >"$TMPDIR/cli.conf"
screen=$("$VIRTTOP" --config "$TMPDIR/cli.conf" --root "$root" --dump --size 200x24)
same 'a broken theme of the configuration does not stop it' 0 $?
has 'and is a note' 'cli-broken' "$screen"
has 'the screen is there' 'shop-host' "$screen"
rm "$themes/cli-broken.theme"

text=$(NO_COLOR=1 "$VIRTTOP" --root "$root" --text --view cgroups </dev/null)
same 'NO_COLOR' 0 $?
has_not 'no colours in text' $'\033' "$text"

for mode in --json --text --dump --help --version 'explain 1'; do
	# shellcheck disable=SC2086 # words
	"$VIRTTOP" --root "$root" $mode >/dev/full 2>"$err" </dev/null
	same "$mode to a full device" '1 virttop: cannot write: No space left on device' "$? $(cat "$err")"
	# shellcheck disable=SC2086
	"$VIRTTOP" --root "$root" $mode >&- 2>"$err" </dev/null
	same "$mode to nowhere" '1 virttop: cannot write: Bad file descriptor' "$? $(cat "$err")"
	# shellcheck disable=SC2086
	same "$mode is done" 0 "$("$VIRTTOP" --root "$root" $mode >/dev/null 2>&1 </dev/null; echo $?)"
done
"$VIRTTOP" --root "$root" --json -n 1000 -d 0.1 2>"$err" </dev/null | head -c 1 >"$out"
same 'a reader that went away ends it by SIGPIPE' '141 ' "${PIPESTATUS[0]} $(cat "$err")"
plan
