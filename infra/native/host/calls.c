/*
 * Linux' seccomp(2): a program in BPF decides over every system call of this process, for good. What is not on a list is
 * refused: what reaches other processes, the network, more rights, more of the machine, or changes what is not its own.
 */
#include "host.h"
#include <errno.h>
#include <fcntl.h>
#include <linux/audit.h>
#include <linux/filter.h>
#include <linux/seccomp.h>
#include <sched.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <unistd.h>

static const uint16_t ALLOWED[] = {
    /* Files: no owners, rights, times, attributes, watching. How they are opened, and what changes folders, see below. */
    SYS_read, SYS_write, SYS_readv, SYS_writev, SYS_pread64, SYS_pwrite64, SYS_preadv, SYS_pwritev, SYS_close, SYS_close_range, SYS_lseek, SYS_stat, SYS_fstat, SYS_lstat, SYS_newfstatat, SYS_statx, SYS_statfs, SYS_fstatfs, SYS_access,
    SYS_faccessat, SYS_faccessat2, SYS_readlink, SYS_readlinkat, SYS_getdents, SYS_getdents64, SYS_getcwd, SYS_chdir, SYS_fchdir,
    SYS_ftruncate, SYS_fallocate, SYS_fsync, SYS_fdatasync, SYS_flock, SYS_fadvise64, SYS_sendfile, SYS_copy_file_range, SYS_umask,
    SYS_dup, SYS_dup2, SYS_dup3, SYS_pipe, SYS_pipe2,
    /* Waiting, and time. */
    SYS_poll, SYS_ppoll, SYS_select, SYS_pselect6, SYS_eventfd2, SYS_nanosleep, SYS_clock_nanosleep, SYS_clock_gettime,
    SYS_clock_getres, SYS_gettimeofday, SYS_time, SYS_times, SYS_pause, SYS_alarm, SYS_setitimer, SYS_getitimer, SYS_restart_syscall,
    /* Memory. */
    SYS_mmap, SYS_munmap, SYS_mremap, SYS_mprotect, SYS_madvise, SYS_mincore, SYS_msync, SYS_brk, SYS_membarrier,
    /* Itself and its threads. */
    SYS_getpid, SYS_gettid, SYS_getppid, SYS_getuid, SYS_geteuid, SYS_getgid, SYS_getegid, SYS_getgroups, SYS_getpgrp, SYS_getpgid,
    SYS_getsid, SYS_getresuid, SYS_getresgid, SYS_capget, SYS_getrlimit, SYS_getrusage, SYS_uname, SYS_sysinfo, SYS_getrandom, SYS_getcpu,
    SYS_rt_sigaction, SYS_rt_sigprocmask, SYS_rt_sigreturn, SYS_rt_sigsuspend, SYS_rt_sigpending, SYS_rt_sigtimedwait, SYS_sigaltstack,
    SYS_futex, SYS_set_robust_list, SYS_set_tid_address, SYS_rseq, SYS_arch_prctl, SYS_exit, SYS_exit_group, SYS_sched_yield,
    SYS_sched_getaffinity, SYS_sched_getparam, SYS_sched_getscheduler, SYS_sched_get_priority_max, SYS_sched_get_priority_min,
};
/* What writes files by their paths: only where Landlock says which. */
static const uint16_t WRITING[] = {SYS_open,   SYS_openat,   SYS_creat,     SYS_mkdir, SYS_mkdirat, SYS_rmdir,   SYS_unlink,    SYS_unlinkat,
                                   SYS_rename, SYS_renameat, SYS_renameat2, SYS_link,  SYS_linkat,  SYS_symlink, SYS_symlinkat, SYS_truncate};
/* Flags of an opening after which a file can be written, is there, or is empty. */
static const uint32_t WRITES = O_ACCMODE | O_CREAT | O_TRUNC;
/* Calls that do many things, and those that are allowed, by an argument. No signals to others when something happens to a descriptor. */
static const uint32_t FCNTLS[] = {F_DUPFD, F_GETFD, F_SETFD, F_GETFL, F_SETFL, F_GETLK, F_SETLK, F_SETLKW, F_DUPFD_CLOEXEC};
static const uint32_t IOCTLS[] = {0x5401 /* TCGETS */, 0x5413 /* TIOCGWINSZ */, 0x541b /* FIONREAD */, 0x5421 /* FIONBIO */};
/* Its parent's death ends it, and nobody looks into it: that is not its own to change. */
static const uint32_t PRCTLS[] = {PR_GET_DUMPABLE, PR_GET_NAME, PR_SET_NAME, PR_GET_NO_NEW_PRIVS};

