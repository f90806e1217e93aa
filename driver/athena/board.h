/* Where the queries of one connection that wait at the same time are looked at together:
   BatchGetQueryExecution tells of up to fifty in one call. Only used when many wait; who cannot be
   told of by it looks for itself. */
#ifndef ATHENA_BOARD_H
#define ATHENA_BOARD_H

#include "athena/query_call.h"

enum { BOARD_MANY = 8 /* that wait, before looks are shared */, BOARD_IDS_MAX = 50 };

struct board_news {
    enum query_state state;
    int64_t scanned_bytes;
    bool is_throttled;         /* nothing was learnt: the service wants fewer calls */
};

/* A query's place; belongs to the query, guarded by the board's lock while it sits. */
struct board_seat {
    struct board_seat *next;
    bool is_sitting;
    char query_id[64];
    int64_t due_ms, early_ms;  /* when it wants to be looked at, and how much earlier is welcome */
    bool is_asked;             /* a call that tells of it is on its way */
    bool has_answer, is_alone; /* is_alone: the call did not tell of it */
    struct board_news news;    /* of has_answer */
    struct board_news heard;   /* what board_take took: the query's own */
};

enum board_answer {
    BOARD_NOTHING, /* nobody has looked: board_look when there are many, else a look of one's own */
    BOARD_WAIT,    /* a look is on its way */
    BOARD_THROTTLED, /* the look was throttled: what a throttled look of one's own would mean */
    BOARD_RUNNING, /* it runs: seat->heard tells how far */
    BOARD_OVER,    /* it has ended: a look of one's own tells the rest */
};

/* board may be NULL in all of these: nothing is shared then. */
void board_sit(struct query_board *b, struct board_seat *seat, struct span query_id);
void board_rise(struct query_board *b, struct board_seat *seat);
void board_plan(struct query_board *b, struct board_seat *seat, int64_t due_ms, int64_t early_ms);
/* What is known since the last time this was asked; the answer is taken away. */
enum board_answer board_take(struct query_board *b, struct board_seat *seat);
/* Whether so many wait that a look should be shared. */
bool board_is_busy(struct query_board *b, struct board_seat *seat);
/* One call for this query and all others that are due by now_ms, more or less. False only with a
   fault that a look of one's own would have met too; a service that does not grant the call is not
   asked again. */
MUST_USE bool board_look(struct query_board *b, struct board_seat *seat, struct aws_client *c,
                         int64_t now_ms, const struct aws_bounds *bounds, struct fault *f);

#endif
