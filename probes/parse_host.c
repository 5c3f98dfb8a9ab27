/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Host-wide files of proc(5), and lockdown (kernel_lockdown(7)). */
#include "parse_host.h"

#include <string.h>

static struct vt_slice trim(struct vt_slice s)
{
	while (s.n && (s.at[0] == ' ' || s.at[0] == '\t')) {
		s.at++;
		s.n--;
	}
	while (s.n && (s.at[s.n - 1] == ' ' || s.at[s.n - 1] == '\t'))
		s.n--;
	return s;
}

/* Names differ between architectures; the first processor's line wins. */
static const struct cpuinfo_key {
	const char *key;
	size_t offset;
} cpuinfo_keys[] = {
	{ "vendor_id", offsetof(struct vt_cpuinfo, vendor) },
	{ "CPU implementer", offsetof(struct vt_cpuinfo, vendor) },
	{ "model name", offsetof(struct vt_cpuinfo, model) },
	{ "Model", offsetof(struct vt_cpuinfo, model) },
	{ "cpu", offsetof(struct vt_cpuinfo, model) },
	{ "flags", offsetof(struct vt_cpuinfo, flags) },
	{ "Features", offsetof(struct vt_cpuinfo, flags) },
	{ "features", offsetof(struct vt_cpuinfo, flags) },
	{ "vmx flags", offsetof(struct vt_cpuinfo, vmx_flags) },
};

static void cpuinfo_field(struct vt_cpuinfo *info, struct vt_slice key, struct vt_slice value)
{
	for (size_t i = 0; i < sizeof(cpuinfo_keys) / sizeof(*cpuinfo_keys); i++) {
		struct vt_slice *field = (struct vt_slice *)(void *)((char *)info +
								     cpuinfo_keys[i].offset);

		if (!field->n && vt_slice_is(key, cpuinfo_keys[i].key))
			*field = value;
	}
}

bool vt_parse_cpuinfo(const char *text, struct vt_cpuinfo *ret)
{
	struct vt_slice empty = { "", 0 }, line, key;
	struct vt_cpuinfo info = { empty, empty, empty, empty, 0, false };
	bool any = false;

	while (vt_parse_line(&text, &line)) {
		if (!vt_parse_until(&line, ':', &key))
			continue;
		any = true;
		key = trim(key);
		info.has_vmx_line |= vt_slice_is(key, "vmx flags");
		if (vt_slice_is(key, "processor"))
			info.threads++;
		else if (info.threads <= 1)
			cpuinfo_field(&info, key, trim(line));
	}
	if (any)
		*ret = info;
	return any;
}

/* ARM's vendors are numbers, s390's is IBM/S390, POWER has none. */
bool vt_cpuinfo_is_x86(const struct vt_cpuinfo *info)
{
	return info->vendor.n && info->flags.n && !vt_slice_starts(info->vendor, "0x") &&
	       !vt_slice_starts(info->vendor, "IBM");
}

static bool kib(struct vt_slice rest, uint64_t *ret_bytes)
{
	struct vt_slice word;
	uint64_t value;

	if (!vt_parse_word(&rest, &word) || !vt_parse_u64(word, &value) ||
	    value > UINT64_MAX / 1024)
		return false;
	*ret_bytes = value * 1024;
	return true;
}

bool vt_parse_meminfo(const char *text, struct vt_meminfo *ret)
{
	struct vt_meminfo m = { 0 };
	struct vt_slice line, key;
	bool swap_total = false, swap_free = false;

	while (vt_parse_line(&text, &line)) {
		if (!vt_parse_until(&line, ':', &key))
			continue;
		if (vt_slice_is(key, "MemTotal"))
			m.has_total = kib(line, &m.total_bytes);
		else if (vt_slice_is(key, "MemAvailable"))
			m.has_available = kib(line, &m.available_bytes);
		else if (vt_slice_is(key, "SwapTotal"))
			swap_total = kib(line, &m.swap_total_bytes);
		else if (vt_slice_is(key, "SwapFree"))
			swap_free = kib(line, &m.swap_free_bytes);
	}
	m.has_swap = swap_total && swap_free;
	if (!m.has_total && !m.has_available && !m.has_swap)
		return false;
	*ret = m;
	return true;
}

