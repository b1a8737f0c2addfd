/** Parameters of the thermal zone of all built-in test cases, its heater and the outdoor climate. */

/** Heat capacity of the zone, J/K. */
export const HEAT_CAPACITY = 1e6;

/** Thermal resistance between zone and outdoor air, K/W. */
export const THERMAL_RESISTANCE = 0.01;

/** Zone temperature at the start of any simulation, K. */
export const START_TEMPERATURE = 293.15;

/** Mean of the outdoor temperature, K. */
export const OUTDOOR_MEAN = 293.15;

/** Amplitude of the outdoor temperature's daily wave, K. */
export const OUTDOOR_AMPLITUDE = 10;

/** Gain of the built-in proportional controller, W/K. */
export const CONTROLLER_GAIN = 2000;

/** The most heat that the built-in controller demands, W; the least is 0. */
export const MAX_HEAT = 100_000;

/** Heat per power. */
export const EFFICIENCY = 0.99;

/** The test's time (s) at which the built-in controllers' set-points step up. The step happens once, not every year. */
export const SETPOINT_STEP_TIME = 86_400;

/** Mean and amplitude of the CO₂ concentration's daily wave, ppm. */
export const CO2_MEAN = 750;
export const CO2_AMPLITUDE = 250;
