/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The measurement of what an exit costs, as a command. */
#include "do_exit_cost.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "exit_cost.h"
#include "memory.h"
#include "units.h"

const char vt_exit_cost_usage[] = "[--seconds N]";
const char vt_exit_cost_summary[] = "measure what a VM exit costs here, beside a system call";

static int parse(int argc, char **argv, double *ret_seconds, struct vt_error *err)
{
	static const char option[] = "--seconds";
	const char *value = NULL;

	if (argc == 0)
		return 0;
	if (strcmp(argv[0], option) == 0 && argc == 2)
		value = argv[1];
	else if (strncmp(argv[0], "--seconds=", sizeof(option)) == 0 && argc == 1)
		value = argv[0] + sizeof(option);
	if (!value)
		return vt_fail(err, EINVAL, "it takes --seconds N and nothing else");
	if (vt_units_parse_seconds(value, 0.1, 60, ret_seconds, err) < 0)
		return vt_wrap(err, "--seconds");
	return 0;
}

int vt_do_exit_cost(const struct vt_action_env *env, int argc, char **argv, bool dry_run,
		    struct vt_error *err)
{
	const struct vt_host_row *row = vt_snapshot_host(env->snapshot);
	struct vt_exit_costs costs;
	vt_autofree char *text = NULL;
	struct vt_error unsaved = { 0 };
	double seconds = 1;
	int r = parse(argc, argv, &seconds, err);

	if (r < 0)
		return r;
	if (!env->host->is_self)
		return vt_fail(err, EROFS,
			       "this is a recorded tree: nothing can be measured in it");
	if (env->read_only)
		return vt_fail(err, EROFS, "virttop was started with --read-only");
	(void)printf(
		"A guest of 38 bytes with one vCPU runs through /dev/kvm for about %g s, on one "
		"CPU.\n",
		seconds);
	if (dry_run)
		return 0;
	r = vt_exit_cost_measure(env->host, seconds, &costs, err);
	if (r < 0)
		return r;
	text = vt_exit_cost_text(&costs);
	(void)printf("\n%s", text);
	if (VT_HAS(HOST, row, boot_id) && vt_exit_cost_save(&costs, row->boot_id, &unsaved) < 0)
		(void)printf("It is not kept for the screen and --json: %s\n", unsaved.msg);
	return 0;
}
