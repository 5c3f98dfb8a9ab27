#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-2.0-or-later
# virttop's figures against raw files, lsns, systemd-cgls, ip, debugfs and the kernel
# log, while a small load moves them (compare, load.sh). Then the comparer itself is
# tried: each kind of figure is falsified in a document, and must be found; not with
# FALSIFY=no, where the figures alone matter.
# Needs root for the load, and bash, jq, awk, coreutils, util-linux, iproute2.
. "$SRCDIR/tests/tap.sh"

here=$SRCDIR/tests/truth
# shellcheck source=tests/truth/capture.sh
. "$here/capture.sh"
# shellcheck source=tests/truth/judge.sh
. "$here/judge.sh"
# shellcheck source=tests/truth/load.sh
. "$here/load.sh"
export LC_ALL=C

for tool in jq awk lsns ip; do
	if ! command -v "$tool" >/dev/null; then
		skip 'the figures against independent sources' "$tool is missing"
		plan
		exit 0
	fi
done
work=$TMPDIR/truth-$$
planted=$work.planted
cgroup_mount=$(find_cgroup_mount)
load_root=$cgroup_mount
: >"$planted"
trap 'exit 1' TERM INT HUP
if [ "$(id -u)" -eq 0 ]; then
	trap load_stop EXIT
	processes=(/proc/[0-9]*)
	if [ -n "$cgroup_mount" ] && [ "${#processes[@]}" -gt "$load_crowded" ]; then
		echo "# ${#processes[@]} processes here: compared in namespaces of its own"
		load_alone "$0"
		exit
	fi
	load_start
else
	skip 'a load to compare' 'only root can make it'
fi

"$here/compare" "$VIRTTOP" "$work" "$planted" >"$work.said" 2>&1 &
wait $!
status=$?
said=$(cat "$work.said")
echo "# $(tail -n 1 <<<"$said")"
if [ "$status" -eq 0 ]; then
	pass 'every figure is what independent sources say'
else
	fail 'every figure is what independent sources say' "$said"
fi
comparisons=$(sed -nE 's/^([0-9]+) comparisons.*/\1/p' <<<"$said")
check 'there were at least 1,000 comparisons' test "${comparisons:-0}" -ge 1000
if [ "${FALSIFY-}" = no ]; then
	[ "$(id -u)" -ne 0 ] || load_stop
	trap - EXIT
	plan
	exit
fi

last=$(find "$work" -maxdepth 1 -name '[0-9]' | sort | tail -n 1)
# Which figures were compared in the second document, one of each.
awk -F '\t' '$1 == "ok" && $2 == 2 && $5 != "row" {
	figure = $5
	sub(/:.*/, "", figure)
	sub(/^parameters\..*/, "parameters", figure)
	if (!seen[$3, figure]++)
		print $3 "\t" $4 "\t" $5
}' "$last/found" >"$work/targets"
echo "# $(wc -l <"$work/targets") kinds of figures: $(cut -f 1 "$work/targets" | uniq -c | xargs)"

# Of our own load, whatever this machine has must be in the comparison.
covers()
{
	check "$2 of a $1 is compared" grep -qE "^$1	[^	]*	$2" "$work/targets"
}
for figure in comm state threads real_uid user_tasks cpu_usec cpu_percent rss_bytes ns.pid; do
	covers process "$figure"
done
for figure in type processes leader_pid kept_by keepers uid_map setgroups init_pid mounts \
	root_fs propagation monotonic_offset_seconds sockets.listening cpu_percent rss_bytes; do
	covers namespace "$figure"
done
if [ -n "${load_top:-}" ] && [ -d "$load_top" ]; then
	for figure in path kind owner_uid descendants max_depth controllers processes \
		processes_below populated frozen host_figures cpu.usage_usec; do
		covers cgroup "$figure"
	done
	for figure in memory.current memory.peak memory.events cpu.max cpu.stat pids.max io.stat \
		cpuset.cpus hugetlb.2MB.max; do
		if [ ! -e "$load_top/limited/$figure" ]; then
			skip "$figure" 'no such file in a cgroup here'
			continue
		fi
		case $figure in
		memory.current) covers cgroup effective.memory_headroom_bytes ;;
		memory.peak) covers cgroup memory.peak_bytes ;;
		memory.events) covers cgroup memory.events.oom_kill ;;
		cpu.max) covers cgroup cpu.throttled_percent ;;
		cpu.stat) covers cgroup cpu.percent ;;
		pids.max) covers cgroup effective.pids_max.value ;;
		io.stat) covers io wbytes ;;
		cpuset.cpus) covers cgroup cpuset.cpus_effective ;;
		hugetlb.*) covers hugetlb max_bytes ;;
		esac
	done
