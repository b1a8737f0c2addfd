/* The building without a solver. */

FMI2_EXPORT fmi2Status fmi2EnterEventMode(fmi2Component c) { return (void)c, fmi2OK; }

FMI2_EXPORT fmi2Status fmi2NewDiscreteStates(fmi2Component c, fmi2EventInfo *info) {
  Building *b = &((Model *)c)->building;
  int switches = b->switches;
  update_discrete(b);
  *info = (fmi2EventInfo){
      /* Once more after a change, as the standard allows: the second time nothing changes. */
      .newDiscreteStatesNeeded = b->switches != switches,
      .nextEventTimeDefined = fmi2True,
      .nextEventTime = b->nextEvent,
  };
  return fmi2OK;
}

FMI2_EXPORT fmi2Status fmi2EnterContinuousTimeMode(fmi2Component c) { return (void)c, fmi2OK; }

FMI2_EXPORT fmi2Status fmi2CompletedIntegratorStep(fmi2Component c, fmi2Boolean noSetPrior, fmi2Boolean *event,
                                                   fmi2Boolean *terminate) {
  (void)noSetPrior;
  *event = fmi2False;
  *terminate = fmi2False;
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
  derivatives(&m->building, &m->weather, dx);
  return fmi2OK;
}

FMI2_EXPORT fmi2Status fmi2GetEventIndicators(fmi2Component c, fmi2Real z[], size_t n) {
  if (n != ZONES) return complain(c, "another number of event indicators");
  event_indicators(&((Model *)c)->building, z);
  return fmi2OK;
}

FMI2_EXPORT fmi2Status fmi2GetNominalsOfContinuousStates(fmi2Component c, fmi2Real x[], size_t n) {
  if (n != STATES) return complain(c, "another number of states");
  for (int i = 0; i < STATES; i++) x[i] = i < CO2 ? 300 : 500;
  return fmi2OK;
}
