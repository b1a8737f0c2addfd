/* The building without a solver. With -DQUIRK=… it does what the standard allows, and few models do. */
enum { PLAIN, DISCARDS, BLINKS, BLIND, UNDIRECTED, MISDIRECTED, STEPS, NOMINALS, ENDS, LOOPS, ZENO };
#ifndef QUIRK
#define QUIRK PLAIN
#endif

/* From the same time on as misbehaviour. */
static int is_odd(const Model *m) { return m->building.time >= MISBEHAVES_AT; }

FMI2_EXPORT fmi2Status fmi2EnterEventMode(fmi2Component c) { return (void)c, fmi2OK; }

FMI2_EXPORT fmi2Status fmi2NewDiscreteStates(fmi2Component c, fmi2EventInfo *info) {
  Model *m = c;
  Building *b = &m->building;
  int switches = b->switches;
  update_discrete(b);
  *info = (fmi2EventInfo){
      /* Once more after a change, as the standard allows: the second time nothing changes. */
      .newDiscreteStatesNeeded = b->switches != switches,
      .nextEventTimeDefined = fmi2True,
      .nextEventTime = b->nextEvent,
  };
  if (QUIRK == NOMINALS) info->nominalsOfContinuousStatesChanged = fmi2True;
  if (QUIRK == ENDS && is_odd(m)) info->terminateSimulation = fmi2True;
  if (QUIRK == LOOPS && is_odd(m)) info->newDiscreteStatesNeeded = fmi2True;
  if (QUIRK == ZENO && is_odd(m)) info->nextEventTime = b->time;
  return fmi2OK;
}

static double completed = 0;

FMI2_EXPORT fmi2Status fmi2EnterContinuousTimeMode(fmi2Component c) {
  completed = ((Model *)c)->building.time;
  return fmi2OK;
}

FMI2_EXPORT fmi2Status fmi2CompletedIntegratorStep(fmi2Component c, fmi2Boolean noSetPrior, fmi2Boolean *event,
                                                   fmi2Boolean *terminate) {
  (void)noSetPrior;
  /* An event after each step of the integrator. */
  *event = QUIRK >= STEPS && QUIRK != NOMINALS;
  *terminate = fmi2False;
  completed = ((Model *)c)->building.time;
  return misbehave(c, ((Model *)c)->building.time);
}

FMI2_EXPORT fmi2Status fmi2SetTime(fmi2Component c, fmi2Real time) {
  ((Model *)c)->building.time = time;
  return fmi2OK;
}

FMI2_EXPORT fmi2Status fmi2SetContinuousStates(fmi2Component c, const fmi2Real x[], size_t n) {
  if (n != STATES) return complain(c, "another number of states");
  memcpy(((Model *)c)->building.x, x, n * sizeof *x);
  return fmi2OK;
}

FMI2_EXPORT fmi2Status fmi2GetContinuousStates(fmi2Component c, fmi2Real x[], size_t n) {
  if (n != STATES) return complain(c, "another number of states");
  memcpy(x, ((Model *)c)->building.x, n * sizeof *x);
  return fmi2OK;
}

FMI2_EXPORT fmi2Status fmi2GetDerivatives(fmi2Component c, fmi2Real dx[], size_t n) {
  Model *m = c;
  if (n != STATES) return complain(c, "another number of states");
  /* Not so far ahead of what is certain. */
  if (QUIRK == DISCARDS && m->building.time > completed + 100) return fmi2Discard;
  derivatives(&m->building, &m->weather, dx);
  evaluations++;
  return fmi2OK;
}

/* In FMI 3.0's interface, too. */
FMI2_EXPORT fmi2Status fmi2GetDirectionalDerivative(fmi2Component c, const fmi2ValueReference unknown[], size_t unknowns,
                                                    const fmi2ValueReference known[], size_t knowns, const fmi2Real direction[],
                                                    fmi2Real change[]) {
  Model *m = c;
  double dx[STATES] = {0}, all[STATES];
  if (QUIRK == UNDIRECTED) return fmi2Discard;
  if (QUIRK == MISDIRECTED && is_odd(m)) return complain(m, "it lost its direction");
  for (size_t i = 0; i < knowns; i++) {
    int state = zone_of(known[i], VR_STATES, STATES);
    if (state < 0) return complain(c, "no such state");
    dx[state] = direction[i];
  }
  differentiate(&m->building, dx, all);
  for (size_t i = 0; i < unknowns; i++) {
    int derivative = zone_of(unknown[i], VR_DERIVATIVES, STATES);
    if (derivative < 0) return complain(c, "no such derivative");
    change[i] = all[derivative];
  }
  directions++;
  return fmi2OK;
}

FMI2_EXPORT fmi2Status fmi2GetEventIndicators(fmi2Component c, fmi2Real z[], size_t n) {
  if (n != ZONES) return complain(c, "another number of event indicators");
  if (QUIRK == BLINKS && ((Model *)c)->building.time > completed + 100) return fmi2Discard;
  if (QUIRK == BLIND && is_odd(c)) return fmi2Discard;
  event_indicators(&((Model *)c)->building, z);
  return fmi2OK;
}

FMI2_EXPORT fmi2Status fmi2GetNominalsOfContinuousStates(fmi2Component c, fmi2Real x[], size_t n) {
  if (n != STATES) return complain(c, "another number of states");
  for (int i = 0; i < STATES; i++) x[i] = (i < CO2 ? 300 : 500) * (QUIRK == NOMINALS && ((Model *)c)->building.switches % 2 ? 1.1 : 1);
  return fmi2OK;
}