enum { CLONE3 = 435, X32_CALLS = 0x40000000, MOST = 512 };
#define COUNT(list) (sizeof(list) / sizeof *(list))
#define ARGUMENT(index) (offsetof(struct seccomp_data, args) + 8 * (index))

typedef struct {
  struct sock_filter lines[MOST];
  size_t length;
} Program;

static void add(Program *to, uint16_t code, uint8_t if_true, uint8_t if_false, uint32_t value) {
  to->lines[to->length++] = (struct sock_filter){code, if_true, if_false, value};
}
static void load_word(Program *to, size_t at) { add(to, BPF_LD | BPF_W | BPF_ABS, 0, 0, (uint32_t)at); }
static void answer(Program *to, uint32_t value) { add(to, BPF_RET | BPF_K, 0, 0, value); }
static void if_equals(Program *to, uint32_t value, uint32_t then) {
  add(to, BPF_JMP | BPF_JEQ | BPF_K, 0, 1, value);
  answer(to, then);
}
/* The rest is for another call: so many lines on. */
static void unless(Program *to, uint32_t call, size_t lines) { add(to, BPF_JMP | BPF_JEQ | BPF_K, 0, (uint8_t)lines, call); }

static const uint32_t REFUSE = SECCOMP_RET_ERRNO | EPERM, ABSENT = SECCOMP_RET_ERRNO | ENOSYS;

static void by_argument(Program *to, uint32_t call, int index, const uint32_t *allowed, size_t count) {
  unless(to, call, 2 + 2 * count);
  load_word(to, ARGUMENT(index));
  for (size_t i = 0; i < count; i++) if_equals(to, allowed[i], SECCOMP_RET_ALLOW);
  answer(to, REFUSE);
}

static void only_reading(Program *to, uint32_t call, int flags) {
  unless(to, call, 4);
  load_word(to, ARGUMENT(flags));
  add(to, BPF_JMP | BPF_JSET | BPF_K, 0, 1, WRITES);
  answer(to, REFUSE);
  answer(to, SECCOMP_RET_ALLOW);
}

/* False if the kernel does not let us. */
bool restrict_calls(bool are_files_restricted) {
  static Program it;
  uint32_t self = (uint32_t)getpid(), self_or_none[] = {self, 0};
  load_word(&it, offsetof(struct seccomp_data, arch));
  add(&it, BPF_JMP | BPF_JEQ | BPF_K, 1, 0, AUDIT_ARCH_X86_64);
  answer(&it, SECCOMP_RET_KILL_PROCESS);
  load_word(&it, offsetof(struct seccomp_data, nr));
  add(&it, BPF_JMP | BPF_JGE | BPF_K, 0, 1, X32_CALLS);
  answer(&it, REFUSE);
  for (size_t i = 0; i < COUNT(ALLOWED); i++) if_equals(&it, ALLOWED[i], SECCOMP_RET_ALLOW);
  for (size_t i = 0; are_files_restricted && i < COUNT(WRITING); i++) if_equals(&it, WRITING[i], SECCOMP_RET_ALLOW);
  if (!are_files_restricted) {
    only_reading(&it, SYS_open, 1);
    only_reading(&it, SYS_openat, 2);
  }
  /* Threads yes, processes no. What clone3 is to do cannot be seen from here: without it, the C library takes clone. */
  if_equals(&it, CLONE3, ABSENT);
  unless(&it, SYS_clone, 4);
  load_word(&it, ARGUMENT(0));
  add(&it, BPF_JMP | BPF_JSET | BPF_K, 1, 0, CLONE_THREAD);
  answer(&it, REFUSE);
  answer(&it, SECCOMP_RET_ALLOW);
  by_argument(&it, SYS_fcntl, 1, FCNTLS, COUNT(FCNTLS));
  by_argument(&it, SYS_ioctl, 1, IOCTLS, COUNT(IOCTLS));
  by_argument(&it, SYS_prctl, 0, PRCTLS, COUNT(PRCTLS));
  by_argument(&it, SYS_kill, 0, &self, 1);
  by_argument(&it, SYS_tgkill, 0, &self, 1);
  by_argument(&it, SYS_prlimit64, 0, self_or_none, 2);
  answer(&it, REFUSE);
  struct sock_fprog program = {(unsigned short)it.length, it.lines};
  return prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) == 0 && syscall(SYS_seccomp, SECCOMP_SET_MODE_FILTER, 0, &program) == 0;
}
