/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The parsers of what the kernel says (probes/parse*.c). */
#include "fuzz.h"

#include <linux/kvm.h>
#include <math.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include "../../probes/hidepid.h"
#include "../../probes/parse_host.h"
#include "../../probes/parse_kvm.h"
#include "../../probes/parse_kvm_stats.h"
#include "../../probes/parse_proc.h"
#include "../../probes/parse_vmm.h"

/* What is put into results before: it has to stay where a parser says no. */
static const uint64_t untouched = 0x5afe5afe5afe5afe;

static void run_numbers(const char *text, size_t n)
{
	struct vt_slice all = { text, n }, trimmed = vt_parse_trim(text);
	uint64_t value = untouched, quota = untouched, period = untouched;
	uint32_t major = 7, minor = 7;
	double decimal = -1;

	must_lie_in(trimmed, text, n);
	must(vt_parse_value(text, &value) || value == untouched);
	value = untouched;
	must(vt_parse_u64(all, &value) || value == untouched);
	must(vt_parse_decimal(all, &decimal) ? decimal >= 0 && isfinite(decimal) : decimal < 0);
	must(vt_parse_device(all, &major, &minor) || (major == 7 && minor == 7));
	if (vt_parse_cpu_max(text, &quota, &period))
		must(period != 0);
	else
		must(quota == untouched && period == untouched);
}

static void run_words(const char *text, size_t n)
{
	struct vt_slice line, word;
	const char *cursor = text, *before, *rest;
	char *first = fuzz_first_line(text, &rest);

	(void)vt_parse_has_word(rest, first);
	(void)vt_slice_starts((struct vt_slice){ rest, strlen(rest) }, first);
	for (before = cursor; vt_parse_line(&cursor, &line); before = cursor) {
		must(cursor > before && cursor <= text + n);
		must_lie_in(line, text, n);
		while (vt_parse_word(&line, &word)) {
			must_lie_in(word, text, n);
			must(word.n && !memchr(word.at, ' ', word.n));
		}
	}
	must(!*cursor);
	free(first);
}

static void run_keyed(const char *text, size_t n)
{
	const char *cursor = text, *rest;
	char *first = fuzz_first_line(text, &rest);
	struct vt_slice line, key;
	uint64_t value;

	while (vt_parse_flat(&cursor, &key, &value)) {
		must(key.n);
		must_lie_in(key, text, n);
	}
	(void)vt_parse_flat_find(rest, first, &value);
	for (cursor = text; vt_parse_line(&cursor, &line);)
		while (vt_parse_pair(&line, &key, &value))
			must_lie_in(key, text, n);
	free(first);
}

static void must_be_pressure(const struct vt_psi_line *line)
{
	if (line->known)
		must(isfinite(line->avg10) && line->avg10 >= 0 && isfinite(line->avg60) &&
		     line->avg60 >= 0);
}

static void run_pressure(const char *text, size_t n)
{
	struct vt_psi psi;

	(void)n;
	if (!vt_parse_psi(text, &psi))
		return;
	must(psi.some.known || psi.full.known);
	must_be_pressure(&psi.some);
	must_be_pressure(&psi.full);
}

static void run_lists(const char *text, size_t n)
{
	uint64_t count = untouched;
	double percent = -1;

	(void)n;
	must(vt_parse_list_count(text, &count) || count == untouched);
	must(vt_parse_uclamp(text, &percent) ? percent >= 0 && isfinite(percent) : percent < 0);
}

/* All shapes of cgroup files: any of them may be asked of any text. */
static void run_cgroup_files(const char *text, size_t n)
{
	run_numbers(text, n);
	run_words(text, n);
	run_keyed(text, n);
	run_pressure(text, n);
	run_lists(text, n);
}

