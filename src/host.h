/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef VT_HOST_H
#define VT_HOST_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

#include "error.h"

/*
 * The tree that is looked at: this host, or with --root a recorded tree or
 * another host's root (/host inside a privileged container). Every file of it
 * is opened below one of these descriptors, and a link cannot lead out of it.
 * Where a descriptor is -1 that part is missing.
 */
struct vt_host {
	char *root_path; /* "/" or what --root said */
	int root, proc, sys;
	bool is_self;   /* the root is "/": acting and libproc2 are possible */
	bool proc_live; /* proc is a procfs, so namespace links can be opened */
	bool patient;   /* few snapshots are made: slow sources are waited for */
	bool brief;     /* hardly more than one: what takes long to make ready is not worth it */
	/*
	 * proc is of another PID namespace than ours (pid_namespaces(7), "/proc and
	 * PID namespaces"): its pids name other processes, or none, to system calls.
	 */
	bool foreign_pids;
};

/* Fails when root is not a directory that can be opened. */
int vt_host_open(struct vt_host *host, const char *root, struct vt_error *err);
void vt_host_close(struct vt_host *host);

/*
 * proc_pid_status(5), NSpid, of a process ("42", "self") of a procfs, open at its root: how many
 * pids it has, one for each PID namespace from that of the procfs down to its own, and
 * the last. 0: unknown (before Linux 4.1).
 */
unsigned vt_proc_nspid(int proc, const char *process, uint64_t *ret_last);

/* A procfs, open at its root, is of our PID namespace; see foreign_pids. */
bool vt_proc_has_our_pids(int proc);

/* Our own pid as proc calls it; 0 where it is of a PID namespace that we are not seen in. */
uint64_t vt_host_self_pid(const struct vt_host *host);

/* The PID namespace that the pids of proc are of, by its inode (namespaces(7)); 0: unknown. */
uint64_t vt_host_pid_ns(const struct vt_host *host);

/*
 * pidfd_open(2) of a process that proc calls so. A descriptor, or -errno; -EXDEV
 * where that number is not ours to name it by.
 */
int vt_host_pidfd(const struct vt_host *host, uint64_t pid);

/* 0, or EROFS and why nothing can be done to processes that are known by pid. */
int vt_host_check_pids(const struct vt_host *host, struct vt_error *err);

/*
 * openat2(2) with RESOLVE_BENEATH and RESOLVE_NO_MAGICLINKS (openat where the
 * kernel or a seccomp filter has no openat2). Returns a descriptor or -errno.
 */
int vt_host_openat(int dir, const char *path, int flags);

/* The same for listing a folder: NULL with errno. */
DIR *vt_host_opendir(int dir, const char *path);

/*
 * Reads up to size - 1 bytes and terminates them. Returns the length or
 * -errno; -EFBIG when the file holds more (buf then has its beginning).
 */
ssize_t vt_host_read(int dir, const char *path, char *buf, size_t size);

/* The same for text of any size up to most bytes; free() *ret_text. */
ssize_t vt_host_read_all(int dir, const char *path, size_t most, char **ret_text);

#endif
