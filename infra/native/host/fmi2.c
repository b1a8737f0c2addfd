/* What FMI 2.0 does in its own way. */
#include "host.h"
#include <stdio.h>
#include <stdlib.h>
#include <time.h>

#define OWN(F)                                                    \
  F(SetupExperiment, (void *, int, double, double, int, double))  \
  F(EnterInitializationMode, (void *))                            \
  F(GetReal, (void *, const uint32_t *, size_t, double *))        \
  F(GetInteger, (void *, const uint32_t *, size_t, int32_t *))    \
  F(GetBoolean, (void *, const uint32_t *, size_t, int32_t *))    \
  F(SetReal, (void *, const uint32_t *, size_t, const double *))  \
  F(SetInteger, (void *, const uint32_t *, size_t, const int32_t *)) \
  F(SetBoolean, (void *, const uint32_t *, size_t, const int32_t *)) \
  F(DoStep, (void *, double, double, int))                        \
  F(GetStatus, (void *, int, int32_t *))                          \
  F(GetRealStatus, (void *, int, double *))                       \
  F(GetBooleanStatus, (void *, int, int32_t *))                   \
  F(NewDiscreteStates, (void *, void *))                          \
  F(CompletedIntegratorStep, (void *, int, int32_t *, int32_t *)) \
  F(GetDirectionalDerivative, (void *, const uint32_t *, size_t, const uint32_t *, size_t, const double *, double *))
#define POINTER(name, arguments) int(*name) arguments;
static struct {
  OWN(POINTER)
} own;
#define ASK2(name, ...) ASK_OWN("fmi2", name, ##__VA_ARGS__)
#define CALL2(name, ...) CALL_OWN("fmi2", name, ##__VA_ARGS__)

enum { DO_STEP_STATUS = 0, LAST_SUCCESSFUL_TIME = 2, TERMINATED = 3 }; /* fmi2StatusKind */
enum { LONGEST_PAUSE_MS = 50 };

/* fmi2CallbackFunctions. A model holds on to it. */
static struct {
  void (*logger)(void *, const char *, int, const char *, const char *, ...);
  void *(*allocate)(size_t, size_t);
  void (*free)(void *);
  void *step_finished, *environment;
} callbacks = {log_message, calloc, free, NULL, NULL};

static void *make_instance(const char *identifier, const char *guid, const char *resources) {
  void *(*make)(const char *, int, const char *, const char *, const void *, int, int) = NULL;
  find((void **)&make, "fmi2Instantiate");
  /* Logging is on: most models say why they fail only then. */
  return make(identifier, model.exchanges ? 0 : 1, guid, resources, &callbacks, false, true);
}

static void initialize_instance(double time) {
  bool has_tolerance = !isnan(model.tolerance);
  CALL2(SetupExperiment, has_tolerance, has_tolerance ? model.tolerance : 0, time, false, 0.0);
  CALL2(EnterInitializationMode);
  CALL(ExitInitializationMode);
}

static void get(int type, uint32_t count, const uint32_t *references, const uint32_t *places, double *into) {
  void *values = room_for_values(count);
  if (type == FLOAT64) CALL2(GetReal, references, count, values);
  else if (type == INT32) CALL2(GetInteger, references, count, values);
  else CALL2(GetBoolean, references, count, values);
  for (uint32_t i = 0; i < count; i++) into[places[i]] = type == FLOAT64 ? ((double *)values)[i] : ((int32_t *)values)[i];
}

/* The nearest value that an integer has, toward zero. */
static int32_t whole(double value) {
  if (isnan(value)) return 0;
  return value <= INT32_MIN ? INT32_MIN : value >= INT32_MAX ? INT32_MAX : (int32_t)value;
}

static void set(int type, uint32_t count, const uint32_t *references, const uint32_t *places, const double *from) {
  void *values = room_for_values(count);
  for (uint32_t i = 0; i < count; i++) {
    double value = from[places[i]];
    if (type == FLOAT64) ((double *)values)[i] = value;
    else ((int32_t *)values)[i] = type == INT32 ? whole(value) : value != 0;
  }
  if (type == FLOAT64) CALL2(SetReal, references, count, values);
  else if (type == INT32) CALL2(SetInteger, references, count, values);
  else CALL2(SetBoolean, references, count, values);
}

/* The model computes on its own: it is asked until it is done, ever less often. Its time limit is its process's. */
static int wait_for_step(void) {
  for (long pause_ms = 1;; pause_ms = pause_ms < LONGEST_PAUSE_MS / 2 ? 2 * pause_ms : LONGEST_PAUSE_MS) {
    int32_t status = FATAL;
    CALL2(GetStatus, DO_STEP_STATUS, &status);
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
  bool knows_time = ASK2(GetRealStatus, LAST_SUCCESSFUL_TIME, &reached) == OK;
  if (ASK2(GetBooleanStatus, TERMINATED, &has_ended) == OK && has_ended != false) end_simulation(knows_time ? reached : from);
  char head[128];
  snprintf(head, sizeof head, "fmi2DoStep from %s s to %s s returned fmi2Discard", number(from, 0), number(to, 1));
  if (knows_time) fail_model("%s; it came to %s s", head, number(reached, 0));
  fail_model("%s", head);
}

static void step(double from, double to) {
  int status = ASK2(DoStep, from, to - from, false);
  if (status == PENDING) status = wait_for_step();
  if (status == DISCARD) discarded(from, to);
  check(status, "fmi2DoStep");
}

static Event update(void) {
  /* fmi2EventInfo */
  struct {
    int32_t needs_another, ends, nominals_changed, states_changed, has_next_event;
    double next_event;
  } info = {0};
  CALL2(NewDiscreteStates, &info);
  return (Event){info.needs_another != false, info.ends != false, info.nominals_changed != false, info.has_next_event != false,
                 info.next_event};
}

static void complete(bool *wants_event, bool *ends) {
  int32_t event = false, end = false;
  CALL2(CompletedIntegratorStep, false, &event, &end);
  *wants_event = event != false;
  *ends = end != false;
}

static int differentiate(const uint32_t *states, uint32_t count, const double *direction, double *change) {
  return ASK2(GetDirectionalDerivative, model.derivative_references, model.states, states, count, direction, change);
}

const Version fmi2 = {make_instance, initialize_instance, get, set, step, update, complete, differentiate};
