# SPDX-License-Identifier: GPL-2.0-or-later
# What capture.sh read, as facts: kind, identity, figure, source, value. The file's
# name says what is in it. Each figure is worked out here anew, from the raw text.
# Usage: awk -v mount=CGROUP-MOUNT -f facts.awk FILES (dirs first, then membership)

function fact(kind, id, figure, value) { print kind, id, figure, "raw", value }
function fact_by(kind, id, figure, source, value) { print kind, id, figure, source, value }
function truth(condition) { return condition ? "true" : "false" }
function exact(number) { return sprintf("%.0f", number) }

# "max", or a number as the file has it.
function less(a, b) { return a != "max" && (b == "max" || a + 0 < b + 0) }

# Names with bytes that JSON must escape are another test's business.
function is_plain(text) { return text !~ /[^ -~]|[\\"]/ }

# "a/b:rest" -> sets file and line.
function split_grep(    at) {
	at = index($0, ":")
	file = substr($0, 1, at - 1)
	line = substr($0, at + 1)
}

# Two lines of /proc/pressure or of a cgroup's files.
function pressure(kind, id, res, text,    word, n, i, part) {
	n = split(text, word, " ")
	for (i = 2; i <= n; i++) {
		split(word[i], part, "=")
		if (part[1] ~ /^avg(10|60|300)$/)
			fact(kind, id, "pressure." res "." word[1] "_" part[1], part[2] + 0)
		if (part[1] == "total")
			fact(kind, id, "pressure." res "." word[1] "_total_usec", part[2])
	}
}

FNR == 1 {
	n = split(FILENAME, name_part, "/")
	source = name_part[n]
}

source == "times" { fact("doc", "-", $1, exact($2 * 1000000)); next }

# ---- cgroups ----

source == "dirs" {
	path = $0
	sub(/^[0-9]+ [0-9]+ ./, "", path)
	if (path == "")
		path = "/"
	id_of[path] = $1
	path_of[$1] = path
	owner_of[$1] = $2
	next
}

# getfattr: "# file: a/b", then "trusted.delegate="1"".
source == "marks" {
	marks_known = 1
	if (sub(/^# file: /, "")) {
		sub(/^\.\/?/, "")
		marked = id_of["/" $0]
	} else if (match($0, /^(user|trusted)\.delegate="/))
		delegated[marked] = substr($0, RLENGTH + 1, 1) == "1"
	else if (match($0, /^(user|trusted)\.invocation_id="/))
		fact("cgroup", marked, "invocation_id",
			substr($0, RLENGTH + 1, length($0) - RLENGTH - 1))
	next
}

function cgroup_names(    id, path, up, last) {
	for (id in path_of) {
		path = path_of[id]
		fact("cgroup", id, "row", "true")
		fact("cgroup", id, "id", id)
		if (is_plain(path))
			fact("cgroup", id, "path", path)
		fact("cgroup", id, "owner_uid", owner_of[id])
		if (marks_known || owner_of[id] != 0)
			fact("cgroup", id, "delegated", truth(owner_of[id] != 0 || delegated[id]))
		cgroup_kind(id, path)
		if (path == "/")
			continue
		up = path
		sub(/\/[^\/]*$/, "", up)
		fact("cgroup", id, "parent_id", id_of[up == "" ? "/" : up])
		# The innermost part of the path that is named like a unit.
		for (up = path; up != ""; sub(/\/[^\/]*$/, "", up)) {
			last = up
			sub(/.*\//, "", last)
			if (last ~ /.\.(service|scope|slice|socket|mount|swap)$/) {
				if (is_plain(last))
					fact("cgroup", id, "unit", last)
				break
			}
		}
	}
}

# By its name; what containers are is their own rows' business.
function cgroup_kind(id, path,    last, kind) {
	last = path
	sub(/.*\//, "", last)
	if (path == "/")
		kind = type[id] == "" ? "root" : "top of a cgroup namespace"
	else if (length(last) >= 64 || path ~ /lxc|libpod|machine-|machine\.slice|kubepods/)
		return
	else if (last ~ /^user-.+\.slice$/)
		kind = "user"
	else if (last ~ /^user@.+\.service$/)
		kind = "user manager"
	else if (last ~ /^session-.+\.scope$/)
		kind = "session"
	else if (match(last, /.\.(slice|scope|service|socket|mount|swap)$/))
		kind = substr(last, RSTART + 2)
	else
		kind = "cgroup"
	fact("cgroup", id, "kind", kind)
}

# Where there is none, these two files are empty, without even a line.
function controller_lists(    id) {
	for (id in is_read) {
		fact("cgroup", id, "controllers", controllers[id])
		fact("cgroup", id, "subtree_control", subtree[id])
		if (path_of[id] == "/")
			fact("host", "-", "cgroup.controllers", controllers[id])
	}
}

function parent_of(id,    path) {
	path = path_of[id]
	if (path == "/")
		return ""
	sub(/\/[^\/]*$/, "", path)
	return id_of[path == "" ? "/" : path]
}

# A figure of a flat keyed file.
function flat_fact(id, figure) { fact("cgroup", id, figure, value) }

source == "cgroups" {
	# ./a/b/memory.max:100: a cgroup's name may hold a colon, a file's does not.
	if (!match($0, /\/(cgroup|cpu|cpuset|memory|pids|io|hugetlb|rdma|misc|dmem)\.[A-Za-z0-9_.]+:/))
		next
	path = substr($0, 2, RSTART - 2)
	id = id_of[path == "" ? "/" : path]
	file = substr($0, RSTART + 1, RLENGTH - 2)
	line = substr($0, RSTART + RLENGTH)
	if (id == "")
		next
	key = line
	sub(/ .*/, "", key)
	value = line
	sub(/[^ ]* /, "", value)
	cgroup_line()
	next
}

function cgroup_line(    res, n, word, part, i) {
	if (file == "cgroup.type") {
		type[id] = line
		fact("cgroup", id, "type", line)
	} else if (file == "cgroup.controllers")
		controllers[id] = line
	else if (file == "cgroup.subtree_control")
		subtree[id] = line
	else if (file == "cgroup.procs")
		procs[id] += line != 0 # a process of another PID namespace is a 0
	else if (file == "cgroup.events") {
		if (key == "populated" || key == "frozen")
			flat_fact_bool(id, key)
	} else if (file == "cgroup.max.depth") {
		is_read[id] = 1
		fact("cgroup", id, "max_depth", line)
	} else if (file == "cgroup.max.descendants")
		fact("cgroup", id, "max_descendants", line)
	else if (file == "cgroup.stat") {
		if (key ~ /^nr_(dying_)?descendants$/)
			flat_fact(id, substr(key, 4))
	} else if (file == "cgroup.pressure") {
		fact("cgroup", id, "pressure_enabled", truth(line == 1))
	} else if (file == "cpu.stat") {
		if (key ~ /^((usage|user|system|nice|throttled|burst)_usec|nr_(periods|throttled|bursts))$/)
			flat_fact(id, "cpu." key)
		if (key == "core_sched.force_idle_usec")
			flat_fact(id, "cpu.force_idle_usec")
	} else if (file == "cpu.stat.local") {
		if (key == "throttled_usec")
			local_usec[id] = value
	} else if (file == "cpu.max.burst")
		fact("cgroup", id, "cpu.max_burst_usec", line)
	else if (file == "cpu.idle")
		fact("cgroup", id, "cpu.idle", truth(line == 1))
	else if (file ~ /^cpu\.uclamp\.(min|max)$/) {
		sub(/^cpu\.uclamp\./, "", file)
		fact("cgroup", id, "cpu.uclamp_" file "_percent", line == "max" ? 100 : line + 0)
	} else if (file == "cpu.max") {
		split(line, word, " ")
		cpu_max[id] = word[1] == "max" ? "max" : 100 * word[1] / word[2]
		fact("cgroup", id, "cpu.max_quota_usec", word[1])
		fact("cgroup", id, "cpu.max_period_usec", word[2])
		fact("cgroup", id, "cpu.max_percent", cpu_max[id])
	} else if (file == "cpu.weight")
		fact("cgroup", id, "cpu.weight", line)
	else if (file ~ /^memory\.(current|max|high|low|min|peak)$/) {
		part[1] = substr(file, 8)
		if (part[1] == "max")
			memory_max[id] = line
		if (part[1] == "current")
			memory_current[id] = line
		if (part[1] == "high")
			memory_high[id] = line
		if (part[1] == "min")
			memory_min[id] = line
		if (part[1] == "low")
			memory_low[id] = line
		fact("cgroup", id, "memory." part[1] "_bytes", line)
	} else if (file ~ /^memory\.z?swap\.(current|max|high|peak)$/) {
		n = split(file, part, ".")
		if (file == "memory.swap.max")
			swap_max[id] = line
		if (file == "memory.swap.current")
			swap_current[id] = line
		fact("cgroup", id, "memory." part[2] "_" part[3] "_bytes", line)
	} else if (file == "memory.zswap.writeback")
		fact("cgroup", id, "memory.zswap_writeback", truth(line == 1))
	else if (file == "memory.oom.group")
		fact("cgroup", id, "memory.oom_group", truth(line == 1))
	else if (file == "memory.events") {
		if (key ~ /^(low|high|max|oom|oom_kill|oom_group_kill)$/)
			flat_fact(id, "memory.events." key)
	} else if (file == "memory.events.local") {
		if (key ~ /^(low|high|max|oom|oom_kill)$/)
			flat_fact(id, "memory.events_local." key)
	} else if (file == "memory.swap.events") {
		if (key ~ /^(high|max|fail)$/)
			flat_fact(id, "memory.swap_events." key)
	} else if (file == "memory.stat") {
		if (key ~ /^(anon|file|kernel|slab|sock|shmem|kernel_stack|pagetables|slab_reclaimable)$/ ||
		    key ~ /^(file_(mapped|dirty|writeback)|(in)?active_file|unevictable)$/ ||
		    key ~ /^(swapcached|zswapped|pg(maj)?fault|workingset_refault_(file|anon))$/ ||
		    key ~ /^(pgscan|pgsteal|pswpin|pswpout)$/)
			flat_fact(id, "memory.stat." key)
	} else if (file == "pids.current") {
		pids_current[id] = line
		fact("cgroup", id, "pids.current", line)
	} else if (file == "pids.max") {
		pids_max[id] = line
		fact("cgroup", id, "pids.max", line)
	} else if (file == "pids.peak")
		fact("cgroup", id, "pids.peak", line)
	else if (file == "pids.events") {
		if (key == "max")
			flat_fact(id, "pids.events_max")
	} else if (file == "pids.events.local") {
		if (key == "max")
			flat_fact(id, "pids.events_local_max")
	} else if (file == "io.weight" || file == "io.bfq.weight") {
		if (key == "default")
			flat_fact(id, file == "io.weight" ? "io_weight" : "io_bfq_weight")
		else if (file == "io.weight" && key ~ /^[0-9]+:[0-9]+$/)
			io_fact(key, "weight", value)
	} else if (file == "io.prio.class")
		fact("cgroup", id, "io_prio_class", line)
	else if (file == "io.stat" || file == "io.max" || file == "io.latency")
		io_line()
	else if (file == "io.cost.qos" || file == "io.cost.model") {
		if (key ~ /^[0-9]+:[0-9]+$/ && key != line)
			io_fact(key, substr(file, 4), value)
	} else if (file ~ /^cpuset\.(cpus|mems)(\.effective)?$/) {
		if (file == "cpuset.cpus.effective") {
			cpus_effective[id] = line
			if (count_list(line))
				fact("cgroup", id, "cpuset.cpus_count", count_list(line))
		}
		sub(/\.effective/, "_effective", file)
		fact("cgroup", id, file, line)
	} else if (file ~ /^cpuset\.cpus\.(exclusive|exclusive\.effective|isolated)$/) {
		sub(/^cpuset\.cpus\./, "", file)
		sub(/\./, "_", file)
		fact("cgroup", id, "cpuset.cpus_" file, line)
	} else if (file == "cpuset.cpus.partition")
		fact("cgroup", id, "cpuset.partition", line)
	else if (file ~ /^hugetlb\..*\.(current|max|events|events\.local)$/)
		hugetlb_line()
	else if (file ~ /^(rdma|misc|dmem)\.(current|max|peak|capacity|events)$/)
		resource_line()
	else if (file ~ /^(cpu|memory|io|irq)\.pressure$/) {
		res = file
		sub(/\..*/, "", res)
		pressure("cgroup", id, res, line)
	}
}

function flat_fact_bool(id, figure) { fact("cgroup", id, figure, truth(value == 1)) }

# "0-3,8": five.
function count_list(text,    n, word, i, part, sum) {
	n = split(text, word, ",")
	for (i = 1; i <= n; i++)
		sum += split(word[i], part, "-") == 2 ? part[2] - part[1] + 1 : word[i] != ""
	return sum + 0
}

function io_fact(device, figure, value_) {
	if (!io_rows[id, device]++) {
		fact("io", id ":" device, "row", "true")
		fact("io", id ":" device, "device", device)
	}
	fact("io", id ":" device, figure, value_)
}

function io_line(    n, word, i, part) {
	n = split(line, word, " ")
	if (n < 2 || word[1] !~ /^[0-9]+:[0-9]+$/)
		return
	for (i = 2; i <= n; i++) {
		split(word[i], part, "=")
		if (part[1] ~ /^([rwd](bytes|ios))$/)
			io_fact(word[1], part[1], part[2])
		else if (part[1] ~ /^cost\.(usage|wait|indebt|indelay)$/)
			io_fact(word[1], part[1] "_usec", part[2])
		else if (part[1] ~ /^[rw](bps|iops)$/) {
			io_fact(word[1], "max." part[1], part[2])
			io_max[id, word[1], part[1]] = part[2]
		} else if (part[1] == "target")
			io_fact(word[1], "latency_target_usec", part[2])
		if (part[1] ~ /^[rw](bytes|ios)$/)
			io_sum[id, part[1]] += part[2]
	}
	if (file == "io.stat")
		io_ids[id] = 1
}

function hugetlb_line(    part, n, figure) {
	n = split(file, part, ".")
	figure = substr(file, length(part[1] "." part[2] ".") + 1)
	gsub(/\./, "_", figure)
	if (figure ~ /^events/) {
		if (key == "max")
			fact("hugetlb", id ":" part[2], figure "_max", value)
		return
	}
	if (figure == "current")
		fact("hugetlb", id ":" part[2], "row", "true")
	# Some kernels say "max" as nearly the largest number of bytes.
	if (figure ~ /max$/ && length(line) == 19 && line ~ /^92/)
		line = "max"
	fact("hugetlb", id ":" part[2], figure "_bytes", line)
}

# "sev 3" of misc and dmem, "mlx4_0 hca_handle=2 hca_object=max" of rdma.
function resource_line(    part, n, word, i, pair) {
	split(file, part, ".")
	if (part[1] != "rdma") {
		resource_fact(part[1], key, part[2], value)
		return
	}
	n = split(line, word, " ")
	for (i = 2; i <= n; i++) {
		split(word[i], pair, "=")
		resource_fact("rdma", word[1] " " pair[1], part[2], pair[2])
	}
}

function resource_fact(controller, name, what, value_,    row) {
	if (what == "events") {
		if (!sub(/\.max$/, "", name))
			return
		what = "events_max"
	}
	row = id ":" controller ":" name
	if (!resource_rows[row]++) {
		fact("resource", row, "row", "true")
		fact("resource", row, "controller", controller)
		fact("resource", row, "name", name)
	}
	fact("resource", row, what, value_)
}

# The smallest io.max of a device from each cgroup up to the root; of equals the outermost.
function io_effective(    row, part, at, i, names, best, from) {
	split("rbps wbps riops wiops", names, " ")
	for (row in io_rows) {
		split(row, part, SUBSEP)
		id = part[1]
		if (part[2] in disk)
			fact("io", id ":" part[2], "name", disk[part[2]])
		for (i = 1; i <= 4; i++) {
			best = "max"
			for (at = id; at != ""; at = parent_of(at))
				if ((at, part[2], names[i]) in io_max && io_max[at, part[2], names[i]] != "max" &&
				    !less(best, io_max[at, part[2], names[i]])) {
					best = io_max[at, part[2], names[i]]
					from = at
				}
			if (best == "max")
				continue
			fact("io", id ":" part[2], "effective." names[i] ".value", best)
			if (is_plain(path_of[from]))
				fact("io", id ":" part[2], "effective." names[i] ".from", path_of[from])
		}
	}
}

# Which limit binds, by a walk of our own from each cgroup up to the root and the host:
# of memory, swap and tasks the one with the least room (of equals the innermost), of
# CPU the smallest (of equals the outermost).
function effective(id,    at, cpu, from, by, known) {
	roomy(id, "memory_max", "memory_headroom_bytes", memory_max, memory_current,
		host_limit("memory", "MemTotal", "MemAvailable"))
	roomy(id, "memory_high", "memory_high_headroom_bytes", memory_high, memory_current, "")
	roomy(id, "swap_max", "swap_headroom_bytes", swap_max, swap_current,
		host_limit("memory", "SwapTotal", "SwapFree"))
	roomy(id, "pids_max", "pids_headroom", pids_max, pids_current, host_tasks())
	cpu = "max"
	for (at = id; at != ""; at = parent_of(at)) {
		known = known || at in cpu_max
		if (at in cpu_max && cpu_max[at] != "max" && !less(cpu, cpu_max[at])) {
			cpu = cpu_max[at]
			from = path_of[at]
			by = "cpu.max"
		}
		if (at in cpus_effective && count_list(cpus_effective[at]) &&
		    !less(cpu, 100 * count_list(cpus_effective[at]))) {
			cpu = 100 * count_list(cpus_effective[at])
			from = path_of[at]
			by = "cpuset.cpus"
		}
	}
	if (!is_v1("cpu") && setting["cpus"] && !less(cpu, 100 * setting["cpus"])) {
		cpu = 100 * setting["cpus"]
		from = by = "host"
	}
	if (known || cpu != "max")
		fact("cgroup", id, "effective.cpu_max_percent.value", cpu)
	if (cpu != "max") {
		fact("cgroup", id, "effective.cpu_max_percent.by", by)
		if (is_plain(from))
			fact("cgroup", id, "effective.cpu_max_percent.from", from)
	}
	if (cpuset_of(id)) {
		fact("cgroup", id, "effective.cpuset_cpus.value", set_cpus)
		if (is_plain(set_from))
			fact("cgroup", id, "effective.cpuset_cpus.from", set_from)
	}
}

# The topmost ancestor that may use no more than this one.
function cpuset_of(id,    above, known) {
	above = parent_of(id)
	known = above != "" && cpuset_of(above)
	if (id in cpus_effective && !(known && cpus_effective[id] == set_cpus)) {
		set_cpus = cpus_effective[id]
		set_from = above == "" ? "host" : path_of[id]
		known = 1
	}
	return known
}

function is_v1(controller) { return has_v1 && index(" " v1, " " controller " ") > 0 }

# "MAX ROOM"; nothing where it is not known, or where v1 holds the controller.
function host_limit(controller, total, free) {
	return is_v1(controller) || !(total in meminfo) || !(free in meminfo) ? "" : \
		exact(meminfo[total]) " " exact(meminfo[free])
}

# One pid less than pid_max is given out.
function host_tasks(    max) {
	if (is_v1("pids") || threads_max == "" || pid_max == "" || host_task_count == "")
		return ""
	max = pid_max - 1 < threads_max ? pid_max - 1 : threads_max + 0
	return max " " (max > host_task_count + 0 ? max - host_task_count : 0)
}

function roomy(id, figure, room_figure, limit, used, host,    at, room, best, from, value,
	known, part) {
	best = value = "max"
	for (at = id; at != ""; at = parent_of(at)) {
		if (!(at in limit) || !(at in used))
			continue
		known = 1
		if (limit[at] == "max")
			continue
		room = limit[at] - used[at]
		room = room > 0 ? room : 0
		if (less(room, best)) {
			best = room
			value = limit[at]
			from = path_of[at]
		}
	}
	if (host != "") {
		known = 1
		split(host, part, " ")
		if (less(part[2], best)) {
			best = part[2]
			value = part[1]
			from = "host"
		}
	}
	if (!known)
		return
	fact("cgroup", id, "effective." figure ".value", value == "max" ? value : exact(value))
	if (from != "" && is_plain(from))
		fact("cgroup", id, "effective." figure ".from", from)
	fact("cgroup", id, "effective." room_figure, best == "max" ? best : exact(best))
}

function number_of(limit) { return limit == "max" ? 2 ^ 63 : limit + 0 }
function smaller(a, b) { return a < b ? a : b }
function is_protected(id) { return id in memory_current && id in memory_min && id in memory_low }

# memory.min and memory.low as they count (cgroup-v2.rst; mm/page_counter.c).
function protections(    id, up) {
	for (id in path_of) {
		up = parent_of(id)
		if (up == "" || !is_protected(id))
			continue
		asked[up, "min"] += smaller(number_of(memory_min[id]), memory_current[id] + 0)
		asked[up, "low"] += smaller(number_of(memory_low[id]), memory_current[id] + 0)
	}
	for (id in path_of)
		if (is_protected(id)) {
			fact("cgroup", id, "effective.memory_min_bytes", protection(id, "min", memory_min))
			fact("cgroup", id, "effective.memory_low_bytes", protection(id, "low", memory_low))
		}
}

function protection(id, which, setting_,    up, mine, theirs, usage, all, up_usage) {
	up = parent_of(id)
	if (up == "" || !is_protected(up))
		return setting_[id]
	usage = memory_current[id] + 0
	mine = smaller(number_of(setting_[id]), usage)
	theirs = number_of(protection(up, which, setting_))
	all = asked[up, which]
	up_usage = memory_current[up] + 0
	if (all > theirs)
		mine = int(mine * theirs / all)
	else if (recursive && theirs > all && up_usage > all && usage > mine)
		mine += int((theirs - all) * (usage - mine) / (up_usage - all))
	return exact(mine)
}

# The root has no such files: the host's figures stand there.
function root_facts(    id) {
	id = id_of["/"]
	if (id == "" || type[id] != "")
		return
	fact("cgroup", id, "host_figures", "true")
	if ("MemTotal" in meminfo && "MemAvailable" in meminfo)
		fact("cgroup", id, "memory.current_bytes",
			exact(meminfo["MemTotal"] - meminfo["MemAvailable"]))
	if ("SwapTotal" in meminfo && "SwapFree" in meminfo)
		fact("cgroup", id, "memory.swap_current_bytes",
			exact(meminfo["SwapTotal"] - meminfo["SwapFree"]))
	if (host_task_count != "")
		fact("cgroup", id, "pids.current", host_task_count)
}

function local_throttling(    id) {
	for (id in local_usec)
		if (path_of[id] != "/" && index(" " controllers[id] " ", " cpu "))
			fact("cgroup", id, "cpu.throttled_local_usec", local_usec[id])
}

# ---- processes ----

source == "status" {
	split_grep()
	pid = file
	sub(/\/.*/, "", pid)
	key = line
	sub(/:.*/, "", key)
	value = line
	sub(/^[A-Za-z_]+:[ \t]*/, "", value)
	if (key == "Name")
		comm[pid] = value
	else if (key == "State")
		state[pid] = substr(value, 1, 1)
	else if (key == "voluntary_ctxt_switches")
		sleeps[pid] = value
	else if (key == "NSpid") {
		n = split(value, word, "\t")
		pid_inside[pid] = word[n]
	} else if (key == "PPid")
		ppid[pid] = value
	else if (key == "Threads")
		threads[pid] = value
	else if (key == "Uid") {
		split(value, word, "\t")
		euid[pid] = word[2]
		ruid[pid] = word[1]
	}
	next
}

source == "stat" {
	split_grep()
	pid = file
	sub(/\/.*/, "", pid)
	if (file ~ /statm$/) {
		split(line, word, " ")
		resident[pid] = word[2]
		next
	}
	# The command name may hold anything, so from the last parenthesis on.
	if (!match(line, /\) [A-Za-z] -?[0-9]+ -?[0-9]+ -?[0-9]+ [-0-9 ]+$/))
		next
	split(substr(line, RSTART + 2), word, " ")
	start[pid] = word[20]
	ticks[pid] = word[12] + word[13]
	next
}

source == "membership" {
	split_grep()
	pid = file
	sub(/\/.*/, "", pid)
	cgroup[pid] = substr(line, 4)
	next
}

source == "namespaces" {
	split($1, word, "/")
	if (word[3] ~ /_for_children$/ || !match($2, /\[[0-9]+\]/))
		next
	ns[word[1], word[3]] = substr($2, RSTART + 1, RLENGTH - 2)
	ns_type[ns[word[1], word[3]]] = word[3]
	next
}

function process_facts(    pid, id, i, n_types, types, t) {
	n_types = split("mnt pid net uts ipc user cgroup time", types, " ")
	for (pid in start) {
		if (!(pid in comm) || !(pid in threads))
			continue
		id = pid ":" start[pid]
		n_processes++
		n_threads += threads[pid]
		fact("process", id, "row", "true")
		fact("process", id, "pid", pid)
		fact("process", id, "start_ticks", start[pid])
		fact("process", id, "ppid", ppid[pid])
		# A worker of the kernel is called by what it works on just now.
		if (is_plain(comm[pid]) && comm[pid] !~ /^kworker\//)
			fact("process", id, "comm", comm[pid])
		fact("process", id, "state", state[pid])
		if (pid in sleeps)
			fact("process", id, "sleeps", sleeps[pid])
		fact("process", id, "uid", euid[pid])
		fact("process", id, "real_uid", ruid[pid])
		fact("process", id, "threads", threads[pid])
		fact("process", id, "cpu_usec", exact(ticks[pid] * 1000000 / setting["ticks"]))
		fact("process", id, "rss_bytes", exact(resident[pid] * setting["page"]))
		if ((pid in cgroup) && (cgroup[pid] in id_of))
			fact("process", id, "cgroup_id", id_of[cgroup[pid]])
		for (i = 1; i <= n_types; i++)
			if ((pid, types[i]) in ns)
				process_namespace(pid, id, types[i], ns[pid, types[i]])
	}
	fact("host", "-", "processes", n_processes)
	fact("host", "-", "threads", n_threads)
}

function process_namespace(pid, id, t, inode) {
	fact("process", id, "ns." t, inode)
	ns_processes[inode]++
	ns_rss[inode] += resident[pid] * setting["page"]
	if (!(inode in leader) || start[pid] + 0 < start[leader[inode]] + 0 ||
	    (start[pid] == start[leader[inode]] && pid + 0 < leader[inode] + 0))
		leader[inode] = pid
}

# ---- what is inside namespaces, of the oldest process of each ----

source == "insides" {
	split_grep()
	pid = file
	sub(/\/.*/, "", pid)
	sub(/^[0-9]+\//, "", file)
	is_inside[pid, file] = 1
	split(line, word, " ")
	if (file == "uid_map" || file == "gid_map") {
		map[pid, file] = map[pid, file] (map[pid, file] == "" ? "" : ", ") \
			word[1] " " word[2] " " word[3]
		if (file == "uid_map") {
			mapped[pid] += word[3]
			if (word[1] == 0)
				root_uid[pid] = word[2]
		}
	} else if (file == "setgroups")
		setgroups[pid] = line
	else if (file == "timens_offsets")
		offset[pid, word[1]] = word[2] + word[3] / 1e9
	else if (file == "mountinfo")
		inside_mount(line)
	else if (word[1] ~ /^[0-9]+:$/) {
		listening[pid] += file ~ /tcp/ && word[4] == "0A"
		connected[pid] += file ~ /tcp/ && word[4] == "01"
		udp[pid] += file ~ /udp/
	}
	next
}

# The last mount at "/" covers those before it.
function inside_mount(line,    n, word, i, tags) {
	n = split(line, word, " ")
	n_mounts[pid]++
	points[pid] = points[pid] word[5] "\n"
	if (word[5] != "/")
		return
	for (i = 7; i <= n && word[i] != "-"; i++)
		tags = tags " " word[i]
	root_type[pid] = word[i + 1]
	root_flags[pid] = "," word[6] "," word[i + 3] ","
	root_tags[pid] = tags
}

function propagation(tags) {
	if (tags ~ / unbindable/)
		return "unbindable"
	if (tags ~ / shared:/)
		return tags ~ / master:/ ? "shared and slave" : "shared"
	return tags ~ / master:/ ? "slave" : "private"
}

# Lower layers: words between colons, or an option for each.
function layers(flags,    n, option, i, j, m, part, sum) {
	n = split(flags, option, ",")
	for (i = 1; i <= n; i++) {
		sum += option[i] ~ /^(lower|data)dir\+=/
		if (sub(/^lowerdir=/, "", option[i])) {
			m = split(option[i], part, ":")
			for (j = 1; j <= m; j++)
				sum += part[j] != ""
		}
	}
	return sum + 0
}

function mnt_facts(inode, pid,    at, n, point, i, own, host) {
	if (!(pid in n_mounts))
		return
	fact("namespace", inode, "mounts", n_mounts[pid])
	if (pid in root_type) {
		fact("namespace", inode, "root_fs", root_type[pid])
		fact("namespace", inode, "root_read_only", truth(index(root_flags[pid], ",ro,")))
		fact("namespace", inode, "propagation", propagation(root_tags[pid]))
		if (root_type[pid] == "overlay" && layers(root_flags[pid]))
			fact("namespace", inode, "overlay_layers", layers(root_flags[pid]))
	}
	if (comm[2] != "kthreadd" || !((2, "mnt") in ns) || !(leader[ns[2, "mnt"]] in points))
		return
	host = "\n" points[leader[ns[2, "mnt"]]]
	n = split(points[pid], point, "\n")
	for (i = 1; i < n; i++)
		own += !index(host, "\n" point[i] "\n")
	fact("namespace", inode, "own_mounts", own + 0)
}

function inside_facts(inode, t, pid) {
	if (t == "user" && (pid, "setgroups") in is_inside) {
		# Ours are cut off behind some hundred ranges.
		if ((pid, "uid_map") in map && length(map[pid, "uid_map"]) < 2000)
			fact("namespace", inode, "uid_map", map[pid, "uid_map"])
		if ((pid, "gid_map") in map && length(map[pid, "gid_map"]) < 2000)
			fact("namespace", inode, "gid_map", map[pid, "gid_map"])
		fact("namespace", inode, "setgroups", setgroups[pid])
		if ((pid, "uid_map") in map)
			fact("namespace", inode, "mapped_uids", exact(mapped[pid]))
		if (pid in root_uid)
			fact("namespace", inode, "root_uid", root_uid[pid])
	} else if (t == "pid" && pid_inside[pid] == 1)
		fact("namespace", inode, "init_pid", pid)
	else if (t == "mnt")
		mnt_facts(inode, pid)
	else if (t == "time" && (pid, "timens_offsets") in is_inside) {
		fact("namespace", inode, "monotonic_offset_seconds", offset[pid, "monotonic"])
		fact("namespace", inode, "boottime_offset_seconds", offset[pid, "boottime"])
	} else if (t == "net" && (pid, "net/tcp") in is_inside) {
		fact("namespace", inode, "sockets.listening", listening[pid] + 0)
		fact("namespace", inode, "sockets.connected", connected[pid] + 0)
		fact("namespace", inode, "sockets.udp", udp[pid] + 0)
	}
}

function namespace_facts(    inode, t, names) {
	for (inode in ns_processes) {
		t = ns_type[inode]
		fact("namespace", inode, "row", "true")
		fact("namespace", inode, "id", inode)
		fact("namespace", inode, "type", t)
		fact("namespace", inode, "processes", ns_processes[inode])
		fact("namespace", inode, "rss_bytes", exact(ns_rss[inode]))
		fact("namespace", inode, "leader_pid", leader[inode])
		if (is_plain(comm[leader[inode]]))
			fact("namespace", inode, "leader_comm", comm[leader[inode]])
		inside_facts(inode, t, leader[inode])
		# kthreadd is in the first namespace of each type.
		if ((2, t) in ns && comm[2] == "kthreadd")
			fact("namespace", inode, "initial", truth(ns[2, t] == inode))
	}
	for (inode in bound)
		if (!(inode in ns_processes)) {
			fact("namespace", inode, "row", "true")
			fact("namespace", inode, "id", inode)
			fact("namespace", inode, "type", bound[inode])
			fact("namespace", inode, "processes", 0)
		}
}

function cgroup_counts(    pid, id, at) {
	# The kernel leaves out who is dead and only not yet waited for.
	for (pid in cgroup) {
		if (!(cgroup[pid] in id_of) || (state[pid] ~ /[ZX]/ && threads[pid] <= 1))
			continue
		members[id_of[cgroup[pid]]]++
		for (at = id_of[cgroup[pid]]; at != ""; at = parent_of(at))
			if (!(at in oldest) || start[pid] + 0 < start[oldest[at]] + 0 ||
			    (start[pid] == start[oldest[at]] && pid + 0 < oldest[at] + 0))
				oldest[at] = pid
	}
	for (id in path_of) {
		# What a threaded domain lists is that of all its subtree.
		if (type[id] == "" || type[id] == "domain")
			fact_by("cgroup", id, "processes", "procs", procs[id] + 0)
		for (at = id; at != ""; at = parent_of(at))
			below[at] += members[id]
	}
	for (id in path_of) {
		fact("cgroup", id, "processes", members[id] + 0)
		fact("cgroup", id, "processes_below", below[id] + 0)
		if (id in oldest)
			fact("container", id, "pid", oldest[id])
	}
}

# ---- the host ----

source == "facts" {
	setting[$1] = $2
	if ($1 == "vm")
		fact("host", "-", "hypervisor.running_under",
			$2 == "amazon" || $2 == "google" ? "kvm" : $2)
	else if ($1 == "arch")
		fact("host", "-", "arch", $2)
	else if ($1 == "cpus")
		fact("host", "-", "cpu.threads", $2)
	else if ($1 == "kvm.device" || $1 == "kvm.usable")
		fact("host", "-", $1, $2)
	next
}

source == "cpuinfo" {
	key = $0
	sub(/[ \t]*:.*/, "", key)
	value = $0
	sub(/^[^:]*:[ \t]*/, "", value)
	sub(/[ \t]+$/, "", value)
	if (key == "vendor_id")
		fact("host", "-", "cpu.vendor", value)
	if (key == "model name")
		fact("host", "-", "cpu.model", value)
	if (key == "flags" || key == "vmx flags")
		flags = flags " " value " "
	next
}

function has_flag(flag) { return index(flags, " " flag " ") > 0 }

function cpu_facts(    n, i, name) {
	if (flags == "")
		return
	fact("host", "-", "cpu.virtualization",
		has_flag("vmx") ? "VT-x" : has_flag("svm") ? "AMD-V" : "none")
	n = split(flags, name, " ")
	for (i = 1; i <= n; i++)
		fact("host", "-", "cpu.flag:" name[i], "true")
	# Under the names of the manuals; the kernel calls one otherwise.
	n = split("vmx svm ept npt vpid flushbyasid unrestricted_guest tpr_shadow flexpriority " \
		"apicv avic posted_intr vnmi shadow_vmcs v_vmsave_vmload vgif pml tsc_scaling " \
		"ple pausefilter decodeassists nrip_save sev sev_es sev_snp tdx_host_platform " \
		"hypervisor ept_ad ept_1gb vid vapic_reg x2avic ipi_virt tsc_offset preemption_timer " \
		"vmcb_clean tdx_guest", name, " ")
	fact("host", "-", "cpu.feature:asid", truth(has_flag("svm")))
	for (i = 1; i <= n; i++)
		fact("host", "-", "cpu.feature:" name[i], truth(has_flag(name[i])))
	fact("host", "-", "cpu.feature:tscratemsr", truth(has_flag("tsc_scale")))
	if (!has_flag("hypervisor"))
		fact("host", "-", "hypervisor.running_under", "none")
}

source == "host" {
	split_grep()
	host_line()
	next
}

function host_line(    n, word, i, name) {
	n = split(line, word, /[ \t:]+/)
	if (file == "/proc/stat" && word[1] == "cpu") {
		# user nice system idle iowait irq softirq steal; guest time is in user.
		busy = word[2] + word[3] + word[4] + word[7] + word[8] + word[9]
		fact("host", "-", "cpu.busy_usec", exact(busy * 1000000 / setting["ticks"]))
		fact("host", "-", "cpu.total_usec",
			exact((busy + word[5] + word[6]) * 1000000 / setting["ticks"]))
	} else if (file == "/proc/meminfo") {
		name = word[1] == "MemTotal" ? "total_bytes" : word[1] == "MemAvailable" ? \
			"available_bytes" : word[1] == "SwapTotal" ? "swap_total_bytes" : \
			word[1] == "SwapFree" ? "swap_free_bytes" : ""
		if (name != "")
			fact("host", "-", "memory." name, exact(word[2] * 1024))
		meminfo[word[1]] = word[2] * 1024
	} else if (file == "/proc/uptime")
		fact("host", "-", "uptime_usec", exact(word[1] * 1000000))
	else if (file == "/proc/loadavg") {
		fact("host", "-", "load1", word[1] + 0)
		host_task_count = word[4]
		sub(/.*\//, "", host_task_count)
		fact("host", "-", "tasks", host_task_count)
	} else if (file == "/proc/sys/kernel/pid_max")
		fact("host", "-", "pid_max", pid_max = line)
	else if (file == "/proc/sys/kernel/threads-max")
		fact("host", "-", "threads_max", threads_max = line)
	else if (file == "/proc/sys/fs/file-nr") {
		fact("host", "-", "files_open", word[1] - word[2])
		fact("host", "-", "files_max", word[3])
	} else if (file == "/proc/diskstats") {
		sub(/^ +/, "", line)
		split(line, word, / +/)
		disk[word[1] ":" word[2]] = word[3]
	} else if (file == "/proc/cgroups") {
		if (word[1] !~ /^#/ && word[2] != 0)
			v1 = v1 word[1] " "
	} else if (file == "/proc/modules")
		fact("module", word[1], "refcount", word[3])
	else if (file ~ /^\/proc\/pressure\//) {
		name = file
		sub(/.*\//, "", name)
		pressure("host", "-", name, line)
	} else if (file == "/proc/sys/kernel/hostname")
		fact("host", "-", "hostname", line)
	else if (file == "/proc/sys/kernel/osrelease")
		fact("host", "-", "kernel", line)
	else if (file == "/proc/sys/kernel/random/boot_id")
		fact("host", "-", "boot_id", line)
	else if (file == "/sys/kernel/security/lockdown") {
		if (match(line, /\[[a-z]+\]/)) {
			lockdown = substr(line, RSTART + 1, RLENGTH - 2)
			fact("host", "-", "lockdown", lockdown)
		}
	} else if (file == "/proc/self/mountinfo")
		mount_line(line)
	else if (file ~ /^\/sys\/module\/kvm/)
		parameter_line(file, line)
}

function mount_line(line,    n, word, i, t, part, options) {
	n = split(line, word, " ")
	for (i = 7; i < n && word[i] != "-"; i++)
		;
	t = word[i + 1]
	if (t == "cgroup2" && word[4] == "/" && v2 == "") {
		v2 = word[5]
		recursive = line ~ /[ ,]memory_recursiveprot(,|$)/
		options = ""
		n = split(word[i + 3], part, ",")
		for (i = 1; i <= n; i++)
			if (part[i] ~ /^(nsdelegate|memory_[a-z_]+|pids_[a-z_]+)$/)
				options = options part[i] " "
		fact("host", "-", "cgroup.options", options)
		fact("host", "-", "cgroup.root", "/")
	}
	if (t == "cgroup")
		has_v1 = 1
	if (t == "debugfs" && word[5] == "/sys/kernel/debug")
		has_debugfs = 1
	if (t == "nsfs" && match(word[4], /^[a-z]+:\[[0-9]+\]$/)) {
		n = index(word[4], ":")
		i = substr(word[4], n + 2, length(word[4]) - n - 2)
		bound[i] = substr(word[4], 1, n - 1)
	}
}

function parameter_line(file, line,    word, module) {
	split(file, word, "/")
	module = word[4]
	if (module !~ /^kvm(_|$)/)
		return
	if (!seen_module[module]++) {
		fact("module", module, "row", "true")
		fact("module", module, "name", module)
	}
	if (is_plain(line))
		fact("module", module, "parameters." word[6], line)
	if (word[6] == "nested" && (module == "kvm_intel" || module == "kvm_amd"))
		fact("host", "-", "kvm.nested", truth(line == "Y" || line == "1"))
}

function host_facts() {
	fact("host", "-", "row", "true")
	if (v2 != "" || has_v1)
		fact("host", "-", "cgroup.mode",
			v2 == "" ? "legacy" : has_v1 ? "hybrid" : "unified")
	if (v2 != "")
		fact("host", "-", "cgroup.mount", v2)
	if (has_v1)
		fact("host", "-", "cgroup.v1_controllers", v1)
	else if (v2 != "")
		fact("host", "-", "cgroup.v1_controllers", "")
	if (!has_debugfs)
		fact("host", "-", "kvm.debugfs", "not mounted")
	else if (!("kvm.debugfs" in setting))
		fact("host", "-", "kvm.debugfs", "no KVM directory")
	else if (lockdown != "" && lockdown != "none")
		fact("host", "-", "kvm.debugfs", "locked down")
	else
		fact("host", "-", "kvm.debugfs", "readable")
}

# ---- interfaces ----

source == "interfaces" {
	split($0, word, "\t")
	split(word[1], part, ":")
	fact("interface", word[1], "row", "true")
	fact("interface", word[1], "namespace", part[1])
	fact("interface", word[1], "index", part[2])
	fact("interface", word[1], "name", word[2])
	if (word[3] != "-")
		fact("interface", word[1], "kind", word[3])
	fact("interface", word[1], "state", word[4])
	fact("interface", word[1], "mtu", word[5])
	fact("interface", word[1], "rx_bytes", word[6])
	fact("interface", word[1], "tx_bytes", word[7])
	if (word[8] != "")
		fact("interface", word[1], "addresses", word[8])
	if (word[9] != "-")
		fact("interface", word[1], "master", word[9])
	if (word[10] != "-" && word[10] != 0)
		fact("interface", word[1], "link", word[10])
	n_interfaces[part[1]]++
	fact("namespace", part[1], "interface:" word[2], "true")
	next
}

# ---- machines ----

source == "machines" && $1 == "fd" {
	split($2, word, "/")
	if ($3 == "anon_inode:kvm-vm")
		vmm[word[3]] = 1
	else if (sub(/^anon_inode:kvm-vcpu:/, "", $3) && !seen_vcpu[word[3], $3]++)
		vcpus[word[3]]++
	next
}

source == "machines" && $1 == "task" {
	sub(/^task /, "")
	split_grep()
	split(file, word, "/")
	if (word[6] == "schedstat") {
		split(line, field, " ")
		task_waited[word[5]] = field[2]
		next
	}
	if (word[6] == "status") {
		if (sub(/^Cpus_allowed_list:[ \t]*/, "", line))
			task_cpus[word[5]] = line
		else if (sub(/^State:[ \t]*/, "", line))
			task_state[word[5]] = substr(line, 1, 1)
		else if (sub(/^voluntary_ctxt_switches:[ \t]*/, "", line))
			task_sleeps[word[5]] = line
		next
	}
	if (!match(line, /\) [A-Za-z] -?[0-9]+ -?[0-9]+ -?[0-9]+ [-0-9 ]+$/))
		next
	split(substr(line, RSTART + 2), field, " ")
	name = substr(line, 1, RSTART - 1)
	sub(/^[0-9]+ \(/, "", name)
	if (name ~ /^(IO .+|vhost-[0-9]+)$/)
		worker_task[word[3] SUBSEP word[5]] = name
	# QEMU's names; debugfs, where it is mounted, says it of all.
	if (name ~ /^CPU [0-9]+\/KVM$/)
		vcpu_task[word[3] SUBSEP (substr(name, 5) + 0)] = word[5]
	task_ticks[word[5]] = field[12] + field[13]
	task_guest[word[5]] = field[41]
	next
}

source == "machines" && $1 == "debugfs" {
	sub(/^debugfs \.\//, "")
	split_grep()
	n = split(file, word, "/")
	split(word[1], part, "-")
	if (n == 2)
		kvm_counter[part[1], word[2]] += line
	else if (word[3] == "pid")
		vcpu_task[part[1] SUBSEP substr(word[2], 5)] = line
	next
}

function machine_facts(    pid, id, names, figures, n, i) {
	n = split("exits io_exits mmio_exits halt_exits irq_exits hypercalls signal_exits " \
		"insn_emulation irq_window_exits pf_taken pages_4k pages_2m pages_1g", names, " ")
	split("exits.total exits.io exits.mmio exits.halt exits.irq exits.hypercall exits.signal " \
		"exits.emulation exits.irq_window exits.page_fault pages.4k pages.2m pages.1g", figures, " ")
	# One that emulates in software has no descriptor of KVM.
	for (pid in comm)
		if (comm[pid] ~ /^qemu-system-/)
			vmm[pid] = 1
	for (pid in vmm) {
		if (!(pid in start))
			continue
		id = pid ":" start[pid]
		fact("machine", id, "row", "true")
		fact("machine", id, "pid", pid)
		fact("machine", id, "start_ticks", start[pid])
		if (pid in vcpus)
			fact("machine", id, "vcpu_count", vcpus[pid])
		fact("machine", id, "memory_bytes", exact(resident[pid] * setting["page"]))
		if (cgroup[pid] in id_of)
			fact("machine", id, "cgroup_id", id_of[cgroup[pid]])
		for (i = 1; i <= n; i++)
			if ((pid, names[i]) in kvm_counter)
				fact("machine", id, figures[i], exact(kvm_counter[pid, names[i]]))
	}
	for (i in vcpu_task) {
		split(i, names, SUBSEP)
		if (names[1] in start)
			vcpu_facts(names[1] ":" start[names[1]] ":" names[2], names[2], vcpu_task[i])
	}
	for (i in worker_task) {
		split(i, names, SUBSEP)
		if (names[1] in start)
			worker_facts(names[1] ":" start[names[1]] ":" names[2], names[2], worker_task[i])
	}
}

function worker_facts(id, tid, name) {
	fact("worker", id, "row", "true")
	fact("worker", id, "tid", tid)
	fact("worker", id, "name", name)
	fact("worker", id, "kind", name ~ /^vhost/ ? "vhost" : "iothread")
	thread_facts("worker", id, tid)
}

function vcpu_facts(id, index_, tid) {
	fact("vcpu", id, "row", "true")
	fact("vcpu", id, "index", index_)
	fact("vcpu", id, "tid", tid)
	if (!(tid in task_ticks))
		return
	thread_facts("vcpu", id, tid)
	fact("vcpu", id, "guest_usec", exact(task_guest[tid] * 1000000 / setting["ticks"]))
}

function thread_facts(kind, id, tid) {
	if (tid in task_sleeps) {
		fact(kind, id, "state", task_state[tid])
		fact(kind, id, "sleeps", task_sleeps[tid])
	}
	if (tid in task_waited)
		fact(kind, id, "wait_usec", int(task_waited[tid] / 1000))
	if (tid in task_cpus)
		fact(kind, id, "cpus", task_cpus[tid])
	fact(kind, id, "cpu_usec", exact(task_ticks[tid] * 1000000 / setting["ticks"]))
}

# ---- who was killed for want of memory ----

# "6,531,2097918733,-;oom-kill:constraint=...,oom_memcg=/a,task_memcg=/a/b,task=x,pid=1,uid=0",
# and then "3,532,...;Memory cgroup out of memory: Killed process 1 (x) total-vm:...".
source == "log" {
	split($0, word, ",")
	line = substr($0, index($0, ";") + 1)
	if (line ~ /^oom-kill:/ && match(line, /,pid=[0-9]+,uid=[0-9]+$/)) {
		n_kills++
		split(substr(line, RSTART), part, /[=,]/)
		kill_at[n_kills] = word[3]
		kill_pid[n_kills] = part[3]
		kill_uid[n_kills] = part[5]
		line = substr(line, 1, RSTART - 1)
		kill_comm[n_kills] = line
		sub(/.*,task=/, "", kill_comm[n_kills])
		kill_cgroup[n_kills] = between(line, ",task_memcg=", ",task=")
		kill_holder[n_kills] = between(line, ",oom_memcg=", ",task_memcg=")
	} else if (match(line, /Killed process [0-9]+ /)) {
		pid = substr(line, RSTART + 15, RLENGTH - 16)
		if (n_kills && pid == kill_pid[n_kills] && match(line, /\) total-vm:.*/))
			kill_rss[n_kills] = 1024 * (between(line, "anon-rss:", "kB") + \
				between(line, "file-rss:", "kB") + between(line, "shmem-rss:", "kB"))
	}
	next
}

function between(text, first, last,    at) {
	at = index(text, first)
	if (!at)
		return ""
	text = substr(text, at + length(first))
	return substr(text, 1, index(text, last) - 1 >= 0 && index(text, last) ? \
		index(text, last) - 1 : length(text))
}

# virttop keeps the newest 100.
function kill_facts(    i, row) {
	for (i = n_kills > 100 ? n_kills - 99 : 1; i <= n_kills; i++) {
		row = kill_at[i] ":" kill_pid[i]
		fact("oom", row, "row", "true")
		fact("oom", row, "at_usec", kill_at[i])
		fact("oom", row, "pid", kill_pid[i])
		fact("oom", row, "uid", kill_uid[i])
		if (is_plain(kill_comm[i]))
			fact("oom", row, "comm", kill_comm[i])
		if (kill_cgroup[i] != "" && is_plain(kill_cgroup[i]))
			fact("oom", row, "cgroup", kill_cgroup[i])
		if (kill_holder[i] != "" && is_plain(kill_holder[i]))
			fact("oom", row, "holder", kill_holder[i])
		if (kill_rss[i])
			fact("oom", row, "rss_bytes", exact(kill_rss[i]))
	}
}

# ---- other programs that tell the same ----

source == "lsns" {
	# NS TYPE NPROCS PNS ONS; 0 where there is none.
	fact_by("namespace", $1, "row", "lsns", "true")
	fact_by("namespace", $1, "type", "lsns", $2)
	fact_by("namespace", $1, "processes", "lsns", $3)
	if ($4 != 0 && $4 != "")
		fact_by("namespace", $1, "parent", "lsns", $4)
	if ($5 != 0 && $5 != "")
		fact_by("namespace", $1, "owner_user_ns", "lsns", $5)
	lsns_parent[$1] = $4
	lsns_owner[$1] = $5
	lsns_type[$1] = $2
	next
}

function lsns_levels(    id, at, n) {
	for (id in lsns_type) {
		if (lsns_type[id] != "pid" && lsns_type[id] != "user")
			continue
		n = 0
		for (at = id; lsns_parent[at] > 0 && n < 40; at = lsns_parent[at])
			n++
		# The chain must end at the host's own.
		if (ns[2, lsns_type[id]] == at && comm[2] == "kthreadd")
			fact_by("namespace", id, "level", "lsns", n)
	}
}

# What only its children keep has no row there.
function lsns_kept(    id) {
	for (id in lsns_type) {
		lsns_child(lsns_parent[id], lsns_type[id])
		lsns_child(lsns_owner[id], "user")
	}
}

function lsns_child(id, type_) {
	if (id == "" || id == 0 || id in lsns_type || id in bound || lsns_kept_seen[id]++)
		return
	fact_by("namespace", id, "row", "lsns", "true")
	fact_by("namespace", id, "type", "lsns", type_)
	fact_by("namespace", id, "processes", "lsns", 0)
}

# Each level of the tree is two columns: "| |-name".
source == "cgls" {
	if (FNR == 1)
		next
	gsub(/│|├|└/, "|")
	gsub(/─/, "-")
	gsub(/`/, "|")
	if (!match($0, /^([| ] )*\|-/))
		next
	depth = RLENGTH / 2
	line = substr($0, RLENGTH + 1)
	if (line ~ /^ *[0-9]+ /) {
		cgls_processes[cgls_path[depth - 1]]++
	} else {
		cgls_path[depth] = cgls_path[depth - 1] "/" line
		cgls_seen[cgls_path[depth]] = 1
	}
	next
}

function cgls_facts(    path) {
	for (path in cgls_seen)
		if (path in id_of) {
			fact_by("cgroup", id_of[path], "row", "cgls", "true")
			fact_by("cgroup", id_of[path], "processes", "cgls", cgls_processes[path] + 0)
		}
}

source == "planted" {
	split($0, word, "\t")
	fact_by(word[1], word[2], word[3], "planted", word[4])
	next
}

BEGIN { OFS = "\t" }

END {
	cgroup_names()
	controller_lists()
	for (id in path_of)
		effective(id)
	for (id in io_ids) {
		fact("cgroup", id, "io_rbytes", exact(io_sum[id, "rbytes"]))
		fact("cgroup", id, "io_wbytes", exact(io_sum[id, "wbytes"]))
		fact("cgroup", id, "io_rios", exact(io_sum[id, "rios"]))
		fact("cgroup", id, "io_wios", exact(io_sum[id, "wios"]))
	}
	io_effective()
	protections()
	root_facts()
	local_throttling()
	kill_facts()
	process_facts()
	cgroup_counts()
	cpu_facts()
	host_facts()
	namespace_facts()
	machine_facts()
	lsns_levels()
	lsns_kept()
	cgls_facts()
}
