# SPDX-License-Identifier: GPL-2.0-or-later
# Compares two documents of virttop with four readings: 0, document 1, 1, 2,
# document 2, 3. The classes of figures are told in the file figures.
# Usage: awk -f judge.awk figures read=0 FACTS ... read=3 FACTS doc=1 FLAT doc=2 FLAT
# A line of the result: verdict, document, kind, identity, figure, source, why.
#   ok     it is so
#   hard   it is not so
#   soft   it is not so, unless it moved just between the readings: look again
#   moved  the readings disagree, so nothing is said

function say(verdict, why) {
	print verdict, doc, kind, id, figure, source, why
}

function key(kind, id, figure, source) { return kind SUBSEP id SUBSEP figure SUBSEP source }

function is_number(text) { return text ~ /^-?[0-9]+(\.[0-9]+)?(e[-+]?[0-9]+)?$/ }

# JSON has three digits behind the point.
function equal(a, b) {
	if (a == b)
		return 1
	if (!is_number(a) || !is_number(b) || (a !~ /\./ && b !~ /\./))
		return 0
	return a - b < 0.00051 && b - a < 0.00051
}

function as_set(text,    n, word, i, j, swap, out) {
	n = split(text, word, " ")
	for (i = 2; i <= n; i++)
		for (j = i; j > 1 && word[j] < word[j - 1]; j--) {
			swap = word[j]
			word[j] = word[j - 1]
			word[j - 1] = swap
		}
	for (i = 1; i <= n; i++)
		out = out " " word[i]
	return out
}

BEGIN {
	FS = OFS = "\t"
	n_sources = split("raw procs lsns cgls planted", sources, " ")
}

# ---- what is read ----

FNR == 1 { n_files++ }

