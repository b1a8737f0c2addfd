/*
 * What CVODE integrates: the derivatives, event indicators and Jacobian of a model for Model Exchange (FMI 2.0, section 3.2).
 * CVODE calls these functions some ten thousand times a simulated day: in C, none of the calls passes through JavaScript.
 * functions/emulator/cvode/integrand.ts fills in the structure; the two must agree.
 */
#include <fenv.h>
#include <float.h>
#include <math.h>
#include <stddef.h>
#include <stdint.h>

enum { OK, WARNING, DISCARD };                      /* fmi2Status */
enum { FINE = 0, RECOVERABLE = 1, HOPELESS = -1 };  /* what CVODE is told */
enum { NONE, SET_TIME, SET_STATES, GET_DERIVATIVES, GET_INDICATORS };

typedef struct {
  void *instance;
  int32_t (*set_time)(void *, double);
  int32_t (*set_states)(void *, const double *, size_t);
  int32_t (*get_derivatives)(void *, double *, size_t);
  int32_t (*get_indicators)(void *, double *, size_t);
  /* Of SUNDIALS: the values of a vector, a column of a dense matrix, the error weights, the current step. */
  double *(*values_of)(void *vector);
  double *(*column_of)(void *matrix, int64_t column);
  int32_t (*get_error_weights)(void *cvode, void *vector);
  int32_t (*get_step)(void *cvode, double *step);
  void *cvode;
  void *weights;   /* a vector for the error weights */
  double *scratch; /* 2 * states */
  int64_t states, indicators;
  /* Columns of the Jacobian that have no row in common are found by one evaluation: groups of them. */
  int64_t groups;
  const int32_t *group_starts;  /* groups + 1: where each begins in group_columns */
  const int32_t *group_columns; /* states */
  const int32_t *column_starts; /* states + 1: where each begins in column_rows */
  const int32_t *column_rows;
  /* The call that failed, and its status; where event indicators could not be evaluated, s. */
  int64_t failed_call, failed_status;
  double refused_at;
} Integrand;

/* A discarded call is not the end: CVODE tries a shorter step. Of others, the first that failed is remembered. */
static int judge(Integrand *it, int call, int32_t status) {
  /* The model may have changed how this thread rounds: CVODE is to calculate as in every process. */
  fesetenv(FE_DFL_ENV);
  if (status == OK || status == WARNING) return FINE;
  if (status == DISCARD) return RECOVERABLE;
  if (it->failed_call == NONE) {
    it->failed_call = call;
    it->failed_status = status;
  }
  return HOPELESS;
}

static int place(Integrand *it, double time, const double *x) {
  int outcome = judge(it, SET_TIME, it->set_time(it->instance, time));
  if (outcome != FINE || it->states == 0) return outcome;
  return judge(it, SET_STATES, it->set_states(it->instance, x, (size_t)it->states));
}

static int evaluate(Integrand *it, double time, const double *x, double *dx) {
  int outcome = place(it, time, x);
  if (outcome != FINE) return outcome;
  /* A model without states has one that never changes: the integrator wants one at least. */
  if (it->states == 0) return dx[0] = 0, FINE;
  return judge(it, GET_DERIVATIVES, it->get_derivatives(it->instance, dx, (size_t)it->states));
}

/* CVRhsFn */
int boptest_derivatives(double time, void *x, void *dx, void *data) {
  Integrand *it = data;
  return evaluate(it, time, it->values_of(x), it->values_of(dx));
}

/* CVRootFn. Whatever else than 0 it returns ends the step: `refused_at` tells a discarded call from one that failed. */
int boptest_indicators(double time, void *x, double *z, void *data) {
  Integrand *it = data;
  int outcome = place(it, time, it->values_of(x));
  if (outcome == FINE) {
    outcome = judge(it, GET_INDICATORS, it->get_indicators(it->instance, z, (size_t)it->indicators));
  }
  if (outcome == RECOVERABLE) it->refused_at = time;
  return outcome;
}

/*
 * CVLsJacFn: difference quotients, one evaluation for a group of columns (Curtis, Powell, Reid: On the Estimation of Sparse Jacobian
 * Matrices, 1974). Increments are those of CVODE's own dense difference quotients, as its user guide has them.
 */
int boptest_jacobian(double time, void *x_vector, void *dx_vector, void *matrix, void *data, void *spare, void *unused,
                     void *unused_too) {
  (void)unused, (void)unused_too;
  Integrand *it = data;
  double *x = it->values_of(x_vector), *changed = it->values_of(spare), *weights = it->values_of(it->weights);
  const double *dx = it->values_of(dx_vector);
  int64_t n = it->states;
  double step = 0, sum = 0;
  if (it->get_error_weights(it->cvode, it->weights) < 0 || it->get_step(it->cvode, &step) < 0) return HOPELESS;
  for (int64_t i = 0; i < n; i++) sum += dx[i] * weights[i] * (dx[i] * weights[i]);
  double norm = sqrt(sum / (double)n);
  double least = norm != 0 ? 1000 * fabs(step) * DBL_EPSILON * (double)n * norm : 1;
  double *before = it->scratch, *increments = it->scratch + n;
  for (int64_t g = 0; g < it->groups; g++) {
    int32_t from = it->group_starts[g], to = it->group_starts[g + 1];
    for (int32_t k = from; k < to; k++) {
      int32_t j = it->group_columns[k];
      before[j] = x[j];
      increments[j] = fmax(sqrt(DBL_EPSILON) * fabs(x[j]), least / weights[j]);
      x[j] += increments[j];
    }
    int outcome = evaluate(it, time, x, changed);
    for (int32_t k = from; k < to; k++) x[it->group_columns[k]] = before[it->group_columns[k]];
    if (outcome != FINE) return outcome;
    for (int32_t k = from; k < to; k++) {
      int32_t j = it->group_columns[k];
      double *column = it->column_of(matrix, j);
      for (int64_t i = 0; i < n; i++) column[i] = 0;
      for (int32_t r = it->column_starts[j]; r < it->column_starts[j + 1]; r++) {
        int32_t i = it->column_rows[r];
        column[i] = (changed[i] - dx[i]) * (1 / increments[j]);
      }
    }
  }
  return FINE;
}
