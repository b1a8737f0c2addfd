/*
 * The base of a model's images: what was allocated for it, and the variables of its libraries, right after it was initialized.
 */
#include "image.h"
#include "host.h"
#include <dlfcn.h>
#include <link.h>
#include <string.h>

Base base;
static unsigned long long libraries;
static const char *never;

static const char *const SYSTEM[] = {"ld-linux-x86-64.so.2", "libc.so.6",    "libm.so.6",   "libdl.so.2", "libpthread.so.0",
                                     "librt.so.1",           "libutil.so.1", "libresolv.so.2", "linux-vdso.so.1"};

static bool is_of_system(const struct dl_phdr_info *info) {
  const char *slash = strrchr(info->dlpi_name, '/'), *name = slash == NULL ? info->dlpi_name : slash + 1;
  if (*name == 0 || is_apart((const void *)(info->dlpi_addr + info->dlpi_phdr[0].p_vaddr))) return true;
  for (size_t i = 0; i < sizeof SYSTEM / sizeof *SYSTEM; i++) {
    if (strcmp(name, SYSTEM[i]) == 0) return true;
  }
  return false;
}

static void add(char *from, char *to) {
  if (from >= to) return;
  if (base.count == MOST_REGIONS) never = "it has too many libraries";
  else base.regions[base.count++] = (Region){from, (size_t)(to - from), NULL};
}

/* Variables of this thread are made when they are first asked for, by this function of the loader. */
static void add_of_thread(size_t module, size_t length) {
  char *(*find_them)(const size_t *) = NULL;
  *(void **)&find_them = dlsym(RTLD_DEFAULT, "__tls_get_addr");
  if (find_them == NULL) never = "its thread-local variables are not to be found";
  if (find_them == NULL || length == 0) return;
  char *at = find_them((size_t[]){module, 0});
  add(at, at + length);
}

/* Of a library that came with the model: its variables, without what only the loader writes (RELRO), and the thread's. */
static int add_library(struct dl_phdr_info *info, size_t size, void *unused) {
  (void)size, (void)unused;
  libraries = info->dlpi_adds;
  if (is_of_system(info)) return 0;
  char *at = (char *)info->dlpi_addr, *read_only = NULL;
  for (int i = 0; i < info->dlpi_phnum; i++) {
    const ElfW(Phdr) *each = &info->dlpi_phdr[i];
    if (each->p_type == PT_GNU_RELRO) read_only = at + each->p_vaddr + each->p_memsz;
    if (each->p_type == PT_TLS) add_of_thread(info->dlpi_tls_modid, each->p_memsz);
  }
  for (int i = 0; i < info->dlpi_phnum; i++) {
    const ElfW(Phdr) *each = &info->dlpi_phdr[i];
    if (each->p_type != PT_LOAD || (each->p_flags & PF_W) == 0) continue;
    char *from = at + each->p_vaddr, *to = from + each->p_memsz;
    add(read_only > from && read_only <= to ? read_only : from, to);
  }
  return 0;
}

static uint64_t hash_of(const Region *region) {
  uint64_t lanes[4] = {1, 2, 3, 4}, last = 0;
  size_t words = region->length / 8;
  const char *at = region->base;
  for (size_t i = 0; i + 4 <= words; i += 4) {
    for (int lane = 0; lane < 4; lane++) {
      uint64_t word;
      memcpy(&word, at + 8 * (i + (size_t)lane), 8);
      lanes[lane] = mix(lanes[lane], word);
    }
  }
  for (size_t i = words / 4 * 32; i < region->length; i++) last = mix(last, (uint8_t)at[i]);
  return mix(mix(mix(lanes[0], lanes[1]), mix(lanes[2], lanes[3])), mix(last, (uint64_t)region->at ^ region->length));
}

/* Words that the loader has filled in by symbols depend on the machine: which of its functions the C library chooses. */
static void relocate(const char *at, const ElfW(Rela) * from, size_t bytes, bool is_hidden) {
  for (size_t i = 0; i < bytes / sizeof *from; i++) {
    if (ELF64_R_TYPE(from[i].r_info) == R_X86_64_RELATIVE) continue;
    const char *word = at + from[i].r_offset;
    for (size_t k = 1; k < base.count; k++) {
      Region *region = &base.regions[k];
      if (word < region->at || word + 8 > region->at + region->length) continue;
      if (is_hidden) memset(region->base + (word - region->at), 0, 8);
      else memcpy(region->base + (word - region->at), word, 8);
    }
  }
}

static int relocate_library(struct dl_phdr_info *info, size_t size, void *is_hidden) {
  (void)size;
  if (is_of_system(info)) return 0;
  const char *at = (const char *)info->dlpi_addr;
  const ElfW(Dyn) *entry = NULL;
  for (int i = 0; i < info->dlpi_phnum; i++) {
    if (info->dlpi_phdr[i].p_type == PT_DYNAMIC) entry = (const void *)(at + info->dlpi_phdr[i].p_vaddr);
  }
  const ElfW(Rela) *data = NULL, *calls = NULL;
  size_t data_bytes = 0, call_bytes = 0;
  for (; entry != NULL && entry->d_tag != DT_NULL; entry++) {
    if (entry->d_tag == DT_RELA) data = (const void *)entry->d_un.d_ptr;
    if (entry->d_tag == DT_RELASZ) data_bytes = entry->d_un.d_val;
    if (entry->d_tag == DT_JMPREL) calls = (const void *)entry->d_un.d_ptr;
    if (entry->d_tag == DT_PLTRELSZ) call_bytes = entry->d_un.d_val;
  }
  if (data != NULL) relocate(at, data, data_bytes, *(bool *)is_hidden);
  if (calls != NULL) relocate(at, calls, call_bytes, *(bool *)is_hidden);
  return 0;
}

/* The model has just been initialized: this is the base of its images. */
void note_base(void) {
  base.count = 0;
  never = layout() == 0 ? "this system does not fix addresses" : NULL;
  add(model_memory.at, fresh_of(&model_memory));
  dl_iterate_phdr(add_library, NULL);
  base.hash = layout();
  for (size_t i = 0; i < base.count; i++) {
    base.regions[i].base = malloc(base.regions[i].length);
    if (base.regions[i].base == NULL) fail_model("there is no memory for a copy of its own");
    memcpy(base.regions[i].base, base.regions[i].at, base.regions[i].length);
  }
  bool is_hidden = true;
  dl_iterate_phdr(relocate_library, &is_hidden);
  for (size_t i = 0; i < base.count; i++) base.hash = mix(base.hash, hash_of(&base.regions[i]));
  base.hash = mix(base.hash, note_files());
  is_hidden = false;
  dl_iterate_phdr(relocate_library, &is_hidden);
}

static int count_libraries(struct dl_phdr_info *info, size_t size, void *added) {
  (void)size;
  *(unsigned long long *)added = info->dlpi_adds;
  return 1;
}

/* Why its memory is not all of its state now; null if it is. */
const char *unfit(void) {
  const char *why = judge_files();
  if (why != NULL) return why;
  unsigned long long added = 0;
  dl_iterate_phdr(count_libraries, &added);
  if (added != libraries) return "it loads libraries while it computes";
  return has_threads ? "it starts threads" : has_maps ? "it asks the system for memory (mmap)" : never;
}

