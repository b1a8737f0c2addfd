/*
 * Models whose state, saved and restored, is not their state: one for each -DMEMORY=NAME.
 *   FORGETS        keeps something beside its state, in a C global
 *   FORGETS_LATER  the same, of which nothing is to be seen in its first days
 *   POINTS         what it serializes is an address: another process that goes there crashes
 *   STALLS         never comes back when another process is put to its state
 *   CRASHES_LATER  crashes when another process is put to its state, but not in its first days
 */
enum { ALL_IN_STATE, FORGETS, FORGETS_LATER, POINTS, STALLS, CRASHES_LATER };
#ifndef MEMORY
#define MEMORY ALL_IN_STATE
#endif
/* Far longer than anybody looks when it is uploaded, s. */
static const double FIRST_DAYS = 8 * 86400.0;

/* A filtered temperature, that follows the south zone's: no part of the state. */
static double remembered = 0;

static void remember(const Building *b) { remembered += 0.1 * (b->x[AIR + SOUTH] - remembered); }

static int is_late(const Building *b) { return b->time - b->begun > FIRST_DAYS; }

/* What the fan's power shows of it. */
static double recalled(const Building *b) {
  return MEMORY == FORGETS || (MEMORY == FORGETS_LATER && is_late(b)) ? remembered : 0;
}

/* The process that wrote the state, by an address of its own, which differs from process to process. */
static const void *myself(void) { return &remembered; }

/* What may happen when the model is put to a state that was written here or elsewhere. */
static void revisit(const Building *b, const void *writer) {
  if (writer == myself()) return;
  if (MEMORY == STALLS)
    for (volatile int forever = 1; forever;) continue;
  if (MEMORY == CRASHES_LATER && is_late(b)) *(volatile int *)8 = 1;
}
