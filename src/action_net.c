/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The network lab: netns-add, netns-del, veth-add, veth-del. The names are those
 * that `ip netns` shows, and the preview has the ip lines that do the same.
 */
#include "action_net.h"

#include <errno.h>
#include <linux/capability.h>
#include <net/if.h>
#include <netlink/addr.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>

#include "action_table.h"
#include "text.h"

static const char lost[] = "what is set up in it is gone with it";

/* Steps in words */

static const char *name_of(const struct vt_step *step)
{
	return step->path + 1;
}

bool vt_net_cable(const struct vt_step *step, struct vt_arena *arena, struct vt_cable *ret)
{
	vt_autofree char *words = vt_strdup(step->value ? step->value : "");
	const char *part[3] = { NULL, NULL, NULL };
	size_t n = 0;
	char *save = NULL;

	for (char *w = strtok_r(words, " ", &save); w; w = strtok_r(NULL, " ", &save)) {
		if (n == VT_LEN(part))
			return false;
		part[n++] = strcmp(w, "-") == 0 ? NULL : vt_arena_intern(arena, w);
	}
	*ret = (struct vt_cable){ step->file, part[0], part[1], part[2] };
	return step->file && part[0];
}

static void describe_cable(struct vt_plan *plan, struct vt_step *step)
{
	struct vt_arena *a = plan->arena;
	const char *name = vt_shell_quote(a, name_of(step)), *line;
	struct vt_cable c;

	if (!vt_net_cable(step, a, &c))
		return;
	step->says = vt_arena_printf(a, "make a cable from %s%s%s here to %s%s%s in %s", c.device,
				     c.address ? " " : "", c.address ? c.address : "", c.inside,
				     c.inside_address ? " " : "",
				     c.inside_address ? c.inside_address : "", name_of(step));
	line = vt_arena_printf(a, "ip link add %s type veth peer name %s netns %s", c.device,
			       c.inside, name);
	if (c.address)
		line = vt_arena_printf(a, "%s && ip address add %s dev %s", line, c.address,
				       c.device);
	line = vt_arena_printf(a, "%s && ip link set %s up", line, c.device);
	if (c.inside_address)
		line = vt_arena_printf(a, "%s && ip -n %s address add %s dev %s", line, name,
				       c.inside_address, c.inside);
	step->shell = vt_arena_printf(a, "%s && ip -n %s link set %s up && ip -n %s link set lo up",
				      line, name, c.inside, name);
}

void vt_net_describe(struct vt_plan *plan, struct vt_step *step)
{
	struct vt_arena *a = plan->arena;
	const char *verb = step->op == VT_OP_NETNS_ADD ? "add" : "delete";

	if (step->op == VT_OP_VETH_ADD) {
		describe_cable(plan, step);
	} else if (step->op == VT_OP_VETH_DEL) {
		step->says = vt_arena_printf(a, "remove the device %s and its other end",
					     step->file);
		step->shell = vt_arena_printf(a, "ip link delete %s",
					      vt_shell_quote(a, step->file));
	} else {
		step->says = vt_arena_printf(a, "%s the network namespace %s",
					     step->op == VT_OP_NETNS_ADD ? "make" : "remove",
					     name_of(step));
		step->shell = vt_arena_printf(a, "ip netns %s %s", verb,
					      vt_shell_quote(a, name_of(step)));
	}
}

/* Checks */

static int check_name(const char *name, struct vt_error *err)
{
	if (!name || !*name)
		return vt_fail(err, EINVAL, "the network namespace needs a name");
	if (strlen(name) > 200 || strchr(name, '/') || strcmp(name, ".") == 0 ||
	    strcmp(name, "..") == 0 || name[0] == '-' || !vt_text_clean(name))
		return vt_fail(err, EINVAL,
			       "'%s' is no name for a network namespace: it becomes a file in %s, "
			       "so it has no slash and no control characters and does not begin "
			       "with -",
			       name, vt_netns_folder());
	return 0;
}

