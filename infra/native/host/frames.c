/* Frames: u32 length of the head, u32 number of bytes, both little endian; the head; the bytes. */
#include "host.h"
#include <errno.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/uio.h>
#include <unistd.h>

enum { ORDERS = 3, REPORTS = 4, KIND_BYTES = 4 };

/* Descriptors may be non-blocking, whatever the parent made them. */
static bool has_to_wait(int descriptor, short events) {
  if (errno == EINTR) return true;
  if (errno != EAGAIN) return false;
  struct pollfd on = {.fd = descriptor, .events = events};
  return poll(&on, 1, -1) >= 0 || errno == EINTR;
}

static void read_all(void *into, size_t length) {
  for (size_t done = 0; done < length;) {
    ssize_t got = read(ORDERS, (char *)into + done, length - done);
    if (got > 0) done += (size_t)got;
    else if (got == 0 || !has_to_wait(ORDERS, POLLIN)) _exit(0);
  }
}

static void *allocated(size_t length) {
  void *memory = malloc(length > 0 ? length : 1);
  if (memory == NULL) fail_model("there is no memory for what it is told");
  return memory;
}

uint32_t next_order(Bytes *bytes) {
  static uint8_t *kept;
  uint32_t lengths[2], kind;
  read_all(lengths, sizeof lengths);
  if (lengths[0] != KIND_BYTES) _exit(1);
  read_all(&kind, sizeof kind);
  free(kept);
  kept = allocated(lengths[1]);
  read_all(kept, lengths[1]);
  *bytes = (Bytes){kept, kept + lengths[1]};
  return kind;
}

const uint8_t *take_bytes(Bytes *from, size_t length) {
  if ((size_t)(from->end - from->at) < length) _exit(1); /* orders are our own */
  from->at += length;
  return from->at - length;
}

uint32_t take_u32(Bytes *from) {
  uint32_t value;
  return memcpy(&value, take_bytes(from, sizeof value), sizeof value), value;
}

double take_f64(Bytes *from) {
  double value;
  return memcpy(&value, take_bytes(from, sizeof value), sizeof value), value;
}

char *take_text(Bytes *from) {
  uint32_t length = take_u32(from);
  char *text = allocated(length + 1);
  memcpy(text, take_bytes(from, length), length);
  text[length] = 0;
  return text;
}

uint32_t *take_list(Bytes *from, uint32_t *length) {
  *length = take_u32(from);
  size_t size = *length * sizeof(uint32_t);
  return memcpy(allocated(size), take_bytes(from, size), size);
}

void report(const char *head, const void *first, size_t first_length, const void *second, size_t second_length) {
  uint32_t lengths[2] = {(uint32_t)strlen(head), (uint32_t)(first_length + second_length)};
  struct iovec parts[4] = {{lengths, sizeof lengths}, {(void *)head, lengths[0]}, {(void *)first, first_length}, {(void *)second, second_length}};
  for (int part = 0; part < 4;) {
    if (parts[part].iov_len == 0) {
      part++;
      continue;
    }
    ssize_t sent = writev(REPORTS, parts + part, 4 - part);
    if (sent < 0 && !has_to_wait(REPORTS, POLLOUT)) _exit(0);
    for (int i = part; sent > 0; i++) {
      size_t of_this = (size_t)sent < parts[i].iov_len ? (size_t)sent : parts[i].iov_len;
      parts[i].iov_base = (char *)parts[i].iov_base + of_this;
      parts[i].iov_len -= of_this;
      sent -= (ssize_t)of_this;
    }
  }
}

void report_text(const char *before, const char *text, size_t longest) {
  size_t length = strnlen(text, longest);
  /* Not in the middle of a character of UTF-8. */
  while (length > 0 && text[length] != 0 && (text[length] & 0xc0) == 0x80) length--;
  char *head = allocated(strlen(before) + 6 * length + 3), *at = stpcpy(head, before);
  for (size_t i = 0; i < length; i++) {
    unsigned char byte = (unsigned char)text[i];
    if (byte < ' ') at += sprintf(at, "\\u%04x", byte);
    else {
      if (byte == '"' || byte == '\\') *at++ = '\\';
      *at++ = (char)byte;
    }
  }
  strcpy(at, "\"}");
  report(head, NULL, 0, NULL, 0);
  free(head);
}
