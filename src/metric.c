/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * One table a kind, expanded from metric_rows.h. The row macros name the
 * record and kind of the table that is being expanded through RECORD and BIT.
 */
#include "metric.h"

#include <inttypes.h>
#include <math.h>
#include <stdio.h>
#include <string.h>

#include "memory.h"
#include "text.h"

#define ROW(f, u, j, t, h)                                                                         \
	.name = #f, .json = j, .title = t, .help = h, .unit = VT_UNIT_##u,                         \
	.offset = offsetof(RECORD, f)
#define G(f, u, j, t, h) { ROW(f, u, j, t, h), .class = VT_GAUGE, .from = -1, .per = -1 },
#define F(f, u, j, t, h)                                                                           \
	{ ROW(f, u, j, t, h), .class = VT_GAUGE, .real = true, .from = -1, .per = -1 },
#define C(f, u, j, t, h) { ROW(f, u, j, t, h), .class = VT_COUNTER, .from = -1, .per = -1 },
#define R(f, c, s, u, j, t, h)                                                                     \
	{                                                                                          \
		ROW(f, u, j, t, h), .class = VT_RATE, .real = true,                                \
		.from = BIT(c),     .per = -1,        .scale = s                                   \
	},
#define S(f, p, w, j, t, h)                                                                        \
	{ ROW(f, PERCENT, j, t, h), .class = VT_SHARE, .real = true, .from = BIT(p),               \
	  .per = BIT(w) },
#define T(f, u, j, t, h) { ROW(f, u, j, t, h), .class = VT_STRING, .from = -1, .per = -1 },

#define RECORD struct vt_host_row
#define BIT(f) VT_HOST_##f
static const struct vt_metric host_row_metrics[] = { VT_HOST_ROWS(G, F, C, R, S, T) };
#undef RECORD
#undef BIT
#define RECORD struct vt_process
#define BIT(f) VT_PROCESS_##f
static const struct vt_metric process_metrics[] = { VT_PROCESS_ROWS(G, F, C, R, S, T) };
#undef RECORD
#undef BIT
#define RECORD struct vt_namespace
#define BIT(f) VT_NAMESPACE_##f
static const struct vt_metric namespace_metrics[] = { VT_NAMESPACE_ROWS(G, F, C, R, S, T) };
#undef RECORD
#undef BIT
#define RECORD struct vt_keeper
#define BIT(f) VT_KEEPER_##f
static const struct vt_metric keeper_metrics[] = { VT_KEEPER_ROWS(G, F, C, R, S, T) };
#undef RECORD
#undef BIT
#define RECORD struct vt_cgroup
#define BIT(f) VT_CGROUP_##f
static const struct vt_metric cgroup_metrics[] = { VT_CGROUP_ROWS(G, F, C, R, S, T) };
#undef RECORD
#undef BIT
#define RECORD struct vt_iodev
#define BIT(f) VT_IODEV_##f
static const struct vt_metric iodev_metrics[] = { VT_IODEV_ROWS(G, F, C, R, S, T) };
#undef RECORD
#undef BIT
#define RECORD struct vt_hugetlb
#define BIT(f) VT_HUGETLB_##f
static const struct vt_metric hugetlb_metrics[] = { VT_HUGETLB_ROWS(G, F, C, R, S, T) };
#undef RECORD
#undef BIT
#define RECORD struct vt_resource
#define BIT(f) VT_RESOURCE_##f
static const struct vt_metric resource_metrics[] = { VT_RESOURCE_ROWS(G, F, C, R, S, T) };
#undef RECORD
#undef BIT
#define RECORD struct vt_oom
#define BIT(f) VT_OOM_##f
static const struct vt_metric oom_metrics[] = { VT_OOM_ROWS(G, F, C, R, S, T) };
#undef RECORD
#undef BIT
#define RECORD struct vt_container
#define BIT(f) VT_CONTAINER_##f
static const struct vt_metric container_metrics[] = { VT_CONTAINER_ROWS(G, F, C, R, S, T) };
#undef RECORD
#undef BIT
#define RECORD struct vt_machine
#define BIT(f) VT_MACHINE_##f
static const struct vt_metric machine_metrics[] = { VT_MACHINE_ROWS(G, F, C, R, S, T) };
#undef RECORD
#undef BIT
#define RECORD struct vt_vcpu
#define BIT(f) VT_VCPU_##f
static const struct vt_metric vcpu_metrics[] = { VT_VCPU_ROWS(G, F, C, R, S, T) };
#undef RECORD
#undef BIT
#define RECORD struct vt_worker
#define BIT(f) VT_WORKER_##f
static const struct vt_metric worker_metrics[] = { VT_WORKER_ROWS(G, F, C, R, S, T) };
#undef RECORD
#undef BIT
#define RECORD struct vt_tap
#define BIT(f) VT_TAP_##f
static const struct vt_metric tap_metrics[] = { VT_TAP_ROWS(G, F, C, R, S, T) };
#undef RECORD
#undef BIT
#define RECORD struct vt_interface
#define BIT(f) VT_INTERFACE_##f
static const struct vt_metric interface_metrics[] = { VT_INTERFACE_ROWS(G, F, C, R, S, T) };
#undef RECORD
#undef BIT
#define RECORD struct vt_module
#define BIT(f) VT_MODULE_##f
static const struct vt_metric module_metrics[] = { VT_MODULE_ROWS(G, F, C, R, S, T) };
#undef RECORD
#undef BIT
#define RECORD struct vt_parameter
#define BIT(f) VT_PARAMETER_##f
static const struct vt_metric parameter_metrics[] = { VT_PARAMETER_ROWS(G, F, C, R, S, T) };
#undef RECORD
#undef BIT

