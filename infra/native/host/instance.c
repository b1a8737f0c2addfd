/* An instance of a model, FMI 2.0: the calls that both kinds have. There is one instance a process, and it ends with it. */
#include "host.h"
#include <dlfcn.h>
#include <stdlib.h>
#include <string.h>

Fmi fmi;
void *instance;
static void *library;

/* fmi2CallbackFunctions. A model holds on to it. */
static struct {
  void (*logger)(void *, const char *, int, const char *, const char *, ...);
  void *(*allocate)(size_t, size_t);
  void (*free)(void *);
  void *step_finished, *environment;
} callbacks = {log_message, calloc, free, NULL, NULL};

void find(void **function, const char *name) {
  if (*function != NULL) return;
  *function = dlsym(library, name);
  if (*function == NULL) fail_loading("%s", dlerror());
}

void check(int status, const char *call) {
  if (status != OK && status != WARNING) fail_model("%s returned %s", call, status_name(status));
}

void instantiate(const char *file, const char *identifier, const char *guid, const char *resources) {
  library = dlopen(file, RTLD_LAZY);
  if (library == NULL) fail_loading("%s", dlerror());
  void *(*make)(const char *, int, const char *, const char *, const void *, int, int) = NULL;
  find((void **)&make, "fmi2Instantiate");
  /* Logging is on: most models say why they fail only then. */
  instance = make(identifier, model.exchanges ? 0 : 1, guid, resources, &callbacks, false, true);
  settled(OK);
  if (instance == NULL) fail_model("fmi2Instantiate returned no instance");
}

/* From instantiated to initialized, with the start values of all inputs. */
void initialize_instance(double time) {
  bool has_tolerance = !isnan(model.tolerance);
  CALL(SetupExperiment, has_tolerance, has_tolerance ? model.tolerance : 0, time, false, 0.0);
  CALL(EnterInitializationMode);
  CALL(ExitInitializationMode);
}

static void *room_for(const Selection *which) {
  static void *room;
  static size_t size;
  if (which->count * sizeof(double) > size) {
    size = which->count * sizeof(double);
    room = realloc(room, size);
    if (room == NULL) fail_model("there is no memory for its variables");
  }
  return room;
}

void get_values(const Selection *which, double *into) {
  for (int type = REAL; type < TYPES; type++) {
    uint32_t count = which->counts[type];
    const uint32_t *references = which->references[type], *places = which->places[type];
    if (count == 0) continue;
    void *values = room_for(which);
    if (type == REAL) CALL(GetReal, references, count, values);
    else if (type == INTEGER) CALL(GetInteger, references, count, values);
    else CALL(GetBoolean, references, count, values);
    for (uint32_t i = 0; i < count; i++) into[places[i]] = type == REAL ? ((double *)values)[i] : ((int32_t *)values)[i];
  }
}

/* As a number becomes an integer of 32 bits in JavaScript. */
static int32_t whole(double value) { return fabs(value) < 0x1p62 ? (int32_t)(uint32_t)(int64_t)value : 0; }

void set_values(const Selection *which, const double *from) {
  for (int type = REAL; type < TYPES; type++) {
    uint32_t count = which->counts[type];
    const uint32_t *references = which->references[type], *places = which->places[type];
    if (count == 0) continue;
    void *values = room_for(which);
    for (uint32_t i = 0; i < count; i++) {
      double value = from[places[i]];
      if (type == REAL) ((double *)values)[i] = value;
      else ((int32_t *)values)[i] = type == INTEGER ? whole(value) : value != 0;
    }
    if (type == REAL) CALL(SetReal, references, count, values);
    else if (type == INTEGER) CALL(SetInteger, references, count, values);
    else CALL(SetBoolean, references, count, values);
  }
}

uint8_t *serialize(size_t head, size_t *length) {
  void *state = NULL;
  size_t size = 0;
  CALL(GetFMUstate, &state);
  CALL(SerializedFMUstateSize, state, &size);
  uint8_t *bytes = size < SIZE_MAX - head ? calloc(1, head + size + 1) : NULL;
  if (bytes == NULL) fail_model("there is no memory for its state of %zu bytes", size);
  CALL(SerializeFMUstate, state, bytes + head, size);
  CALL(FreeFMUstate, &state);
  *length = head + size;
  return bytes;
}

/* Goes back to what `serialize` gave, in this process or another. */
void deserialize(const uint8_t *bytes, size_t length) {
  void *state = NULL;
  CALL(DeSerializeFMUstate, bytes, length, &state);
  CALL(SetFMUstate, state);
  CALL(FreeFMUstate, &state);
}
