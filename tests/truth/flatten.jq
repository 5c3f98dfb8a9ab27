# SPDX-License-Identifier: GPL-2.0-or-later
# A document of virttop as lines: kind, identity, figure, value. Few things are built
# on the way: a slow machine has documents of 10,000 figures.

# LINE: what the lines begin with.
def flat($line; $name):
	if type == "object" then
		keys_unsorted[] as $key | .[$key]
		| flat($line; if $name == "" then $key else "\($name).\($key)" end)
	elif type == "array" then
		if all(type == "string") then "\($line)\($name)\t\(join(" "))" else empty end
	else
		"\($line)\($name)\t\(.)"
	end;

def row($kind; $id): "\($kind)\t\($id)\trow\ttrue", flat("\($kind)\t\($id)\t"; "");

def pid: "\(.pid):\(.start_ticks)";

({taken_at, interval_usec} | del(.[] | nulls) | flat("doc\t-\t"; "")),
(.host
 | row("host"; "-"),
   (.cpu.features // [] | .[] | "host\t-\tcpu.feature:\(.name)\t\(.present)"),
   (.kvm.modules // [] | .[] | row("module"; .name))),
(.processes[] | row("process"; pid)),
(.namespaces[]
 | "\(.id)" as $id
 | row("namespace"; $id),
   (.kept_by // [] | .[] | "namespace\t\($id)\tkept_by:\(.how) \(.where // "")\ttrue")),
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
