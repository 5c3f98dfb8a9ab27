# SPDX-License-Identifier: GPL-2.0-or-later
# Sourced by compare: one reading of everything that virttop tells about, raw, as
# files of a directory. Nothing of virttop's is used. Few programs are started, so
# that a reading is short: what moves is compared between two of them.
# shellcheck shell=bash

# Other namespaces whose interfaces are read; each costs a program. virttop reads 16 in
# a scan.
readonly netns_limit=6

# Where cgroup v2 is mounted as a whole, by mountinfo.
find_cgroup_mount()
{
	awk '{
		for (i = 7; $i != "-"; i++)
			;
		if ($(i + 1) == "cgroup2" && $4 == "/") {
			print $5
			exit
		}
	}' /proc/self/mountinfo
}

# DIR
capture_cgroups()
{
	[ -n "$cgroup_mount" ] || return 0
	(
		cd "$cgroup_mount" || exit
		find . -type d -printf '%i %U %p\n' >"$1/dirs"
		grep -rsa '' --exclude='*.numa_stat' --exclude=cgroup.threads . >"$1/cgroups"
		! command -v getfattr >/dev/null ||
			getfattr -R -P -h -d -m '^(user|trusted)[.](delegate|invocation_id)$' . \
				>"$1/marks" 2>/dev/null
	)
}

# DIR: what ends meanwhile is silently not there.
capture_processes()
{
	(
		cd /proc || exit
		printf '%s\0' [0-9]*/status |
			xargs -0 grep -saHE '^(Name|State|PPid|Uid|Threads|NSpid|voluntary_ctxt_switches):' >"$1/status"
		printf '%s\0' [0-9]*/{stat,statm} | xargs -0 grep -saH '' >"$1/stat"
		printf '%s\0' [0-9]*/cgroup | xargs -0 grep -saH '^0::' >"$1/membership"
		printf '%s\0' [0-9]*/ns | xargs -0 sh -c 'find "$@" -type l -printf "%p %l\n"' sh \
			>"$1/namespaces" 2>/dev/null
	)
}

# DIR: files of the oldest process of each namespace, which is who virttop asks.
capture_insides()
{
	awk -v processes="$1/stat" '
	BEGIN {
		while ((getline line <processes) > 0) {
			pid = line
			sub(/\/.*/, "", pid)
			if (line ~ /^[0-9]+\/stat:/ && sub(/.*\) /, "", line) && split(line, word, " "))
				start[pid] = word[20]
		}
		files["user"] = "uid_map gid_map setgroups"
		files["mnt"] = "mountinfo"
		files["time"] = "timens_offsets"
		files["net"] = "net/tcp net/tcp6 net/udp net/udp6"
	}
	{
		split($1, word, "/")
		if (!(word[3] in files) || !(word[1] in start))
			next
		if (!($2 in oldest) || start[word[1]] + 0 < start[oldest[$2]] + 0 ||
		    (start[word[1]] == start[oldest[$2]] && word[1] + 0 < oldest[$2] + 0))
			oldest[$2] = word[1]
		type[$2] = word[3]
	}
	END {
		for (one in oldest) {
			n = split(files[type[one]], name, " ")
			for (i = 1; i <= n; i++)
				printf "/proc/%s/%s%c", oldest[one], name[i], 0
		}
	}' "$1/namespaces" | xargs -0r grep -saH '' | sed 's@^/proc/@@' >"$1/insides"
}

# DOCUMENT: where what a document says to keep a namespace leads to, or "gone".
look_at_keepers()
{
	jq -r '.namespaces[] | .type as $type | .kept_by // [] | .[]
		| select(.how != "child" and .how != "socket" and (.where | test(" in mnt |\n") | not))
		| if (.how == "process" or .how == "thread") and (.where | test("/ns/") | not)
		then "\(.where)\t\(.where)/ns/\($type)" else "\(.where)\t\(.where)" end' "$1" | sort -u >"$1.keepers"
	cut -f 2 "$1.keepers" | tr '\n' '\0' | xargs -0r stat -L -c '%n	%i' 2>/dev/null |
		awk -F '\t' -v OFS='\t' '
		NR == FNR { leads[$1] = $2; next }
		{ print "keeper", $1, $2 in leads ? leads[$2] : "gone", $2 }' - "$1.keepers" >"$1.kept"
}

