/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What went wrong between start and command, and what a person can do about it.
 * A user namespace can be refused twice: by unshare, or, where AppArmor
 * restricts them (Ubuntu), only when its uid_map is written.
 */
#include "apply_spawn.h"

#include <errno.h>
#include <sched.h>
#include <stdio.h>
#include <string.h>

#include "apply_setup.h"

static const char *const type_words[VT_NS_TYPES] = { "mount", "PID",  "network", "UTS",
						     "IPC",   "user", "cgroup",  "time" };

void vt_userns_hint(const struct vt_host *host, char *out, size_t size)
{
	static const struct {
		const char *path, *name, *means;
		char when;
	} settings[] = {
		{ "sys/user/max_user_namespaces", "user.max_user_namespaces", "none are allowed",
		  '0' },
		{ "sys/kernel/unprivileged_userns_clone", "kernel.unprivileged_userns_clone",
		  "only root may make them", '0' },
		{ "sys/kernel/apparmor_restrict_unprivileged_userns",
		  "kernel.apparmor_restrict_unprivileged_userns",
		  "only programs whose AppArmor profile says userns may use them", '1' },
	};
	size_t n = 0;

	*out = '\0';
	for (size_t i = 0; i < VT_LEN(settings) && n < size; i++) {
		char text[16];

		if (vt_host_read(host->proc, settings[i].path, text, sizeof(text)) > 0 &&
		    text[0] == settings[i].when && (text[1] == '\n' || !text[1]))
			n += (size_t)snprintf(out + n, size - n, "%s%s is %c in /proc/%s: %s",
					      n ? "; " : "", settings[i].name, settings[i].when,
					      settings[i].path, settings[i].means);
	}
}

static int explain_user(const struct vt_host *host, const char *what, struct vt_error *err)
{
	char hint[512];

	vt_userns_hint(host, hint, sizeof(hint));
	if (*hint)
		return vt_fail(err, EPERM, "%s: this system forbids it (%s)", what, hint);
	return vt_fail(err, EPERM,
		       "%s: this system forbids it, though no sysctl says so: a chroot, a seccomp "
		       "filter or a security module may",
		       what);
}

static int explain_unshare(const struct vt_host *host, const struct vt_report *report, bool user,
			   struct vt_error *err)
{
	const char *type = type_words[report->ns];

	if (report->code == ENOSPC || report->code == EUSERS)
		return vt_fail(
			err, report->code,
			"cannot unshare the %s namespace: the limit user.max_%s_namespaces is "
			"reached, or they are nested too deeply",
			type, vt_ns_names[report->ns]);
	if (report->code == EPERM && report->ns == VT_NS_USER)
		return explain_user(host, "cannot unshare the user namespace", err);
	if (report->code == EPERM && user)
		return explain_user(host, "cannot unshare other namespaces in the user namespace",
				    err);
	if (report->code == EPERM)
		return vt_fail(err, EPERM,
			       "cannot unshare the %s namespace: that needs CAP_SYS_ADMIN: run "
			       "virttop as root, or add --user --map-root-user",
			       type);
	if (report->code == EINVAL)
		return vt_fail(err, EINVAL, "cannot unshare the %s namespace: this kernel has none",
			       type);
	return vt_fail(err, report->code, "cannot unshare the %s namespace: %s", type,
		       vt_errno_text(report->code));
}

static int explain_setns(const struct vt_spawn *s, const struct vt_report *report,
			 struct vt_error *err)
{
	char of[48] = "";
	const char *type = report->ns >= 0 ? type_words[report->ns] : NULL;

	if (s->enter_target.a)
		(void)snprintf(of, sizeof(of), " of process %llu",
			       (unsigned long long)s->enter_target.a);
	if (report->code == ESRCH)
		return vt_fail(err, ESTALE, "process %llu has ended: nothing was entered",
			       (unsigned long long)s->enter_target.a);
	if (report->code == EPERM && report->ns == VT_NS_USER)
		return vt_fail(
			err, EPERM,
			"cannot enter the user namespace%s: one needs CAP_SYS_ADMIN in it, "
			"which its owner and root of the one above have; one's own and those "
			"above it cannot be entered again",
			of);
	if (report->code == EINVAL && report->ns == VT_NS_USER)
		return vt_fail(err, EINVAL,
			       "cannot enter the user namespace%s: it is virttop's own", of);
	return vt_fail(err, report->code, "cannot enter the %s%snamespace%s%s: %s%s",
		       type ? type : "", type ? " " : "", type ? "" : "s", of,
		       vt_errno_text(report->code),
		       report->code == EPERM ? ": that needs CAP_SYS_ADMIN there and here, run "
					       "virttop as root"
					     : "");
}

