/*
 * Memory at a fixed address: the same calls give the same addresses in every process. What it knows of itself lies in it, so
 * that a copy of its bytes is a copy of all that was allocated. Blocks follow one another; free neighbours become one; free
 * blocks are listed by size (Knuth, The Art of Computer Programming, volume 1, section 2.5: boundary tags, segregated lists).
 */
#include "memory.h"
#include <errno.h>
#include <sched.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/syscall.h>
#include <unistd.h>

enum { HEAD = 16, LEAST = 32, USED = 1, SMALL = 64, CLASSES = 192, TRIES = 8 };
static const size_t GROWTH = 1 << 20, PAGE = 4096, RETURNED = 1 << 20;

/* `before` is the size of the block before it; `size` has the head in it, and USED as its lowest bit. */
struct Block {
  size_t before, size;
  struct Block *next, *previous; /* only of free ones */
};

struct Content {
  /* Behind the last block; the last block's size; what lies behind `fresh` was never used, and is zero. */
  char *top;
  size_t last;
  char *fresh;
  uint64_t listed[CLASSES / 64];
  Block *free[CLASSES];
};

Arena model_memory = {.at = (char *)0x200000000000, .most = (size_t)1 << 36};
Arena host_memory = {.at = (char *)0x210000000000, .most = (size_t)1 << 36};

static size_t size_of(const Block *block) { return block->size & ~(size_t)USED; }
static bool is_used(const Block *block) { return block->size & USED; }
static Block *after(Block *block) { return (Block *)((char *)block + size_of(block)); }
static Block *of(void *memory) { return (Block *)((char *)memory - HEAD); }
static char *up(char *at) { return (char *)(((uintptr_t)at + PAGE - 1) & ~(PAGE - 1)); }

/* Lists of one size each below 1 KiB, then four for each power of two. */
static unsigned class_of(size_t size) {
  if (size < SMALL * HEAD) return (unsigned)(size / HEAD);
  unsigned power = 63 - (unsigned)__builtin_clzl(size);
  return SMALL + 4 * (power - 10) + (unsigned)(size >> (power - 2) & 3);
}

static _Noreturn void corrupted(void) {
  static const char MESSAGE[] = "the model wrote where it must not: its memory is damaged\n";
  ssize_t ignored = write(STDERR_FILENO, MESSAGE, sizeof MESSAGE - 1);
  (void)ignored;
  abort();
}

static void lock(Arena *it) {
  while (__atomic_exchange_n(&it->is_locked, 1, __ATOMIC_ACQUIRE)) sched_yield();
}
static void unlock(Arena *it) { __atomic_store_n(&it->is_locked, 0, __ATOMIC_RELEASE); }

/* Memory up to `end` can be used. False if there is no more. */
bool extend(Arena *it, const char *end) {
  if (it->ready == NULL) {
    int flags = MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE | MAP_FIXED_NOREPLACE;
    if (syscall(SYS_mmap, it->at, it->most, PROT_NONE, flags, -1, 0) != (long)it->at) _exit(1);
    it->ready = it->at;
  }
  if (end <= it->ready) return true;
  if (end < it->at || end > it->at + it->most) return false;
  size_t more = ((size_t)(end - it->ready) + GROWTH - 1) & ~(GROWTH - 1);
  if (mprotect(it->ready, more, PROT_READ | PROT_WRITE) != 0) return false;
  it->ready += more;
  return true;
}

static Content *content(Arena *it) {
  Content *all = (Content *)it->at;
  if (it->ready != NULL) return all;
  if (!extend(it, it->at + GROWTH)) _exit(1);
  all->top = all->fresh = it->at + ((sizeof(Content) + HEAD - 1) & ~(size_t)(HEAD - 1));
  return all;
}

static void tell_next(Content *all, Block *block) {
  Block *next = after(block);
  if ((char *)next == all->top) all->last = size_of(block);
  else next->before = size_of(block);
}

static void list(Content *all, Block *block) {
  unsigned class = class_of(size_of(block));
  block->previous = NULL;
  block->next = all->free[class];
  if (block->next != NULL) block->next->previous = block;
  all->free[class] = block;
  all->listed[class / 64] |= (uint64_t)1 << class % 64;
}

static void unlist(Content *all, Block *block) {
  unsigned class = class_of(size_of(block));
  if (block->next != NULL) block->next->previous = block->previous;
  if (block->previous != NULL) block->previous->next = block->next;
  else if (all->free[class] != block) corrupted();
  else if ((all->free[class] = block->next) == NULL) all->listed[class / 64] &= ~((uint64_t)1 << class % 64);
}

static Block *find_listed(Content *all, size_t size) {
  unsigned class = class_of(size);
  int tries = 0;
  for (Block *block = all->free[class]; block != NULL && tries++ < TRIES; block = block->next) {
    if (size_of(block) >= size) return block;
  }
  for (unsigned word = ++class / 64; word < CLASSES / 64; word++) {
    uint64_t left = all->listed[word] & (word == class / 64 ? ~(uint64_t)0 << class % 64 : ~(uint64_t)0);
    if (left != 0) return all->free[word * 64 + (unsigned)__builtin_ctzl(left)];
  }
  return NULL;
}

