/* A model's memory as its state: what base.c, open_files.c and image.c share. */
#pragma once
#include <stddef.h>
#include <stdint.h>

enum { MOST_REGIONS = 64, MOST_FILES = 256 };
typedef struct {
  char *at;
  size_t length;
  char *base; /* its bytes in the base */
} Region;
typedef struct {
  /* The first one is what was allocated: it grows. */
  Region regions[MOST_REGIONS];
  size_t count;
  uint64_t hash;
} Base;
extern Base base;

/* Why the model's memory is not all of its state now; null if it is. */
const char *unfit(void);

/* Files that the model has open: of the base, a hash; whether their positions are all there is to them; these, up to MOST_FILES. */
uint64_t note_files(void);
const char *judge_files(void);
typedef struct {
  uint64_t file, position;
} Place;
size_t places_of_files(Place *places);
void place_file(Place place);
