/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Measuring in a process of its own: it is bound to one CPU, ends by itself or by an
 * alarm, and takes the guest and its memory along however it ends. What was measured
 * is kept for the snapshots of this program and of later ones in the same boot.
 */
#include "exit_cost.h"

#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <pthread.h>
#include <sched.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "config.h"
#include "exit_guest.h"
#include "memory.h"
#include "state_file.h"

enum {
	GRACE_SECONDS = 20, /* an emulated CPU needs long for the guest's last batch */
	FILE_BYTES = 4096,
};

const char *const vt_cost_names[VT_COSTS] = { "syscall", "switch", "io",       "mmio",
					      "hlt",     "cpuid",  "hypercall" };
const char *const vt_cost_helps[VT_COSTS] = {
	"a system call (getppid): to the kernel and back, no exit",
	"a context switch: to another process, with a pipe's read and write",
	"exit for an I/O port, answered by the VMM",
	"exit for a device's memory, answered by the VMM",
	"exit for HLT, answered by the VMM",
	"exit for CPUID, answered by KVM in the kernel",
	"exit for a hypercall, answered by KVM in the kernel",
};

static int by_size(const void *a, const void *b)
{
	uint64_t x = *(const uint64_t *)a, y = *(const uint64_t *)b;

	return (x > y) - (x < y);
}

void vt_cost_from_samples(struct vt_cost *c, uint64_t *samples, size_t n, double ns_per_cycle)
{
	c->n = n;
	if (!n)
		return;
	qsort(samples, n, sizeof(*samples), by_size);
	c->min_ns = (double)samples[0] * ns_per_cycle;
	c->median_cycles = (double)samples[n / 2];
	c->median_ns = c->median_cycles * ns_per_cycle;
	c->p99_ns = (double)samples[n - 1 - n / 100] * ns_per_cycle;
}

/* Wherever it is now: samples of one counter, and both ends of a switch, on one CPU. */
static void stay_on_this_cpu(void)
{
	int cpu = sched_getcpu();
	cpu_set_t set;

	CPU_ZERO(&set);
	if (cpu < 0 || cpu >= CPU_SETSIZE)
		return;
	CPU_SET((size_t)cpu, &set);
	(void)sched_setaffinity(0, sizeof(set), &set);
}

static void child(int kvm, double seconds, struct vt_samples *samples)
{
	sigset_t none;

	(void)prctl(PR_SET_PDEATHSIG, SIGKILL);
	(void)sigemptyset(&none);
	(void)signal(SIGALRM, SIG_DFL);
	(void)signal(SIGPIPE, SIG_IGN);
	(void)sigprocmask(SIG_SETMASK, &none, NULL);
	(void)alarm((unsigned)seconds + GRACE_SECONDS);
	stay_on_this_cpu();
	vt_exit_guest_run(kvm, seconds, samples);
	_exit(0);
}

static int collect(struct vt_samples *samples, struct vt_exit_costs *ret, struct vt_error *err)
{
	bool any = false;

	*ret = (struct vt_exit_costs){ 0 };
	for (int i = 0; i < VT_COSTS; i++) {
		struct vt_cost *c = &ret->costs[i];

		vt_cost_from_samples(c, samples->cycles[i], samples->n[i], samples->ns_per_cycle);
		if (!c->n)
			(void)snprintf(c->why, sizeof(c->why), "%s",
				       samples->why[i][0] ? samples->why[i] : "no time was left");
		any |= c->n > 0;
	}
	return any ? 0 : vt_fail(err, ENOTSUP, "nothing can be measured: %s", samples->why[0]);
}

