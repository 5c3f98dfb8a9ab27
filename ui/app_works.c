/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Which commands work here and now, and what is said about one that does not. */
#include "app_parts.h"
#include "view_machines.h"

/* What figures of machines come from is not mounted, or not all of it. */
static bool lacks_mount(const struct vt_app *app)
{
	return app->s && vt_machine_unmounted(vt_snapshot_host(app->s));
}

/* What names processes by pid or starts them, see vt_host_check_pids. */
static bool acts_on_processes(enum vt_command command)
{
	return command == VT_CMD_UNSHARE || command == VT_CMD_ENTER || command == VT_CMD_MOVE ||
	       command == VT_CMD_KILL;
}

/* What a command needs to work here and now; anything else always works. */
bool vt_app_works(const struct vt_app *app, enum vt_command command)
{
	const struct vt_row *row = vt_app_row(app);
	bool thing = row && row->link.kind < VT_KIND_COUNT && !row->gone;
	bool acts = !app->read_only && app->host->is_self;
	bool to_processes = acts && !app->host->foreign_pids;
	enum vt_kind kind = thing ? row->link.kind : VT_KIND_COUNT;
	bool cgroup = thing && (kind == VT_KIND_CGROUP || kind == VT_KIND_CONTAINER);
	/* An event or a finding may be about one that is gone. */
	bool here = kind == VT_KIND_CGROUP && vt_app_cgroup(app);

	switch (command) {
	case VT_CMD_GO:
		return row && (thing || row->go_view || row->has_children);
	case VT_CMD_FOLD:
		return row && row->has_children;
	case VT_CMD_FIX:
		return acts && thing && vt_row_finding(app->s, row);
	case VT_CMD_LIMIT:
		return acts && (cgroup || kind == VT_KIND_PROCESS || kind == VT_KIND_MACHINE);
	case VT_CMD_EXITS:
		if (vt_views[app->view] == &vt_view_host)
			return acts;
		return app->host->is_self && (kind == VT_KIND_MACHINE || kind == VT_KIND_VCPU);
	case VT_CMD_SAVE:
		return cgroup && vt_app_cgroup(app);
	case VT_CMD_JOURNAL:
		return app->host->is_self;
	case VT_CMD_LAB:
		return acts && vt_views[app->view] == &vt_view_namespaces;
	case VT_CMD_MOUNT:
		return acts && lacks_mount(app) &&
		       (vt_views[app->view] == &vt_view_machines ||
			vt_views[app->view] == &vt_view_host);
	case VT_CMD_UNSHARE:
		return to_processes;
	case VT_CMD_UNDO:
		return acts;
	case VT_CMD_CREATE:
	case VT_CMD_REMOVE:
	case VT_CMD_FREEZE:
		return acts && here;
	case VT_CMD_MOVE:
		return to_processes && (kind == VT_KIND_PROCESS || here);
	case VT_CMD_KILL:
		return kind == VT_KIND_CGROUP ? acts && here
					      : to_processes && kind == VT_KIND_PROCESS;
	case VT_CMD_ENTER:
		return to_processes && (kind == VT_KIND_PROCESS || kind == VT_KIND_NAMESPACE ||
					kind == VT_KIND_CONTAINER);
	case VT_CMD_COMPARE:
		return thing && (kind == VT_KIND_PROCESS || kind == VT_KIND_NAMESPACE ||
				 kind == VT_KIND_CONTAINER);
	case VT_CMD_MARK:
		return row && kind == VT_KIND_PROCESS && !row->gone;
	case VT_CMD_JUMP:
	case VT_CMD_EXPLAIN:
		return thing;
	case VT_CMD_VARIANT:
		return vt_views[app->view]->variants[1] != NULL;
	case VT_CMD_COLUMNS:
		return vt_views[app->view]->sets != NULL;
	case VT_CMD_SORT:
	case VT_CMD_SORT_BACK:
	case VT_CMD_REVERSE:
		return vt_views[app->view]->columns != NULL;
	case VT_CMD_SEARCH_NEXT:
		return app->views[app->view].tree.search[0] != '\0';
	case VT_CMD_BACK:
		return app->n_back > 0;
	case VT_CMD_PANE:
	case VT_CMD_PANE_ZOOM:
	case VT_CMD_PANE_CLOSE:
	case VT_CMD_PANE_LEAVE:
		return app->panes.n > 0;
	default:
		return true;
	}
}

const char *vt_app_why_not(const struct vt_app *app, enum vt_command command)
{
	if (command >= VT_CMD_UNSHARE && command <= VT_CMD_UNDO && command != VT_CMD_MARK) {
		if (!app->host->is_self)
			return "this is a recorded tree: nothing can be done in it";
		if (app->read_only)
			return "virttop was started with --read-only";
		if (app->host->foreign_pids && acts_on_processes(command))
			return "/proc is of another PID namespace: nothing is done to processes "
			       "(! says more)";
	}
	switch (command) {
	case VT_CMD_CREATE:
	case VT_CMD_REMOVE:
	case VT_CMD_FREEZE:
	case VT_CMD_LIMIT:
	case VT_CMD_SAVE:
		return "that needs a cgroup under the cursor (3 shows them)";
	case VT_CMD_MOVE:
		return "mark processes with m, then press M on a cgroup; or press M on a process, "
		       "or on a cgroup for all that are in it";
	case VT_CMD_JOURNAL:
		return "this is a recorded tree: nothing was done in it";
	case VT_CMD_EXITS:
		return app->host->is_self
			       ? "that needs a machine under the cursor (5), or the host view (7)"
			       : "this is a recorded tree: nothing can be measured in it";
	case VT_CMD_LAB:
		return "the network lab is in the namespaces view (2)";
	case VT_CMD_MOUNT:
		return lacks_mount(app)
			       ? "the machines view (5) and the host view (7) mount debugfs and "
				 "tracefs"
			       : "debugfs and tracefs are mounted, as far as this kernel has them";
	case VT_CMD_MARK:
		return "only processes can be marked";
	case VT_CMD_FIX:
		return "nothing is found wrong with what is under the cursor";
	case VT_CMD_COMPARE:
	case VT_CMD_ENTER:
		return "that needs a process, namespace or container under the cursor";
	case VT_CMD_COLUMNS:
		return "this view has one set of columns only";
	case VT_CMD_SORT:
	case VT_CMD_SORT_BACK:
	case VT_CMD_REVERSE:
		return "this view has its own order only";
	case VT_CMD_PANE:
	case VT_CMD_PANE_ZOOM:
	case VT_CMD_PANE_CLOSE:
	case VT_CMD_PANE_LEAVE:
		return "there is no pane: U and E can start a program in one";
	case VT_CMD_BACK:
		return "there was no jump to go back from";
	default:
		return "that does not work on this row";
	}
}
