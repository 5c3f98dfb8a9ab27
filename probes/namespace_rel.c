/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Asks namespaces for their relations: NS_GET_PARENT, NS_GET_USERNS and
 * NS_GET_OWNER_UID of ioctl_ns(2). A recorded tree cannot answer, so a file
 * "nsfs" at its root stands in, one namespace a line:
 *
 *   TYPE INODE PARENT OWNER UID        0 or - is unknown or none
 *   user 4026532600 4026531837 4026531837 1000
 */
#include "namespace_rel.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/nsfs.h>
#include <stdio.h>
#include <sys/ioctl.h>
#include <sys/stat.h>
#include <unistd.h>

int vt_ns_type_of(struct vt_slice name)
{
	for (int t = 0; t < VT_NS_TYPES; t++)
		if (vt_slice_is(name, vt_ns_names[t]))
			return t;
	return -1;
}

static uint32_t inode_of(int fd)
{
	struct stat st;

	return fstat(fd, &st) == 0 ? (uint32_t)st.st_ino : 0;
}

/* EPERM: the relative is outside of what we may see, which is so for every initial one. */
static int relative(int fd, unsigned long request, uint32_t *ret_inode, int *ret_error)
{
	int r = ioctl(fd, request);

	if (r < 0) {
		*ret_error = errno;
		return -1;
	}
	*ret_inode = inode_of(r);
	return r;
}

void vt_ns_ask(int fd, enum vt_ns_type type, struct vt_ns_relations *ret)
{
	uid_t uid;

	*ret = (struct vt_ns_relations){ .parent_fd = -1, .owner_fd = -1 };
	if (type == VT_NS_PID || type == VT_NS_USER)
		ret->parent_fd = relative(fd, NS_GET_PARENT, &ret->parent, &ret->error);
	ret->owner_fd = relative(fd, NS_GET_USERNS, &ret->owner, &ret->error);
	if (type == VT_NS_USER && ioctl(fd, NS_GET_OWNER_UID, &uid) == 0) {
		ret->owner_uid = uid;
		ret->has_owner_uid = true;
	}
}

static int checked(int fd, uint32_t inode)
{
	if (fd < 0)
		return -errno;
	if (inode_of(fd) == inode)
		return fd;
	(void)close(fd);
	return -ESRCH;
}

int vt_ns_open_process(const struct vt_host *host, uint64_t pid, enum vt_ns_type type,
		       uint32_t inode)
{
	char path[64];

	if (!host->proc_live)
		return -EOPNOTSUPP;
	/* A magic link, which vt_host_openat refuses; in a procfs it leads nowhere else. */
	(void)snprintf(path, sizeof(path), "%u/ns/%s", (unsigned)pid, vt_ns_names[type]);
	return checked(openat(host->proc, path, O_RDONLY | O_CLOEXEC | O_NONBLOCK), inode);
}

int vt_ns_open_path(const struct vt_host *host, const char *path, uint32_t inode)
{
	int fd = vt_host_openat(host->root, path, O_RDONLY | O_NONBLOCK);

	return fd < 0 ? fd : checked(fd, inode);
}

static bool number(struct vt_slice *line, uint32_t *ret, bool *ret_known)
{
	struct vt_slice word;
	uint64_t value = 0;

	if (!vt_parse_word(line, &word))
		return false;
	*ret_known = vt_parse_u64(word, &value) && value <= UINT32_MAX;
	*ret = *ret_known ? (uint32_t)value : 0;
	return *ret_known || vt_slice_is(word, "-");
}

bool vt_ns_parse_recorded(const char **cursor, struct vt_ns_recorded *ret)
{
	struct vt_slice line, word;
	struct vt_ns_recorded r;
	bool known;
	int type;

	while (vt_parse_line(cursor, &line)) {
		char name[16];

		if (!vt_parse_word(&line, &word) || word.n >= sizeof(name))
			continue;
		(void)snprintf(name, sizeof(name), "%.*s", (int)word.n, word.at);
		type = vt_ns_type_find(name);
		if (type < 0 || !number(&line, &r.inode, &known) || !r.inode ||
		    !number(&line, &r.parent, &known) || !number(&line, &r.owner, &known) ||
		    !number(&line, &r.owner_uid, &r.has_owner_uid))
			continue;
		r.type = (enum vt_ns_type)type;
		*ret = r;
		return true;
	}
	return false;
}
