/* workstation/sweep/walk.c: see walk.h. SPDX-License-Identifier: Apache-2.0 */
#include "workstation/sweep/walk.h"
#include "base/buffer.h"
#include "base/mem.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/vfs.h>
#include <unistd.h>

enum { PATH_BYTES_MAX = 1 << 20 };

struct level {
        DIR *dir;
        size_t path_len; /* of the folder itself, without a final "/" */
        dev_t dev;
};

struct walk {
        const struct walk_options *options;
        const struct walk_sink *sink;
        struct level levels[WALK_DEPTH_MAX];
        int depth;
        struct buffer path;
        dev_t leave_dev;
        ino_t leave_ino;
};

const char *skip_why_name(enum skip_why why)
{
        static const char *const names[SKIP_WHYS] = { "too_large", "too_deep", "other_mount",
                "network_mount", "pseudo_mount", "special", "gone" };

        return names[why];
}

/* linux/magic.h, and those it leaves out. */
static const uint32_t network_magics[] = { 0x6969 /* nfs */, 0x517B /* smb */,
        0xFF534D42 /* cifs */, 0xFE534D42 /* smb2 */, 0x5346414F /* afs */, 0x73757245 /* coda */,
        0x564C /* ncp */, 0x01021997 /* 9p */, 0x00C36400 /* ceph */,
        0x65735546 /* fuse: what is behind is not known */, 0x0BD00BD0 /* lustre */,
        0x47504653 /* gpfs */, 0x7461636F /* ocfs2 */, 0x01161970 /* gfs2 */ };
static const uint32_t pseudo_magics[] = { 0x9FA0 /* proc */, 0x62656572 /* sysfs */,
        0x64626720 /* debugfs */, 0x74726163 /* tracefs */, 0x27E0EB /* cgroup */,
        0x63677270 /* cgroup2 */, 0x1CD1 /* devpts */, 0x19800202 /* mqueue */,
        0x73636673 /* securityfs */, 0xCAFE4A11 /* bpf */, 0x62656570 /* configfs */,
        0x6165676C /* pstore */, 0xDE5E81E4 /* efivarfs */, 0x958458F6 /* hugetlbfs */,
        0x0187 /* autofs */, 0x42494E4D /* binfmt_misc */, 0x50495045 /* pipefs */,
        0x534F434B /* sockfs */, 0xF97CFF8C /* selinux */, 0x6E736673 /* nsfs */ };

static bool is_among(const uint32_t *magics, size_t n, uint32_t magic)
{
        for (size_t i = 0; i < n; i++)
                if (magics[i] == magic)
                        return true;
        return false;
}

/* SKIP_WHYS when it may be entered. */
static enum skip_why mount_refusal(int fd, bool named)
{
        struct statfs fs;
        uint32_t magic;

        if (fstatfs(fd, &fs) != 0)
                return SKIP_WHY_GONE;
        magic = (uint32_t)fs.f_type;
        if (is_among(pseudo_magics, ARRAY_LEN(pseudo_magics), magic))
                return SKIP_WHY_PSEUDO_MOUNT;
        if (magic == 0x65735546 &&
            named) /* a stick with NTFS is fuse too: entered when it was named itself */
                return SKIP_WHYS;
        if (is_among(network_magics, ARRAY_LEN(network_magics), magic))
                return SKIP_WHY_NETWORK_MOUNT;
        return SKIP_WHYS;
}

static void fail(struct walk *w, int number)
{
        if (number == ENOENT || number == ESTALE || number == ENOTDIR || number == ELOOP)
                w->sink->skipped(w->sink->state, SKIP_WHY_GONE, w->path.data);
        else
                w->sink->failed(w->sink->state, err_from_errno(number), w->path.data);
}

/* Takes fd. A folder that may not be entered is counted, and 0 returned. */
static int enter_own(struct walk *w, int fd, const struct stat *st, bool named)
{
        struct level *top = w->depth ? &w->levels[w->depth - 1] : NULL;
        enum skip_why why = SKIP_WHYS;
        DIR *dir;

        if (st->st_dev == w->leave_dev && st->st_ino == w->leave_ino) {
                (void)close(fd);
                return 0;
        }
        if (!top || top->dev != st->st_dev)
                why = mount_refusal(fd, named);
        if (why == SKIP_WHYS && top && top->dev != st->st_dev && !w->options->cross_mounts)
                why = SKIP_WHY_OTHER_MOUNT;
        if (why == SKIP_WHYS && w->depth >= w->options->depth_max)
                why = SKIP_WHY_TOO_DEEP;
        if (why != SKIP_WHYS) {
                (void)close(fd);
                w->sink->skipped(w->sink->state, why, w->path.data);
                return 0;
        }
        dir = fdopendir(fd);
        if (!dir) {
                (void)close(fd);
                return ERR_MEMORY;
        }
        w->levels[w->depth++] = (struct level){
                .dir = dir, .path_len = w->path.len, .dev = st->st_dev
        };
        return 0;
}

