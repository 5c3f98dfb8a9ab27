/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Exit reasons by name, and what a trace makes of samples. */
#include <asm/svm.h>
#include <asm/vmx.h>
#include <criterion/criterion.h>
#include <string.h>

#include "../../src/exit_reasons.h"
#include "../../src/exit_trace.h"
#include "../../src/memory.h"

/* The kernel's header of SVM counts on names that it does not define. */
enum {
	DE_VECTOR,
	DB_VECTOR,
	BP_VECTOR = 3,
	OF_VECTOR,
	BR_VECTOR,
	UD_VECTOR,
	NM_VECTOR,
	DF_VECTOR,
	TS_VECTOR = 10,
	NP_VECTOR,
	SS_VECTOR,
	GP_VECTOR,
	PF_VECTOR,
	MF_VECTOR = 16,
	AC_VECTOR,
	MC_VECTOR,
	XM_VECTOR
};

/* The kernel's own table: what it knows has a name here, and SVM's is the same word. */
struct known {
	int64_t code;
	const char *name;
};

Test(exit_reasons, all_that_the_kernel_knows)
{
	static const struct known vmx[] = { VMX_EXIT_REASONS }, svm[] = { SVM_EXIT_REASONS };
	char name[64], want[64];

	for (size_t i = 0; i < VT_LEN(vmx); i++) {
		vt_exit_reason_name(name, sizeof(name), VT_EXIT_VMX, (uint32_t)vmx[i].code);
		cr_expect(strncmp(name, "reason ", 7) != 0, "%s", vmx[i].name);
	}
	for (size_t i = 0; i < VT_LEN(svm); i++) {
		vt_exit_reason_name(name, sizeof(name), VT_EXIT_SVM, (uint32_t)svm[i].code);
		(void)snprintf(want, sizeof(want), "reason %#x", (uint32_t)svm[i].code);
		/* Codes of 0x80000000 and more are software's, between guest and hypervisor. */
		cr_expect_eq(strcmp(name, want) == 0,
			     (uint32_t)svm[i].code >= 0x80000000 && svm[i].code != -1, "%s: %s",
			     svm[i].name, name);
	}
}

Test(exit_reasons, names)
{
	static const struct {
		uint32_t isa, code;
		const char *name;
	} cases[] = {
		{ 1, 30, "I/O instruction" },
		{ 1, 12, "HLT" },
		{ 1, 48, "EPT violation" },
		{ 1, 0x80000021, "VM-entry failure: invalid guest state" },
		{ 1, 35, "reason 0x23" },
		{ 1, 500, "reason 0x1f4" },
		{ 2, 0x7b, "VMEXIT_IOIO" },
		{ 2, 0x4e, "VMEXIT_EXCP14" },
		{ 2, 0x1f, "VMEXIT_CR15_WRITE" },
		{ 2, 0x400, "VMEXIT_NPF" },
		{ 2, UINT32_MAX, "VMEXIT_INVALID" },
		{ 2, 0x1000, "reason 0x1000" },
		/* Of a KVM that is neither: never a wrong name. */
		{ 0, 30, "reason 0x1e" },
		{ 3, 0x7b, "reason 0x7b" },
	};
	char name[64];

	for (size_t i = 0; i < VT_LEN(cases); i++) {
		vt_exit_reason_name(name, sizeof(name), cases[i].isa, cases[i].code);
		cr_expect_str_eq(name, cases[i].name);
	}
}

Test(exit_reasons, ports_and_addresses)
{
	uint64_t address = 7;
	uint16_t port = 7;
	bool in = true;

	cr_expect(vt_exit_io_port(VT_EXIT_SVM, 0x7b, 0x03f80010, &port, &in) && port == 0x3f8 &&
		  !in);
	cr_expect(vt_exit_io_port(VT_EXIT_VMX, 30, 0x00600008, &port, &in) && port == 0x60 && in);
	cr_expect_not(vt_exit_io_port(VT_EXIT_VMX, 0x7b, 0, &port, &in));
	cr_expect_not(vt_exit_io_port(3, 30, 0, &port, &in));
	cr_expect(vt_exit_address(VT_EXIT_SVM, 0x400, 0xfee00000, &address));
	cr_expect_eq(address, 0xfee00000);
	cr_expect_not(vt_exit_address(VT_EXIT_VMX, 48, 1, &address));
}

