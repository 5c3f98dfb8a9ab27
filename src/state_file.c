/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Where files of state are, and whether they may be believed. */
#include "state_file.h"

#include <errno.h>
#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include "config.h"
#include "memory.h"
#include "text.h"

char *vt_state_path(const char *name)
{
	return vt_xdg_path("XDG_STATE_HOME", ".local/state", name);
}

static int check_own(int fd, const char *path, struct vt_error *err)
{
	struct stat st;

	if (fstat(fd, &st) < 0)
		return vt_fail(err, errno, "cannot look at %s: %s", path, vt_errno_text(errno));
	if (!S_ISREG(st.st_mode))
		return vt_fail(err, EINVAL, "%s is no regular file", path);
	if (st.st_uid != geteuid())
		return vt_fail(err, EPERM,
			       "%s is of uid %u and you are uid %u, so it is not believed: set "
			       "XDG_STATE_HOME to a folder of your own, or remove it",
			       path, st.st_uid, geteuid());
	if (st.st_mode & 022)
		return vt_fail(err, EPERM,
			       "%s can be written by others, so it is not believed: look what is "
			       "in it, then chmod 600 or remove it",
			       path);
	return 0;
}

int vt_state_open(const char *path, int flags, struct vt_error *err)
{
	vt_autoclose int fd = open(path, flags | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK, 0600);
	int r;

	if (fd < 0 && errno == ENOENT && !(flags & O_CREAT))
		return -ENOENT;
	if (fd < 0)
		return vt_fail(err, errno, "cannot open %s: %s", path, vt_errno_text(errno));
	r = check_own(fd, path, err);
	return r < 0 ? r : vt_take_fd(&fd);
}
