/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef VT_NAMESPACE_INSIDE_H
#define VT_NAMESPACE_INSIDE_H

#include "../src/idmap.h"
#include "namespace_rel.h"

/*
 * What is inside a namespace, as figures of its row (VT_NAMESPACE_hostname):
 * from the files of its oldest process, and by entering it. A thread that
 * enters comes back at once, since whoever is in a namespace keeps it.
 */
struct vt_fact {
	int metric;
	double number;
	char *text; /* NULL for a number; owned */
};

struct vt_facts {
	struct vt_fact *list;
	size_t n, cap;
	int error; /* why something is missing, 0 */
};
void vt_facts_clear(struct vt_facts *f);
/* Puts them into a row; the strings are handed to intern. */
void vt_facts_set(const struct vt_facts *f, struct vt_namespace *row,
		  const char *(*intern)(void *arg, const char *text), void *arg);

/* Of the thread that reads: where it comes back to. */
struct vt_insider {
	const struct vt_host *host;
	int own[VT_NS_TYPES];   /* -1: not entered */
	bool away;              /* in another one; to ask where it is needs no privilege */
	bool lost;              /* could not come back: enters no more */
	struct vt_idmap points; /* hashes of the initial namespace's mount points */
	char *text;
};
void vt_insider_init(struct vt_insider *in, const struct vt_host *host);
void vt_insider_finish(struct vt_insider *in);
/* Mount points to compare those of others with; pid is in the initial mount namespace. */
void vt_insider_set_initial(struct vt_insider *in, uint64_t pid);

/* The calling thread goes in and comes back. fd: the namespace, or -errno. 0 or -errno. */
int vt_insider_enter(struct vt_insider *in, enum vt_ns_type type, int fd);
void vt_insider_leave(struct vt_insider *in, enum vt_ns_type type);

/* Reads. pid: a process in it, 0 without; fd: the namespace, -1 where it cannot be opened. */
void vt_insider_read(struct vt_insider *in, enum vt_ns_type type, uint64_t pid, int fd,
		     struct vt_facts *ret);

/* Types that are entered to be read. */
bool vt_insider_enters(enum vt_ns_type type);

#endif
