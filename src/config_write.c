/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Writes one setting into the configuration. It is the person's file: only the
 * line in question is touched, and a file that is broken is left alone.
 */
#include "config_write.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "memory.h"

/* A part of the text: from, to. */
struct span {
	const char *from, *to;
};

static struct span trim(struct span s)
{
	while (s.from < s.to && strchr(" \t\r", *s.from))
		s.from++;
	while (s.to > s.from && strchr(" \t\r", s.to[-1]))
		s.to--;
	return s;
}

static bool is_word(struct span s, const char *word)
{
	size_t n = (size_t)(s.to - s.from);

	return n == strlen(word) && memcmp(s.from, word, n) == 0;
}

static bool is_section(struct span line, const char *section)
{
	const char *end = memchr(line.from, ']', (size_t)(line.to - line.from));

	return end && is_word((struct span){ line.from + 1, end }, section);
}

/* The value in "name = value ; comment", where the line is of that name. */
static bool find_value(struct span line, const char *name, struct span *ret)
{
	const char *sign = line.from;

	while (sign < line.to && *sign != '=' && *sign != ':')
		sign++;
	if (sign == line.to || !is_word(trim((struct span){ line.from, sign }), name))
		return false;
	*ret = (struct span){ sign + 1, line.to };
	/* As libinih has it: a comment begins at a ; behind a blank. */
	for (const char *p = sign + 1; p < line.to; p++)
		if (*p == ';' && strchr(" \t", p[-1])) {
			ret->to = p;
			break;
		}
	*ret = trim(*ret);
	return true;
}

struct place {
	struct span value;   /* of the last setting of that name; from is NULL: none */
	const char *section; /* where a new line can stand: behind the section's own; NULL */
};

static struct place find_place(const char *text, const char *section, const char *name)
{
	struct place at = { 0 };
	bool here = false;

	for (const char *p = text; *p;) {
		size_t n = strcspn(p, "\n");
		struct span line = trim((struct span){ p, p + n });

		p += n + (p[n] == '\n');
		if (line.from < line.to && *line.from == '[') {
			here = is_section(line, section);
			if (here && !at.section)
				at.section = p;
		} else if (here && line.from < line.to && !strchr(";#", *line.from)) {
			(void)find_value(line, name, &at.value);
		}
	}
	return at;
}

char *vt_config_edit(const char *text, const char *section, const char *name, const char *value)
{
	struct place at = find_place(text, section, name);
	size_t n = strlen(text);
	bool open = n && text[n - 1] != '\n';

	if (at.value.from)
		return vt_asprintf("%.*s%s%s%s", (int)(at.value.from - text), text,
				   strchr("=:", at.value.from[-1]) ? " " : "", value, at.value.to);
	/* The section's line may be the last one, and without an end. */
	if (at.section)
		return vt_asprintf("%.*s%s%s = %s\n%s", (int)(at.section - text), text,
				   open && !*at.section ? "\n" : "", name, value, at.section);
	return vt_asprintf("%s%s%s[%s]\n%s = %s\n", text, open ? "\n" : "", n ? "\n" : "", section,
			   name, value);
}

/* In the same folder, so that it can take the file's place at once. */
static int replace(const char *path, const char *text, const struct stat *like)
{
	vt_autofree char *new = vt_asprintf("%s.XXXXXX", path);
	vt_autoclose int fd = mkostemp(new, O_CLOEXEC);
	size_t n = strlen(text);
	int r = 0;

	if (fd < 0)
		return -errno;
	/* What root writes for another stays that one's. */
	if ((geteuid() == 0 && like->st_uid != 0 && fchown(fd, like->st_uid, like->st_gid) < 0) ||
	    fchmod(fd, like->st_mode & 0777) < 0 || write(fd, text, n) != (ssize_t)n ||
	    fsync(fd) < 0 || rename(new, path) < 0)
		r = errno ? -errno : -ENOSPC;
	if (r < 0)
		(void)unlink(new);
	return r;
}

static int save(const struct vt_config *c, char *path, const char *const *views,
		const char *section, const char *name, const char *value, struct vt_error *err)
{
	/* A link to where somebody keeps such files stays one. */
	vt_autofree char *real = realpath(path, NULL), *old = NULL, *text = NULL;
	const char *target = real ? real : path;
	struct vt_config again = *c;
	struct stat st = { .st_mode = 0644 };
	int r = vt_config_read(target, &old);

	if (r < 0 && r != -ENOENT)
		return vt_fail(err, -r, "%s", vt_errno_text(-r));
	text = vt_config_edit(old ? old : "", section, name, value);
	if (old && strcmp(old, text) == 0)
		return 0;
	if (vt_config_parse(&again, target, text, views, err) < 0)
		return -err->code;
	(void)stat(target, &st);
	r = vt_config_make_folders(path);
	if (r == 0)
		r = replace(target, text, &st);
	return r < 0 ? vt_fail(err, -r, "%s", vt_errno_text(-r)) : 0;
}

int vt_config_save(const struct vt_config *c, const char *file, const char *const *views,
		   const char *section, const char *name, const char *value, struct vt_error *err)
{
	vt_autofree char *path = file ? vt_strdup(file) : vt_config_path("config");

	if (!path)
		return 0;
	if (save(c, path, views, section, name, value, err) < 0)
		return vt_wrap(err, "cannot save %s = %s in %s", name, value, path);
	return 0;
}
