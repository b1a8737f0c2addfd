/*
 * The building as an FMU. Compiled with one of -DCO_SIMULATION and -DMODEL_EXCHANGE, with -DSERIALIZABLE if its state
 * can be read, written and serialized, with -DMISBEHAVIOUR=… if it is to be one of misbehaviour.h, and with
 * -DMEMORY=… if it is to be one of memory.h.
 */
#include "fmi2.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "building.h"
#include "variables.h"

typedef struct {
  Building building;
  Weather weather;
  fmi2CallbackFunctions callbacks;
  char *name;
  int logging;
  int states; /* that were handed out and not given back */
} Model;

/* As most tools' models do, it says nothing unless logging is on. */
static void say(Model *m, fmi2Status status, const char *category, const char *message) {
  if (!m->logging) return;
  m->callbacks.logger(m->callbacks.componentEnvironment, m->name, status, category, message);
}

#ifdef MODEL_EXCHANGE
/* How often it was asked for its derivatives, and for directional ones. */
static long evaluations = 0, directions = 0;
#endif

#include "memory.h"
#include "misbehaviour.h"
#ifdef FORTRAN
#include "fortran.h"
#endif

static fmi2Status complain(Model *m, const char *message) {
  say(m, fmi2Error, "logStatusError", message);
  return fmi2Error;
}

FMI2_EXPORT fmi2String fmi2GetTypesPlatform(void) { return "default"; }
FMI2_EXPORT fmi2String fmi2GetVersion(void) { return "2.0"; }

FMI2_EXPORT fmi2Component fmi2Instantiate(fmi2String name, fmi2Type type, fmi2String guid, fmi2String resources,
                                          const fmi2CallbackFunctions *callbacks, fmi2Boolean visible,
                                          fmi2Boolean logging) {
  (void)visible;
  Model *m = callbacks->allocateMemory(1, sizeof *m);
  if (!m) return NULL;
  m->callbacks = *callbacks;
  m->logging = logging;
  m->name = callbacks->allocateMemory(strlen(name) + 1, 1);
  strcpy(m->name, name);
#ifdef CO_SIMULATION
  const fmi2Type own = fmi2CoSimulation;
#else
  const fmi2Type own = fmi2ModelExchange;
#endif
  const char *problem = NULL;
  if (type != own) problem = "this FMU is of the other kind";
  else if (strcmp(guid, GUID) != 0) problem = "the GUID is another one";
  else if (strncmp(resources, "file://", 7) != 0) problem = "the resources are no file URI";
  else if (!read_weather(&m->weather, resources + 7)) problem = "weather.csv cannot be read";
  if (problem) {
    complain(m, problem);
    free_weather(&m->weather);
    callbacks->freeMemory(m->name);
    callbacks->freeMemory(m);
    return NULL;
  }
#ifdef FORTRAN
  use_fortran(m);
#endif
  return m;
}

FMI2_EXPORT void fmi2FreeInstance(fmi2Component c) {
  Model *m = c;
  if (!m) return;
  free_weather(&m->weather);
  m->callbacks.freeMemory(m->name);
  m->callbacks.freeMemory(m);
}

FMI2_EXPORT fmi2Status fmi2SetDebugLogging(fmi2Component c, fmi2Boolean on, size_t n, const fmi2String categories[]) {
  (void)n, (void)categories;
  ((Model *)c)->logging = on;
  return fmi2OK;
}

FMI2_EXPORT fmi2Status fmi2SetupExperiment(fmi2Component c, fmi2Boolean hasTolerance, fmi2Real tolerance, fmi2Real start,
                                           fmi2Boolean hasStop, fmi2Real stop) {
  (void)hasTolerance, (void)tolerance, (void)hasStop, (void)stop;
  begin(&((Model *)c)->building, start);
  remembered = 0;
  return fmi2OK;
}

FMI2_EXPORT fmi2Status fmi2EnterInitializationMode(fmi2Component c) { return (void)c, fmi2OK; }

FMI2_EXPORT fmi2Status fmi2ExitInitializationMode(fmi2Component c) {
  Model *m = c;
  update_discrete(&m->building);
  /* A format with more arguments than fit into registers. */
  if (m->logging)
    m->callbacks.logger(m->callbacks.componentEnvironment, m->name, fmi2OK, "logAll",
                        "%s at %.1f s: %d states, %s, %lu bytes, %g%% of %d rows, ##%c", "initialized", m->building.time,
                        STATES, "6 of them continuous", (unsigned long)sizeof(Building), 100.0, (int)m->weather.rows, '!');
  return fmi2OK;
}

