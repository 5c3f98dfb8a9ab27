/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * systemd over its bus, sd-bus(3), org.freedesktop.systemd1(5). Root talks to
 * the manager's own socket, as systemctl does, so that it works without a bus
 * daemon. Everything has one deadline from the moment of connecting.
 */
#include "unit_bus.h"

#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/sysmacros.h>
#include <time.h>

#include "unit_bus_private.h"

static const char unit_interface[] = "org.freedesktop.systemd1.Unit";

enum {
	PATIENCE_USEC = 5000000,
};

static uint64_t now_usec(void)
{
	struct timespec now;

	clock_gettime(CLOCK_MONOTONIC, &now);
	return (uint64_t)now.tv_sec * 1000000u + (uint64_t)now.tv_nsec / 1000u;
}

uint64_t vt_unit_bus_remaining(const struct vt_unit_bus *b)
{
	uint64_t now = now_usec();

	return now < b->deadline_usec ? b->deadline_usec - now : 0;
}

/* Calls that follow end before the deadline. */
int vt_unit_bus_arm(const struct vt_unit_bus *b, struct vt_error *err)
{
	uint64_t left = vt_unit_bus_remaining(b);

	if (!left)
		return vt_fail(err, ETIMEDOUT, "systemd did not answer within %d s",
			       PATIENCE_USEC / 1000000);
	(void)sd_bus_set_method_call_timeout(b->bus, left);
	return 0;
}

int vt_unit_bus_refused(const struct vt_unit_bus *b, sd_bus_error *error, int code,
			const char *what, struct vt_error *err)
{
	const char *said = error->message ? error->message : vt_errno_text(-code);
	int r;

	if (code == -ETIMEDOUT || sd_bus_error_has_name(error, SD_BUS_ERROR_NO_REPLY))
		r = vt_fail(err, ETIMEDOUT, "cannot %s %s: systemd did not answer in time", what,
			    b->unit);
	else if (code == -EACCES || code == -EPERM ||
		 sd_bus_error_has_name(error, SD_BUS_ERROR_INTERACTIVE_AUTHORIZATION_REQUIRED))
		r = vt_fail(err, EACCES,
			    "cannot %s %s: systemd does not let uid %u do it, run virttop as root "
			    "(%s)",
			    what, b->unit, geteuid(), said);
	else
		r = vt_fail(err, -code, "cannot %s %s: systemd says: %s", what, b->unit, said);
	sd_bus_error_free(error);
	return r;
}

/* Connecting */

static int start(struct vt_unit_bus *b, const char *address, bool client)
{
	int r = sd_bus_new(&b->bus);

	if (r >= 0)
		r = sd_bus_set_address(b->bus, address);
	if (r >= 0 && client)
		r = sd_bus_set_bus_client(b->bus, 1);
	if (r >= 0)
		r = sd_bus_start(b->bus);
	while (r >= 0 && sd_bus_is_ready(b->bus) == 0) {
		r = sd_bus_process(b->bus, NULL);
		if (r == 0)
			r = vt_unit_bus_remaining(b) ? sd_bus_wait(b->bus, vt_unit_bus_remaining(b))
						     : -ETIMEDOUT;
	}
	if (r < 0)
		b->bus = sd_bus_close_unref(b->bus);
	return r < 0 ? r : 0;
}

/* "/user.slice/user-1000.slice/user@1000.service/app.slice/x.service": 1000's manager. */
static const char *user_of(const char *path, size_t *ret_n)
{
	const char *at = strstr(path, "/user@"), *end = at ? strstr(at, ".service/") : NULL;

	if (!end)
		return NULL;
	at += strlen("/user@");
	*ret_n = (size_t)(end - at);
	return *ret_n && *ret_n <= 10 && strspn(at, "0123456789") == *ret_n ? at : NULL;
}

static int connect_to(struct vt_unit_bus *b, const struct vt_host *host, const char *path,
		      struct vt_error *err)
{
	size_t n;
	const char *uid = user_of(path, &n);
	const char *root = strcmp(host->root_path, "/") == 0 ? "" : host->root_path;
	vt_autofree char *own = uid ? vt_asprintf("unix:path=%s/run/user/%.*s/systemd/private",
						  root, (int)n, uid)
				    : vt_asprintf("unix:path=%s/run/systemd/private", root);
	vt_autofree char *daemon = vt_asprintf("unix:path=%s/run/dbus/system_bus_socket", root);
	int r = geteuid() == 0 || uid ? start(b, own, false) : -EACCES;

	b->is_user = uid != NULL;
	if (r < 0 && !uid)
		r = start(b, daemon, true);
	if (r < 0)
		return vt_fail(err, -r, "systemd cannot be reached: %s",
			       r == -ETIMEDOUT ? "it does not answer" : vt_errno_text(-r));
	return 0;
}

/* Units */

