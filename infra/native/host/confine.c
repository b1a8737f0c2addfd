/* What this process gives up before it loads anything of the model, and what it says of that. */
#include "host.h"
#include <fcntl.h>
#include <linux/capability.h>
#include <signal.h>
#include <stdio.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/syscall.h>
#include <unistd.h>

enum { LARGEST_FILE = 256 << 20, MOST_DESCRIPTORS = 256, HEADROOM = 256 << 20 };
static bool files, calls, user;

static void limit(int which, uint64_t value) { setrlimit(which, &(struct rlimit){value, value}); }

/* It leaves no core file, writes no huge ones, opens few, takes little more memory than this, and ends with its parent. */
static void limit_itself(uint64_t memory) {
  limit(RLIMIT_CORE, 0);
  limit(RLIMIT_FSIZE, LARGEST_FILE);
  limit(RLIMIT_NOFILE, MOST_DESCRIPTORS);
  limit(RLIMIT_DATA, memory + HEADROOM);
  limit(RLIMIT_STACK, STACK);
  prctl(PR_SET_PDEATHSIG, SIGKILL);
}

/* Root keeps one capability, to read files whoever's they are: it is only root where the model's files are closed to others. */
static void drop_capabilities(void) {
  struct __user_cap_header_struct header = {_LINUX_CAPABILITY_VERSION_3, 0};
  uint32_t kept = getuid() == 0 ? 1u << CAP_DAC_READ_SEARCH : 0;
  struct __user_cap_data_struct sets[2] = {{kept, kept, 0}, {0, 0, 0}};
  syscall(SYS_capset, &header, sets);
  bool has_none = syscall(SYS_capget, &header, sets) == 0;
  for (int i = 0; i < 2; i++) has_none = has_none && (sets[i].effective | sets[i].permitted | sets[i].inheritable) == 0;
  user = getuid() != 0 && has_none;
}

void confine(const Room *room) {
  close_range(PACKAGE, ~0u, 0);
  if (open(room->package, O_PATH | O_DIRECTORY) != PACKAGE) _exit(1);
  files = restrict_files(room);
  limit_itself(room->memory);
  drop_capabilities();
  calls = restrict_calls(files);
}

void report_loaded(void) {
  char head[192];
  static const char *const IS[] = {"false", "true"};
  snprintf(head, sizeof head, "{\"kind\":\"loaded\",\"confinement\":{\"files\":%s,\"calls\":%s,\"user\":%s},\"layout\":\"%016llx\"}", IS[files], IS[calls], IS[user],
           (unsigned long long)layout());
  report(head, NULL, 0, NULL, 0);
}
