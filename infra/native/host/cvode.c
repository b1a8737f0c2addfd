/*
 * SUNDIALS' CVODE: backward differentiation formulas of variable order and step, Newton's method with a dense Jacobian, roots
 * found on the way (Hindmarsh et al., ACM TOMS 31, 2005). It is loaded when a model first needs it; its headers are not needed.
 */
#include "host.h"
#include <dlfcn.h>
#include <stdlib.h>
#include <string.h>

enum { BDF = 2, ONE_STEP = 2, TSTOP_RETURN = 1, ROOT_RETURN = 2 };
/* CV_RTFUNC_FAIL: whatever else than 0 a root function returns, it is this. */
enum { ROOTS_FAILED = -12 };

typedef int (*Right)(double, void *, void *, void *);
typedef int (*Roots)(double, void *, double *, void *);
typedef int (*Jacobian)(double, void *, void *, void *, void *, void *, void *, void *);
typedef void (*Complain)(int, const char *, const char *, char *, void *);

#define SUNDIALS(F)                                              \
  F(int, SUNContext_Create, (void *, void **))                   \
  F(int, SUNContext_Free, (void **))                             \
  F(void *, N_VNew_Serial, (int64_t, void *))                    \
  F(double *, N_VGetArrayPointer, (void *))                      \
  F(void, N_VDestroy, (void *))                                  \
  F(void *, SUNDenseMatrix, (int64_t, int64_t, void *))          \
  F(double *, SUNDenseMatrix_Column, (void *, int64_t))          \
  F(void, SUNMatDestroy, (void *))                               \
  F(void *, SUNLinSol_Dense, (void *, void *, void *))           \
  F(int, SUNLinSolFree, (void *))                                \
  F(void *, CVodeCreate, (int, void *))                          \
  F(void, CVodeFree, (void **))                                  \
  F(int, CVodeSetUserData, (void *, void *))                     \
  F(int, CVodeSetErrHandlerFn, (void *, Complain, void *))       \
  F(int, CVodeInit, (void *, Right, double, void *))             \
  F(int, CVodeReInit, (void *, double, void *))                  \
  F(int, CVodeSVtolerances, (void *, double, void *))            \
  F(int, CVodeSetLinearSolver, (void *, void *, void *))         \
  F(int, CVodeSetJacFn, (void *, Jacobian))                      \
  F(int, CVodeSetNoInactiveRootWarn, (void *))                   \
  F(int, CVodeRootInit, (void *, int, Roots))                    \
  F(int, CVodeSetMaxStep, (void *, double))                      \
  F(int, CVodeSetStopTime, (void *, double))                     \
  F(int, CVode, (void *, double, void *, double *, int))         \
  F(int, CVodeGetDky, (void *, double, int, void *))             \
  F(int, CVodeGetErrWeights, (void *, void *))                   \
  F(int, CVodeGetCurrentStep, (void *, double *))
#define POINTER(result, name, arguments) result(*name) arguments;
static struct {
  SUNDIALS(POINTER)
} sun;

struct Cvode {
  Integrand integrand;
  void *context, *memory, *matrix, *solver;
  /* Where the integrator stands; what `interpolate` fills. */
  void *vector, *between, *tolerances;
  bool is_limited;
  char complaint[1000];
};

