#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-2.0-or-later
# Fuzzes every target for FUZZ_SECONDS, as many at a time as there are CPUs. Without
# a number it is 30, each time the same way, so that a change and not luck is tried.
# The program is made by "make -C BUILD fuzzing". A crash prints its input
# escaped and in Base64, and the stack; it becomes a seed of its target and a
# unit test.
. "$SRCDIR/tests/tap.sh"

seconds=${FUZZ_SECONDS:-30}
slowest=20 # seconds that one input may take
seed=1
[ -z "${FUZZ_SECONDS-}" ] || seed=0 # any
fuzzer=$BUILDDIR/fuzzing/tests/fuzz/fuzz
work=$(mktemp -d "$TMPDIR/fuzz.XXXXXX") || exit 1
declare -A again=() # what to say of targets that were fuzzed a second time
export ASAN_OPTIONS=detect_leaks=1 UBSAN_OPTIONS=print_stacktrace=1
export LSAN_OPTIONS=suppressions=$SRCDIR/tests/lsan.supp:print_suppressions=0

# TARGET ARGUMENT...: libFuzzer, in a folder of the target's own.
run_fuzzer()
{
	# Children in the background get a TMPDIR each: targets make files there.
	FUZZ_TARGET=$1 TMPDIR=$work/$1 "$fuzzer" -timeout="$slowest" -rss_limit_mb=1024 -close_fd_mask=3 \
		-print_funcs=0 -artifact_prefix="$work/$1/" "${@:2}" </dev/null
}

# TARGET SECONDS: fuzzes from its seeds.
fuzz()
{
	run_fuzzer "$1" -seed="$seed" -max_total_time="$2" -max_len=2048 -print_final_stats=1 \
		"$work/$1/seeds" >"$work/$1/log" 2>&1
	echo $? >"$work/$1/status"
}

# TARGET: how many inputs it ran.
count_runs()
{
	sed -n 's/^stat::number_of_executed_units: *//p' "$work/$1/log"
}

# TARGET: it ran more than its seeds.
is_enough()
{
	local runs

	runs=$(count_runs "$1")
	[ "${runs:-0}" -gt "$(find "$work/$1/seeds" -name 'seed-*' | wc -l)" ]
}

# TARGET SECONDS: libFuzzer goes by the clock. A host that pauses the machine makes an
# input too slow (status 70), or the time be over: what was too slow is tried alone,
# and the target once more if that is fast.
fuzz_again()
{
	local input status

	status=$(cat "$work/$1/status")
	case $status in
	0) ! is_enough "$1" || return 0 ;;
	70)
		for input in "$work/$1"/timeout-*; do
			run_fuzzer "$1" "$input" >"$work/$1/alone" 2>&1 || return 0
			rm "$input"
		done
		;;
	*) return 0 ;;
	esac
	fuzz "$1" "$2"
	again[$1]=', the second time; the clock ended the first'
}

# TARGET PATTERN...: its own seeds and the fixtures' files.
sow()
{
	local target=$1 file n=0

	shift
	mkdir -p "$work/$target/seeds"
	FUZZ_TARGET=$target FUZZ_SEEDS=$work/$target/seeds "$fuzzer"
	for pattern; do
		while IFS= read -r -d '' file; do
			cp "$file" "$work/$target/seeds/file-$((n += 1))"
		done < <(find "$FIXTURES" "$SRCDIR/themes" -type f -size -4k -path "$pattern" -print0)
	done
}

# The last words of a target that did not end well.
tell()
{
	local input

	for input in "$work/$1"/crash-* "$work/$1"/leak-* "$work/$1"/timeout-* "$work/$1"/oom-*; do
		[ -e "$input" ] || continue
		echo "input: $(head -c 2048 "$input" | LC_ALL=C sed -n 'l 0' | sed 's/\$$//')"
		echo "in Base64: $(base64 -w 0 "$input")"
	done
	grep -aE 'runtime error|ERROR: |SUMMARY: |^ +#[0-9]+ ' "$work/$1/log" | head -n 30
}

# TARGET: it went through with at least one run behind its seeds.
judge()
{
	if [ "$(cat "$work/$1/status")" != 0 ]; then
		fail "$1" "$(tell "$1")"
	elif ! is_enough "$1"; then
		fail "$1" "it ran $(count_runs "$1") inputs: $(tail -n 5 "$work/$1/log")"
	else
		pass "$1: $(count_runs "$1") inputs${again[$1]-}"
	fi
}

if [ ! -x "$fuzzer" ]; then
	if command -v clang >/dev/null; then
		echo "1..0 # SKIP not built: make -C $BUILDDIR fuzzing"
	else
		echo '1..0 # SKIP clang is missing: apt-get install clang libclang-rt-dev'
	fi
	exit
fi

# What is broken must be found, and shown so that it can be tried again.
sow planted
fuzz planted 60
has 'a planted crash is found' '^77$|^1$' "$(cat "$work/planted/status")"
has 'and its input shown' '^input: oops' "$(tell planted)"
has 'and its stack' 'run_planted' "$(tell planted)"
for target in endless paused; do
	sow $target
	slowest=1 fuzz $target 2
	same "$target: an input is too slow" 70 "$(cat "$work/$target/status")"
	slowest=1 fuzz_again $target 2
done
for _ in 1 2; do
	slowest=1 fuzz_again paused 2 # unless the machine was slow and not the input
done
has 'what is too slow each time is found' '^input: slow' "$(tell endless)"
same 'and stays found' 70 "$(cat "$work/endless/status")"
same 'what was too slow once is not' 0 "$(cat "$work/paused/status")"
check 'and the target goes on' is_enough paused

targets=()
while read -r target patterns; do
	targets+=("$target")
	set -f
	# shellcheck disable=SC2086 # a list of words
	sow "$target" $patterns
	set +f
	[ "$(jobs -rp | wc -l)" -lt "$(nproc)" ] || wait -n
	fuzz "$target" "$seconds" &
done < <("$fuzzer")
wait
for target in "${targets[@]}"; do
	fuzz_again "$target" "$seconds"
	judge "$target"
done
plan
