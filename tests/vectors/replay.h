/* A transport that replays a recorded exchange in order, and a clock that stands at the recorded
   time. */
#ifndef VECTORS_REPLAY_H
#define VECTORS_REPLAY_H

#include "net/http.h"
#include "runner.h"

struct replay_clock {
    struct clock base;
    int64_t wall_ms;
};

struct replay {
    struct http base;
    const struct json *events; /* borrowed; may be NULL: nothing is to be sent */
    size_t at;
    struct replay_clock *clock;
    bool clock_stands;         /* answers do not move the clock */
    unsigned n_wrong;          /* requests that were not the recorded ones */
    char wrong[512];
};

void replay_init(struct replay *r, const struct json *traffic, struct replay_clock *clock);
/* Whether every recorded request was sent. */
bool replay_is_over(const struct replay *r);
struct replay_clock replay_clock_at(int64_t wall_ms);

#endif
