/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Host-wide files of proc(5). */
#include <criterion/criterion.h>
#include <string.h>

#include "../../probes/parse_host.h"
#include "../../src/memory.h"

static void expect_slice(struct vt_slice s, const char *text)
{
	cr_expect(vt_slice_is(s, text), "'%.*s', not '%s'", (int)s.n, s.at, text);
}

Test(parse_host, cpuinfo)
{
	static const struct {
		const char *text, *vendor, *model, *flags, *vmx_flags; /* vendor NULL: refused */
		uint64_t threads;
	} cases[] = {
		{ "processor\t: 0\nvendor_id\t: GenuineIntel\nmodel\t\t: 85\nmodel name\t: Xeon "
		  "Gold\nflags\t\t: fpu vmx ept\nvmx flags\t: vnmi\n\nprocessor\t: 1\nvendor_id\t: "
		  "Other\nmodel name\t: Other\nflags\t: none\n",
		  "GenuineIntel", "Xeon Gold", "fpu vmx ept", "vnmi", 2 },
		{ "processor : 0\nFeatures : fp asimd\nCPU implementer : 0x41\n", "0x41", "",
		  "fp asimd", "", 1 },
		{ "processor\t: 0\ncpu\t\t: POWER9\n", "", "POWER9", "", "", 1 },
		{ "vendor_id : IBM/S390\nprocessor 0: version = FF\nfeatures : esan3 sie\n",
		  "IBM/S390", "", "esan3 sie", "", 0 },
		{ "flags :", "", "", "", "", 0 },
		{ "processor: 0\nmodel name: \033[31mred: yes", "", "\033[31mred: yes", "", "", 1 },
		{ "", NULL, "", "", "", 0 },
		{ "no colon\nanywhere", NULL, "", "", "", 0 },
	};

	for (size_t i = 0; i < VT_LEN(cases); i++) {
		struct vt_cpuinfo info = { .threads = 77 };

		cr_assert_eq(vt_parse_cpuinfo(cases[i].text, &info), cases[i].vendor != NULL,
			     "case %zu", i);
		if (!cases[i].vendor) {
			cr_expect_eq(info.threads, 77, "case %zu: touched", i);
			continue;
		}
		expect_slice(info.vendor, cases[i].vendor);
		expect_slice(info.model, cases[i].model);
		expect_slice(info.flags, cases[i].flags);
		expect_slice(info.vmx_flags, cases[i].vmx_flags);
		cr_expect_eq(info.threads, cases[i].threads, "case %zu", i);
	}
}

Test(parse_host, cpuinfo_of_many)
{
	enum {
		CPUS = 4096,
		LINE = 96
	};
	vt_autofree char *text = vt_alloc(CPUS * LINE + 1);
	struct vt_cpuinfo info;
	size_t used = 0;

	for (int i = 0; i < CPUS; i++)
		used += (size_t)snprintf(text + used, LINE, "processor\t: %d\nmodel name\t: %d\n\n",
					 i, i);
	cr_assert(vt_parse_cpuinfo(text, &info));
	cr_expect_eq(info.threads, CPUS);
	expect_slice(info.model, "0");
}

Test(parse_host, meminfo)
{
	static const struct {
		const char *text;
		bool ok, total, available, swap;
		uint64_t total_bytes;
	} cases[] = {
		{ "MemTotal:       16 kB\nMemFree: 3 kB\nMemAvailable:   8 kB\nSwapTotal: 0 "
		  "kB\nSwapFree: 0 kB\n",
		  true, true, true, true, 16384 },
		{ "MemTotal: 16 kB", true, true, false, false, 16384 },
		{ "MemAvailable: 1 kB\nSwapTotal: 5 kB\n", true, false, true, false, 0 },
		{ "MemTotal: -16 kB\n", false, false, false, false, 0 },
		{ "MemTotal: 18014398509481984 kB\n", false, false, false, false, 0 },
		{ "MemTotal: 18014398509481983 kB\n", true, true, false, false, UINT64_MAX - 1023 },
		{ "MemTotal:\nSwapTotal:x\nSwapFree: 1\n", false, false, false, false, 0 },
		{ " MemTotal: 16 kB\n", false, false, false, false, 0 },
		{ "", false, false, false, false, 0 },
		{ "MemTotal", false, false, false, false, 0 },
	};

	for (size_t i = 0; i < VT_LEN(cases); i++) {
		struct vt_meminfo m = { .total_bytes = 77 };

		cr_assert_eq(vt_parse_meminfo(cases[i].text, &m), cases[i].ok, "case %zu", i);
		if (!cases[i].ok) {
			cr_expect_eq(m.total_bytes, 77, "case %zu: touched", i);
			continue;
		}
		cr_expect_eq(m.has_total, cases[i].total, "case %zu", i);
		cr_expect_eq(m.has_available, cases[i].available, "case %zu", i);
		cr_expect_eq(m.has_swap, cases[i].swap, "case %zu", i);
		cr_expect_eq(m.total_bytes, cases[i].total_bytes, "case %zu", i);
	}
}