static int explain_map(const struct vt_host *host, const struct vt_spawn *s,
		       const struct vt_report *report, struct vt_error *err)
{
	if (report->code == EPERM && !(s->map_users || s->map_groups || s->map_auto))
		return explain_user(host,
				    "the user namespace was made, but nobody can be mapped into "
				    "it",
				    err);
	return vt_fail(err, report->code, "cannot map ids in the user namespace: %s%s",
		       vt_errno_text(report->code),
		       report->code == EPERM    ? ": newuidmap allows only what /etc/subuid and "
						  "/etc/subgid give you"
		       : report->code == EINVAL ? ": ranges overlap, or an id has none outside"
						: "");
}

static int explain_exec(const struct vt_spawn *s, const struct vt_report *report,
			struct vt_error *err)
{
	bool elsewhere = s->root || s->target_root || (s->entering && s->ns_flags & CLONE_NEWNS);

	return vt_fail(err, report->code, "cannot run %s: %s%s", s->argv[0],
		       vt_errno_text(report->code),
		       report->code == ENOENT && elsewhere && !s->busybox
			       ? " there: --busybox brings this host's static busybox"
			       : "");
}

int vt_spawn_explain(const struct vt_host *host, const struct vt_spawn *s,
		     const struct vt_report *report, struct vt_error *err)
{
	const char *why = vt_errno_text(report->code);
	int code = report->code;

	switch (report->stage) {
	case VT_STAGE_UNSHARE:
		return explain_unshare(host, report, s->ns_flags & CLONE_NEWUSER, err);
	case VT_STAGE_TERMINAL:
		return vt_fail(err, report->code, "cannot give the pane's terminal to %s: %s",
			       s->argv[0], why);
	case VT_STAGE_CGROUP:
		return vt_fail(err, code, "cannot start in the cgroup %s: %s", s->cgroup, why);
	case VT_STAGE_SETNS:
		return explain_setns(s, report, err);
	case VT_STAGE_MAP:
		return explain_map(host, s, report, err);
	case VT_STAGE_IDS:
		return vt_fail(err, code, "cannot become user %s there: %s%s",
			       s->uid ? s->uid : "0", why,
			       code == EINVAL ? ": no id outside is mapped to it" : "");
	case VT_STAGE_OFFSETS:
		return vt_fail(err, code, "cannot set the clock offsets: %s%s", why,
			       code == ERANGE ? ": a clock would be before its start" : "");
	case VT_STAGE_KEEP:
		return vt_fail(err, code, "cannot keep the namespaces in %s: %s", s->keep_at, why);
	case VT_STAGE_MOUNTS:
		return vt_fail(err, code, "cannot make the mounts %s: %s",
			       s->propagation ? s->propagation : "private", why);
	case VT_STAGE_ROOT:
		return vt_fail(err, code, "cannot change the root directory to %s: %s",
			       s->root ? s->root : "that of the process", why);
	case VT_STAGE_DIRECTORY:
		return vt_fail(err, code, "cannot go to the directory %s there: %s", s->directory,
			       why);
	case VT_STAGE_PROC:
		return vt_fail(err, code, "cannot mount /proc: %s%s", why,
			       code == EPERM ? ": with a user namespace it needs a PID namespace "
					       "too, and a /proc that nothing covers"
			       : code == ENOENT ? ": the root directory has no /proc"
						: "");
	case VT_STAGE_HOSTNAME:
		return vt_fail(err, code, "cannot set the hostname '%s': %s", s->hostname, why);
	case VT_STAGE_EXEC:
		return explain_exec(s, report, err);
	default:
		return vt_fail(err, code, "cannot start a process: %s", why);
	}
}