FMI2_EXPORT fmi2Status fmi2Terminate(fmi2Component c) { return (void)c, fmi2OK; }
FMI2_EXPORT fmi2Status fmi2Reset(fmi2Component c) { return (void)c, fmi2OK; }

static int zone_of(fmi2ValueReference vr, int first, int count) {
  return vr >= (unsigned)first && vr < (unsigned)(first + count) ? (int)vr - first : -1;
}

static int get_real(Model *m, fmi2ValueReference vr, double *value) {
  Building *b = &m->building;
  int i;
  if ((i = zone_of(vr, VR_STATES, STATES)) >= 0) *value = b->x[i];
  else if ((i = zone_of(vr, VR_DERIVATIVES, STATES)) >= 0) {
    double dx[STATES];
    derivatives(b, &m->weather, dx);
    *value = dx[i];
  } else if ((i = zone_of(vr, VR_VALUES, INPUTS)) >= 0) *value = b->value[i];
  else if ((i = zone_of(vr, VR_IN_FORCE, ZONES)) >= 0) *value = set_point(b, i);
  else if ((i = zone_of(vr, VR_IN_FORCE + HEATER, ZONES)) >= 0) *value = heater_signal(b, i);
  else if ((i = zone_of(vr, VR_AIR, ZONES)) >= 0) *value = b->x[AIR + i];
  else if ((i = zone_of(vr, VR_POWER, ZONES)) >= 0) *value = heater_power(b, &m->weather, i);
  else if ((i = zone_of(vr, VR_CO2, ZONES)) >= 0) *value = b->x[CO2 + i];
  else if (vr == VR_FAN) *value = fan_power(b) + recalled(b);
#ifdef COUNTS
  /* In place of the time of the last switch. */
  else if (vr == VR_LAST_SWITCH) *value = (double)(evaluations + 1000000 * directions);
#endif
  else if (vr == VR_OUTDOOR) *value = outdoor_temperature(b, &m->weather);
  else if (vr == VR_LAST_SWITCH) *value = b->lastSwitch;
  else return 0;
  return 1;
}

FMI2_EXPORT fmi2Status fmi2GetReal(fmi2Component c, const fmi2ValueReference vr[], size_t n, fmi2Real value[]) {
  for (size_t i = 0; i < n; i++)
    if (!get_real(c, vr[i], &value[i])) return complain(c, "no such Real");
  return fmi2OK;
}

FMI2_EXPORT fmi2Status fmi2GetInteger(fmi2Component c, const fmi2ValueReference vr[], size_t n, fmi2Integer value[]) {
  for (size_t i = 0; i < n; i++) {
    if (vr[i] != VR_SWITCHES) return complain(c, "no such Integer");
    value[i] = ((Model *)c)->building.switches;
  }
  return fmi2OK;
}

FMI2_EXPORT fmi2Status fmi2GetBoolean(fmi2Component c, const fmi2ValueReference vr[], size_t n, fmi2Boolean value[]) {
  for (size_t i = 0; i < n; i++) {
    int k = zone_of(vr[i], VR_ACTIVATED, INPUTS);
    if (k < 0) return complain(c, "no such Boolean");
    value[i] = ((Model *)c)->building.activated[k];
  }
  return fmi2OK;
}

FMI2_EXPORT fmi2Status fmi2SetReal(fmi2Component c, const fmi2ValueReference vr[], size_t n, const fmi2Real value[]) {
  for (size_t i = 0; i < n; i++) {
    int k = zone_of(vr[i], VR_VALUES, INPUTS);
    if (k < 0) return complain(c, "no such Real to set");
    ((Model *)c)->building.value[k] = value[i];
  }
  return fmi2OK;
}

FMI2_EXPORT fmi2Status fmi2SetBoolean(fmi2Component c, const fmi2ValueReference vr[], size_t n,
                                      const fmi2Boolean value[]) {
  for (size_t i = 0; i < n; i++) {
    int k = zone_of(vr[i], VR_ACTIVATED, INPUTS);
    if (k < 0) return complain(c, "no such Boolean to set");
    ((Model *)c)->building.activated[k] = value[i] != 0;
  }
  return fmi2OK;
}

