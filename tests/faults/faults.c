/* Let a process die, or its disk be full, at its n-th write, fsync or rename in one folder: preloaded before the C library.
 *
 * Build: cc -shared -fPIC -O1 -o faults.so faults.c -ldl */
#define _GNU_SOURCE
#include <dlfcn.h>
#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/types.h>
#include <unistd.h>

enum { NONE, WRITE, FSYNC, RENAME };

static int armed_kind = NONE, calls_left = 0, kills = 0, is_full = 0;
static char armed_folder[4096];

/* Arm one fault: kind as above, the number of the call, whether it kills (else the disk is full from then on), and the folder. */
void fault_arm(int kind, int call, int kill_, const char *folder) {
    snprintf(armed_folder, sizeof armed_folder, "%s/", folder);
    armed_kind = kind;
    calls_left = call;
    kills = kill_;
    is_full = 0;
}

/* Tell whether the fault has come. */
int fault_came(void) { return armed_kind != NONE && calls_left <= 0; }

static int is_inside(const char *path) { return strncmp(path, armed_folder, strlen(armed_folder)) == 0; }

static int is_open_inside(int fd) {
    char link[64], path[4096];
    snprintf(link, sizeof link, "/proc/self/fd/%d", fd);
    ssize_t length = readlink(link, path, sizeof path - 1);
    if (length < 0) return 0;
    path[length] = 0;
    return is_inside(path) || strncmp(path, armed_folder, strlen(armed_folder) - 1) == 0; /* the folder itself, for fsync */
}

static int is_due(int kind) { return kind == armed_kind && calls_left > 0 && --calls_left == 0; }

static void die(void) {
    kill(getpid(), SIGKILL);
    for (;;) pause();
}

static int no_space(void) {
    errno = ENOSPC;
    return -1;
}

ssize_t write(int fd, const void *data, size_t size) {
    static ssize_t (*real)(int, const void *, size_t);
    if (!real) *(void **)&real = dlsym(RTLD_NEXT, "write");
    if (armed_kind == NONE || fd < 3 || !is_open_inside(fd)) return real(fd, data, size);
    if (is_full) return no_space();
    if (!is_due(WRITE)) return real(fd, data, size);
    ssize_t half = size > 1 ? real(fd, data, size / 2) : 0; /* as a disk does: what fits goes, then it is full */
    if (kills) die();
    is_full = 1;
    return half > 0 ? half : no_space();
}

int fsync(int fd) {
    static int (*real)(int);
    if (!real) *(void **)&real = dlsym(RTLD_NEXT, "fsync");
    if (armed_kind != NONE && is_open_inside(fd) && is_due(FSYNC)) {
        if (kills) die();
        return no_space();
    }
    return real(fd);
}

int rename(const char *from, const char *to) {
    static int (*real)(const char *, const char *);
    if (!real) *(void **)&real = dlsym(RTLD_NEXT, "rename");
    if (armed_kind != NONE && is_inside(to) && is_due(RENAME)) {
        if (kills) die();
        return no_space();
    }
    return real(from, to);
}
