/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef VT_KEYS_H
#define VT_KEYS_H

#include <stdbool.h>
#include <stdint.h>

#include "../src/error.h"

/*
 * Keys, what they do, their help line and their man page entry: one row each.
 * A letter does one thing everywhere. Order: the most likely first; the bottom
 * line shows as many as fit of those that work here and now.
 *
 *   X(COMMAND, "key", "other key", "short word for the bottom line", "help")
 *
 * Key names: a character, or <Enter> <Esc> <Tab> <S-Tab> <Space> <BS> <Del>
 * <Up> <Down> <Left> <Right> <PgUp> <PgDn> <Home> <End> <F1>..<F12> <C-a>..<C-z>.
 */
#define VT_COMMANDS(X)                                                                             \
	X(GO, "<Enter>", "", "go", "go to the related thing; in a dialog: on")                     \
	X(FOLD, "<Space>", "", "fold", "fold or unfold the row")                                   \
	X(PANE, "P", "", "pane", "give the keys to the next pane")                                 \
	X(PANE_ZOOM, "Z", "", "zoom", "the pane takes the whole screen, and gives it back")        \
	X(FIX, "a", "", "fix…", "preview the fix of what is found")                                \
	X(UNSHARE, "U", "", "unshare…", "start a program in new namespaces")                       \
	X(LIMIT, "l", "", "limit…", "set a limit of the cgroup")                                   \
	X(MARK, "m", "<Insert>", "mark", "mark the row and go down")                               \
	X(MOVE, "M", "", "move here…",                                                             \
	  "move the marked processes here, or this one, or all of this cgroup, into a cgroup")     \
	X(CREATE, "n", "", "new…", "make a cgroup below this one")                                 \
	X(REMOVE, "D", "", "remove…", "remove the empty cgroup")                                   \
	X(FREEZE, "z", "", "freeze", "freeze the cgroup or thaw it")                               \
	X(KILL, "K", "", "kill…", "end the processes of the cgroup, or this process")              \
	X(ENTER, "E", "", "enter…", "run a shell inside the namespaces of this")                   \
	X(LAB, "L", "", "net lab…",                                                                \
	  "make and remove named network namespaces and cables into them")                         \
	X(MOUNT, "o", "", "mount…",                                                                \
	  "mount debugfs and tracefs, which KVM's counters and tracepoints are read from")         \
	X(UNDO, "u", "", "undo", "undo the last thing that was done here")                         \
	X(EXITS, "x", "", "exits",                                                                 \
	  "machine: trace why it exits; host: measure what an exit costs")                         \
	X(MADE, "W", "", "", "what virttop made and is still there, to remove it")                 \
	X(SEARCH, "/", "", "search", "search by name as you type; on the overview: everything")    \
	X(SEARCH_NEXT, "N", "<F3>", "next", "next match (wraps round)")                            \
	X(FILTER, "f", "", "filter", "show only rows that match: text, or mem>100M cpu>5 state=D") \
	X(SORT, "s", "", "sort", "sort by the next column; the view's own order after the last")   \
	X(SORT_BACK, "S", "", "", "sort by the column before")                                     \
	X(REVERSE, "r", "", "reverse", "reverse the order")                                        \
	X(VARIANT, "v", "", "arrange", "arrange the view in another way")                          \
	X(COLUMNS, "C", "", "columns", "other columns: cpu, memory, io, pids, pressure, limits")   \
	X(PANE_CLOSE, "X", "", "close pane", "end the program in the pane and close it")           \
	X(PANE_LEAVE, "<F12>", "", "", "out of the pane to the tree; twice: F12 for its program")  \
	X(JUMP, "g", "", "jump…", "go to a related cgroup, namespace, process, machine")           \
	X(BACK, "<BS>", "b", "back", "back to where the last jump started")                        \
	X(COMPARE, "t", "", "", "compare namespaces with those of this process; again: with none") \
	X(EXPLAIN, "e", "", "explain", "what limits this, and which ancestor binds")               \
	X(DETAIL, "d", "", "detail", "detail pane: small, large, off")                             \
	X(DETAIL_DOWN, "<S-PgDn>", "", "", "scroll the detail pane down")                          \
	X(DETAIL_UP, "<S-PgUp>", "", "", "scroll the detail pane up")                              \
	X(DOWN, "<Down>", "j", "", "down")                                                         \
	X(UP, "<Up>", "k", "", "up")                                                               \
	X(UNFOLD, "<Right>", "", "", "unfold, or go to the first child")                           \
	X(FOLD_UP, "<Left>", "h", "", "fold, or go to the parent")                                 \
	X(PAGE_DOWN, "<PgDn>", "<C-f>", "", "a page down")                                         \
	X(PAGE_UP, "<PgUp>", "<C-b>", "", "a page up")                                             \
	X(HOME, "<Home>", "", "", "first row")                                                     \
	X(END, "<End>", "G", "", "last row")                                                       \
	X(FOLD_ALL, "-", "", "", "fold all")                                                       \
	X(UNFOLD_ALL, "+", "*", "", "unfold all")                                                  \
	X(UNMARK_ALL, "c", "", "", "clear marks, search and filter")                               \
	X(FOLLOW, "F", "", "follow",                                                               \
	  "keep the cursor on this thing even when it moves out of sight")                         \
	X(NEXT_VIEW, "<Tab>", "", "", "next view")                                                 \
	X(PREV_VIEW, "<S-Tab>", "", "", "view before")                                             \
	X(VIEW_1, "1", "", "", "overview")                                                         \
	X(VIEW_2, "2", "", "", "namespaces")                                                       \
	X(VIEW_3, "3", "", "", "cgroups")                                                          \
	X(VIEW_4, "4", "", "", "containers")                                                       \
	X(VIEW_5, "5", "", "", "machines")                                                         \
	X(VIEW_6, "6", "", "", "processes")                                                        \
	X(VIEW_7, "7", "", "", "host")                                                             \
	X(VIEW_8, "8", "", "", "events")                                                           \
	X(PAUSE, "p", "", "pause", "pause, and go on")                                             \
	X(STEP, ".", "", "", "refresh once, now")                                                  \
	X(SLOWER, "<", "", "", "refresh less often")                                               \
	X(FASTER, ">", "", "", "refresh more often")                                               \
	X(THEME, "T", "", "", "next theme")                                                        \
	X(NOTES, "!", "", "notes", "what could not be read, and the last message whole")           \
	X(SAVE, "w", "", "save…",                                                                  \
	  "write down the limits of the cgroup: for systemd, cgconfig, a shell")                   \
	X(JOURNAL, "J", "", "journal", "what was done here, before and after; u undoes one of it") \
	X(REDRAW, "<C-l>", "", "", "draw the screen anew")                                         \
	X(SUSPEND, "<C-z>", "", "", "stop virttop and go to the shell")                            \
	X(HELP, "?", "<F1>", "help", "all keys")                                                   \
	X(CANCEL, "<Esc>", "", "", "leave the dialog, end the search")                             \
	X(QUIT, "q", "<C-c>", "quit", "quit")