/* What limits a process, and the kernel's ceilings. */
static void run_limits(const char *text, size_t n)
{
	uint64_t value = untouched, max = untouched;
	struct vt_rlimit_line line;
	struct vt_disk_name disk;
	const char *cursor = text;
	int64_t number = 7;

	while (vt_parse_rlimit(&cursor, &line))
		must_lie_in(line.name, text, n);
	for (cursor = text; vt_parse_disk_name(&cursor, &disk);)
		must_lie_in(disk.name, text, n);
	must(vt_parse_status_kib(text, "VmSize:", &value) || value == untouched);
	value = untouched;
	must(vt_parse_status_hex(text, "CapEff:", &value) || value == untouched);
	value = untouched;
	must(vt_parse_status_sigq(text, &value) || value == untouched);
	value = untouched;
	must(vt_parse_loadavg_tasks(text, &value) || value == untouched);
	value = untouched;
	must(vt_parse_file_nr(text, &value, &max) || (value == untouched && max == untouched));
	must(vt_parse_signed(text, &number) || number == 7);
}

static void run_stat(const char *text, size_t n)
{
	struct vt_stat st = { .pid = untouched };
	struct vt_slice rest;
	uint32_t uid = 7;

	if (vt_parse_stat(text, &st))
		must_lie_in(st.comm, text, n);
	else
		must(st.pid == untouched);
	must(vt_parse_status_uid(text, &uid) || uid == 7);
	run_limits(text, n);
	if (vt_parse_status_line(text, "NSpid:", &rest))
		must_lie_in(rest, text, n);
}

static void run_membership(const char *text, size_t n)
{
	struct vt_slice all = { text, n }, type, path;
	struct vt_cgroup_line line;
	const char *cursor = text;
	uint64_t inode;

	while (vt_parse_cgroup_line(&cursor, &line)) {
		must_lie_in(line.controllers, text, n);
		must_lie_in(line.path, text, n);
		must(line.path.n && line.path.at[0] == '/');
	}
	if (vt_parse_cgroup_v2(text, &path))
		must_lie_in(path, text, n);
	if (vt_parse_ns_link(all, &type, &inode))
		must_lie_in(type, text, n);
}

/* Into a buffer of every small size, so that the end of each is met. */
static void unescape(struct vt_slice s)
{
	for (size_t size = 1; size <= s.n + 1 && size < 40; size++) {
		char *out = malloc(size);

		must(out != NULL);
		if (vt_parse_unescape(s, out, size))
			must(strlen(out) <= s.n);
		else
			must(strlen(out) == size - 1);
		free(out);
	}
}

static void run_hidepid(struct vt_slice options)
{
	struct vt_hidepid h;

	vt_hidepid_parse(options, &h);
	must(h.kind <= VT_HIDEPID_PTRACEABLE);
	must(strnlen(h.option, sizeof(h.option)) < sizeof(h.option));
	must(h.kind == VT_HIDEPID_OFF || strncmp(h.option, "hidepid=", 8) == 0);
}

static void run_mounts(const char *text, size_t n)
{
	struct vt_mount m;

	for (const char *cursor = text; vt_parse_mount(&cursor, &m);) {
		must_lie_in(m.root, text, n);
		must_lie_in(m.point, text, n);
		must_lie_in(m.type, text, n);
		must_lie_in(m.options, text, n);
		run_hidepid(m.options);
		unescape(m.point);
	}
	for (const char *cursor = text; vt_parse_mount_old(&cursor, &m);) {
		must(!m.root.n);
		must_lie_in(m.point, text, n);
		must_lie_in(m.options, text, n);
		unescape(m.point);
	}
}

static void run_process(const char *text, size_t n)
{
	run_stat(text, n);
	run_membership(text, n);
	run_mounts(text, n);
}

static void run_modules(const char *text, size_t n)
{
	struct vt_module_line line;

	while (vt_parse_module(&text, &line))
		must(line.name.n && line.name.n <= n);
}