/* A block that is nobody's becomes free: it joins its neighbours, or what was never used. */
static void give_back(Content *all, Block *block) {
  if (block->before != 0) {
    Block *before = (Block *)((char *)block - block->before);
    if (size_of(before) != block->before) corrupted();
    if (!is_used(before)) {
      unlist(all, before);
      before->size += size_of(block);
      block = before;
    }
  }
  block->size = size_of(block);
  if ((char *)after(block) == all->top) {
    all->top = (char *)block;
    all->last = block->before;
    return;
  }
  Block *next = after(block);
  if (!is_used(next)) {
    unlist(all, next);
    block->size += size_of(next);
  }
  tell_next(all, block);
  list(all, block);
}

/* Cuts what is beyond `size` off a used block. */
static void cut(Content *all, Block *block, size_t size) {
  size_t rest = size_of(block) - size;
  if (rest < LEAST) return;
  block->size = size | USED;
  Block *other = after(block);
  other->before = size;
  other->size = rest | USED;
  tell_next(all, other);
  give_back(all, other);
}

static Block *take(Arena *it, size_t size) {
  Content *all = content(it);
  Block *block = find_listed(all, size);
  if (block != NULL) {
    unlist(all, block);
    block->size |= USED;
    cut(all, block, size);
    return block;
  }
  block = (Block *)all->top;
  if (!extend(it, all->top + size)) return NULL;
  block->before = all->last;
  block->size = size | USED;
  all->last = size;
  all->top += size;
  if (all->fresh < all->top) all->fresh = all->top;
  return block;
}

static size_t size_for(size_t length) {
  size_t size = (length + HEAD + HEAD - 1) & ~(size_t)(HEAD - 1);
  return size < LEAST ? LEAST : size;
}

static void *none(void) { return errno = ENOMEM, NULL; }

void *allocate(Arena *it, size_t length, bool is_zero) {
  if (length > it->most) return none();
  lock(it);
  char *fresh = content(it)->fresh;
  Block *block = take(it, size_for(length));
  unlock(it);
  if (block == NULL) return none();
  char *memory = (char *)block + HEAD;
  if (is_zero && memory < fresh) memset(memory, 0, memory + length < fresh ? length : (size_t)(fresh - memory));
  return memory;
}

void *allocate_aligned(Arena *it, size_t alignment, size_t length) {
  if (length > it->most || alignment > it->most) return none();
  if (alignment <= HEAD) return allocate(it, length, false);
  lock(it);
  Content *all = content(it);
  Block *block = take(it, size_for(length + alignment + LEAST));
  if (block != NULL) {
    char *memory = (char *)block + HEAD;
    size_t gap = (size_t)(-(intptr_t)memory & (intptr_t)(alignment - 1));
    if (gap != 0 && gap < LEAST) gap += alignment;
    if (gap != 0) {
      Block *front = block;
      block = (Block *)((char *)front + gap);
      block->before = gap;
      block->size = (size_of(front) - gap) | USED;
      front->size = gap | USED;
      tell_next(all, block);
      give_back(all, front);
    }
    cut(all, block, size_for(length));
  }
  unlock(it);
  return block == NULL ? none() : (char *)block + HEAD;
}

static void require_block(const Content *all, Block *block) {
  bool is_one = ((uintptr_t)block & (HEAD - 1)) == 0 && is_used(block) && size_of(block) >= LEAST &&
                size_of(block) <= (size_t)(all->top - (char *)block);
  if (!is_one || ((char *)after(block) == all->top ? all->last : after(block)->before) != size_of(block)) corrupted();
}

void give(Arena *it, void *memory) {
  lock(it);
  Content *all = content(it);
  Block *block = of(memory);
  require_block(all, block);
  /* Large ones go back to the system. */
  if (size_of(block) >= RETURNED) {
    char *from = up((char *)memory + sizeof(Block)), *to = up((char *)after(block)) - PAGE;
    madvise(from, (size_t)(to - from), MADV_DONTNEED);
  }
  give_back(all, block);
  unlock(it);
}

size_t length_of(void *memory) { return size_of(of(memory)) - HEAD; }

void *resize(Arena *it, void *memory, size_t length) {
  if (length > it->most) return none();
  lock(it);
  Content *all = content(it);
  Block *block = of(memory), *next;
  require_block(all, block);
  size_t size = size_for(length), has = size_of(block);
  next = after(block);
  if (size > has && (char *)next == all->top && extend(it, (char *)block + size)) {
    all->top = (char *)block + size;
    if (all->fresh < all->top) all->fresh = all->top;
    all->last = size;
    block->size = size | USED;
  } else if (size > has && (char *)next != all->top && !is_used(next) && has + size_of(next) >= size) {
    unlist(all, next);
    block->size += size_of(next);
    tell_next(all, block);
  }
  bool fits = size <= size_of(block);
  if (fits) cut(all, block, size);
  unlock(it);
  if (fits) return memory;
  void *other = allocate(it, length, false);
  if (other == NULL) return NULL;
  memcpy(other, memory, has - HEAD);
  give(it, memory);
  return other;
}

bool is_in(const Arena *it, const void *memory) {
  return (const char *)memory >= it->at && (const char *)memory < it->at + it->most;
}

/* Where what was never used begins. */
char *fresh_of(Arena *it) { return content(it)->fresh; }
