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

/* Column `j` of the Jacobian: `slopes` in the rows that it has, else zeros. */
static void fill(const Integrand *it, void *matrix, uint32_t j, const double *slopes) {
  double *column = it->column_of(matrix, j);
  for (uint32_t i = 0; i < model.states; i++) column[i] = 0;
  for (uint32_t r = model.column_starts[j]; r < model.column_starts[j + 1]; r++) {
    uint32_t i = model.column_rows[r];
    column[i] = slopes[i];
  }
}

/*
 * What the model itself says: one call for a group of columns, which have no row in common. `is_known`: false where the model discards
 * that, which says nothing of its derivatives.
 */
static int by_directions(Integrand *it, double time, const double *x, double *slopes, void *matrix, bool *is_known) {
  int outcome = place(it, time, x);
  for (uint32_t i = 0; i < model.states; i++) it->scratch[i] = 1;
  for (uint32_t g = 0; g < model.groups && outcome == FINE; g++) {
    uint32_t from = model.group_starts[g], to = model.group_starts[g + 1];
    int status = version()->differentiate(model.group_references + from, to - from, it->scratch, slopes);
    *is_known = status != DISCARD;
    if (!*is_known) return FINE;
    outcome = judge(it, fmi_version == 3 ? "fmi3GetDirectionalDerivative" : "fmi2GetDirectionalDerivative", status);
    for (uint32_t k = from; k < to && outcome == FINE; k++) fill(it, matrix, model.group_columns[k], slopes);
  }
  return outcome;
}

/*
 * Difference quotients, one evaluation for a group of columns (Curtis, Powell, Reid: On the Estimation of Sparse Jacobian
 * Matrices, 1974). Increments are those of CVODE's own dense difference quotients, as its user guide has them.
 */
static int by_differences(Integrand *it, double time, double *x, const double *dx, double *changed, void *matrix) {
  const double *weights = it->values_of(it->weights);
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

/* CVLsJacFn */
int jacobian(double time, void *x_vector, void *dx_vector, void *matrix, void *data, void *spare, void *unused, void *unused_too) {
  (void)unused, (void)unused_too;
  Integrand *it = data;
  double *x = it->values_of(x_vector), *room = it->values_of(spare);
  bool is_known = model.derivative_references != NULL;
  if (is_known) {
    int outcome = by_directions(it, time, x, room, matrix, &is_known);
    if (outcome != FINE || is_known) return outcome;
  }
  return by_differences(it, time, x, it->values_of(dx_vector), room, matrix);
}