static int check_device(const char *device, struct vt_error *err)
{
	if (!*device || strlen(device) >= IFNAMSIZ || strpbrk(device, "/: \t\n") ||
	    device[0] == '-' || strcmp(device, ".") == 0 || strcmp(device, "..") == 0 ||
	    !vt_text_clean(device))
		return vt_fail(err, EINVAL,
			       "'%s' is no name for a device: it has 1 to 15 bytes, no slash, no "
			       "colon and no blank",
			       device);
	return 0;
}

/* "10.0.0.1/24" or "fd00::1/64"; ret_address is the caller's. */
static int parse_address(const char *text, struct nl_addr **ret_address, struct vt_error *err)
{
	struct nl_addr *address = NULL;
	bool good = strchr(text, '/') && nl_addr_parse(text, AF_UNSPEC, &address) == 0;
	int family = good ? nl_addr_get_family(address) : AF_UNSPEC;
	unsigned bits = good ? nl_addr_get_prefixlen(address) : 0;

	if ((family == AF_INET || family == AF_INET6) && bits > 0 &&
	    bits <= 8 * nl_addr_get_len(address)) {
		*ret_address = address;
		return 0;
	}
	nl_addr_put(address);
	return vt_fail(err, EINVAL,
		       "'%s' is no address: write it with the length of its network, such as "
		       "10.0.0.1/24 or fd00::1/64",
		       text);
}

static int check_addresses(struct vt_plan *plan, const char *here, const char *inside,
			   struct vt_error *err)
{
	struct nl_addr *a = NULL, *b = NULL;
	int r = parse_address(here, &a, err);

	if (r == 0)
		r = parse_address(inside, &b, err);
	if (r == 0 && nl_addr_get_family(a) == nl_addr_get_family(b)) {
		if (memcmp(nl_addr_get_binary_addr(a), nl_addr_get_binary_addr(b),
			   nl_addr_get_len(a)) == 0)
			r = vt_fail(err, EINVAL, "both ends of the cable have the address %s",
				    here);
		else if (nl_addr_cmp_prefix(a, b) != 0)
			vt_plan_effect(plan,
				       "%s and %s are not in one network: the two ends do "
				       "not reach each other without a route",
				       here, inside);
	}
	nl_addr_put(a);
	nl_addr_put(b);
	return r;
}

static const char *setting(const struct vt_request *request, const char *name)
{
	for (size_t i = 0; i < request->n_settings; i++)
		if (strcmp(request->settings[i].file, name) == 0 && request->settings[i].value[0])
			return request->settings[i].value;
	return NULL;
}

/* Plans */

static int add_cable(struct vt_plan *plan, const struct vt_request *request, uint64_t id,
		     struct vt_error *err)
{
	const char *here = setting(request, "address"),
		   *inside = setting(request, "inside-address");
	const char *device = setting(request, "device"), *end = setting(request, "inside");
	struct vt_step *step;
	int r = vt_need_capability(CAP_NET_ADMIN, "CAP_NET_ADMIN", "a cable", err);

	if (!device)
		device = vt_arena_printf(plan->arena, "v-%.13s", request->path);
	if (!end)
		end = "eth0";
	if (r == 0)
		r = check_device(device, err);
	if (r == 0)
		r = check_device(end, err);
	if (r == 0 && here && inside)
		r = check_addresses(plan, here, inside, err);
	if (r == 0 && if_nametoindex(device))
		r = vt_fail(err, EEXIST,
			    "there is a device called %s already: name another one, or remove it "
			    "with veth-del",
			    device);
	if (r < 0)
		return r;
	step = vt_plan_add(plan, VT_OP_VETH_ADD);
	step->target = (struct vt_id){ VT_KIND_NAMESPACE, id, 0 };
	step->path = vt_arena_printf(plan->arena, "/%s", request->path);
	step->file = vt_arena_intern(plan->arena, device);
	step->value = vt_arena_printf(plan->arena, "%s %s %s", end, here ? here : "-",
				      inside ? inside : "-");
	vt_net_describe(plan, step);
	return 0;
}

