/* Writes down what a process does to the files of one folder, in order: each write with its bytes, each sync, each
 * change of a name. `tests/power/disk.py` makes of it what a disk would hold had the power gone at any moment.
 *
 *   FLOORHAND_POWER_FOLDER   absolute path of the folder; no folder below it is looked at
 *   FLOORHAND_POWER_JOURNAL  the file to append to
 *
 * A record: kind, inode, offset, length of what follows (little-endian, packed), then the bytes.
 * What is written to standard output counts as an acknowledgement and stands in the same order.
 * Files in memory that is mapped (`-shm`) are left out: SQLite makes them anew from the others.
 */
#define _GNU_SOURCE
#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <pthread.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/uio.h>
#include <unistd.h>

#define FDS 4096
enum { NOT_OURS, A_FILE, THE_FOLDER };

static const char *folder;
static size_t folder_length;
static int journal = -1;
static char ours[FDS];
static pthread_mutex_t one_at_a_time = PTHREAD_MUTEX_INITIALIZER;

#define REAL(name) ((__typeof__(&name)) real(#name))
static void *real(const char *name) {
    void *found = dlsym(RTLD_NEXT, name);
    if (found == NULL) abort();
    return found;
}

__attribute__((constructor)) static void begin(void) {
    folder = getenv("FLOORHAND_POWER_FOLDER");
    const char *path = getenv("FLOORHAND_POWER_JOURNAL");
    if (folder == NULL || path == NULL) return;
    folder_length = strlen(folder);
    journal = REAL(open)(path, O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0600);
    if (journal < 0) abort();
}

static void note(char kind, uint64_t inode, uint64_t offset, const void *bytes, uint64_t length) {
    struct __attribute__((packed)) { char kind; uint64_t inode, offset, length; } head = {kind, inode, offset, length};
    struct iovec parts[2] = {{&head, sizeof head}, {(void *) bytes, length}};
    if (REAL(writev)(journal, parts, 2) != (ssize_t) (sizeof head + length)) abort();
}

/* The name of a file that stands in the folder itself; NULL for any other. */
static const char *name_in_folder(const char *path) {
    if (journal < 0 || path == NULL || strncmp(path, folder, folder_length) != 0 || path[folder_length] != '/') return NULL;
    const char *name = path + folder_length + 1;
    size_t length = strlen(name);
    if (strchr(name, '/') != NULL || (length > 4 && strcmp(name + length - 4, "-shm") == 0)) return NULL;
    return name;
}

static int is_ours(int fd) { return journal >= 0 && fd >= 0 && fd < FDS ? ours[fd] : NOT_OURS; }

static uint64_t inode_of(int fd) {
    struct stat found;
    if (fstat(fd, &found) != 0) abort();
    return found.st_ino;
}

static void enter(void) { pthread_mutex_lock(&one_at_a_time); }
static void leave(void) { int kept = errno; pthread_mutex_unlock(&one_at_a_time); errno = kept; }

static int opened(int fd, const char *path, int flags, int was_there) {
    if (fd < 0 || fd >= FDS || journal < 0) return fd;
    ours[fd] = NOT_OURS;
    const char *name = name_in_folder(path);
    if (name != NULL) {
        ours[fd] = A_FILE;
        if (!was_there) note('C', inode_of(fd), 0, name, strlen(name));
        else if (flags & O_TRUNC) note('T', inode_of(fd), 0, "", 0);
    } else if (strcmp(path, folder) == 0) {
        ours[fd] = THE_FOLDER;
    }
    return fd;
}

static int is_there(const char *path) {
    struct stat found;
    return stat(path, &found) == 0;
}

#define OPEN(name, parameters, arguments)                                      \
    int name parameters {                                                      \
        mode_t mode = 0;                                                       \
        if (flags & (O_CREAT | O_TMPFILE)) {                                   \
            va_list more;                                                      \
            va_start(more, flags);                                             \
            mode = va_arg(more, mode_t);                                       \
            va_end(more);                                                      \
        }                                                                      \
        enter();                                                               \
        int was_there = is_there(path);                                        \
        int fd = opened(REAL(name) arguments, path, flags, was_there);         \
        leave();                                                               \
        return fd;                                                             \
    }
OPEN(open, (const char *path, int flags, ...), (path, flags, mode))
OPEN(open64, (const char *path, int flags, ...), (path, flags, mode))
OPEN(openat, (int at, const char *path, int flags, ...), (at, path, flags, mode))
OPEN(openat64, (int at, const char *path, int flags, ...), (at, path, flags, mode))
int creat(const char *path, mode_t mode) { return open(path, O_WRONLY | O_CREAT | O_TRUNC, mode); }
int creat64(const char *path, mode_t mode) { return open64(path, O_WRONLY | O_CREAT | O_TRUNC, mode); }