static int visit_folder(struct walk *w, int at, const char *name)
{
        int fd = openat(at, name, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC);
        struct stat now;

        if (fd < 0 || fstat(fd, &now) != 0) {
                fail(w, errno);
                if (fd >= 0)
                        (void)close(fd);
                return 0;
        }
        return enter_own(w, fd, &now, false);
}

static int visit(struct walk *w, int at, const char *name)
{
        struct stat st;

        if (fstatat(at, name, &st, AT_SYMLINK_NOFOLLOW | AT_NO_AUTOMOUNT) != 0) {
                fail(w, errno);
                return 0;
        }
        if (S_ISDIR(st.st_mode))
                return visit_folder(w, at, name);
        if (!S_ISREG(st.st_mode)) {
                w->sink->skipped(w->sink->state, SKIP_WHY_SPECIAL, w->path.data);
                return 0;
        }
        return w->sink->file(w->sink->state,
            &(struct walk_file){ .folder = at, .name = name, .path = w->path.data, .st = &st });
}

static int path_set(struct walk *w, size_t len, const char *name)
{
        int err;

        w->path.len = len;
        w->path.data[len] = '\0';
        err = len && w->path.data[len - 1] == '/' ? 0 : buffer_add_byte(&w->path, '/');
        return err ? err : buffer_add_text(&w->path, name);
}

static int step(struct walk *w)
{
        struct level *top = &w->levels[w->depth - 1];
        struct dirent *e;
        int err;

        errno = 0;
        e = readdir(top->dir);
        if (!e) {
                if (errno)
                        fail(w, errno);
                (void)closedir(top->dir);
                w->depth--;
                return 0;
        }
        if (strcmp(e->d_name, ".") == 0 || strcmp(e->d_name, "..") == 0)
                return 0;
        err = path_set(w, top->path_len, e->d_name);
        if (err == ERR_LIMIT) {
                w->sink->skipped(w->sink->state, SKIP_WHY_TOO_DEEP, w->path.data);
                return 0;
        }
        return err ? err : visit(w, dirfd(top->dir), e->d_name);
}

/* The folder and name of a root that is a file. */
static int visit_root_file(struct walk *w, const char *root)
{
        const char *slash = strrchr(root, '/');
        AUTO(mem_free_at)
        char *folder = slash == root ? mem_copy_text("/", 1)
                       : slash       ? mem_copy_text(root, (size_t)(slash - root))
                                     : mem_copy_text(".", 1);
        int fd, err;

        if (!folder)
                return ERR_MEMORY;
        fd = open(folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
        if (fd < 0)
                return err_from_errno(errno);
        err = mount_refusal(fd, true) == SKIP_WHYS ? visit(w, fd, slash ? slash + 1 : root) : 0;
        (void)close(fd);
        return err;
}

static void walk_end(struct walk *w)
{
        while (w->depth > 0)
                (void)closedir(w->levels[--w->depth].dir);
        buffer_done(&w->path);
}

int walk_tree(const char *root, const struct walk_options *options, const struct walk_sink *sink)
{
        AUTO(walk_end)
        struct walk w = { .options = options, .sink = sink, .path = BUFFER(PATH_BYTES_MAX) };
        struct stat st;
        int fd, err;

        if (options->leave_out && stat(options->leave_out, &st) == 0) {
                w.leave_dev = st.st_dev;
                w.leave_ino = st.st_ino;
        }
        err = buffer_add_text(&w.path, root);
        if (err)
                return err;
        while (w.path.len > 1 && w.path.data[w.path.len - 1] == '/')
                w.path.data[--w.path.len] = '\0';
        if (lstat(w.path.data, &st) != 0)
                return err_from_errno(errno);
        if (!S_ISDIR(st.st_mode))
                return visit_root_file(&w, root);
        fd = open(w.path.data, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
        if (fd < 0)
                return err_from_errno(errno);
        err = enter_own(&w, fd, &st, true);
        while (!err && w.depth > 0)
                err = step(&w);
        return err;
}
