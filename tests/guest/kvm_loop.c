/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * A virtual machine of twelve bytes, for tests: one vCPU in real mode writes to a
 * port for ever, each time an exit, and halts after every 256 writes. Ends after
 * the seconds that its argument says; KVM's Documentation/virt/kvm/api.rst.
 * Exit status 77: there is no KVM here.
 */
#include <errno.h>
#include <fcntl.h>
#include <linux/kvm.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <unistd.h>

enum {
	MEMORY = 0x1000,
	NO_KVM = 77,
};

static const unsigned char code[] = {
	0xba, 0xf8, 0x03, /* mov $0x3f8, %dx */
	0x31, 0xc0,       /* xor %ax, %ax */
	0xee,             /* 5: out %al, (%dx) */
	0xfe, 0xc0,       /* inc %al */
	0x75, 0xfb,       /* jnz 5 */
	0xf4,             /* hlt */
	0xeb, 0xf8,       /* jmp 5 */
};

static int fail(const char *what)
{
	fprintf(stderr, "kvm_loop: %s: %s\n", what, strerror(errno));
	return -1;
}

static int give_memory(int vm)
{
	struct kvm_userspace_memory_region region = { .memory_size = MEMORY };
	void *memory = mmap(NULL, MEMORY, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1,
			    0);

	if (memory == MAP_FAILED)
		return fail("mmap");
	memcpy(memory, code, sizeof(code));
	region.userspace_addr = (uintptr_t)memory;
	return ioctl(vm, KVM_SET_USER_MEMORY_REGION, &region) < 0 ? fail("memory") : 0;
}

static int start_at_zero(int vcpu)
{
	struct kvm_sregs sregs;
	struct kvm_regs regs = { .rflags = 2 };

	if (ioctl(vcpu, KVM_GET_SREGS, &sregs) < 0)
		return fail("KVM_GET_SREGS");
	sregs.cs.base = 0;
	sregs.cs.selector = 0;
	if (ioctl(vcpu, KVM_SET_SREGS, &sregs) < 0 || ioctl(vcpu, KVM_SET_REGS, &regs) < 0)
		return fail("registers");
	return 0;
}

static int run(int vcpu, struct kvm_run *state)
{
	for (;;) {
		if (ioctl(vcpu, KVM_RUN, 0) < 0 && errno != EINTR)
			return fail("KVM_RUN");
		if (state->exit_reason != KVM_EXIT_IO && state->exit_reason != KVM_EXIT_HLT &&
		    state->exit_reason != KVM_EXIT_INTR) {
			fprintf(stderr, "kvm_loop: exit reason %u\n", state->exit_reason);
			return -1;
		}
	}
}

int main(int argc, char **argv)
{
	int kvm = open("/dev/kvm", O_RDWR | O_CLOEXEC), vm, vcpu, size;
	struct kvm_run *state;

	if (kvm < 0 || (vm = ioctl(kvm, KVM_CREATE_VM, 0)) < 0)
		return fail("/dev/kvm"), NO_KVM;
	alarm(argc > 1 ? (unsigned)strtoul(argv[1], NULL, 10) : 60);
	size = ioctl(kvm, KVM_GET_VCPU_MMAP_SIZE, 0);
	vcpu = ioctl(vm, KVM_CREATE_VCPU, 0);
	if (size < 0 || vcpu < 0)
		return fail("KVM_CREATE_VCPU"), 1;
	state = mmap(NULL, (size_t)size, PROT_READ | PROT_WRITE, MAP_SHARED, vcpu, 0);
	if (state == MAP_FAILED)
		return fail("mmap of the vCPU"), 1;
	return give_memory(vm) < 0 || start_at_zero(vcpu) < 0 || run(vcpu, state) < 0;
}
