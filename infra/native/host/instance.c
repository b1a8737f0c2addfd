/* An instance of a model: the calls that both versions of FMI have. There is one instance a process, and it ends with it. */
#include "host.h"
#include <dlfcn.h>
#include <stdlib.h>

Fmi fmi;
void *instance;
static void *library;

#define NAMES(name, in_fmi3, arguments) {"fmi2" #name, "fmi3" #in_fmi3},
const char *name_of(int call) {
  static const char *const names[CALLS][2] = {FUNCTIONS(NAMES)};
  return names[call][fmi_version == 3];
}

/* Its functions are all looked up now, for nothing is to change later; unless one is missing that may never be called. */
void *open_library(const char *file) {
  void *opened = dlopen(file, RTLD_NOW);
  return opened != NULL ? opened : dlopen(file, RTLD_LAZY);
}

void find(void **function, const char *name) {
  if (*function != NULL) return;
  *function = dlsym(library, name);
  if (*function == NULL) fail_loading("%s", dlerror());
}

void check(int status, const char *call) {
  if (status != OK && status != WARNING) fail_model("%s returned %s", call, status_name(status));
}

void instantiate(const char *file, const char *identifier, const char *token, const char *resources) {
  library = open_library(file);
  if (library == NULL) fail_loading("%s", dlerror());
  instance = version()->instantiate(identifier, token, resources);
  settled(OK);
  if (instance == NULL) fail_model("%s returned no instance", fmi_version == 2 ? "fmi2Instantiate" : "fmi3Instantiate…");
}

void *room_for_values(size_t count) {
  static void *room;
  static size_t size;
  if (count * sizeof(double) > size) {
    size = count * sizeof(double);
    room = realloc(room, size);
    if (room == NULL) fail_model("there is no memory for its variables");
  }
  return room;
}

void get_values(const Selection *which, double *into) {
  for (int type = 0; type < TYPES; type++) {
    if (which->counts[type] > 0) version()->get(type, which->counts[type], which->references[type], which->places[type], into);
  }
}

void set_values(const Selection *which, const double *from) {
  for (int type = 0; type < TYPES; type++) {
    if (which->counts[type] > 0) version()->set(type, which->counts[type], which->references[type], which->places[type], from);
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
