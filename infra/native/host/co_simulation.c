/* A model that brings its solver: FMI 2.0, section 4.2. Nothing is outside of the model: it can be captured everywhere. */
#include "host.h"
#include <stdio.h>
#include <time.h>

enum { DO_STEP_STATUS = 0, LAST_SUCCESSFUL_TIME = 2, TERMINATED = 3 }; /* fmi2StatusKind */
enum { LONGEST_PAUSE_MS = 50 };

static void change(double time, const double *inputs) {
  (void)time;
  set_values(&model.inputs, inputs);
}
static void rest(double time) { (void)time; }
static void resume(double time, double until) { (void)time, (void)until; }

/* The model computes on its own: it is asked until it is done, ever less often. Its time limit is its process's. */
static int wait_for_step(void) {
  for (long pause_ms = 1;; pause_ms = pause_ms < LONGEST_PAUSE_MS / 2 ? 2 * pause_ms : LONGEST_PAUSE_MS) {
    int32_t status = FATAL;
    CALL(GetStatus, DO_STEP_STATUS, &status);
    if (status != PENDING) return status;
    nanosleep(&(struct timespec){.tv_nsec = pause_ms * 1000000}, NULL);
  }
}

/*
 * The step was computed in part or not at all: the model has ended, or cannot go on. There is no way around: a shorter step ends
 * at the same place.
 */
static _Noreturn void discarded(double from, double to) {
  double reached = from;
  int32_t has_ended = false;
  bool knows_time = ASK(GetRealStatus, LAST_SUCCESSFUL_TIME, &reached) == OK;
  if (ASK(GetBooleanStatus, TERMINATED, &has_ended) == OK && has_ended != false) end_simulation(knows_time ? reached : from);
  char head[128];
  snprintf(head, sizeof head, "fmi2DoStep from %s s to %s s returned fmi2Discard", number(from, 0), number(to, 1));
  if (knows_time) fail_model("%s; it came to %s s", head, number(reached, 0));
  fail_model("%s", head);
}

static void advance(double from, double to) {
  if (to <= from) return;
  int status = ASK(DoStep, from, to - from, false);
  if (status == PENDING) status = wait_for_step();
  if (status == DISCARD) discarded(from, to);
  check(status, "fmi2DoStep");
}

static uint8_t *capture(size_t *length) { return serialize(0, length); }

const Simulation co_simulation = {1, initialize_instance, change, rest, resume, advance, capture, deserialize};
