/*
 * The eight functions of libgfortran that models of older compilers ask for, which no current system has any more. They
 * come from LAPACK, linked into the models: its error messages, and its handling of short strings. Written from the
 * interface that such models use; lengths are int, as they were before GCC 8.
 */
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

/* One statement WRITE at a time: models run in one thread. */
static char line[1024];
static size_t used;

static void append(const char *text, size_t length) {
  if (length > sizeof line - used) length = sizeof line - used;
  memcpy(line + used, text, length);
  used += length;
}

/* A statement WRITE begins. Its unit and format are not looked at: everything goes to the standard error output. */
void st_write(void *statement) {
  (void)statement;
  used = 0;
}

void transfer_character_write(void *statement, const char *text, int length) {
  (void)statement;
  append(" ", 1);
  append(text, length > 0 ? (size_t)length : 0);
}

/* kind: its size in bytes. */
void transfer_integer_write(void *statement, const void *value, int kind) {
  (void)statement;
  int64_t wide = kind == 8   ? *(const int64_t *)value
                 : kind == 2 ? *(const int16_t *)value
                 : kind == 1 ? *(const int8_t *)value
                             : *(const int32_t *)value;
  char text[32];
  append(text, (size_t)snprintf(text, sizeof text, " %lld", (long long)wide));
}

void st_write_done(void *statement) {
  (void)statement;
  fprintf(stderr, "%.*s\n", (int)used, line);
  used = 0;
}

/* The shorter one as if it were filled up with spaces. */
int compare_string(int length1, const char *text1, int length2, const char *text2) {
  int shorter = length1 < length2 ? length1 : length2;
  int order = memcmp(text1, text2, (size_t)shorter);
  if (order != 0) return order < 0 ? -1 : 1;
  const char *rest = length1 > length2 ? text1 : text2;
  int longer = length1 > length2 ? length1 : length2, sign = length1 > length2 ? 1 : -1;
  for (int i = shorter; i < longer; i++)
    if (rest[i] != ' ') return (unsigned char)rest[i] > ' ' ? sign : -sign;
  return 0;
}

/* Cut off, or filled up with spaces. */
void concat_string(int length, char *to, int length1, const char *text1, int length2, const char *text2) {
  if (length <= 0) return;
  if (length1 > length) length1 = length;
  memcpy(to, text1, (size_t)length1);
  if (length2 > length - length1) length2 = length - length1;
  memcpy(to + length1, text2, (size_t)length2);
  memset(to + length1 + length2, ' ', (size_t)(length - length1 - length2));
}

int32_t pow_i4_i4(int32_t base, int32_t exponent) {
  if (exponent < 0) return base == 1 ? 1 : base == -1 ? (exponent % 2 == 0 ? 1 : -1) : 0;
  uint32_t power = 1, square = (uint32_t)base;
  for (uint32_t rest = (uint32_t)exponent; rest > 0; rest >>= 1, square *= square)
    if (rest & 1) power *= square;
  return (int32_t)power;
}

/* The statement STOP: here, because something is wrong. */
void stop_string(const char *text, int length) {
  fprintf(stderr, "STOP %.*s\n", length, text);
  _exit(1);
}

/* Each under the versions that libgfortran.so.3 (1.0, 1.4) and libgfortran.so.4 (7) had. */
#define VERSION(function, version, at) __asm__(".symver " #function "_" #version ", _gfortran_" #function at)
#define ALIAS(function, version) extern __typeof(function) function##_##version __attribute__((alias(#function)))
#define EXPORT(function)                       \
  ALIAS(function, v10);                        \
  ALIAS(function, v14);                        \
  ALIAS(function, v7);                         \
  VERSION(function, v10, "@@GFORTRAN_1.0");    \
  VERSION(function, v14, "@GFORTRAN_1.4");     \
  VERSION(function, v7, "@GFORTRAN_7")

EXPORT(st_write);
EXPORT(st_write_done);
EXPORT(transfer_integer_write);
EXPORT(transfer_character_write);
EXPORT(compare_string);
EXPORT(concat_string);
EXPORT(pow_i4_i4);
EXPORT(stop_string);
