/*
 * Everything at the same address in every process: without address space layout randomization, with a stack of its own, and
 * with constants where the C library has random numbers. Addresses are part of a model's memory, which is part of its state.
 */
#include "host.h"
#include <errno.h>
#include <link.h>
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/personality.h>
#include <sys/resource.h>
#include <sys/syscall.h>
#include <ucontext.h>
#include <unistd.h>

static char *const STACK_AT = (char *)0x220000000000;
enum { GUARD = 1 << 20 };

/* Begins this program anew where addresses are random. They stay so if the kernel does not let us. */
void fix_addresses(char **arguments) {
  /* Where libraries come to lie depends on it. */
  setrlimit(RLIMIT_STACK, &(struct rlimit){STACK, STACK});
  int kind = personality(0xffffffff);
  if (kind == -1 || (kind & ADDR_NO_RANDOMIZE) != 0) return;
  if (personality((unsigned long)kind | ADDR_NO_RANDOMIZE) == -1) return;
  execv(arguments[0], arguments);
}

static bool are_fixed(void) {
  int kind = personality(0xffffffff);
  return kind != -1 && (kind & ADDR_NO_RANDOMIZE) != 0;
}

static bool is_fixed;
static void (*run)(void);

/*
 * Of the thread's block: what guards the stack, and what addresses in jmp_buf are mixed with (System V ABI, thread-local
 * storage; glibc's tcbhead_t). Nothing that was mixed before is used: this program does not return.
 */
static void begin(void) {
  __asm__ volatile("movq %0, %%fs:0x28; movq %0, %%fs:0x30" : : "r"(0x626f707465737400UL));
  run();
  _exit(0);
}

/* For the model, in place of the C library's: what is to be done at the end was registered under the former, random number. */
void exit(int code) {
  fflush(NULL);
  _exit(code);
}

void run_on_own_stack(void (*what)(void)) {
  is_fixed = are_fixed();
  run = what;
  int flags = MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE | MAP_FIXED_NOREPLACE;
  if (syscall(SYS_mmap, STACK_AT - GUARD, GUARD, PROT_NONE, flags, -1, 0) != (long)(STACK_AT - GUARD)) _exit(1);
  if (syscall(SYS_mmap, STACK_AT, STACK, PROT_READ | PROT_WRITE, flags, -1, 0) != (long)STACK_AT) _exit(1);
  static ucontext_t it;
  getcontext(&it);
  it.uc_stack.ss_sp = STACK_AT;
  it.uc_stack.ss_size = STACK;
  makecontext(&it, begin, 0);
  setcontext(&it);
  _exit(1);
}

uint64_t mix(uint64_t hash, uint64_t value) {
  hash = (hash ^ value) * 0x9e3779b97f4a7c15;
  return hash ^ hash >> 29;
}

static uint64_t mix_bytes(uint64_t hash, const void *bytes, size_t length) {
  for (size_t i = 0; i < length; i += sizeof(uint64_t)) {
    uint64_t word = 0;
    memcpy(&word, (const char *)bytes + i, length - i < sizeof word ? length - i : sizeof word);
    hash = mix(hash, word);
  }
  return hash;
}

/* Where each library lies, and which it is, by its notes; of this program, its code. */
static int mix_library(struct dl_phdr_info *info, size_t size, void *hash) {
  (void)size;
  uint64_t *it = hash;
  *it = mix(*it, info->dlpi_addr);
  for (int i = 0; i < info->dlpi_phnum; i++) {
    const ElfW(Phdr) *each = &info->dlpi_phdr[i];
    bool is_code = each->p_type == PT_LOAD && (each->p_flags & PF_X) != 0 && *info->dlpi_name == 0 && info->dlpi_addr == 0;
    *it = mix(*it, each->p_vaddr ^ each->p_memsz);
    if (each->p_type == PT_NOTE || is_code) *it = mix_bytes(*it, (const void *)(info->dlpi_addr + each->p_vaddr), each->p_filesz);
  }
  return 0;
}

/* 0 where addresses are not fixed. Equal numbers: the same program and libraries, at the same addresses. */
uint64_t layout(void) {
  uint64_t hash = (uint64_t)__builtin_thread_pointer();
  dl_iterate_phdr(mix_library, &hash);
  return !is_fixed ? 0 : hash == 0 ? 1 : hash;
}