#define KIND_INFO(KIND, record, plural)                                                            \
	[VT_KIND_##KIND] = { plural, sizeof(struct vt_##record), record##_metrics,                 \
			     VT_##KIND##_METRICS },
#define CHECK_BITS(KIND, record, plural)                                                           \
	_Static_assert(VT_##KIND##_METRICS <= 64 * VT_VALID_WORDS, "VT_VALID_WORDS is too small"); \
	_Static_assert(offsetof(struct vt_##record, valid) == sizeof(struct vt_head),              \
		       "vt_valid() looks for the bits right behind the head");

const struct vt_kind_info vt_kinds[VT_KIND_COUNT] = { VT_KINDS(KIND_INFO) };
VT_KINDS(CHECK_BITS)

int vt_metric_find(enum vt_kind kind, const char *name)
{
	const struct vt_kind_info *k = &vt_kinds[kind];

	for (int i = 0; i < k->n_metrics; i++)
		if (strcmp(k->metrics[i].name, name) == 0 || strcmp(k->metrics[i].json, name) == 0)
			return i;
	return -1;
}

static uint64_t integer(const struct vt_metric *m, const void *record)
{
	return *(const uint64_t *)(const void *)((const char *)record + m->offset);
}

double vt_metric_number(const struct vt_metric *m, const void *record)
{
	if (m->class == VT_STRING)
		return 0;
	if (m->real)
		return *(const double *)(const void *)((const char *)record + m->offset);
	return integer(m, record) == VT_MAX ? INFINITY : (double)integer(m, record);
}

const char *vt_metric_string(const struct vt_metric *m, const void *record)
{
	if (m->class != VT_STRING)
		return "";
	return *(const char *const *)(const void *)((const char *)record + m->offset);
}

static void show(char *out, size_t size, enum vt_kind kind, int metric, const void *record,
		 bool ascii, bool whole)
{
	const struct vt_metric *m = &vt_kinds[kind].metrics[metric];

	if (!vt_valid(record, (unsigned)metric))
		(void)snprintf(out, size, "%s", ascii ? "-" : "–");
	else if (m->class == VT_STRING)
		vt_text_escape(out, size, vt_metric_string(m, record));
	else if (m->real)
		vt_units_short_double(out, size, m->unit, vt_metric_number(m, record));
	else if (whole)
		vt_units_long(out, size, m->unit, integer(m, record));
	else
		vt_units_short(out, size, m->unit, integer(m, record));
	if (whole && m->unit == VT_UNIT_PERCENT && vt_valid(record, (unsigned)metric)) {
		size_t n = strlen(out);

		if (!isinf(vt_metric_number(m, record)))
			(void)snprintf(out + n, size - n, "%%");
	}
}

void vt_metric_short(char *out, size_t size, enum vt_kind kind, int metric, const void *record,
		     bool ascii)
{
	show(out, size, kind, metric, record, ascii, false);
}

void vt_metric_long(char *out, size_t size, enum vt_kind kind, int metric, const void *record,
		    bool ascii)
{
	show(out, size, kind, metric, record, ascii, true);
}

int vt_metric_compare(enum vt_kind kind, int metric, const void *a, const void *b)
{
	const struct vt_metric *m = &vt_kinds[kind].metrics[metric];
	bool known_a = vt_valid(a, (unsigned)metric), known_b = vt_valid(b, (unsigned)metric);
	double x, y;

	if (!known_a || !known_b)
		return (int)known_a - (int)known_b;
	if (m->class == VT_STRING)
		return strcmp(vt_metric_string(m, a), vt_metric_string(m, b));
	x = vt_metric_number(m, a);
	y = vt_metric_number(m, b);
	return (x > y) - (x < y);
}
