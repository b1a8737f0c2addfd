/*
 * Files that a model keeps open. If it only reads them and opened all of them before the base was taken, their positions are
 * all that its memory does not tell: another process has opened the same ones.
 */
#include "image.h"
#include "host.h"
#include <fcntl.h>
#include <poll.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

enum { FIRST = PACKAGE + 1 };
static bool are_open[MOST_FILES];
static const char *never;

static bool find_open(bool *open) {
  struct pollfd files[MOST_FILES - FIRST];
  for (int i = FIRST; i < MOST_FILES; i++) files[i - FIRST] = (struct pollfd){.fd = i};
  if (poll(files, MOST_FILES - FIRST, 0) < 0) return false;
  for (int i = FIRST; i < MOST_FILES; i++) open[i] = (files[i - FIRST].revents & POLLNVAL) == 0;
  return true;
}

uint64_t note_files(void) {
  uint64_t hash = 0;
  never = find_open(are_open) ? NULL : "its files cannot be counted";
  for (int i = FIRST; i < MOST_FILES; i++) {
    struct stat info;
    if (!are_open[i]) continue;
    if (fstat(i, &info) != 0 || !S_ISREG(info.st_mode) || (fcntl(i, F_GETFL) & O_ACCMODE) != O_RDONLY) never = "it keeps a file open that it writes";
    else hash = mix(mix(hash, (uint64_t)i), (uint64_t)info.st_size);
  }
  return hash;
}

const char *judge_files(void) {
  bool open[MOST_FILES] = {false};
  if (!find_open(open)) return "its files cannot be counted";
  return memcmp(open, are_open, sizeof open) == 0 ? never : "it opens files, or closes them, while it computes";
}

size_t places_of_files(Place *places) {
  size_t count = 0;
  for (int i = FIRST; i < MOST_FILES; i++) {
    if (are_open[i]) places[count++] = (Place){(uint64_t)i, (uint64_t)lseek(i, 0, SEEK_CUR)};
  }
  return count;
}

void place_file(Place place) {
  if (place.file >= MOST_FILES || !are_open[place.file]) fail_model("its image is damaged");
  lseek((int)place.file, (off_t)place.position, SEEK_SET);
}
