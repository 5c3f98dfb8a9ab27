/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef VT_PARSE_PROC_H
#define VT_PARSE_PROC_H

#include "parse.h"

/* Pure parsers of per-process files of proc(5), with the promises of parse.h. */

/* /proc/PID/stat. The command may hold blanks, brackets and newlines. */
struct vt_stat {
	uint64_t pid, ppid, flags, utime_ticks, stime_ticks, threads, start_ticks;
	uint64_t vsize_bytes, rss_pages;
	struct vt_slice comm;
	char state;
	/* Fields 39 and 43, which a truncated or old file lacks. */
	bool has_processor, has_guest;
	uint64_t processor, guest_ticks;
};
bool vt_parse_stat(const char *text, struct vt_stat *ret);

/* The second word of /proc/PID/statm: resident pages. */
bool vt_parse_statm_resident(const char *text, uint64_t *ret_pages);

/* The effective uid of /proc/PID/status. */
bool vt_parse_status_uid(const char *text, uint32_t *ret_uid);
/* The real and the effective uid of it. */
bool vt_parse_status_uids(const char *text, uint32_t *ret_real, uint32_t *ret_effective);
/* "VmSize:     1234 kB" of it, in bytes. */
bool vt_parse_status_kib(const char *text, const char *key, uint64_t *ret_bytes);
/* "CapEff: 000001ffffffffff" of it. */
bool vt_parse_status_hex(const char *text, const char *key, uint64_t *ret);
/* "SigQ: 3/63432" of it: signals queued, of all processes of its user. */
bool vt_parse_status_sigq(const char *text, uint64_t *ret_queued);

/* One line of /proc/PID/limits: "Max open files   1024   4096   files". */
struct vt_rlimit_line {
	struct vt_slice name;
	uint64_t soft, hard; /* VT_MAX: unlimited */
};
bool vt_parse_rlimit(const char **cursor, struct vt_rlimit_line *ret);

/* A number with an optional minus sign, as /proc/PID/oom_score_adj has it. */
bool vt_parse_signed(const char *text, int64_t *ret);

/* The rest of the line of /proc/PID/status that begins with the key ("NSpid:"). */
bool vt_parse_status_line(const char *text, const char *key, struct vt_slice *ret);

/* One line of /proc/PID/cgroup: "4:memory:/a", "0::/a". */
struct vt_cgroup_line {
	uint64_t hierarchy;
	struct vt_slice controllers, path;
};
bool vt_parse_cgroup_line(const char **cursor, struct vt_cgroup_line *ret);
/* The path of the line of cgroup v2. */
bool vt_parse_cgroup_v2(const char *text, struct vt_slice *ret_path);
/*
 * Such a path as one below a mount that begins at root, both as one cgroup
 * namespace names them (cgroup_namespaces(7)): "/a/b" below "/a" is "/b"; what is
 * beside it is "/../x", as the kernel writes that. False where it cannot be told
 * or does not fit: root is above the namespace ("/..") and path is not below it.
 */
bool vt_parse_cgroup_below(const char *root, struct vt_slice path, char *out, size_t size);

/* "net:[4026531833]", as links below /proc/PID/ns and mounts of nsfs are called. */
bool vt_parse_ns_link(struct vt_slice s, struct vt_slice *ret_type, uint64_t *ret_inode);

/* One line of /proc/PID/mountinfo (or mounts). Paths are escaped as the file has them. */
struct vt_mount {
	struct vt_slice root, point, type, options; /* options: of the superblock */
	/* Only from mountinfo. flags: of the mount; tags: "shared:1 master:2". */
	uint64_t id, parent;
	struct vt_slice flags, tags, source;
};
bool vt_parse_mount(const char **cursor, struct vt_mount *ret);
/* The same from a line of /proc/mounts; the root is unknown and empty. */
bool vt_parse_mount_old(const char **cursor, struct vt_mount *ret);
/* Undoes the \040 escapes; always terminated. False when it does not fit. */
bool vt_parse_unescape(struct vt_slice s, char *out, size_t size);

#endif
