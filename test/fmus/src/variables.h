/* Value references. build.ts writes the same numbers into modelDescription.xml. */
#ifndef VARIABLES_H
#define VARIABLES_H
enum {
  VR_STATES = 0,       /* and the following: continuous states */
  VR_DERIVATIVES = 10, /* of the states */
  VR_VALUES = 20,      /* Real inputs …_u */
  VR_ACTIVATED = 30,   /* Boolean inputs …_activate */
  VR_IN_FORCE = 40,    /* Real outputs that repeat an input as it is in force */
  VR_AIR = 50,         /* K, each zone */
  VR_POWER = 52,       /* W, each zone's heater */
  VR_CO2 = 54,         /* ppm, each zone */
  VR_FAN = 56,         /* W */
  VR_OUTDOOR = 57,     /* K */
  VR_LAST_SWITCH = 58, /* s */
  VR_SWITCHES = 59,    /* Integer */
};
#endif
