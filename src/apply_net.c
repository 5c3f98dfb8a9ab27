/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Named network namespaces and veth pairs, with libnl-route. A name is a file in
 * /run/netns on which the namespace is mounted; the folder is a shared mount, so
 * that other mount namespaces lose the name too when it is removed (ip-netns(8)).
 * Whoever goes into a namespace here is a thread that ends there.
 */
#include "apply_net.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/magic.h>
#include <net/if.h>
#include <netlink/netlink.h>
#include <netlink/route/addr.h>
#include <netlink/route/link.h>
#include <netlink/route/link/veth.h>
#include <pthread.h>
#include <sched.h>
#include <string.h>
#include <sys/mount.h>
#include <sys/stat.h>
#include <sys/vfs.h>

static const char folder[] = "/run/netns";

const char *vt_netns_folder(void)
{
	return folder;
}

static char *path_of(const char *name)
{
	return vt_asprintf("%s/%s", folder, name);
}

/* In linux/stat.h since 6.8. */
#ifndef STATX_MNT_ID_UNIQUE
#define STATX_MNT_ID_UNIQUE 0x00004000U
#endif

int vt_netns_open(const char *name, uint64_t *ret_id)
{
	vt_autofree char *path = path_of(name);
	vt_autoclose int fd = open(path, O_RDONLY | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK);
	struct statfs fs;
	struct statx st;

	if (fd < 0)
		return -errno;
	if (fstatfs(fd, &fs) < 0 ||
	    statx(fd, "", AT_EMPTY_PATH, STATX_INO | STATX_MNT_ID_UNIQUE, &st) < 0)
		return -errno;
	if (fs.f_type != NSFS_MAGIC)
		return -EINVAL;
	*ret_id = st.stx_mask & STATX_MNT_ID_UNIQUE ? st.stx_mnt_id : st.stx_ino;
	return vt_take_fd(&fd);
}

/* Tasks for a thread that goes into a namespace, or makes one, and ends there. */
struct task {
	int (*run)(struct task *t);
	int fd; /* of the namespace, or -1: a new one */
	const char *path;
	const struct vt_cable *cable;
	int error; /* -errno */
	const char *what;
};

static void *run_task(void *arg)
{
	struct task *t = arg;
	int r = t->fd >= 0 ? setns(t->fd, CLONE_NEWNET) : unshare(CLONE_NEWNET);

	t->error = r < 0 ? -errno : t->run(t);
	return NULL;
}

static int in_thread(struct task *t)
{
	pthread_t thread;
	int r = pthread_create(&thread, NULL, run_task, t);

	if (r)
		return -r;
	(void)pthread_join(thread, NULL);
	return t->error;
}

/* As iproute2 does it: shared, and mounted on itself first where it is no mount yet. */
static int prepare_folder(void)
{
	if (mkdir(folder, 0755) < 0 && errno != EEXIST)
		return -errno;
	if (mount("", folder, "none", MS_SHARED | MS_REC, NULL) == 0)
		return 0;
	if (errno != EINVAL)
		return -errno;
	if (mount(folder, folder, "none", MS_BIND | MS_REC, NULL) < 0 ||
	    mount("", folder, "none", MS_SHARED | MS_REC, NULL) < 0)
		return -errno;
	return 0;
}

static int mount_own(struct task *t)
{
	return mount("/proc/thread-self/ns/net", t->path, "none", MS_BIND, NULL) < 0 ? -errno : 0;
}

int vt_netns_add(const char *name, uint64_t *ret_id, struct vt_error *err)
{
	vt_autofree char *path = path_of(name);
	struct task task = { .run = mount_own, .fd = -1, .path = path };
	int r = prepare_folder(), fd;

	if (r < 0)
		return vt_fail(err, -r, "cannot prepare %s for names of namespaces: %s", folder,
			       vt_errno_text(-r));
	fd = open(path, O_RDONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0);
	if (fd < 0)
		return vt_fail(err, errno, "cannot make %s: %s%s", path, vt_errno_text(errno),
			       errno == EEXIST
				       ? ": choose another name, or remove it with netns-del"
				       : "");
	(void)close(fd);
	r = in_thread(&task);
	if (r < 0) {
		(void)unlink(path);
		return vt_fail(err, -r, "cannot make the network namespace %s: %s%s", name,
			       vt_errno_text(-r),
			       r == -EPERM ? ": that needs CAP_SYS_ADMIN, run virttop as root"
					   : "");
	}
	fd = vt_netns_open(name, ret_id);
	if (fd < 0)
		return vt_fail(err, -fd, "cannot open %s again: %s", path, vt_errno_text(-fd));
	(void)close(fd);
	return 0;
}

