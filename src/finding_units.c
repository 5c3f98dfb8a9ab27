/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Limits that somebody wrote into a unit's cgroup while systemd's files say
 * otherwise. systemd writes its own again with the next change of the unit or
 * daemon-reload, and then the limit is gone. A unit that was edited and not
 * reloaded looks the same, and is as much of a surprise.
 */
#include <math.h>
#include <string.h>

#include "findings.h"
#include "text.h"
#include "unit_limits.h"

const struct vt_unit_limit vt_unit_limits[VT_UNIT_LIMITS] = {
	{ "memory.max", "MemoryMax", VT_CGROUP_memory_max_bytes, VT_CGROUP_unit_memory_max,
	  "memory" },
	{ "memory.high", "MemoryHigh", VT_CGROUP_memory_high_bytes, VT_CGROUP_unit_memory_high,
	  "memory" },
	{ "cpu.max", "CPUQuota", VT_CGROUP_cpu_max_percent, VT_CGROUP_unit_cpu_max_percent, "cpu" },
	{ "pids.max", "TasksMax", VT_CGROUP_pids_max, VT_CGROUP_unit_pids_max, "pids" },
};

static double number(const struct vt_cgroup *cg, int metric)
{
	return vt_metric_number(&vt_kinds[VT_KIND_CGROUP].metrics[metric], cg);
}

static bool has(const struct vt_cgroup *cg, int metric)
{
	return vt_valid(&cg->head, (unsigned)metric);
}

/* Sizes are cut to pages, of which some are 64K; quotas to microseconds of a period. */
bool vt_unit_limit_differs(const struct vt_cgroup *cg, const struct vt_unit_limit *limit)
{
	double is, said, slack;

	if (!has(cg, limit->is) || !has(cg, limit->said))
		return false;
	is = number(cg, limit->is);
	said = number(cg, limit->said);
	if (isinf(is) || isinf(said))
		return isinf(is) != isinf(said);
	slack = strcmp(limit->controller, "memory") == 0 ? 65536
		: strcmp(limit->controller, "cpu") == 0  ? said / 50
							 : 0;
	return fabs(is - said) > slack;
}

bool vt_unit_is_systems(const char *path)
{
	const char *last = strrchr(path, '/');

	for (const char *at = path; at && at < last;) {
		const char *end = strchr(at + 1, '/');
		size_t n = end ? (size_t)(end - at) : strlen(at);

		if (n < 7 || memcmp(at + n - 6, ".slice", 6) != 0)
			return false;
		at = end;
	}
	return last && last[1];
}

/* "20%", "512M", "max" */
static const char *words(struct vt_search *f, const struct vt_cgroup *cg, int metric)
{
	char text[64];

	vt_metric_short(text, sizeof(text), VT_KIND_CGROUP, metric, cg, true);
	return vt_arena_printf(f->s->arena, "%s%s", text,
			       vt_kinds[VT_KIND_CGROUP].metrics[metric].unit == VT_UNIT_PERCENT &&
					       !isinf(number(cg, metric))
				       ? "%"
				       : "");
}

static const char *join(struct vt_search *f, const char *all, const char *one)
{
	return all ? vt_arena_printf(f->s->arena, "%s; %s", all, one) : one;
}

bool vt_rule_behind_systemd(struct vt_search *f, const struct vt_rule *rule,
			    const struct vt_cgroup *cg, struct vt_verdict *v)
{
	(void)rule;
	for (size_t i = 0; i < VT_UNIT_LIMITS; i++) {
		const struct vt_unit_limit *l = &vt_unit_limits[i];
		const char *said;

		if (!vt_unit_limit_differs(cg, l))
			continue;
		said = isinf(number(cg, l->said)) ? "no" : words(f, cg, l->said);
		v->weight++;
		v->evidence = join(
			f, v->evidence,
			vt_arena_printf(
				f->s->arena, "%s is %s, systemd's files say %s%s%s", l->file,
				words(f, cg, l->is), *said == 'n' ? "no " : "", l->setting,
				*said == 'n' ? "" : vt_arena_printf(f->s->arena, "=%s", said)));
	}
	return v->evidence;
}

/* systemd was asked for a limit, and the cgroup has no file for it. */
bool vt_rule_unit_without_controller(struct vt_search *f, const struct vt_rule *rule,
				     const struct vt_cgroup *cg, struct vt_verdict *v)
{
	const struct vt_host_row *h = vt_snapshot_host(f->s);

	(void)rule;
	for (size_t i = 0; i < VT_UNIT_LIMITS; i++) {
		const struct vt_unit_limit *l = &vt_unit_limits[i];

		if (!has(cg, l->said) || isinf(number(cg, l->said)) ||
		    !VT_HAS(CGROUP, cg, controllers) ||
		    vt_text_has_word(cg->controllers, l->controller) ||
		    !VT_HAS(HOST, h, cgroup_controllers) ||
		    !vt_text_has_word(h->cgroup_controllers, l->controller))
			continue;
		v->severity = VT_WARNING;
		v->evidence = join(f, v->evidence,
				   vt_arena_printf(f->s->arena,
						   "systemd's files say %s=%s, but it has no %s: "
						   "the controller is not enabled",
						   l->setting, words(f, cg, l->said), l->file));
	}
	return v->evidence;
}
