/*
 * What CVODE integrates: the derivatives, event indicators and Jacobian of a model for Model Exchange.
 * CVODE calls these functions some ten thousand times a simulated day.
 */
#include "host.h"
#include <float.h>

enum { FINE = 0, RECOVERABLE = 1, HOPELESS = -1 }; /* what CVODE is told */

/* A discarded call is not the end: CVODE tries a shorter step. Of others, the first that failed is remembered. */
static int judge(Integrand *it, const char *call, int status) {
  if (status == OK || status == WARNING) return FINE;
  if (status == DISCARD) return RECOVERABLE;
  if (it->failed_call == NULL) {
    it->failed_call = call;
    it->failed_status = status;
  }
  return HOPELESS;
}

static int place(Integrand *it, double time, const double *x) {
  int outcome = judge(it, name_of(CALL_SetTime), ASK(SetTime, time));
  if (outcome != FINE || model.states == 0) return outcome;
  return judge(it, name_of(CALL_SetContinuousStates), ASK(SetContinuousStates, x, model.states));
}

static int evaluate(Integrand *it, double time, const double *x, double *dx) {
  int outcome = place(it, time, x);
  if (outcome != FINE) return outcome;
  /* A model without states has one that never changes: the integrator wants one at least. */
  if (model.states == 0) return dx[0] = 0, FINE;
  return judge(it, name_of(CALL_GetDerivatives), ASK(GetDerivatives, dx, model.states));
}

/* CVRhsFn */
int derivatives(double time, void *x, void *dx, void *data) {
  Integrand *it = data;
  return evaluate(it, time, it->values_of(x), it->values_of(dx));
}

/* CVRootFn. Whatever else than 0 it returns ends the step: `refused_at` tells a discarded call from one that failed. */
int indicators(double time, void *x, double *z, void *data) {
  Integrand *it = data;
  int outcome = place(it, time, it->values_of(x));
  if (outcome == FINE) {
    outcome = judge(it, name_of(CALL_GetEventIndicators), ASK(GetEventIndicators, z, model.indicators));
  }
  if (outcome == RECOVERABLE) it->refused_at = time;
  return outcome;
}

/*
 * CVLsJacFn: difference quotients, one evaluation for a group of columns (Curtis, Powell, Reid: On the Estimation of Sparse Jacobian
 * Matrices, 1974). Increments are those of CVODE's own dense difference quotients, as its user guide has them.
 */
int jacobian(double time, void *x_vector, void *dx_vector, void *matrix, void *data, void *spare, void *unused, void *unused_too) {
  (void)unused, (void)unused_too;
  Integrand *it = data;
  double *x = it->values_of(x_vector), *changed = it->values_of(spare), *weights = it->values_of(it->weights);
  const double *dx = it->values_of(dx_vector);
  int64_t n = model.states;
  double step = 0, sum = 0;
  if (it->get_error_weights(it->cvode, it->weights) < 0 || it->get_step(it->cvode, &step) < 0) return HOPELESS;
  for (int64_t i = 0; i < n; i++) sum += dx[i] * weights[i] * (dx[i] * weights[i]);
  double norm = sqrt(sum / (double)n);
  double least = norm != 0 ? 1000 * fabs(step) * DBL_EPSILON * (double)n * norm : 1;
  double *before = it->scratch, *increments = it->scratch + n;
  for (uint32_t g = 0; g < model.groups; g++) {
    uint32_t from = model.group_starts[g], to = model.group_starts[g + 1];
    for (uint32_t k = from; k < to; k++) {
      uint32_t j = model.group_columns[k];
      before[j] = x[j];
      increments[j] = fmax(sqrt(DBL_EPSILON) * fabs(x[j]), least / weights[j]);
      x[j] += increments[j];
    }
    int outcome = evaluate(it, time, x, changed);
    for (uint32_t k = from; k < to; k++) x[model.group_columns[k]] = before[model.group_columns[k]];
    if (outcome != FINE) return outcome;
    for (uint32_t k = from; k < to; k++) {
      uint32_t j = model.group_columns[k];
      double *column = it->column_of(matrix, j);
      for (int64_t i = 0; i < n; i++) column[i] = 0;
      for (uint32_t r = model.column_starts[j]; r < model.column_starts[j + 1]; r++) {
        uint32_t i = model.column_rows[r];
        column[i] = (changed[i] - dx[i]) * (1 / increments[j]);
      }
    }
  }
  return FINE;
}
