/* The program: functions/emulator/host.ts starts it. Arguments: the unpacked package, a folder of its own, the memory that it may
 * have (bytes), folders of libraries. */
#include "host.h"
#include <stdio.h>
#include <unistd.h>

enum { LOAD = 1, INITIALIZE, RESTORE, SIMULATE, RESTORE_IMAGE };

static Room room;

static void serve(void) {
  static char line[4096];
  confine(&room);
  /* What the model prints is seen line by line, not when its process ends: it may be killed before. */
  setvbuf(stdout, line, _IOLBF, sizeof line);
  for (;;) {
    Bytes bytes;
    uint32_t kind = next_order(&bytes);
    if (kind == LOAD) load(&bytes);
    else if (instance == NULL) fail_model("no model is loaded");
    else if (kind == INITIALIZE) initialize(&bytes);
    else if (kind == RESTORE) restore(&bytes);
    else if (kind == SIMULATE) simulate(&bytes);
    else if (kind == RESTORE_IMAGE) restore_image(&bytes);
  }
}

int main(int count, char **arguments) {
  if (count < 4) _exit(1);
  fix_addresses(arguments);
  room = (Room){.package = arguments[1], .scratch = arguments[2], .libraries = arguments + 4};
  for (const char *digit = arguments[3]; *digit >= '0' && *digit <= '9'; digit++) room.memory = 10 * room.memory + (uint64_t)(*digit - '0');
  run_on_own_stack(serve);
}