static void leave(struct vt_exit_trace *t, size_t thread, uint64_t at, uint64_t ns, uint32_t code)
{
	struct vt_exit_sample exit = {
		.time_ns = at, .isa = VT_EXIT_SVM, .reason = code, .info1 = 0x03f80010
	};
	struct vt_exit_sample entry = { .time_ns = at + ns, .is_entry = true };

	vt_exit_trace_add(t, thread, &exit);
	if (ns)
		vt_exit_trace_add(t, thread, &entry);
}

static void expect(const char *text, const char *part)
{
	cr_expect(strstr(text, part), "no '%s' in:\n%s", part, text);
}

Test(exit_trace, counts_and_times)
{
	struct vt_exit_trace *t = vt_exit_trace_new();
	vt_autofree char *text = NULL;

	/* Two vCPUs at the same time: each has times of its own. */
	for (uint64_t i = 0; i < 99; i++) {
		leave(t, 0, i * 100000, 1000, 0x7b);
		leave(t, 1, i * 100000 + 10, 1000, 0x7b);
	}
	leave(t, 0, 99 * 100000, 50000, 0x7b);
	leave(t, 0, 100 * 100000, 500000000, 0x78);
	leave(t, 1, 100 * 100000, 0, 0x4e); /* never entered again */
	text = vt_exit_trace_text(t, 1000000000, 2000000);
	vt_exit_trace_free(t);
	expect(text, "201 exits in 1.0 s");
	expect(text, "VMEXIT_IOIO                          199        199    1246ns    1008ns    "
		     "1008ns    0.0%\n");
	expect(text, "VMEXIT_HLT                             1          1   500.0ms   494.9ms   "
		     "494.9ms   50.0%\n");
	expect(text, "VMEXIT_EXCP14                          1          1        –");
	expect(text, "port 0x03f8 out       199\n");
	expect(text, "2.0 ms of CPU (0.2% of one)");
	cr_expect_not(strstr(text, "lost"), "%s", text);
	cr_expect(strstr(text, "VMEXIT_HLT") < strstr(text, "VMEXIT_IOIO"), "dearest first");
}

Test(exit_trace, nothing_spans_a_gap)
{
	struct vt_exit_trace *t = vt_exit_trace_new();
	struct vt_exit_sample entry = { .time_ns = 9000000000, .is_entry = true };
	vt_autofree char *text = NULL;

	leave(t, 0, 1000, 0, 0x72);
	vt_exit_trace_lost(t, 0, 17);
	vt_exit_trace_add(t, 0, &entry);
	text = vt_exit_trace_text(t, 1000000000, 0);
	vt_exit_trace_free(t);
	expect(text, "VMEXIT_CPUID                           1          1        –");
	expect(text, "17 events were lost");
}

Test(exit_trace, too_many_of_everything)
{
	struct vt_exit_trace *t = vt_exit_trace_new();
	vt_autofree char *text = NULL;

	for (uint32_t i = 0; i < 200; i++)
		leave(t, 0, i * 1000, 10, 0x10000 + i);
	for (uint32_t i = 0; i < 300; i++) {
		struct vt_exit_sample s = { .isa = VT_EXIT_SVM, .reason = 0x400, .info2 = i };

		vt_exit_trace_add(t, 99999, &s);
		vt_exit_trace_add(t, 3, &s);
	}
	text = vt_exit_trace_text(t, 0, 0);
	vt_exit_trace_free(t);
	expect(text, "500 exits");
	expect(text, "Not told apart: 372 exits of rare reasons, 44 of rare places.");
}
