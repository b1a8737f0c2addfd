/*
 * The process of one model: native code of a stranger, run by C alone. functions/emulator/host.ts is its other side, and says
 * what the frames are; the two must agree.
 */
#pragma once
#include <fenv.h>
#include <math.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include "memory.h"

/* frames.c: what it is told on descriptor 3, and what it answers on descriptor 4. */
typedef struct {
  const uint8_t *at, *end;
} Bytes;

/* The next order: its kind, and what goes with it. It ends the process when nobody is there any more. */
uint32_t next_order(Bytes *bytes);
const uint8_t *take_bytes(Bytes *from, size_t length);
uint32_t take_u32(Bytes *from);
double take_f64(Bytes *from);
char *take_text(Bytes *from);                  /* copied, ends with 0 */
uint32_t *take_list(Bytes *from, uint32_t *length); /* copied */
void report(const char *head, const void *first, size_t first_length, const void *second, size_t second_length);
/* A report with one text: `{"kind":…,"<name>":"<text>"}`. */
void report_text(const char *before, const char *text, size_t longest);

/* log.c: what a model logs, within bounds, and the end of one that failed. */
typedef enum { OK, WARNING, DISCARD, ERROR, FATAL, PENDING } Status; /* fmi2Status; fmi3Status has no fmi2Pending */
/* The version of FMI, 2 or 3, by which statuses are named. */
extern int fmi_version;
const char *status_name(int status);
/* fmi2CallbackLogger, fmi3LogMessageCallback. */
void log_message(void *environment, const char *name, int status, const char *category, const char *format, ...);
void log_text(void *environment, int status, const char *category, const char *text);
void end_log(void);
_Noreturn void fail_model(const char *format, ...) __attribute__((format(printf, 1, 2)));
/* The model has ended the simulation at this time (s): that is no fault of it. */
_Noreturn void end_simulation(double time);
_Noreturn void fail_loading(const char *format, ...) __attribute__((format(printf, 1, 2)));
/* A number as JavaScript would write it, nearly. One at a time for each of two places. */
const char *number(double value, int place);

/* address.c: where everything lies, and that it lies there in every process. */
enum { STACK = 16 << 20 };
void fix_addresses(char **arguments);
_Noreturn void run_on_own_stack(void (*what)(void));
uint64_t layout(void);
uint64_t mix(uint64_t hash, uint64_t value);

/* image.c: a model's memory as its state. */
void note_base(void);
uint8_t *take_image(const void *known, size_t known_length, size_t *length, const char **why);
Bytes put_to_image(Bytes from);

/* confine.c, files.c, calls.c: what it gives up, before anything of the model is loaded. The package is open here: it has the same path
 * in every process. */
enum { PACKAGE = 5 };
typedef struct {
  const char *package, *scratch;
  uint64_t memory;
  char *const *libraries; /* folders; ends with null */
} Room;
void confine(const Room *room);
bool restrict_files(const Room *room);
/* Without Landlock, files are opened for reading only. */
bool restrict_calls(bool are_files_restricted);
/* The answer to an order to load. */
void report_loaded(void);

/* model.c: what is told of the model. */
/* Types of variables, as functions/emulator/orders.ts has them. FMI 2.0 has the first three: Real, Integer, Boolean. */
enum { FLOAT64, INT32, BOOLEAN, FLOAT32, INT8, UINT8, INT16, UINT16, UINT32, INT64, UINT64, TYPES };
typedef struct {
  uint32_t count, counts[TYPES];
  uint32_t *references[TYPES], *places[TYPES];
} Selection;
typedef struct {
  bool exchanges; /* Model Exchange, else Co-Simulation */
  double tolerance; /* NaN without */
  uint32_t states, indicators;
  Selection inputs, sampled;
  /* The Jacobian's columns in groups, see integrand.c; no groups: the integrator's own. */
  uint32_t groups;
  uint32_t *group_starts, *group_columns, *column_starts, *column_rows;
  /* Where it gives directional derivatives: references of these columns' states, and of all derivatives; else null. */
  uint32_t *group_references, *derivative_references;
  char *cvode; /* the file of CVODE's library */
} Model;
extern Model model;
void load(Bytes *from);

