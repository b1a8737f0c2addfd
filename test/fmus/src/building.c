#include "building.h"
#ifdef LIBM
#include "libm.h"
#endif

#include <math.h>
#include <stdio.h>
#include <stdlib.h>

static const double YEAR = 31536000, DAY = 86400, HOUR = 3600;

/* Parameters, south and north; README.md says what they stand for. */
static const double AIR_CAPACITY[] = {3.0e6, 2.4e6}, WALL_CAPACITY[] = {1.8e7, 1.5e7}; /* J/K */
static const double AIR_WALL[] = {220, 190}, WALL_OUT[] = {45, 50}, BETWEEN = 60;       /* W/K */
static const double APERTURE[] = {3.0, 0.8}, SOLAR_TO_AIR = 0.4;                        /* m2, share */
static const double HEATER_MAX[] = {4000, 3500}, PERSON_HEAT = 80;                      /* W */
static const double PERSONS[] = {4, 3};
static const double FLOW_OCCUPIED = 0.03, FLOW_EMPTY = 0.004, HEAT_CAPACITY = 1006;     /* kg/s, J/(kg K) */
static const double AIR_MASS[] = {170, 150}, CO2_OUT = 400, CO2_PERSON = 7.9;           /* kg, ppm, ppm kg/s */
static const double BAND = 0.5, SET_OCCUPIED = 294.15, SET_EMPTY = 289.15;              /* K */

int read_weather(Weather *weather, const char *folder) {
  char path[4096], line[512];
  if (snprintf(path, sizeof path, "%s/weather.csv", folder) >= (int)sizeof path) return 0;
  FILE *file = fopen(path, "r");
  if (!file) return 0;
  size_t room = 8800;
  weather->rows = 0;
  weather->times = malloc(room * sizeof(double));
  weather->outdoor = malloc(room * sizeof(double));
  weather->solar = malloc(room * sizeof(double));
  while (fgets(line, sizeof line, file) && weather->rows < room) {
    char *rest = line;
    double time = strtod(rest, &rest);
    if (rest == line || *rest != ',') continue; /* a comment, or the head */
    weather->times[weather->rows] = time;
    weather->outdoor[weather->rows] = strtod(rest + 1, &rest);
    weather->solar[weather->rows] = strtod(rest + 1, &rest);
    weather->rows++;
  }
  fclose(file);
  return weather->rows > 1;
}

void free_weather(Weather *weather) {
  free(weather->times);
  free(weather->outdoor);
  free(weather->solar);
}

static double time_of_year(double time) { return time - YEAR * floor(time / YEAR); }

/* Between two hours of the year, linearly. */
static double interpolate(const Weather *weather, const double *values, double time) {
  double t = time_of_year(time);
  size_t row = (size_t)(t / HOUR);
  if (row > weather->rows - 2) row = weather->rows - 2;
  return values[row] + (values[row + 1] - values[row]) * ((t - weather->times[row]) / HOUR);
}

double outdoor_temperature(const Building *b, const Weather *weather) {
  return interpolate(weather, weather->outdoor, b->time);
}

double set_point(const Building *b, int zone) {
  if (b->activated[SET_POINT + zone]) return b->value[SET_POINT + zone];
  return b->occupied ? SET_OCCUPIED : SET_EMPTY;
}

double heater_signal(const Building *b, int zone) {
  if (!b->activated[HEATER + zone]) return b->on[zone];
  double signal = b->value[HEATER + zone];
  return signal < 0 ? 0 : signal > 1 ? 1 : signal;
}

double heater_power(const Building *b, const Weather *weather, int zone) {
  double performance = 3 + 0.05 * (outdoor_temperature(b, weather) - 273.15);
  return HEATER_MAX[zone] * heater_signal(b, zone) / performance;
}

double fan_power(const Building *b) { return b->occupied ? 300 : 30; }

void begin(Building *b, double time) {
  *b = (Building){.time = time, .begun = time, .lastSwitch = time};
  for (int zone = 0; zone < ZONES; zone++) {
    b->x[AIR + zone] = 292.15;
    b->x[WALL + zone] = 290.15;
    b->x[CO2 + zone] = 500;
    b->value[SET_POINT + zone] = SET_OCCUPIED;
  }
}

void update_discrete(Building *b) {
  double t = time_of_year(b->time);
  double hour = floor(fmod(t, DAY) / HOUR), day = floor(t / DAY);
  b->occupied = fmod(day, 7) < 5 && hour >= 7 && hour < 19;
  /* Every hour: the schedule steps there, and the weather's slope changes. */
  b->nextEvent = HOUR * (floor(b->time / HOUR) + 1);
  for (int zone = 0; zone < ZONES; zone++) {
    double air = b->x[AIR + zone], set = set_point(b, zone);
    int on = b->on[zone] ? air < set + BAND : air <= set - BAND;
    if (on == b->on[zone]) continue;
    b->on[zone] = on;
    b->switches++;
    b->lastSwitch = b->time;
  }
}

void event_indicators(const Building *b, double *z) {
  for (int zone = 0; zone < ZONES; zone++) {
    double above = b->x[AIR + zone] - set_point(b, zone);
    z[zone] = b->on[zone] ? BAND - above : above + BAND;
  }
}

void derivatives(const Building *b, const Weather *weather, double *dx) {
  double outdoor = outdoor_temperature(b, weather), solar = interpolate(weather, weather->solar, b->time);
  double flow = b->occupied ? FLOW_OCCUPIED : FLOW_EMPTY;
  for (int zone = 0; zone < ZONES; zone++) {
    double air = b->x[AIR + zone], wall = b->x[WALL + zone], other = b->x[AIR + ZONES - 1 - zone];
    double persons = b->occupied ? PERSONS[zone] : 0, sun = APERTURE[zone] * solar;
    dx[AIR + zone] = (flow * HEAT_CAPACITY * (outdoor - air) + AIR_WALL[zone] * (wall - air) + BETWEEN * (other - air) +
                      SOLAR_TO_AIR * sun + PERSON_HEAT * persons + HEATER_MAX[zone] * heater_signal(b, zone)) /
                     AIR_CAPACITY[zone];
#ifdef LIBM
    dx[AIR + zone] += rounding_errors(b->time, air);
#endif
    dx[WALL + zone] = (AIR_WALL[zone] * (air - wall) + WALL_OUT[zone] * (outdoor - wall) + (1 - SOLAR_TO_AIR) * sun) /
                      WALL_CAPACITY[zone];
    dx[CO2 + zone] = (flow * (CO2_OUT - b->x[CO2 + zone]) + CO2_PERSON * persons) / AIR_MASS[zone];
  }
}

void differentiate(const Building *b, const double *dx, double *change) {
  double flow = b->occupied ? FLOW_OCCUPIED : FLOW_EMPTY;
  for (int zone = 0; zone < ZONES; zone++) {
    double air = dx[AIR + zone], wall = dx[WALL + zone], other = dx[AIR + ZONES - 1 - zone];
    change[AIR + zone] = (AIR_WALL[zone] * (wall - air) + BETWEEN * (other - air) - flow * HEAT_CAPACITY * air) / AIR_CAPACITY[zone];
    change[WALL + zone] = (AIR_WALL[zone] * (air - wall) - WALL_OUT[zone] * wall) / WALL_CAPACITY[zone];
    change[CO2 + zone] = -flow * dx[CO2 + zone] / AIR_MASS[zone];
  }
}
