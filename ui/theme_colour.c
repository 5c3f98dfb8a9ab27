/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Colours on terminals that have fewer. With 256 the nearest is near enough.
 * Of 8 or 16 the nearest by distance would be white or grey for every colour
 * that is not glaring, and colour carries meaning here: so those go by hue.
 */
#include "theme.h"

enum {
	RGB = 0x1000000,
	BLACK = 0,
	GREY = 8,
	WHITE = 7,
	BRIGHT = 8,    /* what is added to one of the first 8 for its bright one */
	DARK = 0x48,   /* no component above it: black to the eye */
	PALE = 0x30,   /* components no further apart: grey to the eye */
	STRONG = 0xe8, /* a component above it: bright */
};

/* xterm's palette: 16 names, a cube of 6x6x6, 24 greys. */
static int32_t palette_rgb(int i)
{
	static const int32_t first[16] = {
		0x000000, 0xcd0000, 0x00cd00, 0xcdcd00, 0x0000ee, 0xcd00cd, 0x00cdcd, 0xe5e5e5,
		0x7f7f7f, 0xff0000, 0x00ff00, 0xffff00, 0x5c5cff, 0xff00ff, 0x00ffff, 0xffffff,
	};
	static const int32_t steps[6] = { 0, 95, 135, 175, 215, 255 };

	if (i < 16)
		return first[i];
	if (i >= 232)
		return (8 + 10 * (i - 232)) * 0x010101;
	i -= 16;
	return steps[i / 36] << 16 | steps[i / 6 % 6] << 8 | steps[i % 6];
}

struct rgb {
	int red, green, blue, most, least;
};

static struct rgb split(int32_t colour)
{
	struct rgb c = { .red = colour >> 16 & 255,
			 .green = colour >> 8 & 255,
			 .blue = colour & 255 };

	c.most = c.red > c.green ? c.red : c.green;
	c.most = c.blue > c.most ? c.blue : c.most;
	c.least = c.red < c.green ? c.red : c.green;
	c.least = c.blue < c.least ? c.blue : c.least;
	return c;
}

static int distance(int32_t a, int32_t b)
{
	struct rgb x = split(a), y = split(b);
	int red = x.red - y.red, green = x.green - y.green, blue = x.blue - y.blue;

	return 3 * red * red + 4 * green * green + 2 * blue * blue;
}

/* The first 16 are whatever the terminal's owner made of them: the rest is exact. */
static int nearest_of_256(int32_t colour)
{
	int best = 16;

	for (int i = 17; i < 256; i++)
		if (distance(colour, palette_rgb(i)) < distance(colour, palette_rgb(best)))
			best = i;
	return best;
}

/* Degrees on the circle of colours, 0 is red; only for what is not grey. */
static int hue_of(const struct rgb *c)
{
	int range = c->most - c->least;

	if (c->most == c->red)
		return (360 + 60 * (c->green - c->blue) / range) % 360;
	if (c->most == c->green)
		return 120 + 60 * (c->blue - c->red) / range;
	return 240 + 60 * (c->red - c->green) / range;
}

/* Where the eye changes the name of a colour, not every 60 degrees. */
static int name_of_hue(int hue)
{
	static const struct {
		int below, name;
	} names[] = { { 25, 1 },  { 72, 3 },  { 160, 2 }, { 205, 6 },
		      { 258, 4 }, { 335, 5 }, { 361, 1 } };
	int i = 0;

	while (hue >= names[i].below)
		i++;
	return names[i].name;
}

static int nearest_grey(const struct rgb *c, int colours)
{
	int light = (3 * c->red + 6 * c->green + c->blue) / 10;

	if (colours < 16)
		return light < 0xb0 ? BLACK : WHITE;
	return light < 0x40 ? BLACK : light < 0xb2 ? GREY : light < 0xf2 ? WHITE : WHITE + BRIGHT;
}

static int nearest_name(int32_t colour, int colours)
{
	struct rgb c = split(colour);
	int range = c.most - c.least;

	if (c.most < DARK)
		return BLACK;
	if (range < PALE || 4 * range < c.most)
		return nearest_grey(&c, colours);
	return name_of_hue(hue_of(&c)) + (colours >= 16 && c.most > STRONG ? BRIGHT : 0);
}

int vt_theme_degrade(int32_t colour, int colours)
{
	if (colour == VT_COLOUR_DEFAULT || colour < 8)
		return colour;
	if (colours >= 1 << 24)
		return colour < RGB ? RGB | palette_rgb(colour) : colour;
	if (colour < RGB) {
		if (colours >= 256 || (colour < 16 && colours >= 16))
			return colour;
		if (colour < 16)
			return colour - BRIGHT;
		colour = palette_rgb(colour);
	}
	return colours >= 256 ? nearest_of_256(colour & 0xffffff)
			      : nearest_name(colour & 0xffffff, colours);
}

static bool is_bright(int32_t colour)
{
	return colour >= BRIGHT && colour < 16;
}

static bool became_black(int32_t before, int32_t after)
{
	return after == BLACK && before != BLACK;
}

struct vt_style vt_theme_fit(struct vt_style style, int colours)
{
	struct vt_style fitted = { vt_theme_degrade(style.fg, colours),
				   vt_theme_degrade(style.bg, colours), style.attrs };

	/* Grey on a grey cursor. */
	if (fitted.fg == fitted.bg)
		fitted.fg = VT_COLOUR_DEFAULT;
	if (colours >= 256)
		return fitted;
	if (became_black(style.fg, fitted.fg)) {
		fitted.fg = VT_COLOUR_DEFAULT;
		fitted.attrs |= VT_ATTR_DIM;
	} else if (colours < 16 && is_bright(style.fg)) {
		fitted.attrs |= VT_ATTR_BOLD;
	}
	/* Text of its own colour was meant to stand on something dark; other text was not. */
	if (became_black(style.bg, fitted.bg) && style.fg == VT_COLOUR_DEFAULT) {
		fitted.bg = VT_COLOUR_DEFAULT;
		fitted.attrs ^= VT_ATTR_REVERSE;
	}
	if (fitted.fg == fitted.bg)
		fitted.fg = VT_COLOUR_DEFAULT;
	return fitted;
}

static struct vt_style on_cursor_of(const struct vt_theme *theme, enum vt_role role)
{
	const struct vt_style *cursor = &theme->roles[VT_ROLE_CURSOR];
	struct vt_style style = theme->roles[role];

	if (cursor->bg != VT_COLOUR_DEFAULT)
		style.bg = cursor->bg;
	if (cursor->fg != VT_COLOUR_DEFAULT)
		style.fg = cursor->fg;
	/* What is reversed already stands out of a reversed row by being plain. */
	style.attrs |= cursor->attrs & ~(uint32_t)VT_ATTR_REVERSE;
	style.attrs ^= cursor->attrs & VT_ATTR_REVERSE;
	return style;
}

/* The default background is taken for black, which it mostly is where colours are few. */
static bool looks_same(const struct vt_style *a, const struct vt_style *b)
{
	return a->fg == b->fg && a->attrs == b->attrs &&
	       (a->bg == b->bg || (a->bg <= BLACK && b->bg <= BLACK));
}

struct vt_style vt_theme_look(const struct vt_theme *theme, enum vt_role role, bool on_cursor,
			      int colours)
{
	struct vt_style plain = vt_theme_fit(theme->roles[role], colours), style;

	if (!on_cursor)
		return plain;
	style = vt_theme_fit(on_cursor_of(theme, role), colours);
	if (colours < 256 && looks_same(&plain, &style))
		style.attrs ^= VT_ATTR_REVERSE;
	return style;
}
