/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What the detail pane says of a machine or one of its threads; KVM's histograms are drawn as such.
 */
#include <inttypes.h>
#include <math.h>
#include <stdio.h>
#include <string.h>

#include "spark.h"
#include "view_machines.h"

enum {
	HIST_FROM = 9, /* columns of a range's beginning, */
	HIST_BAR = 24, /* of its bar, as long as there is room, */
	HIST_COUNT = 9 /* and of how often */
};

/* Ranges of KVM begin at nanoseconds, which the units of figures round away. */
static void put_from(char *out, size_t size, enum vt_unit unit, uint64_t from)
{
	static const char *const units[] = { "ns", "us", "ms", "s" };
	double value = (double)from;
	size_t i = 0;

	if (unit != VT_UNIT_NSEC) {
		vt_units_short(out, size, unit, from);
		return;
	}
	for (; value >= 1000 && i + 1 < VT_LEN(units); i++)
		value /= 1000;
	(void)snprintf(out, size, "%.*f%s", i && value < 100 ? 1 : 0, value, units[i]);
}

static void show_bucket(struct vt_pane *p, const struct vt_detail_hist *h, size_t i, uint64_t most)
{
	int width = vt_pane_room(p) - HIST_FROM - HIST_COUNT - 2, x = p->x + p->column;
	char from[32], count[32];
	int row = vt_pane_row(p);

	put_from(from, sizeof(from), h->unit, h->from[i]);
	vt_units_short(count, sizeof(count), VT_UNIT_COUNT, h->counts[i]);
	width = width > HIST_BAR ? HIST_BAR : width;
	if (row < 0 || width < 1)
		return;
	vt_canvas_right(p->canvas, x, row, HIST_FROM, VT_ROLE_DIM, from);
	vt_canvas_bar(p->canvas, x + HIST_FROM + 1, row, width, (double)h->counts[i] / (double)most,
		      -1);
	/* A bar here is no share of a limit: long is not bad. */
	vt_canvas_paint(p->canvas, x + HIST_FROM + 1, row,
			(int)ceil((double)h->counts[i] / (double)most * width), VT_ROLE_BAR);
	vt_canvas_right(p->canvas, x + HIST_FROM + 1 + width, row, HIST_COUNT,
			h->counts[i] ? VT_ROLE_TEXT : VT_ROLE_DIM, count);
}

/* From the first to the last range in which there is something, a line each. */
static void show_hist(struct vt_pane *p, const struct vt_detail_hist *h)
{
	size_t first = 0, last = h->n - 1;
	uint64_t most = 0;

	while (first < last && !h->counts[first])
		first++;
	while (last > first && !h->counts[last])
		last--;
	for (size_t i = first; i <= last; i++)
		most = h->counts[i] > most ? h->counts[i] : most;
	vt_pane_label(p, h->label);
	vt_pane_put(p, VT_ROLE_DIM, " from, and how often");
	for (size_t i = first; i <= last; i++) {
		vt_pane_label(p, "");
		show_bucket(p, h, i, most ? most : 1);
	}
}

static void show_hists(struct vt_pane *p, const struct vt_view_env *env)
{
	for (size_t i = 0; env->detail && i < env->detail->n_hists; i++)
		show_hist(p, &env->detail->hists[i]);
}

/* "vnet0: port of virbr0, in network namespace 4026531840 (initial)", and what goes through it. */
static void show_tap(struct vt_pane *p, const struct vt_view_env *env, const struct vt_tap *tap)
{
	const struct vt_interface *nic = vt_interface_at(env->snapshot, tap->interface);
	const struct vt_namespace *ns = nic ? vt_namespace_at(env->snapshot, nic->namespace) : NULL;

	vt_pane_label(p, "tap");
	vt_pane_put(p, VT_ROLE_TEXT, "%s", VT_HAS(TAP, tap, name) ? tap->name : "–");
	if (VT_HAS(TAP, tap, master))
		vt_pane_put(p, VT_ROLE_TEXT, ": port of %s", tap->master);
	else if (nic && strcmp(nic->kind, "tun") != 0)
		vt_pane_put(p, VT_ROLE_TEXT, ": %s on %s", nic->kind,
			    VT_HAS(TAP, tap, lower) ? tap->lower : "–");
	else if (nic)
		vt_pane_put(p, VT_ROLE_TEXT, ": port of nothing");
	if (VT_HAS(TAP, tap, netns))
		vt_pane_put(p, VT_ROLE_TEXT, ", in network namespace %" PRIu64 "%s", tap->netns,
			    ns && VT_HAS(NAMESPACE, ns, initial) && ns->initial ? " (initial)"
										: "");
	if (!nic)
		return;
	vt_detail_add_metric(p, "", VT_KIND_TAP, VT_TAP_state, tap, env->ascii);
	vt_detail_add_metric(p, "rx", VT_KIND_INTERFACE, VT_INTERFACE_rx_rate, nic, env->ascii);
	vt_detail_add_metric(p, "tx", VT_KIND_INTERFACE, VT_INTERFACE_tx_rate, nic, env->ascii);
}

/* Where its exits are unknown since they are in debugfs, which is not mounted. */
static void show_mount(struct vt_pane *p, const struct vt_view_env *env,
		       const struct vt_machine *vm)
{
	const struct vt_host_row *host = vt_snapshot_host(env->snapshot);

	if (!VT_HAS(MACHINE, vm, accel) || strcmp(vm->accel, "kvm") != 0 ||
	    VT_HAS(MACHINE, vm, exits_total) || !vt_machine_unmounted(host))
		return;
	vt_pane_label(p, "");
	vt_machine_put_mount(p, host);
}

void vt_machine_detail(const struct vt_view_env *env, const struct vt_row *row, struct vt_pane *p)
{
	static const struct vt_past past[] = {
		{ "cpu", VT_MACHINE_cpu_percent, INFINITY },
		{ "exits/s", VT_MACHINE_exits_rate, INFINITY },
	};
	const struct vt_machine *vm = row->record;
	const struct vt_cgroup *cg;

	if (row->id.kind != VT_KIND_MACHINE) {
		vt_detail_head(p, row->name);
		for (int i = 0; i < vt_kinds[row->id.kind].n_metrics; i++)
			vt_detail_metric(p, row->id.kind, i, row->record, env->ascii, true);
		vt_detail_lines(p, env);
		show_hists(p, env);
		return;
	}
	vt_detail_head(p, row->name);
	if (!row->gone)
		vt_spark_detail(p, env, row->id, past, VT_LEN(past));
	cg = vt_cgroup_at(env->snapshot, vm->cgroup);
	vt_pane_label(p, "cgroup");
	vt_pane_put(p, cg ? VT_ROLE_TEXT : VT_ROLE_DIM, "%s", cg ? cg->path : "–");
	for (int32_t i = 0; !row->gone && i < vm->n_taps; i++)
		show_tap(p, env, vt_tap_at(env->snapshot, vm->first_tap + i));
	vt_detail_metric(p, VT_KIND_MACHINE, VT_MACHINE_stats_why, vm, env->ascii, true);
	show_mount(p, env, vm);
	for (int i = 0; i < VT_MACHINE_METRICS; i++)
		if (i != VT_MACHINE_stats_why)
			vt_detail_metric(p, VT_KIND_MACHINE, i, vm, env->ascii, true);
	show_hists(p, env);
	vt_detail_lines(p, env);
}
