/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Steps of the network lab: their words, and what takes them back. */
#include <criterion/criterion.h>

#include "../../src/action_net.h"
#include "../../src/inverse.h"

Test(net_lab, cables)
{
	static const struct {
		const char *device, *value;
		bool good;
		const char *inside, *address, *inside_address;
	} cases[] = {
		{ "v-a", "eth0 10.0.0.1/24 10.0.0.2/24", true, "eth0", "10.0.0.1/24",
		  "10.0.0.2/24" },
		{ "v-a", "eth0 - 10.0.0.2/24", true, "eth0", NULL, "10.0.0.2/24" },
		{ "v-a", "eth0", true, "eth0", NULL, NULL },
		{ "v-a", "", false, NULL, NULL, NULL },
		{ "v-a", NULL, false, NULL, NULL, NULL },
		{ NULL, "eth0 - -", false, NULL, NULL, NULL },
		{ "v-a", "eth0 - - -", false, NULL, NULL, NULL },
	};
	struct vt_arena *arena = vt_arena_new();

	for (size_t i = 0; i < VT_LEN(cases); i++) {
		struct vt_step step = { .op = VT_OP_VETH_ADD,
					.path = "/a",
					.file = cases[i].device,
					.value = cases[i].value };
		struct vt_cable c = { 0 };

		cr_expect_eq(vt_net_cable(&step, arena, &c), cases[i].good, "case %zu", i);
		if (!cases[i].good)
			continue;
		cr_expect_str_eq(c.device, cases[i].device);
		cr_expect_str_eq(c.inside, cases[i].inside);
		cr_expect_eq(!c.address, !cases[i].address);
		cr_expect_eq(!c.inside_address, !cases[i].inside_address);
		if (c.address)
			cr_expect_str_eq(c.address, cases[i].address);
		if (c.inside_address)
			cr_expect_str_eq(c.inside_address, cases[i].inside_address);
	}
	vt_arena_free(arena);
}

Test(net_lab, words)
{
	struct vt_plan *plan = vt_plan_new("a");
	struct vt_step *step = vt_plan_add(plan, VT_OP_VETH_ADD);

	step->path = "/my lab";
	step->file = "v0";
	step->value = "eth0 10.0.0.1/24 -";
	vt_step_describe(plan, step, NULL);
	cr_expect_str_eq(step->says, "make a cable from v0 10.0.0.1/24 here to eth0 in my lab");
	cr_expect_str_eq(step->shell,
			 "ip link add v0 type veth peer name eth0 netns 'my lab' && ip address add "
			 "10.0.0.1/24 dev v0 && ip link set v0 up && ip -n 'my lab' link set eth0 "
			 "up && ip -n 'my lab' link set lo up");
	step = vt_plan_add(plan, VT_OP_NETNS_DEL);
	step->path = "/x";
	vt_step_describe(plan, step, NULL);
	cr_expect_str_eq(step->says, "remove the network namespace x");
	cr_expect_str_eq(step->shell, "ip netns delete x");
	vt_plan_free(plan);
}

/* What was made is taken back by its number; what was removed is not. */
Test(net_lab, inverses)
{
	static const struct {
		enum vt_op op;
		uint64_t made;
		size_t steps;
		enum vt_op back;
		enum vt_kind kind;
	} cases[] = {
		{ VT_OP_NETNS_ADD, 4026532000, 1, VT_OP_NETNS_DEL, VT_KIND_NAMESPACE },
		{ VT_OP_VETH_ADD, 17, 1, VT_OP_VETH_DEL, VT_KIND_INTERFACE },
		{ VT_OP_NETNS_ADD, 0, 0, VT_OP_NETNS_DEL, VT_KIND_NAMESPACE },
		{ VT_OP_NETNS_DEL, 0, 0, VT_OP_NETNS_ADD, VT_KIND_NAMESPACE },
		{ VT_OP_VETH_DEL, 0, 0, VT_OP_VETH_ADD, VT_KIND_INTERFACE },
	};

	for (size_t i = 0; i < VT_LEN(cases); i++) {
		struct vt_step step = {
			.op = cases[i].op, .path = "/x", .file = "v0", .value = "eth0 - -"
		};
		struct vt_outcome outcome = { .done = true, .made_id = cases[i].made };
		struct vt_plan *plan = vt_plan_new("back");

		vt_plan_add_inverse(plan, &step, &outcome, "/mnt");
		cr_assert_eq(plan->n_steps, cases[i].steps, "case %zu", i);
		if (plan->n_steps) {
			cr_expect_eq(plan->steps[0].op, cases[i].back);
			cr_expect_eq(plan->steps[0].target.kind, cases[i].kind);
			cr_expect_eq(plan->steps[0].target.a, cases[i].made);
			cr_expect_str_eq(plan->steps[0].path, "/x");
		}
		vt_plan_free(plan);
	}
}