/* Names of descriptors, folders, threads; arguments, here one a line. */
static void run_kvm(const char *text, size_t n)
{
	struct vt_slice all = { text, n }, name;
	struct vt_vmm_args vmm;
	char *args = vt_strndup(text, n);
	struct vt_trace_field field;
	uint64_t number;

	(void)vt_parse_kvm_link(all, &number);
	(void)vt_parse_vcpu_thread(all, &number);
	(void)vt_parse_worker_thread(all, &number);
	if (vt_parse_tun_fdinfo(text, &name))
		must_lie_in(name, text, n);
	(void)vt_parse_macvtap_path(all, &number);
	(void)vt_parse_kvm_dir(all, &number);
	(void)vt_parse_vcpu_dir(all, &number);
	(void)vt_parse_vmm(all);
	must(!vt_parse_trace_field(text, "isa", &field) || field.size);
	for (size_t i = 0; i < n; i++)
		args[i] = (char)(args[i] == '\n' ? '\0' : args[i]);
	vt_parse_vmm_args(args, n, &vmm);
	must_lie_in(vmm.name, args, n);
	must_lie_in(vmm.uuid, args, n);
	must(vmm.n_disks <= VT_VMM_PLACES && vmm.n_nets <= VT_VMM_PLACES);
	for (size_t i = 0; i < vmm.n_disks; i++)
		must_lie_in(vmm.disks[i], args, n);
	for (size_t i = 0; i < vmm.n_nets; i++)
		must_lie_in(vmm.nets[i], args, n);
	free(args);
}

/* A sound block of two statistics, with names of 16 bytes. */
static void make_kvm_block(char *block, size_t size)
{
	struct kvm_stats_header head = { 0, 16, 2, 24, 40, 104 };
	struct kvm_stats_desc desc = { .flags = KVM_STATS_TYPE_LOG_HIST, .size = 2, .offset = 8 };

	memset(block, 0, size);
	memcpy(block, &head, sizeof(head));
	(void)snprintf(block + 24, 16, "kvm-1/vcpu-0");
	memcpy(block + 40, &(struct kvm_stats_desc){ .size = 1 }, sizeof(desc));
	(void)snprintf(block + 56, 16, "exits");
	memcpy(block + 72, &desc, sizeof(desc));
	(void)snprintf(block + 88, 16, "halt_hist");
}

static void use_kvm_stats(const char *data, size_t n)
{
	struct vt_kvm_stats s;

	if (!vt_parse_kvm_stats(data, n, &s))
		return;
	must_lie_in(s.id, data, n);
	for (uint32_t i = 0; i < s.count; i++) {
		struct vt_kvm_stat stat = vt_kvm_stat_at(&s, i);

		must_lie_in(stat.name, data, n);
		must(stat.name.n && stat.n);
		for (size_t k = 0; k < stat.n; k++) {
			(void)vt_kvm_stat_value(&stat, k);
			(void)vt_kvm_bucket_from(&stat, k);
		}
	}
}

/* As it is, and as what it spoils in a sound block: raw bytes seldom get past the header. */
static void run_kvm_stats(const char *text, size_t n)
{
	enum {
		SOUND = 128
	};
	size_t size = n > SOUND ? n : SOUND;
	char *block = vt_alloc(size);

	use_kvm_stats(text, n);
	make_kvm_block(block, size);
	for (size_t i = 0; i < n; i++)
		block[i] = (char)(block[i] ^ text[i]);
	use_kvm_stats(block, size);
	free(block);
}

static void run_host(const char *text, size_t n)
{
	struct vt_cpuinfo info;
	struct vt_meminfo memory;
	struct vt_cpu_ticks ticks;
	struct vt_slice word;
	double first = -1;

	if (vt_parse_cpuinfo(text, &info)) {
		must_lie_in(info.vendor, text, n);
		must_lie_in(info.model, text, n);
		must_lie_in(info.flags, text, n);
		must_lie_in(info.vmx_flags, text, n);
	}
	(void)vt_parse_meminfo(text, &memory);
	(void)vt_parse_proc_stat(text, &ticks);
	if (vt_parse_bracketed(text, &word))
		must_lie_in(word, text, n);
	must(vt_parse_first_decimal(text, &first) ? first >= 0 : first < 0);
	run_modules(text, n);
	run_kvm(text, n);
}