/* instance.c: calls that FMI 2.0 and 3.0 have in common, by their names in each. */
#define FUNCTIONS(F)                                                                            \
  F(ExitInitializationMode, ExitInitializationMode, (void *))                                   \
  F(GetFMUstate, GetFMUState, (void *, void **))                                                \
  F(SetFMUstate, SetFMUState, (void *, void *))                                                 \
  F(FreeFMUstate, FreeFMUState, (void *, void **))                                              \
  F(SerializedFMUstateSize, SerializedFMUStateSize, (void *, void *, size_t *))                 \
  F(SerializeFMUstate, SerializeFMUState, (void *, void *, void *, size_t))                     \
  F(DeSerializeFMUstate, DeserializeFMUState, (void *, const void *, size_t, void **))          \
  F(EnterEventMode, EnterEventMode, (void *))                                                   \
  F(EnterContinuousTimeMode, EnterContinuousTimeMode, (void *))                                 \
  F(SetTime, SetTime, (void *, double))                                                         \
  F(SetContinuousStates, SetContinuousStates, (void *, const double *, size_t))                 \
  F(GetContinuousStates, GetContinuousStates, (void *, double *, size_t))                       \
  F(GetDerivatives, GetContinuousStateDerivatives, (void *, double *, size_t))                  \
  F(GetEventIndicators, GetEventIndicators, (void *, double *, size_t))                         \
  F(GetNominalsOfContinuousStates, GetNominalsOfContinuousStates, (void *, double *, size_t))
#define DECLARE(name, in_fmi3, arguments) int(*name) arguments;
#define ENUMERATE(name, in_fmi3, arguments) CALL_##name,
typedef struct {
  FUNCTIONS(DECLARE)
} Fmi;
enum { FUNCTIONS(ENUMERATE) CALLS };
extern Fmi fmi;
extern void *instance;
/* What a call is called in the model's version of FMI. */
const char *name_of(int call);
/* Looks a function of the model up when it is first needed. */
void find(void **function, const char *name);
/* The one place where statuses are judged: what is no fmi2OK or fmi2Warning is the end. */
void check(int status, const char *call);
/*
 * How this thread calculates, as when a process begins: a model may have changed that for whoever calculates after it. The same as
 * fesetenv(FE_DFL_ENV), which takes as long as a small model's step: mostly there are only flags of SSE to clear. What MMX has left in
 * the registers of x87, where `long double` would find its stack full, no flag tells: EMMS empties them.
 */
static inline int settled(int status) {
  enum { X87_CONTROL = 0x37f, X87_FLAGS = 0x3f, SSE = 0x1f80 };
  uint16_t control, flags;
  __asm__ volatile("emms\n\tfnstcw %0\n\tfnstsw %1" : "=m"(control), "=m"(flags) : : "memory");
  if (control != X87_CONTROL || (flags & X87_FLAGS) != 0) fesetenv(FE_DFL_ENV);
  else if (__builtin_ia32_stmxcsr() != SSE) __builtin_ia32_ldmxcsr(SSE);
  return status;
}
#define FIND(name) find((void **)&fmi.name, name_of(CALL_##name))
#define ASK(name, ...) (FIND(name), settled(fmi.name(instance, ##__VA_ARGS__)))
#define CALL(name, ...) check(ASK(name, ##__VA_ARGS__), name_of(CALL_##name))

void *open_library(const char *file);
void instantiate(const char *library, const char *identifier, const char *token, const char *resources);
void get_values(const Selection *which, double *into);
void set_values(const Selection *which, const double *from);
/* The model's state, after `head` bytes that are the caller's; to be freed. */
uint8_t *serialize(size_t head, size_t *length);
void deserialize(const uint8_t *bytes, size_t length);

