/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The options of a procfs mount, of old kernels and new ones. */
#include <criterion/criterion.h>
#include <string.h>
#include <unistd.h>

#include "../../probes/hidepid.h"

static struct vt_hidepid parse(const char *options)
{
	struct vt_hidepid h;

	vt_hidepid_parse((struct vt_slice){ options, strlen(options) }, &h);
	return h;
}

Test(hidepid, options)
{
	static const struct {
		const char *options;
		enum vt_hidepid_kind kind;
		const char *option;
		uint64_t gid;
	} cases[] = {
		{ "rw", VT_HIDEPID_OFF, "", 0 },
		{ "", VT_HIDEPID_OFF, "", 0 },
		{ "rw,hidepid=0", VT_HIDEPID_OFF, "hidepid=0", 0 },
		{ "rw,hidepid=off", VT_HIDEPID_OFF, "hidepid=off", 0 },
		{ "rw,hidepid=1", VT_HIDEPID_NOACCESS, "hidepid=1", 0 },
		{ "rw,hidepid=noaccess", VT_HIDEPID_NOACCESS, "hidepid=noaccess", 0 },
		{ "rw,gid=27,hidepid=2", VT_HIDEPID_INVISIBLE, "hidepid=2", 27 },
		{ "hidepid=invisible,gid=4,subset=pid", VT_HIDEPID_INVISIBLE, "hidepid=invisible",
		  4 },
		{ "rw,hidepid=4", VT_HIDEPID_PTRACEABLE, "hidepid=4", 0 },
		{ "rw,hidepid=ptraceable", VT_HIDEPID_PTRACEABLE, "hidepid=ptraceable", 0 },
		{ "rw,hidepid=7", VT_HIDEPID_PTRACEABLE, "hidepid=7", 0 },
		{ "rw,nothidepid=2", VT_HIDEPID_OFF, "", 0 },
		{ "hidepid", VT_HIDEPID_OFF, "", 0 },
	};

	for (size_t i = 0; i < VT_LEN(cases); i++) {
		struct vt_hidepid h = parse(cases[i].options);

		cr_expect_eq(h.kind, cases[i].kind, "%s", cases[i].options);
		cr_expect_str_eq(h.option, cases[i].option, "%s", cases[i].options);
		cr_expect_eq(h.gid, cases[i].gid, "%s", cases[i].options);
	}
}

Test(hidepid, own_group_is_excepted)
{
	struct vt_hidepid h = parse("hidepid=invisible");

	h.gid = getegid();
	cr_expect(!vt_hidepid_binds(&h));
	h.gid = UINT32_MAX;
	cr_expect(vt_hidepid_binds(&h));
	h.kind = VT_HIDEPID_OFF;
	cr_expect(!vt_hidepid_binds(&h));
	h = parse("hidepid=ptraceable");
	h.gid = getegid();
	cr_expect(vt_hidepid_binds(&h), "the group is not excepted");
}
