/* Loaded before the C library (LD_PRELOAD) to make a disk fail: while the file FAIL_SWITCH exists, the call FAIL_CALL
   (fdatasync or pwrite) ends with an input/output error for files whose path ends in FAIL_FILE. A write that fails has
   written its first half, in whole sectors as disks do. */
#define _GNU_SOURCE
#include <errno.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/syscall.h>
#include <unistd.h>

#define SECTOR 512

static int fails(const char *call, int file)
{
    const char *wanted = getenv("FAIL_CALL");
    const char *end = getenv("FAIL_FILE");
    const char *on = getenv("FAIL_SWITCH");
    if (!wanted || !end || !on || strcmp(wanted, call) != 0 || access(on, F_OK) != 0) {
        return 0;
    }

    char link[64];
    char path[PATH_MAX];
    snprintf(link, sizeof link, "/proc/self/fd/%d", file);
    ssize_t length = readlink(link, path, sizeof path);
    size_t tail = strlen(end);
    return length >= (ssize_t)tail && memcmp(path + length - tail, end, tail) == 0;
}

int fdatasync(int file)
{
    if (fails("fdatasync", file)) {
        errno = EIO;
        return -1;
    }
    return (int)syscall(SYS_fdatasync, file);
}

ssize_t pwrite(int file, const void *bytes, size_t count, off_t offset)
{
    if (fails("pwrite", file)) {
        off_t end = (offset + (off_t)(count / 2)) / SECTOR * SECTOR;
        if (end > offset) {
            syscall(SYS_pwrite64, file, bytes, (size_t)(end - offset), offset);
        }
        errno = EIO;
        return -1;
    }
    return (ssize_t)syscall(SYS_pwrite64, file, bytes, count, offset);
}

#define STANDS_IN(X) X(fdatasync) X(pwrite)
#include "preloaded.h"