/* fmi2.c, fmi3.c: what the versions do differently. A status that is no success is the end in all of them. */
typedef struct {
  bool needs_another, ends, nominals_changed, has_next_event;
  double next_event;
} Event;
typedef struct {
  /* Null if the model gives none. `token`: FMI 2.0's guid. */
  void *(*instantiate)(const char *identifier, const char *token, const char *resources);
  /* From instantiated to initialized, with the start values of all inputs. */
  void (*initialize)(double time);
  /* Variables of one type by their references, in an order that `places` tells, as numbers. */
  void (*get)(int type, uint32_t count, const uint32_t *references, const uint32_t *places, double *into);
  void (*set)(int type, uint32_t count, const uint32_t *references, const uint32_t *places, const double *from);
  /* Co-Simulation. */
  void (*step)(double from, double to);
  /* Model Exchange: discrete states, once; a step of the integrator as done. */
  Event (*update)(void);
  void (*complete)(bool *wants_event, bool *ends);
  /* How all derivatives change with these states, in this direction. The status. */
  int (*differentiate)(const uint32_t *states, uint32_t count, const double *direction, double *change);
} Version;
extern const Version fmi2, fmi3;
static inline const Version *version(void) { return fmi_version == 3 ? &fmi3 : &fmi2; }
/* A function that one version has alone: in its own table `own`. */
#define ASK_OWN(prefix, name, ...) (find((void **)&own.name, prefix #name), settled(own.name(instance, ##__VA_ARGS__)))
#define CALL_OWN(prefix, name, ...) check(ASK_OWN(prefix, name, ##__VA_ARGS__), prefix #name)
/* For so many values, of whatever type. The same each time. */
void *room_for_values(size_t count);

/* co_simulation.c, model_exchange.c: a model in time, whatever integrates it. */
typedef struct {
  /* Intervals of a grid after which the model is brought to rest. */
  uint64_t between_rests;
  /* The initial condition at `time` (s). Once, before everything else. */
  void (*initialize)(double time);
  /* Puts inputs into force where the model stands, at `time`: an event. */
  void (*change)(double time, const double *inputs);
  /* Makes what is at `time`, where the last sample was taken, all there is: it can be captured then. */
  void (*rest)(double time);
  /* After one of these at `time`: from here on, at most to `until`, where it rests again. */
  void (*resume)(double time, double until);
  /* From where it stands to `to`. Afterwards its variables can be read. */
  void (*advance)(double from, double to);
  /* All of its state. Only of models that can, and only where it rests. To be freed. */
  uint8_t *(*capture)(size_t *length);
  void (*restore)(const uint8_t *state, size_t length);
  /* What is outside of the model, where it rests: part of an image. To be freed; and back to that. */
  uint8_t *(*know)(size_t *length);
  void (*recall)(const uint8_t *known, size_t length);
} Simulation;
extern const Simulation co_simulation, model_exchange;

/* cvode.c */
typedef enum { STEP, STOP, ROOT, REFUSED } StepEnd;
typedef struct {
  double time;
  StepEnd end;
} Step;
typedef struct Cvode Cvode;
Cvode *open_cvode(double tolerance, const double *absolute);
void close_cvode(Cvode *it);
void begin_cvode(Cvode *it, double time, const double *states, double stop, double longest);
Step step_cvode(Cvode *it, double stop);
const double *cvode_states(const Cvode *it);
const double *interpolate_cvode(Cvode *it, double time);

/* integrand.c */
typedef struct {
  /* Of SUNDIALS: the values of a vector, a column of a dense matrix, the error weights, the current step. */
  double *(*values_of)(void *vector);
  double *(*column_of)(void *matrix, int64_t column);
  int (*get_error_weights)(void *cvode, void *vector);
  int (*get_step)(void *cvode, double *step);
  void *cvode;
  void *weights;   /* a vector for the error weights */
  double *scratch; /* 2 * states */
  /* The call that failed, null if none has, and its status; where event indicators could not be evaluated, s. */
  const char *failed_call;
  int failed_status;
  double refused_at;
} Integrand;
int derivatives(double time, void *x, void *dx, void *data);
int indicators(double time, void *x, double *z, void *data);
int jacobian(double time, void *x, void *dx, void *matrix, void *data, void *spare, void *unused, void *unused_too);

/* course.c: the orders that simulate. */
void initialize(Bytes *from);
void restore(Bytes *from);
void restore_image(Bytes *from);
void simulate(Bytes *from);
