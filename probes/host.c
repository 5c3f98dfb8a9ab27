/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Facts and figures of the whole host. On this host CPU, memory, load and
 * uptime come through libproc2 (procps_stat(3) and its companions), which
 * always reads /proc; another tree is read with our own parsers. Pressure is
 * the kernel's psi.rst, lockdown kernel_lockdown(7).
 */
#include <errno.h>
#include <libproc2/meminfo.h>
#include <libproc2/misc.h>
#include <libproc2/stat.h>
#include <string.h>
#include <sys/utsname.h>
#include <unistd.h>

#include "../src/probe.h"
#include "parse_host.h"
#include "pressure.h"
#include "table.h"

enum {
	SMALL = 4096
};
static const size_t stat_limit = 16u << 20; /* /proc/stat grows with CPUs and interrupts */

struct host_state {
	const struct vt_host *host;
	struct stat_info *stat;
	struct meminfo_info *meminfo;
	uint64_t tick_usec;
};

static int host_open(const struct vt_host *host, void **ret_state, struct vt_error *err)
{
	struct host_state *h = vt_alloc(sizeof(*h));
	long hertz = procps_hertz_get();

	(void)err;
	h->host = host;
	h->tick_usec = hertz > 0 ? 1000000u / (uint64_t)hertz : 10000;
	/* Where libproc2 fails, our own parsers serve. */
	if (host->is_self && procps_stat_new(&h->stat) < 0)
		h->stat = NULL;
	if (host->is_self && procps_meminfo_new(&h->meminfo) < 0)
		h->meminfo = NULL;
	*ret_state = h;
	return 0;
}

static void host_close(void *state)
{
	struct host_state *h = state;

	if (h->stat)
		(void)procps_stat_unref(&h->stat);
	if (h->meminfo)
		(void)procps_meminfo_unref(&h->meminfo);
	free(h);
}

/* A one-line file as an interned string, NULL when it cannot be read. */
static const char *line_of(struct vt_builder *b, int dir, const char *path)
{
	char text[SMALL];
	struct vt_slice s;

	if (vt_host_read(dir, path, text, sizeof(text)) <= 0)
		return NULL;
	s = vt_parse_trim(text);
	return s.n ? vt_builder_intern_n(b, s.at, s.n) : NULL;
}

static void set_names(const struct host_state *h, struct vt_builder *b, struct vt_host_row *row)
{
	int proc = h->host->proc;
	const char *s;
	struct utsname u;

	if ((s = line_of(b, proc, "sys/kernel/hostname")))
		VT_SET(HOST, row, hostname, s);
	if ((s = line_of(b, proc, "sys/kernel/osrelease")))
		VT_SET(HOST, row, kernel, s);
	if ((s = line_of(b, proc, "sys/kernel/random/boot_id")))
		VT_SET(HOST, row, boot_id, s);
	if (h->host->is_self && uname(&u) == 0)
		VT_SET(HOST, row, arch, vt_builder_intern(b, u.machine));
	else if ((s = line_of(b, proc, "sys/kernel/arch")))
		VT_SET(HOST, row, arch, s);
}

static void set_lockdown(const struct host_state *h, struct vt_builder *b, struct vt_host_row *row)
{
	char text[SMALL];
	struct vt_slice s;

	if (vt_host_read(h->host->sys, "kernel/security/lockdown", text, sizeof(text)) > 0 &&
	    vt_parse_bracketed(text, &s))
		VT_SET(HOST, row, lockdown, vt_builder_intern_n(b, s.at, s.n));
}

static void set_cpu(const struct host_state *h, struct vt_host_row *row,
		    const struct vt_cpu_ticks *t)
{
	VT_SET(HOST, row, cpu_busy_usec, t->busy * h->tick_usec);
	VT_SET(HOST, row, cpu_total_usec, t->total * h->tick_usec);
	if (t->boot_time_seconds)
		VT_SET(HOST, row, boot_time_usec, t->boot_time_seconds * 1000000);
}

