/*
 * Ways for a model to misbehave, one for each -DMISBEHAVIOUR=NAME: from some seconds of simulated time on, so that it
 * initializes and looks well at first.
 */
#include <arpa/inet.h>
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <setjmp.h>
#include <linux/fs.h>
#include <netinet/in.h>
#include <pthread.h>
#include <signal.h>
#include <sys/ioctl.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

enum { NONE, CRASH, ABORT, EXIT, HANG, LEAK, WRITE, SNOOP, KILL, FORK, FLOOD, FORGE, LIAR, MEDDLE, ERROR, FATAL, DISCARD, PENDING, STUCK, GRASP, FILL, LITTER, HIDE, BURROW, LINGER, ROUND, CORRUPT, UNDERRUN, SWEEP, OVERFLOW, JUMP, FINISH, NEEDS };
#ifndef MISBEHAVIOUR
#define MISBEHAVIOUR NONE
#endif

static int polls = 0;

/* What fmi2GetStatus says of a step under way. */
static fmi2Status pending_status(void) {
  if (MISBEHAVIOUR == STUCK) return fmi2Pending;
  return ++polls < 5 ? fmi2Pending : fmi2OK;
}

/* What the one that looks around looks for, and what it has found. */
static const char SECRET[] = "boptest-secret-";
static int secrets = 0, memories = 0;

/* Every readable piece of a file, into the log; a NUL becomes a space. */
static void tell_file(Model *m, const char *path) {
  char bytes[900], text[1024];
  int file = open(path, O_RDONLY);
  if (file < 0) {
    snprintf(text, sizeof text, "%.80s: error %d", path, errno);
    say(m, fmi2OK, "snoop", text);
    return;
  }
  ssize_t n;
  for (int parts = 0; parts < 20 && (n = read(file, bytes, sizeof bytes - 1)) > 0; parts++) {
    for (ssize_t i = 0; i < n; i++)
      if (bytes[i] == 0 || bytes[i] == '\n' || bytes[i] == '%' || bytes[i] == '#') bytes[i] = ' ';
    bytes[n] = 0;
    if (strstr(bytes, SECRET)) secrets++;
    snprintf(text, sizeof text, "%.80s: %s", path, bytes);
    say(m, fmi2OK, "snoop", text);
  }
  close(file);
}

static void snoop(Model *m) {
  extern char **environ;
  char text[1024];
  for (char **each = environ; *each; each++) {
    if (strstr(*each, SECRET)) secrets++;
    snprintf(text, sizeof text, "own environment: %.900s", *each);
    say(m, fmi2OK, "snoop", text);
  }
  tell_file(m, "/proc/self/environ");
  tell_file(m, "/proc/self/cmdline");
  tell_file(m, "/proc/self/mountinfo");
  /* Whoever else there is, the parent among them. */
  DIR *processes = opendir("/proc");
  struct dirent *entry;
  while (processes && (entry = readdir(processes))) {
    if (entry->d_name[0] < '1' || entry->d_name[0] > '9') continue;
    char path[300];
    snprintf(path, sizeof path, "/proc/%s/environ", entry->d_name);
    tell_file(m, path);
    snprintf(path, sizeof path, "/proc/%s/mem", entry->d_name);
    if (atoi(entry->d_name) != getpid()) {
      int memory = open(path, O_RDONLY);
      snprintf(text, sizeof text, "%s: %s", path, memory < 0 ? "closed" : "OPEN");
      say(m, fmi2OK, "snoop", text);
      if (memory >= 0) memories++, close(memory);
    }
  }
  if (processes) closedir(processes);
  for (int fd = 0; fd < 256; fd++) {
    char path[64], target[256];
    snprintf(path, sizeof path, "/proc/self/fd/%d", fd);
    ssize_t n = readlink(path, target, sizeof target - 1);
    if (n < 0) continue;
    target[n] = 0;
    snprintf(text, sizeof text, "descriptor %d: %s", fd, target);
    say(m, fmi2OK, "snoop", text);
  }
  snprintf(text, sizeof text, "secrets: %d, memories of others: %d", secrets, memories);
  say(m, fmi2OK, "snoop", text);
  /* Its first input says where somebody listens: no port is free on every machine. */
  int port = (int)m->building.value[0];
  int made = socket(AF_INET, SOCK_STREAM, 0);
  struct sockaddr_in address = {.sin_family = AF_INET, .sin_port = htons(port)};
  inet_pton(AF_INET, "127.0.0.1", &address.sin_addr);
  int connected = made >= 0 && connect(made, (struct sockaddr *)&address, sizeof address) == 0;
  snprintf(text, sizeof text, "port %d: %s", port, connected ? "CONNECTED" : "refused");
  say(m, fmi2OK, "snoop", text);
}

