/* What FMI 3.0 does in its own way. Event mode is not used in Co-Simulation: the model handles its events within its steps. */
#include "host.h"
#include <stdio.h>

/* fmi3Boolean is C's bool; each type has a pair of functions, and tells how many values there are twice: arrays have more. */
#define TYPED(F)                \
  F(FLOAT64, Float64, double)   \
  F(INT32, Int32, int32_t)      \
  F(BOOLEAN, Boolean, bool)     \
  F(FLOAT32, Float32, float)    \
  F(INT8, Int8, int8_t)         \
  F(UINT8, UInt8, uint8_t)      \
  F(INT16, Int16, int16_t)      \
  F(UINT16, UInt16, uint16_t)   \
  F(UINT32, UInt32, uint32_t)   \
  F(INT64, Int64, int64_t)      \
  F(UINT64, UInt64, uint64_t)
#define ACCESS(type, name, c)                                              \
  int (*Get##name)(void *, const uint32_t *, size_t, c *, size_t);         \
  int (*Set##name)(void *, const uint32_t *, size_t, const c *, size_t);
static struct {
  TYPED(ACCESS)
  int (*EnterInitializationMode)(void *, bool, double, double, bool, double);
  int (*DoStep)(void *, double, double, bool, bool *, bool *, bool *, double *);
  int (*UpdateDiscreteStates)(void *, bool *, bool *, bool *, bool *, bool *, double *);
  int (*CompletedIntegratorStep)(void *, bool, bool *, bool *);
  int (*GetDirectionalDerivative)(void *, const uint32_t *, size_t, const uint32_t *, size_t, const double *, size_t, double *, size_t);
  int (*GetNumberOfEventIndicators)(void *, size_t *);
  int (*GetNumberOfContinuousStates)(void *, size_t *);
} own;
#define ASK3(name, ...) ASK_OWN("fmi3", name, ##__VA_ARGS__)
#define CALL3(name, ...) CALL_OWN("fmi3", name, ##__VA_ARGS__)

typedef void (*Log)(void *, int, const char *, const char *);

/* Logging is on: most models say why they fail only then. `resources` is a path; without any, it is null. */
static void *make_instance(const char *identifier, const char *token, const char *resources) {
  const char *folder = *resources == 0 ? NULL : resources;
  if (model.exchanges) {
    void *(*make)(const char *, const char *, const char *, bool, bool, void *, Log) = NULL;
    find((void **)&make, "fmi3InstantiateModelExchange");
    return make(identifier, token, folder, false, true, NULL, log_text);
  }
  /* Neither event mode nor early return; no variables for intermediate updates, and none of these. */
  void *(*make)(const char *, const char *, const char *, bool, bool, bool, bool, const uint32_t *, size_t, void *, Log, void *) = NULL;
  find((void **)&make, "fmi3InstantiateCoSimulation");
  return make(identifier, token, folder, false, true, false, false, NULL, 0, NULL, log_text, NULL);
}

/* The description names the states and event indicators; how many there are is the model's word. */
static void count_states(void) {
  size_t states = 0, indicators = 0;
  CALL3(GetNumberOfContinuousStates, &states);
  CALL3(GetNumberOfEventIndicators, &indicators);
  if (states != model.states) fail_model("the model has %zu continuous states, and its description names %u", states, model.states);
  if (indicators > 1000000) fail_model("the model has %zu event indicators", indicators);
  model.indicators = (uint32_t)indicators;
}

static void initialize_instance(double time) {
  bool has_tolerance = !isnan(model.tolerance);
  CALL3(EnterInitializationMode, has_tolerance, has_tolerance ? model.tolerance : 0, time, false, 0.0);
  CALL(ExitInitializationMode);
  if (model.exchanges) count_states();
}

static void get(int type, uint32_t count, const uint32_t *references, const uint32_t *places, double *into) {
#define GET(type, name, c)                                                       \
  case type: {                                                                   \
    c *values = room_for_values(count);                                                 \
    CALL3(Get##name, references, count, values, count);                          \
    for (uint32_t i = 0; i < count; i++) into[places[i]] = (double)values[i];    \
    break;                                                                       \
  }
  switch (type) { TYPED(GET) }
}

/* The nearest value that a type of integers has, toward zero. `bits`: without the sign. */
static int64_t whole(double value, bool has_sign, int bits) {
  double least = has_sign ? -ldexp(1, bits) : 0, beyond = ldexp(1, bits);
  if (isnan(value)) return 0;
  if (value <= least) return (int64_t)least;
  if (value >= beyond) return (int64_t)(bits == 64 ? UINT64_MAX : ((uint64_t)1 << bits) - 1);
  return bits == 64 ? (int64_t)(uint64_t)value : (int64_t)value;
}
#define CONVERTED(value, c)                     \
  _Generic((c)0,                                \
      double: (value),                          \
      float: (value),                           \
      bool: (value) != 0,                       \
      int8_t: whole(value, true, 7),            \
      uint8_t: whole(value, false, 8),          \
      int16_t: whole(value, true, 15),          \
      uint16_t: whole(value, false, 16),        \
      int32_t: whole(value, true, 31),          \
      uint32_t: whole(value, false, 32),        \
      int64_t: whole(value, true, 63),          \
      uint64_t: (uint64_t)whole(value, false, 64))

static void set(int type, uint32_t count, const uint32_t *references, const uint32_t *places, const double *from) {
#define SET(type, name, c)                                                                     \
  case type: {                                                                                 \
    c *values = room_for_values(count);                                                               \
    for (uint32_t i = 0; i < count; i++) values[i] = (c)CONVERTED(from[places[i]], c);         \
    CALL3(Set##name, references, count, values, count);                                        \
    break;                                                                                     \
  }
  switch (type) { TYPED(SET) }
}

static void step(double from, double to) {
  bool needs_event = false, ends = false, is_early = false;
  double reached = to;
  int status = ASK3(DoStep, from, to - from, false, &needs_event, &ends, &is_early, &reached);
  if (status != DISCARD) check(status, "fmi3DoStep");
  if (ends) end_simulation(reached);
  if (status != DISCARD && !is_early) return;
  char head[128];
  snprintf(head, sizeof head, "fmi3DoStep from %s s to %s s", number(from, 0), number(to, 1));
  const char *how = status == DISCARD ? "returned fmi3Discard" : "returned early, which it was not allowed to";
  fail_model("%s %s; it came to %s s", head, how, number(reached, 0));
}

static Event update(void) {
  Event event = {0};
  bool have_states_changed = false;
  CALL3(UpdateDiscreteStates, &event.needs_another, &event.ends, &event.nominals_changed, &have_states_changed, &event.has_next_event,
        &event.next_event);
  return event;
}

static void complete(bool *wants_event, bool *ends) {
  *wants_event = *ends = false;
  CALL3(CompletedIntegratorStep, false, wants_event, ends);
}

static int differentiate(const uint32_t *states, uint32_t count, const double *direction, double *change) {
  return ASK3(GetDirectionalDerivative, model.derivative_references, model.states, states, count, direction, count, change, model.states);
}

const Version fmi3 = {make_instance, initialize_instance, get, set, step, update, complete, differentiate};
