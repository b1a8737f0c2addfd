/*
 * The building behind FMI 3.0's C interface (fmi-standard.org, FMI 3.0.1, sections 2.2, 3.2 and 4.2): the same model as fmu.c, whose
 * own functions are not seen from outside. Compiled with the same options, and -DFMI2_EXPORT=static.
 */
#include <stdbool.h>
#include <stdint.h>

#include "fmu.c"

#define EXPORT __attribute__((visibility("default")))
typedef void (*LogMessage)(void *environment, int status, const char *category, const char *message);
static LogMessage log_message;

/* Of the FMI 2.0 model inside. */
static void pass_on(fmi2ComponentEnvironment environment, fmi2String name, fmi2Status status, fmi2String category, fmi2String format, ...) {
  (void)name;
  char text[1000];
  va_list rest;
  va_start(rest, format);
  vsnprintf(text, sizeof text, format, rest);
  va_end(rest);
  log_message(environment, status, category, text);
}

static void *instantiate(fmi2Type type, const char *name, const char *token, const char *path, bool logging, void *environment, LogMessage log) {
  static fmi2CallbackFunctions callbacks = {pass_on, calloc, free, NULL, NULL};
  char uri[4096];
  log_message = log;
  callbacks.componentEnvironment = environment;
  snprintf(uri, sizeof uri, "file://%s", path ? path : "");
  return fmi2Instantiate(name, type, token, uri, &callbacks, false, logging);
}

EXPORT const char *fmi3GetVersion(void) { return "3.0"; }

EXPORT void *fmi3InstantiateCoSimulation(const char *name, const char *token, const char *path, bool visible, bool logging, bool event_mode,
                                         bool early_return, const uint32_t required[], size_t count, void *environment, LogMessage log,
                                         void *intermediate_update) {
  (void)visible, (void)required;
  if (event_mode || early_return || count > 0 || intermediate_update) return NULL;
  return instantiate(fmi2CoSimulation, name, token, path, logging, environment, log);
}

EXPORT void *fmi3InstantiateModelExchange(const char *name, const char *token, const char *path, bool visible, bool logging, void *environment,
                                          LogMessage log) {
  (void)visible;
  return instantiate(fmi2ModelExchange, name, token, path, logging, environment, log);
}

EXPORT fmi2Status fmi3EnterInitializationMode(void *c, bool has_tolerance, double tolerance, double start, bool has_stop, double stop) {
  fmi2SetupExperiment(c, has_tolerance, tolerance, start, has_stop, stop);
  return fmi2EnterInitializationMode(c);
}
EXPORT fmi2Status fmi3ExitInitializationMode(void *c) { return fmi2ExitInitializationMode(c); }

EXPORT fmi2Status fmi3GetFloat64(void *c, const uint32_t vr[], size_t n, double value[], size_t values) {
  return n == values ? fmi2GetReal(c, vr, n, value) : complain(c, "arrays");
}
EXPORT fmi2Status fmi3SetFloat64(void *c, const uint32_t vr[], size_t n, const double value[], size_t values) {
  return n == values ? fmi2SetReal(c, vr, n, value) : complain(c, "arrays");
}
EXPORT fmi2Status fmi3GetInt32(void *c, const uint32_t vr[], size_t n, int32_t value[], size_t values) {
  return n == values ? fmi2GetInteger(c, vr, n, value) : complain(c, "arrays");
}
EXPORT fmi2Status fmi3SetBoolean(void *c, const uint32_t vr[], size_t n, const bool value[], size_t values) {
  for (size_t i = 0; i < values; i++) {
    int one = value[i];
    if (fmi2SetBoolean(c, vr + i, 1, &one) != fmi2OK) return fmi2Error;
  }
  return n == values ? fmi2OK : complain(c, "arrays");
}
EXPORT fmi2Status fmi3GetBoolean(void *c, const uint32_t vr[], size_t n, bool value[], size_t values) {
  for (size_t i = 0; i < values; i++) {
    int one = 0;
    if (fmi2GetBoolean(c, vr + i, 1, &one) != fmi2OK) return fmi2Error;
    value[i] = one != 0;
  }
  return n == values ? fmi2OK : complain(c, "arrays");
}