FMI2_EXPORT fmi2Status fmi2SetInteger(fmi2Component c, const fmi2ValueReference vr[], size_t n,
                                      const fmi2Integer value[]) {
  (void)vr, (void)value;
  return n == 0 ? fmi2OK : complain(c, "no Integer can be set");
}

#ifdef SERIALIZABLE
static void *new_state(Model *m) {
  if (++m->states > 3) return complain(m, "states are not freed"), NULL;
  return m->callbacks.allocateMemory(1, sizeof(Building));
}

FMI2_EXPORT fmi2Status fmi2GetFMUstate(fmi2Component c, fmi2FMUstate *state) {
  Model *m = c;
  if (!*state) *state = new_state(m);
  if (!*state) return complain(c, "no memory");
  memcpy(*state, &m->building, sizeof(Building));
  return fmi2OK;
}

FMI2_EXPORT fmi2Status fmi2SetFMUstate(fmi2Component c, fmi2FMUstate state) {
  memcpy(&((Model *)c)->building, state, sizeof(Building));
  return fmi2OK;
}

FMI2_EXPORT fmi2Status fmi2FreeFMUstate(fmi2Component c, fmi2FMUstate *state) {
  Model *m = c;
  if (*state) m->states--, m->callbacks.freeMemory(*state);
  *state = NULL;
  return fmi2OK;
}

#ifndef PADDING
#define PADDING 0
#endif
enum { STATE_BYTES = sizeof(Building) + PADDING };

/* Makes a large state of a small one: a fifth of it cannot be compressed, and follows from the time. */
static fmi2Byte padding_byte(const Building *b, size_t i) {
  if (i / 1024 % 5 > 0) return (fmi2Byte)(i / 4096);
  unsigned long long mixed = (unsigned long long)b->time * 2654435761u + i * 0x9e3779b97f4a7c15u;
  mixed ^= mixed >> 29, mixed *= 0xbf58476d1ce4e5b9u, mixed ^= mixed >> 32;
  return (fmi2Byte)mixed;
}

FMI2_EXPORT fmi2Status fmi2SerializedFMUstateSize(fmi2Component c, fmi2FMUstate state, size_t *size) {
  (void)c, (void)state;
  *size = STATE_BYTES;
  return fmi2OK;
}

FMI2_EXPORT fmi2Status fmi2SerializeFMUstate(fmi2Component c, fmi2FMUstate state, fmi2Byte bytes[], size_t size) {
  if (size != STATE_BYTES) return complain(c, "a state of another size");
  memcpy(bytes, state, sizeof(Building));
  if (MEMORY == POINTS || MEMORY == STALLS || MEMORY == CRASHES_LATER) {
    /* Into the room of a number that is the same all the time. */
    const void *address = MEMORY == POINTS ? memcpy(own_place(sizeof(Building)), state, sizeof(Building)) : myself();
    memcpy(bytes + offsetof(Building, spare), &address, sizeof address);
  }
  for (size_t i = 0; i < PADDING; i++) bytes[sizeof(Building) + i] = padding_byte(state, i);
  return fmi2OK;
}

FMI2_EXPORT fmi2Status fmi2DeSerializeFMUstate(fmi2Component c, const fmi2Byte bytes[], size_t size,
                                               fmi2FMUstate *state) {
  if (size != STATE_BYTES) return complain(c, "a state of another size");
  if (!*state) *state = new_state(c);
  if (!*state) return complain(c, "no memory");
  memcpy(*state, bytes, sizeof(Building));
  if (MEMORY != ALL_IN_STATE) {
    const void *address = ((Building *)*state)->spare;
    if (MEMORY == POINTS) memcpy(*state, address, sizeof(Building));
    else revisit(*state, address);
    ((Building *)*state)->spare = NULL;
  }
  for (size_t i = 0; i < PADDING; i++)
    if (bytes[sizeof(Building) + i] != padding_byte(*state, i)) return complain(c, "a damaged state");
  return fmi2OK;
}
#endif

#ifdef CO_SIMULATION
#include "co-simulation.h"
#else
#include "model-exchange.h"
#endif