/* libproc2's own sums count guest time twice, so they are made here. */
static bool cpu_libproc2(const struct host_state *h, struct vt_cpu_ticks *t)
{
	static enum stat_item items[] = { STAT_TIC_USER, STAT_TIC_NICE,    STAT_TIC_SYSTEM,
					  STAT_TIC_IRQ,  STAT_TIC_SOFTIRQ, STAT_TIC_STOLEN,
					  STAT_TIC_IDLE, STAT_TIC_IOWAIT,  STAT_SYS_TIME_OF_BOOT };
	enum {
		N_BUSY = 6,
		N_ALL = 8
	};
	struct stat_stack *s = h->stat ? procps_stat_select(h->stat, items, VT_LEN(items)) : NULL;

	if (!s)
		return false;
	*t = (struct vt_cpu_ticks){ .boot_time_seconds = s->head[N_ALL].result.ul_int };
	for (int i = 0; i < N_ALL; i++) {
		t->busy += i < N_BUSY ? s->head[i].result.ull_int : 0;
		t->total += s->head[i].result.ull_int;
	}
	return true;
}

static bool cpu_parsed(const struct host_state *h, struct vt_cpu_ticks *t)
{
	vt_autofree char *text = NULL;

	return vt_host_read_all(h->host->proc, "stat", stat_limit, &text) > 0 &&
	       vt_parse_proc_stat(text, t);
}

static void set_memory(struct vt_host_row *row, const struct vt_meminfo *m)
{
	if (m->has_total)
		VT_SET(HOST, row, mem_total_bytes, m->total_bytes);
	if (m->has_available)
		VT_SET(HOST, row, mem_available_bytes, m->available_bytes);
	if (!m->has_swap)
		return;
	VT_SET(HOST, row, swap_total_bytes, m->swap_total_bytes);
	VT_SET(HOST, row, swap_free_bytes, m->swap_free_bytes);
}

static bool memory_libproc2(const struct host_state *h, struct vt_meminfo *m)
{
	static enum meminfo_item items[] = { MEMINFO_MEM_TOTAL, MEMINFO_MEM_AVAILABLE,
					     MEMINFO_SWAP_TOTAL, MEMINFO_SWAP_FREE };
	struct meminfo_stack *s = h->meminfo
					  ? procps_meminfo_select(h->meminfo, items, VT_LEN(items))
					  : NULL;

	if (!s)
		return false;
	*m = (struct vt_meminfo){
		.total_bytes = 1024 * s->head[0].result.ul_int,
		.available_bytes = 1024 * s->head[1].result.ul_int,
		.swap_total_bytes = 1024 * s->head[2].result.ul_int,
		.swap_free_bytes = 1024 * s->head[3].result.ul_int,
		.has_total = true,
		.has_available = true,
		.has_swap = true,
	};
	return true;
}

static bool memory_parsed(const struct host_state *h, struct vt_meminfo *m)
{
	char text[2 * SMALL];

	return vt_host_read(h->host->proc, "meminfo", text, sizeof(text)) > 0 &&
	       vt_parse_meminfo(text, m);
}

static bool decimal_of(int dir, const char *path, double *ret)
{
	char text[SMALL];

	return vt_host_read(dir, path, text, sizeof(text)) > 0 && vt_parse_first_decimal(text, ret);
}

static void set_times(const struct host_state *h, struct vt_host_row *row)
{
	double uptime, load1, load5, load15;
	bool self = h->host->is_self;

	if (self ? procps_uptime(&uptime, NULL) >= 0 : decimal_of(h->host->proc, "uptime", &uptime))
		VT_SET(HOST, row, uptime_usec, (uint64_t)(uptime * 1e6));
	if (self ? procps_loadavg(&load1, &load5, &load15) >= 0
		 : decimal_of(h->host->proc, "loadavg", &load1))
		VT_SET(HOST, row, load1, load1);
}