#define VT_COMMAND_ENUM(NAME, key, other, word, help) VT_CMD_##NAME,
enum vt_command {
	VT_CMD_NONE,
	VT_COMMANDS(VT_COMMAND_ENUM) VT_CMD_COUNT
};

struct vt_command_info {
	const char *key, *other, *word, *help;
};
extern const struct vt_command_info vt_commands[VT_CMD_COUNT];

/* Keys that are no characters: above Unicode. <C-a> is 1, <Enter> 13, <Tab> 9, <Esc> 27. */
enum vt_key {
	VT_KEY_UP = 0x110000,
	VT_KEY_DOWN,
	VT_KEY_LEFT,
	VT_KEY_RIGHT,
	VT_KEY_PGUP,
	VT_KEY_PGDN,
	VT_KEY_HOME,
	VT_KEY_END,
	VT_KEY_INSERT,
	VT_KEY_DELETE,
	VT_KEY_BACKSPACE,
	VT_KEY_SHIFT_TAB,
	VT_KEY_F1, /* to F12 */
	VT_KEY_F12 = VT_KEY_F1 + 11,
	VT_KEY_SHIFT_PGUP,
	VT_KEY_SHIFT_PGDN,
	VT_KEY_PASTE_BEGIN,
	VT_KEY_PASTE_END,
};
enum {
	VT_KEY_ENTER = 13,
	VT_KEY_TAB = 9,
	VT_KEY_ESC = 27
};

enum {
	VT_MOD_SHIFT = 1,
	VT_MOD_ALT = 2,
	VT_MOD_CTRL = 4
};

enum vt_mouse {
	VT_MOUSE_CLICK,
	VT_MOUSE_DOUBLE,
	VT_MOUSE_WHEEL_UP,
	VT_MOUSE_WHEEL_DOWN
};

struct vt_event_in {
	enum {
		VT_IN_KEY,
		VT_IN_PASTED, /* as a key, but it is text and never a command */
		VT_IN_MOUSE,
		VT_IN_RESIZE
	} type;
	uint32_t key;   /* a code point or enum vt_key */
	uint32_t typed; /* the code point that came, where key is what is mostly meant by it; 0 */
	unsigned mods;  /* VT_MOD_*, of keys that are no characters; a plain command has none */
	enum vt_mouse mouse;
	int x, y; /* of the mouse; cols and rows of a resize */
};

/* The command bound to a key, VT_CMD_NONE. */
enum vt_command vt_key_command(uint32_t key);

/*
 * Parses the next key of a script ("jj<Enter>/foo<Esc>", "<lt>" is "<",
 * "<Wait>" is one refresh; the mouse: "<Click:X,Y>", Double, WheelUp, WheelDown,
 * counted from 0). Moves *script on. Returns 1, 0 at the end, or -EINVAL with a
 * message that names the bad part and its position.
 */
int vt_key_script_next(const char *start, const char **script, struct vt_event_in *ret,
		       bool *ret_wait, struct vt_error *err);

#endif
