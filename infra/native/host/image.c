/*
 * A model's state as an image of its memory: what was allocated for it, and the variables of its libraries. An image holds
 * what differs from the base, which is the same memory right after the model was initialized: another process that initializes
 * the same model at the same time comes to the same base, and is put to the image from there. A hash of the base tells whether
 * it did.
 *
 * u64 hash of the base; u64 bytes of what the host knows, these bytes; u64 keys of the thread, (u64 key, u64 value)…; u64 open
 * files, (u64 descriptor, u64 position)…; u64 end of what was allocated; then of each piece of 4096 bytes that differs: u64 region, u64 offset, 512 bits, the words that differ.
 */
#include "image.h"
#include "host.h"
#include <pthread.h>
#include <string.h>

enum { PIECE = 4096, WORDS = PIECE / 8, MOST_KEYS = 1024 };
/* Of an image: what differs may be as much. */
enum { MOST_IMAGE = 64 << 20 };

typedef struct {
  char *bytes;
  size_t length, room;
} Writer;

static void put(Writer *to, const void *bytes, size_t length) {
  if (to->length + length > to->room) {
    to->room = 2 * (to->length + length) + PIECE;
    to->bytes = realloc(to->bytes, to->room);
    if (to->bytes == NULL) fail_model("there is no memory for its image");
  }
  memcpy(to->bytes + to->length, bytes, length);
  to->length += length;
}
static void put_word(Writer *to, uint64_t word) { put(to, &word, sizeof word); }

/* What a region has at this offset in the base: zeros behind its end. */
static const char *base_of(const Region *region, size_t offset, char *room) {
  if (offset + PIECE <= region->length) return region->base + offset;
  memset(room, 0, PIECE);
  if (offset < region->length) memcpy(room, region->base + offset, region->length - offset);
  return room;
}

static size_t length_now(size_t region) {
  return region == 0 ? (size_t)(fresh_of(&model_memory) - model_memory.at) : base.regions[region].length;
}

static void put_piece(Writer *to, size_t region, size_t offset, size_t length) {
  char room[PIECE];
  const char *before_it = base_of(&base.regions[region], offset, room), *now = base.regions[region].at + offset;
  if (memcmp(before_it, now, length) == 0) return;
  uint64_t head[2 + WORDS / 64] = {region, offset}, changed[WORDS];
  size_t words = 0;
  for (size_t i = 0; 8 * i < length; i++) {
    uint64_t before = 0, after = 0;
    size_t bytes = length - 8 * i < 8 ? length - 8 * i : 8;
    memcpy(&before, before_it + 8 * i, bytes);
    memcpy(&after, now + 8 * i, bytes);
    if (before == after) continue;
    head[2 + i / 64] |= (uint64_t)1 << i % 64;
    changed[words++] = after;
  }
  put(to, head, sizeof head);
  put(to, changed, 8 * words);
}

/* Null, and why, if its memory is not all of its state. `known`: what the host knows beside it. To be freed. */
uint8_t *take_image(const void *known, size_t known_length, size_t *length, const char **why) {
  *why = unfit();
  if (*why != NULL) return NULL;
  Writer to = {0};
  put_word(&to, base.hash);
  put_word(&to, known_length);
  put(&to, known, known_length);
  uint64_t keys[2 * MOST_KEYS], set = 0;
  for (unsigned key = 0; key < MOST_KEYS; key++) {
    void *value = pthread_getspecific(key);
    if (value == NULL) continue;
    keys[2 * set] = key;
    keys[2 * set++ + 1] = (uint64_t)value;
  }
  put_word(&to, set);
  put(&to, keys, 16 * set);
  Place places[MOST_FILES];
  size_t files = places_of_files(places);
  put_word(&to, files);
  put(&to, places, files * sizeof *places);
  put_word(&to, length_now(0));
  for (size_t i = 0; i < base.count; i++) {
    size_t end = length_now(i);
    for (size_t offset = 0; offset < end; offset += PIECE) {
      put_piece(&to, i, offset, end - offset < PIECE ? end - offset : PIECE);
      if (to.length <= MOST_IMAGE) continue;
      free(to.bytes);
      *why = "its memory changes too much";
      return NULL;
    }
  }
  *length = to.length;
  return (uint8_t *)to.bytes;
}

static uint64_t get_word(Bytes *from) {
  uint64_t word;
  return memcpy(&word, take_bytes(from, sizeof word), sizeof word), word;
}

/* The model's memory as it was in the base; of what was allocated later, nothing is left. */
static void return_to_base(size_t allocated) {
  char *now = fresh_of(&model_memory), room[PIECE];
  if (!extend(&model_memory, model_memory.at + allocated)) fail_model("there is no memory for its state");
  for (size_t i = 0; i < base.count; i++) {
    size_t end = i == 0 ? (size_t)(now - model_memory.at) : base.regions[i].length;
    for (size_t offset = 0; offset < end; offset += PIECE) {
      size_t length = end - offset < PIECE ? end - offset : PIECE;
      const char *before = base_of(&base.regions[i], offset, room);
      if (memcmp(before, base.regions[i].at + offset, length) != 0) memcpy(base.regions[i].at + offset, before, length);
    }
  }
}

/* Puts the model, which was initialized at the same time, to an image. What the host knew then. */
Bytes put_to_image(Bytes from) {
  if (get_word(&from) != base.hash) fail_model("its memory after it was initialized is not what it was in another process");
  size_t known_length = get_word(&from);
  const uint8_t *known = take_bytes(&from, known_length);
  uint64_t set = get_word(&from);
  for (uint64_t i = 0; i < set; i++) {
    pthread_key_t key = (pthread_key_t)get_word(&from);
    const void *value = (const void *)get_word(&from);
    if (pthread_getspecific(key) != value) pthread_setspecific(key, value);
  }
  for (uint64_t left = get_word(&from); left > 0; left--) {
    uint64_t file = get_word(&from);
    place_file((Place){file, get_word(&from)});
  }
  size_t allocated = get_word(&from);
  return_to_base(allocated);
  while (from.at < from.end) {
    uint64_t region = get_word(&from), offset = get_word(&from), mask[WORDS / 64];
    memcpy(mask, take_bytes(&from, sizeof mask), sizeof mask);
    if (region >= base.count || offset % PIECE != 0) fail_model("its image is damaged");
    size_t end = region == 0 ? allocated : base.regions[region].length;
    for (size_t i = 0; i < WORDS; i++) {
      if ((mask[i / 64] >> i % 64 & 1) == 0) continue;
      if (offset + 8 * i >= end) fail_model("its image is damaged");
      size_t bytes = end - offset - 8 * i < 8 ? end - offset - 8 * i : 8;
      memcpy(base.regions[region].at + offset + 8 * i, take_bytes(&from, 8), bytes);
    }
  }
  return (Bytes){known, known + known_length};
}
