/* Loaded before the C library (LD_PRELOAD) to make every sync of a file take SLOW_SYNC_MS longer, as a slow disk does.
   Where SLOW_SYNC_FILE names a file, the number in it counts instead, so that a disk can become slow and fast again. */
#define _GNU_SOURCE
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/syscall.h>
#include <time.h>
#include <unistd.h>

static void wait_a_little(void)
{
    const char *path = getenv("SLOW_SYNC_FILE");
    const char *text = getenv("SLOW_SYNC_MS");
    char content[16] = { 0 };
    if (path) {
        int file = open(path, O_RDONLY);
        text = file >= 0 && read(file, content, sizeof content - 1) > 0 ? content : "0";
        if (file >= 0) {
            close(file);
        }
    }
    long ms = text ? atol(text) : 0;
    struct timespec span = { ms / 1000, (ms % 1000) * 1000000L };
    while (nanosleep(&span, &span) != 0) { }
}

int fsync(int file)
{
    wait_a_little();
    return (int)syscall(SYS_fsync, file);
}

int fdatasync(int file)
{
    wait_a_little();
    return (int)syscall(SYS_fdatasync, file);
}

#define STANDS_IN(X) X(fsync) X(fdatasync)
#include "preloaded.h"