/* Holds the namespace that a plan means by this name. */
static int hold(const char *name, uint64_t id, struct vt_error *err)
{
	uint64_t is = 0;
	int fd = vt_netns_open(name, &is);

	if (fd == -ENOENT)
		return vt_fail(err, ESTALE, "there is no network namespace called %s any more",
			       name);
	if (fd < 0)
		return vt_fail(err, -fd, "cannot open %s/%s: %s", folder, name,
			       fd == -EINVAL ? "it is no network namespace" : vt_errno_text(-fd));
	if (id && is != id) {
		(void)close(fd);
		return vt_fail(err, ESTALE,
			       "%s is another network namespace now than the preview said: look "
			       "again",
			       name);
	}
	return fd;
}

int vt_netns_del(const char *name, uint64_t id, struct vt_error *err)
{
	vt_autofree char *path = path_of(name);
	vt_autoclose int fd = hold(name, id, err);

	if (fd < 0)
		return fd;
	if (umount2(path, MNT_DETACH) < 0 || unlink(path) < 0)
		return vt_fail(err, errno, "cannot remove %s: %s", path, vt_errno_text(errno));
	return 0;
}

/* Cables */

/* libnl has numbers of its own, which it makes of the kernel's. */
static int errno_of(int r)
{
	static const struct {
		int nle, code;
	} codes[] = {
		{ NLE_EXIST, EEXIST },         { NLE_PERM, EPERM },
		{ NLE_NOACCESS, EACCES },      { NLE_NOMEM, ENOMEM },
		{ NLE_OPNOTSUPP, EOPNOTSUPP }, { NLE_NODEV, ENODEV },
		{ NLE_OBJ_NOTFOUND, ENODEV },  { NLE_INVAL, EINVAL },
		{ NLE_RANGE, ERANGE },         { NLE_BUSY, EBUSY },
	};

	for (size_t i = 0; i < VT_LEN(codes); i++)
		if (codes[i].nle == -r)
			return -codes[i].code;
	return r < 0 ? -EIO : 0;
}

static int open_route(struct nl_sock **ret)
{
	struct nl_sock *sock = nl_socket_alloc();
	int r = sock ? nl_connect(sock, NETLINK_ROUTE) : -NLE_NOMEM;

	if (r < 0) {
		nl_socket_free(sock);
		return errno_of(r);
	}
	*ret = sock;
	return 0;
}

static int add_address(struct nl_sock *sock, int index, const char *text)
{
	struct rtnl_addr *address = rtnl_addr_alloc();
	struct nl_addr *local = NULL;
	int r = address ? nl_addr_parse(text, AF_UNSPEC, &local) : -NLE_NOMEM;

	if (r == 0) {
		rtnl_addr_set_ifindex(address, index);
		r = rtnl_addr_set_local(address, local);
	}
	if (r == 0)
		r = rtnl_addr_add(sock, address, NLM_F_EXCL);
	nl_addr_put(local);
	rtnl_addr_put(address);
	return errno_of(r);
}

static int set_up(struct nl_sock *sock, struct rtnl_link *link)
{
	struct rtnl_link *change = rtnl_link_alloc();
	int r = -NLE_NOMEM;

	if (change) {
		rtnl_link_set_flags(change, IFF_UP);
		r = rtnl_link_change(sock, link, change, 0);
	}
	rtnl_link_put(change);
	return errno_of(r);
}

/* A device of the namespace that the thread is in: its address, and up. */
static int configure(struct nl_sock *sock, const char *device, const char *address, int *ret_index,
		     const char **ret_what)
{
	struct rtnl_link *link = NULL;
	int r = errno_of(rtnl_link_get_kernel(sock, 0, device, &link));

	*ret_what = "find";
	if (r == 0 && address) {
		*ret_what = "give an address to";
		r = add_address(sock, rtnl_link_get_ifindex(link), address);
	}
	if (r == 0) {
		*ret_what = "switch on";
		r = set_up(sock, link);
	}
	if (r == 0 && ret_index)
		*ret_index = rtnl_link_get_ifindex(link);
	rtnl_link_put(link);
	return r;
}

static int configure_inside(struct task *t)
{
	struct nl_sock *sock = NULL;
	int r = open_route(&sock);
	const char *ignored;

	t->what = "reach";
	if (r < 0)
		return r;
	r = configure(sock, t->cable->inside, t->cable->inside_address, NULL, &t->what);
	/* A loopback that is down is what everybody stumbles over. */
	if (r == 0)
		(void)configure(sock, "lo", NULL, NULL, &ignored);
	nl_socket_free(sock);
	return r;
}

