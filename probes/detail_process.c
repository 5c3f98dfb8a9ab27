/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Details of a process. One of this host is read through libproc2
 * (procps_pids(3)), which knows users, terminals and wait channels; then files
 * that it has no item for, and what limits it beside its cgroup.
 */
#include <libproc2/pids.h>
#include <string.h>

#include "../src/units.h"
#include "cgroup_v1.h"
#include "detail_readers.h"
#include "parse_ns.h"
#include "parse_proc.h"
#include "process_limits.h"

static struct pids_result *item(struct pids_stack *s, int i)
{
	return &s->head[i];
}

/* libproc2 says "-" and "?" for what there is none of. */
static void add_string(struct vt_detail *d, const char *label, const struct pids_result *r)
{
	if (r->result.str && r->result.str[0] && strcmp(r->result.str, "-") != 0 &&
	    strcmp(r->result.str, "?") != 0)
		vt_detail_add(d, label, "%s", r->result.str);
}

static enum pids_item pids_items[] = {
	PIDS_TICS_BEGAN, PIDS_CMDLINE,  PIDS_EXE,         PIDS_ID_EUSER,   PIDS_TTY_NAME,
	PIDS_NICE,       PIDS_PRIORITY, PIDS_VSIZE_BYTES, PIDS_WCHAN_NAME, PIDS_TIME_ELAPSED,
};
enum {
	BEGAN,
	CMDLINE,
	EXE,
	EUSER,
	TTY,
	NICE,
	PRIORITY,
	VSIZE,
	WCHAN,
	ELAPSED
};

static void add_stack(struct vt_detail *d, struct pids_stack *s)
{
	char text[64];

	add_string(d, "command line", item(s, CMDLINE));
	add_string(d, "program", item(s, EXE));
	add_string(d, "user", item(s, EUSER));
	add_string(d, "terminal", item(s, TTY));
	vt_units_short(text, sizeof(text), VT_UNIT_USEC,
		       (uint64_t)(item(s, ELAPSED)->result.real * 1e6));
	vt_detail_add(d, "running for", "%s", text);
	vt_detail_add(d, "nice, priority", "%d, %d", item(s, NICE)->result.s_int,
		      item(s, PRIORITY)->result.s_int);
	vt_units_long(text, sizeof(text), VT_UNIT_BYTES, item(s, VSIZE)->result.ul_int);
	vt_detail_add(d, "virtual size", "%s", text);
	add_string(d, "waits in", item(s, WCHAN));
}

/* False when the process is gone, or its pid belongs to another one now. */
static bool add_libproc2(struct vt_detail *d)
{
	struct pids_info *info = NULL;
	struct pids_fetch *fetch;
	unsigned pid = (unsigned)d->subject.a;
	bool ok = false;

	if (procps_pids_new(&info, pids_items, VT_LEN(pids_items)) < 0)
		return false;
	fetch = procps_pids_select(info, &pid, 1, PIDS_SELECT_PID);
	if (fetch && fetch->counts->total == 1 &&
	    item(fetch->stacks[0], BEGAN)->result.ull_int == d->subject.b) {
		add_stack(d, fetch->stacks[0]);
		ok = true;
	}
	(void)procps_pids_unref(&info);
	return ok;
}

/* Of another tree. Arguments are separated by NUL. */
static bool add_parsed(const struct vt_host *host, struct vt_detail *d, char *text)
{
	struct vt_stat st;
	ssize_t n;
	char size[64];

	if (vt_detail_read_pid(host, d->subject.a, "stat", text, VT_DETAIL_TEXT) <= 0 ||
	    !vt_parse_stat(text, &st) || st.start_ticks != d->subject.b)
		return false;
	n = vt_detail_read_pid(host, d->subject.a, "cmdline", text, VT_DETAIL_TEXT);
	for (ssize_t i = 0; i + 1 < n; i++)
		if (!text[i])
			text[i] = ' ';
	if (n > 0)
		vt_detail_add(d, "command line", "%s", text);
	vt_units_long(size, sizeof(size), VT_UNIT_BYTES, st.vsize_bytes);
	vt_detail_add(d, "virtual size", "%s", size);
	return true;
}