static void write_outside(Model *m) {
  /* Two levels above the resources is the unpacked package; above that, whatever is there. */
  static const char *const PATHS[] = {"../outside.txt", "/outside.txt", "/tmp/fmu-outside.txt", "/etc/fmu-outside.txt"};
  for (size_t i = 0; i < sizeof PATHS / sizeof *PATHS; i++) {
    FILE *file = fopen(PATHS[i], "w");
    char text[200];
    snprintf(text, sizeof text, "%s: %s", PATHS[i], file ? "WRITTEN" : "refused");
    if (file) {
      fputs("written by a model\n", file);
      fclose(file);
    }
    say(m, fmi2OK, "write", text);
  }
}

/* Calls that would be carried out, or would fail for another reason than that they are refused. */
static void meddle(Model *m) {
  unsigned long mask = 0;
  int normal = 0;
  syscall(SYS_sched_getaffinity, 0, sizeof mask, &mask);
  const struct {
    const char *name;
    long numbers[4];
  } calls[] = {
      {"memfd_create", {SYS_memfd_create, (long)"x", 0, 0}},
      {"memfd_secret", {447, 0, 0, 0}},
      {"sched_setaffinity", {SYS_sched_setaffinity, 0, sizeof mask, (long)&mask}},
      {"sched_setscheduler", {SYS_sched_setscheduler, 0, 0, (long)&normal}},
      {"sched_setparam", {SYS_sched_setparam, 0, (long)&normal, 0}},
      {"sched_setattr", {SYS_sched_setattr, 0, 0, 0}},
      {"ioprio_set", {SYS_ioprio_set, 1, 0, 2 << 13}},
      {"F_SETOWN", {SYS_fcntl, 4, 8, getpid()}},
      {"F_SETSIG", {SYS_fcntl, 4, 10, 0}},
      {"F_SETOWN_EX", {SYS_fcntl, 4, 15, 0}},
      {"F_GETFD", {SYS_fcntl, 4, 1, 0}},
  };
  char text[200];
  for (size_t i = 0; i < sizeof calls / sizeof *calls; i++) {
    const long *n = calls[i].numbers;
    long result = syscall(n[0], n[1], n[2], n[3]);
    snprintf(text, sizeof text, "%s: error %d", calls[i].name, result < 0 ? errno : 0);
    say(m, fmi2OK, "meddle", text);
  }
  int last = 0, opened[1000], count = 0;
  while (count < 1000 && (last = dup(1)) >= 0) opened[count++] = last;
  snprintf(text, sizeof text, "descriptors: %s", count < 256 ? "few" : "MANY");
  while (count > 0) close(opened[--count]);
  say(m, fmi2OK, "meddle", text);
}

/*
 * Calls that change files, the clock or itself, on a file of its own where there is one: each would be carried out, or would
 * fail for another reason than that it is refused.
 */