const struct fuzz_target fuzz_kernel[] = {
	{ "kvm-stats", run_kvm_stats, true, FUZZ_SEEDS("", "\1\1\1\1\1\1\1\1\1\1\1\1"), "" },
	{ "cgroup-files", run_cgroup_files, false,
	  FUZZ_SEEDS("18446744073709551615\n", "18446744073709551616", "12.34", "max 100000\n",
		     "50000 100000", "0 0", "8:16 rbytes=1459200 wbytes=314773504 rios=192\n",
		     "4294967296:0", "low 0\nhigh max\nmax 12\n",
		     "some avg10=0.00 avg60=0.22 avg300=0.17 total=58\n"
		     "full avg10=1.5 avg60=99.99 avg300=0.00 total=1\n",
		     "cpu\ncpuset cpu io memory\n"),
	  "*/cgroup/*cpu.* */cgroup/*io.* */cgroup/*memory.* */cgroup/*.events */pressure/*" },
	{ "process", run_process, false,
	  FUZZ_SEEDS("42 (a) b) ( c) S 1 42 42 0 -1 4194560 9 0 3 0 30 10 0 0 20 0 1 0 126 "
		     "14745600 1200 18446744073709551615 0 0 0 0 0 0 0 0 0 0 0 0 17 3 0 0 0 5\n",
		     "1 () R", "Name:\tx\nUid:\t0\t1000\t0\t0\nNSpid:\t4242\t1\n",
		     "12:pids:/a\n1:name=systemd:/b\n0::/c:d\n", "0::/ (deleted)\n",
		     "net:[4026531833]", "net:[]",
		     "36 35 98:0 /mnt1 /mnt\\0402 rw,noatime master:1 - ext3 /dev/root rw,e=c\n",
		     "30 24 0:26 / /sys/fs/cgroup rw - cgroup2 cgroup2 rw,nsdelegate\n",
		     "49 47 0:21 / /proc rw - proc proc rw,gid=4,hidepid=invisible\n",
		     "nsfs /run/netns/a\\134b nsfs rw 0 0\n", "1 1 0:4 net:[1] /x\\777 rw -\n"),
	  "*/proc/*/stat */proc/*/status */proc/*/limits */proc/*/cgroup */proc/*mountinfo "
	  "*/proc/*mounts" },
	{ "host", run_host, false,
	  FUZZ_SEEDS(
		  "processor\t: 0\nvendor_id\t: GenuineIntel\nflags\t\t: fpu vmx\nvmx flags: x\n",
		  "MemTotal: 16384 kB\nMemAvailable: 18446744073709551615 kB\nSwapTotal: 1 kB\n"
		  "SwapFree: 0 kB\n",
		  "cpu  1 2 3 4 5 6 7 8 9 10\nbtime 1767225600\n",
		  "kvm_intel 380928 0 - Live 0x0 (O)\nkvm 1 1 kvm_intel, Live 0x0\n",
		  "none [integrity] confidentiality\n", "93784.05 701234.11\n",
		  "anon_inode:kvm-vcpu:3", "CPU 3/KVM", "fc_vcpu 3", "4242-11", "vcpu7",
		  "qemu-system-x86\n-name\nguest=web,debug-threads=on\n-m\nsize=1G\n-smp\n2\n-"
		  "blockdev\n"
		  "{\"filename\":\"/x\"}\n-machine\nq35,accel=kvm\n-netdev\ntap,ifname=t",
		  "--id=a", "\tfield:u32 isa;\toffset:24;\tsize:4;\tsigned:0;\n"),
	  "*/proc/cpuinfo */proc/meminfo */proc/stat */proc/modules */proc/uptime */lockdown" },
	{ 0 },
};
