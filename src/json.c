/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * JSON from the metric tables. The nesting that the paths of a kind ask for is
 * worked out once a document (struct shape); a record then only fills objects
 * in, so that 10,000 processes stay cheap. Keys point into the tables.
 */
#include "json.h"

#include <jansson.h>
#include <math.h>
#include <string.h>
#include <time.h>

#include "cpu_features.h"
#include "text.h"

enum {
	GROUPS = 64,   /* objects that the paths of one kind nest into */
	METRICS = 256, /* of one kind: as many as there are validity bits */
};
_Static_assert(METRICS >= 64 * VT_VALID_WORDS, "a metric for each validity bit");

struct shape {
	enum vt_kind kind;
	struct group {
		char name[32];
		int parent;
	} groups[GROUPS]; /* the first is the record's object itself */
	int n_groups;
	struct leaf {
		const char *key; /* NULL: not in JSON */
		int group;
	} leaves[METRICS];
};

static void set(json_t *object, const char *key, json_t *value)
{
	(void)json_object_set_new_nocheck(object, key, value);
}

static void add(json_t *array, json_t *value)
{
	(void)json_array_append_new(array, value);
}

static json_t *integer(uint64_t value)
{
	return json_integer(value > INT64_MAX ? INT64_MAX : (json_int_t)value);
}

static json_t *text_n(const char *raw, size_t n)
{
	vt_autofree char *copy = vt_strndup(raw, n), *clean = NULL;

	if (vt_text_clean(copy))
		return json_string_nocheck(copy);
	/* No byte becomes more than four: \xHH. */
	clean = vt_alloc(4 * n + 16);
	(void)vt_text_escape(clean, 4 * n + 16, copy);
	return json_string_nocheck(clean);
}

static json_t *text(const char *raw)
{
	return vt_text_clean(raw) ? json_string_nocheck(raw) : text_n(raw, strlen(raw));
}

static json_t *words(const char *raw)
{
	json_t *array = json_array();

	while (*raw) {
		size_t n = strcspn(raw, " ");

		if (n)
			add(array, text_n(raw, n));
		raw += n + (raw[n] == ' ');
	}
	return array;
}

/* Three digits behind the point: more is noise. */
static json_t *real(double value)
{
	return isinf(value) ? json_string_nocheck("max") : json_real(round(value * 1000) / 1000);
}

static json_t *metric_value(const struct vt_metric *m, const void *record)
{
	uint64_t value;

	if (m->class == VT_STRING)
		return (m->unit == VT_UNIT_WORDS ? words : text)(vt_metric_string(m, record));
	if (m->real)
		return real(vt_metric_number(m, record));
	value = *(const uint64_t *)(const void *)((const char *)record + m->offset);
	if (m->unit == VT_UNIT_BOOL)
		return json_boolean(value);
	/* Only what can be limited is "max": a process may claim to have started then. */
	if (value == VT_MAX && m->unit != VT_UNIT_ID && m->unit != VT_UNIT_TICKS)
		return json_string_nocheck("max");
	return integer(value);
}

static int group(struct shape *shape, int parent, const char *name, size_t n)
{
	struct group *g;

	for (int i = 1; i < shape->n_groups; i++)
		if (shape->groups[i].parent == parent && strlen(shape->groups[i].name) == n &&
		    memcmp(shape->groups[i].name, name, n) == 0)
			return i;
	if (shape->n_groups == GROUPS || n >= sizeof(g->name))
		abort();
	g = &shape->groups[shape->n_groups];
	memcpy(g->name, name, n);
	g->name[n] = '\0';
	g->parent = parent;
	return shape->n_groups++;
}

static void shape_init(struct shape *shape, enum vt_kind kind)
{
	shape->kind = kind;
	shape->n_groups = 1;
	for (int i = 0; i < vt_kinds[kind].n_metrics; i++) {
		const char *path = vt_kinds[kind].metrics[i].json, *dot;
		struct leaf *leaf = &shape->leaves[i];

		*leaf = (struct leaf){ 0 };
		for (; (dot = strchr(path, '.')); path = dot + 1)
			leaf->group = group(shape, leaf->group, path, (size_t)(dot - path));
		if (*path)
			leaf->key = path;
	}
}

static json_t *object_of(const struct shape *shape, json_t **objects, int g)
{
	if (!objects[g]) {
		objects[g] = json_object();
		set(object_of(shape, objects, shape->groups[g].parent), shape->groups[g].name,
		    objects[g]);
	}
	return objects[g];
}