static void grasp(Model *m) {
  static char kernel_timex[512];
  char text[200];
  const long at = AT_FDCWD, own = (long)"grasped";
  int file = open("grasped", O_CREAT | O_RDWR, 0600);
  long flags = 0, uid = getuid(), gid = getgid();
  const struct {
    const char *name;
    long numbers[6];
  } calls[] = {
      {"chmod", {SYS_chmod, own, 0600}},
      {"fchmod", {SYS_fchmod, file, 0600}},
      {"fchmodat", {SYS_fchmodat, at, own, 0600}},
      {"fchmodat2", {452, at, own, 0600, 0}},
      {"chown", {SYS_chown, own, uid, gid}},
      {"fchown", {SYS_fchown, file, uid, gid}},
      {"lchown", {SYS_lchown, own, uid, gid}},
      {"fchownat", {SYS_fchownat, at, own, uid, gid, 0}},
      {"utime", {SYS_utime, own, 0}},
      {"utimes", {SYS_utimes, own, 0}},
      {"futimesat", {SYS_futimesat, at, own, 0}},
      {"utimensat", {SYS_utimensat, at, own, 0, 0}},
      {"setxattr", {SYS_setxattr, own, (long)"user.a", own, 1, 0}},
      {"lsetxattr", {SYS_lsetxattr, own, (long)"user.a", own, 1, 0}},
      {"fsetxattr", {SYS_fsetxattr, file, (long)"user.a", own, 1, 0}},
      {"removexattr", {SYS_removexattr, own, (long)"user.b"}},
      {"lremovexattr", {SYS_lremovexattr, own, (long)"user.b"}},
      {"fremovexattr", {SYS_fremovexattr, file, (long)"user.b"}},
      {"mknod", {SYS_mknod, (long)"pipe1", S_IFIFO | 0600, 0}},
      {"mknodat", {SYS_mknodat, at, (long)"pipe2", S_IFIFO | 0600, 0}},
      {"fanotify_init", {SYS_fanotify_init, 0x200, 0}},
      {"fanotify_mark", {SYS_fanotify_mark, -1, 0, 0, 0, 0}},
      {"inotify_init1", {SYS_inotify_init1, 0}},
      {"clock_adjtime", {SYS_clock_adjtime, 0, (long)kernel_timex}},
      {"adjtimex", {SYS_adjtimex, (long)kernel_timex}},
      {"settimeofday", {SYS_settimeofday, 0, 0}},
      {"name_to_handle_at", {SYS_name_to_handle_at, at, own, 0, 0, 0}},
      {"setresuid", {SYS_setresuid, -1, -1, -1}},
      {"setgroups", {SYS_setgroups, -1, 0}},
      {"capset", {SYS_capset, 0, 0}},
      {"personality", {SYS_personality, 0xffffffff}},
      {"FS_IOC_SETFLAGS", {SYS_ioctl, file, FS_IOC_SETFLAGS, (long)&flags}},
      {"TIOCSTI", {SYS_ioctl, file, 0x5412, own}},
      {"PR_SET_PDEATHSIG", {SYS_prctl, PR_SET_PDEATHSIG, SIGKILL}},
      {"PR_SET_PTRACER", {SYS_prctl, PR_SET_PTRACER, 0}},
      {"PR_SET_DUMPABLE", {SYS_prctl, PR_SET_DUMPABLE, 1}},
      {"PR_GET_DUMPABLE", {SYS_prctl, PR_GET_DUMPABLE}},
  };
  for (size_t i = 0; i < sizeof calls / sizeof *calls; i++) {
    const long *n = calls[i].numbers;
    long result = syscall(n[0], n[1], n[2], n[3], n[4], n[5]);
    snprintf(text, sizeof text, "%s: error %d", calls[i].name, result < 0 ? errno : 0);
    say(m, fmi2OK, "grasp", text);
  }
  /* struct __user_cap_header_struct, and twice __user_cap_data_struct */
  unsigned header[2] = {0x20080522, 0}, sets[6] = {0};
  syscall(SYS_capget, header, sets);
  snprintf(text, sizeof text, "root: %s, capabilities: %x %x %x", uid == 0 ? "YES" : "no", sets[0] | sets[3], sets[1] | sets[4], sets[2] | sets[5]);
  say(m, fmi2OK, "grasp", text);
}

/* Files of a megabyte: so many, and whether each is deleted and held open. */
static void write_files(int count, size_t bytes, int hidden) {
  static char megabyte[1 << 20];
  memset(megabyte, 'x', sizeof megabyte);
  for (int i = 0; i < count; i++) {
    char name[40];
    snprintf(name, sizeof name, "written-%d", i);
    int file = open(name, O_CREAT | O_WRONLY, 0600);
    for (size_t done = 0; file >= 0 && done < bytes; done += sizeof megabyte)
      if (write(file, megabyte, bytes < sizeof megabyte ? bytes : sizeof megabyte) < 0) break;
    if (hidden) unlink(name);
    else close(file);
  }
}

/* A thread that computes for ever, also when nobody asks for anything. */
static void *compute_on(void *unused) {
  for (volatile unsigned i = 0;; i++) continue;
  return unused;
}

/* Takes all of the stack. The address of each frame is used, so that the compiler makes no loop of it. */
static int descend(volatile char *above) {
  volatile char frame[4096];
  frame[0] = above[0];
  return descend(frame) + frame[0];
}

/* Returns, so that a jump to it leads into a frame that is gone. */
static jmp_buf gone;
static __attribute__((noinline)) int be_gone(void) { return setjmp(gone); }

