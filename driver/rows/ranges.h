/* An S3 object as parts in order: ranged GETs by a few workers ahead of the reader, into a ring of
   buffers that never grows. Private to rows/. */
#ifndef ROWS_RANGES_H
#define ROWS_RANGES_H

#include "athena/athena.h"

struct ranges;

/* Borrowed until ranges_close, except the texts, which are copied. */
struct range_settings {
    struct aws_client *client;
    struct span bucket, key, expected_owner;
    bool requester_pays;
    size_t memory_bytes;          /* what all buffers together may take; 0 = default */
    size_t part_bytes;            /* of one range, as far as the memory allows; 0 = default */
    bool one_connection;          /* one range at a time */
    const struct aws_bounds *bounds; /* for the first part; afterwards only its cancel counts */
};

/* Bytes [from, from + len) of the object. Given back with ranges_release. */
struct part {
    char *at;
    size_t len;
    uint64_t from;
};

enum range_step { RANGE_PART, RANGE_END, RANGE_FAULT };

/* Fetches the first part and learns length and version of the object: what is wrong with it shows
   here. An empty object is fine. */
MUST_USE bool ranges_open(const struct range_settings *settings, struct ranges **out,
                          struct fault *f);
uint64_t ranges_total(const struct ranges *r);
/* The next part in order. At most one part may be out. */
enum range_step ranges_next(struct ranges *r, struct part *out, struct fault *f);
void ranges_release(struct ranges *r, const struct part *part);
/* Whether ranges_next would answer at once. */
bool ranges_is_ready(struct ranges *r);
/* Stops transfers in flight. NULL is fine. */
void ranges_close(struct ranges *r);

#endif
