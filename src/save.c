/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Limits as text for what sets them at boot: systemd, libcgroup, or a shell.
 * Only what differs from a new cgroup's values is written, and not that it is
 * frozen, which is no limit. What a format cannot say becomes a comment.
 */
#include "save.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>

#include "limit_files.h"
#include "plan.h"
#include "text.h"
#include "unit_property.h"

const char *const vt_save_formats[VT_SAVE_FORMATS + 1] = { "systemd", "cgconfig", "shell", NULL };

int vt_save_find(const char *name)
{
	for (int i = 0; i < VT_SAVE_FORMATS; i++)
		if (strcmp(vt_save_formats[i], name) == 0)
			return i;
	return -1;
}

/* One line of vt_limit_settings. */
struct setting {
	const char *file, *value;
};

struct settings {
	struct vt_arena *arena;
	const char *path, *mount;
	struct setting *items;
	size_t n, cap;
};

static void add_line(struct settings *s, char *line)
{
	char *value = strchr(line, '=');

	if (!value)
		return;
	*value++ = '\0';
	if (strcmp(line, "cgroup.freeze") == 0)
		return;
	VT_GROW(s->items, s->n, s->cap);
	s->items[s->n++] = (struct setting){ vt_arena_intern(s->arena, line),
					     vt_arena_intern(s->arena, value) };
}

static void take(struct settings *s, int dir)
{
	vt_autofree char *text = vt_limit_settings(dir);
	char *save = NULL;

	for (char *l = text ? strtok_r(text, "\n", &save) : NULL; l;
	     l = strtok_r(NULL, "\n", &save))
		add_line(s, l);
}

static const char *clean(struct settings *s, const char *raw)
{
	size_t size = 10 * strlen(raw) + 1;
	vt_autofree char *text = vt_alloc(size);

	vt_text_escape(text, size, raw);
	return vt_arena_intern(s->arena, text);
}

static void put_unsaid(FILE *out, const struct setting *item, const char *why)
{
	(void)fprintf(out, "# %s = %s (%s)\n", item->file, item->value, why);
}

/* systemd */

static const char *section_of(const char *name)
{
	static const char *const sections[][2] = {
		{ ".slice", "Slice" }, { ".scope", "Scope" }, { ".socket", "Socket" },
		{ ".mount", "Mount" }, { ".swap", "Swap" },
	};
	const char *dot = strrchr(name, '.');

	for (size_t i = 0; dot && i < VT_LEN(sections); i++)
		if (strcmp(sections[i][0], dot) == 0)
			return sections[i][1];
	return "Service";
}

static void put_property(FILE *out, const char *line)
{
	char name[64], value[512];
	size_t n;

	vt_property_show(line, name, sizeof(name), value, sizeof(value));
	n = strlen(value);
	if (n >= 8 && strcmp(value + n - 8, "infinity") == 0)
		return;
	(void)fprintf(out, "%s=%s\n", name, value);
}

static bool is_unit(const char *name)
{
	size_t n = strlen(name), k = strlen(".service");

	return strcmp(section_of(name), "Service") != 0 ||
	       (n > k && strcmp(name + n - k, ".service") == 0);
}

static void put_systemd(FILE *out, struct settings *s)
{
	const char *name = clean(s, strrchr(s->path, '/') + 1);

	if (!is_unit(name))
		(void)fprintf(out,
			      "# %s is no unit of systemd: choose the UNIT that is to have them\n",
			      name);
	(void)fprintf(out,
		      "# /etc/systemd/system/%s.d/50-limits.conf, then: systemctl daemon-reload\n"
		      "[%s]\n",
		      is_unit(name) ? name : "UNIT", section_of(name));
	for (size_t i = 0; i < s->n; i++) {
		const char *lines = vt_property_lines(s->arena, s->items[i].file,
						      s->items[i].value);

		for (const char *l = lines; l && *l; l = strchr(l, '\n'), l = l ? l + 1 : NULL)
			put_property(out, l);
		if (!lines)
			put_unsaid(out, &s->items[i], "systemd has no property for it");
	}
}

/* cgconfig */

static bool same_controller(const char *a, const char *b)
{
	size_t n = strcspn(a, ".");

	return strncmp(a, b, n + 1) == 0;
}

/* Files of one controller that are there twice have a line for each device. */
static void put_controller(FILE *out, const struct settings *s, size_t first)
{
	char controller[64];

	vt_controller_of(s->items[first].file, controller, sizeof(controller));
	(void)fprintf(out, "\t%s {\n", controller);
	for (size_t i = first; i < s->n; i++) {
		if (!same_controller(s->items[first].file, s->items[i].file))
			continue;
		if (i > 0 && strcmp(s->items[i - 1].file, s->items[i].file) == 0)
			continue;
		(void)fprintf(out, "\t\t%s = \"%s", s->items[i].file, s->items[i].value);
		for (size_t k = i + 1; k < s->n && strcmp(s->items[k].file, s->items[i].file) == 0;
		     k++)
			(void)fprintf(out, "\n%s", s->items[k].value);
		(void)fprintf(out, "\";\n");
	}
	(void)fprintf(out, "\t}\n");
}