static json_t *record_object(const struct shape *shape, const void *record)
{
	const struct vt_kind_info *k = &vt_kinds[shape->kind];
	json_t *objects[GROUPS] = { json_object() };

	for (int i = 0; i < k->n_metrics; i++)
		if (shape->leaves[i].key && vt_valid(record, (unsigned)i))
			set(object_of(shape, objects, shape->leaves[i].group), shape->leaves[i].key,
			    metric_value(&k->metrics[i], record));
	return objects[0];
}

/* The member object of this name, made when it is not there. */
static json_t *member(json_t *object, const char *name)
{
	json_t *m = json_object_get(object, name);

	if (m)
		return m;
	m = json_object();
	set(object, name, m);
	return m;
}

static json_t *time_text(uint64_t wall_ns)
{
	time_t seconds = (time_t)(wall_ns / 1000000000u);
	char date[32], out[48];
	struct tm tm;

	(void)gmtime_r(&seconds, &tm);
	(void)strftime(date, sizeof(date), "%Y-%m-%dT%H:%M:%S", &tm);
	(void)snprintf(out, sizeof(out), "%s.%03uZ", date, (unsigned)(wall_ns / 1000000u % 1000u));
	return json_string_nocheck(out);
}

/* What the snapshot itself cost. */

static json_t *notes_of(const struct vt_snapshot *s, const char *probe)
{
	json_t *array = json_array();

	for (size_t i = 0; i < s->n_notes; i++) {
		const struct vt_note *n = &s->notes[i];
		vt_autofree char *counted = NULL;

		if (strcmp(n->probe, probe) != 0)
			continue;
		if (n->times > 1)
			counted = vt_asprintf("%s (%u times)", n->text, n->times);
		add(array, text(counted ? counted : n->text));
	}
	return array;
}

static json_t *collect(const struct vt_snapshot *s)
{
	json_t *object = json_object(), *probes = json_array();

	set(object, "duration_usec", integer(s->duration_ns / 1000));
	set(object, "cpu_usec", integer(s->cpu_ns / 1000));
	for (size_t i = 0; i < s->n_probes; i++) {
		const struct vt_probe_run *run = &s->probes[i];
		json_t *probe = json_object();

		set(probe, "name", text(run->name));
		if (run->source)
			set(probe, "source", text(run->source));
		set(probe, "duration_usec", integer(run->duration_usec));
		set(probe, "notes", notes_of(s, run->name));
		add(probes, probe);
	}
	set(object, "probes", probes);
	return object;
}

/* The host and what belongs to it alone. */

static json_t *features(const struct vt_host_row *row)
{
	json_t *array = json_array();

	for (size_t i = 0; i < vt_cpu_features_n; i++) {
		const struct vt_cpu_feature *f = &vt_cpu_features[i];
		bool present = vt_cpu_feature_present(f, row->cpu_flags);
		json_t *one = json_object();

		set(one, "name", json_string_nocheck(f->name));
		/* Without its line a flag's absence says nothing. */
		if (present || !f->of_vmx_line || !VT_HAS(HOST, row, cpu_features_unknown))
			set(one, "present", json_boolean(present));
		set(one, "buys", json_string_nocheck(f->help));
		add(array, one);
	}
	return array;
}

static json_t *modules(const struct vt_snapshot *s)
{
	json_t *array = json_array(), *one;
	struct shape shape;
	size_t n, n_params;
	const struct vt_module *rows = vt_module_rows(s, &n);
	const struct vt_parameter *params = vt_parameter_rows(s, &n_params);

	shape_init(&shape, VT_KIND_MODULE);
	for (size_t i = 0; i < n; i++) {
		one = record_object(&shape, &rows[i]);
		(void)member(one, "parameters");
		add(array, one);
	}
	for (size_t i = 0; i < n_params; i++) {
		one = params[i].module < 0 ? NULL : json_array_get(array, (size_t)params[i].module);
		if (one && VT_HAS(PARAMETER, &params[i], name) &&
		    VT_HAS(PARAMETER, &params[i], value) && vt_text_clean(params[i].name))
			set(member(one, "parameters"), params[i].name, text(params[i].value));
	}
	return array;
}

static json_t *host(const struct vt_snapshot *s)
{
	const struct vt_host_row *row = vt_snapshot_host(s);
	struct shape shape;
	json_t *object;

	shape_init(&shape, VT_KIND_HOST);
	object = record_object(&shape, row);
	if (VT_HAS(HOST, row, cpu_flags))
		set(member(object, "cpu"), "features", features(row));
	if (s->table[VT_KIND_MODULE].n || VT_HAS(HOST, row, kvm_device))
		set(member(object, "kvm"), "modules", modules(s));
	return object;
}

