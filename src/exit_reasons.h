/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef VT_EXIT_REASONS_H
#define VT_EXIT_REASONS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/*
 * VM exit reasons by the manuals' names: Intel SDM volume 3, appendix C, and AMD
 * APM volume 2, appendix C. What a tracepoint of KVM calls isa says which.
 */
enum vt_exit_isa {
	VT_EXIT_VMX = 1, /* KVM_ISA_VMX */
	VT_EXIT_SVM = 2  /* KVM_ISA_SVM */
};

/* "I/O instruction", "VMEXIT_IOIO"; "reason 0x123" for what neither manual has. */
void vt_exit_reason_name(char *out, size_t size, uint32_t isa, uint32_t reason);

/* The port of an exit for an I/O instruction, from its first word of information. */
bool vt_exit_io_port(uint32_t isa, uint32_t reason, uint64_t info1, uint16_t *ret_port,
		     bool *ret_in);
/* The guest's physical address, where the tracepoint has it: nested page faults of AMD. */
bool vt_exit_address(uint32_t isa, uint32_t reason, uint64_t info2, uint64_t *ret);

#endif
