/*
 * An addon of Node.js (Node-API, whose few names here are stable): loading it hides this process' memory and environment from
 * others of the same user. It exports whether they could be seen before: 1 or 0.
 */
#include <stdint.h>
#include <sys/prctl.h>

typedef struct Environment *napi_env;
typedef struct Value *napi_value;
int napi_create_int32(napi_env environment, int32_t value, napi_value *result);

napi_value napi_register_module_v1(napi_env environment, napi_value exports) {
  int before = prctl(PR_GET_DUMPABLE, 0, 0, 0, 0);
  prctl(PR_SET_DUMPABLE, 0, 0, 0, 0);
  napi_value result;
  return napi_create_int32(environment, before, &result) == 0 ? result : exports;
}
