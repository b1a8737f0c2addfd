/*
 * For Co-Simulation of FMI 2.0, see test/emulator/fmi2.test.ts: of each type an input, and an output that repeats it. References are
 * 0 and, of outputs, 100. It logs where its resources are, and reads a file there by the path in that URI as it stands.
 */
#include "fmi2.h"

#include <stdio.h>

static double real;
static int integer, boolean;

FMI2_EXPORT fmi2Component fmi2Instantiate(fmi2String name, fmi2Type type, fmi2String guid, fmi2String resources,
                                          const fmi2CallbackFunctions *callbacks, fmi2Boolean visible, fmi2Boolean logging) {
  static int instance;
  char path[4096], line[64] = "nothing";
  (void)type, (void)guid, (void)visible, (void)logging;
  snprintf(path, sizeof path, "%s/a file", resources + 7);
  FILE *file = fopen(path, "r");
  if (file && !fgets(line, sizeof line, file)) line[0] = 0;
  if (file) fclose(file);
  callbacks->logger(callbacks->componentEnvironment, name, fmi2OK, "resources", "%s: %s", resources, line);
  return &instance;
}

#define ACCESS(name, c, held)                                                                       \
  FMI2_EXPORT fmi2Status fmi2Set##name(fmi2Component it, const fmi2ValueReference vr[], size_t n, const c value[]) { \
    (void)it;                                                                                       \
    if (n != 1 || vr[0] != 0) return fmi2Error;                                                     \
    held = value[0];                                                                                \
    return fmi2OK;                                                                                  \
  }                                                                                                 \
  FMI2_EXPORT fmi2Status fmi2Get##name(fmi2Component it, const fmi2ValueReference vr[], size_t n, c value[]) { \
    (void)it;                                                                                       \
    for (size_t i = 0; i < n; i++) {                                                                \
      if (vr[i] % 100 != 0) return fmi2Error;                                                       \
      value[i] = held;                                                                              \
    }                                                                                               \
    return fmi2OK;                                                                                  \
  }
ACCESS(Real, fmi2Real, real)
ACCESS(Integer, fmi2Integer, integer)
ACCESS(Boolean, fmi2Boolean, boolean)

FMI2_EXPORT fmi2Status fmi2SetupExperiment(fmi2Component it, fmi2Boolean hasTolerance, fmi2Real tolerance, fmi2Real start, fmi2Boolean hasStop,
                                           fmi2Real stop) {
  (void)it, (void)hasTolerance, (void)tolerance, (void)start, (void)hasStop, (void)stop;
  return fmi2OK;
}
FMI2_EXPORT fmi2Status fmi2EnterInitializationMode(fmi2Component it) { return (void)it, fmi2OK; }
FMI2_EXPORT fmi2Status fmi2ExitInitializationMode(fmi2Component it) { return (void)it, fmi2OK; }
FMI2_EXPORT fmi2Status fmi2DoStep(fmi2Component it, fmi2Real from, fmi2Real length, fmi2Boolean noSetPrior) {
  (void)it, (void)from, (void)length, (void)noSetPrior;
  return fmi2OK;
}
