/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The network lab: named network namespaces and cables into them, made and removed. */
#include <stdio.h>
#include <string.h>

#include "dialogs.h"
#include "popup.h"

enum {
	DO,
	NAME,
	ADDRESS,
	INSIDE_ADDRESS,
	DEVICE,
	INSIDE,
	FIELDS
};

enum {
	NEW_WITH_CABLE,
	NEW,
	CABLE,
	REMOVE,
	REMOVE_CABLE
};

static const char *const deeds[] = {
	"a new namespace with a cable", "a new namespace", "a cable into a namespace",
	"remove a namespace",           "remove a cable",  NULL
};
static const char *const actions[] = { "netns-add", "netns-add", "veth-add", "netns-del",
				       "veth-del" };

struct lab {
	struct vt_field fields[FIELDS];
};

static const char *device_of(const struct vt_field *f, char *out, size_t size)
{
	if (f[DEVICE].text[0])
		return f[DEVICE].text;
	(void)snprintf(out, size, "v-%.13s", f[NAME].text);
	return out;
}

static char *says(struct vt_form *form)
{
	const struct vt_field *f = form->fields;
	char made[32];
	const char *device = device_of(f, made, sizeof(made));
	const char *inside = f[INSIDE].text[0] ? f[INSIDE].text : "eth0";

	switch (f[DO].value) {
	case NEW:
		return vt_asprintf("a network namespace %s, with nothing but a loopback",
				   f[NAME].text);
	case REMOVE:
		return vt_asprintf("removes the network namespace %s with its devices",
				   f[NAME].text);
	case REMOVE_CABLE:
		return vt_asprintf("removes %s and its other end", device);
	default:
		return vt_asprintf("here: %s %s  -  %s %s: in %s", f[ADDRESS].text, device, inside,
				   f[INSIDE_ADDRESS].text, f[NAME].text);
	}
}

static bool submit(struct vt_app *app, struct vt_form *form)
{
	const struct vt_field *f = form->fields;
	int deed = f[DO].value;
	char made[32];
	struct vt_setting settings[] = {
		{ "address", f[ADDRESS].text },
		{ "inside-address", f[INSIDE_ADDRESS].text },
		{ "device", f[DEVICE].text },
		{ "inside", f[INSIDE].text },
	};
	struct vt_request request = {
		.action = vt_action_find(actions[deed]),
		.path = deed == REMOVE_CABLE ? device_of(f, made, sizeof(made)) : f[NAME].text,
	};

	if (deed == NEW_WITH_CABLE || deed == CABLE) {
		request.settings = settings;
		request.n_settings = VT_LEN(settings);
	}
	if (deed == NEW_WITH_CABLE && !f[ADDRESS].text[0]) {
		vt_app_say(app, VT_ROLE_WARN, "type the address of the end here, as 10.0.0.1/24");
		return false;
	}
	return vt_dialog_preview(app, &request);
}

/* The name of the namespace under the cursor, where it has one. */
static const char *name_here(const struct vt_app *app)
{
	const struct vt_row *row = vt_app_row(app);
	const struct vt_namespace *ns =
		row && row->link.kind == VT_KIND_NAMESPACE
			? vt_namespace_at(app->s, vt_snapshot_index(app->s, row->link))
			: NULL;
	static const char before[] = "/run/netns/";

	if (!ns || ns->ns_type != VT_NS_NET || !ns->kept_where ||
	    strncmp(ns->kept_where, before, strlen(before)) != 0)
		return NULL;
	return ns->kept_where + strlen(before);
}

static void put(struct vt_field *field, const char *label, const char *text)
{
	*field = (struct vt_field){ .type = VT_FIELD_TEXT, .label = label };
	(void)snprintf(field->text, sizeof(field->text), "%s", text);
}

void vt_dialog_net(struct vt_app *app)
{
	struct lab *lab = vt_alloc(sizeof(*lab));
	const char *name = name_here(app);
	struct vt_field *f = lab->fields;

	f[DO] = (struct vt_field){
		.type = VT_FIELD_CHOICE,
		.label = "do",
		.choices = deeds,
		.value = name ? CABLE : NEW_WITH_CABLE,
	};
	put(&f[NAME], "name", name ? name : "lab");
	put(&f[ADDRESS], "address here", "10.200.0.1/24");
	put(&f[INSIDE_ADDRESS], "address in it", "10.200.0.2/24");
	put(&f[DEVICE], "device here", "");
	put(&f[INSIDE], "device in it", "");
	vt_popup_form(app, &(struct vt_form){
				   .title = "Network lab",
				   .fields = f,
				   .n_fields = FIELDS,
				   .arg = lab,
				   .says = says,
				   .submit = submit,
				   .free_arg = free,
			   });
}
