/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * hidepid, by the mountinfo of the mount that holds the descriptor of proc
 * (statx(2), STATX_MNT_ID, since Linux 5.8): another proc may be mounted
 * elsewhere, or over it later. As in has_pid_permissions() of fs/proc/base.c.
 */
#include "hidepid.h"

#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

enum {
	GROUPS_MOST = 65536 /* NGROUPS_MAX */
};
static const size_t mounts_limit = 8u << 20;

static bool next_option(struct vt_slice *options, struct vt_slice *ret)
{
	const char *comma;

	if (!options->n)
		return false;
	comma = memchr(options->at, ',', options->n);
	ret->at = options->at;
	ret->n = comma ? (size_t)(comma - options->at) : options->n;
	options->at += ret->n + (comma != NULL);
	options->n -= ret->n + (comma != NULL);
	return true;
}

/* The text behind "key=". */
static bool value_of(struct vt_slice option, const char *key, struct vt_slice *ret)
{
	size_t n = strlen(key);

	if (option.n < n || memcmp(option.at, key, n) != 0)
		return false;
	*ret = (struct vt_slice){ option.at + n, option.n - n };
	return true;
}

static enum vt_hidepid_kind kind_of(struct vt_slice word)
{
	static const struct {
		const char *number, *name;
		enum vt_hidepid_kind kind;
	} kinds[] = {
		{ "0", "off", VT_HIDEPID_OFF },
		{ "1", "noaccess", VT_HIDEPID_NOACCESS },
		{ "2", "invisible", VT_HIDEPID_INVISIBLE },
	};

	for (size_t i = 0; i < VT_LEN(kinds); i++)
		if (vt_slice_is(word, kinds[i].number) || vt_slice_is(word, kinds[i].name))
			return kinds[i].kind;
	return VT_HIDEPID_PTRACEABLE;
}

void vt_hidepid_parse(struct vt_slice options, struct vt_hidepid *ret)
{
	struct vt_slice option, value;

	*ret = (struct vt_hidepid){ .kind = VT_HIDEPID_OFF };
	while (next_option(&options, &option)) {
		if (value_of(option, "gid=", &value))
			(void)vt_parse_u64(value, &ret->gid);
		if (!value_of(option, "hidepid=", &value))
			continue;
		ret->kind = kind_of(value);
		(void)snprintf(ret->option, sizeof(ret->option), "%.*s", (int)option.n, option.at);
	}
}

void vt_hidepid_read(const struct vt_host *host, struct vt_hidepid *ret)
{
	vt_autofree char *text = NULL;
	const char *cursor;
	struct vt_mount m;
	struct statx st;

	*ret = (struct vt_hidepid){ .kind = VT_HIDEPID_OFF };
	if (!host->proc_live ||
	    statx(host->proc, "", AT_EMPTY_PATH | AT_STATX_DONT_SYNC, STATX_MNT_ID, &st) < 0 ||
	    !(st.stx_mask & STATX_MNT_ID) ||
	    vt_host_read_all(host->proc, "self/mountinfo", mounts_limit, &text) <= 0)
		return;
	for (cursor = text; vt_parse_mount(&cursor, &m);)
		if (m.id == st.stx_mnt_id)
			vt_hidepid_parse(m.options, ret);
}

static bool is_in_group(uint64_t gid)
{
	vt_autofree gid_t *groups = NULL;
	int n;

	if (getegid() == gid)
		return true;
	groups = vt_alloc(GROUPS_MOST * sizeof(*groups));
	n = getgroups(GROUPS_MOST, groups);
	for (int i = 0; i < n; i++)
		if (groups[i] == gid)
			return true;
	return false;
}

bool vt_hidepid_binds(const struct vt_hidepid *h)
{
	return h->kind == VT_HIDEPID_PTRACEABLE ||
	       (h->kind != VT_HIDEPID_OFF && !is_in_group(h->gid));
}
