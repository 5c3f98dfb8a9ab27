/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Jumps between things: process to cgroup, namespace, machine; and back again. */
#include "jump.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "popup.h"

/* The view that shows a kind. */
static int view_of(enum vt_kind kind)
{
	switch (kind) {
	case VT_KIND_NAMESPACE:
	case VT_KIND_INTERFACE:
		return 1;
	case VT_KIND_CGROUP:
	case VT_KIND_IODEV:
	case VT_KIND_HUGETLB:
	case VT_KIND_RESOURCE:
		return 2;
	case VT_KIND_CONTAINER:
		return 3;
	case VT_KIND_MACHINE:
	case VT_KIND_VCPU:
	case VT_KIND_WORKER:
		return 4;
	case VT_KIND_PROCESS:
		return 5;
	default:
		return 6;
	}
}

const struct vt_process *vt_related_process(const struct vt_snapshot *s, struct vt_id id)
{
	int32_t at = vt_snapshot_index(s, id);

	if (at < 0)
		return NULL;
	switch (id.kind) {
	case VT_KIND_PROCESS:
		return vt_process_at(s, at);
	case VT_KIND_NAMESPACE:
		return vt_process_at(s, vt_namespace_at(s, at)->leader);
	case VT_KIND_CONTAINER:
		return vt_process_at(s, vt_container_at(s, at)->leader);
	case VT_KIND_MACHINE:
		return vt_process_at(s, vt_machine_at(s, at)->process);
	default:
		return NULL;
	}
}

const struct vt_cgroup *vt_related_cgroup(const struct vt_snapshot *s, struct vt_id id)
{
	int32_t at = vt_snapshot_index(s, id);
	const struct vt_process *p;

	if (at < 0)
		return NULL;
	if (id.kind == VT_KIND_CGROUP)
		return vt_cgroup_at(s, at);
	if (id.kind == VT_KIND_CONTAINER)
		return vt_cgroup_at(s, vt_container_at(s, at)->cgroup);
	p = vt_related_process(s, id);
	return p ? vt_cgroup_at(s, p->cgroup) : NULL;
}

static void remember(struct vt_app *app)
{
	const struct vt_row *row = vt_app_row(app);

	if (app->n_back == (int)VT_LEN(app->back)) {
		memmove(app->back, app->back + 1, sizeof(app->back) - sizeof(app->back[0]));
		app->n_back--;
	}
	app->back[app->n_back++] = (struct vt_place){
		.view = app->view,
		.id = row ? row->id : (struct vt_id){ VT_KIND_COUNT, 0, 0 },
		.scope = vt_app_state(app)->scope,
	};
}

/* Shows the view; what hides the thing there (a filter, another scope) is taken away. */
static bool show(struct vt_app *app, int view, struct vt_id id)
{
	struct vt_view_state *state = &app->views[view];

	vt_app_set_view(app, view);
	if (vt_tree_reveal(&state->tree, id))
		return true;
	if ((state->scope.kind == VT_KIND_COUNT && !state->tree.filter) ||
	    !vt_snapshot_find(app->s, id))
		return false;
	state->scope.kind = VT_KIND_COUNT;
	vt_filter_free(state->tree.filter);
	state->tree.filter = NULL;
	vt_app_rebuild(app);
	return vt_tree_reveal(&state->tree, id);
}

void vt_app_go(struct vt_app *app, struct vt_id id)
{
	int from = app->view;

	remember(app);
	/* The host is all of its view. */
	if (show(app, view_of(id.kind), id) || id.kind == VT_KIND_HOST)
		return;
	app->n_back--;
	vt_app_set_view(app, from);
	vt_app_say(app, VT_ROLE_WARN, "it is no longer there");
}

/* The processes of a cgroup, namespace or container. */
static void go_processes(struct vt_app *app, struct vt_id scope)
{
	remember(app);
	app->views[5].scope = scope;
	vt_app_set_view(app, 5);
	vt_tree_go(&app->views[5].tree, 0);
}

void vt_jump_back(struct vt_app *app)
{
	struct vt_place place = app->back[--app->n_back];

	app->views[place.view].scope = place.scope;
	vt_app_set_view(app, place.view);
	(void)vt_tree_reveal(&vt_app_state(app)->tree, place.id);
}

void vt_jump_go(struct vt_app *app)
{
	const struct vt_row *row = vt_app_row(app);
	struct vt_id id = row->link;

	if (row->go_view) {
		remember(app);
		vt_app_set_view(app, row->go_view - 1);
	} else if (id.kind == VT_KIND_COUNT) {
		vt_tree_toggle(&vt_app_state(app)->tree);
	} else if (app->view != view_of(id.kind) || !row->record) {
		vt_app_go(app, id);
	} else if (id.kind == VT_KIND_CGROUP || id.kind == VT_KIND_NAMESPACE ||
		   id.kind == VT_KIND_CONTAINER) {
		go_processes(app, id);
	} else {
		vt_jump_menu(app);
	}
}

/* A menu of related things, being made. */
struct items {
	struct vt_menu_item *items;
	size_t n, cap;
	struct vt_arena *arena;
	const struct vt_snapshot *s;
};

