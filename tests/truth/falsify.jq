# SPDX-License-Identifier: GPL-2.0-or-later
# A document with some figures altered, in the terms of flatten.jq: $targets is an
# array of [kind, identity, figure], $how is big, one, five, drop, gone or born (of rows).

def lie:
	if type == "boolean" then not
	elif . == "max" then 4096
	elif type == "string" then "x" + .
	elif type == "array" then ["x"] + .
	elif $how == "one" and . < 9e15 then . + 1
	elif $how == "five" then . + 5
	else . * 3 + 1000001
	end;

def index_where(f): [range(length) as $i | select(.[$i] | f) | $i] | first;

# The path of a row in the document.
def place($kind; $id):
	($id | split(":")) as $part
	| if $kind == "doc" then []
	elif $kind == "host" then ["host"]
	elif $kind == "module" then
		["host", "kvm", "modules", (.host.kvm.modules | index_where(.name == $id))]
	elif $kind == "process" or $kind == "machine" then
		"\($kind)es" as $list
		| (if $kind == "machine" then "machines" else $list end) as $list
		| [$list, (.[$list] | index_where("\(.pid):\(.start_ticks)" == $id))]
	elif $kind == "vcpu" then
		(.machines | index_where("\(.pid):\(.start_ticks)" == ($part[0:2] | join(":")))) as $m
		| ["machines", $m, "vcpus",
			(.machines[$m].vcpus | index_where("\(.index)" == $part[2]))]
	elif $kind == "worker" then
		(.machines | index_where("\(.pid):\(.start_ticks)" == ($part[0:2] | join(":")))) as $m
		| ["machines", $m, "workers",
			(.machines[$m].workers | index_where("\(.tid)" == $part[2]))]
	elif $kind == "namespace" or $kind == "cgroup" then
		["\($kind)s", (.["\($kind)s"] | index_where("\(.id)" == $id))]
	elif $kind == "container" then
		["containers", (.containers | index_where("\(.cgroup_id)" == $id))]
	elif $kind == "oom" then
		["oom_kills", (.oom_kills | index_where("\(.at_usec):\(.pid)" == $id))]
	elif $kind == "interface" then
		["interfaces", (.interfaces | index_where("\(.namespace):\(.index)" == $id))]
	else
		(.cgroups | index_where("\(.id)" == $part[0])) as $c
		| if $kind == "resource" then
			["cgroups", $c, "resources", (.cgroups[$c].resources
				| index_where("\(.controller):\(.name)" == ($part[1:] | join(":"))))]
		elif $kind == "hugetlb" then
			["cgroups", $c, "hugetlb", $part[1]]
		else
			["cgroups", $c, "io",
				(.cgroups[$c].io | index_where(.device == ($part[1:] | join(":"))))]
		end
	end;

# The path of a figure in its row.
def inside($kind; $figure; $row):
	if $figure | startswith("cpu.feature:") then
		($figure | ltrimstr("cpu.feature:")) as $name
		| ["cpu", "features", ($row.cpu.features | index_where(.name == $name)), "present"]
	elif $figure | startswith("kept_by:") then
		["kept_by", ($row.kept_by | index_where("kept_by:\(.how) \(.where)" == $figure)),
			if $how == "one" then "where" else "how" end]
	else
		$figure | split(".")
	end;

reduce $targets[] as [$kind, $id, $figure] (.;
	place($kind; $id) as $place
	| getpath($place) as $row
	| if $how == "gone" then delpaths([$place])
	elif $how == "born" then
		setpath($place[0:-1] + [getpath($place[0:-1]) | length];
			$row | if .start_ticks then .start_ticks += 1000000
				elif .index then .index += 1000000
				elif .at_usec then .at_usec += 1000000
				else .id += 1000000 end)
	else
		inside($kind; $figure; $row) as $inside
		| if $how == "drop" then delpaths([$place + $inside])
		else setpath($place + $inside; $row | getpath($inside) | lie) end
	end)
