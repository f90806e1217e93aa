/* One look for many waiting queries. Whoever is due first asks for all that are nearly due; the
   others find the answer when their time comes. */
#include "athena/board.h"

#include <stdlib.h>
#include <string.h>


struct query_board {
    struct lock lock; /* guards all below; never held over a request */
    struct board_seat *seats;
    unsigned n_seats;
    bool is_refused;  /* the service does not grant the call */
};

struct query_board *query_board_new(struct fault *f)
{
    struct query_board *b = calloc(1, sizeof(*b));

    if (b == NULL) {
        fault_memory(f);
        return NULL;
    }
    lock_init(&b->lock);
    return b;
}

void query_board_free(struct query_board *b)
{
    if (b == NULL) {
        return;
    }
    lock_done(&b->lock);
    free(b);
}

void board_sit(struct query_board *b, struct board_seat *seat, struct span query_id)
{
    if (b == NULL) {
        return;
    }
    *seat = (struct board_seat){ .is_sitting = true };
    span_to_c(query_id, seat->query_id, sizeof(seat->query_id));
    lock_take(&b->lock);
    seat->next = b->seats;
    b->seats = seat;
    b->n_seats++;
    lock_give(&b->lock);
}

void board_rise(struct query_board *b, struct board_seat *seat)
{
    if (b == NULL || !seat->is_sitting) {
        return;
    }
    lock_take(&b->lock);
    for (struct board_seat **at = &b->seats; *at != NULL; at = &(*at)->next) {
        if (*at == seat) {
            *at = seat->next;
            b->n_seats--;
            break;
        }
    }
    lock_give(&b->lock);
    seat->is_sitting = false;
}

void board_plan(struct query_board *b, struct board_seat *seat, int64_t due_ms, int64_t early_ms)
{
    if (b == NULL) {
        return;
    }
    lock_take(&b->lock);
    seat->due_ms = due_ms;
    seat->early_ms = early_ms;
    lock_give(&b->lock);
}

enum board_answer board_take(struct query_board *b, struct board_seat *seat)
{
    enum board_answer answer = BOARD_NOTHING;

    if (b == NULL) {
        return BOARD_NOTHING;
    }
    lock_take(&b->lock);
    if (seat->has_answer) {
        seat->has_answer = false;
        seat->heard = seat->news;
        answer = seat->heard.is_throttled                ? BOARD_THROTTLED
                 : query_is_final(seat->heard.state) ? BOARD_OVER
                                                     : BOARD_RUNNING;
    } else if (seat->is_asked) {
        answer = BOARD_WAIT;
    }
    lock_give(&b->lock);
    return answer;
}

bool board_is_busy(struct query_board *b, struct board_seat *seat)
{
    if (b == NULL) {
        return false;
    }
    lock_take(&b->lock);
    bool is_busy = !b->is_refused && !seat->is_alone && b->n_seats >= BOARD_MANY;
    seat->is_alone = false;
    lock_give(&b->lock);
    return is_busy;
}

/* ---- one call ---- */

struct asked {
    unsigned n;
    char ids[BOARD_IDS_MAX][64];
};

static void ask_for(struct asked *asked, struct board_seat *seat)
{
    seat->is_asked = true;
    memcpy(asked->ids[asked->n++], seat->query_id, sizeof(seat->query_id));
}

static void collect(struct query_board *b, struct board_seat *first, int64_t now_ms,
                    struct asked *out)
{
    out->n = 0;
    lock_take(&b->lock);
    ask_for(out, first);
    for (struct board_seat *s = b->seats; s != NULL && out->n < BOARD_IDS_MAX; s = s->next) {
        if (s != first && !s->is_asked && !s->has_answer && s->due_ms - s->early_ms <= now_ms) {
            ask_for(out, s);
        }
    }
    lock_give(&b->lock);
}

static bool call(struct aws_client *c, const struct asked *asked, const struct aws_bounds *bounds,
                 struct json **out, struct fault *f)
{
    struct buf body = { 0 };
    struct json_writer w = { .out = &body, .f = f };

    json_open(&w, '{');
    json_name(&w, "QueryExecutionIds");
    json_open(&w, '[');
    for (unsigned i = 0; i < asked->n; i++) {
        json_string(&w, span_of(asked->ids[i]));
    }
    json_close(&w, ']');
    json_close(&w, '}');
    bool ok = json_done(&w) &&
              aws_json_call(c, "BatchGetQueryExecution", buf_span(&body), bounds, out, f);
    buf_free(&body);
    return ok;
}

/* The lock is held. A query may have left meanwhile. */
static struct board_seat *seat_of(struct query_board *b, struct span query_id)
{
    for (struct board_seat *s = b->seats; s != NULL; s = s->next) {
        if (span_equal(span_of(s->query_id), query_id)) {
            return s;
        }
    }
    return NULL;
}

/* Who asked hears of a failed call by its fault. The others hear of throttling, which is theirs
   too; after any other failure they ask again, together. */
static void tell(struct query_board *b, const struct asked *asked, const struct json *answer,
                 const struct fault *f)
{
    const struct json *found = json_member(answer, "QueryExecutions");

    lock_take(&b->lock);
    for (size_t i = 0; i < json_length(found); i++) {
        const struct json *x = json_at(found, i);
        struct board_seat *s = seat_of(b, json_text_of(x, "QueryExecutionId"));
        if (s != NULL && !span_is_null(json_text(json_path(x, "Status.State")))) {
            s->has_answer = true;
            s->news =
                (struct board_news){ query_call_state(x),
                                     json_int(json_path(x, "Statistics.DataScannedInBytes"), 0),
                                     false };
        }
    }
    for (unsigned i = 0; i < asked->n; i++) {
        struct board_seat *s = seat_of(b, span_of(asked->ids[i]));
        if (s != NULL) {
            s->is_asked = false;
            s->is_alone = answer != NULL && !s->has_answer;
            if (f != NULL && f->kind == FAULT_THROTTLED && i > 0) {
                s->has_answer = true;
                s->news = (struct board_news){ .is_throttled = true };
            }
        }
    }
    lock_give(&b->lock);
}

bool board_look(struct query_board *b, struct board_seat *seat, struct aws_client *c,
                int64_t now_ms, const struct aws_bounds *bounds, struct fault *f)
{
    struct asked asked;
    struct json *answer = NULL;

    collect(b, seat, now_ms, &asked);
    bool ok = call(c, &asked, bounds, &answer, f);
    tell(b, &asked, answer, ok ? NULL : f);
    json_free(answer);
    if (ok || f->kind == FAULT_CANCELLED || f->kind == FAULT_TIMEOUT ||
        f->kind == FAULT_THROTTLED || f->kind == FAULT_NETWORK || f->kind == FAULT_SERVICE) {
        return ok;
    }
    lock_take(&b->lock);
    b->is_refused = true;
    lock_give(&b->lock);
    return true;
}