/* What a kind has beside its metrics; NULL adds nothing. */

static json_t *namespace_ids(const struct vt_process *p)
{
	json_t *ids = json_object();

	for (int t = 0; t < VT_NS_TYPES; t++)
		if (vt_process_ns_id(p, t))
			set(ids, vt_ns_names[t], integer(vt_process_ns_id(p, t)));
	return ids;
}

static void finish_process(const struct vt_snapshot *s, const void *record, json_t *object)
{
	(void)s;
	set(object, "ns", namespace_ids(record));
}

static void finish_namespace(const struct vt_snapshot *s, const void *record, json_t *object)
{
	const struct vt_namespace *ns = record;
	struct shape shape;
	json_t *kept;

	if (!ns->kept_by && !ns->n_keepers)
		return;
	shape_init(&shape, VT_KIND_KEEPER);
	kept = json_array();
	if (ns->kept_by) {
		json_t *first = json_object();

		set(first, "how", text(ns->kept_by));
		if (ns->kept_where)
			set(first, "where", text(ns->kept_where));
		add(kept, first);
	}
	for (int32_t i = 0; i < ns->n_keepers; i++)
		add(kept, record_object(&shape, vt_keeper_at(s, ns->first_keeper + i)));
	set(object, "kept_by", kept);
}

static void add_resources(const struct vt_snapshot *s, const struct vt_cgroup *cg, json_t *object)
{
	struct shape shape;
	json_t *list;

	if (!cg->n_resources)
		return;
	shape_init(&shape, VT_KIND_RESOURCE);
	list = json_array();
	for (int32_t i = 0; i < cg->n_resources; i++)
		add(list, record_object(&shape, vt_resource_at(s, cg->first_resource + i)));
	set(object, "resources", list);
}

static void finish_cgroup(const struct vt_snapshot *s, const void *record, json_t *object)
{
	const struct vt_cgroup *cg = record;
	struct shape shape;
	json_t *list;

	if (cg->n_iodevs) {
		shape_init(&shape, VT_KIND_IODEV);
		list = json_array();
		for (int32_t i = 0; i < cg->n_iodevs; i++)
			add(list, record_object(&shape, vt_iodev_at(s, cg->first_iodev + i)));
		set(object, "io", list);
	}
	if (cg->n_hugetlbs)
		shape_init(&shape, VT_KIND_HUGETLB);
	for (int32_t i = 0; i < cg->n_hugetlbs; i++) {
		const struct vt_hugetlb *h = vt_hugetlb_at(s, cg->first_hugetlb + i);

		if (VT_HAS(HUGETLB, h, page_size) && vt_text_clean(h->page_size))
			set(member(object, "hugetlb"), h->page_size, record_object(&shape, h));
	}
	add_resources(s, cg, object);
}

static void finish_container(const struct vt_snapshot *s, const void *record, json_t *object)
{
	const struct vt_process *leader = vt_process_at(
		s, ((const struct vt_container *)record)->leader);

	if (leader)
		set(object, "namespaces", namespace_ids(leader));
}

/* A run of n rows, which lie together. */
static json_t *run_of(const struct vt_snapshot *s, enum vt_kind kind, int32_t first, int32_t n)
{
	const char *at = s->table[kind].rows;
	json_t *list = json_array();
	struct shape shape;

	shape_init(&shape, kind);
	for (int32_t i = 0; i < n; i++)
		add(list, record_object(&shape, at + (size_t)(first + i) * vt_kinds[kind].size));
	return list;
}

static void finish_machine(const struct vt_snapshot *s, const void *record, json_t *object)
{
	const struct vt_machine *vm = record;

	set(object, "vcpus", run_of(s, VT_KIND_VCPU, vm->first_vcpu, vm->n_vcpus));
	set(object, "taps", run_of(s, VT_KIND_TAP, vm->first_tap, vm->n_taps));
	set(object, "workers", run_of(s, VT_KIND_WORKER, vm->first_worker, vm->n_workers));
}

static void finish_interface(const struct vt_snapshot *s, const void *record, json_t *object)
{
	(void)s;
	set(object, "namespace", integer(((const struct vt_head *)record)->a));
}

static void finish_nothing(const struct vt_snapshot *s, const void *record, json_t *object)
{
	(void)s;
	(void)record;
	(void)object;
}