static fmi2Status misbehave(Model *m, double time) {
  if (MISBEHAVIOUR == NONE || MISBEHAVIOUR == NEEDS || time < MISBEHAVES_AT) return fmi2OK;
  switch (MISBEHAVIOUR) {
    case CRASH:
      say(m, fmi2Warning, "logAll", "about to crash");
      *(volatile int *)8 = 1;
      break;
    case ABORT: abort();
    case EXIT: exit(0);
    case HANG:
      for (volatile int forever = 1; forever;) continue;
      break;
    case LEAK:
      for (;;) memset(malloc(1 << 20), 1, 1 << 20);
    case MEDDLE: meddle(m); break;
    case WRITE: write_outside(m); break;
    case SNOOP: snoop(m); break;
    case KILL: say(m, fmi2OK, "kill", kill(getppid(), SIGTERM) == 0 ? "parent: KILLED" : "parent: refused"); break;
    case FORK: {
      /* A child that would live on. It ends by itself, should nobody end it. */
      pid_t child = fork();
      if (child == 0) {
        setsid();
        sleep(20);
        _exit(0);
      }
      say(m, fmi2OK, "fork", child > 0 ? "fork: DONE" : "fork: refused");
      char *const none[] = {NULL};
      execve("/bin/true", none, none);
      say(m, fmi2OK, "fork", "exec: refused");
      break;
    }
    case FLOOD:
      for (int i = 0; i < 2000; i++) {
        printf("printed line %d\n", i);
        say(m, fmi2Warning, "logAll", "a line among very many");
      }
      break;
    case FORGE: {
      /* What looks like an answer, on the descriptors that orders and answers go through. */
      static const char frame[] = "\x10\0\0\0\x08\0\0\0{\"ok\":1}########";
      for (int fd = 3; fd <= 4; fd++)
        if (write(fd, frame, sizeof frame) < 0) continue;
      break;
    }
    case LIAR: {
      /* A report that its process was ended by its parent. */
      static const char frame[] = "\x32\0\0\0\0\0\0\0{\"kind\":\"failed\",\"failure\":\"owner\",\"message\":\"no\"}";
      if (write(4, frame, sizeof frame - 1) < 0) break;
      sleep(2);
      break;
    }
    case GRASP: grasp(m); break;
    case FILL: write_files(50, 10 << 20, 0); break;
    case LITTER: write_files(5000, 1, 0); break;
    case HIDE: write_files(50, 10 << 20, 1); break;
    case BURROW: {
      /* So deep that no path leads there, in folders that are closed but to who is in them. */
      char name[201];
      memset(name, 'b', 200);
      name[200] = 0;
      for (int depth = 0; depth < 40; depth++)
        if (mkdir(name, 0300) < 0 || chdir(name) < 0) break;
      write_files(50, 10 << 20, 0);
      break;
    }
    case LINGER: {
      static pthread_t thread;
      if (!thread) say(m, fmi2OK, "linger", pthread_create(&thread, NULL, compute_on, NULL) == 0 ? "thread: started" : "thread: refused");
      break;
    }
    case ROUND: {
      volatile long double two = 2;
      if (two * two != 4) abort();
      /* Once: from here on up, numbers near zero are zero, and `long double` has no register left. */
      if (time == MISBEHAVES_AT) {
        __builtin_ia32_ldmxcsr(0xdfc0);
        __asm__ volatile("movq %%mm0, %%mm1" ::: "memory");
      }
      break;
    }
    case CORRUPT: {
      /* Writes over the allocator's own words before and behind a block, until that notices. Volatile: else it is left out. */
      volatile char *block = malloc(24);
      for (int i = -16; i < 4096; i++) block[i] = (char)0xff;
      free((void *)block);
      for (size_t size = 16; size < 100000; size += 16) free(malloc(size));
      break;
    }
    case UNDERRUN: {
      /* Writes right before its block, which is the allocator's, and gives the block back. */
      volatile char *block = malloc(24);
      for (int i = -16; i < 0; i++) block[i] = 0;
      free((void *)block);
      break;
    }
    case SWEEP: {
      /* Writes over all of its memory, and on, before it. */
      for (volatile char *at = malloc(24);; at--) *at = 0;
    }
    case OVERFLOW: {
      volatile char top = 1;
      descend(&top);
      break;
    }
    case JUMP:
      be_gone();
      longjmp(gone, 1);
    case ERROR: say(m, fmi2Error, "logStatusError", "the boiler is on fire"); return fmi2Error;
    case FATAL: say(m, fmi2Fatal, "logStatusFatal", "nothing works any more"); return fmi2Fatal;
    case DISCARD: say(m, fmi2Discard, "logStatusDiscard", "cannot go that far"); return fmi2Discard;
    case PENDING:
    case STUCK: polls = 0; return fmi2Pending;
    default: break;
  }
  return fmi2OK;
}