static const char *interface_of(const char *unit)
{
	static const struct {
		const char *suffix, *interface;
	} types[] = {
		{ ".service", "org.freedesktop.systemd1.Service" },
		{ ".slice", "org.freedesktop.systemd1.Slice" },
		{ ".scope", "org.freedesktop.systemd1.Scope" },
		{ ".socket", "org.freedesktop.systemd1.Socket" },
		{ ".mount", "org.freedesktop.systemd1.Mount" },
		{ ".swap", "org.freedesktop.systemd1.Swap" },
	};
	const char *dot = strrchr(unit, '.');

	for (size_t i = 0; dot && i < VT_LEN(types); i++)
		if (strcmp(types[i].suffix, dot) == 0)
			return types[i].interface;
	return NULL;
}

/* 1: systemd has no such unit, or its cgroup is another. */
static int look_up(struct vt_unit_bus *b, const char *path, struct vt_error *err)
{
	sd_bus_error error = SD_BUS_ERROR_NULL;
	sd_bus_message *reply = NULL;
	const char *object;
	vt_autofree char *group = NULL;
	int r = vt_unit_bus_arm(b, err);

	if (r < 0)
		return r;
	r = sd_bus_call_method(b->bus, VT_SYSTEMD, VT_SYSTEMD_PATH, VT_SYSTEMD_MANAGER, "GetUnit",
			       &error, &reply, "s", b->unit);
	if (r < 0 && sd_bus_error_has_name(&error, "org.freedesktop.systemd1.NoSuchUnit")) {
		sd_bus_error_free(&error);
		return 1;
	}
	if (r >= 0)
		r = sd_bus_message_read(reply, "o", &object);
	if (r >= 0)
		b->object = vt_strdup(object);
	sd_bus_message_unref(reply);
	if (r < 0)
		return vt_unit_bus_refused(b, &error, r, "look up", err);
	r = vt_unit_bus_arm(b, err);
	if (r < 0)
		return r;
	r = sd_bus_get_property_string(b->bus, VT_SYSTEMD, b->object, b->interface, "ControlGroup",
				       &error, &group);
	if (r < 0)
		return vt_unit_bus_refused(b, &error, r, "tell the cgroup of", err);
	return strcmp(group, path) == 0 ? 0 : 1;
}

static int open_bus(const struct vt_host *host, const char *path, const char *unit,
		    struct vt_unit_bus **ret, struct vt_error *err)
{
	struct vt_unit_bus *b;
	int r;

	if (!interface_of(unit))
		return 1;
	b = vt_alloc(sizeof(*b));
	b->unit = vt_strdup(unit);
	b->interface = interface_of(unit);
	b->deadline_usec = now_usec() + PATIENCE_USEC;
	r = connect_to(b, host, path, err);
	if (r == 0)
		r = look_up(b, path, err);
	if (r == 0)
		*ret = b;
	else
		vt_unit_bus_free(b);
	return r;
}

int vt_unit_bus_find(const struct vt_cgroup_dir *d, struct vt_unit_bus **ret, struct vt_error *err)
{
	vt_autoclose int systemd = vt_host_openat(d->host->root, "run/systemd/system", O_PATH);
	const char *name = strrchr(d->path, '/') + 1;

	if (systemd < 0 || !d->host->is_self || !*name)
		return 1;
	/* Names that could be files of the kernel are written with a _ before them. */
	return open_bus(d->host, d->path, *name == '_' ? name + 1 : name, ret, err);
}

int vt_unit_bus_open(const struct vt_host *host, const char *path, const char *unit,
		     struct vt_unit_bus **ret, struct vt_error *err)
{
	int r = open_bus(host, path, unit, ret, err);

	return r > 0 ? vt_fail(err, ESTALE, "systemd has no unit %s with the cgroup %s any more",
			       unit, path)
		     : r;
}

void vt_unit_bus_free(struct vt_unit_bus *b)
{
	if (!b)
		return;
	sd_bus_flush_close_unref(b->bus);
	free(b->unit);
	free(b->object);
	free(b);
}

const char *vt_unit_bus_name(const struct vt_unit_bus *b)
{
	return b->unit;
}

bool vt_unit_bus_is_user(const struct vt_unit_bus *b)
{
	return b->is_user;
}

bool vt_unit_bus_line(const char **at, struct vt_unit_line *ret)
{
	const char *line = *at, *value;
	size_t n = strcspn(line, "\n"), name = strcspn(line, "=\n");

	if (!*line || line[name] != '=')
		return false;
	value = line + name + 1;
	*ret = (struct vt_unit_line){ vt_property_find(line, name), value, n - name - 1 };
	*at = line + n + (line[n] == '\n');
	return ret->property != NULL;
}

static const char *number_text(struct vt_arena *arena, uint64_t number)
{
	return number == UINT64_MAX ? "infinity" : vt_arena_printf(arena, "%" PRIu64, number);
}

