/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Containers, by the names that engines give their cgroups: no daemon is asked
 * and no engine has to be installed. systemd's cgroup driver makes scopes
 * (docker-ID.scope), the cgroupfs driver makes directories (docker/ID); see the
 * OCI runtime specification, config-linux.md, "Control groups", and
 * systemd.io/CONTROL_GROUP_INTERFACE for names below machine.slice. Monitors
 * (libpod-conmon-ID, crio-conmon-ID, lxc.monitor.NAME) are not containers: what
 * stands where the id should be is no id.
 */
#include <ctype.h>
#include <string.h>

#include "derive.h"

struct pattern {
	const char *engine; /* NULL: the name does not tell */
	const char *parent; /* name of the parent; with * at its end, how it begins; NULL: any */
	const char *prefix, *suffix;
	size_t id_digits; /* hexadecimal digits that the id has at least; 0: it is a name */
};

/* The first that fits. */
static const struct pattern patterns[] = {
	{ "docker", NULL, "docker-", ".scope", 64 },
	{ "docker", "docker", "", "", 64 },
	{ "podman", NULL, "libpod-", ".scope", 64 },
	{ "podman", "libpod_parent", "libpod-", "", 64 },
	{ "cri-o", NULL, "crio-", ".scope", 12 },
	{ "cri-o", NULL, "crio-", "", 64 },
	{ "containerd", NULL, "cri-containerd-", ".scope", 12 },
	{ "containerd", NULL, "nerdctl-", ".scope", 12 },
	{ NULL, "pod*", "", "", 64 },
	{ "lxc", NULL, "lxc.payload.", "", 0 },
	{ "lxc", "lxc.payload", "", "", 0 },
	{ "nspawn", "machine.slice", "machine-", ".scope", 0 },
	{ "nspawn", "machine.slice", "systemd-nspawn@", ".service", 0 },
};

static bool starts(const char *s, const char *prefix)
{
	return strncmp(s, prefix, strlen(prefix)) == 0;
}

static bool is_id(const char *s, size_t n, size_t digits)
{
	for (size_t i = 0; i < n; i++)
		if (!isdigit((unsigned char)s[i]) && !(s[i] >= 'a' && s[i] <= 'f'))
			return false;
	return n >= digits;
}

/* What stands between prefix and suffix; false when the name is not of this pattern. */
static bool middle(const struct pattern *p, const char *name, const char **ret, size_t *ret_n)
{
	size_t n = strlen(name), before = strlen(p->prefix), after = strlen(p->suffix);

	if (n <= before + after || !starts(name, p->prefix) ||
	    memcmp(name + n - after, p->suffix, after) != 0)
		return false;
	*ret = name + before;
	*ret_n = n - before - after;
	return !p->id_digits || is_id(*ret, *ret_n, p->id_digits);
}

static int hex_digit(char c)
{
	return isdigit((unsigned char)c) ? c - '0' : c >= 'a' && c <= 'f' ? c - 'a' + 10 : -1;
}

/* systemd writes - of a name as \x2d (systemd-escape(1)). */
static const char *unescape(struct vt_arena *a, const char *s, size_t n)
{
	char text[256];
	size_t used = 0;

	for (size_t i = 0; i < n && used + 1 < sizeof(text); i++) {
		int high = i + 3 < n && s[i] == '\\' && s[i + 1] == 'x' ? hex_digit(s[i + 2]) : -1;
		int low = high < 0 ? -1 : hex_digit(s[i + 3]);

		/* A zero byte would end the name early. */
		if (low < 0 || !(high | low)) {
			text[used++] = s[i];
			continue;
		}
		text[used++] = (char)(high << 4 | low);
		i += 3;
	}
	return vt_arena_intern_n(a, text, used);
}

/* libvirt names the scopes of its virtual machines machine-qemu\x2d1\x2dNAME.scope. */
static bool is_virtual_machine(const char *name)
{
	return starts(name, "qemu-") && isdigit((unsigned char)name[5]);
}

static bool is_parent(const char *name, const char *wanted)
{
	size_t n = strlen(wanted);

	return wanted[n - 1] == '*' ? strncmp(name, wanted, n - 1) == 0 : strcmp(name, wanted) == 0;
}

static bool fits(const struct vt_cgroup *cgs, const struct vt_cgroup *cg, const struct pattern *p,
		 const char **ret, size_t *ret_n)
{
	if (p->parent && (cg->parent < 0 || !is_parent(cgs[cg->parent].name, p->parent)))
		return false;
	return middle(p, cg->name, ret, ret_n);
}

