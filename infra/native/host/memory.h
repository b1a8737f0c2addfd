/* Memory of the model, which is part of its state, and apart from it the host's own. */
#pragma once
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>

/* arena.c */
typedef struct Block Block;
typedef struct Content Content;
typedef struct {
  char *const at;
  const size_t most;
  /* Up to here it can be used; null before the first use. */
  char *ready;
  int is_locked;
} Arena;
extern Arena model_memory, host_memory;
/* Null, and ENOMEM, if there is no more. */
void *allocate(Arena *it, size_t length, bool is_zero);
void *allocate_aligned(Arena *it, size_t alignment, size_t length);
void *resize(Arena *it, void *memory, size_t length);
void give(Arena *it, void *memory);
size_t length_of(void *memory);
bool is_in(const Arena *it, const void *memory);
char *fresh_of(Arena *it);
bool extend(Arena *it, const char *end);

/* heap.c: the C library's functions, which the model finds in this program. */
typedef struct {
  const char *from, *to;
} Range;
/* What this library allocates is the host's: one that dlopen gave. */
void keep_apart(void *library);
bool is_apart(const void *address);
/* What the model did that its memory does not tell. */
extern bool has_threads, has_maps;

/*
 * In the host's own files, a call of these is for memory of the host. What they are called by name stays the exported function:
 * a model is given `calloc` and `free`.
 */
#define malloc(length) allocate(&host_memory, length, false)
#define calloc(count, length) allocate(&host_memory, (size_t)(count) * (length), true)
#define realloc(memory, length) ((memory) == NULL ? malloc(length) : resize(&host_memory, memory, length))
#define free(memory) own_free(memory)
void own_free(void *memory);