static void add_status(const struct vt_host *host, struct vt_detail *d, char *text)
{
	static const char *const lines[][2] = {
		{ "CapEff:", "effective capabilities" },  { "CapBnd:", "capability bounds" },
		{ "NoNewPrivs:", "no new privileges" },   { "Seccomp:", "seccomp mode" },
		{ "Cpus_allowed_list:", "CPUs allowed" },
	};
	struct vt_slice s;
	char pids[128];

	if (vt_detail_read_pid(host, d->subject.a, "status", text, VT_DETAIL_TEXT) <= 0)
		return;
	if (vt_parse_nspids(text, pids, sizeof(pids)))
		vt_detail_add(d, "pid in its namespaces", "%s", pids);
	for (size_t i = 0; i < VT_LEN(lines); i++)
		if (vt_parse_status_line(text, lines[i][0], &s))
			vt_detail_add(d, lines[i][1], "%.*s", (int)s.n, s.at);
}

static void put_number(char *out, size_t size, enum vt_unit unit, uint64_t value)
{
	vt_units_short(out, size, unit, value);
}

/* Limits that are set, one a line; the others together. */
static void add_rlimits(struct vt_detail *d, const struct vt_process_limits *l)
{
	char soft[32], hard[32], used[32], none[256] = "";

	for (int i = 0; i < VT_RLIMITS; i++) {
		const struct vt_rlimit_info *info = &vt_rlimits[i];
		char label[64];
		size_t n = strlen(none);

		if (!l->rlimits[i].known)
			continue;
		if (l->rlimits[i].soft == VT_MAX && l->rlimits[i].hard == VT_MAX) {
			(void)snprintf(none + n, sizeof(none) - n, "%s%s", n ? ", " : "",
				       info->name);
			continue;
		}
		put_number(soft, sizeof(soft), info->unit, l->rlimits[i].soft);
		put_number(hard, sizeof(hard), info->unit, l->rlimits[i].hard);
		put_number(used, sizeof(used), info->unit, l->rlimits[i].used);
		(void)snprintf(label, sizeof(label), "rlimit %s", info->name);
		vt_detail_add(d, label, "%s%ssoft %s, hard %s",
			      l->rlimits[i].used_known ? used : "",
			      l->rlimits[i].used_known ? " used, " : "", soft, hard);
	}
	if (none[0])
		vt_detail_add(d, "rlimits not set", "%s", none);
}

static void add_v1(struct vt_detail *d, const struct vt_process_limits *l)
{
	char max[32], current[32];

	for (size_t i = 0; i < l->n_v1; i++) {
		const struct vt_v1_limit *v = &l->v1[i];
		enum vt_unit unit = strcmp(v->controller, "memory") == 0 ? VT_UNIT_BYTES
									 : VT_UNIT_COUNT;

		vt_detail_add(d, "cgroup v1", "%s: %s%s%s", v->controller, v->path,
			      v->says ? "; " : "", v->says ? v->says : "");
		if (!v->from)
			continue;
		put_number(max, sizeof(max), unit, v->max);
		put_number(current, sizeof(current), unit, v->current);
		vt_detail_add(d, "cgroup v1 binds", "%s %s of %s, %s used", v->file, max, v->from,
			      current);
	}
	if (l->n_v1)
		vt_detail_add(d, "why read-only", "%s", vt_v1_why);
}

void vt_detail_process(const struct vt_host *host, struct vt_detail *d)
{
	vt_autofree char *text = vt_alloc(VT_DETAIL_TEXT);

	if (!(host->is_self && add_libproc2(d)) && !add_parsed(host, d, text)) {
		vt_detail_add(d, "state", "it has ended");
		return;
	}
	add_status(host, d, text);
	d->limits = vt_process_limits_read(host, d->subject.a, d->arena);
	if (d->limits->oom_known)
		vt_detail_add(d, "OOM score adjustment", "%lld, score %llu",
			      (long long)d->limits->oom_score_adj,
			      (unsigned long long)d->limits->oom_score);
	add_rlimits(d, d->limits);
	add_v1(d, d->limits);
}