int close(int fd) {
    enter();
    if (is_ours(fd)) ours[fd] = NOT_OURS;
    int done = REAL(close)(fd);
    leave();
    return done;
}

static void note_parts(int fd, uint64_t offset, const struct iovec *parts, ssize_t written) {
    for (; written > 0; parts++) {
        size_t length = parts->iov_len < (size_t) written ? parts->iov_len : (size_t) written;
        note('W', inode_of(fd), offset, parts->iov_base, length);
        offset += length;
        written -= length;
    }
}

static ssize_t at_the_end(int fd, const struct iovec *parts, ssize_t written) {
    if (journal >= 0 && fd == STDOUT_FILENO && written > 0) note('A', 0, 0, parts->iov_base, written);
    else if (is_ours(fd) == A_FILE && written > 0) note_parts(fd, lseek(fd, 0, SEEK_CUR) - written, parts, written);
    return written;
}

ssize_t write(int fd, const void *bytes, size_t length) {
    struct iovec part = {(void *) bytes, length};
    enter();
    ssize_t written = at_the_end(fd, &part, REAL(write)(fd, bytes, length));
    leave();
    return written;
}

ssize_t writev(int fd, const struct iovec *parts, int count) {
    enter();
    ssize_t written = at_the_end(fd, parts, REAL(writev)(fd, parts, count));
    leave();
    return written;
}

#define PWRITE(name, parameters, arguments, parts)                             \
    ssize_t name parameters {                                                  \
        struct iovec part = {(void *) bytes, length};                          \
        (void) part;                                                           \
        enter();                                                               \
        ssize_t written = REAL(name) arguments;                                \
        if (is_ours(fd) == A_FILE) note_parts(fd, offset, parts, written);     \
        leave();                                                               \
        return written;                                                        \
    }
PWRITE(pwrite, (int fd, const void *bytes, size_t length, off_t offset), (fd, bytes, length, offset), &part)
PWRITE(pwrite64, (int fd, const void *bytes, size_t length, off64_t offset), (fd, bytes, length, offset), &part)
PWRITE(pwritev, (int fd, const struct iovec *bytes, int length, off_t offset), (fd, bytes, length, offset), bytes)
PWRITE(pwritev64, (int fd, const struct iovec *bytes, int length, off64_t offset), (fd, bytes, length, offset), bytes)

#define TRUNCATE(name, type)                                                   \
    int name(int fd, type length) {                                            \
        enter();                                                               \
        int done = REAL(name)(fd, length);                                     \
        if (done == 0 && is_ours(fd) == A_FILE) note('T', inode_of(fd), length, "", 0); \
        leave();                                                               \
        return done;                                                           \
    }
TRUNCATE(ftruncate, off_t)
TRUNCATE(ftruncate64, off64_t)

/* `sync_file_range` promises nothing after a power cut, so it is not one of these. */
#define SYNC(name)                                                             \
    int name(int fd) {                                                         \
        enter();                                                               \
        int done = REAL(name)(fd);                                             \
        if (done == 0 && is_ours(fd)) note(is_ours(fd) == THE_FOLDER ? 'D' : 'S', inode_of(fd), 0, "", 0); \
        leave();                                                               \
        return done;                                                           \
    }
SYNC(fsync)
SYNC(fdatasync)

int rename(const char *before, const char *after) {
    enter();
    int done = REAL(rename)(before, after);
    const char *from = name_in_folder(before), *to = name_in_folder(after);
    if (done == 0 && (from != NULL || to != NULL)) {
        if (from == NULL || to == NULL) abort(); /* into the folder or out of it: nothing here does that */
        char both[2 * NAME_MAX + 2];
        size_t length = strlen(from) + 1;
        memcpy(both, from, length);
        strcpy(both + length, to);
        note('R', 0, 0, both, length + strlen(to));
    }
    leave();
    return done;
}

static int unlinked(int done, const char *path) {
    const char *name = name_in_folder(path);
    if (done == 0 && name != NULL) note('U', 0, 0, name, strlen(name));
    return done;
}

int unlink(const char *path) {
    enter();
    int done = unlinked(REAL(unlink)(path), path);
    leave();
    return done;
}

int unlinkat(int at, const char *path, int flags) {
    enter();
    int done = unlinked(REAL(unlinkat)(at, path, flags), path);
    leave();
    return done;
}
