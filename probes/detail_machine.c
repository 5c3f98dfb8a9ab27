/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Details of a machine: those of its VMM, and KVM's statistics that are no figures
 * of their own. Histograms are only in the statistics descriptors: debugfs shows
 * but their first bucket, and its mmu_rmaps_stat is a table.
 */
#include <dirent.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>

#include "detail_readers.h"
#include "kvm_counters.h"
#include "kvm_stats.h"
#include "parse_host.h"
#include "parse_kvm.h"
#include "parse_proc.h"

enum {
	MOST_NAMES = 128,
	MOST_BUCKETS = 256,
	ALL_VCPUS = -1
};

/* Sums over descriptors: of one vCPU, or of all and the VM. */
struct sums {
	size_t n;
	struct sum {
		char name[64];
		enum vt_kvm_stat_type type;
		enum vt_unit unit;
		size_t n;
		uint64_t from[MOST_BUCKETS], values[MOST_BUCKETS];
	} all[MOST_NAMES];
};

static struct sum *sum_of(struct sums *sums, const struct vt_kvm_stat *stat)
{
	struct sum *sum;

	if (stat->name.n >= sizeof(sum->name) || stat->n > MOST_BUCKETS)
		return NULL;
	for (size_t i = 0; i < sums->n; i++)
		if (vt_slice_is(stat->name, sums->all[i].name))
			return sums->all[i].n == stat->n ? &sums->all[i] : NULL;
	if (sums->n == MOST_NAMES)
		return NULL;
	sum = &sums->all[sums->n++];
	memcpy(sum->name, stat->name.at, stat->name.n);
	sum->type = stat->type;
	sum->unit = stat->unit;
	sum->n = stat->n;
	for (size_t i = 0; vt_kvm_stat_is_hist(stat) && i < stat->n; i++)
		sum->from[i] = vt_kvm_bucket_from(stat, i);
	return sum;
}

static void add_block(struct sums *sums, const struct vt_kvm_stats *stats)
{
	for (uint32_t i = 0; i < stats->count; i++) {
		struct vt_kvm_stat stat = vt_kvm_stat_at(stats, i);
		struct sum *sum = sum_of(sums, &stat);

		for (size_t k = 0; sum && k < stat.n; k++) {
			uint64_t value = vt_kvm_stat_value(&stat, k);

			if (stat.type != VT_KVM_PEAK)
				sum->values[k] += value;
			else if (value > sum->values[k])
				sum->values[k] = value;
		}
	}
}

/* A VMM may hold a descriptor twice. */
static bool was_there(const struct vt_kvm_stats_fds *fds, size_t at)
{
	for (size_t i = 0; i < at; i++)
		if (fds->fds[i].kind == fds->fds[at].kind &&
		    fds->fds[i].index == fds->fds[at].index)
			return true;
	return false;
}

static bool add_descriptors(const struct vt_host *host, uint64_t pid, uint64_t start_ticks,
			    int64_t vcpu, struct sums *sums)
{
	vt_autoclose int pidfd = vt_kvm_stats_open(host, pid, start_ticks);
	vt_autofree char *block = vt_alloc(VT_KVM_STATS_BLOCK);
	struct vt_kvm_stats_fds fds = { 0 };
	bool any = false;

	if (pidfd < 0)
		return false;
	vt_kvm_stats_list(host, pid, &fds);
	for (size_t i = 0; i < fds.n; i++) {
		const struct vt_kvm_stats_fd *fd = &fds.fds[i];
		bool wanted = vcpu == ALL_VCPUS ||
			      (fd->kind == VT_KVM_VCPU_STATS && fd->index == (uint64_t)vcpu);
		struct vt_kvm_stats stats;

		if (!wanted || was_there(&fds, i) ||
		    vt_kvm_stats_read(pidfd, fd, block, &stats) < 0)
			continue;
		add_block(sums, &stats);
		any = true;
	}
	vt_kvm_stats_finish(&fds);
	return any;
}

static bool is_figure(const char *name)
{
	for (size_t i = 0; i < vt_kvm_counters_n; i++)
		if (strcmp(vt_kvm_counters[i].name, name) == 0)
			return true;
	return false;
}

static bool is_table(const char *name)
{
	size_t n = strlen(name);

	return strcmp(name, "mmu_rmaps_stat") == 0 || (n > 5 && strcmp(name + n - 5, "_hist") == 0);
}

/* "name value" to the list in text, unless it is 0 or shown elsewhere. */
static void list_one(FILE *list, const char *name, enum vt_unit unit, uint64_t value)
{
	char text[32];

	if (!value || is_figure(name))
		return;
	vt_units_short(text, sizeof(text), unit, value);
	fprintf(list, "%s%s %s", ftell(list) > 0 ? ", " : "", name, text);
}

