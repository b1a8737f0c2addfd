/* Logs as a model does, by infra/native/host/log.c: see logging.test.ts. Its frames are on descriptor 4. */
#include "../../../infra/native/host/host.h"
#include <string.h>

#define SAY(...) log_message(NULL, "a model", WARNING, "any", __VA_ARGS__)

static void flood(void) {
  for (int i = 1; i <= 5000; i++) {
    log_message(NULL, "", OK, "", "information %d", i);
    log_message(NULL, "", WARNING, NULL, "warning %d", i);
  }
  log_message(NULL, "", ERROR, NULL, "the reason");
  end_log();
  log_message(NULL, "", OK, NULL, "once more");
  end_log();
}

int main(int count, char **arguments) {
  (void)arguments;
  if (count > 1) return flood(), 0;
  SAY("%d and %u, %ld", -1, 7u, -(1L << 40));
  SAY("%.3f|%g|%Lg %s", 1.5, 1e300, 2.0L, "after");
  SAY("%g%g%g%g%g%g%g%g %g %s", 1., 2., 3., 4., 5., 6., 7., 8., 9., "ten");
  SAY("%.2s|%*d|%s", "warm", 3, 5, (char *)NULL);
  SAY("##, a \"line\" of \x01 and \\\n");
  SAY("100%%");
  char text[5000];
  memset(text, 'x', sizeof text - 1), text[sizeof text - 1] = 0;
  SAY("%s", text);
  for (int i = 0; i + 1 < 4999; i += 2) memcpy(text + i, "\xc3\xa4", 2); /* ä */
  log_message(NULL, "", 77, NULL, "%s", text);
  log_message(NULL, "", OK, NULL, NULL);
  end_log();
}