n_files == 1 {
	if ($0 ~ /^#/ || $0 == "")
		next
	n = split($0, word, " ")
	n_kinds = split(word[1], kinds, ",")
	n_res = split(word[2] ~ /RES/ ? "cpu memory io irq" : "-", resources, " ")
	for (k = 1; k <= n_kinds; k++)
		for (r = 1; r <= n_res; r++) {
			figure = word[2]
			sub(/RES/, resources[r], figure)
			at = 3
			flags = ""
			if (word[3] ~ /^[?+]+$/) {
				flags = word[3]
				at = 4
			}
			class[kinds[k], figure] = word[at]
			flag[kinds[k], figure] = flags
			argument[kinds[k], figure] = word[at + 1]
			sub(/RES/, resources[r], argument[kinds[k], figure])
			argument2[kinds[k], figure] = word[at + 2]
		}
	next
}

# Facts: kind, identity, figure, source, value. Only what may be asked for is kept.
doc == "" {
	fact[read, $1 SUBSEP $2 SUBSEP $3 SUBSEP $4] = $5
	if ($3 == "row")
		n_rows[read, $1]++
	if ($1 == "namespace" && $3 ~ /^interface:/)
		n_inside[read, $2]++
	if ($1 == "namespace" && $3 == "type" && $4 == "raw" && $5 == "net")
		n_netns[read]++
	next
}

# Where what a document says to keep a namespace leads to: path and inode.
$1 == "keeper" {
	leads[doc, $2, $4] = $3
	next
}

{
	shown[doc, $1, $2, $3] = $4
	if ($1 == "namespace" && $3 ~ /^kept_by:/)
		n_keepers[doc, $2]++
	order[++n_order] = doc OFS $1 OFS $2 OFS $3
	if ($1 == "process" && $3 == "pid")
		with_pid[doc, $4] = $2
	if ($1 == "cgroup" && $3 == "path")
		with_path[doc, $4] = $2
	if ($1 == "io" && $3 == "device")
		devices[doc, substr($2, 1, index($2, ":") - 1)] = devices[doc,
			substr($2, 1, index($2, ":") - 1)] " " $4
	if ($1 == "process" && $3 ~ /^ns\./)
		member[doc, $2, substr($3, 4)] = $4
}

# ---- classes ----

function rule_of(kind, figure,    short) {
	if ((kind, figure) in class)
		return figure
	short = figure
	if (sub(/:.*/, "", short) && (kind, short) in class)
		return short
	short = figure
	if (sub(/\..*/, ".", short) && (kind, short) in class)
		return short
	return ""
}

# The readings around a document; programs that are slow were asked only outside.
function bounds(source) {
	lo_read = doc == 1 ? 0 : 2
	hi_read = doc == 1 ? 1 : 3
	if (source == "lsns" || source == "cgls") {
		lo_read = 0
		hi_read = 3
	}
	before = (lo_read, key(kind, id, figure, source)) in fact
	after = (hi_read, key(kind, id, figure, source)) in fact
	a = before ? fact[lo_read, key(kind, id, figure, source)] : ""
	b = after ? fact[hi_read, key(kind, id, figure, source)] : ""
}

function one_of_both(verdict, value) {
	if (!before || !after || a != b)
		say("moved")
	else if (equal(value, a))
		say("ok")
	else
		say(verdict, "shown " value ", it is " a)
}

# Whoever slept in between had another state then, whatever both readings say.
function judge_state(value,    k) {
	k = key(kind, id, "sleeps", source)
	if (!((lo_read, k) in fact) || !((hi_read, k) in fact) ||
	    fact[lo_read, k] != fact[hi_read, k])
		say("moved")
	else
		one_of_both("soft", value)
}

function judge_gauge(value,    min, max, i, f) {
	if (!before || !after) {
		say("moved")
		return
	}
	if (!is_number(a) || !is_number(b) || !is_number(value)) {
		one_of_both("soft", value)
		return
	}
	min = max = a
	for (i = 0; i < 4; i++)
		if ((i, key(kind, id, figure, source)) in fact) {
			f = fact[i, key(kind, id, figure, source)]
			if (!is_number(f))
				continue
			min = f + 0 < min + 0 ? f : min
			max = f + 0 > max + 0 ? f : max
		}
	if (value + 0 < min - (max - min) - 0.00051 || value + 0 > max + (max - min) + 0.00051)
		say("soft", "shown " value ", it was " min " to " max)
	else
		say("ok")
}

# What is left of an average between the readings around, when nothing is added.
function decay(keeps, period,    between) {
	between = (read_time(hi_read, "ended") - read_time(lo_read, "began")) / 1e6
	return exp(log(keeps / 2048) * (between / period + 2))
}

# The kernel multiplies an average by keeps / 2048 every period and adds what there is of
# new stalls (kernel/sched/psi.c, calc_avgs), so that it can neither fall nor rise faster.
function judge_average(value, total, keeps,    k, since, until, most, decayed) {
	k = key(kind, id, total, source)
	if (!before || !after || !((lo_read, k) in fact) || !((hi_read, k) in fact) ||
	    !((doc, kind, id, total) in shown)) {
		say("moved")
		return
	}
	since = (shown[doc, kind, id, total] - fact[lo_read, k]) / 1e6
	until = (fact[hi_read, k] - shown[doc, kind, id, total]) / 1e6
	# A period may be shorter than its 2 s, when the one before was longer; what stalled in
	# the one that goes on is in the counter already; and the last digit is cut off.
	most = 100 * (1 - keeps / 2048)
	decayed = decay(keeps, 2)
	if (value < a * decayed - 0.03 || value < b - most * (until + 2) - 0.03 ||
	    value > a + most * (since + 2) + 0.03 || value > (b + 0.01) / decayed + 0.03)
		say("soft", "shown " value ", it was " a " before and " b " after, with stalls of " \
			since " s and " until " s")
	else
		say("ok")
}

# How many want to run is not known, so it may rise, but only as fast as it can fall to
# what it is after (kernel/sched/loadavg.c).
function judge_load(value,    decayed) {
	if (!before || !after) {
		say("moved")
		return
	}
	decayed = decay(1884, 5)
	if (value < a * decayed - 0.02 || value > (b + 0.01) / decayed + 0.02)
		say("soft", "shown " value ", it was " a " before and " b " after")
	else
		say("ok")
}

function judge_counter(value, cut) {
	if (!before || !after || !is_number(a) || !is_number(b) || !is_number(value))
		one_of_both("hard", value)
	else if (b + 0 < a + 0)
		say("moved")
	else if (value + 0 < a + 0 || value + 0 > b + cut)
		say("hard", "shown " value ", it was " a " before and " b " after")
	else
		say("ok")
}

# Growth of a counter between the documents, from the readings: least and most.
function growth(counter,    k, i) {
	k = key(kind, id, counter, "raw")
	for (i = 0; i < 4; i++)
		if (!((i, k) in fact))
			return 0
	if (fact[2, k] < fact[1, k])
		return 0
	least = fact[2, k] - fact[1, k] - argument[kind, counter]
	most = fact[3, k] - fact[0, k] + argument[kind, counter]
	least = least < 0 ? 0 : least
	return 1
}

function seconds() { return shown[2, "doc", "-", "interval_usec"] / 1000000 }

function capped(value, cap) { return value > cap ? cap : value }

function judge_rate(value, counter, scale, cap,    exact_, slack) {
	if (doc == 1)
		return
	source = "readings"
	slack = 0.00051 + value * 3e-6
	if (!growth(counter))
		say("moved")
	else if (value < capped(least * scale / seconds(), cap) - slack ||
		 value > capped(most * scale / seconds(), cap) + slack)
		say("hard", "shown " value ", it was " least * scale / seconds() " to " \
			most * scale / seconds())
	else
		say("ok")
	# And exactly what its own counters say, which are compared for themselves.
	if (!((1, kind, id, counter) in shown) || !((2, kind, id, counter) in shown))
		return
	source = "counter"
	exact_ = capped((shown[2, kind, id, counter] - shown[1, kind, id, counter]) * scale / seconds(), cap)
	if (exact_ < value - slack || exact_ > value + slack)
		say("hard", "shown " value ", its counter grew by " exact_)
	else
		say("ok")
}

function judge_share(value, part, whole,    part_least, part_most, exact_, grown) {
	if (doc == 1)
		return
	source = "readings"
	if (growth(part)) {
		part_least = least
		part_most = most
		if (!growth(whole))
			say("moved")
		else if (value < 0 || value > 100 ||
			 (most > 0 && value < 100 * part_least / most - 0.00051) ||
			 (least > 0 && value > 100 * part_most / least + 0.00051))
			say("hard", "shown " value ", " part_least " to " part_most " in " least \
				" to " most)
		else
			say("ok")
	}
	if (!((1, kind, id, whole) in shown) || !((2, kind, id, whole) in shown))
		return
	source = "counter"
	grown = shown[2, kind, id, whole] - shown[1, kind, id, whole]
	exact_ = grown ? 100 * (shown[2, kind, id, part] - shown[1, kind, id, part]) / grown : 0
	if (exact_ < value - 0.00051 || exact_ > value + 0.00051)
		say("hard", "shown " value ", its counters grew by " exact_ " %")
	else
		say("ok")
}

# Processes come and go too fast for sums of readings; each is compared for itself.
function sums(    entry, part) {
	for (entry in member) {
		split(entry, part, SUBSEP)
		add_to_sum(part[1], part[2], member[entry], "cpu_percent")
		add_to_sum(part[1], part[2], member[entry], "rss_bytes")
	}
}

function add_to_sum(doc, process, whole, figure) {
	if ((doc, "process", process, figure) in shown) {
		sum[doc, whole, figure] += shown[doc, "process", process, figure]
		n_sum[doc, whole, figure]++
	}
}

function sum_of(value,    i, slack) {
	i = doc SUBSEP id SUBSEP figure
	slack = 0.00051 * (n_sum[i] + 1)
	source = "sum"
	if (value - sum[i] > slack || sum[i] - value > slack)
		say("hard", "shown " value ", its processes have " exact(sum[i]))
	else
		say("ok")
}

function exact(number) { return sprintf("%.3f", number) }

# Threads of all processes of one user, and the like.
function peers(    entry, part, rule) {
	for (rule in class)
		if (class[rule] == "peers") {
			split(rule, part, SUBSEP)
			peers_of[part[1], argument2[rule]] = argument[rule]
		}
	for (entry in shown) {
		split(entry, part, SUBSEP)
		if (!((part[2], part[4]) in peers_of))
			continue
		rule = peers_of[part[2], part[4]]
		if ((part[1], part[2], part[3], rule) in shown)
			peer_sum[part[1], part[2], rule, part[4], shown[entry]] += \
				shown[part[1], part[2], part[3], rule]
	}
}

function judge_peers(value, other, by,    sum_) {
	source = "peers"
	sum_ = peer_sum[doc, kind, other, by, get(id, by)]
	if (value == sum_)
		say("ok")
	else
		say("hard", "shown " value ", all of them have " sum_)
}

# ---- made from other figures, which are compared for themselves ----

function has(id, figure) { return (doc, kind, id, figure) in shown }
# Asking for an element of an array makes it.
function of(kind, id, figure) {
	return (doc, kind, id, figure) in shown ? shown[doc, kind, id, figure] : ""
}

function get(id, figure) { return of(kind, id, figure) }

# "max" where it has no value, "" where it cannot be made.
function made(name,    a, b) {
	if (name == "host_share")
		return has(id, "cpu.percent") && (doc, "host", "-", "cpu.threads") in shown ? \
			get(id, "cpu.percent") / shown[doc, "host", "-", "cpu.threads"] : ""
	if (name == "cpu_share")
		return has(id, "cpu.percent") && get(id, "effective.cpu_max_percent.value") > 0 ? \
			100 * get(id, "cpu.percent") / get(id, "effective.cpu_max_percent.value") : ""
	if (name == "cores") {
		a = get(id, "effective.cpu_max_percent.value")
		return a == "max" ? a : a / 100
	}
	if (name == "memory_share")
		return full("memory_max.value", "memory_headroom_bytes")
	if (name == "pids_share")
		return full("pids_max.value", "pids_headroom")
	if (name == "memory_hit")
		return hit("memory_max.from", "memory_headroom_bytes", "memory.growth_bytes_per_sec")
	if (name == "pids_hit")
		return hit("pids_max.from", "pids_headroom", "pids.growth_per_sec")
	if (name == "throttling" || name == "throttler") {
		a = worst("cpu.throttled_percent")
		return name == "throttling" ? a : a > 0 ? worst_at : ""
	}
	if (name == "device_share")
		return device_share(id)
	if (name == "peer_name")
		return of("interface", get(id, "peer.namespace") ":" get(id, "link"), "name")
	if (name == "peer_namespace")
		return peer_namespace()
	if (name == "keepers")
		return n_keepers[doc, id] + 0
	if (name == "io_share" || name == "io_holder") {
		a = io_share()
		return name == "io_share" ? a : worst_at
	}
	return ""
}

# Of a pair each end is linked to the other; what else is linked says where itself.
function peer_namespace(    ns_, back) {
	ns_ = get(id, "peer.namespace")
	back = ns_ ":" get(id, "link")
	if (!has(back, "index"))
		return ""
	if (get(id, "kind") != "veth" ||
	    (get(back, "link") == get(id, "index") &&
	     get(back, "peer.namespace") == get(id, "namespace")))
		return ns_
	return ""
}

function full(limit, room,    max, left) {
	max = get(id, "effective." limit)
	left = get(id, "effective." room)
	if (max == "" || max == "max")
		return ""
	return max > 0 ? 100 * (max - (left < max ? left : max)) / max : 100
}

# When the holder goes on growing as it does.
function hit(from, room, growth_,    holder) {
	holder = with_path[doc, get(id, "effective." from)]
	if (holder == "" && get(id, "effective." from) == "host")
		holder = with_path[doc, "/"]
	hit_growth = get(holder, growth_)
	return hit_growth > 0 ? 1e6 * get(id, "effective." room) / hit_growth : ""
}

# The greatest of it and its ancestors; of equals the topmost.
function worst(figure_,    at, most) {
	most = ""
	for (at = id; at != ""; at = get(at, "parent_id"))
		if (has(at, figure_) && (most == "" || get(at, figure_) + 0 >= most + 0)) {
			most = get(at, figure_)
			worst_at = get(at, "path")
		}
	return most
}

function device_share(row,    device, at, most, i, n, limits, rates, max, share) {
	n = split("rbps wbps riops wiops", limits, " ")
	split("read_bytes_per_sec write_bytes_per_sec reads_per_sec writes_per_sec", rates, " ")
	device = row
	sub(/^[0-9]+:/, "", device)
	at = substr(row, 1, length(row) - length(device) - 1)
	most = ""
	for (; at != ""; at = of("cgroup", at, "parent_id"))
		for (i = 1; i <= n; i++) {
			max = of("io", at ":" device, "max." limits[i])
			if (max == "" || max == "max" ||
			    !((doc, "io", at ":" device, rates[i]) in shown))
				continue
			share = max > 0 ? 100 * shown[doc, "io", at ":" device, rates[i]] / max : 100
			if (most == "" || share > most + 0) {
				most = share
				worst_at = of("cgroup", at, "path")
			}
		}
	return most
}

function io_share(    n, device, i, most, from, share) {
	most = ""
	n = split(devices[doc, id], device, " ")
	for (i = 1; i <= n; i++) {
		share = device_share(id ":" device[i])
		if (share != "" && (most == "" || share > most + 0)) {
			most = share
			from = worst_at
		}
	}
	worst_at = from
	return most
}

function judge_made(value, name,    want, slack) {
	source = "made"
	want = made(name)
	# The document lists the first eight.
	if (name == "keepers" && want == 8 && value >= 8) {
		say("moved", "not all are listed")
		return
	}
	slack = 0.0011 + (want < 0 ? -want : want) * 1e-5
	# A rate has three digits, so what divides by a small one, or it by a small limit, is
	# less exact.
	if (name == "cpu_share" && is_number(want))
		slack += 0.051 / get(id, "effective.cpu_max_percent.value")
	if (name ~ /_hit$/) {
		if (hit_growth != "" && hit_growth + 0 == 0) {
			say("moved", "it grows by less than the last digit")
			return
		}
		if (hit_growth > 0)
			slack = want * 0.0006 / hit_growth + 1e6
	}
	if (want == "")
		say("hard", "shown " value ", it cannot be made")
	else if (is_number(want) && is_number(value) ? \
		 (value - want > slack || want - value > slack) : value != want)
		say("hard", "shown " value ", made of other figures it is " want)
	else
		say("ok")
}

# How fast a gauge grows, averaged over 15 s: the change since the document before.
function judge_growth(value, gauge,    s, now, before_, want, slack) {
	if (doc == 1)
		return
	source = "growth"
	if (!((1, kind, id, gauge) in shown) || !has(id, gauge)) {
		say("hard", "shown " value ", " gauge " is not")
		return
	}
	s = seconds()
	now = (get(id, gauge) - shown[1, kind, id, gauge]) / s
	want = now
	if ((1, kind, id, figure) in shown) {
		before_ = shown[1, kind, id, figure]
		want = before_ + (now - before_) * (1 - exp(-s / 15))
	}
	slack = 0.01 + 1e-5 * ((now < 0 ? -now : now) + (before_ < 0 ? -before_ : before_))
	if (value - want > slack || want - value > slack)
		say("hard", "shown " value ", it grew by " want)
	else
		say("ok")
}

function judge_as(value, other, figure2) {
	source = "as"
	if (!((doc, other, id, figure2) in shown))
		say("hard", "no " other " has it")
	else if (!equal(value, shown[doc, other, id, figure2]))
		say("hard", "shown " value ", the " other " has " shown[doc, other, id, figure2])
	else
		say("ok")
}

function judge_leader(value,    figure2) {
	source = "leader"
	figure2 = figure
	sub(/^namespaces/, "ns", figure2)
	if (value == shown[doc, "process", with_pid[doc, shown[doc, kind, id, "pid"]], figure2])
		say("ok")
	else
		say("hard", "shown " value ", its process has another")
}

# "eth0, lo and 3 more"
function judge_names(value, what,    n, name, i, more) {
	source = "raw"
	lo_read = doc == 1 ? 0 : 2
	hi_read = doc == 1 ? 1 : 3
	if (!((lo_read, id) in n_inside) || n_inside[lo_read, id] != n_inside[hi_read, id]) {
		say("moved")
		return
	}
	if (match(value, / and [0-9]+ more$/)) {
		more = substr(value, RSTART + 5) + 0
		value = substr(value, 1, RSTART - 1)
	}
	n = split(value, name, ", ")
	if (n + more != n_inside[lo_read, id]) {
		say("hard", "shown " n + more ", there are " n_inside[lo_read, id])
		return
	}
	for (i = 1; i <= n; i++)
		if (!((lo_read, key(kind, id, what ":" name[i], "raw")) in fact)) {
			say("hard", "there is no " name[i])
			return
		}
	say("ok")
}

# What virttop looks at only now and then may be as old as the first reading.
function judge_late(value,    i, k, n, min, max, f, differ) {
	k = key(kind, id, figure, "raw")
	for (i = 0; i <= hi_read; i++) {
		if (!((i, k) in fact))
			continue
		f = fact[i, k]
		if (n++ && f != min)
			differ = 1
		if (n == 1)
			min = max = f
		else if (is_number(f) && is_number(min)) {
			min = f + 0 < min + 0 ? f : min
			max = f + 0 > max + 0 ? f : max
		} else if (f == value)
			min = max = f
	}
	if (!before || !after)
		say("moved")
	else if (equal(value, min) || equal(value, max))
		say(differ ? "moved" : "ok")
	else if (differ && is_number(value) && is_number(min) && is_number(max) && value + 0 >= min + 0 &&
		 value + 0 <= max + 0)
		say("moved")
	else
		say("soft", "shown " value ", it was " min (differ ? " to " max : ""))
}

# "process /proc/1", "child net 4026531840"
function judge_keeper(    how, where, word, path, type_) {
	source = "links"
	how = where = figure
	sub(/^kept_by:/, "", how)
	sub(/ .*/, "", how)
	sub(/^[^ ]* ?/, "", where)
	type_ = get(id, "type")
	path = where
	if ((how == "process" || how == "thread") && where !~ /\/ns\//)
		path = where "/ns/" type_
	if (how == "child") {
		split(where, word, " ")
		if (get(word[2], "type") == word[1] &&
		    (get(word[2], "parent") == id || get(word[2], "owner_user_ns") == id))
			say("ok")
		else
			say("hard", "that is no child of it")
	} else if (how !~ /^(process|thread|descriptor|bind|socket)$/)
		say("hard", "there is no such way")
	else if (how == "socket" || where ~ / in mnt [0-9]+$/)
		say("moved", "it takes the socket, or a mount namespace without a process, to know")
	else if (!((doc, where, path) in leads))
		say("soft", "it was not looked at")
	else if (leads[doc, where, path] == "gone")
		say(doc == 1 ? "soft" : "moved", "it is gone")
	else if (leads[doc, where, path] == id)
		say("ok")
	else
		say("soft", "it leads to " leads[doc, where, path])
}

function judge_words(value, what,    n, word, i) {
	source = "raw"
	n = split(value, word, " ")
	for (i = 1; i <= n; i++)
		if (!((0, key(kind, id, what ":" word[i], "raw")) in fact)) {
			say("hard", "there is no " word[i])
			return
		}
	say("ok")
}

# Days since 1970 of a date (Howard Hinnant's days_from_civil).
function days(y, m, d,    era, yoe, doy) {
	y -= m <= 2
	era = int(y / 400)
	yoe = y - era * 400
	doy = int((153 * (m + (m > 2 ? -3 : 9)) + 2) / 5) + d - 1
	return era * 146097 + yoe * 365 + int(yoe / 4) - int(yoe / 100) + doy - 719468
}

function read_time(i, which) { return fact[i, key("doc", "-", which, "raw")] }

function judge_clock(value,    part, first, last) {
	source = "clock"
	if (figure == "interval_usec") {
		if (doc == 1)
			return
		first = read_time(2, "ended") - read_time(1, "began")
		last = read_time(3, "began") - read_time(0, "ended")
	} else {
		split(value, part, /[-T:.Z]/)
		value = ((days(part[1] + 0, part[2] + 0, part[3] + 0) * 24 + part[4]) * 60 + part[5]) * 60
		value = (value + part[6]) * 1000000 + part[7] * 1000
		first = read_time(doc == 1 ? 0 : 2, "ended") - 1000
		last = read_time(doc == 1 ? 1 : 3, "began")
	}
	if (value < first || value > last)
		say("hard", "shown " value ", by the clock " first " to " last)
	else
		say("ok")
}

# ---- one figure ----

function by_sources(value, c, flags,    i, n) {
	for (i = 1; i <= n_sources; i++) {
		source = sources[i]
		bounds(source)
		if (!before && !after)
			continue
		n++
		if (c == "same")
			one_of_both("hard", value)
		else if (c == "flip")
			one_of_both("soft", value)
		else if (c == "average")
			judge_average(value, argument[kind, rule_of(kind, figure)],
				argument2[kind, rule_of(kind, figure)])
		else if (c == "load")
			judge_load(value)
		else if (c == "state")
			judge_state(value)
		else if (c == "gauge" && source != "procs" && source != "raw")
			one_of_both("soft", value)
		else if (c == "gauge")
			judge_gauge(value)
		else if (c == "late")
			judge_late(value)
		else if (c == "counter")
			judge_counter(value, argument[kind, figure] + 0)
		else if (c == "each")
			one_of_both("hard", value)
		else if (c == "set") {
			a = as_set(a)
			b = as_set(b)
			one_of_both("hard", as_set(value))
		} else if (c == "begins")
			one_of_both("hard", substr(value, 1, length(a)))
	}
	source = "none"
	if (n)
		return
	if (figure == "row" && kind == "interface")
		say((doc == 1 ? 0 : 2, substr(id, 1, index(id, ":") - 1)) in n_inside ? "hard" : "moved",
			"there is no such thing")
	else if (figure == "row")
		say("soft", "there is no such thing")
	else if (flags ~ /\?/ || !is_known_row())
		say("moved")
	else
		say("hard", "shown " value ", nothing says so")
}

# Both readings around know the row.
function is_known_row(    i) {
	i = kind SUBSEP id SUBSEP "row" SUBSEP "raw"
	return (doc == 1 ? 0 : 2, i) in fact && (doc == 1 ? 1 : 3, i) in fact
}

function judge(value,    rule, c, argument_) {
	source = "none"
	rule = rule_of(kind, figure)
	if (rule == "") {
		say("hard", "no rule says how to compare it")
		return
	}
	c = class[kind, rule]
	argument_ = argument[kind, rule]
	if (c == "none")
		say("moved", "none")
	else if (c == "rate")
		judge_rate(value, argument_, argument2[kind, rule], 1e300)
	else if (c == "timeshare")
		judge_rate(value, argument_, argument2[kind, rule], 100)
	else if (c == "share")
		judge_share(value, argument_, argument2[kind, rule])
	else if (c == "sum")
		sum_of(value)
	else if (c == "peers")
		judge_peers(value, argument_, argument2[kind, rule])
	else if (c == "made")
		judge_made(value, argument_)
	else if (c == "growth")
		judge_growth(value, argument_)
	else if (c == "as")
		judge_as(value, argument_, argument2[kind, rule])
	else if (c == "leader")
		judge_leader(value)
	else if (c == "names")
		judge_names(value, argument_)
	else if (c == "keeper")
		judge_keeper()
	else if (c == "words")
		judge_words(value, argument_)
	else if (c == "clock")
		judge_clock(value)
	else
		by_sources(value, c, flag[kind, rule])
}

# What both readings know must be shown.
function missing(    entry, part, rule) {
	for (entry in fact) {
		split(entry, part, SUBSEP)
		if (part[1] != 0 && part[1] != 2)
			continue
		kind = part[2]
		id = part[3]
		figure = part[4]
		source = part[5]
		rule = rule_of(kind, figure)
		if (rule == "" || flag[kind, rule] !~ /\+/ ||
		    (kind == "interface" && n_netns[part[1]] > 17))
			continue
		doc = part[1] == 0 ? 1 : 2
		missing_in(class[kind, rule])
		# Programs were asked only before and after both.
		if (source == "lsns" || source == "cgls") {
			doc = 2
			missing_in(class[kind, rule])
		}
	}
}

function missing_in(c) {
	bounds(source)
	if (!before || !after || (doc, kind, id, figure) in shown)
		return
	if (figure == "row")
		say("hard", "it is left out")
	else if (!is_shown_row())
		return
	else if (c == "counter" || (c == "same" && a == b))
		say("hard", "not shown, it is " b)
	else
		say(c == "same" ? "moved" : "soft", "not shown, it is " b)
}

function is_shown_row() { return (doc, kind, id, "row") in shown }

# A counter that did not run backwards has a rate.
function missing_rates(    entry, part, rule, counter) {
	for (entry in class) {
		if (class[entry] != "rate" && class[entry] != "timeshare" && class[entry] != "share")
			continue
		split(entry, part, SUBSEP)
		rated[part[1], argument[entry]] = part[2]
	}
	for (entry in shown) {
		split(entry, part, SUBSEP)
		if (part[1] != 2 || !((part[2], part[4]) in rated))
			continue
		doc = 2
		kind = part[2]
		id = part[3]
		counter = part[4]
		figure = rated[kind, counter]
		source = "counter"
		if ((1, kind, id, counter) in shown && !((2, kind, id, figure) in shown) &&
		    shown[2, kind, id, counter] + 0 >= shown[1, kind, id, counter] + 0)
			say("hard", "not shown, although " counter " is")
	}
}

END {
	sums()
	peers()
	for (i_order = 1; i_order <= n_order; i_order++) {
		split(order[i_order], row_part, OFS)
		doc = row_part[1]
		kind = row_part[2]
		id = row_part[3]
		figure = row_part[4]
		judge(shown[doc, kind, id, figure])
	}
	missing()
	missing_rates()
}
