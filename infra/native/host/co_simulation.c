/*
 * A model that brings its solver: FMI 2.0, section 4.2, and 3.0, chapter 4. Nothing is outside of the model: it can be captured
 * everywhere.
 */
#include "host.h"

static void initialize_simulation(double time) { version()->initialize(time); }
static void change(double time, const double *inputs) {
  (void)time;
  set_values(&model.inputs, inputs);
}
static void rest(double time) { (void)time; }
static void resume(double time, double until) { (void)time, (void)until; }

static void advance(double from, double to) {
  if (to > from) version()->step(from, to);
}

static uint8_t *capture(size_t *length) { return serialize(0, length); }

/* Nothing is outside of it. */
static uint8_t *know(size_t *length) { return *length = 0, NULL; }
static void recall(const uint8_t *known, size_t length) { (void)known, (void)length; }

const Simulation co_simulation = {1, initialize_simulation, change, rest, resume, advance, capture, deserialize, know, recall};