static void end_list(struct vt_detail *d, FILE *list, char **text)
{
	(void)fclose(list);
	if ((*text)[0])
		vt_detail_add(d, "KVM counts", "%s", *text);
	free(*text);
}

static void show_sums(struct vt_detail *d, const struct sums *sums, bool all)
{
	char *text = NULL;
	size_t size;
	FILE *list = open_memstream(&text, &size);

	for (size_t i = 0; i < sums->n; i++) {
		const struct sum *sum = &sums->all[i];

		if (sum->type == VT_KVM_LINEAR_HIST || sum->type == VT_KVM_LOG_HIST)
			vt_detail_add_hist(d, sum->name, sum->unit, sum->from, sum->values, sum->n);
		else if (list && (all || !is_figure(sum->name)))
			list_one(list, sum->name, sum->unit, sum->values[0]);
	}
	if (list)
		end_list(d, list, &text);
}

static void show_table(struct vt_detail *d, int dir)
{
	char text[4096], out[512];
	const char *cursor = text;
	struct vt_slice line, word;

	if (vt_host_read(dir, "mmu_rmaps_stat", text, sizeof(text)) <= 0)
		return;
	while (vt_parse_line(&cursor, &line)) {
		size_t n = 0;

		while (n < sizeof(out) - 1 && vt_parse_word(&line, &word))
			n += (size_t)snprintf(out + n, sizeof(out) - n, n ? " %7.*s" : "%-11.*s",
					      (int)word.n, word.at);
		if (n)
			vt_detail_add(d, "reverse maps", "%s", out);
	}
}

static bool is_locked(const struct vt_host *host)
{
	char text[128];
	struct vt_slice s;

	return vt_host_read(host->sys, "kernel/security/lockdown", text, sizeof(text)) > 0 &&
	       vt_parse_bracketed(text, &s) && !vt_slice_is(s, "none");
}

/* KVM's folder of this VMM in debugfs, PID-FD; -1. */
static int open_folder(const struct vt_host *host, uint64_t pid)
{
	vt_autoclosedir DIR *d = is_locked(host) ? NULL
						 : vt_host_opendir(host->sys, "kernel/debug/kvm");
	const struct dirent *e;

	while (d && (e = readdir(d))) {
		uint64_t of;

		if (vt_parse_kvm_dir((struct vt_slice){ e->d_name, strlen(e->d_name) }, &of) &&
		    of == pid)
			return vt_host_openat(dirfd(d), e->d_name, O_RDONLY | O_DIRECTORY);
	}
	return -1;
}

static void show_files(struct vt_detail *d, int dir)
{
	int copy = vt_host_openat(dir, ".", O_RDONLY | O_DIRECTORY);
	vt_autoclosedir DIR *all = copy < 0 ? NULL : fdopendir(copy);
	const struct dirent *e;
	char *text = NULL, value[64];
	size_t size;
	FILE *list = open_memstream(&text, &size);
	uint64_t number;

	if (!all && copy >= 0)
		(void)close(copy);
	while (list && all && (e = readdir(all)))
		if (e->d_name[0] != '.' && !is_table(e->d_name) &&
		    vt_host_read(dir, e->d_name, value, sizeof(value)) > 0 &&
		    vt_parse_value(value, &number))
			list_one(list, e->d_name, VT_UNIT_COUNT, number);
	if (list)
		end_list(d, list, &text);
}

void vt_detail_machine(const struct vt_host *host, struct vt_detail *d)
{
	vt_autofree struct sums *sums = vt_alloc(sizeof(*sums));
	vt_autoclose int dir = open_folder(host, d->subject.a);

	if (add_descriptors(host, d->subject.a, d->subject.b, ALL_VCPUS, sums))
		show_sums(d, sums, false);
	else if (dir >= 0)
		show_files(d, dir);
	if (dir >= 0)
		show_table(d, dir);
	vt_detail_process(host, d);
}

/* A vCPU's identity has no start time: it is looked up for the process that is there now. */
void vt_detail_vcpu(const struct vt_host *host, struct vt_detail *d)
{
	vt_autofree struct sums *sums = vt_alloc(sizeof(*sums));
	char text[2048];
	struct vt_stat st;

	if (vt_detail_read_pid(host, d->subject.a, "stat", text, sizeof(text)) > 0 &&
	    vt_parse_stat(text, &st) &&
	    add_descriptors(host, d->subject.a, st.start_ticks, (int64_t)d->subject.b, sums))
		show_sums(d, sums, true);
}