uint64_t vt_unit_bus_number(const char *text)
{
	return strncmp(text, "infinity", 8) == 0 ? UINT64_MAX : strtoull(text, NULL, 10);
}

/* Reading */

bool vt_unit_bus_can_freeze(struct vt_unit_bus *b)
{
	int can = 0;

	if (vt_unit_bus_arm(b, NULL) < 0 ||
	    sd_bus_get_property_trivial(b->bus, VT_SYSTEMD, b->object, unit_interface, "CanFreeze",
					NULL, 'b', &can) < 0)
		return false;
	return can;
}

/* "8:0": the number that a path in systemd's list has. */
static bool is_device(const char *path, const char *number, size_t n)
{
	char text[40];
	struct stat st;

	if (stat(path, &st) < 0 || !S_ISBLK(st.st_mode))
		return false;
	(void)snprintf(text, sizeof(text), "%u:%u", major(st.st_rdev), minor(st.st_rdev));
	return strlen(text) == n && strncmp(text, number, n) == 0;
}

static int read_device(sd_bus_message *m, const struct vt_unit_line *l, struct vt_arena *arena,
		       const char **ret)
{
	size_t n = strcspn(l->value, " \n");
	uint64_t found = UINT64_MAX, number;
	const char *path;
	int r = sd_bus_message_enter_container(m, 'a', "(st)");

	while (r >= 0 && (r = sd_bus_message_read(m, "(st)", &path, &number)) > 0)
		if (is_device(path, l->value, n))
			found = number;
	*ret = vt_arena_printf(arena, "%.*s %s", (int)n, l->value, number_text(arena, found));
	return r;
}

/* While it is being frozen, or thawed, that is what its manager wants. */
static const char *wanted_state(const char *state)
{
	return strcmp(state, "freezing") == 0 ? "frozen"
	       : strcmp(state, "thawing") == 0 ? "running"
					       : state;
}

static int read_value(sd_bus_message *m, const struct vt_unit_line *l, struct vt_arena *arena,
		      const char **ret)
{
	const void *bits;
	const char *text;
	uint64_t number;
	size_t n;
	int r = -EINVAL;

	switch (vt_property_type(l->property)) {
	case VT_PROPERTY_NUMBER:
		r = sd_bus_message_read(m, "t", &number);
		*ret = r < 0 ? NULL : number_text(arena, number);
		break;
	case VT_PROPERTY_SET:
		r = sd_bus_message_read_array(m, 'y', &bits, &n);
		*ret = r < 0 ? NULL : vt_property_set_text(arena, bits, n);
		break;
	case VT_PROPERTY_DEVICE:
		r = read_device(m, l, arena, ret);
		break;
	case VT_PROPERTY_FREEZER:
		r = sd_bus_message_read(m, "s", &text);
		*ret = r < 0 ? NULL : vt_arena_intern(arena, wanted_state(text));
		break;
	}
	return r;
}

static int read_line(struct vt_unit_bus *b, const struct vt_unit_line *l, struct vt_arena *arena,
		     const char **ret, struct vt_error *err)
{
	static const char *const types[] = {
		[VT_PROPERTY_NUMBER] = "t",
		[VT_PROPERTY_SET] = "ay",
		[VT_PROPERTY_DEVICE] = "a(st)",
		[VT_PROPERTY_FREEZER] = "s",
	};
	enum vt_property_type type = vt_property_type(l->property);
	const char *name = vt_property_name(l->property), *value = NULL;
	sd_bus_error error = SD_BUS_ERROR_NULL;
	sd_bus_message *reply = NULL;
	int r = vt_unit_bus_arm(b, err);

	if (r < 0)
		return r;
	r = sd_bus_get_property(b->bus, VT_SYSTEMD, b->object,
				type == VT_PROPERTY_FREEZER ? unit_interface : b->interface, name,
				&error, &reply, types[type]);
	if (r >= 0)
		r = read_value(reply, l, arena, &value);
	sd_bus_message_unref(reply);
	if (r < 0)
		return vt_unit_bus_refused(b, &error, r, "tell a property of", err);
	*ret = vt_arena_printf(arena, "%s=%s", name, value);
	return 0;
}

int vt_unit_bus_read(struct vt_unit_bus *b, const char *lines, struct vt_arena *arena,
		     const char **ret_lines, struct vt_error *err)
{
	const char *at = lines, *all = "", *one = NULL;
	struct vt_unit_line l;

	while (vt_unit_bus_line(&at, &l)) {
		int r = read_line(b, &l, arena, &one, err);

		if (r < 0)
			return r;
		all = vt_arena_printf(arena, "%s%s%s", all, *all ? "\n" : "", one);
	}
	if (*at)
		return vt_fail(err, EINVAL, "'%s' is no property", at);
	*ret_lines = all;
	return 0;
}
