/*
 * A model in a bare loop: FMI's calls and the integrator are the service's own sources, so that both do the same, and there is
 * nothing around them. No confinement, no fixed addresses, the C library's own memory, no state, one process from start to end.
 *
 * Argument: the unpacked package. Descriptor 3: the orders to load, to initialize, and of the step of an hour
 * (functions/emulator/orders.ts). Standard input: `first count`, which steps to take; on standard output the ns that they took.
 */
#include "host.h"
#include <fcntl.h>
#include <inttypes.h>
#include <stdio.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#undef malloc
#undef calloc
#undef realloc
#undef free

/* In place of the host's arenas. */
Arena model_memory, host_memory;
void *allocate(Arena *it, size_t length, bool is_zero) { return (void)it, is_zero ? calloc(1, length) : malloc(length); }
void *resize(Arena *it, void *memory, size_t length) { return (void)it, realloc(memory, length); }
void own_free(void *memory) { free(memory); }
void keep_apart(void *library) { (void)library; }

/* In place of images and of the answer to an order: nobody asks for them here. */
void note_base(void) {}
uint8_t *take_image(const void *known, size_t known_length, size_t *length, const char **why) {
  return (void)known, (void)known_length, (void)length, (void)why, NULL;
}
Bytes put_to_image(Bytes from) { return from; }
void report_loaded(void) {}
/* A model that has failed waits to be ended. */
int pause(void) { _exit(1); }

static int64_t nanoseconds(void) {
  struct timespec now;
  clock_gettime(CLOCK_MONOTONIC, &now);
  return 1000000000 * (int64_t)now.tv_sec + now.tv_nsec;
}

int main(int count, char **arguments) {
  enum { HOUR = 3600 };
  if (count != 2 || dup2(open(arguments[1], O_PATH | O_DIRECTORY), PACKAGE) < 0) return 1;
  int64_t began = nanoseconds();
  Bytes order;
  next_order(&order);
  load(&order);
  next_order(&order);
  initialize(&order);
  /* The last one stays where it is: its first number is where its grid begins. */
  next_order(&order);
  double begin;
  memcpy(&begin, order.at, sizeof begin);
  printf("%" PRId64 "\n", nanoseconds() - began);
  fflush(stdout);
  for (long first, steps; scanf("%ld %ld", &first, &steps) == 2;) {
    began = nanoseconds();
    for (long i = first; i < first + steps; i++) {
      Bytes step = order;
      double start = begin + (double)HOUR * (double)i;
      memcpy((void *)step.at, &start, sizeof start);
      simulate(&step);
    }
    printf("%" PRId64 "\n", nanoseconds() - began);
    fflush(stdout);
  }
  return 0;
}
