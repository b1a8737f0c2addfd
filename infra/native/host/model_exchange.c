/* A model without a solver: FMI 2.0, section 3.2, and 3.0, chapter 3; integrated by CVODE. */
#include "host.h"
#include <float.h>
#include <stdlib.h>
#include <string.h>

/* Relative, if the model's default experiment names none; absolute: of the relative one, times the nominal value of each state. */
static const double DEFAULT_TOLERANCE = 1e-6, ABSOLUTE_TOLERANCE = 0.01;
/* Where not even a step of this length can be taken, s, the model cannot be simulated on. */
static const double LEAST_STEP = 1e-6;
/* Rounds of one event, and events at one instant: more is a model that goes round in circles. */
enum { MOST_ROUNDS = 1000 };
/* Of a captured state: the next time event, before the model's own bytes. */
enum { HEAD_BYTES = sizeof(double) };

static double *states, *nominals;
/* Made when the nominal values are known, and anew when they change. */
static Cvode *integrator;
static double next_event = INFINITY, until_time;
/* Where the model stands, s. */
static double now;
/* A step that the integrator has taken from there, and that the model does not know of yet: samples may lie in it. */
static bool is_ahead;
static Step ahead;
static int events_at_once;

static size_t length(void) { return model.states > 0 ? model.states : 1; }

static void read_states(void) {
  if (model.states > 0) CALL(GetContinuousStates, states, model.states);
}

static Cvode *cvode(void) {
  if (integrator != NULL) return integrator;
  double tolerance = isnan(model.tolerance) ? DEFAULT_TOLERANCE : model.tolerance;
  double *absolute = calloc(length(), sizeof(double));
  if (absolute == NULL) fail_model("there is no memory for its integrator");
  for (size_t i = 0; i < length(); i++) {
    double nominal = nominals[i] == 0 || isnan(nominals[i]) ? 1 : nominals[i];
    absolute[i] = ABSOLUTE_TOLERANCE * tolerance * fabs(nominal);
  }
  integrator = open_cvode(tolerance, absolute);
  free(absolute);
  return integrator;
}

/* New nominal values are other tolerances: another integrator. */
static void take_nominals(const double *told) {
  bool is_same = integrator != NULL;
  for (size_t i = 0; i < model.states; i++) is_same = is_same && told[i] == nominals[i];
  if (!is_same) {
    memcpy(nominals, told, model.states * sizeof(double));
    if (integrator != NULL) close_cvode(integrator);
    integrator = NULL;
  }
}

static void read_nominals(void) {
  if (model.states == 0) return;
  double *told = calloc(model.states, sizeof(double));
  if (told == NULL) fail_model("there is no memory for its nominal values");
  CALL(GetNominalsOfContinuousStates, told, model.states);
  take_nominals(told);
  free(told);
}

/* From event mode to continuous time mode: discrete states are iterated until they hold. */
static void settle(void) {
  Event event;
  bool have_nominals_changed = false;
  int rounds = 0;
  do {
    if (++rounds > MOST_ROUNDS) fail_model("an event at %s s does not come to an end", number(now, 0));
    event = version()->update();
    if (event.ends) end_simulation(now);
    have_nominals_changed = have_nominals_changed || event.nominals_changed;
  } while (event.needs_another);
  next_event = event.has_next_event ? event.next_event : INFINITY;
  CALL(EnterContinuousTimeMode);
  read_states();
  if (have_nominals_changed) read_nominals();
}

static double stop_time(void) {
  double stop = until_time < next_event ? until_time : next_event;
  return stop > now ? stop : now;
}

/* The integrator begins anew where the model stands. */
static void begin(void) {
  is_ahead = false;
  begin_cvode(cvode(), now, states, stop_time(), 0);
}

/* The model takes a step of the integrator as done; afterwards, and at an event, it may be another. Whether there was one. */
static bool completed(StepEnd end) {
  bool wants_event, ends;
  version()->complete(&wants_event, &ends);
  if (ends) end_simulation(now);
  if (!wants_event && end != ROOT && now < next_event) {
    read_states();
    return false;
  }
  CALL(EnterEventMode);
  settle();
  return true;
}

