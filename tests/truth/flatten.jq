# SPDX-License-Identifier: GPL-2.0-or-later
# A document of virttop as lines: kind, identity, figure, value.

def flat($name):
	if type == "object" then
		to_entries[] | .key as $key | .value
		| flat(if $name == "" then $key else "\($name).\($key)" end)
	elif type == "array" then
		if all(type == "string") then [$name, join(" ")] else empty end
	else
		[$name, tostring]
	end;

def row($kind; $id): [$kind, $id, "row", "true"], ([$kind, $id] + flat(""));

def pid: "\(.pid):\(.start_ticks)";

(["doc", "-"] + ({taken_at, interval_usec} | del(.[] | nulls) | flat(""))),
(.host
 | row("host"; "-"),
   (.cpu.features // [] | .[] | ["host", "-", "cpu.feature:\(.name)", (.present | tostring)]),
   (.kvm.modules // [] | .[] | row("module"; .name))),
(.processes[] | row("process"; pid)),
(.namespaces[]
 | "\(.id)" as $id
 | row("namespace"; $id),
   (.kept_by // [] | .[] | ["namespace", $id, "kept_by:\(.how) \(.where // "")", "true"])),
(.cgroups[]
 | "\(.id)" as $id
 | (del(.io, .hugetlb, .resources) | row("cgroup"; $id)),
   (.resources // [] | .[] | row("resource"; "\($id):\(.controller):\(.name)")),
   (.io // [] | .[] | row("io"; "\($id):\(.device)")),
   (.hugetlb // {} | to_entries[] | .key as $size | .value | row("hugetlb"; "\($id):\($size)"))),
(.containers[] | row("container"; "\(.cgroup_id)")),
(.machines[]
 | pid as $pid
 | (del(.vcpus, .taps, .workers) | row("machine"; $pid)),
   (.vcpus // [] | .[] | row("vcpu"; "\($pid):\(.index)")),
   (.taps // [] | .[] | row("tap"; "\($pid):\(.name)")),
   (.workers // [] | .[] | row("worker"; "\($pid):\(.tid)"))),
(.oom_kills // [] | .[] | row("oom"; "\(.at_usec):\(.pid)")),
(.interfaces // [] | .[] | row("interface"; "\(.namespace):\(.index)"))
| join("\t")
