/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Finds a static busybox. A dynamic one would look for its loader in the root
 * that it is run in, where there is none; elf(5), PT_INTERP.
 */
#include "busybox.h"

#include <elf.h>
#include <errno.h>
#include <fcntl.h>
#include <linux/openat2.h>
#include <string.h>
#include <sys/syscall.h>
#include <unistd.h>

static bool is_static(int fd)
{
	Elf64_Ehdr head;
	Elf64_Phdr part;

	/* One of 32 bits is passed over: rare, and never the only one. */
	if (pread(fd, &head, sizeof(head), 0) != sizeof(head) ||
	    memcmp(head.e_ident, ELFMAG, SELFMAG) != 0 || head.e_ident[EI_CLASS] != ELFCLASS64 ||
	    head.e_phentsize != sizeof(part))
		return false;
	for (unsigned i = 0; i < head.e_phnum; i++) {
		off_t at = (off_t)(head.e_phoff + i * sizeof(part));

		if (pread(fd, &part, sizeof(part), at) != sizeof(part) || part.p_type == PT_INTERP)
			return false;
	}
	return head.e_phnum > 0;
}

int vt_busybox_open(const char **ret_path)
{
	static const char *const paths[] = { "/bin/busybox",        "/usr/bin/busybox",
					     "/bin/busybox.static", "/usr/lib/initcpio/busybox",
					     "/sbin/busybox",       "/usr/local/bin/busybox" };

	for (size_t i = 0; i < VT_LEN(paths); i++) {
		vt_autoclose int fd = open(paths[i], O_RDONLY | O_CLOEXEC);

		if (fd < 0 || !is_static(fd))
			continue;
		if (ret_path)
			*ret_path = paths[i];
		return vt_take_fd(&fd);
	}
	return -ENOENT;
}

bool vt_root_has(int root, const char *path)
{
	struct open_how how = { .flags = O_PATH | O_CLOEXEC, .resolve = RESOLVE_IN_ROOT };
	vt_autoclose int fd = (int)syscall(SYS_openat2, root, path, &how, sizeof(how));

	/* Without openat2 nothing is known: then the exec itself tells. */
	return fd >= 0 || errno == ENOSYS || errno == EPERM;
}