int vt_netns_add_plan(const struct vt_action_env *env, const struct vt_request *request,
		      struct vt_plan *plan, struct vt_error *err)
{
	uint64_t id;
	struct vt_step *step;
	int r = check_name(request->path, err), fd;

	(void)env;
	if (r == 0)
		r = vt_need_capability(CAP_SYS_ADMIN, "CAP_SYS_ADMIN", "a new network namespace",
				       err);
	if (r < 0)
		return r;
	fd = vt_netns_open(request->path, &id);
	vt_closep(&fd);
	if (fd != -ENOENT)
		return vt_fail(err, EEXIST,
			       "%s/%s is there already: choose another name, or remove it with "
			       "netns-del",
			       vt_netns_folder(), request->path);
	plan->title = vt_arena_printf(plan->arena, "New network namespace %s", request->path);
	step = vt_plan_add(plan, VT_OP_NETNS_ADD);
	step->path = vt_arena_printf(plan->arena, "/%s", request->path);
	vt_net_describe(plan, step);
	vt_plan_effect(plan, "it stays without a process until it is removed; ip netns shows it");
	return setting(request, "address") ? add_cable(plan, request, 0, err) : 0;
}

/* The namespace with the name of the request, open. */
static int find(const struct vt_request *request, uint64_t *ret_id, struct vt_error *err)
{
	int r = check_name(request->path, err), fd;

	if (r < 0)
		return r;
	fd = vt_netns_open(request->path, ret_id);
	if (fd == -ENOENT)
		return vt_fail(err, ENOENT,
			       "there is no network namespace called %s in %s: netns-add makes one",
			       request->path, vt_netns_folder());
	if (fd == -EINVAL)
		return vt_fail(err, EINVAL, "%s/%s is a file, and no network namespace",
			       vt_netns_folder(), request->path);
	if (fd < 0)
		return vt_fail(err, -fd, "cannot open %s/%s: %s", vt_netns_folder(), request->path,
			       vt_errno_text(-fd));
	return fd;
}

/* What else keeps it, and what else goes. */
static void tell_removal(const struct vt_action_env *env, struct vt_plan *plan, int fd)
{
	size_t n, processes = 0;
	const struct vt_process *rows = vt_process_rows(env->snapshot, &n);
	struct stat st = { 0 };

	(void)fstat(fd, &st);
	for (size_t i = 0; i < n; i++)
		processes += vt_process_ns_id(&rows[i], VT_NS_NET) == st.st_ino;
	if (processes)
		vt_plan_effect(plan, "%s in it: it goes on without a name until %s",
			       processes == 1 ? "a process is" : "processes are",
			       processes == 1 ? "that ends" : "those end");
	else
		vt_plan_effect(plan, "with it go the devices in it, and the other ends of its "
				     "cables here");
}

int vt_netns_del_plan(const struct vt_action_env *env, const struct vt_request *request,
		      struct vt_plan *plan, struct vt_error *err)
{
	uint64_t id = 0;
	struct vt_step *step;
	vt_autoclose int fd = find(request, &id, err);
	int r = fd < 0 ? fd : 0;

	if (r == 0)
		r = vt_need_capability(CAP_SYS_ADMIN, "CAP_SYS_ADMIN",
				       "removing a network namespace", err);
	if (r < 0)
		return r;
	plan->title = vt_arena_printf(plan->arena, "Remove the network namespace %s",
				      request->path);
	step = vt_plan_add(plan, VT_OP_NETNS_DEL);
	step->target = (struct vt_id){ VT_KIND_NAMESPACE, id, 0 };
	step->path = vt_arena_printf(plan->arena, "/%s", request->path);
	step->cannot_undo = lost;
	vt_net_describe(plan, step);
	tell_removal(env, plan, fd);
	return 0;
}

