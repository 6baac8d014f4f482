/* Writes down what Chromium's processes do to the files of OPFS in one profile, as `tests/power/shim.c` does for a
 * station, in the same form: each write with its bytes, each cut of a length, each sync, by inode.
 *
 *   FLOORHAND_POWER_FOLDER   absolute path of the profile
 *   FLOORHAND_POWER_JOURNAL  the file to append to
 *
 * A file's descriptor is opened in the browser's process and handed to the page's, which writes and syncs by itself: so
 * a file is known by where its descriptor points, at each call. The browser's own index of names (`Paths`, `Origins`:
 * LevelDB) is left out; see `tests/handset/cuts.py`.
 */
#define _GNU_SOURCE
#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/uio.h>
#include <unistd.h>

static const char *folder;
static int journal = -1;

#define REAL(name) ((__typeof__(&name)) real(#name))
static void *real(const char *name) {
    void *found = dlsym(RTLD_NEXT, name);
    if (found == NULL) abort();
    return found;
}

__attribute__((constructor)) static void begin(void) {
    folder = getenv("FLOORHAND_POWER_FOLDER");
    const char *path = getenv("FLOORHAND_POWER_JOURNAL");
    if (folder != NULL && path != NULL) journal = open(path, O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0600);
}

/* The inode of a file whose bytes a page keeps: <profile>/Default/File System/000/t/00/00000001; 0 for any other. */
static uint64_t inode_of(int fd) {
    char link[32], path[PATH_MAX + 1];
    struct stat found;
    if (journal < 0) return 0;
    snprintf(link, sizeof link, "/proc/self/fd/%d", fd);
    ssize_t length = readlink(link, path, PATH_MAX);
    if (length < 0) return 0;
    path[length] = 0;
    if (strncmp(path, folder, strlen(folder)) != 0 || strstr(path, "/File System/") == NULL) return 0;
    if (strstr(path, "/t/00/") == NULL || fstat(fd, &found) != 0) return 0;
    return found.st_ino;
}

static void note(char kind, int fd, uint64_t offset, const void *bytes, int64_t length) {
    int kept = errno;
    uint64_t inode = length < 0 ? 0 : inode_of(fd);
    if (inode != 0) {
        struct __attribute__((packed)) { char kind; uint64_t inode, offset, length; } head = {kind, inode, offset, length};
        struct iovec parts[2] = {{&head, sizeof head}, {(void *) bytes, length}};
        if (writev(journal, parts, 2) != (ssize_t) (sizeof head + length)) abort();
    }
    errno = kept;
}

#define PWRITE(name, type)                                                     \
    ssize_t name(int fd, const void *bytes, size_t length, type offset) {      \
        ssize_t written = REAL(name)(fd, bytes, length, offset);               \
        note('W', fd, offset, bytes, written);                                 \
        return written;                                                        \
    }
PWRITE(pwrite, off_t)
PWRITE(pwrite64, off64_t)

#define TRUNCATE(name, type)                                                   \
    int name(int fd, type length) {                                            \
        int done = REAL(name)(fd, length);                                     \
        note('T', fd, length, "", done);                                       \
        return done;                                                           \
    }
TRUNCATE(ftruncate, off_t)
TRUNCATE(ftruncate64, off64_t)

#define SYNC(name)                                                             \
    int name(int fd) {                                                         \
        int done = REAL(name)(fd);                                             \
        note('S', fd, 0, "", done);                                            \
        return done;                                                           \
    }
SYNC(fsync)
SYNC(fdatasync)
