/*
 * Kills at the n-th call that changes the file system, counted over all processes and threads of a run. Loaded with LD_PRELOAD into
 * node and git. `CKPT_KILLS` names a file of at least sizeof(struct run) bytes that all of them share.
 */
#define _GNU_SOURCE
#include <dlfcn.h>
#include <fcntl.h>
#include <signal.h>
#include <stdarg.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#define MOST_PROCESSES 1024

struct run {
  atomic_int calls;
  /* The call before which is killed; 0: none, calls are only counted. */
  atomic_int target;
  /* 0: every process, 1: the first one alone. */
  atomic_int only_leader;
  atomic_int fired;
  atomic_int process_count;
  atomic_int processes[MOST_PROCESSES];
};

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

static void step(void) {
  if (!run || atomic_fetch_add(&run->calls, 1) + 1 != atomic_load(&run->target)) return;
  atomic_store(&run->fired, 1);
  int count = atomic_load(&run->only_leader) ? 1 : atomic_load(&run->process_count);
  for (int i = 0; i < count && i < MOST_PROCESSES; i++) {
    int pid = atomic_load(&run->processes[i]);
    if (pid > 0 && pid != getpid()) kill(pid, SIGKILL);
  }
  if (!atomic_load(&run->only_leader) || atomic_load(&run->processes[0]) == getpid()) kill(getpid(), SIGKILL);
}

#define NEXT(name) ((typeof(&name))dlsym(RTLD_NEXT, #name))

int rename(const char *a, const char *b) { step(); return NEXT(rename)(a, b); }
int renameat(int c, const char *a, int d, const char *b) { step(); return NEXT(renameat)(c, a, d, b); }
int link(const char *a, const char *b) { step(); return NEXT(link)(a, b); }
int linkat(int c, const char *a, int d, const char *b, int f) { step(); return NEXT(linkat)(c, a, d, b, f); }
int unlink(const char *a) { step(); return NEXT(unlink)(a); }
int unlinkat(int d, const char *a, int f) { step(); return NEXT(unlinkat)(d, a, f); }
int mkdir(const char *a, mode_t m) { step(); return NEXT(mkdir)(a, m); }
int rmdir(const char *a) { step(); return NEXT(rmdir)(a); }
int fsync(int fd) { step(); return NEXT(fsync)(fd); }
int chmod(const char *a, mode_t m) { step(); return NEXT(chmod)(a, m); }

static mode_t mode_of(int flags, va_list more) {
  if (!(flags & O_CREAT)) return 0;
  step();
  return (mode_t)va_arg(more, int);
}

#define OPEN(name)                                       \
  int name(const char *path, int flags, ...) {           \
    va_list more;                                        \
    va_start(more, flags);                               \
    mode_t mode = mode_of(flags, more);                  \
    va_end(more);                                        \
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
    return NEXT(name)(dir, path, flags, mode);           \
  }
OPENAT(openat)
OPENAT(openat64)