int vt_veth_add_plan(const struct vt_action_env *env, const struct vt_request *request,
		     struct vt_plan *plan, struct vt_error *err)
{
	uint64_t id = 0;
	vt_autoclose int fd = find(request, &id, err);

	(void)env;
	if (fd < 0)
		return fd;
	plan->title = vt_arena_printf(plan->arena, "Cable to the network namespace %s",
				      request->path);
	return add_cable(plan, request, id, err);
}

int vt_veth_del_plan(const struct vt_action_env *env, const struct vt_request *request,
		     struct vt_plan *plan, struct vt_error *err)
{
	const char *device = request->path ? request->path : "";
	struct vt_step *step;
	int r = check_device(device, err), index;

	(void)env;
	if (r == 0)
		r = vt_need_capability(CAP_NET_ADMIN, "CAP_NET_ADMIN", "removing a cable", err);
	if (r < 0)
		return r;
	index = vt_cable_find(device);
	if (index == -EINVAL)
		return vt_fail(err, EINVAL,
			       "%s is no end of a cable (veth): virttop removes only those",
			       device);
	if (index < 0)
		return vt_fail(err, -index, "there is no device called %s here", device);
	plan->title = vt_arena_printf(plan->arena, "Remove the cable %s", device);
	step = vt_plan_add(plan, VT_OP_VETH_DEL);
	step->target = (struct vt_id){ VT_KIND_INTERFACE, (uint64_t)index, 0 };
	step->path = "/";
	step->file = vt_arena_intern(plan->arena, device);
	step->cannot_undo = "its addresses and routes are gone with it";
	vt_net_describe(plan, step);
	return 0;
}

/* Words of the command line */

static int take_words(const char *const *names, size_t n, int argc, char **argv,
		      struct vt_arena *arena, struct vt_request *request)
{
	struct vt_setting *settings = vt_arena_alloc(arena, (n + 1) * sizeof(*settings));
	size_t taken = 0;

	for (int i = 1; i < argc; i++)
		settings[taken++] = (struct vt_setting){ names[i - 1],
							 vt_arena_intern(arena, argv[i]) };
	request->path = vt_arena_intern(arena, argv[0]);
	request->settings = settings;
	request->n_settings = taken;
	return 0;
}

static const char *const cable_words[] = { "address", "inside-address", "device", "inside" };

int vt_netns_add_parse(const struct vt_action_env *env, int argc, char **argv,
		       struct vt_arena *arena, struct vt_request *request, struct vt_error *err)
{
	(void)env;
	if (argc < 1 || argc == 2 || argc > 5)
		return vt_fail(err, EINVAL, "netns-add needs a name, or a name and two addresses");
	return take_words(cable_words, VT_LEN(cable_words), argc, argv, arena, request);
}

int vt_veth_add_parse(const struct vt_action_env *env, int argc, char **argv,
		      struct vt_arena *arena, struct vt_request *request, struct vt_error *err)
{
	(void)env;
	if (argc < 3 || argc > 5)
		return vt_fail(err, EINVAL,
			       "veth-add needs a network namespace's name and two addresses");
	return take_words(cable_words, VT_LEN(cable_words), argc, argv, arena, request);
}

int vt_netns_del_parse(const struct vt_action_env *env, int argc, char **argv,
		       struct vt_arena *arena, struct vt_request *request, struct vt_error *err)
{
	(void)env;
	if (argc != 1)
		return vt_fail(err, EINVAL, "netns-del needs one name");
	return take_words(NULL, 0, argc, argv, arena, request);
}

int vt_veth_del_parse(const struct vt_action_env *env, int argc, char **argv,
		      struct vt_arena *arena, struct vt_request *request, struct vt_error *err)
{
	(void)env;
	if (argc != 1)
		return vt_fail(err, EINVAL, "veth-del needs one device");
	return take_words(NULL, 0, argc, argv, arena, request);
}