static int make_pair(struct nl_sock *sock, const struct vt_cable *cable, int namespace)
{
	struct rtnl_link *link = rtnl_link_veth_alloc(), *peer;
	int r;

	if (!link)
		return -ENOMEM;
	peer = rtnl_link_veth_get_peer(link);
	rtnl_link_set_name(link, cable->device);
	rtnl_link_set_name(peer, cable->inside);
	rtnl_link_set_ns_fd(peer, namespace);
	r = rtnl_link_add(sock, link, NLM_F_CREATE | NLM_F_EXCL);
	rtnl_link_put(peer);
	rtnl_link_veth_release(link);
	return errno_of(r);
}

static int explain_pair(const struct vt_cable *cable, const char *name, int code,
			struct vt_error *err)
{
	const char *advice = code == EPERM ? ": that needs CAP_NET_ADMIN, run virttop as root"
			     : code == EOPNOTSUPP ? ": this kernel has no veth (modprobe veth)"
			     : code == EEXIST ? ": one of the two names is taken, choose another"
					      : "";

	return vt_fail(err, code, "cannot make a cable from %s to %s in %s: %s%s", cable->device,
		       cable->inside, name, vt_errno_text(code), advice);
}

static int fail_end(const char *what, const char *device, const char *address, int code,
		    struct vt_error *err)
{
	return vt_fail(err, code, "cannot %s %s%s%s: %s", what, device, address ? " with " : "",
		       address ? address : "", vt_errno_text(code));
}

static int finish_cable(struct nl_sock *sock, const struct vt_cable *cable, int namespace,
			uint64_t *ret_index, struct vt_error *err)
{
	struct task task = { .run = configure_inside, .fd = namespace, .cable = cable };
	int index = 0, r = configure(sock, cable->device, cable->address, &index, &task.what);

	if (r < 0)
		return fail_end(task.what, cable->device, cable->address, -r, err);
	r = in_thread(&task);
	if (r < 0)
		return fail_end(task.what ? task.what : "reach", cable->inside,
				cable->inside_address, -r, err);
	*ret_index = (uint64_t)index;
	return 0;
}

static int delete_link(struct nl_sock *sock, const char *device)
{
	struct rtnl_link *link = rtnl_link_alloc();
	int r = -NLE_NOMEM;

	if (link) {
		rtnl_link_set_name(link, device);
		r = rtnl_link_delete(sock, link);
	}
	rtnl_link_put(link);
	return errno_of(r);
}

int vt_cable_add(const char *name, uint64_t id, const struct vt_cable *cable, uint64_t *ret_index,
		 struct vt_error *err)
{
	vt_autoclose int namespace = hold(name, id, err);
	struct nl_sock *sock = NULL;
	int r;

	if (namespace < 0)
		return namespace;
	r = open_route(&sock);
	if (r < 0)
		return vt_fail(err, -r, "cannot talk to rtnetlink: %s", vt_errno_text(-r));
	r = make_pair(sock, cable, namespace);
	if (r < 0) {
		(void)explain_pair(cable, name, -r, err);
	} else {
		r = finish_cable(sock, cable, namespace, ret_index, err);
		if (r < 0)
			(void)delete_link(sock, cable->device);
	}
	nl_socket_free(sock);
	return r;
}

int vt_cable_find(const char *device)
{
	struct nl_sock *sock = NULL;
	struct rtnl_link *link = NULL;
	int r = open_route(&sock);

	if (r == 0)
		r = errno_of(rtnl_link_get_kernel(sock, 0, device, &link));
	if (r == 0)
		r = rtnl_link_is_veth(link) ? rtnl_link_get_ifindex(link) : -EINVAL;
	rtnl_link_put(link);
	nl_socket_free(sock);
	return r;
}

int vt_cable_del(const char *device, uint64_t index, struct vt_error *err)
{
	struct nl_sock *sock = NULL;
	unsigned is = if_nametoindex(device);
	int r;

	if (!is)
		return vt_fail(err, ESTALE, "there is no device called %s any more", device);
	if (index && is != index)
		return vt_fail(err, ESTALE,
			       "%s is another device now than the preview said: look again",
			       device);
	r = open_route(&sock);
	if (r == 0)
		r = delete_link(sock, device);
	nl_socket_free(sock);
	if (r < 0)
		return vt_fail(err, -r, "cannot remove %s: %s%s", device, vt_errno_text(-r),
			       r == -EPERM ? ": that needs CAP_NET_ADMIN, run virttop as root"
					   : "");
	return 0;
}
