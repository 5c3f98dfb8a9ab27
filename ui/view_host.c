/* SPDX-License-Identifier: GPL-2.0-or-later */
/* This host: kernel, CPU virtualization by feature, KVM and its modules, and how it was read. */
#include "view_host.h"

#include <ctype.h>
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "../src/cpu_features.h"

struct section {
	const char *title;
	int metrics[24]; /* ends with -1 */
	bool known_only; /* but for the first: those that have no value are left out */
};

static const struct section sections[] = {
	{ "SYSTEM",
	  { VT_HOST_hostname, VT_HOST_kernel, VT_HOST_arch, VT_HOST_uptime_usec, VT_HOST_boot_id,
	    VT_HOST_lockdown, -1 },
	  false },
	{ "RUNS UNDER",
	  { VT_HOST_hypervisor, VT_HOST_hypervisor_type, VT_HOST_hypervisor_type_why,
	    VT_HOST_hypervisor_mode, VT_HOST_hypervisor_vmm, VT_HOST_hypervisor_platform,
	    VT_HOST_hypervisor_layers, VT_HOST_hypervisor_also, VT_HOST_hypervisor_evidence,
	    VT_HOST_hypervisor_features, VT_HOST_hypervisor_container,
	    VT_HOST_hypervisor_container_evidence, -1 },
	  true },
	{ "CPU",
	  { VT_HOST_cpu_vendor, VT_HOST_cpu_model, VT_HOST_cpu_threads, VT_HOST_cpu_percent,
	    VT_HOST_load1, VT_HOST_cpu_virtualization, VT_HOST_cpu_virtualization_state,
	    VT_HOST_cpu_virtualization_why, VT_HOST_cpu_features_unknown, VT_HOST_iommu,
	    VT_HOST_iommu_groups, VT_HOST_iommu_why, -1 },
	  true },
	{ "WHAT MITIGATIONS COST EXITS",
	  { VT_HOST_mitigation_meltdown, VT_HOST_mitigation_spectre_v2, VT_HOST_mitigation_retbleed,
	    VT_HOST_mitigation_spec_rstack_overflow, VT_HOST_mitigation_l1tf,
	    VT_HOST_mitigation_mds, VT_HOST_mitigation_mmio_stale_data,
	    VT_HOST_mitigation_tsx_async_abort, VT_HOST_mitigation_reg_file_data_sampling,
	    VT_HOST_mitigation_tsa, VT_HOST_mitigation_itlb_multihit, VT_HOST_mitigation_vmscape,
	    -1 },
	  true },
	{ "MEMORY",
	  { VT_HOST_mem_total_bytes, VT_HOST_mem_available_bytes, VT_HOST_swap_total_bytes,
	    VT_HOST_swap_free_bytes, -1 },
	  false },
	{ "PRESSURE",
	  { VT_HOST_psi_cpu_some_avg10, VT_HOST_psi_memory_some_avg10,
	    VT_HOST_psi_memory_full_avg10, VT_HOST_psi_io_some_avg10, VT_HOST_psi_io_full_avg10,
	    -1 },
	  false },
	{ "CGROUPS",
	  { VT_HOST_cgroup_mode, VT_HOST_cgroup_mount, VT_HOST_cgroup_root,
	    VT_HOST_cgroup_controllers, VT_HOST_cgroup_v1_controllers, -1 },
	  false },
	{ "KVM",
	  { VT_HOST_kvm_device, VT_HOST_kvm_usable, VT_HOST_kvm_why, VT_HOST_kvm_nested,
	    VT_HOST_kvm_debugfs, VT_HOST_kvm_tracefs, -1 },
	  false },
};

static int32_t add_metric(const struct vt_view_env *env, struct vt_rows *rows, int32_t head,
			  int metric)
{
	const struct vt_metric *m = &vt_kinds[VT_KIND_HOST].metrics[metric];
	const struct vt_host_row *host = vt_snapshot_host(env->snapshot);
	char text[512], label[64];
	int32_t at;

	vt_metric_long(text, sizeof(text), VT_KIND_HOST, metric, host, env->ascii);
	for (size_t i = 0; i < sizeof(label) && (label[i] = (char)tolower(m->title[i])); i++)
		;
	at = vt_rows_heading(rows, head, vt_arena_intern(rows->arena, label),
			     vt_arena_intern(rows->arena, text));
	rows->rows[at].id.b = (uint64_t)metric + 1;
	return at;
}