static bool is_first(const struct settings *s, size_t i)
{
	for (size_t k = 0; k < i; k++)
		if (same_controller(s->items[k].file, s->items[i].file))
			return false;
	return true;
}

static void put_cgconfig(FILE *out, struct settings *s)
{
	char controller[64];

	(void)fprintf(out, "# /etc/cgconfig.d/NAME.conf, or: cgconfigparser -l FILE\n");
	for (size_t i = 0; i < s->n; i++) {
		vt_controller_of(s->items[i].file, controller, sizeof(controller));
		if (!*controller)
			put_unsaid(out, &s->items[i], "cgconfig has controllers' files only");
	}
	(void)fprintf(out, "group \"%s\" {\n", s->path + 1);
	for (size_t i = 0; i < s->n; i++) {
		vt_controller_of(s->items[i].file, controller, sizeof(controller));
		if (*controller && is_first(s, i))
			put_controller(out, s, i);
	}
	(void)fprintf(out, "}\n");
}

/* shell */

static void put_shell(FILE *out, struct settings *s)
{
	const char *dir = vt_arena_printf(s->arena, "%s%s", s->mount, s->path);

	(void)fprintf(out, "mkdir -p %s\n", vt_shell_quote(s->arena, dir));
	for (size_t i = 0; i < s->n; i++)
		(void)fprintf(out, "echo %s > %s\n", vt_shell_quote(s->arena, s->items[i].value),
			      vt_shell_quote(s->arena, vt_arena_printf(s->arena, "%s/%s", dir,
								       s->items[i].file)));
}

/* A name that would end the quotes around it. */
static int check_name(const char *path, enum vt_save_format format, struct vt_error *err)
{
	if (vt_cgroup_is_root(path))
		return vt_fail(err, EINVAL, "the root cgroup has no limits to write down");
	if (format == VT_SAVE_CGCONFIG && (strchr(path, '"') || !vt_text_clean(path)))
		return vt_fail(err, EINVAL, "the name of %s cannot be written in cgconfig's format",
			       path);
	return 0;
}

static char *text_of(struct settings *s, enum vt_save_format format)
{
	static void (*const put[])(FILE * out, struct settings * s) = { put_systemd, put_cgconfig,
									put_shell };
	char *text = NULL;
	size_t size = 0;
	FILE *out = open_memstream(&text, &size);

	if (!out)
		abort();
	(void)fprintf(out, "# limits of %s, written by virttop save\n", clean(s, s->path));
	if (!s->n)
		(void)fprintf(out, "# all its files are as they are in a new cgroup\n");
	put[format](out, s);
	(void)fclose(out);
	return text;
}

int vt_save_text(const struct vt_action_env *env, const char *path, enum vt_save_format format,
		 char **ret_text, struct vt_error *err)
{
	vt_autocgroup struct vt_cgroup_dir d = VT_NO_CGROUP;
	struct settings s = { .arena = vt_arena_new() };
	int r = vt_cgroup_path(env->snapshot, path, s.arena, &s.path, err);

	if (r == 0)
		r = check_name(s.path, format, err);
	if (r == 0)
		r = vt_cgroup_hold(env, s.path, 0, &d, err);
	if (r == 0) {
		s.mount = vt_snapshot_host(env->snapshot)->cgroup_mount;
		take(&s, d.fd);
		*ret_text = text_of(&s, format);
	}
	free(s.items);
	vt_arena_free(s.arena);
	return r;
}

static int write_all(int fd, const char *text)
{
	size_t n = strlen(text);

	while (n) {
		ssize_t done = write(fd, text, n);

		if (done < 0)
			return -errno;
		text += done;
		n -= (size_t)done;
	}
	return 0;
}

int vt_save_file(const char *file, const char *text, bool overwrite, struct vt_error *err)
{
	vt_autoclose int fd = open(
		file, O_WRONLY | O_CREAT | O_CLOEXEC | O_NOCTTY | (overwrite ? O_TRUNC : O_EXCL),
		0644);
	int r;

	if (fd < 0 && errno == EEXIST)
		return vt_fail(err, EEXIST, "%s is there already and was not touched", file);
	r = fd < 0 ? -errno : write_all(fd, text);
	return r < 0 ? vt_fail(err, -r, "cannot write %s: %s", file, vt_errno_text(-r)) : 0;
}
