/* A building of two zones under thermostats: its equations, without any interface. See README.md beside this folder. */
#ifndef BUILDING_H
#define BUILDING_H
#include <stddef.h>

enum { SOUTH, NORTH, ZONES };
/* Continuous states, in this order: air and wall temperatures (K), CO2 of the air (ppm). */
enum { AIR = 0, WALL = ZONES, CO2 = 2 * ZONES, STATES = 3 * ZONES };
/* Inputs: set-points (K), then the heaters' signals (0 to 1). */
enum { SET_POINT = 0, HEATER = ZONES, INPUTS = 2 * ZONES };

/* One year of weather from a file: read once, never changed, no part of the state. */
typedef struct {
  size_t rows;
  double *times; /* s, from 0 to a year */
  double *outdoor; /* K */
  double *solar; /* W/m2 */
} Weather;

/* All of a building's state, without a pointer: so that its bytes are the state. */
typedef struct {
  double time; /* s */
  double begun; /* when, s */
  double x[STATES];
  double value[INPUTS];
  int activated[INPUTS];
  /* Changed by events only. */
  int on[ZONES];
  int occupied;
  int switches; /* of the heaters, so far */
  double lastSwitch; /* s */
  double nextEvent; /* s */
  const void *spare; /* for memory.h; NULL */
} Building;

/* Reads "<folder>/weather.csv". 0 if it cannot be read. */
int read_weather(Weather *weather, const char *folder);
void free_weather(Weather *weather);

/* The initial state at a time. */
void begin(Building *b, double time);
/* What an event at b->time changes: occupancy, set-points, thermostats; and when the next time event is. */
void update_discrete(Building *b);
void derivatives(const Building *b, const Weather *weather, double *dx);
/* How the derivatives change with the states, in the direction `dx`. */
void differentiate(const Building *b, const double *dx, double *change);
/* One for each thermostat: it switches when this falls to 0. */
void event_indicators(const Building *b, double *z);

double outdoor_temperature(const Building *b, const Weather *weather);
double set_point(const Building *b, int zone);
double heater_signal(const Building *b, int zone);
double heater_power(const Building *b, const Weather *weather, int zone);
double fan_power(const Building *b);
#endif
