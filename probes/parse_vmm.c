/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Arguments of VMMs: options and the part of their value that matters. A value
 * is "word,key=value,..." or, in newer QEMUs, a JSON object.
 */
#include "parse_vmm.h"

#include <string.h>

#include "../src/memory.h"

enum what {
	NAME,
	UUID,
	MEMORY,
	CPUS,
	DISK,
	NET,
	ACCEL,
	KVM, /* an option without a value */
	XEN
};

static const struct option {
	const char *name, *key; /* key "": the first word, or the whole value */
	enum what what;
} options[] = {
	{ "-name", "guest", NAME },     { "--name", "guest", NAME },
	{ "--id", "", NAME },           { "--comment", "", NAME },
	{ "-uuid", "", UUID },          { "--uuid", "", UUID },
	{ "--startvm", "", UUID },      { "-m", "size", MEMORY },
	{ "--mem", "size", MEMORY },    { "--memory", "size", MEMORY },
	{ "-smp", "cpus", CPUS },       { "--cpus", "boot", CPUS },
	{ "-drive", "file", DISK },     { "-blockdev", "filename", DISK },
	{ "-hda", "", DISK },           { "-hdb", "", DISK },
	{ "-cdrom", "", DISK },         { "--disk", "path", DISK },
	{ "--rwdisk", "", DISK },       { "-netdev", "ifname", NET },
	{ "--net", "tap", NET },        { "-accel", "", ACCEL },
	{ "-machine", "accel", ACCEL }, { "-M", "accel", ACCEL },
	{ "-enable-kvm", NULL, KVM },   { "-xen-domid", "", XEN },
};

static struct vt_slice behind(struct vt_slice s, size_t n)
{
	return (struct vt_slice){ s.at + n, s.n - n };
}

static bool next_arg(const char **at, const char *end, struct vt_slice *ret)
{
	const char *nul;

	if (*at >= end)
		return false;
	nul = memchr(*at, '\0', (size_t)(end - *at));
	*ret = (struct vt_slice){ *at, (size_t)((nul ? nul : end) - *at) };
	*at = nul ? nul + 1 : end;
	return true;
}

/* "key":"value" in a JSON object; a value with escapes is cut at the first. */
static struct vt_slice json_value(struct vt_slice s, const char *key)
{
	size_t n = strlen(key);

	for (size_t i = 0; i + n + 5 <= s.n; i++) {
		struct vt_slice rest;
		size_t length = 0;

		if (s.at[i] != '"' || memcmp(s.at + i + 1, key, n) != 0 ||
		    memcmp(s.at + i + 1 + n, "\":\"", 3) != 0)
			continue;
		rest = behind(s, i + n + 4);
		while (length < rest.n && rest.at[length] != '"' && rest.at[length] != '\\')
			length++;
		return (struct vt_slice){ rest.at, length };
	}
	return (struct vt_slice){ s.at, 0 };
}

/* The part "key=value", or the first one where it has no key. */
static struct vt_slice part_of(struct vt_slice value, const char *key)
{
	struct vt_slice rest = value, part;
	size_t n = strlen(key);
	bool first = true, more;

	if (value.n && value.at[0] == '{')
		return json_value(value, key);
	do {
		more = vt_parse_until(&rest, ',', &part);
		if (!more)
			part = rest;
		if (n && part.n > n && vt_slice_starts(part, key) && part.at[n] == '=')
			return behind(part, n + 1);
		if (!first)
			continue;
		first = false;
		if (!memchr(part.at, '=', part.n))
			value = part;
		else
			value.n = 0;
	} while (more);
	return value;
}

/* QEMU and kvmtool mean MiB where there is no suffix. */
static uint64_t memory_of(struct vt_slice s)
{
	static const struct {
		char letter;
		unsigned shift;
	} units[] = { { 'B', 0 }, { 'K', 10 }, { 'M', 20 }, { 'G', 30 }, { 'T', 40 } };
	unsigned shift = 20;
	uint64_t value;
	char last;

	if (!s.n)
		return 0;
	last = (char)(s.at[s.n - 1] & ~0x20);
	for (size_t i = 0; i < VT_LEN(units); i++)
		if (units[i].letter == last) {
			shift = units[i].shift;
			s.n--;
			break;
		}
	return vt_parse_u64(s, &value) && value <= UINT64_MAX >> shift ? value << shift : 0;
}

static void add_place(struct vt_slice *places, size_t *n, struct vt_slice s)
{
	if (s.n && *n < VT_VMM_PLACES)
		places[(*n)++] = s;
}

static void set_once(struct vt_slice *to, struct vt_slice s)
{
	if (!to->n)
		*to = s;
}

