/* The building with a solver of its own: Runge and Kutta's method of order 4, events found by bisection. */

static const double LONGEST_STEP = 10; /* s */
/* When -DMISBEHAVIOUR=FINISH ends the simulation, which is allowed, s. */
static const double ENDS_AT = 360000;

/* One step of h seconds, without events. */
static Building runge_kutta(const Model *m, double h) {
  static const double AT[] = {0, 0.5, 0.5, 1}, WEIGHT[] = {1.0 / 6, 1.0 / 3, 1.0 / 3, 1.0 / 6};
  const Building *from = &m->building;
  Building stage = *from, to = *from;
  double dx[STATES] = {0};
  for (int k = 0; k < 4; k++) {
    stage.time = from->time + AT[k] * h;
    for (int i = 0; i < STATES; i++) stage.x[i] = from->x[i] + AT[k] * h * dx[i];
    derivatives(&stage, &m->weather, dx);
    for (int i = 0; i < STATES; i++) to.x[i] += WEIGHT[k] * h * dx[i];
  }
  to.time = from->time + h;
  return to;
}

static int has_event(const Building *b) {
  double z[ZONES];
  event_indicators(b, z);
  for (int zone = 0; zone < ZONES; zone++)
    if (z[zone] <= 0) return 1;
  return 0;
}

/* To the next event, or as far as one step may go. */
static void solve(Model *m, double end) {
  Building *b = &m->building;
  double limit = b->nextEvent < end ? b->nextEvent : end;
  double h = limit - b->time;
  int whole = h <= LONGEST_STEP;
  if (!whole) h = LONGEST_STEP;
  Building to = runge_kutta(m, h);
  if (has_event(&to)) {
    double before = 0, after = h;
    while (after - before > 1e-7) {
      double middle = (before + after) / 2;
      Building there = runge_kutta(m, middle);
      if (has_event(&there)) after = middle;
      else before = middle;
    }
    to = runge_kutta(m, after);
    whole = whole && after == h;
  }
  *b = to;
  if (whole) b->time = limit; /* to the last bit */
  /* What happens at the end of a step shows in the next one. */
  if (b->time < end && (b->time >= b->nextEvent || has_event(b))) update_discrete(b);
}

#ifdef BALLAST
/* Numbers that are good for nothing, and other ones after each step. */
static double ballast[BALLAST];
static void change_ballast(double by) {
  for (size_t i = 0; i < BALLAST; i++) ballast[i] += by;
}
#endif

FMI2_EXPORT fmi2Status fmi2DoStep(fmi2Component c, fmi2Real from, fmi2Real length, fmi2Boolean noSetPrior) {
  (void)noSetPrior;
  Model *m = c;
  fmi2Status status = misbehave(m, from);
  if (status != fmi2OK && status != fmi2Pending) return status;
#ifdef SLOW
  /* Only where it is asked for: by this signal of the north heater. */
  if (m->building.activated[HEATER + 1] && m->building.value[HEATER + 1] == 0.8125) usleep(20000);
#endif
#ifdef BALLAST
  change_ballast(length);
#endif
#ifdef TELLS
  say(m, fmi2Warning, "logStatusWarning", "a step");
#endif
  load_cargo();
  m->building.time = from;
  double end = from + length;
  int finishes = MISBEHAVIOUR == FINISH && end > ENDS_AT;
  if (finishes) end = from > ENDS_AT ? from : ENDS_AT;
  update_discrete(&m->building); /* inputs may have changed */
  while (m->building.time < end) {
    solve(m, end);
    remember(&m->building);
  }
  if (finishes) return fmi2Discard;
  return status;
}

FMI2_EXPORT fmi2Status fmi2CancelStep(fmi2Component c) { return complain(c, "nothing to cancel"); }

FMI2_EXPORT fmi2Status fmi2GetStatus(fmi2Component c, const fmi2StatusKind kind, fmi2Status *value) {
  (void)kind;
  *value = pending_status();
  return (void)c, fmi2OK;
}

FMI2_EXPORT fmi2Status fmi2GetRealStatus(fmi2Component c, const fmi2StatusKind kind, fmi2Real *value) {
  (void)kind;
  *value = ((Model *)c)->building.time;
  return fmi2OK;
}

FMI2_EXPORT fmi2Status fmi2GetBooleanStatus(fmi2Component c, const fmi2StatusKind kind, fmi2Boolean *value) {
  (void)kind;
  *value = MISBEHAVIOUR == FINISH && ((Model *)c)->building.time >= ENDS_AT;
  return fmi2OK;
}

FMI2_EXPORT fmi2Status fmi2GetStringStatus(fmi2Component c, const fmi2StatusKind kind, fmi2String *value) {
  (void)c, (void)kind;
  *value = "computing";
  return fmi2OK;
}