static void add_item(struct items *list, const char *label, enum vt_kind kind, const void *record)
{
	char *words;

	if (!record)
		return;
	words = vt_thing_words(list->s, vt_record_id(kind, record));
	VT_GROW(list->items, list->n, list->cap);
	list->items[list->n++] = (struct vt_menu_item){
		.label = label,
		.value = vt_arena_intern(list->arena, words),
		.id = vt_record_id(kind, record),
	};
	free(words);
}

enum {
	GO_THERE,
	GO_PROCESSES
};

static void add_processes(struct items *list, struct vt_id scope)
{
	VT_GROW(list->items, list->n, list->cap);
	list->items[list->n++] = (struct vt_menu_item){ .label = "its processes",
							.id = scope,
							.number = GO_PROCESSES };
}

static void add_process_relations(struct items *list, const struct vt_process *p)
{
	add_item(list, "parent process", VT_KIND_PROCESS, vt_process_at(list->s, p->parent));
	add_item(list, "cgroup", VT_KIND_CGROUP, vt_cgroup_at(list->s, p->cgroup));
	add_item(list, "machine", VT_KIND_MACHINE, vt_machine_at(list->s, p->machine));
	if (p->cgroup >= 0)
		add_item(list, "container", VT_KIND_CONTAINER,
			 vt_container_at(list->s, vt_cgroup_at(list->s, p->cgroup)->container));
	for (int t = 0; t < VT_NS_TYPES; t++)
		add_item(list, "namespace", VT_KIND_NAMESPACE,
			 vt_namespace_at(list->s, vt_process_ns(p, t)));
}

static void add_relations(struct items *list, struct vt_id id)
{
	const struct vt_snapshot *s = list->s;
	int32_t at = vt_snapshot_index(s, id);

	if (at < 0)
		return;
	if (id.kind == VT_KIND_PROCESS) {
		add_process_relations(list, vt_process_at(s, at));
	} else if (id.kind == VT_KIND_CGROUP) {
		const struct vt_cgroup *cg = vt_cgroup_at(s, at);

		add_processes(list, id);
		add_item(list, "parent cgroup", VT_KIND_CGROUP, vt_cgroup_at(s, cg->parent));
		add_item(list, "container", VT_KIND_CONTAINER, vt_container_at(s, cg->container));
	} else if (id.kind == VT_KIND_NAMESPACE) {
		const struct vt_namespace *ns = vt_namespace_at(s, at);

		add_processes(list, id);
		add_item(list, "oldest process", VT_KIND_PROCESS, vt_process_at(s, ns->leader));
		add_item(list, "owner", VT_KIND_NAMESPACE, vt_namespace_at(s, ns->owner));
		add_item(list, "parent", VT_KIND_NAMESPACE, vt_namespace_at(s, ns->parent));
		add_item(list, "cgroup of it", VT_KIND_CGROUP, vt_related_cgroup(s, id));
	} else {
		if (id.kind == VT_KIND_CONTAINER)
			add_processes(list, id);
		add_item(list, "process", VT_KIND_PROCESS, vt_related_process(s, id));
		add_item(list, "cgroup", VT_KIND_CGROUP, vt_related_cgroup(s, id));
		if (vt_related_process(s, id))
			add_process_relations(list, vt_related_process(s, id));
	}
}

static void chosen(struct vt_app *app, const struct vt_menu_item *item, void *arg)
{
	(void)arg;
	if (item->number == GO_PROCESSES)
		go_processes(app, item->id);
	else
		vt_app_go(app, item->id);
}

void vt_jump_menu(struct vt_app *app)
{
	struct items list = { .arena = vt_arena_new(), .s = app->s };
	struct vt_id id = vt_app_row(app)->link;
	vt_autofree char *words = vt_thing_words(app->s, id);
	vt_autofree char *title = vt_asprintf("Go from %s to", words);

	add_relations(&list, id);
	if (list.n)
		vt_popup_menu(app, title, list.items, list.n, false, chosen, NULL, NULL);
	else
		vt_app_say(app, VT_ROLE_WARN, "nothing related to it is known");
	vt_arena_free(list.arena);
	free(list.items);
}

void vt_jump_search_all(struct vt_app *app)
{
	static const struct {
		enum vt_kind kind;
		const char *label;
	} kinds[] = {
		{ VT_KIND_CGROUP, "cgroup" },   { VT_KIND_CONTAINER, "container" },
		{ VT_KIND_MACHINE, "machine" }, { VT_KIND_NAMESPACE, "namespace" },
		{ VT_KIND_PROCESS, "process" },
	};
	struct items list = { .arena = vt_arena_new(), .s = app->s };

	for (size_t k = 0; k < VT_LEN(kinds); k++) {
		const struct vt_table *t = &app->s->table[kinds[k].kind];

		for (size_t i = 0; i < t->n; i++)
			add_item(&list, kinds[k].label, kinds[k].kind,
				 (const char *)t->rows + i * vt_kinds[kinds[k].kind].size);
	}
	vt_popup_menu(app, "Search everything", list.items, list.n, true, chosen, NULL, NULL);
	vt_arena_free(list.arena);
	free(list.items);
}
