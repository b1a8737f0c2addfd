/*
 * What a model logs, within bounds: models may log at each evaluation, and each line that is passed on costs time. In one order,
 * of mere information and of all else the first messages are passed on at once, so that they are not lost if the model crashes;
 * of all else that comes later the last ones are kept until the order ends.
 */
#include "host.h"
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum { MOST_INFORMATION = 100, MOST_OTHERS = 1000, LAST = 20, LONGEST = 2000, LONGEST_LINE = 1000, LONGEST_MESSAGE = 4000 };
static unsigned long information, others;
static char last[LAST][LONGEST_LINE + 1];

int fmi_version = 2;

/* A number that is no status counts as fatal. The same text until the next call. */
const char *status_name(int status) {
  static const char *const NAMES[] = {"OK", "Warning", "Discard", "Error", "Fatal", "Pending"};
  static char name[16];
  snprintf(name, sizeof name, "fmi%d%s", fmi_version, NAMES[status < OK || status > PENDING ? FATAL : status]);
  return name;
}

static void pass_on(const char *line) { report_text("{\"kind\":\"log\",\"line\":\"", line, LONGEST_LINE); }

/* `##` of FMI 2.0's variable references (section 2.1.5, `#r17#`) is one `#`. */
static void name_references(char *text) {
  char *to = text;
  for (const char *from = text; *from != 0; from++) {
    if (from[0] == '#' && from[1] == '#') from++;
    *to++ = *from;
  }
  *to = 0;
}

/* What is blank at the end goes. */
static void trim(char *text) {
  char *end = text + strlen(text);
  while (end > text && strchr(" \t\r\n\v\f", end[-1]) != NULL) end--;
  *end = 0;
}

/* Messages that are left out are not even written. */
static bool is_left_out(int status) { return status == OK && ++information > MOST_INFORMATION; }

/* What stands before a message, of so many characters. */
static int begin_line(char *line, int status, const char *category) {
  bool has_category = category != NULL && *category != 0;
  return snprintf(line, LONGEST + 1, "%s%s%.200s%s: ", status_name(status), has_category ? " [" : "", has_category ? category : "",
                  has_category ? "]" : "");
}

static void end_line(char *line, int status) {
  if (status == OK || ++others <= MOST_OTHERS) pass_on(line);
  else {
    line[LONGEST_LINE] = 0;
    strcpy(last[others % LAST], line);
  }
}

void log_message(void *environment, const char *name, int status, const char *category, const char *format, ...) {
  (void)environment, (void)name;
  if (is_left_out(status)) return;
  char line[LONGEST + 1];
  const char *text = format == NULL ? "" : format;
  int begun = begin_line(line, status, category);
  va_list rest;
  va_start(rest, format);
  if (vsnprintf(line + begun, sizeof line - (size_t)begun, text, rest) < 0) {
    snprintf(line + begun, sizeof line - (size_t)begun, "%s", text);
  }
  va_end(rest);
  name_references(line + begun);
  trim(line + begun);
  end_line(line, status);
}

void log_text(void *environment, int status, const char *category, const char *text) {
  (void)environment;
  if (is_left_out(status)) return;
  char line[LONGEST + 1];
  int begun = begin_line(line, status, category);
  snprintf(line + begun, sizeof line - (size_t)begun, "%s", text == NULL ? "" : text);
  trim(line + begun);
  end_line(line, status);
}

void end_log(void) {
  unsigned long kept = others <= MOST_OTHERS ? 0 : others - MOST_OTHERS < LAST ? others - MOST_OTHERS : LAST;
  unsigned long left_out = information > MOST_INFORMATION ? information - MOST_INFORMATION : 0;
  if (others > MOST_OTHERS) left_out += others - MOST_OTHERS - kept;
  if (left_out > 0) {
    char line[64];
    snprintf(line, sizeof line, "(%lu messages left out)", left_out);
    pass_on(line);
  }
  for (unsigned long i = others - kept + 1; kept > 0 && i <= others; i++) pass_on(last[i % LAST]);
  information = others = 0;
}

/* It is of no use any more, and waits for being killed. */
static _Noreturn void give_up(const char *before, const char *message) {
  end_log();
  report_text(before, message, LONGEST_MESSAGE);
  for (;;) pause();
}

static _Noreturn void fail(const char *before, const char *format, va_list values) {
  char message[LONGEST_MESSAGE + 1];
  vsnprintf(message, sizeof message, format, values);
  give_up(before, message);
}

void fail_model(const char *format, ...) {
  va_list values;
  va_start(values, format);
  fail("{\"kind\":\"failed\",\"failure\":\"model\",\"message\":\"", format, values);
}

void fail_loading(const char *format, ...) {
  va_list values;
  va_start(values, format);
  fail("{\"kind\":\"failed\",\"failure\":\"load\",\"message\":\"", format, values);
}

void end_simulation(double time) {
  char before[128], message[128];
  /* JSON knows finite numbers only. */
  snprintf(before, sizeof before, "{\"kind\":\"failed\",\"failure\":\"ended\",\"time\":%s,\"message\":\"",
           isfinite(time) ? number(time, 0) : "null");
  snprintf(message, sizeof message, "the model ended the simulation at %s s, by itself", number(time, 0));
  give_up(before, message);
}

const char *number(double value, int place) {
  static char texts[2][32];
  for (int digits = 15; digits <= 17; digits++) {
    snprintf(texts[place], sizeof texts[place], "%.*g", digits, value);
    if (strtod(texts[place], NULL) == value) break;
  }
  return texts[place];
}
