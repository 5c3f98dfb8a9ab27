/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef VT_PARSE_HYPERVISOR_H
#define VT_PARSE_HYPERVISOR_H

#include "parse.h"

/*
 * What a host runs under, decided from the marks that a hypervisor, a cloud or a
 * container engine leaves on it. Pure: marks in, a verdict out.
 */

/* Where a mark was found; what its text is. */
enum vt_mark_source {
	VT_MARK_CPUID,        /* the twelve letters of leaf 0x40000000, 0x40000100, ... */
	VT_MARK_CPUID_NESTED, /* Hyper-V says that it is nested itself; any text */
	VT_MARK_DMI,          /* a line below sys/class/dmi/id */
	VT_MARK_ACPI,         /* the OEM id of a table */
	VT_MARK_SYS,          /* sys/hypervisor/type */
	VT_MARK_XEN,          /* proc/xen is there: its capabilities */
	VT_MARK_XEN_MODE,     /* sys/hypervisor/guest_type: PV, HVM, PVH */
	VT_MARK_TREE,         /* a property of the device tree */
	VT_MARK_CLOCK,        /* available clock sources */
	VT_MARK_MODEL,        /* vendor and model of proc/cpuinfo */
	VT_MARK_SYSINFO,      /* "Control Program" of proc/sysinfo (s390) */
	VT_MARK_BUS,          /* a bus with devices: vmbus, xen, virtio */
	VT_MARK_PCI,          /* vendor of a PCI device, "0x80ee" */
	VT_MARK_KERNEL,       /* kernel release */
	VT_MARK_CMDLINE,      /* kernel command line */
	VT_MARK_CONTAINER,    /* what a container engine calls itself */
	VT_MARK_CGROUP,       /* proc/1/cgroup */
	VT_MARK_MOUNT,        /* a source, root or option of proc/1/mountinfo */
	VT_MARK_PIDNS,        /* "first" or "other": the PID namespace of process 1 */
};

struct vt_mark {
	enum vt_mark_source source;
	char where[48]; /* for people: "DMI sys_vendor" */
	char text[160];
};

enum {
	VT_MARKS = 48
};
struct vt_marks {
	struct vt_mark list[VT_MARKS];
	size_t n;
};
/* Empty texts and what does not fit any more are left out. */
void vt_mark_add(struct vt_marks *m, enum vt_mark_source source, const char *where,
		 struct vt_slice text);

/* What cpuinfo says of a hypervisor: only x86 has a flag for it. */
enum vt_mark_flag {
	VT_FLAG_UNKNOWN,
	VT_FLAG_ABSENT,
	VT_FLAG_PRESENT
};

/* Texts are static or in evidence; NULL: not known. */
struct vt_under {
	const char
		*hypervisor; /* "kvm", "none", "unknown", ... as systemd-detect-virt names them */
	int type;            /* 1, 2, 0 unknown */
	const char *type_why;
	const char *mode;      /* Xen: "dom0", "PV", "HVM", "PVH" */
	const char *vmm;       /* the program or board in front of it: "QEMU", "Firecracker", ... */
	const char *platform;  /* the cloud: "Amazon EC2", ... */
	const char *inside;    /* nested: what the hypervisor itself runs under */
	const char *container; /* "docker", ..., "none" */
	/* Other hypervisors that marks name, blanks between; empty: none. */
	char also[64];
	char evidence[512], container_evidence[256];
};
void vt_under_decide(const struct vt_marks *marks, enum vt_mark_flag flag, struct vt_under *ret);

/* The word behind "container=" in an environment of n bytes, separated by NUL. */
bool vt_parse_container_env(const char *text, size_t n, struct vt_slice *ret);
/* The part of /proc/1/cgroup or mountinfo that names an engine ("docker"), or NULL. */
const char *vt_parse_container_path(struct vt_slice line);

#endif
