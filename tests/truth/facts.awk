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
		if (part[1] == "avg10" || (part[1] == "avg60" && word[1] == "some"))
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
	path = substr($0, index($0, " ") + 2)
	if (path == "")
		path = "/"
	id_of[path] = $1
	path_of[$1] = path
	next
}

function cgroup_names(    id, path, up, last) {
	for (id in path_of) {
		path = path_of[id]
		fact("cgroup", id, "row", "true")
		fact("cgroup", id, "id", id)
		if (is_plain(path))
			fact("cgroup", id, "path", path)
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
	if (!match($0, /\/(cgroup|cpu|cpuset|memory|pids|io|hugetlb)\.[A-Za-z0-9_.]+:/))
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
	else if (file == "cpu.stat") {
		if (key ~ /^((usage|user|system|throttled)_usec|nr_(periods|throttled))$/)
			flat_fact(id, "cpu." key)
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
		fact("cgroup", id, "memory." part[1] "_bytes", line)
	} else if (file == "memory.swap.current")
		fact("cgroup", id, "memory.swap_current_bytes", line)
	else if (file == "memory.swap.max")
		fact("cgroup", id, "memory.swap_max_bytes", line)
	else if (file == "memory.events") {
		if (key ~ /^(low|high|max|oom|oom_kill)$/)
			flat_fact(id, "memory.events." key)
	} else if (file == "memory.stat") {
		if (key ~ /^(anon|file|kernel|slab|sock|shmem|pgmajfault|workingset_refault_file)$/)
			flat_fact(id, "memory.stat." key)
	} else if (file == "pids.current") {
		pids_current[id] = line
		fact("cgroup", id, "pids.current", line)
	} else if (file == "pids.max") {
		pids_max[id] = line
		fact("cgroup", id, "pids.max", line)
	} else if (file == "pids.events") {
		if (key == "max")
			flat_fact(id, "pids.events_max")
	} else if (file == "io.weight") {
		if (key == "default")
			flat_fact(id, "io_weight")
	} else if (file == "io.stat")
		io_line()
	else if (file ~ /^cpuset\.(cpus|mems)(\.effective)?$/) {
		sub(/\.effective/, "_effective", file)
		fact("cgroup", id, file, line)
	} else if (file ~ /^hugetlb\..*\.(current|max|events)$/)
		hugetlb_line()
	else if (file ~ /^(cpu|memory|io)\.pressure$/) {
		res = file
		sub(/\..*/, "", res)
		pressure("cgroup", id, res, line)
	}
}

function flat_fact_bool(id, figure) { fact("cgroup", id, figure, truth(value == 1)) }

function io_line(    n, word, i, part) {
	n = split(line, word, " ")
	if (n < 2 || word[1] !~ /^[0-9]+:[0-9]+$/)
		return
	fact("io", id ":" word[1], "row", "true")
	fact("io", id ":" word[1], "device", word[1])
	for (i = 2; i <= n; i++) {
		split(word[i], part, "=")
		if (part[1] ~ /^[rw](bytes|ios)$/)
			fact("io", id ":" word[1], part[1], part[2])
		if (part[1] ~ /^[rw]bytes$/)
			io_sum[id, part[1]] += part[2]
	}
	io_ids[id] = 1
}

function hugetlb_line(    part, n) {
	n = split(file, part, ".")
	if (n != 3)
		return
	if (part[3] == "events") {
		if (key == "max")
			fact("hugetlb", id ":" part[2], "events_max", value)
		return
	}
	fact("hugetlb", id ":" part[2], "row", "true")
	fact("hugetlb", id ":" part[2], part[3] "_bytes", line)
}

# Which limit binds, by a walk of our own from each cgroup up to the root: of memory
# and tasks the one with the least room (of equals the innermost), of cpu.max the
# smallest (of equals the outermost).
function effective(id,    at, room, best, from, value, known, cpu, cpu_from, cpu_known) {
	best = "max"
	for (at = id; at != ""; at = parent_of(at)) {
		if (!(at in memory_max) || !(at in memory_current))
			continue
		known = 1
		if (memory_max[at] == "max")
			continue
		room = memory_max[at] - memory_current[at]
		room = room > 0 ? room : 0
		if (less(room, best)) {
			best = room
			from = at
		}
	}
	if (known)
		effective_facts(id, "memory_max", "memory_headroom_bytes", best, from, memory_max)
	best = "max"
	known = from = ""
	for (at = id; at != ""; at = parent_of(at)) {
		if (!(at in pids_max) || !(at in pids_current))
			continue
		known = 1
		if (pids_max[at] == "max")
			continue
		room = pids_max[at] - pids_current[at]
		room = room > 0 ? room : 0
		if (less(room, best)) {
			best = room
			from = at
		}
	}
	if (known)
		effective_facts(id, "pids_max", "pids_headroom", best, from, pids_max)
	cpu = "max"
	for (at = id; at != ""; at = parent_of(at)) {
		if (!(at in cpu_max))
			continue
		cpu_known = 1
		if (cpu_max[at] != "max" && !less(cpu, cpu_max[at])) {
			cpu = cpu_max[at]
			cpu_from = at
		}
	}
	if (cpu_known)
		effective_facts(id, "cpu_max_percent", "", "", cpu_from, cpu_max)
}

function effective_facts(id, figure, room_figure, room, from, limit) {
	fact("cgroup", id, "effective." figure ".value", from == "" ? "max" : limit[from])
	if (from != "" && is_plain(path_of[from]))
		fact("cgroup", id, "effective." figure ".from", path_of[from])
	if (room_figure != "")
		fact("cgroup", id, "effective." room_figure, room == "max" ? room : exact(room))
}

# ---- processes ----

source == "status" {
	split_grep()
	pid = file
	sub(/\/.*/, "", pid)
	key = line
	sub(/:.*/, "", key)
	value = line
	sub(/^[A-Za-z]+:[ \t]*/, "", value)
	if (key == "Name")
		comm[pid] = value
	else if (key == "State")
		state[pid] = substr(value, 1, 1)
	else if (key == "PPid")
		ppid[pid] = value
	else if (key == "Threads")
		threads[pid] = value
	else if (key == "Uid") {
		split(value, word, "\t")
		euid[pid] = word[2]
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
		if (is_plain(comm[pid]))
			fact("process", id, "comm", comm[pid])
		fact("process", id, "state", state[pid])
		fact("process", id, "uid", euid[pid])
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
		fact("namespace", inode, "kept_by:process ", "true")
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
		fact("host", "-", "hypervisor.running_under", $2)
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
		"hypervisor", name, " ")
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
	} else if (file == "/proc/uptime")
		fact("host", "-", "uptime_usec", exact(word[1] * 1000000))
	else if (file == "/proc/loadavg")
		fact("host", "-", "load1", word[1] + 0)
	else if (file == "/proc/cgroups") {
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

function mount_line(line,    n, word, i, t) {
	n = split(line, word, " ")
	for (i = 7; i < n && word[i] != "-"; i++)
		;
	t = word[i + 1]
	if (t == "cgroup2" && word[4] == "/" && v2 == "")
		v2 = word[5]
	if (t == "cgroup")
		has_v1 = 1
	if (t == "debugfs" && word[5] == "/sys/kernel/debug")
		has_debugfs = 1
	if (t == "nsfs" && match(word[4], /^[a-z]+:\[[0-9]+\]$/)) {
		n = index(word[4], ":")
		i = substr(word[4], n + 2, length(word[4]) - n - 2)
		bound[i] = substr(word[4], 1, n - 1)
		fact("namespace", i, "kept_by:bind " word[5], "true")
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
	if (!match(line, /\) [A-Za-z] -?[0-9]+ -?[0-9]+ -?[0-9]+ [-0-9 ]+$/))
		next
	split(substr(line, RSTART + 2), field, " ")
	task_state[word[5]] = field[1]
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
		"insn_emulation", names, " ")
	split("total io mmio halt irq hypercall signal emulation", figures, " ")
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
				fact("machine", id, "exits." figures[i], exact(kvm_counter[pid, names[i]]))
	}
	for (i in vcpu_task) {
		split(i, names, SUBSEP)
		if (names[1] in start)
			vcpu_facts(names[1] ":" start[names[1]] ":" names[2], names[2], vcpu_task[i])
	}
}

function vcpu_facts(id, index_, tid) {
	fact("vcpu", id, "row", "true")
	fact("vcpu", id, "index", index_)
	fact("vcpu", id, "tid", tid)
	if (!(tid in task_state))
		return
	fact("vcpu", id, "state", task_state[tid])
	fact("vcpu", id, "cpu_usec", exact(task_ticks[tid] * 1000000 / setting["ticks"]))
	fact("vcpu", id, "guest_usec", exact(task_guest[tid] * 1000000 / setting["ticks"]))
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
	fact_by("namespace", id, "kept_by:child ", "lsns", "true")
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
	}
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
