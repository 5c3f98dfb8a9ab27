/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * A virtual machine of twelve bytes, for tests: one vCPU in real mode writes to a
 * port for ever, each time an exit, and halts after every 256 writes; KVM's
 * Documentation/virt/kvm/api.rst.
 *
 *   kvm_loop [SECONDS [stats]]
 *
 * Ends after so many seconds. With "stats" it holds its statistics descriptors as
 * QEMU does. On SIGUSR1 the vCPU stops for good, and it prints how many exits for
 * the port and for halting it has had by its own count. Exit status 77: there is
 * no KVM here.
 */
#include <errno.h>
#include <fcntl.h>
#include <linux/kvm.h>
#include <signal.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <unistd.h>

enum {
	MEMORY = 0x1000,
	MOST_RESTARTS = 20,
	NO_KVM = 77,
};

static void *memory; /* of the guest */
static volatile sig_atomic_t is_to_stop;

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

	memory = mmap(NULL, MEMORY, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	if (memory == MAP_FAILED)
		return fail("mmap");
	memcpy(memory, code, sizeof(code));
	region.userspace_addr = (uintptr_t)memory;
	return ioctl(vm, KVM_SET_USER_MEMORY_REGION, &region) < 0 ? fail("memory") : 0;
}

/* From the reset state, which is remembered at the first start. */
static int start_at_zero(int vcpu)
{
	static struct kvm_sregs sregs;
	static bool known;
	struct kvm_vcpu_events no_events = { 0 };
	struct kvm_regs regs = { .rflags = 2 };

	if (!known && ioctl(vcpu, KVM_GET_SREGS, &sregs) < 0)
		return fail("KVM_GET_SREGS");
	if (known && ioctl(vcpu, KVM_SET_VCPU_EVENTS, &no_events) < 0)
		return fail("KVM_SET_VCPU_EVENTS");
	known = true;
	sregs.cs.base = 0;
	sregs.cs.selector = 0;
	if (ioctl(vcpu, KVM_SET_SREGS, &sregs) < 0 || ioctl(vcpu, KVM_SET_REGS, &regs) < 0)
		return fail("registers");
	return 0;
}

static void stop(int signal)
{
	(void)signal;
	is_to_stop = 1;
}

/* KVM_RUN must come back at once, so system calls are not begun anew. */
static int obey_signal(void)
{
	struct sigaction action = { .sa_handler = stop };

	return sigaction(SIGUSR1, &action, NULL) < 0 ? fail("sigaction") : 0;
}

/* They stay open until the end. */
static int hold_stats(int vm, int vcpu)
{
	if (ioctl(vm, KVM_GET_STATS_FD, NULL) < 0 || ioctl(vcpu, KVM_GET_STATS_FD, NULL) < 0)
		return fail("KVM_GET_STATS_FD");
	return 0;
}

static bool is_expected(uint32_t reason)
{
	return reason == KVM_EXIT_IO || reason == KVM_EXIT_HLT || reason == KVM_EXIT_INTR;
}

/* What KVM says of an exit that the twelve bytes do not ask for. */
static void tell(const struct kvm_run *state, int error)
{
	fprintf(stderr, "kvm_loop: %s, exit reason %u", error ? strerror(error) : "unexpected",
		state->exit_reason);
	switch (state->exit_reason) {
	case KVM_EXIT_FAIL_ENTRY:
		fprintf(stderr, ", hardware %#llx",
			(unsigned long long)state->fail_entry.hardware_entry_failure_reason);
		break;
	case KVM_EXIT_INTERNAL_ERROR:
		fprintf(stderr, ", suberror %u", state->internal.suberror);
		break;
	case KVM_EXIT_MMIO:
		fprintf(stderr, ", address %#llx", (unsigned long long)state->mmio.phys_addr);
		break;
	case KVM_EXIT_UNKNOWN:
		fprintf(stderr, ", hardware %#llx",
			(unsigned long long)state->hw.hardware_exit_reason);
		break;
	}
	fputc('\n', stderr);
}

/*
 * Under emulated hardware a KVM now and then makes an exit that no instruction
 * asked for. The guest is then begun anew, a few times; whoever waits for its
 * exits finds out when there are none.
 */
static int run(int vcpu, struct kvm_run *state)
{
	unsigned long long io = 0, halt = 0;
	unsigned restarts = 0;

	while (!is_to_stop) {
		int error = ioctl(vcpu, KVM_RUN, 0) < 0 ? errno : 0;

		if (error == EINTR)
			continue;
		io += !error && state->exit_reason == KVM_EXIT_IO;
		halt += !error && state->exit_reason == KVM_EXIT_HLT;
		if (!error && is_expected(state->exit_reason))
			continue;
		tell(state, error);
		if (++restarts > MOST_RESTARTS)
			return -1;
		memcpy(memory, code, sizeof(code));
		if (start_at_zero(vcpu) < 0)
			return -1;
	}
	printf("io %llu halt %llu\n", io, halt);
	fflush(stdout);
	for (;;)
		pause();
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
	if (argc > 2 && hold_stats(vm, vcpu) < 0)
		return 1;
	return obey_signal() < 0 || give_memory(vm) < 0 || start_at_zero(vcpu) < 0 ||
	       run(vcpu, state) < 0;
}
