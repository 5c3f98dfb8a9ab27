/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Containers, found by the names that engines give their cgroups; no daemon is asked. */
#include "view.h"

#include <stdio.h>
#include <string.h>

#define CT(field)                                                                                  \
	{                                                                                          \
		{                                                                                  \
			VT_KIND_CONTAINER, VT_CONTAINER_##field                                    \
		}                                                                                  \
	}

static const struct vt_column columns[] = {
	{ NULL, 10, 1, 0, true, CT(engine), NULL, NULL },
	{ NULL, 7, 3, 0, false, CT(pid), NULL, NULL },
	{ NULL, 5, 2, 0, false, CT(processes), vt_role_zero_dim, NULL },
	{ NULL, 5, 0, 0, false, CT(cpu_percent), vt_role_load, NULL },
	{ NULL, 5, 0, 0, false, CT(memory_bytes), vt_role_zero_dim, NULL },
	{ NULL, 12, 4, 52, true, CT(id), NULL, NULL },
	{ 0 },
};

static const char *name_of(struct vt_rows *rows, const struct vt_container *c)
{
	return VT_HAS(CONTAINER, c, name) ? c->name : vt_arena_printf(rows->arena, "%.12s", c->id);
}

static void build(const struct vt_view_env *env, struct vt_rows *rows)
{
	const struct vt_snapshot *s = env->snapshot;
	const struct vt_container *gone = s->gone[VT_KIND_CONTAINER].rows;
	size_t n;
	const struct vt_container *all = vt_container_rows(s, &n);

	for (size_t i = 0; i < n; i++)
		(void)vt_rows_add(rows, -1, VT_KIND_CONTAINER, &all[i], name_of(rows, &all[i]));
	for (size_t i = 0; i < s->gone[VT_KIND_CONTAINER].n; i++)
		(void)vt_rows_add(rows, -1, VT_KIND_CONTAINER, &gone[i], name_of(rows, &gone[i]));
}

static void detail(const struct vt_view_env *env, const struct vt_row *row, struct vt_pane *p)
{
	const struct vt_container *c = row->record;
	const struct vt_cgroup *cg = vt_cgroup_at(env->snapshot, row->gone ? -1 : c->cgroup);

	vt_detail_head(p, row->name);
	for (int i = 0; i < VT_CONTAINER_METRICS; i++)
		vt_detail_metric(p, VT_KIND_CONTAINER, i, c, env->ascii, true);
	vt_pane_label(p, "cgroup");
	vt_pane_put(p, cg ? VT_ROLE_TEXT : VT_ROLE_DIM, "%s", cg ? cg->path : "–");
	vt_detail_lines(p, env);
}

static void empty(const struct vt_view_env *env, struct vt_pane *p)
{
	size_t n;

	(void)vt_cgroup_rows(env->snapshot, &n);
	vt_pane_line(p);
	vt_pane_put(p, VT_ROLE_TITLE, "No containers.");
	vt_pane_line(p);
	vt_pane_wrap(
		p, VT_ROLE_TEXT,
		n ? "Containers are known by their cgroups (docker-ID.scope, libpod-ID.scope, "
		    "cri-containerd-ID.scope, lxc.payload.NAME, machine-NAME.scope). None of the "
		    "cgroups here has such a name."
		  : "Containers are known by their cgroups, and no cgroup could be read.");
}

static const char *const variants[] = { "list", NULL };

const struct vt_view vt_view_containers = {
	.name = "containers",
	.title = "Containers",
	.thing = "CONTAINER",
	.variants = variants,
	.columns = columns,
	.build = build,
	.detail = detail,
	.empty = empty,
};