/* user nice system idle iowait irq softirq steal [guest guest_nice] */
static bool cpu_line(struct vt_slice line, struct vt_cpu_ticks *ret)
{
	enum {
		IDLE = 3,
		IOWAIT = 4,
		STEAL = 7
	};
	uint64_t busy = 0, total = 0, value;
	struct vt_slice word;
	int i;

	for (i = 0; i <= STEAL && vt_parse_word(&line, &word); i++) {
		if (!vt_parse_u64(word, &value) || __builtin_add_overflow(total, value, &total))
			return false;
		busy += i == IDLE || i == IOWAIT ? 0 : value;
	}
	if (i <= IDLE)
		return false;
	ret->busy = busy;
	ret->total = total;
	return true;
}

bool vt_parse_proc_stat(const char *text, struct vt_cpu_ticks *ret)
{
	struct vt_cpu_ticks ticks = { 0 };
	struct vt_slice line, key;
	bool any = false;

	while (vt_parse_line(&text, &line)) {
		if (!vt_parse_word(&line, &key))
			continue;
		if (vt_slice_is(key, "cpu"))
			any = cpu_line(line, &ticks) || any;
		else if (vt_slice_is(key, "btime"))
			(void)vt_parse_u64(trim(line), &ticks.boot_time_seconds);
	}
	if (any)
		*ret = ticks;
	return any;
}

bool vt_parse_module(const char **cursor, struct vt_module_line *ret)
{
	struct vt_slice line, name, word;

	while (vt_parse_line(cursor, &line)) {
		if (!vt_parse_word(&line, &name) || !vt_parse_word(&line, &word) ||
		    !vt_parse_word(&line, &word))
			continue;
		ret->name = name;
		ret->refcount = 0;
		ret->has_refcount = vt_parse_u64(word, &ret->refcount);
		return true;
	}
	return false;
}

bool vt_parse_bracketed(const char *text, struct vt_slice *ret)
{
	const char *open = strchr(text, '['), *close = open ? strchr(open, ']') : NULL;

	if (!close || close == open + 1)
		return false;
	*ret = (struct vt_slice){ open + 1, (size_t)(close - open - 1) };
	return true;
}

bool vt_parse_first_decimal(const char *text, double *ret)
{
	struct vt_slice rest = { text, strcspn(text, "\n") }, word;

	return vt_parse_word(&rest, &word) && vt_parse_decimal(word, ret);
}

bool vt_parse_disk_name(const char **cursor, struct vt_disk_name *ret)
{
	struct vt_slice line, word, name;
	uint64_t major, minor;

	while (vt_parse_line(cursor, &line)) {
		if (!vt_parse_word(&line, &word) || !vt_parse_u64(word, &major) ||
		    !vt_parse_word(&line, &word) || !vt_parse_u64(word, &minor) ||
		    !vt_parse_word(&line, &name) || major > UINT32_MAX || minor > UINT32_MAX)
			continue;
		*ret = (struct vt_disk_name){ (uint32_t)major, (uint32_t)minor, name };
		return true;
	}
	return false;
}

bool vt_parse_loadavg_tasks(const char *text, uint64_t *ret)
{
	struct vt_slice rest = { text, strcspn(text, "\n") }, word, running;

	for (int i = 0; i < 4; i++)
		if (!vt_parse_word(&rest, &word))
			return false;
	return vt_parse_until(&word, '/', &running) && vt_parse_u64(word, ret);
}

bool vt_parse_file_nr(const char *text, uint64_t *ret_open, uint64_t *ret_max)
{
	struct vt_slice rest = vt_parse_trim(text), word;
	uint64_t n[3];

	for (int i = 0; i < 3; i++)
		if (!vt_parse_word(&rest, &word) || !vt_parse_u64(word, &n[i]))
			return false;
	*ret_open = n[0] > n[1] ? n[0] - n[1] : 0;
	*ret_max = n[2];
	return true;
}
