/*
 * Models whose state, saved and restored, is not their state: one for each -DMEMORY=NAME.
 *   FORGETS        keeps something beside its state, in a C global
 *   FORGETS_LATER  the same, of which nothing is to be seen in its first days
 *   POINTS         what it serializes is an address: another process that goes there crashes
 *   STALLS         never comes back when another process is put to its state
 *   CRASHES_LATER  crashes when another process is put to its state, but not in its first days
 *   KEEPS_FILE     counts its steps by the length of a file that it keeps open
 *   ITERATES       an output is what it was when it was read last, and half the way to what it should be
 *   READS_CLOCK    depends on the time of day: no two runs are equal
 * -DCARGO=bytes gives a model without a state as much memory beside it.
 */
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <time.h>
#include <unistd.h>

enum { ALL_IN_STATE, FORGETS, FORGETS_LATER, POINTS, STALLS, CRASHES_LATER, KEEPS_FILE, ITERATES, READS_CLOCK };
#ifndef MEMORY
#define MEMORY ALL_IN_STATE
#endif
/* Far longer than anybody looks when it is uploaded, s. */
static const double FIRST_DAYS = 8 * 86400.0;

/* A filtered temperature, that follows the south zone's: no part of the state. */
static double remembered = 0;

static FILE *diary = NULL;

static void remember(const Building *b) {
  if (MEMORY == ITERATES) return;
  remembered += 0.1 * (b->x[AIR + SOUTH] - remembered);
  if (MEMORY != KEEPS_FILE) return;
  if (!diary) diary = fopen("diary", "w");
  if (diary) fputc('x', diary);
}

static double nanoseconds(void) {
  struct timespec now;
  clock_gettime(CLOCK_MONOTONIC, &now);
  return (double)now.tv_nsec;
}

static int is_late(const Building *b) { return b->time - b->begun > FIRST_DAYS; }

/* What the fan's power shows of it. */
static double recalled(const Building *b) {
  if (MEMORY == KEEPS_FILE) return diary ? (double)ftell(diary) : 0;
  if (MEMORY == READS_CLOCK) return nanoseconds();
  if (MEMORY == ITERATES) return remembered += 0.5 * (b->x[AIR + SOUTH] - remembered);
  return MEMORY == FORGETS || (MEMORY == FORGETS_LATER && is_late(b)) ? remembered : 0;
}

/* Memory of -DCARGO=bytes, that is none of the state and has no use: every other word cannot be compressed. */
#ifdef CARGO
static uint64_t cargo[CARGO / sizeof(uint64_t)];
static void load_cargo(void) {
  if (cargo[0] != 0) return;
  for (uint64_t i = 0; i < CARGO / sizeof *cargo; i++) {
    uint64_t mixed = (i + 1) * 0x9e3779b97f4a7c15u;
    mixed ^= mixed >> 29, mixed *= 0xbf58476d1ce4e5b9u, mixed ^= mixed >> 32;
    cargo[i] = i % 2 == 0 ? mixed : i / 512 + 1;
  }
}
#else
static void load_cargo(void) {}
#endif

/* The process that wrote the state. */
static const void *myself(void) { return (const void *)(intptr_t)getpid(); }

/* A place that only this process has: every process allocates at the same addresses. */
static void *own_place(size_t size) {
  void *place = mmap(NULL, size, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
  if (place == MAP_FAILED) abort();
  return place;
}

/* What may happen when the model is put to a state that was written here or elsewhere. */
static void revisit(const Building *b, const void *writer) {
  if (writer == myself()) return;
  if (MEMORY == STALLS)
    for (volatile int forever = 1; forever;) continue;
  if (MEMORY == CRASHES_LATER && is_late(b)) *(volatile int *)8 = 1;
}
