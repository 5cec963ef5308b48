/*
 * Kills at the n-th call that changes the file system, or lets it fail, counted over all processes and threads of a run. Loaded with
 * LD_PRELOAD into node and git. `CKPT_KILLS` names a file of at least sizeof(struct run) bytes that all of them share.
 */
#define _GNU_SOURCE
#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdarg.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <sys/uio.h>
#include <unistd.h>

#define MOST_PROCESSES 1024

struct run {
  atomic_int calls;
  /* The call before which is killed; 0: none, calls are only counted. */
  atomic_int target;
  /* 0: every process, 1: the first one alone. */
  atomic_int only_leader;
  atomic_int fired;
  /* The errno that calls fail with; 0: the target kills. */
  atomic_int error;
  /* Whether every call from the target on fails, not that one alone. */
  atomic_int for_good;
  /* Which calls are counted: bits of `enum kind`. */
  atomic_int kinds;
  atomic_int process_count;
  atomic_int processes[MOST_PROCESSES];
};

/* What a call does: makes a name, takes one away, changes permissions, writes out, or writes bytes to a file. */
enum kind { MAKES = 1, REMOVES = 2, PERMITS = 4, SYNCS = 8, WRITES = 16 };

static struct run *run;

__attribute__((constructor)) static void begin(void) {
  const char *path = getenv("CKPT_KILLS");
  int fd = path ? (int)open(path, O_RDWR | O_CLOEXEC) : -1;
  if (fd < 0) return;
  void *at = mmap(NULL, sizeof *run, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);
  close(fd);
  if (at == MAP_FAILED) return;
  run = at;
  int n = atomic_fetch_add(&run->process_count, 1);
  if (n < MOST_PROCESSES) atomic_store(&run->processes[n], getpid());
  /* Forked before the kill, and not listed then. */
  if (atomic_load(&run->fired) && !atomic_load(&run->only_leader)) kill(getpid(), SIGKILL);
}

static void kill_run(void) {
  atomic_store(&run->fired, 1);
  int count = atomic_load(&run->only_leader) ? 1 : atomic_load(&run->process_count);
  for (int i = 0; i < count && i < MOST_PROCESSES; i++) {
    int pid = atomic_load(&run->processes[i]);
    if (pid > 0 && pid != getpid()) kill(pid, SIGKILL);
  }
  if (!atomic_load(&run->only_leader) || atomic_load(&run->processes[0]) == getpid()) kill(getpid(), SIGKILL);
}

/* Counts a call. True where it must fail, with errno set. */
static int fails(enum kind kind) {
  if (!run || !(atomic_load(&run->kinds) & kind)) return 0;
  int n = atomic_fetch_add(&run->calls, 1) + 1;
  int target = atomic_load(&run->target);
  int error = atomic_load(&run->error);
  if (target == 0 || n < target || (n > target && !(error && atomic_load(&run->for_good)))) return 0;
  if (!error) kill_run();
  errno = error;
  return error != 0;
}

static int is_file(int fd) {
  struct stat found;
  return run && fstat(fd, &found) == 0 && S_ISREG(found.st_mode);
}

#define NEXT(name) ((typeof(&name))dlsym(RTLD_NEXT, #name))
#define CALL(kind, name, ...) return fails(kind) ? -1 : NEXT(name)(__VA_ARGS__)
#define WRITE(name, fd, ...) return is_file(fd) && fails(WRITES) ? -1 : NEXT(name)(fd, __VA_ARGS__)

int rename(const char *a, const char *b) { CALL(MAKES, rename, a, b); }
int renameat(int c, const char *a, int d, const char *b) { CALL(MAKES, renameat, c, a, d, b); }
int link(const char *a, const char *b) { CALL(MAKES, link, a, b); }
int linkat(int c, const char *a, int d, const char *b, int f) { CALL(MAKES, linkat, c, a, d, b, f); }
int unlink(const char *a) { CALL(REMOVES, unlink, a); }
int unlinkat(int d, const char *a, int f) { CALL(REMOVES, unlinkat, d, a, f); }
int mkdir(const char *a, mode_t m) { CALL(MAKES, mkdir, a, m); }
int rmdir(const char *a) { CALL(REMOVES, rmdir, a); }
int fsync(int fd) { CALL(SYNCS, fsync, fd); }
int chmod(const char *a, mode_t m) { CALL(PERMITS, chmod, a, m); }
ssize_t write(int fd, const void *from, size_t n) { WRITE(write, fd, from, n); }
ssize_t pwrite(int fd, const void *from, size_t n, off_t at) { WRITE(pwrite, fd, from, n, at); }
ssize_t pwrite64(int fd, const void *from, size_t n, off64_t at) { WRITE(pwrite64, fd, from, n, at); }
ssize_t writev(int fd, const struct iovec *from, int n) { WRITE(writev, fd, from, n); }

/* Repositories may be made in /dev/shm. */
static int is_device(const char *path) {
  return strncmp(path, "/dev/", 5) == 0 && strncmp(path, "/dev/shm/", 9) != 0;
}

/* Opens that may make a file. Devices are nobody's disk. */
static int opening_fails(const char *path, int flags) {
  return (flags & O_CREAT) && !is_device(path) && fails(MAKES);
}

static mode_t mode_of(int flags, va_list more) { return flags & O_CREAT ? (mode_t)va_arg(more, int) : 0; }

#define OPEN(name)                                       \
  int name(const char *path, int flags, ...) {           \
    va_list more;                                        \
    va_start(more, flags);                               \
    mode_t mode = mode_of(flags, more);                  \
    va_end(more);                                        \
    if (opening_fails(path, flags)) return -1;           \
    return NEXT(name)(path, flags, mode);                \
  }
OPEN(open)
OPEN(open64)

#define OPENAT(name)                                     \
  int name(int dir, const char *path, int flags, ...) {  \
    va_list more;                                        \
    va_start(more, flags);                               \
    mode_t mode = mode_of(flags, more);                  \
    va_end(more);                                        \
    if (opening_fails(path, flags)) return -1;           \
    return NEXT(name)(dir, path, flags, mode);           \
  }
OPENAT(openat)
OPENAT(openat64)