fi

# HOW TARGETS PATTERN: targets whose falsehood was not found.
unseen()
{
	jq -c --arg how "$1" --argjson targets \
		"$(jq -cRn '[inputs | split("\t")]' <"$2")" -f "$here/falsify.jq" \
		"$last/document.2" >"$work/false.json" || return
	give_verdicts "$last" "$last/document.1" "$work/false.json" >"$work/verdicts" || return
	awk -F '\t' -v how="$1" '
	function short(figure) {
		sub(/:.*/, "", figure)
		return figure
	}
	FILENAME ~ /verdicts$/ {
		if ($2 == 2 && ($1 == "hard" || $1 == "soft")) {
			found[$3, $4, short($5)] = 1
			row[$3] = row[$3] || $5 == "row"
		}
		next
	}
	!(($1, $2, short($3)) in found) && !((how == "gone" || how == "born") && row[$1]) {
		print "not found: " $1 " " $2 " " $3
	}' "$work/verdicts" "$2"
}

# NAME HOW TARGETS
finds()
{
	local missed

	if [ ! -s "$3" ]; then
		skip "$1" 'there is nothing to falsify'
		return
	fi
	missed=$(unseen "$2" "$3" 2>&1)
	if [ -z "$missed" ]; then
		pass "$1 ($(wc -l <"$3"))"
	else
		fail "$1" "$missed"
	fi
}

# What a row is known by is falsified as a row; the interval alone, all rates hang on it.
identity='^(process	.*	(pid|start_ticks)|(namespace|cgroup)	.*	id|interface	.*	(index|namespace)|machine	.*	(pid|start_ticks)|vcpu	.*	index|worker	.*	tid|container	.*	cgroup_id|io	.*	device|resource	.*	(controller|name)|oom	.*	(at_usec|pid)|module	.*	name|doc	.*)$'
grep -vE "$identity" "$work/targets" >"$work/figures"
grep -E '^doc	' "$work/targets" >"$work/doc"
finds 'each kind of figure, far off, is found' big "$work/figures"
finds 'a wrong time is found' big "$work/doc"

# CLASS...: the targets of these classes.
of_class()
{
	awk -v classes=" $* " '
	FILENAME ~ /figures$/ && FNR == NR {
		class[$1, $2] = $3 ~ /^[?+]/ ? $4 : $3
		must[$1, $2] = $3 ~ /\+/
		next
	}
	{
		n = split($0, part, "\t")
		figure = part[3]
		sub(/:.*/, "", figure)
		if (index(classes, " " class[part[1], figure] " ") ||
		    (index(classes, " must ") && must[part[1], figure]))
			print
	}' "$here/figures" "$work/figures"
}
of_class same flip state late keeper >"$work/exact"
finds 'of an exact figure, one more is found' one "$work/exact"
# Of who waited for nothing, no average can have risen.
awk -F '\t' 'NR == FNR { value[$1, $2, $3] = $4; next }
	value[$1, $2, $3] == "0" && $3 ~ /^pressure\.(memory|irq)\..*_avg/' "$last/flat.2" "$work/figures" \
	>"$work/averages"
finds 'of an average of nothing, five more is found' five "$work/averages"
of_class must | grep -v '	[a-z_.]*:' >"$work/must"
finds 'a figure that is left out is found' drop "$work/must"

# A row of each kind that was compared, and as it should be.
awk -F '\t' '$1 == "ok" && $2 == 2 && $5 == "row" && $6 != "lsns" && !seen[$3]++ {
	print $3 "\t" $4 "\trow"
}' "$last/found" | grep -vE '^(host|module|hugetlb|io|resource|vcpu|worker|container)	' >"$work/rows"
finds 'a row that is left out is found' gone "$work/rows"
finds 'a row that is invented is found' born "$work/rows"

if [ "$(id -u)" -eq 0 ]; then
	load_stop
	trap - EXIT
	check 'the cgroups of the load are gone' test ! -e "${load_top:-/nonexistent}"
	check 'so are its network namespaces' test ! -e "/run/netns/$load_tag-a"
fi
plan
