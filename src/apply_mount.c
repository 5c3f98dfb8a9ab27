/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Mounting debugfs and tracefs, and unmounting what was mounted. Unmounting is never forced
 * or lazy: what somebody uses stays. But a scan of our own may be looking at that very
 * moment, so it is tried for a second.
 */
#include "apply_mount.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/magic.h>
#include <string.h>
#include <sys/mount.h>
#include <sys/stat.h>
#include <sys/vfs.h>
#include <time.h>

#include "memory.h"

enum {
	TRIES = 50,
	PAUSE_MS = 20
};

const struct vt_mount_place vt_mount_places[] = {
	{ "debugfs", "/sys/kernel/debug", DEBUGFS_MAGIC,
	  "KVM's counters: why each machine exits, and how often" },
	{ "tracefs", "/sys/kernel/tracing", TRACEFS_MAGIC,
	  "KVM's tracepoints: x traces the exits of a machine with them" },
	{ 0 },
};

const struct vt_mount_place *vt_mount_place_find(const char *word)
{
	for (const struct vt_mount_place *p = vt_mount_places; word && p->type; p++)
		if (strcmp(p->type, word) == 0 || strcmp(p->path, word) == 0)
			return p;
	return NULL;
}

/* In linux/stat.h since 6.8. */
#ifndef STATX_MNT_ID_UNIQUE
#define STATX_MNT_ID_UNIQUE 0x00004000U
#endif

int vt_mount_look(const struct vt_mount_place *place, uint64_t *ret_id)
{
	vt_autoclose int fd = open(place->path, O_PATH | O_DIRECTORY | O_CLOEXEC | O_NOFOLLOW);
	struct statfs fs;
	struct statx st;

	if (fd < 0)
		return -errno;
	if (fstatfs(fd, &fs) < 0 ||
	    statx(fd, "", AT_EMPTY_PATH, STATX_MNT_ID | STATX_MNT_ID_UNIQUE, &st) < 0)
		return -errno;
	if (fs.f_type != place->magic)
		return -ENODEV;
	*ret_id = st.stx_mnt_id;
	return 0;
}

int vt_mount_make(const struct vt_mount_place *place, uint64_t *ret_id, struct vt_error *err)
{
	int r = vt_mount_look(place, ret_id);

	if (r == 0)
		return vt_fail(err, ESTALE, "%s has been mounted at %s meanwhile", place->type,
			       place->path);
	if (mount(place->type, place->path, place->type, MS_NOSUID | MS_NODEV | MS_NOEXEC, NULL) <
	    0)
		return vt_fail(err, errno, "cannot mount %s at %s: %s%s", place->type, place->path,
			       vt_errno_text(errno),
			       errno == EPERM ? ": that needs CAP_SYS_ADMIN in the host's own user "
						"namespace, run virttop as root"
			       : errno == ENODEV ? ": this kernel has none"
						 : "");
	r = vt_mount_look(place, ret_id);
	if (r < 0)
		return vt_fail(err, -r, "cannot look at %s again: %s", place->path,
			       vt_errno_text(-r));
	return 0;
}

static int unmount(const struct vt_mount_place *place)
{
	const struct timespec pause = { .tv_nsec = PAUSE_MS * 1000000L };
	vt_autofree char *traces = vt_asprintf("%s/tracing", place->path);

	for (int i = 0; i < TRIES; i++) {
		/* The kernel mounts tracefs there by itself when somebody looks into it. */
		(void)umount2(traces, UMOUNT_NOFOLLOW);
		if (umount2(place->path, UMOUNT_NOFOLLOW) == 0)
			return 0;
		if (errno != EBUSY)
			return -errno;
		(void)nanosleep(&pause, NULL);
	}
	return -EBUSY;
}

int vt_mount_drop(const struct vt_mount_place *place, uint64_t id, struct vt_error *err)
{
	uint64_t is = 0;
	int r = vt_mount_look(place, &is);

	if (r == 0 && id && is != id)
		r = -ENODEV;
	if (r < 0)
		return vt_fail(
			err, ESTALE,
			"what was mounted at %s is not there any more: nothing was unmounted",
			place->path);
	r = unmount(place);
	if (r == -EBUSY)
		return vt_fail(
			err, EBUSY,
			"cannot unmount %s: somebody uses it (fuser -vm %s shows who), so it "
			"stays",
			place->path, place->path);
	return r < 0 ? vt_fail(err, -r, "cannot unmount %s: %s", place->path, vt_errno_text(-r))
		     : 0;
}
