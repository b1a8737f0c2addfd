/*
 * Candidates as a program in C would try them: an instance of the model for each, one after the other, in one process.
 * Arguments: library, URI of the resources, guid, candidates, steps of an hour, then value references: of the set point, of its
 * activation, and of the reals that are read after each of the 120 intervals. Prints what all of it took, ms.
 */
#include <dlfcn.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>

enum { CO_SIMULATION = 1, INTERVALS = 120, MOST = 256 };
static const double HOUR = 3600;

typedef struct {
  void (*log)(void *, const char *, int, const char *, const char *, ...);
  void *(*allocate)(size_t, size_t);
  void (*release)(void *);
  void (*finished)(void *, int);
  void *environment;
} Callbacks;

static void say_nothing(void *environment, const char *name, int status, const char *category, const char *text, ...) {
  (void)environment, (void)name, (void)status, (void)category, (void)text;
}

static double milliseconds(void) {
  struct timespec now;
  clock_gettime(CLOCK_MONOTONIC, &now);
  return 1e3 * (double)now.tv_sec + 1e-6 * (double)now.tv_nsec;
}

static void *library;
static void *find(const char *name) {
  void *found = dlsym(library, name);
  if (found == NULL) exit(2);
  return found;
}
static void check(int status) {
  if (status > 1) exit(3);
}

int main(int count, char **arguments) {
  if (count < 8 || count - 8 > MOST || (library = dlopen(arguments[1], RTLD_NOW)) == NULL) return 1;
  void *(*instantiate)(const char *, int, const char *, const char *, const Callbacks *, int, int) = find("fmi2Instantiate");
  int (*set_up)(void *, int, double, double, int, double) = find("fmi2SetupExperiment");
  int (*enter)(void *) = find("fmi2EnterInitializationMode"), (*leave)(void *) = find("fmi2ExitInitializationMode");
  int (*set)(void *, const unsigned *, size_t, const double *) = find("fmi2SetReal");
  int (*set_boolean)(void *, const unsigned *, size_t, const int *) = find("fmi2SetBoolean");
  int (*get)(void *, const unsigned *, size_t, double *) = find("fmi2GetReal");
  int (*step)(void *, double, double, int) = find("fmi2DoStep");
  void (*release)(void *) = find("fmi2FreeInstance");
  int candidates = atoi(arguments[4]), steps = atoi(arguments[5]);
  unsigned inputs[] = {(unsigned)atoi(arguments[6]), (unsigned)atoi(arguments[7])}, outputs[MOST];
  size_t read = (size_t)count - 8;
  for (size_t i = 0; i < read; i++) outputs[i] = (unsigned)atoi(arguments[8 + i]);
  static const Callbacks callbacks = {say_nothing, calloc, free, NULL, NULL};
  double *samples = calloc(read * INTERVALS * (size_t)steps + 1, sizeof(double)), began = milliseconds();
  if (samples == NULL) return 1;
  for (int candidate = 0; candidate < candidates; candidate++) {
    void *instance = instantiate("candidate", CO_SIMULATION, arguments[3], arguments[2], &callbacks, 0, 0);
    if (instance == NULL) return 1;
    check(set_up(instance, 0, 0, 0, 0, 0));
    check(enter(instance));
    check(leave(instance));
    check(set(instance, inputs, 1, (double[]){290 + 0.1 * candidate}));
    check(set_boolean(instance, inputs + 1, 1, (int[]){1}));
    for (int i = 0; i < steps * INTERVALS; i++) {
      check(step(instance, i * HOUR / INTERVALS, HOUR / INTERVALS, 1));
      check(get(instance, outputs, read, samples + (size_t)i * read));
    }
    release(instance);
  }
  printf("%.3f\n", milliseconds() - began);
  return 0;
}
