/* Linux' landlock(7): a process gives up its rights to files, and other things, for good. */
#include "host.h"
#include <fcntl.h>
#include <sys/prctl.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

/* Written out: the headers of the system that this is compiled on may be older than the kernel that it runs on. */
enum { CREATE_RULESET = 444, ADD_RULE = 445, RESTRICT_SELF = 446, ASK_VERSION = 1, PATH_BENEATH = 1 };
enum { EXECUTE = 1 << 0, WRITE_FILE = 1 << 1, READ_FILE = 1 << 2, READ_FOLDER = 1 << 3, TRUNCATE = 1 << 14, CONTROL = 1 << 15 };
enum { READ = EXECUTE | READ_FILE | READ_FOLDER, ON_FILES = EXECUTE | WRITE_FILE | READ_FILE | TRUNCATE | CONTROL };

static const char *const SYSTEM[] = {"/usr", "/lib", "/lib64", "/etc/ld.so.cache", "/etc/localtime", "/dev/urandom", "/dev/random", "/dev/zero",
                                     "/proc/cpuinfo", "/proc/meminfo", "/sys/devices/system/cpu", NULL};

static void allow(int ruleset, const char *path, uint64_t rights) {
  int file = open(path, O_PATH | O_CLOEXEC);
  if (file < 0) return; /* what is not there needs no rights */
  struct stat info;
  bool is_folder = fstat(file, &info) == 0 && S_ISDIR(info.st_mode);
  struct __attribute__((packed)) {
    uint64_t rights;
    int32_t file;
  } rule = {is_folder ? rights : rights & ON_FILES, file};
  /* What cannot be allowed stays forbidden. */
  syscall(ADD_RULE, ruleset, PATH_BENEATH, &rule, 0);
  close(file);
}

/*
 * Takes from this process all files but these, TCP, and signals and abstract sockets to others: as much of it as the kernel
 * knows. False if it knows nothing of it.
 */
bool restrict_files(const Room *room) {
  long version = syscall(CREATE_RULESET, NULL, 0, ASK_VERSION);
  if (version < 1) return false;
  static const int KNOWN[] = {13, 14, 15, 15, 16}; /* rights to files, from the first version of the interface on */
  uint64_t all = ((uint64_t)1 << KNOWN[(version < 5 ? version : 5) - 1]) - 1;
  /* struct landlock_ruleset_attr: rights to files; from version 4 on to TCP; from 6 on scopes */
  uint64_t handled[] = {all, 3, 3};
  size_t size = (version < 4 ? 1 : version < 6 ? 2 : 3) * sizeof *handled;
  int ruleset = (int)syscall(CREATE_RULESET, handled, size, 0);
  if (ruleset < 0) return false;
  for (int i = 0; SYSTEM[i] != NULL; i++) allow(ruleset, SYSTEM[i], READ & all);
  for (int i = 0; room->libraries[i] != NULL; i++) allow(ruleset, room->libraries[i], READ & all);
  allow(ruleset, room->package, READ & all);
  allow(ruleset, room->scratch, all);
  allow(ruleset, "/dev/null", all);
  bool is_restricted = prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) == 0 && syscall(RESTRICT_SELF, ruleset, 0) == 0;
  close(ruleset);
  return is_restricted;
}