static void take(struct vt_vmm_args *a, enum what what, struct vt_slice s)
{
	static const char kvm[] = "kvm", xen[] = "xen";
	uint64_t number;

	switch (what) {
	case NAME:
		set_once(&a->name, s);
		break;
	case UUID:
		set_once(&a->uuid, s);
		break;
	case MEMORY:
		a->memory_bytes = memory_of(s);
		break;
	case CPUS:
		if (vt_parse_u64(s, &number))
			a->cpus = number;
		break;
	case DISK:
		add_place(a->disks, &a->n_disks, s);
		break;
	case NET:
		add_place(a->nets, &a->n_nets, s);
		break;
	case ACCEL:
		if (!memchr(s.at, '=', s.n))
			set_once(&a->accel, s);
		break;
	case KVM:
		a->accel = (struct vt_slice){ kvm, sizeof(kvm) - 1 };
		break;
	case XEN:
		a->accel = (struct vt_slice){ xen, sizeof(xen) - 1 };
		break;
	}
}

static const struct option *option_of(struct vt_slice arg)
{
	for (size_t i = 0; i < VT_LEN(options); i++)
		if (vt_slice_is(arg, options[i].name))
			return &options[i];
	return NULL;
}

/* "-machine q35" has no accelerator: only what its key names is one. */
static struct vt_slice value_of(const struct option *o, struct vt_slice value)
{
	struct vt_slice s = part_of(value, o->key);

	if (o->what == ACCEL && *o->key && !(s.at > value.at))
		s.n = 0;
	return s;
}

/* "/vms/web/web.vmx": VMware's only name. */
static void take_vmx(struct vt_vmm_args *a, struct vt_slice arg)
{
	size_t n = strlen(".vmx"), from = arg.n;

	if (arg.n <= n || memcmp(arg.at + arg.n - n, ".vmx", n) != 0)
		return;
	while (from > 0 && arg.at[from - 1] != '/')
		from--;
	set_once(&a->name, (struct vt_slice){ arg.at + from, arg.n - n - from });
}

void vt_parse_vmm_args(const char *args, size_t n, struct vt_vmm_args *ret)
{
	const char *at = args, *end = args + n;
	struct vt_slice arg, value;

	*ret = (struct vt_vmm_args){ 0 };
	while (next_arg(&at, end, &arg)) {
		const struct option *o = option_of(arg);
		const char *equals = memchr(arg.at, '=', arg.n);

		if (!o && equals && vt_slice_starts(arg, "-")) {
			value = behind(arg, (size_t)(equals - arg.at) + 1);
			arg.n = (size_t)(equals - arg.at);
			o = option_of(arg);
			if (o && o->key)
				take(ret, o->what, value_of(o, value));
		} else if (!o) {
			take_vmx(ret, arg);
		} else if (!o->key) {
			take(ret, o->what, arg);
		} else if (next_arg(&at, end, &value)) {
			take(ret, o->what, value_of(o, value));
		}
	}
}

bool vt_parse_tun_fdinfo(const char *text, struct vt_slice *ret_name)
{
	struct vt_slice line, word;

	while (vt_parse_line(&text, &line))
		if (vt_parse_word(&line, &word) && vt_slice_is(word, "iff:") &&
		    vt_parse_word(&line, &word)) {
			*ret_name = word;
			return true;
		}
	return false;
}

bool vt_parse_macvtap_path(struct vt_slice path, uint64_t *ret_index)
{
	size_t digits = 0, name = strlen("/dev/tap");

	while (digits < path.n && path.at[path.n - digits - 1] >= '0' &&
	       path.at[path.n - digits - 1] <= '9')
		digits++;
	if (digits == 0 || path.n < name + digits ||
	    memcmp(path.at + path.n - digits - name, "/dev/tap", name) != 0)
		return false;
	return vt_parse_u64((struct vt_slice){ path.at + path.n - digits, digits }, ret_index) &&
	       *ret_index > 0 && *ret_index <= INT32_MAX;
}

const char *vt_parse_vmm_other(struct vt_slice comm)
{
	/* Commands are cut at 15 bytes (TASK_COMM_LEN). */
	static const char *const vmms[][2] = {
		{ "qemu-system-", "tcg" },
		{ "VBoxHeadless", "vboxdrv" },
		{ "VirtualBoxVM", "vboxdrv" },
		{ "vmware-vmx", "vmmon" },
	};

	for (size_t i = 0; i < VT_LEN(vmms); i++)
		if (vt_slice_starts(comm, vmms[i][0]))
			return vmms[i][1];
	return NULL;
}
