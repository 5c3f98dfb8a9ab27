/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * /sys/module/kvm* and its parameters, and the reference counts of
 * /proc/modules. A built-in KVM has the first and is not in the second. The
 * vendor's module (kvm_intel, kvm_amd) is the one that each open VM holds; kvm
 * itself is always held by it.
 */
#include "kvm_modules.h"

#include <dirent.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "../src/text.h"
#include "parse_host.h"

enum {
	EVERY_SCANS = 30,
	PARAMETERS_LIMIT = 1024,
};
static const size_t modules_limit = 1u << 20;

void vt_kvm_modules_finish(struct vt_kvm_modules *m)
{
	free(m->parameters);
}

static bool is_kvm(const char *name)
{
	return strcmp(name, "kvm") == 0 || strncmp(name, "kvm_", 4) == 0 ||
	       strncmp(name, "kvm-", 4) == 0;
}

static void add_name(struct vt_kvm_modules *m, const char *name)
{
	if (!is_kvm(name) || strlen(name) >= sizeof(m->names[0]) || m->n_names == VT_LEN(m->names))
		return;
	for (size_t i = 0; i < m->n_names; i++)
		if (strcmp(m->names[i], name) == 0)
			return;
	(void)snprintf(m->names[m->n_names++], sizeof(m->names[0]), "%s", name);
}

/* Some parameters are written only (EACCES); they have no value. */
static void read_parameter(struct vt_kvm_modules *m, int dir, const char *module, const char *name)
{
	struct vt_kvm_parameter *p;
	char text[64];
	struct vt_slice s;
	ssize_t n = vt_host_read(dir, name, text, sizeof(text));

	/* Even an empty value ends with a newline: nothing at all is none. */
	if (n <= 0 || strlen(name) >= sizeof(p->name) || m->n_parameters >= PARAMETERS_LIMIT)
		return;
	s = vt_parse_trim(text);
	VT_GROW(m->parameters, m->n_parameters, m->cap_parameters);
	p = &m->parameters[m->n_parameters++];
	(void)snprintf(p->module, sizeof(p->module), "%s", module);
	(void)snprintf(p->name, sizeof(p->name), "%s", name);
	(void)snprintf(p->value, sizeof(p->value), "%.*s", (int)s.n, s.at);
	if (strcmp(module, "kvm") == 0 && strcmp(name, "halt_poll_ns") == 0)
		m->halt_poll_known = vt_parse_u64(s, &m->halt_poll_ns);
	if (strcmp(name, "nested") == 0 && strchr("YN10", p->value[0]) && p->value[0]) {
		m->nested_known = true;
		m->nested = p->value[0] == 'Y' || p->value[0] == '1';
	}
}

static void read_parameters(struct vt_kvm_modules *m, const char *module)
{
	char path[96];
	vt_autoclosedir DIR *d = NULL;
	const struct dirent *e;

	(void)snprintf(path, sizeof(path), "module/%s/parameters", module);
	d = vt_host_opendir(m->host->sys, path);
	while (d && (e = readdir(d)))
		if (e->d_name[0] != '.')
			read_parameter(m, dirfd(d), module, e->d_name);
}

static void read_modules(struct vt_kvm_modules *m)
{
	vt_autoclosedir DIR *d = vt_host_opendir(m->host->sys, "module");
	const struct dirent *e;

	m->n_names = m->n_parameters = 0;
	m->nested_known = m->halt_poll_known = false;
	while (d && (e = readdir(d)))
		add_name(m, e->d_name);
	for (size_t i = 0; i < m->n_names; i++)
		read_parameters(m, m->names[i]);
}

/* The reference count of a module; false when it is built in. */
static bool find_refcount(const char *modules, const char *name, uint64_t *ret)
{
	struct vt_module_line line;

	while (modules && vt_parse_module(&modules, &line))
		if (vt_slice_is(line.name, name) && line.has_refcount) {
			*ret = line.refcount;
			return true;
		}
	return false;
}

static void names_of_modules(struct vt_kvm_modules *m, const char *modules)
{
	struct vt_module_line line;
	char name[64];

	while (modules && vt_parse_module(&modules, &line)) {
		if (line.name.n >= sizeof(name))
			continue;
		(void)snprintf(name, sizeof(name), "%.*s", (int)line.name.n, line.name.at);
		add_name(m, name);
	}
}

static uint64_t hash(const char *s)
{
	return vt_hash_bytes(s, strlen(s));
}

static void add_parameters(const struct vt_kvm_modules *m, struct vt_builder *b)
{
	for (size_t i = 0; i < m->n_parameters; i++) {
		const struct vt_kvm_parameter *p = &m->parameters[i];
		struct vt_parameter *row = vt_parameter_add(b, hash(p->module), hash(p->name));

		VT_SET(PARAMETER, row, name, vt_builder_intern(b, p->name));
		VT_SET(PARAMETER, row, value, vt_builder_intern(b, p->value));
	}
}

bool vt_kvm_modules_add(struct vt_kvm_modules *m, struct vt_builder *b)
{
	vt_autofree char *modules = NULL;
	bool in_use = false, vendor = false;

	if (m->scans++ % EVERY_SCANS == 0)
		read_modules(m);
	(void)vt_host_read_all(m->host->proc, "modules", modules_limit, &modules);
	names_of_modules(m, modules);
	for (size_t i = 0; i < m->n_names; i++) {
		struct vt_module *row = vt_module_add(b, hash(m->names[i]), 0);
		uint64_t refcount;
		bool loaded = find_refcount(modules, m->names[i], &refcount);

		VT_SET(MODULE, row, name, vt_builder_intern(b, m->names[i]));
		if (loaded)
			VT_SET(MODULE, row, refcount, refcount);
		if (strcmp(m->names[i], "kvm") == 0)
			continue;
		vendor = true;
		in_use |= !loaded || refcount > 0;
	}
	add_parameters(m, b);
	if (m->nested_known)
		VT_SET(HOST, vt_builder_host(b), kvm_nested, m->nested);
	if (m->halt_poll_known)
		VT_SET(HOST, vt_builder_host(b), kvm_halt_poll_ns, m->halt_poll_ns);
	/* Other architectures have no vendor modules. */
	return vendor ? in_use : m->n_names > 0;
}