static bool value_of(int dir, const char *path, uint64_t *ret)
{
	char text[SMALL];

	return vt_host_read(dir, path, text, sizeof(text)) > 0 && vt_parse_value(text, ret);
}

/* The kernel's own ceilings, which bind where no cgroup does. */
static void set_ceilings(const struct host_state *h, struct vt_host_row *row)
{
	int proc = h->host->proc;
	char text[SMALL];
	uint64_t value, max;

	if (value_of(proc, "sys/kernel/pid_max", &value))
		VT_SET(HOST, row, pid_max, value);
	if (value_of(proc, "sys/kernel/threads-max", &value))
		VT_SET(HOST, row, threads_max, value);
	if (vt_host_read(proc, "loadavg", text, sizeof(text)) > 0 &&
	    vt_parse_loadavg_tasks(text, &value))
		VT_SET(HOST, row, tasks, value);
	if (vt_host_read(proc, "sys/fs/file-nr", text, sizeof(text)) > 0 &&
	    vt_parse_file_nr(text, &value, &max)) {
		VT_SET(HOST, row, files_open, value);
		VT_SET(HOST, row, files_max, max);
	}
}

static bool read_psi(const struct host_state *h, const char *path, struct vt_psi *psi)
{
	char text[SMALL];

	return vt_host_read(h->host->proc, path, text, sizeof(text)) > 0 && vt_parse_psi(text, psi);
}

static void set_pressure(const struct host_state *h, struct vt_builder *b, struct vt_host_row *row)
{
	struct vt_psi psi;
	bool any = false;

	if (read_psi(h, "pressure/cpu", &psi)) {
		VT_PRESSURE_SET(HOST, row, cpu, &psi);
		any = true;
	}
	if (read_psi(h, "pressure/memory", &psi)) {
		VT_PRESSURE_SET(HOST, row, memory, &psi);
		any = true;
	}
	if (read_psi(h, "pressure/io", &psi)) {
		VT_PRESSURE_SET(HOST, row, io, &psi);
		any = true;
	}
	if (read_psi(h, "pressure/irq", &psi) && psi.full.known)
		VT_PRESSURE_LINE(HOST, row, psi_irq_full, &psi.full);
	if (!any)
		vt_builder_note(b, "no pressure figures: this kernel has no /proc/pressure "
				   "(boot with psi=1 to have them)");
}

static int host_scan(void *state, struct vt_builder *b, struct vt_error *err)
{
	const struct host_state *h = state;
	struct vt_host_row *row = vt_builder_host(b);
	struct vt_cpu_ticks ticks;
	struct vt_meminfo memory;
	bool cpu_lib, memory_lib;

	if (h->host->proc < 0)
		return vt_fail(err, ENOENT, "there is no proc below %s: no processes, no figures",
			       h->host->root_path);
	set_names(h, b, row);
	set_lockdown(h, b, row);
	cpu_lib = cpu_libproc2(h, &ticks);
	if (cpu_lib || cpu_parsed(h, &ticks))
		set_cpu(h, row, &ticks);
	else
		vt_builder_note(b, "no CPU figures of the host: cannot read /proc/stat");
	memory_lib = memory_libproc2(h, &memory);
	if (memory_lib || memory_parsed(h, &memory))
		set_memory(row, &memory);
	else
		vt_builder_note(b, "no memory figures of the host: cannot read /proc/meminfo");
	set_times(h, row);
	set_ceilings(h, row);
	set_pressure(h, b, row);
	vt_builder_source(b, cpu_lib && memory_lib ? "libproc2" : "procfs");
	return 0;
}

const struct vt_probe vt_probe_host = {
	.name = "host",
	.summary = "host name, kernel, CPU, memory, load and pressure of the whole host",
	.open = host_open,
	.scan = host_scan,
	.close = host_close,
};