static const struct list {
	enum vt_kind kind;
	void (*finish)(const struct vt_snapshot *s, const void *record, json_t *object);
} lists[] = {
	{ VT_KIND_PROCESS, finish_process },     { VT_KIND_NAMESPACE, finish_namespace },
	{ VT_KIND_INTERFACE, finish_interface }, { VT_KIND_CGROUP, finish_cgroup },
	{ VT_KIND_CONTAINER, finish_container }, { VT_KIND_MACHINE, finish_machine },
	{ VT_KIND_OOM, finish_nothing },
};

static json_t *records(const struct vt_snapshot *s, const struct list *list)
{
	const struct vt_table *t = &s->table[list->kind];
	size_t size = vt_kinds[list->kind].size;
	json_t *array = json_array();
	struct shape shape;

	shape_init(&shape, list->kind);
	for (size_t i = 0; i < t->n; i++) {
		size_t at = list->kind == VT_KIND_CGROUP ? (size_t)s->cgroup_order[i] : i;
		const void *record = (const char *)t->rows + at * size;
		json_t *object = record_object(&shape, record);

		list->finish(s, record, object);
		add(array, object);
	}
	return array;
}

/* Findings and events. */

static const char *kind_word(enum vt_kind kind)
{
#define KIND_WORD(KIND, name, plural) [VT_KIND_##KIND] = #name,
	static const char *const names[] = { VT_KINDS(KIND_WORD) };

	return kind == VT_KIND_HOST ? "host" : names[kind];
}

static json_t *subject(const struct vt_id id, const char *path)
{
	json_t *object = json_object();

	set(object, "kind", json_string_nocheck(kind_word(id.kind)));
	if (!id.a)
		return object;
	if (id.kind == VT_KIND_PROCESS || id.kind == VT_KIND_MACHINE) {
		set(object, "pid", integer(id.a));
		set(object, "start_ticks", integer(id.b));
	} else {
		set(object, id.kind == VT_KIND_CONTAINER ? "cgroup_id" : "id", integer(id.a));
	}
	if (id.kind == VT_KIND_CGROUP && path)
		set(object, "path", text(path));
	return object;
}

static json_t *events(const struct vt_snapshot *s)
{
	json_t *array = json_array();

	for (size_t i = 0; i < s->n_events; i++) {
		const struct vt_event *e = &s->events[i];
		json_t *one = json_object();

		if (e->at_ns)
			set(one, "at", time_text(e->at_ns));
		set(one, "kind", text(e->kind));
		set(one, "subject", subject(e->subject, e->name));
		set(one, "text", text(e->text));
		add(array, one);
	}
	return array;
}

static json_t *findings(const struct vt_snapshot *s)
{
	static const char *const severities[] = {
		[VT_NOTICE] = "notice", [VT_WARNING] = "warning", [VT_CRITICAL] = "critical"
	};
	json_t *array = json_array();

	for (size_t i = 0; i < s->n_findings; i++) {
		const struct vt_finding *f = &s->findings[i];
		const struct vt_cgroup *cg = f->subject.kind == VT_KIND_CGROUP
						     ? vt_snapshot_find(s, f->subject)
						     : NULL;
		json_t *one = json_object();

		set(one, "severity", json_string_nocheck(severities[f->severity]));
		set(one, "kind", text(f->kind));
		set(one, "subject", subject(f->subject, cg ? cg->path : NULL));
		set(one, "name", text(f->name));
		set(one, "evidence", text(f->evidence));
		set(one, "advice", text(f->advice));
		if (f->since_ns)
			set(one, "since", time_text(f->since_ns));
		if (f->fix.action)
			set(one, "fix", text(f->fix.command));
		add(array, one);
	}
	return array;
}

char *vt_json(const struct vt_snapshot *s)
{
	json_t *root = json_object();
	char *line;

	set(root, "schema", json_string_nocheck("virttop/1"));
	if (s->wall_ns)
		set(root, "taken_at", time_text(s->wall_ns));
	if (s->interval_ns)
		set(root, "interval_usec", integer(s->interval_ns / 1000));
	set(root, "collect", collect(s));
	set(root, "host", host(s));
	for (size_t i = 0; i < VT_LEN(lists); i++)
		set(root, vt_kinds[lists[i].kind].name, records(s, &lists[i]));
	set(root, "events", events(s));
	set(root, "findings", findings(s));
	line = json_dumps(root, JSON_COMPACT | JSON_PRESERVE_ORDER | JSON_REAL_PRECISION(15));
	json_decref(root);
	if (!line)
		abort();
	return line;
}
