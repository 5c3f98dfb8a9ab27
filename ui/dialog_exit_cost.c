/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Measuring what an exit costs from the screen, which does not wait for it. */
#include "dialogs.h"

#include "../src/exit_cost.h"

void vt_dialog_exit_cost(struct vt_app *app)
{
	const struct vt_host_row *row = vt_snapshot_host(app->s);
	struct vt_error err = { 0 };

	if (!VT_HAS(HOST, row, boot_id))
		vt_app_say(app, VT_ROLE_WARN,
			   "exit cost: the boot is not known that it would be "
			   "kept for");
	else if (vt_exit_cost_start(app->host, 1, row->boot_id, &err) < 0)
		vt_app_fail(app, &err);
	else
		vt_app_say(app, VT_ROLE_TEXT,
			   "a tiny guest runs for a second; what its exits cost then stands below "
			   "WHAT AN EXIT COSTS");
}