static void add_features(const struct vt_view_env *env, struct vt_rows *rows, int32_t cpu)
{
	const struct vt_host_row *host = vt_snapshot_host(env->snapshot);
	int32_t head;

	if (!VT_HAS(HOST, host, cpu_flags))
		return;
	head = vt_rows_heading(rows, cpu, "features", "of virtualization, by CPU flag");
	rows->rows[head].folded = true;
	for (size_t i = 0; i < vt_cpu_features_n; i++) {
		const struct vt_cpu_feature *f = &vt_cpu_features[i];
		bool present = vt_cpu_feature_present(f, host->cpu_flags);
		bool unknown = !present && f->of_vmx_line &&
			       VT_HAS(HOST, host, cpu_features_unknown);
		int32_t at = vt_rows_heading(rows, head, f->name,
					     vt_arena_printf(rows->arena, "%-4s %s",
							     present   ? "yes"
							     : unknown ? "?"
								       : "no",
							     f->help));

		rows->rows[at].role = present ? VT_ROLE_GOOD : VT_ROLE_DIM;
	}
}

static void add_modules(const struct vt_view_env *env, struct vt_rows *rows, int32_t kvm)
{
	size_t n, n_params;
	const struct vt_module *modules = vt_module_rows(env->snapshot, &n);
	const struct vt_parameter *params = vt_parameter_rows(env->snapshot, &n_params);

	for (size_t i = 0; i < n; i++) {
		int32_t at = vt_rows_heading(
			rows, kvm, vt_arena_printf(rows->arena, "module %s", modules[i].name),
			VT_HAS(MODULE, &modules[i], refcount)
				? vt_arena_printf(rows->arena, "used by %" PRIu64,
						  modules[i].refcount)
				: "built in");

		rows->rows[at].folded = true;
		for (size_t k = 0; k < n_params; k++)
			if (params[k].module == (int32_t)i)
				(void)vt_rows_heading(rows, at, params[k].name, params[k].value);
	}
}

static void add_note(const struct vt_note *note, int32_t under, struct vt_rows *rows)
{
	const char *times = note->times > 1
				    ? vt_arena_printf(rows->arena, " (%u times)", note->times)
				    : "";
	int32_t at = vt_rows_heading(rows, under, "note",
				     vt_arena_printf(rows->arena, "%s%s", note->text, times));

	/* All have that name. */
	rows->rows[at].id.a = vt_hash_bytes(note->text, strlen(note->text));
}

static void add_probes(const struct vt_snapshot *s, struct vt_rows *rows)
{
	int32_t head = vt_rows_heading(rows, -1, "HOW IT IS READ", NULL);

	for (size_t i = 0; i < s->n_probes; i++) {
		int32_t at = vt_rows_heading(
			rows, head, s->probes[i].name,
			vt_arena_printf(
				rows->arena, "from %s%s",
				s->probes[i].source ? s->probes[i].source : "–",
				s->live ? vt_arena_printf(rows->arena, ", %.1f ms",
							  (double)s->probes[i].duration_usec / 1e3)
					: ""));

		for (size_t k = 0; k < s->n_notes; k++)
			if (strcmp(s->notes[k].probe, s->probes[i].name) == 0)
				add_note(&s->notes[k], at, rows);
	}
}

static bool is_known(const struct vt_view_env *env, int metric)
{
	return vt_valid(&vt_snapshot_host(env->snapshot)->head, (unsigned)metric);
}

static void build(const struct vt_view_env *env, struct vt_rows *rows)
{
	for (size_t i = 0; i < VT_LEN(sections); i++) {
		int32_t head = vt_rows_heading(rows, -1, sections[i].title, NULL);

		for (size_t k = 0; sections[i].metrics[k] >= 0; k++)
			if (!k || !sections[i].known_only || is_known(env, sections[i].metrics[k]))
				(void)add_metric(env, rows, head, sections[i].metrics[k]);
		if (strcmp(sections[i].title, "CPU") == 0)
			add_features(env, rows, head);
		if (strcmp(sections[i].title, "KVM") == 0)
			add_modules(env, rows, head);
	}
	vt_host_add_lesson(env, rows);
	add_probes(env->snapshot, rows);
}

static void detail(const struct vt_view_env *env, const struct vt_row *row, struct vt_pane *p)
{
	(void)env;
	if (!row->value)
		return;
	vt_detail_head(p, row->name);
	vt_pane_label(p, "value");
	vt_pane_wrap(p, VT_ROLE_TEXT, row->value);
	if (row->id.b && row->id.b <= VT_HOST_METRICS) {
		vt_pane_label(p, "in JSON");
		vt_pane_put(p, VT_ROLE_DIM, "host.%s",
			    vt_kinds[VT_KIND_HOST].metrics[row->id.b - 1].json);
		vt_pane_label(p, "what");
		vt_pane_wrap(p, VT_ROLE_TEXT, vt_kinds[VT_KIND_HOST].metrics[row->id.b - 1].help);
	}
}

static const char *const variants[] = { "list", NULL };

const struct vt_view vt_view_host = {
	.name = "host",
	.title = "Host",
	.thing = "FACT",
	.variants = variants,
	.columns = NULL,
	.build = build,
	.detail = detail,
};
