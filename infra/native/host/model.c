/* What this process is told of the model, once. */
#include "host.h"
#include <dlfcn.h>
#include <stdlib.h>

Model model;

static Selection take_selection(Bytes *from) {
  Selection selection = {0};
  for (int type = 0; type < TYPES; type++) {
    selection.references[type] = take_list(from, &selection.counts[type]);
    selection.places[type] = take_list(from, &selection.counts[type]);
    selection.count += selection.counts[type];
  }
  return selection;
}

void load(Bytes *from) {
  uint32_t length;
  fmi_version = (int)take_u32(from);
  model.exchanges = take_u32(from) != 0;
  model.tolerance = take_f64(from);
  model.states = take_u32(from);
  model.indicators = take_u32(from);
  model.inputs = take_selection(from);
  model.sampled = take_selection(from);
  model.group_starts = take_list(from, &length);
  model.groups = length > 0 ? length - 1 : 0;
  model.group_columns = take_list(from, &length);
  model.column_starts = take_list(from, &length);
  model.column_rows = take_list(from, &length);
  model.group_references = take_list(from, &length);
  model.derivative_references = take_list(from, &length);
  if (length == 0) model.derivative_references = NULL;
  model.cvode = take_text(from);
  char *library = take_text(from), *identifier = take_text(from), *token = take_text(from), *resources = take_text(from);
  /*
   * What it needs besides the system's libraries comes first: the loader then takes what is there under the name that is asked
   * for, whatever run paths say.
   */
  for (uint32_t left = take_u32(from); left > 0; left--) {
    if (open_library(take_text(from)) == NULL) fail_loading("%s", dlerror());
  }
  instantiate(library, identifier, token, resources);
  end_log();
  report_loaded();
}
