/*
 * malloc(3) and its kin, exported: the loader gives them to the model's library and to all that it brings, in place of the C
 * library's. What the loader itself allocates, and libraries of the host, is no part of the model's state.
 */
#include "memory.h"
#include <dlfcn.h>
#include <elf.h>
#include <errno.h>
#include <link.h>
#include <pthread.h>
#include <string.h>
#include <sys/auxv.h>
#include <sys/mman.h>
#include <sys/syscall.h>
#include <unistd.h>

#undef malloc
#undef calloc
#undef realloc
#undef free

enum { MOST_APART = 16 };
static Range apart[MOST_APART];
static size_t are_apart;
bool has_threads, has_maps;

static void add(uintptr_t at, const ElfW(Phdr) * segments, size_t count) {
  uintptr_t end = at;
  for (size_t i = 0; i < count; i++) {
    if (segments[i].p_type == PT_LOAD && at + segments[i].p_vaddr + segments[i].p_memsz > end)
      end = at + segments[i].p_vaddr + segments[i].p_memsz;
  }
  if (are_apart < MOST_APART) apart[are_apart++] = (Range){(const char *)at, (const char *)end};
}

bool is_apart(const void *address) {
  if (are_apart == 0) {
    const ElfW(Ehdr) *loader = (const void *)getauxval(AT_BASE);
    add((uintptr_t)loader, (const void *)((const char *)loader + loader->e_phoff), loader->e_phnum);
  }
  for (size_t i = 0; i < are_apart; i++) {
    if ((const char *)address >= apart[i].from && (const char *)address < apart[i].to) return true;
  }
  return false;
}

static int add_if_it(struct dl_phdr_info *info, size_t size, void *wanted) {
  (void)size;
  if (info->dlpi_addr != ((struct link_map *)wanted)->l_addr) return 0;
  add(info->dlpi_addr, info->dlpi_phdr, info->dlpi_phnum);
  return 1;
}

void keep_apart(void *library) {
  is_apart(NULL);
  dl_iterate_phdr(add_if_it, library);
}

#define WHOSE (is_apart(__builtin_return_address(0)) ? &host_memory : &model_memory)

/* What was not allocated here is damage; allocate's own check says so. */
static Arena *holder(const void *memory) { return is_in(&host_memory, memory) ? &host_memory : &model_memory; }
static void give_any(void *memory) {
  if (memory == NULL) return;
  if (!is_in(&host_memory, memory) && !is_in(&model_memory, memory)) abort();
  give(holder(memory), memory);
}
void own_free(void *memory) { give_any(memory); }

void *malloc(size_t length) { return allocate(WHOSE, length, false); }
void free(void *memory) {
  int kept = errno;
  give_any(memory);
  errno = kept;
}
void cfree(void *memory) { give_any(memory); }

void *calloc(size_t count, size_t length) {
  size_t all;
  if (__builtin_mul_overflow(count, length, &all)) return errno = ENOMEM, NULL;
  return allocate(WHOSE, all, true);
}

void *realloc(void *memory, size_t length) {
  if (memory == NULL) return allocate(WHOSE, length, false);
  if (length == 0) return give_any(memory), NULL;
  return resize(holder(memory), memory, length);
}
void *reallocarray(void *memory, size_t count, size_t length) {
  size_t all;
  if (__builtin_mul_overflow(count, length, &all)) return errno = ENOMEM, NULL;
  if (memory == NULL) return allocate(WHOSE, all, false);
  return resize(holder(memory), memory, all);
}

int posix_memalign(void **memory, size_t alignment, size_t length) {
  if (alignment < sizeof(void *) || (alignment & (alignment - 1)) != 0) return EINVAL;
  int kept = errno;
  void *made = allocate_aligned(WHOSE, alignment, length);
  errno = kept;
  if (made == NULL) return ENOMEM;
  *memory = made;
  return 0;
}
static void *aligned(Arena *whose, size_t alignment, size_t length) {
  if (alignment == 0 || (alignment & (alignment - 1)) != 0) return errno = EINVAL, NULL;
  return allocate_aligned(whose, alignment, length);
}
void *aligned_alloc(size_t alignment, size_t length) { return aligned(WHOSE, alignment, length); }
void *memalign(size_t alignment, size_t length) { return aligned(WHOSE, alignment, length); }
void *valloc(size_t length) { return aligned(WHOSE, 4096, length); }
void *pvalloc(size_t length) { return aligned(WHOSE, 4096, (length + 4095) & ~(size_t)4095); }
size_t malloc_usable_size(void *memory) { return memory == NULL ? 0 : length_of(memory); }

/* What a model has beside its memory: a thread, and memory from elsewhere. */
int pthread_create(pthread_t *thread, const pthread_attr_t *attributes, void *(*start)(void *), void *argument) {
  static int (*real)(pthread_t *, const pthread_attr_t *, void *(*)(void *), void *);
  if (real == NULL) *(void **)&real = dlsym(RTLD_NEXT, "pthread_create");
  has_threads = true;
  return real(thread, attributes, start, argument);
}
void *mmap(void *address, size_t length, int protection, int flags, int file, off_t offset) {
  if (!is_apart(__builtin_return_address(0))) has_maps = true;
  return (void *)syscall(SYS_mmap, address, length, protection, flags, file, offset);
}
void *mmap64(void *, size_t, int, int, int, off_t) __attribute__((alias("mmap")));
