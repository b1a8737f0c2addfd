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

/* frames.c: what it is told on descriptor 3, and what it answers on descriptor 4. */
typedef struct {
  const uint8_t *at, *end;
} Bytes;

/* The next order: its kind, and what goes with it. It ends the process when nobody is there any more. */
uint32_t next_order(Bytes *bytes);
uint32_t take_u32(Bytes *from);
double take_f64(Bytes *from);
char *take_text(Bytes *from);                  /* copied, ends with 0 */
uint32_t *take_list(Bytes *from, uint32_t *length); /* copied */
void report(const char *head, const void *first, size_t first_length, const void *second, size_t second_length);
/* A report with one text: `{"kind":…,"<name>":"<text>"}`. */
void report_text(const char *before, const char *text, size_t longest);

/* log.c: what a model logs, within bounds, and the end of one that failed. */
typedef enum { OK, WARNING, DISCARD, ERROR, FATAL, PENDING } Status; /* fmi2Status */
const char *status_name(int status);
void log_message(void *environment, const char *name, int status, const char *category, const char *format, ...);
void end_log(void);
_Noreturn void fail_model(const char *format, ...) __attribute__((format(printf, 1, 2)));
/* The model has ended the simulation at this time (s): that is no fault of it. */
_Noreturn void end_simulation(double time);
_Noreturn void fail_loading(const char *format, ...) __attribute__((format(printf, 1, 2)));
/* A number as JavaScript would write it, nearly. One at a time for each of two places. */
const char *number(double value, int place);

/* confine.c, files.c, calls.c: what it gives up, before anything of the model is loaded. */
typedef struct {
  const char *package, *scratch;
  uint64_t memory;
  char *const *libraries; /* folders; ends with null */
} Room;
void confine(const Room *room);
bool restrict_files(const Room *room);
bool restrict_calls(void);
/* The answer to an order to load. */
void report_loaded(void);

/* model.c: what is told of the model. */
enum { REAL, INTEGER, BOOLEAN, TYPES };
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
  char *cvode; /* the file of CVODE's library */
} Model;
extern Model model;
void load(Bytes *from);

/* instance.c: the calls of FMI 2.0 that both kinds have. */
#define FUNCTIONS(F)                                                            \
  F(SetupExperiment, (void *, int, double, double, int, double))                \
  F(EnterInitializationMode, (void *))                                          \
  F(ExitInitializationMode, (void *))                                           \
  F(GetReal, (void *, const uint32_t *, size_t, double *))                      \
  F(GetInteger, (void *, const uint32_t *, size_t, int32_t *))                  \
  F(GetBoolean, (void *, const uint32_t *, size_t, int32_t *))                  \
  F(SetReal, (void *, const uint32_t *, size_t, const double *))                \
  F(SetInteger, (void *, const uint32_t *, size_t, const int32_t *))            \
  F(SetBoolean, (void *, const uint32_t *, size_t, const int32_t *))            \
  F(GetFMUstate, (void *, void **))                                             \
  F(SetFMUstate, (void *, void *))                                              \
  F(FreeFMUstate, (void *, void **))                                            \
  F(SerializedFMUstateSize, (void *, void *, size_t *))                         \
  F(SerializeFMUstate, (void *, void *, void *, size_t))                        \
  F(DeSerializeFMUstate, (void *, const void *, size_t, void **))               \
  F(DoStep, (void *, double, double, int))                                      \
  F(GetStatus, (void *, int, int32_t *))                                        \
  F(GetRealStatus, (void *, int, double *))                                     \
  F(GetBooleanStatus, (void *, int, int32_t *))                                 \
  F(EnterEventMode, (void *))                                                   \
  F(NewDiscreteStates, (void *, void *))                                        \
  F(EnterContinuousTimeMode, (void *))                                          \
  F(CompletedIntegratorStep, (void *, int, int32_t *, int32_t *))               \
  F(SetTime, (void *, double))                                                  \
  F(SetContinuousStates, (void *, const double *, size_t))                      \
  F(GetContinuousStates, (void *, double *, size_t))                            \
  F(GetDerivatives, (void *, double *, size_t))                                 \
  F(GetEventIndicators, (void *, double *, size_t))                             \
  F(GetNominalsOfContinuousStates, (void *, double *, size_t))
#define DECLARE(name, arguments) int(*name) arguments;
typedef struct {
  FUNCTIONS(DECLARE)
} Fmi;
extern Fmi fmi;
extern void *instance;
/* Looks a function of the model up when it is first needed. */
void find(void **function, const char *name);
/* The one place where statuses are judged: what is no fmi2OK or fmi2Warning is the end. */
void check(int status, const char *call);
/* How this thread calculates, as when a process begins: a model may have changed that for whoever calculates after it. */
static inline int settled(int status) { return fesetenv(FE_DFL_ENV), status; }
#define FIND(name) find((void **)&fmi.name, "fmi2" #name)
#define ASK(name, ...) (FIND(name), settled(fmi.name(instance, ##__VA_ARGS__)))
#define CALL(name, ...) check(ASK(name, ##__VA_ARGS__), "fmi2" #name)

void instantiate(const char *library, const char *identifier, const char *guid, const char *resources);
void initialize_instance(double time);
void get_values(const Selection *which, double *into);
void set_values(const Selection *which, const double *from);
/* The model's state, after `head` bytes that are the caller's; to be freed. */
uint8_t *serialize(size_t head, size_t *length);
void deserialize(const uint8_t *bytes, size_t length);

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
void simulate(Bytes *from);
