/*
 * Ways for a model to misbehave, one for each -DMISBEHAVIOUR=NAME: from some seconds of simulated time on, so that it
 * initializes and looks well at first.
 */
#include <arpa/inet.h>
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <signal.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

enum { NONE, CRASH, ABORT, EXIT, HANG, LEAK, WRITE, SNOOP, KILL, FORK, FLOOD, FORGE, LIAR, MEDDLE, ERROR, FATAL, DISCARD, PENDING, STUCK, NEEDS };
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
    case ERROR: say(m, fmi2Error, "logStatusError", "the boiler is on fire"); return fmi2Error;
    case FATAL: say(m, fmi2Fatal, "logStatusFatal", "nothing works any more"); return fmi2Fatal;
    case DISCARD: say(m, fmi2Discard, "logStatusDiscard", "cannot go that far"); return fmi2Discard;
    case PENDING:
    case STUCK: polls = 0; return fmi2Pending;
    default: break;
  }
  return fmi2OK;
}
