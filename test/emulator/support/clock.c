/* x' = 1; one indicator, which is 0 until it is armed, and then 0 at `root` only: see cvode.test.ts. Arguments: CVODE's library, and
 * whether the integrator has stepped before. Prints how the step from 10 s on ended. */
#include "../../../infra/native/host/host.h"
#include <stdio.h>
#include <stdlib.h>

Model model = {.states = 1, .indicators = 1};
Fmi fmi;
void *instance;
static double now, root = NAN;

static int set_time(void *it, double time) { return (void)it, now = time, OK; }
static int set_states(void *it, const double *x, size_t n) { return (void)it, (void)x, (void)n, OK; }
static int get_derivatives(void *it, double *dx, size_t n) { return (void)it, (void)n, dx[0] = 1, OK; }
static int get_indicators(void *it, double *z, size_t n) { return (void)it, (void)n, z[0] = isnan(root) ? 0 : now - root, OK; }
const Version fmi2, fmi3;
void find(void **function, const char *name) { (void)function, (void)name; }
const char *name_of(int call) { return (void)call, "a call"; }
void check(int status, const char *call) { fprintf(stderr, "%s: %d\n", call, status), exit(1); }

int main(int count, char **arguments) {
  model.cvode = arguments[1];
  fmi = (Fmi){.SetTime = set_time, .SetContinuousStates = set_states, .GetDerivatives = get_derivatives, .GetEventIndicators = get_indicators};
  double absolute = 1e-8, x = 0;
  Cvode *it = open_cvode(1e-6, &absolute);
  if (count > 2) {
    begin_cvode(it, 0, &x, 10, 0);
    step_cvode(it, 10);
  }
  root = 10 + 1e-6; /* closer than the first step goes */
  x = 10;
  begin_cvode(it, 10, &x, 20, 0);
  Step step = step_cvode(it, 20);
  printf("%s %.17g\n", step.end == ROOT ? "root" : "other", step.time);
  close_cvode(it);
}