Test(parse_host, stat)
{
	static const struct {
		const char *text;
		bool ok;
		uint64_t busy, total, boot;
	} cases[] = {
		/* Guest time is in user time. */
		{ "cpu  10 1 2 100 5 3 4 6 50 50\ncpu0 1 1 1 1\nbtime 1700000000\n", true, 26, 131,
		  1700000000 },
		{ "cpu 1 2 3 4\n", true, 6, 10, 0 },
		{ "cpu 1 2 3 4", true, 6, 10, 0 },
		{ "btime x\ncpu 1 2 3 4\nbtime -5\n", true, 6, 10, 0 },
		{ "cpu 1 2 3\n", false, 0, 0, 0 },
		{ "cpu 1 2 3 -4\n", false, 0, 0, 0 },
		{ "cpu 1 2 3 99999999999999999999999\n", false, 0, 0, 0 },
		{ "cpu 18446744073709551615 2 3 4\n", false, 0, 0, 0 }, /* the sum does not fit */
		{ "cpu0 1 2 3 4\nbtime 5\n", false, 0, 0, 0 },
		{ "cpu\n", false, 0, 0, 0 },
		{ "", false, 0, 0, 0 },
	};

	for (size_t i = 0; i < VT_LEN(cases); i++) {
		struct vt_cpu_ticks t = { .busy = 77 };

		cr_expect_eq(vt_parse_proc_stat(cases[i].text, &t), cases[i].ok, "case %zu", i);
		cr_expect_eq(t.busy, cases[i].ok ? cases[i].busy : 77, "case %zu", i);
		if (!cases[i].ok)
			continue;
		cr_expect_eq(t.total, cases[i].total, "case %zu", i);
		cr_expect_eq(t.boot_time_seconds, cases[i].boot, "case %zu", i);
	}
}

Test(parse_host, modules)
{
	static const char text[] = "kvm_amd 155648 3 - Live 0x0\nbroken\n\nkvm 1036288 1 kvm_amd, "
				   "Live 0x0 (OE)\nodd 1 - - Live 0x0\nneg 1 -1 - Live\ntwo 2\nend "
				   "1 18446744073709551615";
	static const struct {
		const char *name;
		bool known;
		uint64_t refcount;
	} wanted[] = {
		{ "kvm_amd", true, 3 }, { "kvm", true, 1 },          { "odd", false, 0 },
		{ "neg", false, 0 },    { "end", true, UINT64_MAX },
	};
	const char *cursor = text;
	struct vt_module_line line;
	size_t n = 0;

	for (; vt_parse_module(&cursor, &line); n++) {
		cr_assert_lt(n, VT_LEN(wanted));
		expect_slice(line.name, wanted[n].name);
		cr_expect_eq(line.has_refcount, wanted[n].known, "%s", wanted[n].name);
		cr_expect_eq(line.refcount, wanted[n].refcount, "%s", wanted[n].name);
	}
	cr_expect_eq(n, VT_LEN(wanted));
}

Test(parse_host, bracketed)
{
	static const char *const cases[][2] = {
		{ "none [integrity] confidentiality\n", "integrity" },
		{ "[none] integrity", "none" },
		{ "none integrity\n", NULL },
		{ "[none", NULL },
		{ "none] [", NULL },
		{ "[]", NULL },
		{ "", NULL },
	};

	for (size_t i = 0; i < VT_LEN(cases); i++) {
		struct vt_slice s = { "?", 1 };

		cr_expect_eq(vt_parse_bracketed(cases[i][0], &s), cases[i][1] != NULL, "case %zu",
			     i);
		expect_slice(s, cases[i][1] ? cases[i][1] : "?");
	}
}

Test(parse_host, first_decimal)
{
	static const struct {
		const char *text;
		double value; /* below 0: refused */
	} cases[] = {
		{ "12345.67 99.9\n", 12345.67 },
		{ "0.00 0.01 0.05 1/123 4\n", 0 },
		{ "7", 7 },
		{ "\n7", -1 },
		{ "", -1 },
		{ "-1.0\n", -1 },
		{ "x 1\n", -1 },
	};

	for (size_t i = 0; i < VT_LEN(cases); i++) {
		double value = -1;

		cr_expect_eq(vt_parse_first_decimal(cases[i].text, &value), cases[i].value >= 0,
			     "case %zu", i);
		cr_expect_float_eq(value, cases[i].value, 1e-9, "case %zu", i);
	}
}

Test(parse_host, long_lines)
{
	enum {
		LONG = 100000
	};
	vt_autofree char *text = vt_alloc(LONG + 64);
	struct vt_cpuinfo info;
	struct vt_meminfo mem;
	struct vt_cpu_ticks ticks;
	struct vt_slice s;
	double value;
	const char *cursor = text;
	struct vt_module_line module;

	memset(text, 'a', LONG);
	memcpy(text, "flags: ", 7);
	(void)snprintf(text + LONG, 64, "\nMemTotal: 1 kB\ncpu 1 1 1 1\nkvm 1 2\n");
	cr_expect(vt_parse_cpuinfo(text, &info) && info.flags.n == LONG - 7);
	cr_expect(vt_parse_meminfo(text, &mem) && mem.total_bytes == 1024);
	cr_expect(vt_parse_proc_stat(text, &ticks) && ticks.total == 4);
	cr_expect_not(vt_parse_bracketed(text, &s));
	cr_expect_not(vt_parse_first_decimal(text, &value));
	cr_expect(vt_parse_module(&cursor, &module));
	expect_slice(module.name, "MemTotal:");
}
