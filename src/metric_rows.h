/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef VT_METRIC_ROWS_H
#define VT_METRIC_ROWS_H

/*
 * Every figure that virttop knows, one row each. A row makes the struct field,
 * its validity bit, its column, sort key, filter field, detail line, JSON key
 * and its line in the man page. To add a metric: one row here, and the line in
 * a probe that sets it (VT_SET).
 *
 *   G(field, unit, json, title, help)                 a gauge, uint64_t
 *   F(field, unit, json, title, help)                 a gauge, double
 *   C(field, unit, json, title, help)                 a counter, uint64_t
 *   R(field, counter, scale, unit, json, title, help) growth of a counter a second, times scale
 *   S(field, part, whole, json, title, help)          growth of part in growth of whole, percent
 *   T(field, unit, json, title, help)                 a string (unit TEXT or WORDS)
 *
 * json is the path below the kind's object; "" leaves the row out of JSON
 * (it is then in there another way). Counters of a kind come before the rows
 * made from them. A gauge of VT_MAX (or infinity) is "max".
 */

#define VT_PRESSURE_ROWS(res, G, F, C, R, S, T)                                                    \
	F(psi_##res##_some_avg10, PERCENT, "pressure." #res ".some_avg10", #res " SOME",           \
	  "share of the last 10 s in which some task waited for " #res " (PSI)")           \
	F(psi_##res##_full_avg10, PERCENT, "pressure." #res ".full_avg10", #res " FULL",           \
	  "share of the last 10 s in which all tasks waited for " #res " (PSI)")           \
	F(psi_##res##_some_avg60, PERCENT, "pressure." #res ".some_avg60", #res " SOME60",         \
	  "share of the last 60 s in which some task waited for " #res " (PSI)")           \
	F(psi_##res##_full_avg60, PERCENT, "pressure." #res ".full_avg60", #res " FULL60",         \
	  "share of the last 60 s in which all tasks waited for " #res " (PSI)")           \
	F(psi_##res##_some_avg300, PERCENT, "pressure." #res ".some_avg300", #res " SOME300",      \
	  "share of the last 5 min in which some task waited for " #res " (PSI)")          \
	F(psi_##res##_full_avg300, PERCENT, "pressure." #res ".full_avg300", #res " FULL300",      \
	  "share of the last 5 min in which all tasks waited for " #res " (PSI)")          \
	C(psi_##res##_some_total_usec, USEC, "pressure." #res ".some_total_usec", #res " SOMETOT", \
	  "time in which some task waited for " #res " (PSI total)")                       \
	C(psi_##res##_full_total_usec, USEC, "pressure." #res ".full_total_usec", #res " FULLTOT", \
	  "time in which all tasks waited for " #res " (PSI total)")                       \
	R(psi_##res##_some_percent, psi_##res##_some_total_usec, 1e-4, PERCENT,                    \
	  "pressure." #res ".some_percent", #res "%",                                      \
	  "share of the last interval in which some task waited for " #res ", from PSI total") \
	R(psi_##res##_full_percent, psi_##res##_full_total_usec, 1e-4, PERCENT,                    \
	  "pressure." #res ".full_percent", #res " FULL%",                                 \
	  "share of the last interval in which all tasks waited for " #res ", from PSI total")

/* What an exit costs (exit_cost.h); in the order of enum vt_cost_kind, six rows each. */
#define VT_EXIT_COST_ROW(G, F, T, kind, what)                                                      \
	F(cost_##kind##_min_ns, NSEC, "exit_cost." #kind ".min_ns", #kind " MIN", "fastest measured " what) \
	F(cost_##kind##_median_ns, NSEC, "exit_cost." #kind ".median_ns", #kind, "middle of the measured " what) \
	F(cost_##kind##_p99_ns, NSEC, "exit_cost." #kind ".p99_ns", #kind " P99", "99 of 100 measured were faster: " what) \
	F(cost_##kind##_median_cycles, COUNT, "exit_cost." #kind ".median_cycles", #kind " CYCLES", "the middle in cycles of the time counter: " what) \
	G(cost_##kind##_samples, COUNT, "exit_cost." #kind ".samples", #kind " N", "how many were measured: " what) \
	T(cost_##kind##_why, TEXT, "exit_cost." #kind ".why", #kind " WHY", "why it was not measured: " what)
#define VT_EXIT_COST_ROWS(G, F, T)                                                                 \
	VT_EXIT_COST_ROW(G, F, T, syscall, "system calls (getppid), for comparison")               \
	VT_EXIT_COST_ROW(G, F, T, switch, "context switches with a pipe, for comparison")          \
	VT_EXIT_COST_ROW(G, F, T, io, "exits for an I/O port, to the VMM and back")                \
	VT_EXIT_COST_ROW(G, F, T, mmio, "exits for a device's memory, to the VMM and back")        \
	VT_EXIT_COST_ROW(G, F, T, hlt, "exits for HLT, to the VMM and back")                       \
	VT_EXIT_COST_ROW(G, F, T, cpuid, "exits for CPUID, answered by KVM in the kernel")         \
	VT_EXIT_COST_ROW(G, F, T, hypercall, "exits for a hypercall, answered by KVM in the kernel")

/* Flaws whose mitigation makes exits dearer: files of sys/devices/system/cpu/vulnerabilities. */
#define VT_MITIGATION_ROW(T, name, costs)                                                          \
	T(mitigation_##name, TEXT, "cpu.mitigations." #name, #name, costs)
#define VT_MITIGATION_ROWS(T)                                                                      \
	VT_MITIGATION_ROW(T, meltdown, "PTI: page tables change on each way to user space, so at each exit to the VMM") \
	VT_MITIGATION_ROW(T, spectre_v2, "barriers between guests, the return stack filled at each exit") \
	VT_MITIGATION_ROW(T, retbleed, "branch predictors cleared or untrained at entries to the kernel") \
	VT_MITIGATION_ROW(T, spec_rstack_overflow, "AMD: return predictions made safe, or all cleared (IBPB), at each exit") \
	VT_MITIGATION_ROW(T, l1tf, "Intel: the L1 data cache flushed before VM entries, all or some") \
	VT_MITIGATION_ROW(T, mds, "Intel: CPU buffers cleared before VM entries")                  \
	VT_MITIGATION_ROW(T, mmio_stale_data, "Intel: CPU buffers cleared before VM entries")      \
	VT_MITIGATION_ROW(T, tsx_async_abort, "Intel: CPU buffers cleared before VM entries")      \
	VT_MITIGATION_ROW(T, reg_file_data_sampling, "Intel: CPU buffers cleared before VM entries") \
	VT_MITIGATION_ROW(T, tsa, "AMD: CPU buffers cleared before VM entries")                    \
	VT_MITIGATION_ROW(T, itlb_multihit, "Intel: guests' huge pages split where code runs, so more page faults") \
	VT_MITIGATION_ROW(T, vmscape, "branch predictors cleared (IBPB) before an exit goes on to the VMM")

/* Time that tasks lost to interrupts: the kernel knows of all tasks only. */
#define VT_PRESSURE_IRQ_ROWS(G, F, C, R, S, T)                                                     \
	F(psi_irq_full_avg10, PERCENT, "pressure.irq.full_avg10", "irq FULL",                      \
	  "share of the last 10 s that interrupts took from all tasks (PSI)")                      \
	F(psi_irq_full_avg60, PERCENT, "pressure.irq.full_avg60", "irq FULL60",                    \
	  "share of the last 60 s that interrupts took from all tasks (PSI)")                      \
	F(psi_irq_full_avg300, PERCENT, "pressure.irq.full_avg300", "irq FULL300",                 \
	  "share of the last 5 min that interrupts took from all tasks (PSI)")                     \
	C(psi_irq_full_total_usec, USEC, "pressure.irq.full_total_usec", "irq FULLTOT",            \
	  "time that interrupts took from all tasks (PSI total)")                                  \
	R(psi_irq_full_percent, psi_irq_full_total_usec, 1e-4, PERCENT, "pressure.irq.full_percent", "irq FULL%", \
	  "share of the last interval that interrupts took from all tasks, from PSI total")

#define VT_HOST_ROWS(G, F, C, R, S, T)                                                             \
	T(hostname, TEXT, "hostname", "HOST", "name of the host")                                  \
	T(kernel, TEXT, "kernel", "KERNEL", "kernel release")                                      \
	T(arch, TEXT, "arch", "ARCH", "machine architecture")                                      \
	T(boot_id, TEXT, "boot_id", "BOOT ID", "random id of this boot")                           \
	G(uptime_usec, USEC, "uptime_usec", "UPTIME", "time since boot")                           \
	G(boot_time_usec, USEC, "", "BOOT", "when it booted, since 1970")                          \
	F(load1, COUNT, "load1", "LOAD", "load average of the last minute")                        \
	C(cpu_busy_usec, USEC, "cpu.busy_usec", "CPU BUSY", "time the CPUs were not idle")         \
	C(cpu_total_usec, USEC, "cpu.total_usec", "CPU TOTAL", "time of all CPUs")                 \
	S(cpu_percent, cpu_busy_usec, cpu_total_usec, "cpu.percent", "CPU%",                       \
	  "busy share of all CPUs together, 0 to 100")                                             \
	T(cpu_vendor, TEXT, "cpu.vendor", "VENDOR", "CPU vendor")                                  \
	T(cpu_model, TEXT, "cpu.model", "MODEL", "CPU model")                                      \
	G(cpu_threads, COUNT, "cpu.threads", "CPUS", "CPUs online (hardware threads)")             \
	T(cpu_virtualization, TEXT, "cpu.virtualization", "VIRT",                                  \
	  "VT-x, AMD-V or none: what the CPU flags offer")                                         \
	T(cpu_virtualization_state, TEXT, "cpu.virtualization_state", "STATE", "usable, off in firmware, masked, absent, or unknown") \
	T(cpu_virtualization_why, TEXT, "cpu.virtualization_why", "WHY", "how that is known, or what would tell")  \
	T(cpu_flags, WORDS, "cpu.flags", "FLAGS", "CPU flags that concern virtualization")         \
	T(cpu_features_unknown, TEXT, "cpu.features_unknown", "NOT KNOWN", "why features that show no flag may be there all the same") \
	T(iommu, WORDS, "cpu.iommu", "IOMMU", "units that keep a device's memory accesses within its guest: VT-d, AMD-Vi, SMMU; none") \
	G(iommu_groups, COUNT, "cpu.iommu_groups", "IOMMU GROUPS", "sets of devices that can only be given to one guest together") \
	T(iommu_why, TEXT, "cpu.iommu_why", "IOMMU WHY", "why there is none or it is not known")  \
	VT_EXIT_COST_ROWS(G, F, T)                                                                 \
	VT_MITIGATION_ROWS(T)                                                                      \
	T(hypervisor, TEXT, "hypervisor.running_under", "RUNS UNDER", "hypervisor that this host runs on") \
	G(hypervisor_type, COUNT, "hypervisor.type", "TYPE", "type 1 or type 2 hypervisor")        \
	T(hypervisor_evidence, TEXT, "hypervisor.evidence", "EVIDENCE", "how that is known")       \
	T(hypervisor_type_why, TEXT, "hypervisor.type_why", "WHY TYPE", "why it is of that type, or both, or why it cannot be told") \
	T(hypervisor_mode, TEXT, "hypervisor.mode", "MODE", "Xen: dom0, or what kind of guest: PV, HVM, PVH") \
	T(hypervisor_vmm, TEXT, "hypervisor.vmm", "VMM", "program or board in front of the hypervisor: QEMU, Firecracker, Nitro") \
	T(hypervisor_platform, TEXT, "hypervisor.platform", "PLATFORM", "cloud that this host belongs to") \
	T(hypervisor_layers, WORDS, "hypervisor.layers", "LAYERS", "what this host is inside of, innermost first: a container, its machine, what that is inside of") \
	T(hypervisor_also, WORDS, "hypervisor.also", "ALSO", "other hypervisors that marks name: one shows another's interface, is inside of it, or a mark is false") \
	T(hypervisor_features, WORDS, "hypervisor.features", "PARAVIRT", "help that KVM offers its guest: CPUID leaf 0x40000001") \
	T(hypervisor_container, TEXT, "hypervisor.container", "CONTAINER", "container engine that this host is inside of; none: the first PID namespace") \
	T(hypervisor_container_evidence, TEXT, "hypervisor.container_evidence", "CONTAINER EVIDENCE", "how that is known, or why it is not") \
	G(kvm_device, BOOL, "kvm.device", "/DEV/KVM", "/dev/kvm is there")                         \
	G(kvm_usable, BOOL, "kvm.usable", "USABLE", "we may open /dev/kvm")                        \
	G(kvm_nested, BOOL, "kvm.nested", "NESTED", "guests may run guests")                       \
	T(kvm_why, TEXT, "kvm.why", "WHY", "why KVM can or cannot be used")                        \
	T(kvm_permissions, TEXT, "kvm.permissions", "PERMISSIONS", "mode, owner, group and ACL of /dev/kvm") \
	G(kvm_halt_poll_ns, COUNT, "kvm.halt_poll_ns", "HALT POLL", "nanoseconds that KVM spins for a halted vCPU's wake-up before it sleeps, at most") \
	C(kvm_exits, COUNT, "kvm.exits.total", "EXITS", "exits of all VMs that run, since each began") \
	C(kvm_io_exits, COUNT, "kvm.exits.io", "IO", "exits for I/O ports, of all VMs")            \
	C(kvm_mmio_exits, COUNT, "kvm.exits.mmio", "MMIO", "exits for memory of devices, of all VMs") \
	C(kvm_halt_exits, COUNT, "kvm.exits.halt", "HALT", "exits since a vCPU had nothing to do, of all VMs") \
	C(kvm_irq_exits, COUNT, "kvm.exits.irq", "IRQ", "exits for interrupts of this host, of all VMs") \
	C(kvm_halt_polls, COUNT, "kvm.halt_polls", "POLLS", "wake-ups that halt polling caught, of all VMs") \
	T(kvm_debugfs, TEXT, "kvm.debugfs", "DEBUGFS",                                             \
	  "state of KVM's statistics in debugfs: readable, locked down, not mounted")              \
	T(kvm_tracefs, TEXT, "kvm.tracefs", "TRACEFS",                                             \
	  "state of tracefs, whose tracepoints exits are traced by: readable, not mounted")        \
	T(lockdown, TEXT, "lockdown", "LOCKDOWN", "kernel lockdown: none, integrity, confidentiality") \
	T(cgroup_mode, TEXT, "cgroup.mode", "CGROUPS", "unified, hybrid or legacy")                \
	T(cgroup_mount, TEXT, "cgroup.mount", "MOUNT", "where cgroup v2 is mounted")               \
	T(cgroup_options, WORDS, "cgroup.options", "OPTIONS",                                      \
	  "options of the cgroup v2 mount that change what its files say: memory_recursiveprot, ...") \
	T(cgroup_root, TEXT, "cgroup.root", "MOUNT ROOT",                                          \
	  "the cgroup that this mount begins at, as virttop's cgroup namespace names it")          \
	T(cgroup_controllers, WORDS, "cgroup.controllers", "CONTROLLERS", "controllers that v2 has") \
	T(cgroup_v1_controllers, WORDS, "cgroup.v1_controllers", "V1", "controllers that v1 holds") \
	G(mem_total_bytes, BYTES, "memory.total_bytes", "MEM TOTAL", "memory of the host")         \
	G(mem_available_bytes, BYTES, "memory.available_bytes", "MEM AVAIL",                       \
	  "memory that can be had without swapping")                                               \
	G(swap_total_bytes, BYTES, "memory.swap_total_bytes", "SWAP TOTAL", "swap space")          \
	G(swap_free_bytes, BYTES, "memory.swap_free_bytes", "SWAP FREE", "unused swap space")      \
	G(pid_max, COUNT, "pid_max", "PIDMAX", "one more than the largest pid (kernel.pid_max)")   \
	G(threads_max, COUNT, "threads_max", "THREADSMAX", "most tasks that the kernel makes (kernel.threads-max)") \
	G(tasks, COUNT, "tasks", "TASKS", "tasks that exist, threads counted (/proc/loadavg)")     \
	G(files_open, COUNT, "files_open", "FILES", "open files of all processes (fs.file-nr)")    \
	G(files_max, COUNT, "files_max", "FILESMAX", "most open files that the kernel allows (fs.file-max)") \
	C(forks, COUNT, "process_events.forks", "FORKS", "processes made since virttop began, seen or not (process connector)") \
	C(execs, COUNT, "process_events.execs", "EXECS", "programs started since then")            \
	C(exits, COUNT, "process_events.exits", "EXITS", "processes ended since then")             \
	R(fork_rate, forks, 1, PER_SEC, "process_events.forks_per_sec", "FORK/s", "processes made a second") \
	R(exec_rate, execs, 1, PER_SEC, "process_events.execs_per_sec", "EXEC/s", "programs started a second") \
	R(exit_rate, exits, 1, PER_SEC, "process_events.exits_per_sec", "EXIT/s", "processes ended a second") \
	C(process_event_overruns, COUNT, "process_events.overruns", "LOST", "times that some of these could not be counted") \
	G(processes, COUNT, "processes", "PROCS", "processes seen")                                \
	G(threads, COUNT, "threads", "THREADS", "threads of the processes seen")                   \
	VT_PRESSURE_ROWS(cpu, G, F, C, R, S, T)                                                    \
	VT_PRESSURE_ROWS(memory, G, F, C, R, S, T)                                                 \
	VT_PRESSURE_ROWS(io, G, F, C, R, S, T)                                                     \
	VT_PRESSURE_IRQ_ROWS(G, F, C, R, S, T)

#define VT_PROCESS_ROWS(G, F, C, R, S, T)                                                          \
	G(pid, ID, "pid", "PID", "process id in virttop's PID namespace")                          \
	G(ppid, ID, "ppid", "PPID", "parent process id")                                           \
	G(start_ticks, TICKS, "start_ticks", "START", "start time in clock ticks since boot")      \
	T(comm, TEXT, "comm", "COMMAND", "command name")                                           \
	T(state, TEXT, "state", "S", "state as in /proc/PID/stat: R S D Z T t X I")                \
	G(uid, ID, "uid", "UID", "effective user id")                                              \
	G(real_uid, ID, "real_uid", "RUID", "real user id: whose processes RLIMIT_NPROC counts")   \
	G(user_tasks, COUNT, "user_tasks", "USERTASKS",                                            \
	  "tasks of all processes with its real uid, as far as they are seen")                     \
	G(cgroup_id, ID, "cgroup_id", "CGID", "id of its cgroup")                                  \
	G(threads, COUNT, "threads", "THR", "number of threads")                                   \
	C(cpu_usec, USEC, "cpu_usec", "TIME", "user and system CPU time")                          \
	R(cpu_percent, cpu_usec, 1e-4, PERCENT, "cpu_percent", "CPU%", "share of one CPU")         \
	G(rss_bytes, BYTES, "rss_bytes", "RSS", "resident memory")

/* A namespace has the figures of its own type only, which share their room (model.h). */
#define VT_NS_USER_ROWS(G, F, C, R, S, T)                                                          \
	T(uid_map, TEXT, "uid_map", "UID MAP", "first uid inside, first uid here, how many; several separated by commas (user)") \
	T(gid_map, TEXT, "gid_map", "GID MAP", "the same of gids (user)")                          \
	T(setgroups, TEXT, "setgroups", "SETGROUPS", "allow or deny: whether members may call setgroups (user)") \
	G(root_uid, ID, "root_uid", "ROOT UID", "uid here of uid 0 inside (user)")                 \
	G(mapped_uids, COUNT, "mapped_uids", "UIDS", "uids that are mapped (user)")

#define VT_NS_PID_ROWS(G, F, C, R, S, T)                                                           \
	G(init_pid, ID, "init_pid", "INIT", "pid here of the process that is PID 1 inside (pid)")

#define VT_NS_MNT_ROWS(G, F, C, R, S, T)                                                           \
	G(mounts, COUNT, "mounts", "MOUNTS", "mounts that its processes see (mnt)")                \
	G(own_mounts, COUNT, "own_mounts", "OWN MOUNTS", "mount points that the initial one does not have (mnt)") \
	T(root_fs, TEXT, "root_fs", "ROOT FS", "type of the file system at its root (mnt)")        \
	G(root_read_only, BOOL, "root_read_only", "ROOT RO", "its root cannot be written to (mnt)") \
	T(propagation, TEXT, "propagation", "PROPAGATION", "of its root: private, shared, slave, shared and slave, unbindable (mnt)") \
	G(overlay_layers, COUNT, "overlay_layers", "LAYERS", "lower layers of the overlay at its root (mnt)")

#define VT_NS_NET_ROWS(G, F, C, R, S, T)                                                           \
	T(interfaces, TEXT, "interfaces", "INTERFACES", "names of its network interfaces (net)")   \
	T(wiring, TEXT, "wiring", "WIRING", "its links to other network namespaces: interface, peer, bridge (net)") \
	G(nsid, ID, "nsid", "NSID", "number that virttop's network namespace has for it (net; RTM_GETNSID)") \
	G(routes, COUNT, "routes", "ROUTES", "routes but for those of its local table, 10000 at most (net)") \
	G(listening, COUNT, "sockets.listening", "LISTEN", "TCP sockets that listen (net; sock_diag)") \
	G(connected, COUNT, "sockets.connected", "CONN", "TCP sockets that are connected (net; sock_diag)") \
	G(udp_sockets, COUNT, "sockets.udp", "UDP", "UDP sockets (net; sock_diag)")

#define VT_NS_UTS_ROWS(G, F, C, R, S, T)                                                           \
	T(hostname, TEXT, "hostname", "HOSTNAME", "host name (uts)")                               \
	T(domain, TEXT, "domain", "DOMAIN", "NIS domain name, where one is set (uts)")

#define VT_NS_IPC_ROWS(G, F, C, R, S, T)                                                           \
	G(shm_segments, COUNT, "ipc.shm_segments", "SHM", "System V shared memory segments (ipc)") \
	G(shm_bytes, BYTES, "ipc.shm_bytes", "SHM SIZE", "their size together (ipc)")              \
	G(semaphore_sets, COUNT, "ipc.semaphore_sets", "SEM", "System V semaphore sets (ipc)")     \
	G(message_queues, COUNT, "ipc.message_queues", "MSG", "System V message queues (ipc)")     \
	G(posix_queues, COUNT, "ipc.posix_queues", "MQUEUE", "POSIX message queues (ipc)")

#define VT_NS_CGROUP_ROWS(G, F, C, R, S, T)                                                        \
	T(cgroup_root, TEXT, "cgroup_root", "CGROUP ROOT", "the cgroup that is the root inside (cgroup)")

#define VT_NS_TIME_ROWS(G, F, C, R, S, T)                                                          \
	F(monotonic_offset, COUNT, "monotonic_offset_seconds", "MONO OFFSET", "what the monotonic clock is ahead by, in seconds (time)") \
	F(boottime_offset, COUNT, "boottime_offset_seconds", "BOOT OFFSET", "what the boot-time clock is ahead by, in seconds (time)")

#define VT_NS_COMMON_ROWS(G, F, C, R, S, T)                                                        \
	T(type, TEXT, "type", "TYPE", "mnt, pid, net, uts, ipc, user, cgroup or time")             \
	G(id, ID, "id", "ID", "nsfs inode number")                                                 \
	G(parent_id, ID, "parent", "PARENT", "parent namespace (pid and user; NS_GET_PARENT)")     \
	G(owner_id, ID, "owner_user_ns", "OWNER", "owning user namespace (NS_GET_USERNS)")         \
	G(owner_uid, ID, "owner_uid", "OWNER UID", "uid of the creator (user; NS_GET_OWNER_UID)")  \
	G(level, COUNT, "level", "LVL", "depth below the initial namespace (pid and user)")        \
	G(processes, COUNT, "processes", "PROCS", "processes in it")                               \
	G(leader_pid, ID, "leader_pid", "PID", "its oldest process")                               \
	T(leader_comm, TEXT, "leader_comm", "LEADER", "command of its oldest process")             \
	G(initial, BOOL, "initial", "INITIAL", "the host's first namespace of its type")           \
	G(keepers, COUNT, "keepers", "KEEPERS", "things that were seen to keep it; kept_by lists the first 8 of them") \
	T(inside, TEXT, "inside", "INSIDE", "what is inside, in words")                            \
	F(cpu_percent, PERCENT, "cpu_percent", "CPU%", "CPU of its processes, share of one CPU")   \
	G(rss_bytes, BYTES, "rss_bytes", "RSS", "resident memory of its processes, shared pages counted each time")

#define VT_NAMESPACE_ROWS(G, F, C, R, S, T)                                                        \
	VT_NS_COMMON_ROWS(G, F, C, R, S, T)                                                        \
	VT_NS_USER_ROWS(G, F, C, R, S, T)                                                          \
	VT_NS_PID_ROWS(G, F, C, R, S, T)                                                           \
	VT_NS_MNT_ROWS(G, F, C, R, S, T)                                                           \
	VT_NS_NET_ROWS(G, F, C, R, S, T)                                                           \
	VT_NS_UTS_ROWS(G, F, C, R, S, T)                                                           \
	VT_NS_IPC_ROWS(G, F, C, R, S, T)                                                           \
	VT_NS_CGROUP_ROWS(G, F, C, R, S, T)                                                        \
	VT_NS_TIME_ROWS(G, F, C, R, S, T)

#define VT_KEEPER_ROWS(G, F, C, R, S, T)                                                           \
	T(how, TEXT, "how", "KEPT BY",                                                             \
	  "process (in it, or its children will be), thread, descriptor, bind (a mount), socket, child (a namespace below it, or that it owns)") \
	T(where, TEXT, "where", "WHERE",                                                           \
	  "a path that leads to it: /proc/PID, /proc/PID/task/TID, /proc/PID/fd/N, a mount point; of a child its type and id")

#define VT_CGROUP_ROWS(G, F, C, R, S, T)                                                           \
	G(id, ID, "id", "ID", "cgroup id: the directory's inode number")                           \
	T(path, TEXT, "path", "CGROUP", "path below the cgroup v2 mount")                          \
	G(parent_id, ID, "parent_id", "PARENT", "id of the parent")                                \
	T(type, TEXT, "type", "TYPE", "domain, threaded, domain threaded, domain invalid (cgroup.type)") \
	T(controllers, WORDS, "controllers", "CONTROLLERS", "controllers it may use (cgroup.controllers)") \
	T(subtree_control, WORDS, "subtree_control", "SUBTREE",                                    \
	  "controllers its children may use (cgroup.subtree_control)")                             \
	G(processes, COUNT, "processes", "PROCS", "processes in it, not below")                    \
	G(processes_below, COUNT, "processes_below", "TASKS", "processes in it and below")         \
	G(populated, BOOL, "populated", "POP", "it or a descendant has processes (cgroup.events)") \
	G(frozen, BOOL, "frozen", "FROZEN", "all its processes are frozen (cgroup.events)")        \
	T(unit, TEXT, "unit", "UNIT", "systemd unit that it belongs to, by its name")              \
	T(kind, TEXT, "kind", "KIND",                                                              \
	  "what it is: root, slice, service, scope, session, user manager, container, pod, machine, ...") \
	G(delegated, BOOL, "delegated", "DELEG", "handed over to somebody else (Delegate= of systemd)") \
	G(owner_uid, ID, "owner_uid", "OWNER", "who owns its directory; not root: it was delegated to that user") \
	T(invocation_id, TEXT, "invocation_id", "INVOCATION", "systemd's id of this run of the unit") \
	G(host_figures, BOOL, "host_figures", "HOST'S",                                            \
	  "memory, tasks and limits shown are the host's: the root cgroup has no such files")      \
	G(unit_memory_max, BYTES, "systemd.memory_max_bytes", "MemoryMax", "what systemd's files say of its unit; max: nothing") \
	G(unit_memory_high, BYTES, "systemd.memory_high_bytes", "MemoryHigh", "the same of MemoryHigh=") \
	F(unit_cpu_max_percent, PERCENT, "systemd.cpu_max_percent", "CPUQuota", "the same of CPUQuota=") \
	G(unit_pids_max, COUNT, "systemd.pids_max", "TasksMax", "the same of TasksMax=, where they say it") \
	G(descendants, COUNT, "descendants", "DESC", "cgroups below it (cgroup.stat)")             \
	G(dying_descendants, COUNT, "dying_descendants", "DYING",                                  \
	  "cgroups below it that are removed and still hold memory (cgroup.stat)")                 \
	G(pressure_enabled, BOOL, "pressure_enabled", "PSI", "its pressure is accounted (cgroup.pressure)") \
	G(max_depth, COUNT, "max_depth", "MAXDEPTH", "cgroup.max.depth")                           \
	G(max_descendants, COUNT, "max_descendants", "MAXDESC", "cgroup.max.descendants")          \
	C(cpu_usage_usec, USEC, "cpu.usage_usec", "CPU TIME", "CPU time of it and below (cpu.stat)") \
	C(cpu_user_usec, USEC, "cpu.user_usec", "USER", "user part (cpu.stat)")                    \
	C(cpu_system_usec, USEC, "cpu.system_usec", "SYSTEM", "system part (cpu.stat)")            \
	C(cpu_nice_usec, USEC, "cpu.nice_usec", "NICE", "part of niced tasks (cpu.stat)")          \
	C(cpu_force_idle_usec, USEC, "cpu.force_idle_usec", "FORCEIDLE", "time forced idle by core scheduling (cpu.stat)") \
	R(cpu_percent, cpu_usage_usec, 1e-4, PERCENT, "cpu.percent", "CPU%", "share of one CPU")   \
	F(cpu_host_percent, PERCENT, "cpu.host_percent", "CPU%HOST", "share of all CPUs of the host") \
	F(cpu_of_limit_percent, PERCENT, "cpu.of_limit_percent", "CPU%LIM",                        \
	  "CPU used, as a share of what it may use at most: cpu.max, its CPUs")                    \
	F(cpu_max_percent, PERCENT, "cpu.max_percent", "CPUMAX", "cpu.max as a share of one CPU")  \
	G(cpu_max_quota_usec, USEC, "cpu.max_quota_usec", "QUOTA", "cpu.max quota a period")       \
	G(cpu_max_period_usec, USEC, "cpu.max_period_usec", "PERIOD", "cpu.max period")            \
	G(cpu_max_burst_usec, USEC, "cpu.max_burst_usec", "BURST", "unused quota that may be saved up (cpu.max.burst)") \
	G(cpu_weight, COUNT, "cpu.weight", "WEIGHT", "cpu.weight, 1 to 10000")                     \
	G(cpu_idle, BOOL, "cpu.idle", "IDLE", "runs only when nothing else wants to (cpu.idle)")   \
	F(cpu_uclamp_min, PERCENT, "cpu.uclamp_min_percent", "UCLAMPMIN", "least assumed utilization (cpu.uclamp.min)") \
	F(cpu_uclamp_max, PERCENT, "cpu.uclamp_max_percent", "UCLAMPMAX", "most assumed utilization (cpu.uclamp.max)") \
	C(nr_periods, COUNT, "cpu.nr_periods", "PERIODS", "periods with runnable tasks (cpu.stat)") \
	C(nr_throttled, COUNT, "cpu.nr_throttled", "THROTTLED", "periods cut short (cpu.stat)")    \
	C(throttled_usec, USEC, "cpu.throttled_usec", "THRTIME", "time throttled, summed over CPUs (cpu.stat)") \
	C(nr_bursts, COUNT, "cpu.nr_bursts", "BURSTS", "periods that used saved quota (cpu.stat)") \
	C(burst_usec, USEC, "cpu.burst_usec", "BURSTTIME", "time run on saved quota (cpu.stat)")   \
	C(throttled_local_usec, USEC, "cpu.throttled_local_usec", "THRLOCAL",                      \
	  "time its own tasks were throttled, by its cpu.max or an ancestor's (cpu.stat.local)")   \
	S(throttled_percent, nr_throttled, nr_periods, "cpu.throttled_percent", "THR%",            \
	  "share of periods that cpu.max cut short")                                               \
	R(throttled_time_percent, throttled_usec, 1e-4, PERCENT, "cpu.throttled_time_percent",     \
	  "THRTIME%", "throttled time a second of wall time, all CPUs together")                   \
	R(throttled_local_percent, throttled_local_usec, 1e-4, PERCENT, "cpu.throttled_local_percent", \
	  "THRLOCAL%", "the same of its own tasks, throttled by whom it may be (cpu.stat.local)")  \
	G(memory_current_bytes, BYTES, "memory.current_bytes", "MEM", "memory.current")            \
	G(memory_max_bytes, BYTES, "memory.max_bytes", "MEMMAX", "memory.max")                     \
	G(memory_high_bytes, BYTES, "memory.high_bytes", "MEMHIGH", "memory.high")                 \
	G(memory_low_bytes, BYTES, "memory.low_bytes", "MEMLOW", "memory.low")                     \
	G(memory_min_bytes, BYTES, "memory.min_bytes", "MEMMIN", "memory.min")                     \
	G(memory_peak_bytes, BYTES, "memory.peak_bytes", "MEMPEAK", "memory.peak")                 \
	G(swap_current_bytes, BYTES, "memory.swap_current_bytes", "SWAP", "memory.swap.current")   \
	G(swap_max_bytes, BYTES, "memory.swap_max_bytes", "SWAPMAX", "memory.swap.max")            \
	G(swap_high_bytes, BYTES, "memory.swap_high_bytes", "SWAPHIGH", "memory.swap.high")        \
	G(swap_peak_bytes, BYTES, "memory.swap_peak_bytes", "SWAPPEAK", "memory.swap.peak")        \
	G(zswap_current_bytes, BYTES, "memory.zswap_current_bytes", "ZSWAP", "compressed swap in memory (memory.zswap.current)") \
	G(zswap_max_bytes, BYTES, "memory.zswap_max_bytes", "ZSWAPMAX", "memory.zswap.max")        \
	G(zswap_writeback, BOOL, "memory.zswap_writeback", "ZSWAPWB", "compressed swap may go to disk (memory.zswap.writeback)") \
	G(memory_oom_group, BOOL, "memory.oom_group", "OOMGROUP", "the OOM killer ends all of it or nothing (memory.oom.group)") \
	F(memory_growth_rate, BYTES_PER_SEC, "memory.growth_bytes_per_sec", "GROWTH",              \
	  "how fast memory.current grows, averaged over about 15 s; below zero it shrinks")        \
	F(memory_of_limit_percent, PERCENT, "memory.of_limit_percent", "MEM%LIM",                  \
	  "how full the memory.max that binds is, its own or an ancestor's, or else the host's memory") \
	C(memory_events_low, COUNT, "memory.events.low", "EV LOW", "reclaimed although below low") \
	C(memory_events_high, COUNT, "memory.events.high", "EV HIGH", "times memory.high was passed") \
	C(memory_events_max, COUNT, "memory.events.max", "EV MAX", "times memory.max was about to be passed") \
	C(memory_events_oom, COUNT, "memory.events.oom", "OOM", "times memory could not be had")   \
	C(memory_events_oom_kill, COUNT, "memory.events.oom_kill", "OOMKILL", "processes of it and below killed by the OOM killer, whoever held the limit") \
	C(memory_events_oom_group_kill, COUNT, "memory.events.oom_group_kill", "OOMGROUPKILL", "times a whole group was killed") \
	C(memory_events_local_low, COUNT, "memory.events_local.low", "EVL LOW", "reclaimed although below its own low") \
	C(memory_events_local_high, COUNT, "memory.events_local.high", "EVL HIGH", "times its own memory.high was passed (memory.events.local)") \
	C(memory_events_local_max, COUNT, "memory.events_local.max", "EVL MAX", "times its own memory.max was hit (memory.events.local)") \
	C(memory_events_local_oom, COUNT, "memory.events_local.oom", "OOM LOCAL", "times its own memory.max led to OOM (memory.events.local)") \
	C(memory_events_local_oom_kill, COUNT, "memory.events_local.oom_kill", "KILLED HERE",      \
	  "processes in it, not below, killed by the OOM killer (memory.events.local)")            \
	C(swap_events_high, COUNT, "memory.swap_events.high", "SWEV HIGH", "times memory.swap.high was passed") \
	C(swap_events_max, COUNT, "memory.swap_events.max", "SWEV MAX", "times memory.swap.max was hit") \
	C(swap_events_fail, COUNT, "memory.swap_events.fail", "SWEV FAIL", "times swapping failed, for want of swap or by the limit") \
	G(memory_anon_bytes, BYTES, "memory.stat.anon", "ANON", "anonymous memory (memory.stat)")  \
	G(memory_file_bytes, BYTES, "memory.stat.file", "FILE", "page cache (memory.stat)")        \
	G(memory_kernel_bytes, BYTES, "memory.stat.kernel", "KERNEL", "kernel memory (memory.stat)") \
	G(memory_slab_bytes, BYTES, "memory.stat.slab", "SLAB", "slab (memory.stat)")              \
	G(memory_sock_bytes, BYTES, "memory.stat.sock", "SOCK", "network buffers (memory.stat)")   \
	G(memory_shmem_bytes, BYTES, "memory.stat.shmem", "SHMEM", "shared memory (memory.stat)")  \
	G(memory_kernel_stack_bytes, BYTES, "memory.stat.kernel_stack", "KSTACK", "kernel stacks (memory.stat)") \
	G(memory_pagetables_bytes, BYTES, "memory.stat.pagetables", "PAGETAB", "page tables (memory.stat)") \
	G(memory_slab_reclaimable_bytes, BYTES, "memory.stat.slab_reclaimable", "SLABRECL", "slab that can be dropped (memory.stat)") \
	G(memory_file_mapped_bytes, BYTES, "memory.stat.file_mapped", "MAPPED", "page cache that is mapped (memory.stat)") \
	G(memory_file_dirty_bytes, BYTES, "memory.stat.file_dirty", "DIRTY", "page cache to be written (memory.stat)") \
	G(memory_file_writeback_bytes, BYTES, "memory.stat.file_writeback", "WRITEBACK", "page cache being written (memory.stat)") \
	G(memory_inactive_file_bytes, BYTES, "memory.stat.inactive_file", "INACTFILE", "page cache not used lately (memory.stat)") \
	G(memory_active_file_bytes, BYTES, "memory.stat.active_file", "ACTFILE", "page cache in use (memory.stat)") \
	G(memory_unevictable_bytes, BYTES, "memory.stat.unevictable", "UNEVICT", "memory that cannot be reclaimed, locked (memory.stat)") \
	G(memory_swapcached_bytes, BYTES, "memory.stat.swapcached", "SWAPCACHED", "memory that is in swap too (memory.stat)") \
	G(memory_zswapped_bytes, BYTES, "memory.stat.zswapped", "ZSWAPPED", "memory that compressed swap holds (memory.stat)") \
	C(memory_pgfault, COUNT, "memory.stat.pgfault", "FAULTS", "page faults (memory.stat)")     \
	C(memory_pgmajfault, COUNT, "memory.stat.pgmajfault", "MAJFLT", "major faults (memory.stat)") \
	C(memory_refault_file, COUNT, "memory.stat.workingset_refault_file", "REFAULT",            \
	  "page cache read again soon after it was dropped (memory.stat)")                         \
	C(memory_refault_anon, COUNT, "memory.stat.workingset_refault_anon", "REFAULTA",           \
	  "anonymous pages read again soon after they were swapped out (memory.stat)")             \
	C(memory_pgscan, COUNT, "memory.stat.pgscan", "SCANNED", "pages looked at for reclaim (memory.stat)") \
	C(memory_pgsteal, COUNT, "memory.stat.pgsteal", "RECLAIMED", "pages reclaimed (memory.stat)") \
	C(memory_pswpin, COUNT, "memory.stat.pswpin", "SWAPIN", "pages read from swap (memory.stat)") \
	C(memory_pswpout, COUNT, "memory.stat.pswpout", "SWAPOUT", "pages written to swap (memory.stat)") \
	R(memory_reclaim_rate, memory_pgsteal, 1, PER_SEC, "memory.reclaimed_pages_per_sec", "RECL/s", "pages reclaimed a second") \
	R(memory_scan_rate, memory_pgscan, 1, PER_SEC, "memory.scanned_pages_per_sec", "SCAN/s", "pages looked at for reclaim a second") \
	R(memory_refault_file_rate, memory_refault_file, 1, PER_SEC, "memory.refaulted_file_pages_per_sec", "REFAULT/s", \
	  "pages of files read again a second soon after they were dropped: memory is short")      \
	R(memory_refault_anon_rate, memory_refault_anon, 1, PER_SEC, "memory.refaulted_anon_pages_per_sec", "REFAULTA/s", \
	  "anonymous pages read again a second soon after they were swapped out")                  \
	R(memory_majfault_rate, memory_pgmajfault, 1, PER_SEC, "memory.major_faults_per_sec", "MAJFLT/s", "major faults a second") \
	R(memory_swapin_rate, memory_pswpin, 1, PER_SEC, "memory.swapped_in_pages_per_sec", "SWAPIN/s", "pages read from swap a second") \
	R(memory_swapout_rate, memory_pswpout, 1, PER_SEC, "memory.swapped_out_pages_per_sec", "SWAPOUT/s", "pages written to swap a second") \
	G(pids_current, COUNT, "pids.current", "PIDS", "pids.current: tasks, threads counted")     \
	G(pids_max, COUNT, "pids.max", "PIDSMAX", "pids.max")                                      \
	C(pids_events_max, COUNT, "pids.events_max", "FORKFAIL",                                      \
	  "forks refused (pids.events): in it and below by its limit, or before Linux 6.11 in it by any")    \
	C(pids_events_local_max, COUNT, "pids.events_local_max", "FORKFAILL", "forks refused by its own pids.max (pids.events.local)") \
	G(pids_peak, COUNT, "pids.peak", "PIDSPEAK", "pids.peak")                                  \
	F(pids_growth_rate, PER_SEC, "pids.growth_per_sec", "PIDS/s", "how fast pids.current grows, averaged over about 15 s") \
	F(pids_of_limit_percent, PERCENT, "pids.of_limit_percent", "PIDS%LIM",                     \
	  "how full the pids.max that binds is, its own or an ancestor's, or else the kernel's limit") \
	C(io_rbytes, BYTES, "", "IOREAD", "bytes read, all devices (io.stat)")                     \
	C(io_wbytes, BYTES, "", "IOWRITE", "bytes written, all devices (io.stat)")                 \
	C(io_rios, COUNT, "", "IOREADS", "read operations, all devices (io.stat)")                 \
	C(io_wios, COUNT, "", "IOWRITES", "write operations, all devices (io.stat)")               \
	R(io_read_rate, io_rbytes, 1, BYTES_PER_SEC, "io_read_bytes_per_sec", "READ/s", "bytes read a second") \
	R(io_write_rate, io_wbytes, 1, BYTES_PER_SEC, "io_write_bytes_per_sec", "WRITE/s", "bytes written a second") \
	R(io_read_ops_rate, io_rios, 1, PER_SEC, "io_reads_per_sec", "RIO/s", "read operations a second") \
	R(io_write_ops_rate, io_wios, 1, PER_SEC, "io_writes_per_sec", "WIO/s", "write operations a second") \
	F(io_of_limit_percent, PERCENT, "io_of_limit_percent", "IO%LIM",                           \
	  "the fullest io.max of its devices, its own or an ancestor's, as a share of that limit") \
	T(io_of_limit_from, TEXT, "io_of_limit_from", "IOFROM", "the cgroup whose io.max that is") \
	G(io_weight, COUNT, "io_weight", "IOWEIGHT", "io.weight default")                          \
	G(io_bfq_weight, COUNT, "io_bfq_weight", "BFQWEIGHT", "io.bfq.weight default")             \
	T(io_prio_class, TEXT, "io_prio_class", "IOPRIO", "io.prio.class")                         \
	T(cpuset_cpus, TEXT, "cpuset.cpus", "CPUS", "cpuset.cpus")                                 \
	T(cpuset_cpus_effective, TEXT, "cpuset.cpus_effective", "CPUSEFF", "cpuset.cpus.effective") \
	T(cpuset_mems, TEXT, "cpuset.mems", "MEMS", "cpuset.mems")                                 \
	T(cpuset_mems_effective, TEXT, "cpuset.mems_effective", "MEMSEFF", "cpuset.mems.effective") \
	T(cpuset_cpus_exclusive, TEXT, "cpuset.cpus_exclusive", "CPUSEXCL", "cpuset.cpus.exclusive") \
	T(cpuset_cpus_exclusive_effective, TEXT, "cpuset.cpus_exclusive_effective", "CPUSEXCLEFF", "cpuset.cpus.exclusive.effective") \
	T(cpuset_cpus_isolated, TEXT, "cpuset.cpus_isolated", "CPUSISOL", "CPUs of isolated partitions (cpuset.cpus.isolated, root)") \
	T(cpuset_partition, TEXT, "cpuset.partition", "PARTITION",                                 \
	  "member, root or isolated, and why it is invalid (cpuset.cpus.partition)")               \
	G(cpuset_cpus_count, COUNT, "cpuset.cpus_count", "NCPUS", "how many CPUs cpuset.cpus.effective holds") \
	VT_PRESSURE_ROWS(cpu, G, F, C, R, S, T)                                                    \
	VT_PRESSURE_ROWS(memory, G, F, C, R, S, T)                                                 \
	VT_PRESSURE_ROWS(io, G, F, C, R, S, T)                                                     \
	VT_PRESSURE_IRQ_ROWS(G, F, C, R, S, T)                                                     \
	G(effective_memory_max, BYTES, "effective.memory_max.value", "MEMEFF",                     \
	  "memory.max of the cgroup with the least headroom of it and its ancestors, or the host's memory") \
	T(effective_memory_max_from, TEXT, "effective.memory_max.from", "MEMFROM",                 \
	  "the cgroup whose memory.max binds; host: the memory there is")                          \
	G(effective_memory_headroom, BYTES, "effective.memory_headroom_bytes", "HEADROOM",         \
	  "what it can still take before a memory.max binds, its own or an ancestor's")            \
	G(effective_memory_hit_usec, USEC, "effective.memory_hit_in_usec", "MEMHIT",               \
	  "time until that limit is hit, if its holder goes on growing as it does")                \
	G(effective_memory_high, BYTES, "effective.memory_high.value", "HIGHEFF",                  \
	  "memory.high of the cgroup with the least headroom to it, of it and its ancestors")      \
	T(effective_memory_high_from, TEXT, "effective.memory_high.from", "HIGHFROM", "the cgroup whose memory.high binds") \
	G(effective_memory_high_headroom, BYTES, "effective.memory_high_headroom_bytes", "HIGHROOM", \
	  "what it can still take before a memory.high slows it down")                             \
	G(effective_memory_min, BYTES, "effective.memory_min_bytes", "MINEFF",                     \
	  "memory that reclaim leaves alone: memory.min as far as ancestors and siblings leave it") \
	G(effective_memory_low, BYTES, "effective.memory_low_bytes", "LOWEFF",                     \
	  "memory that reclaim takes last: memory.low as far as ancestors and siblings leave it")  \
	G(effective_swap_max, BYTES, "effective.swap_max.value", "SWAPEFF",                        \
	  "memory.swap.max of the cgroup with the least headroom of it and its ancestors, or the host's swap") \
	T(effective_swap_max_from, TEXT, "effective.swap_max.from", "SWAPFROM",                    \
	  "the cgroup whose memory.swap.max binds; host: the swap there is")                       \
	G(effective_swap_headroom, BYTES, "effective.swap_headroom_bytes", "SWAPROOM", "what it can still swap out") \
	F(effective_cpu_max_percent, PERCENT, "effective.cpu_max_percent.value", "CPUEFF",         \
	  "most CPU that it can have, share of one CPU: the smallest cpu.max of it and its ancestors, its CPUs, the host's") \
	T(effective_cpu_max_from, TEXT, "effective.cpu_max_percent.from", "CPUFROM", "the cgroup that sets that; host: the CPUs there are") \
	T(effective_cpu_max_by, TEXT, "effective.cpu_max_percent.by", "CPUBY", "what sets that: cpu.max, cpuset.cpus or host") \
	F(effective_cpu_cores, COUNT, "effective.cpu_max_cores", "CORES", "the same as a number of CPUs") \
	T(effective_cpuset_cpus, TEXT, "effective.cpuset_cpus.value", "CPUSIN", "CPUs that its tasks may use") \
	T(effective_cpuset_cpus_from, TEXT, "effective.cpuset_cpus.from", "CPUSFROM",              \
	  "the topmost ancestor that may use no more than these; host: all CPUs")                  \
	F(effective_throttled_percent, PERCENT, "effective.throttled_percent.value", "THREFF%",    \
	  "share of periods cut short of it or the ancestor that is cut short most")               \
	T(effective_throttled_from, TEXT, "effective.throttled_percent.from", "THRFROM", "the cgroup whose cpu.max does that") \
	G(effective_pids_max, COUNT, "effective.pids_max.value", "PIDSEFF",                        \
	  "pids.max of the cgroup with the least room of it and its ancestors, or the kernel's limit") \
	T(effective_pids_max_from, TEXT, "effective.pids_max.from", "PIDSFROM",                    \
	  "the cgroup whose pids.max binds; host: kernel.threads-max or pid_max")                  \
	G(effective_pids_headroom, COUNT, "effective.pids_headroom", "PIDSROOM",                   \
	  "tasks that it can still add before a pids.max binds, its own or an ancestor's")         \
	G(effective_pids_hit_usec, USEC, "effective.pids_hit_in_usec", "PIDSHIT",                  \
	  "time until that limit is hit, if its holder goes on growing as it does")

#define VT_IODEV_ROWS(G, F, C, R, S, T)                                                            \
	T(device, TEXT, "device", "DEVICE", "major:minor")                                         \
	T(name, TEXT, "name", "NAME", "name of the device: sda, nvme0n1, dm-0")                    \
	C(rbytes, BYTES, "rbytes", "READ", "bytes read (io.stat)")                                 \
	C(wbytes, BYTES, "wbytes", "WRITTEN", "bytes written (io.stat)")                           \
	C(rios, COUNT, "rios", "READS", "read operations (io.stat)")                               \
	C(wios, COUNT, "wios", "WRITES", "write operations (io.stat)")                             \
	C(dbytes, BYTES, "dbytes", "DISCARDED", "bytes discarded (io.stat)")                       \
	C(dios, COUNT, "dios", "DISCARDS", "discard operations (io.stat)")                         \
	C(cost_usage_usec, USEC, "cost.usage_usec", "COSTUSE", "device time used, by io.cost's model (io.stat)") \
	C(cost_wait_usec, USEC, "cost.wait_usec", "COSTWAIT", "time it waited for its share by io.cost (io.stat)") \
	C(cost_indebt_usec, USEC, "cost.indebt_usec", "INDEBT", "time it paid back debts by io.cost (io.stat)") \
	C(cost_indelay_usec, USEC, "cost.indelay_usec", "INDELAY", "time its tasks were delayed by io.cost (io.stat)") \
	R(read_rate, rbytes, 1, BYTES_PER_SEC, "read_bytes_per_sec", "READ/s", "bytes read a second") \
	R(write_rate, wbytes, 1, BYTES_PER_SEC, "write_bytes_per_sec", "WRITE/s", "bytes written a second") \
	R(read_ops_rate, rios, 1, PER_SEC, "reads_per_sec", "RIO/s", "read operations a second")   \
	R(write_ops_rate, wios, 1, PER_SEC, "writes_per_sec", "WIO/s", "write operations a second") \
	R(cost_wait_percent, cost_wait_usec, 1e-4, PERCENT, "cost.wait_percent", "COSTWAIT%", "share of time it waited for its share by io.cost") \
	G(max_rbps, BYTES, "max.rbps", "RBPS", "most bytes read a second (io.max)")                \
	G(max_wbps, BYTES, "max.wbps", "WBPS", "most bytes written a second (io.max)")             \
	G(max_riops, COUNT, "max.riops", "RIOPS", "most read operations a second (io.max)")        \
	G(max_wiops, COUNT, "max.wiops", "WIOPS", "most write operations a second (io.max)")       \
	G(latency_target_usec, USEC, "latency_target_usec", "LATENCY", "latency that it shall have (io.latency)") \
	G(weight, COUNT, "weight", "WEIGHT", "io.weight for this device")                          \
	T(cost_qos, TEXT, "cost.qos", "QOS", "io.cost.qos of the device (root)")                   \
	T(cost_model, TEXT, "cost.model", "MODEL", "io.cost.model of the device (root)")           \
	G(effective_rbps, BYTES, "effective.rbps.value", "RBPSEFF", "smallest rbps of it and its ancestors") \
	T(effective_rbps_from, TEXT, "effective.rbps.from", "RBPSFROM", "the cgroup that sets it") \
	G(effective_wbps, BYTES, "effective.wbps.value", "WBPSEFF", "smallest wbps of it and its ancestors") \
	T(effective_wbps_from, TEXT, "effective.wbps.from", "WBPSFROM", "the cgroup that sets it") \
	G(effective_riops, COUNT, "effective.riops.value", "RIOPSEFF", "smallest riops of it and its ancestors") \
	T(effective_riops_from, TEXT, "effective.riops.from", "RIOPSFROM", "the cgroup that sets it") \
	G(effective_wiops, COUNT, "effective.wiops.value", "WIOPSEFF", "smallest wiops of it and its ancestors") \
	T(effective_wiops_from, TEXT, "effective.wiops.from", "WIOPSFROM", "the cgroup that sets it") \
	F(of_limit_percent, PERCENT, "of_limit_percent", "IO%LIM",                                 \
	  "how full the fullest of these limits is, by what its holder does")

#define VT_HUGETLB_ROWS(G, F, C, R, S, T)                                                          \
	T(page_size, TEXT, "", "PAGE", "huge page size as the file names say it: 2MB, 1GB")        \
	G(current_bytes, BYTES, "current_bytes", "HUGE", "hugetlb.SIZE.current")                   \
	G(max_bytes, BYTES, "max_bytes", "HUGEMAX", "hugetlb.SIZE.max")                            \
	G(rsvd_current_bytes, BYTES, "rsvd_current_bytes", "HUGERSVD", "reserved (hugetlb.SIZE.rsvd.current)") \
	G(rsvd_max_bytes, BYTES, "rsvd_max_bytes", "HUGERSVDMAX", "hugetlb.SIZE.rsvd.max")         \
	C(events_local_max, COUNT, "events_local_max", "HUGEFAILL", "allocations refused by its own limit (hugetlb.SIZE.events.local)") \
	C(events_max, COUNT, "events_max", "HUGEFAIL", "allocations refused (hugetlb.SIZE.events)")

#define VT_RESOURCE_ROWS(G, F, C, R, S, T)                                                         \
	T(controller, TEXT, "controller", "CONTROLLER", "rdma, misc or dmem")                      \
	T(name, TEXT, "name", "RESOURCE", "what is counted: mlx4_0 hca_handle, sev, ...")          \
	G(current, COUNT, "current", "USED", "in use in it and below")                             \
	G(max, COUNT, "max", "MAX", "its limit")                                                   \
	G(peak, COUNT, "peak", "PEAK", "most that was in use")                                     \
	G(capacity, COUNT, "capacity", "CAPACITY", "what the host has (root)")                     \
	C(events_local_max, COUNT, "events_local_max", "REFUSEDL", "times more was refused by its own limit (misc.events.local)") \
	C(events_max, COUNT, "events_max", "REFUSED", "times more was refused, in it or below")

#define VT_OOM_ROWS(G, F, C, R, S, T)                                                              \
	G(at_usec, USEC, "at_usec", "AT", "when, in time since boot")                              \
	G(pid, ID, "pid", "PID", "the process that was killed")                                    \
	T(comm, TEXT, "comm", "COMMAND", "its command")                                            \
	G(uid, ID, "uid", "UID", "its user")                                                       \
	G(rss_bytes, BYTES, "rss_bytes", "RSS", "its resident memory")                             \
	T(cgroup, TEXT, "cgroup", "CGROUP", "the cgroup it was in (task_memcg of the kernel log)") \
	T(holder, TEXT, "holder", "LIMIT OF", "the cgroup whose memory.max was hit (oom_memcg); unknown: the host's memory")

#define VT_CONTAINER_ROWS(G, F, C, R, S, T)                                                        \
	T(id, TEXT, "id", "ID", "container id, by the name of its cgroup")                         \
	T(name, TEXT, "name", "NAME", "name, where it is known")                                   \
	T(engine, TEXT, "engine", "ENGINE", "docker, podman, containerd, cri-o, lxc, nspawn")      \
	G(pid, ID, "pid", "PID", "its oldest process")                                             \
	G(cgroup_id, ID, "cgroup_id", "CGID", "id of its root cgroup")                             \
	G(processes, COUNT, "processes", "PROCS", "processes in it")                               \
	F(cpu_percent, PERCENT, "cpu_percent", "CPU%", "share of one CPU (cpu.stat of its cgroup)") \
	G(memory_bytes, BYTES, "memory_bytes", "MEM", "memory.current of its cgroup")

#define VT_MACHINE_ROWS(G, F, C, R, S, T)                                                          \
	G(pid, ID, "pid", "PID", "process of the VMM")                                             \
	G(start_ticks, TICKS, "start_ticks", "START", "its start time in clock ticks since boot")  \
	T(name, TEXT, "name", "MACHINE", "name, from the VMM's arguments or else its command")     \
	T(vmm, TEXT, "vmm", "VMM", "program that runs the machine: qemu, firecracker, ...")        \
	T(accel, TEXT, "accel", "RUNS BY", "what runs the guest: kvm; tcg: QEMU emulates it in software; ...") \
	T(manager, TEXT, "manager", "MANAGER", "what manages it: libvirt, kata, incus, ...")        \
	T(uuid, TEXT, "uuid", "UUID", "its UUID, from the VMM's arguments")                        \
	G(given_bytes, BYTES, "given_bytes", "MEMORY", "memory given to the guest, from the VMM's arguments") \
	T(disks, WORDS, "disks", "DISKS", "files and devices that are its disks, from the arguments") \
	T(nets, WORDS, "nets", "NETS", "its tap interfaces or kinds of network, from the arguments") \
	G(vcpu_count, COUNT, "vcpu_count", "VCPUS", "virtual CPUs")                                \
	G(memory_bytes, BYTES, "memory_bytes", "RSS", "resident memory of the VMM")                \
	G(cgroup_id, ID, "cgroup_id", "CGID", "id of its cgroup")                                  \
	T(stats_source, TEXT, "stats_source", "SOURCE", "debugfs, descriptor, tracepoint or none") \
	T(stats_why, TEXT, "stats_why", "WHY", "why there are no statistics")                      \
	F(cpu_percent, PERCENT, "cpu_percent", "CPU%", "CPU of the VMM, share of one CPU")         \
	T(state, TEXT, "state", "STATE", "running; idle: neither exits nor CPU time; stopped: its threads are stopped or frozen") \
	C(exits_total, COUNT, "exits.total", "EXITS", "VM exits")                                  \
	C(exits_io, COUNT, "exits.io", "IO", "exits for port I/O")                                 \
	C(exits_mmio, COUNT, "exits.mmio", "MMIO", "exits for memory-mapped I/O")                  \
	C(exits_halt, COUNT, "exits.halt", "HALT", "exits for HLT")                                \
	C(exits_irq, COUNT, "exits.irq", "IRQ", "exits for host interrupts")                       \
	C(exits_irq_window, COUNT, "exits.irq_window", "IRQWIN", "exits since the guest can take an interrupt again") \
	C(exits_hypercall, COUNT, "exits.hypercall", "HYPERCALL", "hypercalls")                    \
	C(exits_signal, COUNT, "exits.signal", "SIGNAL", "exits for a pending signal")             \
	C(exits_emulation, COUNT, "exits.emulation", "EMUL", "instructions emulated")              \
	C(exits_page_fault, COUNT, "exits.page_fault", "PF", "page faults that KVM took for the guest") \
	G(pages_4k, COUNT, "pages.4k", "4K", "pages of 4 KiB mapped for the guest")                \
	G(pages_2m, COUNT, "pages.2m", "2M", "huge pages of 2 MiB mapped for the guest")           \
	G(pages_1g, COUNT, "pages.1g", "1G", "huge pages of 1 GiB mapped for the guest")           \
	R(exits_rate, exits_total, 1, PER_SEC, "exits.per_sec", "EXITS/s", "VM exits a second")    \
	S(io_share, exits_io, exits_total, "exits.io_percent", "IO%", "share of the exits that are for port I/O") \
	S(mmio_share, exits_mmio, exits_total, "exits.mmio_percent", "MMIO%", "share of the exits that are for memory-mapped I/O") \
	S(halt_share, exits_halt, exits_total, "exits.halt_percent", "HLT%", "share of the exits that are for HLT") \
	S(irq_share, exits_irq, exits_total, "exits.irq_percent", "IRQ%", "share of the exits that are for host interrupts")

#define VT_VCPU_ROWS(G, F, C, R, S, T)                                                             \
	G(index, ID, "index", "VCPU", "number of the vCPU")                                        \
	G(tid, ID, "tid", "TID", "thread that runs it")                                            \
	T(state, TEXT, "state", "S", "state of that thread")                                       \
	G(host_cpu, ID, "host_cpu", "CPU", "host CPU it ran on last")                              \
	C(cpu_usec, USEC, "cpu_usec", "TIME", "CPU time of that thread")                           \
	R(cpu_percent, cpu_usec, 1e-4, PERCENT, "cpu_percent", "CPU%", "share of one CPU")         \
	C(guest_usec, USEC, "guest_usec", "GUEST", "time in guest mode")                           \
	R(guest_percent, guest_usec, 1e-4, PERCENT, "guest_percent", "GUEST%", "time in guest mode, share of one CPU") \
	T(cpus, TEXT, "cpus", "PINNED", "host CPUs that it may run on")                             \
	C(wait_usec, USEC, "wait_usec", "WAITED", "time it was runnable and waited for a host CPU (schedstat)") \
	R(wait_percent, wait_usec, 1e-4, PERCENT, "wait_percent", "WAIT%", "time it waited for a host CPU, share of the time: what its guest sees as steal") \
	C(exits, COUNT, "exits", "EXITS", "VM exits of this vCPU")                                 \
	R(exits_rate, exits, 1, PER_SEC, "exits_per_sec", "EXITS/s", "VM exits a second")

#define VT_WORKER_ROWS(G, F, C, R, S, T)                                                           \
	G(tid, ID, "tid", "TID", "the thread")                                                     \
	T(name, TEXT, "name", "WORKER", "its name: IO iothread1, vhost-4242")                      \
	T(kind, TEXT, "kind", "KIND", "iothread: of QEMU; vhost: of the kernel, a thread of the VMM since Linux 6.4, a process of its own before") \
	T(state, TEXT, "state", "S", "state of that thread")                                       \
	G(host_cpu, ID, "host_cpu", "CPU", "host CPU it ran on last")                              \
	C(cpu_usec, USEC, "cpu_usec", "TIME", "CPU time of that thread")                           \
	R(cpu_percent, cpu_usec, 1e-4, PERCENT, "cpu_percent", "CPU%", "share of one CPU")         \
	T(cpus, TEXT, "cpus", "PINNED", "host CPUs that it may run on")                            \
	C(wait_usec, USEC, "wait_usec", "WAITED", "time it was runnable and waited for a host CPU (schedstat)") \
	R(wait_percent, wait_usec, 1e-4, PERCENT, "wait_percent", "WAIT%", "time it waited for a host CPU, share of the time: so long the I/O of the guest that it does waits too")

#define VT_TAP_ROWS(G, F, C, R, S, T)                                                              \
	T(name, TEXT, "name", "TAP", "the interface, a tap or macvtap, as the VMM's descriptor has it") \
	G(queues, COUNT, "queues", "QUEUES", "descriptors of it that the VMM holds, one for each queue") \
	G(netns, ID, "namespace", "NET NS", "network namespace that it is in: what the kernel says of the descriptor, or the VMM's own where that has such an interface") \
	G(index, ID, "index", "IF", "its index there")                                             \
	T(state, TEXT, "state", "STATE", "its operational state")                                  \
	T(master, TEXT, "master", "MASTER", "interface that it is a port of, such as a bridge")    \
	T(lower, TEXT, "lower", "LOWER", "interface that a macvtap sends through")

#define VT_INTERFACE_ROWS(G, F, C, R, S, T)                                                        \
	G(index, ID, "index", "IF", "interface index in its namespace")                            \
	T(name, TEXT, "name", "INTERFACE", "interface name")                                       \
	T(kind, TEXT, "kind", "KIND", "veth, bridge, tun, ... (rtnetlink IFLA_INFO_KIND)")         \
	T(state, TEXT, "state", "STATE", "operational state")                                      \
	G(mtu, COUNT, "mtu", "MTU", "maximum transmission unit")                                   \
	T(addresses, WORDS, "addresses", "ADDRESSES", "IP addresses with their prefix lengths")    \
	T(master, TEXT, "master", "MASTER", "interface that it is a port of, such as a bridge")    \
	G(link, ID, "link", "LINK", "index of the interface that it is linked to (IFLA_LINK)")     \
	G(peer_ns, ID, "peer.namespace", "PEER NS", "network namespace of that interface")         \
	T(peer, TEXT, "peer.name", "PEER", "its name")                                             \
	C(rx_bytes, BYTES, "rx_bytes", "RX", "bytes received")                                     \
	C(tx_bytes, BYTES, "tx_bytes", "TX", "bytes sent")                                         \
	R(rx_rate, rx_bytes, 1, BYTES_PER_SEC, "rx_bytes_per_sec", "RX/s", "bytes received a second") \
	R(tx_rate, tx_bytes, 1, BYTES_PER_SEC, "tx_bytes_per_sec", "TX/s", "bytes sent a second")

#define VT_MODULE_ROWS(G, F, C, R, S, T)                                                           \
	T(name, TEXT, "name", "MODULE", "kernel module")                                           \
	G(refcount, COUNT, "refcount", "USED", "reference count (/proc/modules)")

#define VT_PARAMETER_ROWS(G, F, C, R, S, T)                                                        \
	T(name, TEXT, "name", "PARAMETER", "module parameter")                                     \
	T(value, TEXT, "value", "VALUE", "its value")

#endif
