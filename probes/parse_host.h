/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef VT_PARSE_HOST_H
#define VT_PARSE_HOST_H

#include "parse.h"

/* Pure parsers of host-wide files of proc(5) and securityfs, with the promises of parse.h. */

/* The first processor of /proc/cpuinfo, and how many there are. Missing ones are empty. */
struct vt_cpuinfo {
	struct vt_slice vendor, model, flags, vmx_flags;
	uint64_t threads;
	bool has_vmx_line; /* may be empty */
};
bool vt_parse_cpuinfo(const char *text, struct vt_cpuinfo *ret);
/* Only x86 has the flag "hypervisor", so that its absence says something. */
bool vt_cpuinfo_is_x86(const struct vt_cpuinfo *info);

struct vt_meminfo {
	uint64_t total_bytes, available_bytes, swap_total_bytes, swap_free_bytes;
	bool has_total, has_available, has_swap;
};
bool vt_parse_meminfo(const char *text, struct vt_meminfo *ret);

/* The sum line of /proc/stat. Guest time is part of user time and not counted again. */
struct vt_cpu_ticks {
	uint64_t busy, total;       /* busy: neither idle nor waiting for I/O */
	uint64_t boot_time_seconds; /* btime, 0 unknown */
};
bool vt_parse_proc_stat(const char *text, struct vt_cpu_ticks *ret);

/* One line of /proc/modules. */
struct vt_module_line {
	struct vt_slice name;
	uint64_t refcount;
	bool has_refcount;
};
bool vt_parse_module(const char **cursor, struct vt_module_line *ret);

/* "none [integrity] confidentiality": the word in brackets. */
bool vt_parse_bracketed(const char *text, struct vt_slice *ret);

/* The first word of a text as a number: /proc/uptime, /proc/loadavg. */
bool vt_parse_first_decimal(const char *text, double *ret);

/* The next line of /proc/diskstats: which number a block device has. */
struct vt_disk_name {
	uint32_t major, minor;
	struct vt_slice name;
};
bool vt_parse_disk_name(const char **cursor, struct vt_disk_name *ret);

/* /proc/loadavg: the tasks that exist, "2/410" is 410. */
bool vt_parse_loadavg_tasks(const char *text, uint64_t *ret);

/* /proc/sys/fs/file-nr: open files, unused ones (always 0 today), most. */
bool vt_parse_file_nr(const char *text, uint64_t *ret_open, uint64_t *ret_max);

#endif