# DIR
capture_host()
{
	grep -sa '' /proc/{stat,meminfo,uptime,loadavg,cgroups,modules} /proc/pressure/* \
		/proc/sys/kernel/{hostname,osrelease,random/boot_id,pid_max,threads-max} \
		/proc/sys/fs/file-nr /proc/diskstats /proc/self/mountinfo \
		/sys/kernel/security/lockdown /sys/module/kvm*/parameters/* >"$1/host"
	awk '/^$/ { exit } { print }' /proc/cpuinfo >"$1/cpuinfo"
	{
		echo "arch $(uname -m)"
		echo "cpus $(getconf _NPROCESSORS_ONLN)"
		echo "ticks $(getconf CLK_TCK)"
		echo "page $(getconf PAGESIZE)"
		[ -e /dev/kvm ] && echo 'kvm.device true' || echo 'kvm.device false'
		# Opening what is not there would make it.
		[ -c /dev/kvm ] && (exec 3<>/dev/kvm) 2>/dev/null && echo 'kvm.usable true' ||
			echo 'kvm.usable false'
		[ ! -e /sys/kernel/debug/kvm ] || echo 'kvm.debugfs true'
		command -v systemd-detect-virt >/dev/null && echo "vm $(systemd-detect-virt --vm)"
	} >"$1/facts"
}

# DIR: a read is a record of the kernel log; at its end is no waiting.
capture_log()
{
	dd if=/dev/kmsg iflag=nonblock bs=8192 2>/dev/null |
		grep -aE '^[0-9]+,[0-9]+,[0-9]+,[^;]*;(oom-kill:|.*Killed process )' >"$1/log"
}

# NAMESPACE COMMAND...: the interfaces of a network namespace, as a document.
list_interfaces()
{
	printf '{ "namespace": "%s", "links":' "$1"
	"${@:2}" ip -j -d -s addr 2>/dev/null || echo '[]'
	echo '}'
}

# DIR: our own; where others are mounted; by a process of each of some more.
capture_interfaces()
{
	local id place own

	own=$(stat -L -c %i /proc/self/ns/net)
	{
		list_interfaces "$own"
		while read -r id place; do
			list_interfaces "$id" nsenter --net="$place"
		done < <(
			{
				sed -nE 's@^.* net:\[([0-9]+)\] ([^ ]+) .* - nsfs .*@\1 \2@p' /proc/self/mountinfo
				sed -nE 's@^(.*/ns/net) net:\[([0-9]+)\]@\2 /proc/\1@p' "$1/namespaces"
			} | awk -v own="$own" -v limit="$netns_limit" \
				'$1 != own && !seen[$1]++ && n++ < limit'
		)
	} | jq -r '.namespace as $id | .links as $all | $all[] | .link as $link
		| ([.link_index, ($all[] | select(.ifname == $link) | .ifindex)] | map(values) | first) as $at
		| [ "\($id):\(.ifindex)", .ifname,
		.linkinfo.info_kind // "-", (.operstate | ascii_downcase), .mtu,
		.stats64.rx.bytes, .stats64.tx.bytes,
		([.addr_info // [] | .[] | (.local // empty) + (if .prefixlen == (if .family == "inet" then 32 else 128 end)
			then "" else "/\(.prefixlen)" end)] | join(" ")),
		.master // "-", $at // "-" ] | @tsv' >"$1/interfaces"
}

# DIR: KVM's descriptors, threads of the processes that hold them, and debugfs.
capture_machines()
{
	local pid

	: >"$1/machines"
	[ -e /sys/module/kvm ] || return 0
	find /proc/[0-9]*/fd -maxdepth 1 -lname 'anon_inode:kvm-v*' -printf 'fd %p %l\n' \
		>>"$1/machines" 2>/dev/null
	sed -nE 's@^fd /proc/([0-9]+)/.* anon_inode:kvm-vm$@\1@p' "$1/machines" | sort -u |
		while read -r pid; do
			grep -sa '' "/proc/$pid/task"/*/{stat,schedstat} | sed 's/^/task /'
			grep -saE '^(State|Cpus_allowed_list|voluntary_ctxt_switches):' "/proc/$pid/task"/*/status | sed 's/^/task /'
		done >"$1/tasks"
	cat "$1/tasks" >>"$1/machines"
	[ -d /sys/kernel/debug/kvm ] || return 0
	(cd /sys/kernel/debug/kvm && grep -rsa '' ./*-*/) | sed 's/^/debugfs /' >>"$1/machines"
}

# DIR: one reading, between two times.
capture()
{
	mkdir -p "$1" || return
	echo "began $EPOCHREALTIME" >"$1/times"
	capture_cgroups "$1"
	capture_processes "$1"
	capture_insides "$1"
	capture_host "$1"
	capture_interfaces "$1"
	capture_machines "$1"
	capture_log "$1"
	echo "ended $EPOCHREALTIME" >>"$1/times"
}

# DIR: programs that tell the same, slow ones: once before and once after.
capture_programs()
{
	mkdir -p "$1" || return
	lsns -rno NS,TYPE,NPROCS,PNS,ONS >"$1/lsns" 2>/dev/null
	if command -v systemd-cgls >/dev/null && [ -n "$cgroup_mount" ]; then
		systemd-cgls -akl --no-pager "$cgroup_mount" >"$1/cgls" 2>/dev/null
	fi
	ip netns list >"$1/netns" 2>/dev/null
}