/* Fills the container that has this cgroup as its root; false when it is none. */
static bool recognise(struct vt_arena *a, const struct vt_cgroup *cgs, const struct vt_cgroup *cg,
		      struct vt_container *c)
{
	for (size_t i = 0; i < VT_LEN(patterns); i++) {
		const struct pattern *p = &patterns[i];
		const char *id, *text;
		size_t n;

		if (!fits(cgs, cg, p, &text, &n))
			continue;
		id = p->id_digits ? vt_arena_intern_n(a, text, n) : unescape(a, text, n);
		if (!p->id_digits && is_virtual_machine(id))
			return false;
		VT_SET(CONTAINER, c, id, id);
		if (p->engine)
			VT_SET(CONTAINER, c, engine, p->engine);
		if (!p->id_digits)
			VT_SET(CONTAINER, c, name, id);
		return true;
	}
	return false;
}

static void take_figures(struct vt_container *c, const struct vt_cgroup *cg)
{
	VT_SET(CONTAINER, c, cgroup_id, cg->id);
	if (VT_HAS(CGROUP, cg, processes_below))
		VT_SET(CONTAINER, c, processes, cg->processes_below);
	if (VT_HAS(CGROUP, cg, cpu_percent))
		VT_SET(CONTAINER, c, cpu_percent, cg->cpu_percent);
	if (VT_HAS(CGROUP, cg, memory_current_bytes))
		VT_SET(CONTAINER, c, memory_bytes, cg->memory_current_bytes);
}

/* Cgroups are sorted by id, so containers are too. */
static void find_containers(struct vt_snapshot *s, struct vt_cgroup *cgs, size_t n)
{
	struct vt_table *t = &s->table[VT_KIND_CONTAINER];
	struct vt_container *found = NULL, one;
	size_t cap = 0;

	t->n = 0;
	for (size_t i = 0; i < n; i++) {
		one = (struct vt_container){ .head = { .a = cgs[i].head.a },
					     .cgroup = (int32_t)i,
					     .leader = -1 };
		if (!recognise(s->arena, cgs, &cgs[i], &one))
			continue;
		take_figures(&one, &cgs[i]);
		cgs[i].container = (int32_t)t->n;
		VT_GROW(found, t->n, cap);
		found[t->n++] = one;
	}
	if (t->n) {
		t->rows = vt_arena_alloc(s->arena, t->n * sizeof(*found));
		memcpy(t->rows, found, t->n * sizeof(*found));
	}
	free(found);
}

static void mark_members(const struct vt_snapshot *s, struct vt_cgroup *cgs, size_t n)
{
	for (size_t i = 0; i < n; i++) {
		struct vt_cgroup *cg = &cgs[s->cgroup_order[i]];

		if (cg->container < 0 && cg->parent >= 0)
			cg->container = cgs[cg->parent].container;
	}
}

static bool is_older(const struct vt_process *a, const struct vt_process *b)
{
	return a->start_ticks != b->start_ticks ? a->start_ticks < b->start_ticks : a->pid < b->pid;
}

static void lead(const struct vt_process *procs, struct vt_container *c, int32_t candidate)
{
	if (candidate >= 0 && (c->leader < 0 || is_older(&procs[candidate], &procs[c->leader])))
		c->leader = candidate;
}

/* systemd-nspawn itself sits beside the payload. */
static bool is_supervisor(const struct vt_cgroup *cg, const struct vt_container *c)
{
	return VT_HAS(CONTAINER, c, engine) && strcmp(c->engine, "nspawn") == 0 &&
	       strcmp(cg->name, "supervisor") == 0;
}

static void find_leaders(const struct vt_snapshot *s, const struct vt_cgroup *cgs, size_t n_cgs)
{
	struct vt_container *containers = s->table[VT_KIND_CONTAINER].rows;
	size_t n;
	const struct vt_process *procs = vt_process_rows(s, &n);

	for (size_t i = 0; i < n; i++) {
		int32_t at = procs[i].cgroup < 0 ? -1 : cgs[procs[i].cgroup].container;

		if (at >= 0 && !is_supervisor(&cgs[procs[i].cgroup], &containers[at]))
			lead(procs, &containers[at], (int32_t)i);
	}
	/* Children first: what is in an inner container is in the outer one too. */
	for (size_t i = n_cgs; i-- > 0;) {
		const struct vt_cgroup *cg = &cgs[s->cgroup_order[i]];
		int32_t outer = cg->parent < 0 ? -1 : cgs[cg->parent].container;

		if (outer >= 0 && cg->container != outer)
			lead(procs, &containers[outer], containers[cg->container].leader);
	}
	for (size_t i = 0; i < s->table[VT_KIND_CONTAINER].n; i++)
		if (containers[i].leader >= 0)
			VT_SET(CONTAINER, &containers[i], pid, procs[containers[i].leader].pid);
}

void vt_containers_derive(struct vt_snapshot *s)
{
	struct vt_cgroup *cgs = s->table[VT_KIND_CGROUP].rows;
	size_t n = s->table[VT_KIND_CGROUP].n;

	find_containers(s, cgs, n);
	if (!s->table[VT_KIND_CONTAINER].n)
		return;
	mark_members(s, cgs, n);
	find_leaders(s, cgs, n);
}