static Step step(void) {
  double stop = stop_time();
  /* Closer than an integrator can step: there already. */
  if (stop - now <= 8 * DBL_EPSILON * fabs(stop)) return (Step){stop, STOP};
  Cvode *it = cvode();
  for (;;) {
    Step taken = step_cvode(it, stop);
    if (taken.end != REFUSED) return taken;
    /* The model discards its event indicators there. The standard recommends a smaller step, and CVODE has none to offer. */
    double longest = (taken.time - now) / 2;
    if (!(longest > LEAST_STEP)) fail_model("the event indicators are discarded right after %s s", number(now, 0));
    begin_cvode(it, now, states, stop, longest);
  }
}

static void place(double time, const double *at) {
  CALL(SetTime, time);
  if (model.states > 0) CALL(SetContinuousStates, at, model.states);
}

static void make_room(void) {
  if (states != NULL) return;
  states = calloc(length(), sizeof(double));
  nominals = calloc(length(), sizeof(double));
  if (states == NULL || nominals == NULL) fail_model("there is no memory for its states");
  for (size_t i = 0; i < length(); i++) nominals[i] = 1;
}

static void initialize_exchange(double time) {
  make_room();
  version()->initialize(time);
  now = time;
  /* It is in event mode after its initialization. */
  settle();
  read_nominals();
  /* Now, so that a system without the integrator is noticed before anybody waits for a step. */
  cvode();
}

static void change(double time, const double *inputs) {
  now = time;
  CALL(EnterEventMode);
  set_values(&model.inputs, inputs);
  settle();
}

static void rest(double time) {
  if (!is_ahead) return;
  is_ahead = false;
  now = time;
  /* The last sample was taken where the integrator's step ends, and an event there still has to happen; or within the step. */
  completed(ahead.time == time ? ahead.end : STEP);
}

static void resume(double time, double until) {
  now = time;
  until_time = until;
  begin();
}

static void advance(double from, double to) {
  (void)from;
  for (;;) {
    if (!is_ahead) {
      if (now >= to) return;
      ahead = step();
      is_ahead = true;
    }
    double time = ahead.time;
    Cvode *it = cvode();
    /* A sample at the time of an event shows the values before it, as in BOPTEST: the event happens when the model goes on. */
    if (time >= to) {
      place(to, time > to ? interpolate_cvode(it, to) : cvode_states(it));
      return;
    }
    place(time, cvode_states(it));
    is_ahead = false;
    events_at_once = time > now ? 0 : events_at_once + 1;
    if (events_at_once > MOST_ROUNDS) fail_model("there are events without end at %s s", number(time, 0));
    now = time;
    if (completed(ahead.end)) begin();
  }
}

static uint8_t *capture(size_t *size) {
  uint8_t *bytes = serialize(HEAD_BYTES, size);
  memcpy(bytes, &next_event, HEAD_BYTES);
  return bytes;
}

static void restore_exchange(const uint8_t *state, size_t size) {
  if (size < HEAD_BYTES) fail_model("its state is cut off");
  memcpy(&next_event, state, HEAD_BYTES);
  is_ahead = false;
  deserialize(state + HEAD_BYTES, size - HEAD_BYTES);
  read_states();
  read_nominals();
}

/* The next time event; then states, and nominal values. */
static uint8_t *know(size_t *size) {
  size_t bytes = length() * sizeof(double);
  uint8_t *known = malloc(HEAD_BYTES + 2 * bytes);
  if (known == NULL) fail_model("there is no memory for its state");
  memcpy(known, &next_event, HEAD_BYTES);
  memcpy(known + HEAD_BYTES, states, bytes);
  memcpy(known + HEAD_BYTES + bytes, nominals, bytes);
  *size = HEAD_BYTES + 2 * bytes;
  return known;
}

static void recall(const uint8_t *known, size_t size) {
  size_t bytes = length() * sizeof(double);
  if (size != HEAD_BYTES + 2 * bytes) fail_model("its state is cut off");
  is_ahead = false;
  events_at_once = 0;
  memcpy(&next_event, known, HEAD_BYTES);
  memcpy(states, known + HEAD_BYTES, bytes);
  take_nominals((const double *)(known + HEAD_BYTES + bytes));
}

/* After a rest the integrator begins at low order and with a new Jacobian: not after every sample, then. */
const Simulation model_exchange = {60, initialize_exchange, change, rest, resume, advance, capture, restore_exchange, know, recall};
