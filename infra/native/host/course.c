/*
 * The orders that simulate. A course is a stretch of a grid under inputs that are held; functions/emulator/live-model.ts knows
 * on which one the model is.
 */
#include "host.h"
#include <stdio.h>
#include <stdlib.h>
#include <time.h>

/* Of an order. */
enum { SAMPLES = 1, CAPTURES = 2, IMAGES = 4 };
/* As functions/emulator/frames.ts has it. */
enum { MOST_BYTES = 128 << 20 };

static uint8_t *captured;
static size_t captured_length;
/* Why no image was taken. */
static const char *unfit;

static const Simulation *simulation(void) { return model.exchanges ? &model_exchange : &co_simulation; }

static double milliseconds(void) {
  struct timespec now;
  clock_gettime(CLOCK_MONOTONIC, &now);
  return 1e3 * (double)now.tv_sec + 1e-6 * (double)now.tv_nsec;
}

static void capture(uint32_t flags) {
  free(captured);
  if ((flags & IMAGES) == 0) {
    captured = simulation()->capture(&captured_length);
    return;
  }
  size_t length = 0;
  uint8_t *known = simulation()->know(&length);
  captured = take_image(known, length, &captured_length, &unfit);
  free(known);
}

/* How far it came, where it rested last, whether there is a new state, and why not; the state, then the samples. */
static void done(uint64_t reached, uint64_t rested_at, const double *samples, size_t rows) {
  char head[256];
  size_t row = model.sampled.count * sizeof(double);
  end_log();
  size_t bytes = captured_length + rows * row;
  if (bytes > MOST_BYTES) fail_model("its state and samples are too large: %zu bytes", bytes);
  snprintf(head, sizeof head, "{\"kind\":\"done\",\"reached\":%llu,\"restedAt\":%llu,\"stateBytes\":%zd,\"unfit\":\"%s\"}",
           (unsigned long long)reached, (unsigned long long)rested_at, captured == NULL ? (ssize_t)-1 : (ssize_t)captured_length,
           unfit == NULL ? "" : unfit);
  report(head, captured, captured_length, samples, rows * row);
  free(captured);
  captured = NULL;
  unfit = NULL;
  captured_length = 0;
}

static double *room_for(size_t rows) {
  double *samples = calloc(rows * model.sampled.count + 1, sizeof(double));
  if (samples == NULL) fail_model("there is no memory for its samples");
  return samples;
}

/* Order: f64 time; u32 flags. */
void initialize(Bytes *from) {
  double time = take_f64(from), *sample = room_for(1);
  uint32_t flags = take_u32(from);
  simulation()->initialize(time);
  if (flags & IMAGES) note_base();
  else if (flags & CAPTURES) capture(flags);
  if (flags & SAMPLES) get_values(&model.sampled, sample);
  /* Reading values may change its memory, too. */
  if ((flags & IMAGES) && (flags & CAPTURES)) capture(flags);
  done(flags & SAMPLES ? 1 : 0, 0, sample, flags & SAMPLES ? 1 : 0);
  free(sample);
}

/* Order: its captured state. */
void restore(Bytes *from) {
  simulation()->restore(from->at, (size_t)(from->end - from->at));
  done(0, 0, NULL, 0);
}

/* Order: its image. It was initialized at the same time as the one whose image it is. */
void restore_image(Bytes *from) {
  Bytes known = put_to_image(*from);
  simulation()->recall(known.at, (size_t)(known.end - known.at));
  done(0, 0, NULL, 0);
}

/* As functions/simulation/grid.ts has it, to the bit. */
static double grid_time(const double *grid, uint64_t index) {
  double at = (double)index;
  return at == grid[2] ? grid[0] + grid[1] : grid[0] + at * grid[1] / grid[2];
}

static uint64_t lesser(uint64_t one, uint64_t other) { return one < other ? one : other; }

/*
 * Order: f64 start, length, intervals of the grid; from, to: the intervals to be simulated; rested at: where the course that this
 * goes on with rested last, -1 if none; budget: after so many ms it leaves off,
 * but not before one interval; u32 flags;
 * f64 inputs. How intervals are cut into orders changes nothing.
 */
void simulate(Bytes *bytes) {
  double started_at = milliseconds(), grid[3];
  for (int i = 0; i < 3; i++) grid[i] = take_f64(bytes);
  uint64_t from = (uint64_t)take_f64(bytes), to = (uint64_t)take_f64(bytes), intervals = (uint64_t)grid[2];
  double rested = take_f64(bytes), budget = take_f64(bytes);
  uint32_t flags = take_u32(bytes);
  double *inputs = calloc(model.inputs.count + 1, sizeof(double));
  if (inputs == NULL) fail_model("there is no memory for its inputs");
  for (uint32_t i = 0; i < model.inputs.count; i++) inputs[i] = take_f64(bytes);

  const Simulation *it = simulation();
  uint64_t every = it->between_rests;
  uint64_t last_rest = to == intervals ? to : every * (to / every);
  uint64_t rested_at = rested < 0 ? from : (uint64_t)rested;
#define NEXT_REST(index) lesser(intervals, every * ((index) / every + 1))
  if (rested < 0) {
    double time = grid_time(grid, from);
    bool captures = (flags & CAPTURES) && last_rest <= from;
    it->rest(time);
    /* Whoever is restored to a grid's beginning puts its inputs into force, and finds them in force later on: that happens once. */
    if (captures && from == 0) capture(flags);
    it->change(time, inputs);
    if (captures && from > 0) capture(flags);
  }
  free(inputs);
  double *samples = room_for(flags & SAMPLES ? to - from : 0);
  uint64_t index = from;
  for (; index < to; index++) {
    if (index > from && milliseconds() - started_at > budget) break;
    if (rested_at == index) it->resume(grid_time(grid, index), grid_time(grid, NEXT_REST(index)));
    double time = grid_time(grid, index + 1);
    it->advance(grid_time(grid, index), time);
    if (flags & SAMPLES) get_values(&model.sampled, samples + (index - from) * model.sampled.count);
    if (index + 1 != NEXT_REST(index)) continue;
    it->rest(time);
    rested_at = index + 1;
    if ((flags & CAPTURES) && rested_at == last_rest) capture(flags);
  }
  done(index, rested_at, samples, flags & SAMPLES ? index - from : 0);
  free(samples);
}
