/* SPDX-License-Identifier: GPL-2.0-or-later */
/* How a view's rows are sorted and arranged, and which columns they have. */
#include <string.h>

#include "app_parts.h"

/* The person's own set is behind those of the view. */
static struct vt_column_set set_at(const struct vt_app *app, int view, int i)
{
	const struct vt_column_set *set = &vt_views[view]->sets[i];

	if (!set->name && vt_views[view] == &vt_view_cgroups && app->own_columns)
		return (struct vt_column_set){ VT_OWN_COLUMNS, app->own_columns };
	return *set;
}

const struct vt_column *vt_app_columns(const struct vt_app *app)
{
	const struct vt_view *view = vt_views[app->view];

	return view->sets ? set_at(app, app->view, app->views[app->view].set).columns
			  : view->columns;
}

void vt_app_choose_columns(struct vt_app *app, const char *name)
{
	int view = vt_view_find(vt_view_cgroups.name);

	for (int i = 0; i == 0 || vt_view_cgroups.sets[i - 1].name; i++) {
		struct vt_column_set set = set_at(app, view, i);

		if (set.name && strcmp(set.name, name) == 0)
			app->views[view].set = i;
	}
}

const char *vt_app_chosen_columns(const struct vt_app *app)
{
	int view = vt_view_find(vt_view_cgroups.name);

	return set_at(app, view, app->views[view].set).name;
}

/* Sorting: the view's own order, then each column, then by name. */

static int count_columns(const struct vt_column *columns)
{
	int n = 0;

	while (columns && columns[n].width)
		n++;
	return n;
}

void vt_order_sort_by(struct vt_app *app, int column)
{
	struct vt_view_state *state = vt_app_state(app);
	const struct vt_column *columns = vt_app_columns(app);
	const char *title = column == VT_SORT_OWN    ? "the view's own order"
			    : column == VT_SORT_NAME ? "name"
						     : vt_column_title(&columns[column]);

	state->sort = column;
	/* Of numbers the largest come first, of words the first. */
	state->reverse = column >= 0 && !columns[column].left;
	vt_app_rebuild(app);
	vt_app_say(app, VT_ROLE_TEXT, "sorted by %s", title);
}

void vt_order_sort_next(struct vt_app *app, int by)
{
	int n = count_columns(vt_app_columns(app));
	/* 0 own, 1 name, 2.. columns */
	int at = vt_app_state(app)->sort == VT_SORT_OWN    ? 0
		 : vt_app_state(app)->sort == VT_SORT_NAME ? 1
							   : vt_app_state(app)->sort + 2;

	at = (at + by + n + 2) % (n + 2);
	vt_order_sort_by(app, at == 0 ? VT_SORT_OWN : at == 1 ? VT_SORT_NAME : at - 2);
}

void vt_order_reverse(struct vt_app *app)
{
	struct vt_view_state *state = vt_app_state(app);

	if (state->sort == VT_SORT_OWN)
		state->sort = VT_SORT_NAME;
	state->reverse = !state->reverse;
	vt_app_rebuild(app);
}

void vt_order_next_variant(struct vt_app *app)
{
	struct vt_view_state *state = vt_app_state(app);
	const char *const *variants = vt_views[app->view]->variants;

	state->variant++;
	if (!variants[state->variant])
		state->variant = 0;
	vt_app_rebuild(app);
	vt_app_say(app, VT_ROLE_TEXT, "arranged: %s", variants[state->variant]);
}

/* What was sorted by is not there any more. */
void vt_order_next_columns(struct vt_app *app)
{
	struct vt_view_state *state = vt_app_state(app);
	int last = state->set;

	/* Behind the person's own set there is nothing to look at. */
	if (!vt_views[app->view]->sets[last].name || !set_at(app, app->view, last + 1).name)
		state->set = 0;
	else
		state->set++;
	if (state->sort >= 0)
		state->sort = VT_SORT_OWN;
	vt_app_rebuild(app);
	vt_app_say(app, VT_ROLE_TEXT, "columns: %s", set_at(app, app->view, state->set).name);
}
