/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The rules, one row each: a name, when it holds, what to do about it, and the
 * condition, which also finds severity and evidence. The change that is offered
 * is in remedy.c. A rule must not hold on a host that is as its distribution made it.
 */
#include "findings.h"

#include "memory.h"

enum {
	MOST_PRESSED = 5,  /* cgroups named for pressure of one resource */
	MOST_SETTINGS = 8, /* the same of settings that do nothing */
};

static const struct vt_pressure pressures[] = {
	{ "cpu", VT_PRESSURE_CPU, VT_CGROUP_psi_cpu_some_avg10, VT_CGROUP_psi_cpu_full_avg10,
	  VT_HOST_psi_cpu_some_avg10, VT_HOST_psi_cpu_full_avg10 },
	{ "memory", VT_PRESSURE_MEMORY, VT_CGROUP_psi_memory_some_avg10,
	  VT_CGROUP_psi_memory_full_avg10, VT_HOST_psi_memory_some_avg10,
	  VT_HOST_psi_memory_full_avg10 },
	{ "io", VT_PRESSURE_IO, VT_CGROUP_psi_io_some_avg10, VT_CGROUP_psi_io_full_avg10,
	  VT_HOST_psi_io_some_avg10, VT_HOST_psi_io_full_avg10 },
};

const struct vt_rule vt_rules[] = {
	{ "host-memory", "less than 5% of the host's memory can be had",
	  "stop or limit what is largest; without swap the OOM killer comes next",
	  .holds = vt_rule_host_memory, .host = true },
	{ "oom-killed", NULL, "see the events (8) for each; the limit is one of cgroup v1",
	  .holds = vt_rule_killed_in_log, .host = true },
	{ "oom-killed", "processes in it were killed for want of memory; critical for 10 minutes",
	  "raise memory.max, or find out why it needs more; memory.high slows it down "
	  "before it is killed",
	  .holds = vt_rule_oom_killed },
	{ "throttled", "its cpu.max cuts 10% of its periods short, or more",
	  "raise cpu.max or set it to max; cpu.weight shares without throttling",
	  .holds = vt_rule_throttled },
	{ "pids-limit", "it has 90% of the tasks that its pids.max allows, or forks are refused",
	  "raise pids.max, or look for a program that starts processes without end",
	  .holds = vt_rule_pids_max },
	{ "memory-limit", "it has 90% of the memory that its memory.max allows",
	  "raise memory.max, or set memory.high below it to reclaim before it is hit",
	  .holds = vt_rule_memory_max },
	{ "memory-high", "its memory.high is passed, so that its tasks are slowed down",
	  "raise memory.high if that slowness is not wanted", .holds = vt_rule_memory_high },
	{ "swap-full", "95% of the host's swap, or of what its memory.swap.max allows, is used",
	  "add swap, or limit what is largest: see SWAP of cgroups", .holds = vt_rule_host_swap,
	  .host = true },
	{ "swap-full", NULL, "raise memory.swap.max, or memory.max if the host has room",
	  .holds = vt_rule_swap_max },
	{ "io-limit", "a device is used at 90% of a limit in its io.max",
	  "raise the limit of that device in io.max; io.weight shares without one",
	  .holds = vt_rule_io_limited },
	{ "cpuset-small", "it uses 90% of the CPUs of its cpuset.cpus, and more wants to run",
	  "give it more CPUs with cpuset.cpus, or run fewer threads",
	  .holds = vt_rule_cpuset_small },
	{ "resource-limit",
	  "huge pages, or what rdma, misc and dmem count, are refused by its limit",
	  "raise the limit, or let go of what is in use", .holds = vt_rule_refused },
	{ "pressure-cpu", "some task waits for a CPU 20% of the time, and no limit makes it",
	  "more wants to run than there are CPUs: lower cpu.weight of what can wait",
	  .holds = vt_rule_host_pressed, .host = true, .pressure = &pressures[0] },
	{ "pressure-memory", "the same of memory: the host is short",
	  "tasks wait for memory to be reclaimed: limit what is largest",
	  .holds = vt_rule_host_pressed, .host = true, .pressure = &pressures[1] },
	{ "pressure-io", "the same of I/O",
	  "tasks wait for disks: see READ/s and WRITE/s of cgroups", .holds = vt_rule_host_pressed,
	  .host = true, .pressure = &pressures[2] },
	{ "pressure-cpu", NULL,
	  "no limit of its own makes it wait: others are busy. Raise its cpu.weight",
	  .holds = vt_rule_pressed, .most = MOST_PRESSED, .pressure = &pressures[0] },
	{ "pressure-memory", NULL,
	  "no limit of its own makes it wait: the host is short. memory.low "
	  "protects it",
	  .holds = vt_rule_pressed, .most = MOST_PRESSED, .pressure = &pressures[1] },
	{ "pressure-io", NULL, "see which device it waits for; io.weight gives it a larger share",
	  .holds = vt_rule_pressed, .most = MOST_PRESSED, .pressure = &pressures[2] },
	{ "frozen", "it is frozen with processes in it", "thaw it when its work shall go on",
	  .holds = vt_rule_frozen },
	{ "overcommitted", "its children ask for more memory.min or memory.low than it has itself",
	  "raise its own protection to what its children ask for, or lower theirs",
	  .holds = vt_rule_overcommitted, .most = MOST_SETTINGS },
	{ "partition-invalid", "its CPU partition is not valid (cpuset.cpus.partition)",
	  "see cpuset.cpus of its parent and siblings; it is a member until then",
	  .holds = vt_rule_partition_invalid, .most = MOST_SETTINGS },
	{ "cgroups-limit", "it has as many cgroups below it as cgroup.max.descendants allows",
	  "raise cgroup.max.descendants, or remove cgroups that are not used",
	  .holds = vt_rule_full_of_cgroups, .most = MOST_SETTINGS },
	{ "dying-cgroups", "2000 cgroups that were removed below it are not gone yet, or more",
	  "something makes and removes cgroups all the time; memory.reclaim of this one frees them",
	  .holds = vt_rule_dying, .most = MOST_SETTINGS },
	{ "no-controller",
	  "a container, or a unit with a limit, whose controller is not enabled, though v2 has it",
	  "enable the controller in the cgroups above it", .holds = vt_rule_no_controller,
	  .most = MOST_SETTINGS },
	{ "no-controller", NULL, "enable the controller in the cgroups above it, or reload systemd",
	  .holds = vt_rule_unit_without_controller, .most = MOST_SETTINGS },
	{ "behind-systemd", "a limit of a unit is not what systemd's files say",
	  "systemd will write its own again: set it with systemctl set-property, or reload it",
	  .holds = vt_rule_behind_systemd, .most = MOST_SETTINGS },
	{ "cannot-bind", "an ancestor has a lower limit than its own, which so does nothing",
	  "raise the ancestor's limit, or lower this one below it", .holds = vt_rule_cannot_bind,
	  .most = MOST_SETTINGS },
	{ "weight-idle", "its cpu.weight or io.weight is set, and no sibling competes",
	  "weights count among siblings: set it where others compete", .holds = vt_rule_weight_idle,
	  .most = MOST_SETTINGS },
};
const size_t vt_n_rules = VT_LEN(vt_rules);
