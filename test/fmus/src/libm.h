/* With -DLIBM: a gain that is nothing but rounding errors of the C library's functions, whose variants for newer processors round in other ways. */
#include <math.h>

/* Of the size of 1e-7 K/s: far below what anybody measures, far above what is lost in a temperature. */
static double rounding_errors(double time, double air) {
  double sum = 0;
  for (int i = 1; i <= 8; i++) {
    double x = 0.1 * i + air / 1000 + fmod(time, 86400) / 86400;
    double sine = sin(x), cosine = cos(x);
    sum += sine * sine + cosine * cosine - 1;
    sum += exp(log(x)) - x;
    sum += tan(atan(x)) - x;
    sum += pow(x, 1.5) * pow(x, -1.5) - 1;
    sum += exp2(log2(x)) - x;
    sum += sinh(asinh(x)) - x;
    sum += asin(sine / 2) + acos(sine / 2) - asin(1);
  }
  return 1e8 * sum;
}