static void load_sundials(void) {
  if (sun.CVodeCreate != NULL) return;
  void *library = dlopen(model.cvode, RTLD_LAZY);
  if (library == NULL)
    fail_loading("models for Model Exchange need SUNDIALS' CVODE 6 (libsundials_cvode.so.6), which was not found: install "
                 "libsundials-cvode6 (Debian, Ubuntu), or have it collected by \"npm run layer\"");
  keep_apart(library);
#define FIND_IN_IT(result, name, arguments) \
  if ((sun.name = (result(*) arguments)dlsym(library, #name)) == NULL) fail_loading("%s", dlerror());
  SUNDIALS(FIND_IN_IT)
}

static void judge(Cvode *it, int code, const char *call) {
  if (code < 0) {
    const Integrand *of = &it->integrand;
    if (of->failed_call != NULL) check(of->failed_status, of->failed_call);
    fail_model("%s failed with flag %d%s%s", call, code, *it->complaint != 0 ? ": " : "", it->complaint);
  }
  *it->complaint = 0;
}

static void *made(void *what, const char *call) {
  if (what == NULL) fail_model("%s failed", call);
  return what;
}

#define DO(it, name, ...) judge(it, sun.name(__VA_ARGS__), #name)
#define MAKE(name, ...) made(sun.name(__VA_ARGS__), #name)

static void complain(int code, const char *module, const char *function, char *message, void *data) {
  (void)code, (void)module, (void)function;
  Cvode *it = data;
  strncpy(it->complaint, message == NULL ? "" : message, sizeof it->complaint - 1);
}

static void find_roots(Cvode *it, uint32_t count, Roots roots) { DO(it, CVodeRootInit, it->memory, (int)count, roots); }

Cvode *open_cvode(double tolerance, const double *absolute) {
  load_sundials();
  Cvode *it = made(calloc(1, sizeof *it), "calloc");
  /* The integrator wants one state at least: a model without any gets one that never changes. */
  int64_t states = model.states > 0 ? model.states : 1;
  DO(it, SUNContext_Create, NULL, &it->context);
  it->vector = MAKE(N_VNew_Serial, states, it->context);
  it->between = MAKE(N_VNew_Serial, states, it->context);
  it->tolerances = MAKE(N_VNew_Serial, states, it->context);
  memcpy(sun.N_VGetArrayPointer(it->tolerances), absolute, (size_t)states * sizeof(double));
  it->memory = MAKE(CVodeCreate, BDF, it->context);
  DO(it, CVodeSetErrHandlerFn, it->memory, complain, it);
  it->integrand = (Integrand){
      .values_of = sun.N_VGetArrayPointer,
      .column_of = sun.SUNDenseMatrix_Column,
      .get_error_weights = sun.CVodeGetErrWeights,
      .get_step = sun.CVodeGetCurrentStep,
      .cvode = it->memory,
      .weights = MAKE(N_VNew_Serial, states, it->context),
      .scratch = made(calloc((size_t)(2 * states), sizeof(double)), "calloc"),
      .refused_at = NAN,
  };
  DO(it, CVodeSetUserData, it->memory, &it->integrand);
  DO(it, CVodeInit, it->memory, derivatives, 0, it->vector);
  DO(it, CVodeSVtolerances, it->memory, tolerance, it->tolerances);
  it->matrix = MAKE(SUNDenseMatrix, states, states, it->context);
  it->solver = MAKE(SUNLinSol_Dense, it->vector, it->matrix, it->context);
  DO(it, CVodeSetLinearSolver, it->memory, it->solver, it->matrix);
  if (model.groups > 0) DO(it, CVodeSetJacFn, it->memory, jacobian);
  if (model.indicators == 0) return it;
  find_roots(it, model.indicators, indicators);
  DO(it, CVodeSetNoInactiveRootWarn, it->memory);
  return it;
}

void close_cvode(Cvode *it) {
  sun.SUNLinSolFree(it->solver);
  sun.SUNMatDestroy(it->matrix);
  sun.CVodeFree(&it->memory);
  void *const vectors[] = {it->integrand.weights, it->tolerances, it->between, it->vector};
  for (int i = 0; i < 4; i++) sun.N_VDestroy(vectors[i]);
  sun.SUNContext_Free(&it->context);
  free(it->integrand.scratch);
  free(it);
}

/* 0: as long as it likes. */
static void limit(Cvode *it, double longest) {
  if (longest == 0 && !it->is_limited) return;
  DO(it, CVodeSetMaxStep, it->memory, longest);
  it->is_limited = longest != 0;
}

/*
 * Begins anew at `time` with these states, as if there had been nothing before. It never steps beyond `stop`; the next step has
 * at most `longest`, if that is not 0.
 */
void begin_cvode(Cvode *it, double time, const double *states, double stop, double longest) {
  memcpy(sun.N_VGetArrayPointer(it->vector), states, (size_t)(model.states > 0 ? model.states : 1) * sizeof(double));
  DO(it, CVodeReInit, it->memory, time, it->vector);
  /*
   * CVODE does not look at functions that were 0 where it began, and goes on so when it begins anew: it is told of them as
   * if for the first time. The same ones alone would change nothing, so there are none in between.
   */
  if (model.indicators > 0) {
    find_roots(it, 0, NULL);
    find_roots(it, model.indicators, indicators);
  }
  DO(it, CVodeSetStopTime, it->memory, stop);
  limit(it, longest);
}

/*
 * One step of the integrator's own choice, towards `stop`; shorter if there is a root on the way. REFUSED: no step at all, for
 * the event indicators cannot be evaluated at `time`; it is to begin anew then.
 */
Step step_cvode(Cvode *it, double stop) {
  double reached = NAN;
  int code = sun.CVode(it->memory, stop, it->vector, &reached, ONE_STEP);
  double refused_at = it->integrand.refused_at;
  it->integrand.refused_at = NAN;
  if (code == ROOTS_FAILED && !isnan(refused_at)) {
    *it->complaint = 0;
    return (Step){refused_at, REFUSED};
  }
  judge(it, code, "CVode");
  limit(it, 0);
  return (Step){reached, code == ROOT_RETURN ? ROOT : code == TSTOP_RETURN ? STOP : STEP};
}

const double *cvode_states(const Cvode *it) { return sun.N_VGetArrayPointer(it->vector); }

/* The solution at a time within the last step. */
const double *interpolate_cvode(Cvode *it, double time) {
  DO(it, CVodeGetDky, it->memory, time, 0, it->between);
  return sun.N_VGetArrayPointer(it->between);
}