int vt_exit_cost_measure(const struct vt_host *host, double seconds, struct vt_exit_costs *ret,
			 struct vt_error *err)
{
	vt_autoclose int kvm = vt_host_openat(host->root, "dev/kvm", O_RDWR);
	struct vt_samples *samples = mmap(NULL, sizeof(*samples), PROT_READ | PROT_WRITE,
					  MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	int status, r;
	pid_t pid;

	if (samples == MAP_FAILED)
		return vt_fail(err, errno, "cannot measure: %s", vt_errno_text(errno));
	pid = fork();
	if (pid == 0)
		child(kvm, seconds, samples);
	if (pid < 0)
		r = vt_fail(err, errno, "cannot measure: %s", vt_errno_text(errno));
	else {
		while (waitpid(pid, &status, 0) < 0 && errno == EINTR)
			;
		r = WIFSIGNALED(status)
			    ? vt_fail(err, ETIMEDOUT,
				      "the guest that measures was ended by signal %d (%s): it "
				      "took too long or crashed",
				      WTERMSIG(status), strsignal(WTERMSIG(status)))
			    : collect(samples, ret, err);
	}
	(void)munmap(samples, sizeof(*samples));
	return r;
}

int vt_exit_cost_save(const struct vt_exit_costs *c, const char *boot_id, struct vt_error *err)
{
	vt_autofree char *path = vt_state_path("exit-cost"),
			 *part = path ? vt_asprintf("%s.new", path) : NULL;
	FILE *f = NULL;
	bool good;

	if (!path)
		return vt_fail(err, ENOENT, "neither XDG_STATE_HOME nor HOME says where to");
	(void)vt_config_make_folders(part);
	f = fopen(part, "we");
	if (!f)
		return vt_fail(err, errno, "cannot write %s: %s", part, vt_errno_text(errno));
	(void)fprintf(f, "boot %s\n", boot_id);
	for (int i = 0; i < VT_COSTS; i++) {
		const struct vt_cost *k = &c->costs[i];

		(void)fprintf(f, "%s %" PRIu64 " %.1f %.1f %.1f %.1f %s\n", vt_cost_names[i], k->n,
			      k->min_ns, k->median_ns, k->p99_ns, k->median_cycles, k->why);
	}
	good = !ferror(f);
	good = fclose(f) == 0 && good;
	if (!good || rename(part, path) < 0)
		return vt_fail(err, errno, "cannot write %s: %s", path, vt_errno_text(errno));
	return 0;
}

static void parse_line(const char *line, struct vt_exit_costs *ret)
{
	for (int i = 0; i < VT_COSTS; i++) {
		size_t n = strlen(vt_cost_names[i]);
		struct vt_cost c = { 0 };

		if (strncmp(line, vt_cost_names[i], n) != 0 || line[n] != ' ')
			continue;
		if (sscanf(line + n, "%" SCNu64 " %lf %lf %lf %lf %95[^\n]", &c.n, &c.min_ns,
			   &c.median_ns, &c.p99_ns, &c.median_cycles, c.why) >= 5 &&
		    c.min_ns >= 0 && c.min_ns <= c.median_ns && c.median_ns <= c.p99_ns &&
		    c.median_cycles >= 0 && c.p99_ns < 1e15 && c.median_cycles < 1e18)
			ret->costs[i] = c;
	}
}

bool vt_exit_cost_parse(const char *text, const char *boot_id, struct vt_exit_costs *ret)
{
	static const char key[] = "boot ";
	size_t n = strlen(boot_id), at = sizeof(key) - 1;
	const char *line;

	if (!n || strncmp(text, key, at) != 0 || strncmp(text + at, boot_id, n) != 0 ||
	    text[at + n] != '\n')
		return false;
	*ret = (struct vt_exit_costs){ 0 };
	for (line = strchr(text, '\n'); line; line = strchr(line + 1, '\n'))
		parse_line(line + 1, ret);
	return true;
}

bool vt_exit_cost_latest(const char *boot_id, struct vt_exit_costs *ret)
{
	vt_autofree char *path = vt_state_path("exit-cost");
	vt_autoclose int fd = path ? open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY) : -1;
	char text[FILE_BYTES];
	ssize_t n = fd < 0 ? -1 : read(fd, text, sizeof(text) - 1);

	if (n <= 0)
		return false;
	text[n] = '\0';
	return vt_exit_cost_parse(text, boot_id, ret);
}

/* In a thread, for the screen. */

static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
static bool running;

struct job {
	struct vt_host host; /* its root alone, opened again */
	double seconds;
	char boot_id[64];
};

static void *work(void *arg)
{
	struct job *job = arg;
	struct vt_exit_costs costs = { 0 };
	struct vt_error err = { 0 };

	if (vt_exit_cost_measure(&job->host, job->seconds, &costs, &err) < 0)
		for (int i = 0; i < VT_COSTS; i++)
			(void)snprintf(costs.costs[i].why, sizeof(costs.costs[i].why), "%.95s",
				       err.msg);
	(void)vt_exit_cost_save(&costs, job->boot_id, NULL);
	vt_host_close(&job->host);
	free(job);
	(void)pthread_mutex_lock(&lock);
	running = false;
	(void)pthread_mutex_unlock(&lock);
	return NULL;
}

/* True when it was not running: it is now the caller's. */
static bool begin(void)
{
	bool mine;

	(void)pthread_mutex_lock(&lock);
	mine = !running;
	running = true;
	(void)pthread_mutex_unlock(&lock);
	return mine;
}

int vt_exit_cost_start(const struct vt_host *host, double seconds, const char *boot_id,
		       struct vt_error *err)
{
	struct job *job;
	pthread_t thread;
	int r;

	if (!begin())
		return vt_fail(err, EBUSY, "it is being measured");
	job = vt_alloc(sizeof(*job));
	job->seconds = seconds;
	(void)snprintf(job->boot_id, sizeof(job->boot_id), "%s", boot_id);
	r = vt_host_open(&job->host, host->root_path, err);
	if (r == 0) {
		r = pthread_create(&thread, NULL, work, job);
		if (r == 0)
			return -pthread_detach(thread);
		r = vt_fail(err, r, "cannot measure: %s", vt_errno_text(r));
		vt_host_close(&job->host);
	}
	free(job);
	(void)pthread_mutex_lock(&lock);
	running = false;
	(void)pthread_mutex_unlock(&lock);
	return r;
}

char *vt_exit_cost_text(const struct vt_exit_costs *c)
{
	char *text = vt_asprintf("%-10s %9s %9s %9s %10s %8s\n", "", "min ns", "median ns",
				 "p99 ns", "cycles", "samples");

	for (int i = 0; i < VT_COSTS; i++) {
		const struct vt_cost *k = &c->costs[i];
		vt_autofree char *before = text;

		text = k->n ? vt_asprintf("%s%-10s %9.0f %9.0f %9.0f %10.0f %8" PRIu64 "  %s\n",
					  before, vt_cost_names[i], k->min_ns, k->median_ns,
					  k->p99_ns, k->median_cycles, k->n, vt_cost_helps[i])
			    : vt_asprintf("%s%-10s not measured: %s\n", before, vt_cost_names[i],
					  k->why);
	}
	return text;
}
