/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * A guest of some thirty bytes in real mode (KVM's Documentation/virt/kvm/api.rst).
 * What the VMM has to answer (out, a write to memory that is none, hlt without an
 * interrupt controller) is timed from one KVM_RUN to the next. What KVM answers by
 * itself (cpuid, a hypercall) never comes here, so the guest times it with rdtsc and
 * leaves the differences in its memory. Not every KVM answers all of it: a timer gets us
 * out of a guest that never comes back.
 */
#include "exit_guest.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#if defined(__x86_64__)
#include <cpuid.h>
#include <linux/kvm.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <x86intrin.h>

enum {
	MEMORY = 0x4000, /* what is above is no memory: MMIO */
	RESULTS = 0x1000,
	BATCH = 256, /* differences that the guest leaves before it comes back */
	WARM_UP = 16,
	LOST_SECONDS = 3, /* an emulated CPU needs long for the guest's last batch */
	LOOK_MS = 100,    /* how often it is looked whether it comes back */
};

static const unsigned char code_io[] = { 0xe6, 0x80, 0xeb, 0xfc }; /* out %al, $0x80; jmp */
static const unsigned char code_mmio[] = { 0xa2, 0x00, 0x80, 0xeb,
					   0xfb };            /* mov %al, 0x8000; jmp */
static const unsigned char code_hlt[] = { 0xf4, 0xeb, 0xfd }; /* hlt; jmp */

/* The instruction to be timed is at TIMED_AT and three bytes long. */
static const unsigned char code_timed[] = {
	0xbf, 0x00, 0x10,       /* 0: mov $0x1000, %di */
	0x0f, 0x31,             /* 3: rdtsc */
	0x66, 0x89, 0xc6,       /* mov %eax, %esi */
	0x66, 0x31, 0xc0,       /* xor %eax, %eax */
	0x66, 0xf7, 0xd0,       /* not %eax: no leaf, no hypercall */
	0x90, 0x90, 0x90,       /* 14: what is timed */
	0x0f, 0x31,             /* rdtsc */
	0x66, 0x29, 0xf0,       /* sub %esi, %eax */
	0x66, 0x89, 0x05,       /* mov %eax, (%di) */
	0x83, 0xc7, 0x04,       /* add $4, %di */
	0x81, 0xff, 0x00, 0x14, /* cmp $0x1400, %di */
	0x72, 0xe1,             /* jb 3 */
	0xe6, 0x80,             /* out %al, $0x80 */
	0xeb, 0xda,             /* jmp 0 */
};
enum {
	TIMED_AT = 14
};

struct guest {
	int vm, vcpu;
	unsigned char *memory;
	struct kvm_run *run;
	uint64_t lost_ns; /* when it is not waited for any more */
};

static uint64_t now_ns(void)
{
	struct timespec t;

	(void)clock_gettime(CLOCK_MONOTONIC, &t);
	return (uint64_t)t.tv_sec * 1000000000u + (uint64_t)t.tv_nsec;
}

static uint64_t cycles(void)
{
	unsigned aux;

	return __rdtscp(&aux);
}

static void add(struct vt_samples *s, enum vt_cost_kind kind, uint64_t taken)
{
	if (s->n[kind] < VT_SAMPLES)
		s->cycles[kind][s->n[kind]++] = taken;
}

/* Guests and their memory end with the process. */
static int make_guest(int kvm, struct guest *g)
{
	struct kvm_userspace_memory_region region = { .memory_size = MEMORY };
	int size = ioctl(kvm, KVM_GET_VCPU_MMAP_SIZE, 0);

	g->vm = ioctl(kvm, KVM_CREATE_VM, 0);
	if (size < 0 || g->vm < 0)
		return -errno;
	g->memory = mmap(NULL, MEMORY, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	if (g->memory == MAP_FAILED)
		return -errno;
	region.userspace_addr = (uintptr_t)g->memory;
	if (ioctl(g->vm, KVM_SET_USER_MEMORY_REGION, &region) < 0)
		return -errno;
	g->vcpu = ioctl(g->vm, KVM_CREATE_VCPU, 0);
	if (g->vcpu < 0)
		return -errno;
	g->run = mmap(NULL, (size_t)size, PROT_READ | PROT_WRITE, MAP_SHARED, g->vcpu, 0);
	return g->run == MAP_FAILED ? -errno : 0;
}

static int load(struct guest *g, const void *code, size_t n)
{
	struct kvm_regs regs = { .rflags = 2, .rax = UINT32_MAX };
	struct kvm_sregs sregs;

	memcpy(g->memory, code, n);
	if (ioctl(g->vcpu, KVM_GET_SREGS, &sregs) < 0)
		return -errno;
	sregs.cs.base = 0;
	sregs.cs.selector = 0;
	if (ioctl(g->vcpu, KVM_SET_SREGS, &sregs) < 0 || ioctl(g->vcpu, KVM_SET_REGS, &regs) < 0)
		return -errno;
	return 0;
}

/* Until the next exit of this reason. */
static int run(struct guest *g, uint32_t reason, char *why, size_t size)
{
	while (ioctl(g->vcpu, KVM_RUN, 0) < 0) {
		if (errno == EINTR && now_ns() < g->lost_ns)
			continue;
		if (errno == EINTR)
			(void)snprintf(why, size, "the guest did not come back in %d s",
				       LOST_SECONDS);
		else
			(void)snprintf(why, size, "KVM_RUN: %s", vt_errno_text(errno));
		return -1;
	}
	if (g->run->exit_reason == reason)
		return 0;
	(void)snprintf(why, size, "KVM came back with reason %u, not %u", g->run->exit_reason,
		       reason);
	return -1;
}

static void time_exits(struct guest *g, enum vt_cost_kind kind, uint32_t reason, uint64_t until,
		       struct vt_samples *s)
{
	for (int i = 0; i < WARM_UP; i++)
		if (run(g, reason, s->why[kind], sizeof(s->why[kind])) < 0)
			return;
	do {
		uint64_t before = cycles();

		if (run(g, reason, s->why[kind], sizeof(s->why[kind])) < 0)
			return;
		add(s, kind, cycles() - before);
	} while (now_ns() < until && s->n[kind] < VT_SAMPLES);
}

static void time_inside(struct guest *g, enum vt_cost_kind kind, uint64_t until,
			struct vt_samples *s)
{
	uint32_t taken[BATCH];

	if (run(g, KVM_EXIT_IO, s->why[kind], sizeof(s->why[kind])) < 0)
		return;
	do {
		if (run(g, KVM_EXIT_IO, s->why[kind], sizeof(s->why[kind])) < 0)
			return;
		memcpy(taken, g->memory + RESULTS, sizeof(taken));
		for (size_t i = 0; i < BATCH; i++)
			add(s, kind, taken[i]);
	} while (now_ns() < until && s->n[kind] < VT_SAMPLES);
}

static bool is_amd(void)
{
	unsigned eax, ebx = 0, ecx, edx;

	return __get_cpuid(0x80000001, &eax, &ebx, &ecx, &edx) && (ecx & 1u << 2);
}

static void look(int signal)
{
	(void)signal;
}

/* A signal now and then: KVM_RUN comes back from it, other calls go on. */
static void begin_looking(void)
{
	struct sigaction action = { .sa_handler = look, .sa_flags = SA_RESTART };
	struct sigevent event = { .sigev_notify = SIGEV_SIGNAL, .sigev_signo = SIGUSR1 };
	struct itimerspec often = { .it_interval.tv_nsec = LOOK_MS * 1000000,
				    .it_value.tv_nsec = LOOK_MS * 1000000 };
	timer_t timer;

	(void)sigaction(SIGUSR1, &action, NULL);
	if (timer_create(CLOCK_MONOTONIC, &event, &timer) == 0)
		(void)timer_settime(timer, 0, &often, NULL);
}

/* SIG_BLOCK while a guest is made: KVM_CREATE_VM fails with EINTR where it has to wait. */
static void hold_looking(int how)
{
	sigset_t set;

	(void)sigemptyset(&set);
	(void)sigaddset(&set, SIGUSR1);
	(void)sigprocmask(how, &set, NULL);
}

static void time_guest(int kvm, enum vt_cost_kind kind, uint64_t until, struct vt_samples *s)
{
	static const unsigned char cpuid[] = { 0x0f, 0xa2, 0x90 }, vmcall[] = { 0x0f, 0x01, 0xc1 },
				   vmmcall[] = { 0x0f, 0x01, 0xd9 };
	struct guest g = { .vm = -1, .vcpu = -1, .lost_ns = until + LOST_SECONDS * 1000000000ull };
	unsigned char timed[sizeof(code_timed)];
	int r;

	hold_looking(SIG_BLOCK);
	r = make_guest(kvm, &g);
	memcpy(timed, code_timed, sizeof(timed));
	memcpy(timed + TIMED_AT,
	       kind == VT_COST_CPUID ? cpuid
	       : is_amd()            ? vmmcall
				     : vmcall,
	       sizeof(cpuid));
	if (r == 0)
		r = kind == VT_COST_IO     ? load(&g, code_io, sizeof(code_io))
		    : kind == VT_COST_MMIO ? load(&g, code_mmio, sizeof(code_mmio))
		    : kind == VT_COST_HLT  ? load(&g, code_hlt, sizeof(code_hlt))
					   : load(&g, timed, sizeof(timed));
	hold_looking(SIG_UNBLOCK);
	if (r < 0)
		(void)snprintf(s->why[kind], sizeof(s->why[kind]), "no guest can be made: %s",
			       vt_errno_text(-r));
	else if (kind == VT_COST_CPUID || kind == VT_COST_HYPERCALL)
		time_inside(&g, kind, until, s);
	else
		time_exits(&g, kind,
			   kind == VT_COST_IO     ? KVM_EXIT_IO
			   : kind == VT_COST_MMIO ? KVM_EXIT_MMIO
						  : KVM_EXIT_HLT,
			   until, s);
	if (g.vcpu >= 0)
		(void)close(g.vcpu);
	if (g.vm >= 0)
		(void)close(g.vm);
}

static void time_syscall(uint64_t until, struct vt_samples *s)
{
	while (now_ns() < until && s->n[VT_COST_SYSCALL] < VT_SAMPLES)
		for (int i = 0; i < WARM_UP; i++) {
			uint64_t before = cycles();

			(void)syscall(SYS_getppid);
			add(s, VT_COST_SYSCALL, cycles() - before);
		}
}

static void echo(int from, int to)
{
	char c;

	while (read(from, &c, 1) == 1 && write(to, &c, 1) == 1)
		;
	_exit(0);
}

/* Both processes are on one CPU: half of a round is one switch with a write and a read. */
static void time_switch(uint64_t until, struct vt_samples *s)
{
	int there[2], back[2];
	pid_t child;
	char c = 0;

	if (pipe2(there, O_CLOEXEC) < 0 || pipe2(back, O_CLOEXEC) < 0 || (child = fork()) < 0) {
		(void)snprintf(s->why[VT_COST_SWITCH], sizeof(s->why[VT_COST_SWITCH]), "%s",
			       vt_errno_text(errno));
		return;
	}
	if (child == 0) {
		(void)close(there[1]);
		(void)close(back[0]);
		echo(there[0], back[1]);
	}
	while (now_ns() < until && s->n[VT_COST_SWITCH] < VT_SAMPLES) {
		uint64_t before = cycles();

		if (write(there[1], &c, 1) != 1 || read(back[0], &c, 1) != 1)
			break;
		add(s, VT_COST_SWITCH, (cycles() - before) / 2);
	}
	(void)close(there[1]);
	(void)kill(child, SIGKILL);
	(void)waitpid(child, NULL, 0);
}

void vt_exit_guest_run(int kvm, double seconds, struct vt_samples *ret)
{
	uint64_t began = now_ns(), began_cycles = cycles(),
		 part = (uint64_t)(seconds * 1e9) / VT_COSTS;

	begin_looking();
	for (int kind = 0; kind < VT_COSTS; kind++) {
		uint64_t until = now_ns() + part;

		if (kind == VT_COST_SYSCALL)
			time_syscall(until, ret);
		else if (kind == VT_COST_SWITCH)
			time_switch(until, ret);
		else if (kvm < 0)
			(void)snprintf(ret->why[kind], sizeof(ret->why[kind]),
				       "/dev/kvm cannot be used: %s", vt_errno_text(-kvm));
		else
			time_guest(kvm, (enum vt_cost_kind)kind, until, ret);
	}
	ret->ns_per_cycle = (double)(now_ns() - began) / (double)(cycles() - began_cycles);
}
#else
void vt_exit_guest_run(int kvm, double seconds, struct vt_samples *ret)
{
	(void)kvm;
	(void)seconds;
	for (int kind = 0; kind < VT_COSTS; kind++)
		(void)snprintf(ret->why[kind], sizeof(ret->why[kind]),
			       "the guest that measures is for x86-64 only");
	ret->ns_per_cycle = 1;
}
#endif