#ifdef SERIALIZABLE
EXPORT fmi2Status fmi3GetFMUState(void *c, void **state) { return fmi2GetFMUstate(c, state); }
EXPORT fmi2Status fmi3SetFMUState(void *c, void *state) { return fmi2SetFMUstate(c, state); }
EXPORT fmi2Status fmi3FreeFMUState(void *c, void **state) { return fmi2FreeFMUstate(c, state); }
EXPORT fmi2Status fmi3SerializedFMUStateSize(void *c, void *state, size_t *size) { return fmi2SerializedFMUstateSize(c, state, size); }
EXPORT fmi2Status fmi3SerializeFMUState(void *c, void *state, uint8_t bytes[], size_t size) {
  return fmi2SerializeFMUstate(c, state, (char *)bytes, size);
}
EXPORT fmi2Status fmi3DeserializeFMUState(void *c, const uint8_t bytes[], size_t size, void **state) {
  return fmi2DeSerializeFMUstate(c, (const char *)bytes, size, state);
}
#endif

#ifdef CO_SIMULATION
EXPORT fmi2Status fmi3DoStep(void *c, double from, double length, bool no_set_prior, bool *needs_event, bool *terminate, bool *early,
                             double *reached) {
  fmi2Status status = fmi2DoStep(c, from, length, no_set_prior);
  fmi2Boolean has_ended = fmi2False;
  fmi2GetBooleanStatus(c, fmi2Terminated, &has_ended);
  *needs_event = *early = false;
  *terminate = has_ended;
  *reached = ((Model *)c)->building.time;
  return status;
}
#else
EXPORT fmi2Status fmi3EnterEventMode(void *c) { return fmi2EnterEventMode(c); }
EXPORT fmi2Status fmi3UpdateDiscreteStates(void *c, bool *needs_another, bool *terminate, bool *nominals_changed, bool *states_changed,
                                           bool *has_next_event, double *next_event) {
  fmi2EventInfo info;
  fmi2Status status = fmi2NewDiscreteStates(c, &info);
  *needs_another = info.newDiscreteStatesNeeded;
  *terminate = info.terminateSimulation;
  *nominals_changed = info.nominalsOfContinuousStatesChanged;
  *states_changed = info.valuesOfContinuousStatesChanged;
  *has_next_event = info.nextEventTimeDefined;
  *next_event = info.nextEventTime;
  return status;
}
EXPORT fmi2Status fmi3EnterContinuousTimeMode(void *c) { return fmi2EnterContinuousTimeMode(c); }
EXPORT fmi2Status fmi3CompletedIntegratorStep(void *c, bool no_set_prior, bool *event, bool *terminate) {
  fmi2Boolean wants_event = fmi2False, ends = fmi2False;
  fmi2Status status = fmi2CompletedIntegratorStep(c, no_set_prior, &wants_event, &ends);
  *event = wants_event;
  *terminate = ends;
  return status;
}
EXPORT fmi2Status fmi3SetTime(void *c, double time) { return fmi2SetTime(c, time); }
EXPORT fmi2Status fmi3SetContinuousStates(void *c, const double x[], size_t n) { return fmi2SetContinuousStates(c, x, n); }
EXPORT fmi2Status fmi3GetContinuousStates(void *c, double x[], size_t n) { return fmi2GetContinuousStates(c, x, n); }
EXPORT fmi2Status fmi3GetContinuousStateDerivatives(void *c, double dx[], size_t n) { return fmi2GetDerivatives(c, dx, n); }
EXPORT fmi2Status fmi3GetDirectionalDerivative(void *c, const uint32_t unknown[], size_t unknowns, const uint32_t known[], size_t knowns,
                                               const double direction[], size_t directions_given, double change[], size_t changes) {
  if (directions_given != knowns || changes != unknowns) return complain(c, "arrays");
  return fmi2GetDirectionalDerivative(c, unknown, unknowns, known, knowns, direction, change);
}
EXPORT fmi2Status fmi3GetEventIndicators(void *c, double z[], size_t n) { return fmi2GetEventIndicators(c, z, n); }
EXPORT fmi2Status fmi3GetNominalsOfContinuousStates(void *c, double x[], size_t n) { return fmi2GetNominalsOfContinuousStates(c, x, n); }
EXPORT fmi2Status fmi3GetNumberOfContinuousStates(void *c, size_t *n) { return (void)c, *n = STATES, fmi2OK; }
EXPORT fmi2Status fmi3GetNumberOfEventIndicators(void *c, size_t *n) { return (void)c, *n = ZONES, fmi2OK; }
#endif
