/*
 * For Co-Simulation of FMI 3.0, see test/emulator/fmi3.test.ts: of each type an input, and an output that repeats it. References are the
 * places in the list, of outputs 100 more.
 */
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define EXPORT __attribute__((visibility("default")))
#define TYPED(F)           \
  F(0, Float64, double)    \
  F(1, Int32, int32_t)     \
  F(2, Boolean, bool)      \
  F(3, Float32, float)     \
  F(4, Int8, int8_t)       \
  F(5, UInt8, uint8_t)     \
  F(6, Int16, int16_t)     \
  F(7, UInt16, uint16_t)   \
  F(8, UInt32, uint32_t)   \
  F(9, Int64, int64_t)     \
  F(10, UInt64, uint64_t)

enum { OK, ERROR = 3 };

#define ACCESS(place, name, c)                                                                               \
  static c held_##name;                                                                                      \
  EXPORT int fmi3Set##name(void *it, const uint32_t vr[], size_t n, const c value[], size_t values) {        \
    (void)it;                                                                                                \
    if (n != 1 || values != 1 || vr[0] != place) return ERROR;                                               \
    held_##name = value[0];                                                                                  \
    return OK;                                                                                               \
  }                                                                                                          \
  EXPORT int fmi3Get##name(void *it, const uint32_t vr[], size_t n, c value[], size_t values) {              \
    (void)it;                                                                                                \
    if (n != values) return ERROR;                                                                           \
    for (size_t i = 0; i < n; i++) {                                                                         \
      if (vr[i] % 100 != place) return ERROR;                                                                \
      value[i] = held_##name;                                                                                \
    }                                                                                                        \
    return OK;                                                                                               \
  }
TYPED(ACCESS)

EXPORT void *fmi3InstantiateCoSimulation(const char *name, const char *token, const char *path, bool visible, bool logging, bool event_mode,
                                         bool early_return, const uint32_t required[], size_t count, void *environment, void *log,
                                         void *intermediate_update) {
  static int instance;
  (void)name, (void)token, (void)visible, (void)logging, (void)event_mode, (void)early_return, (void)required, (void)count;
  (void)environment, (void)log, (void)intermediate_update;
  /* There is no folder for resources. */
  return path == NULL ? &instance : NULL;
}
EXPORT int fmi3EnterInitializationMode(void *it, bool has_tolerance, double tolerance, double start, bool has_stop, double stop) {
  (void)it, (void)has_tolerance, (void)tolerance, (void)start, (void)has_stop, (void)stop;
  return OK;
}
EXPORT int fmi3ExitInitializationMode(void *it) { return (void)it, OK; }

/* From 60 s on it returns early, which nobody has allowed. */
EXPORT int fmi3DoStep(void *it, double from, double length, bool no_set_prior, bool *needs_event, bool *terminate, bool *early, double *reached) {
  (void)it, (void)no_set_prior;
  *needs_event = *terminate = false;
  *early = from >= 60;
  *reached = *early ? from + length / 2 : from + length;
  return OK;
}
