/* The standard retry mode: what is repeated, after how long, and when to stop because everything
   fails. Who signs sits inside (every attempt gets a fresh signature), who reads the answer sits
   outside. */
#include "net/retry.h"

#include <stdlib.h>
#include <string.h>

#include "base/digest.h"
#include "base/number.h"
#include "base/utf.h"

enum { BASE_TRANSIENT_MS = 50, BASE_THROTTLING_MS = 1000 };

struct retry_http {
    struct http base;
    struct http *inner;
    struct retry_settings settings;
    struct lock lock; /* guards quota */
    unsigned quota;
};

/* One send: the request with its sink watched, and what the last retry cost. */
struct attempt_state {
    const struct http_request *request;
    size_t sunk_bytes;
    unsigned last_cost;
    bool has_repeated_now;
    bool may_have_arrived; /* of an attempt so far, which was not answered or with a failure */
};

static double random_fraction(const struct retry_http *r)
{
    uint32_t bits = 0;

    if (r->settings.random != NULL) {
        return r->settings.random(r->settings.random_context);
    }
    if (!digest_random(&bits, sizeof(bits), NULL)) {
        return 0.5;
    }
    return bits / 4294967296.0;
}

enum retry_verdict retry_judge_status(int status)
{
    return status == 500 || status == 502 || status == 503 ||
           status == 504 ? RETRY_TRANSIENT : RETRY_NO;
}

int64_t retry_delay_ms(enum retry_verdict verdict, unsigned attempt, double random,
                       struct span hint)
{
    int64_t bound = verdict == RETRY_THROTTLING ? BASE_THROTTLING_MS : BASE_TRANSIENT_MS;
    uint64_t asked;

    if (verdict == RETRY_NOW) {
        return 0;
    }
    for (unsigned i = 1; i < attempt && bound < RETRY_DELAY_MAX_MS; i++) {
        bound *= 2;
    }
    if (bound > RETRY_DELAY_MAX_MS) {
        bound = RETRY_DELAY_MAX_MS;
    }
    int64_t delay = (int64_t)((double)bound * random);
    if (!span_is_null(hint) && number_parse_u64(span_trim(hint), &asked)) {
        uint64_t most = (uint64_t)delay + RETRY_HINT_BEYOND_MS;
        uint64_t wanted = asked < (uint64_t)delay ? (uint64_t)delay : asked;
        delay = (int64_t)(wanted > most ? most : wanted);
    }
    return delay;
}

static bool quota_take(struct retry_http *r, unsigned cost)
{
    lock_take(&r->lock);
    bool is_enough = r->quota >= cost;
    if (is_enough) {
        r->quota -= cost;
    }
    lock_give(&r->lock);
    return is_enough;
}

static void quota_return(struct retry_http *r, unsigned amount)
{
    lock_take(&r->lock);
    r->quota = r->quota + amount > RETRY_QUOTA_MAX ? RETRY_QUOTA_MAX : r->quota + amount;
    lock_give(&r->lock);
}

unsigned retry_http_quota(struct http *h)
{
    struct retry_http *r = (struct retry_http *)h;

    lock_take(&r->lock);
    unsigned left = r->quota;
    lock_give(&r->lock);
    return left;
}

static bool watched_sink(void *context, struct span bytes, struct fault *f)
{
    struct attempt_state *state = context;

    state->sunk_bytes += bytes.len;
    return state->request->sink(state->request->sink_context, bytes, f);
}

/* Waits between attempts; true when cancelled meanwhile. */
static bool wait_for(const struct retry_http *r, const struct http_request *q, int64_t ms)
{
    struct wake never;
    bool is_cancelled;

    if (r->settings.wait != NULL) {
        return r->settings.wait(r->settings.wait_context, q, ms);
    }
    if (q->cancel != NULL) {
        return wake_wait(q->cancel, ms);
    }
    wake_init(&never);
    is_cancelled = wake_wait(&never, ms);
    wake_done(&never);
    return is_cancelled;
}

static enum retry_verdict judge_failure(const struct fault *f, const struct attempt_state *state)
{
    /* A hop means that another request failed, for the credentials of this one: that has had its
       own attempts. */
    bool is_repeatable = f->kind == FAULT_NETWORK && f->hop == HOP_NONE && state->sunk_bytes == 0 &&
                         strcmp(f->code, HTTP_FAILED_CERTIFICATE) != 0;
    return is_repeatable ? RETRY_TRANSIENT : RETRY_NO;
}

static enum retry_verdict judge_answer(const struct retry_http *r, const struct http_request *q,
                                       const struct http_response *answer)
{
    if (answer->status < 400) {
        return RETRY_NO;
    }
    return r->settings.judge != NULL ? r->settings.judge(q, answer)
                                     : retry_judge_status(answer->status);
}

/* With the beginning of the service's own words: they say what was waited for. */
static bool say_no_time(const struct http_request *q, unsigned attempt,
                        const struct http_response *answer, struct fault *f)
{
    enum { WORDS_MAX = 200 };
    struct span words = buf_span(&answer->body);

    return fault_set(f, FAULT_TIMEOUT,
                     "%.*s: the time given was over before attempt %u (last answer: HTTP %d%s%.*s)",
                     (int)q->action.len, q->action.at ? q->action.at : "", attempt, answer->status,
                     words.len > 0 ? " " : "", (int)utf8_cut(words, WORDS_MAX),
                     words.len > 0 ? words.at : "");
}

/* Pays for another attempt and waits for its time. False: the answer or failure at hand stands,
   unless *is_over: then f says that time or patience ended while waiting. */
static bool may_repeat(struct retry_http *r, struct attempt_state *state,
                       enum retry_verdict verdict, unsigned attempt,
                       struct http_response *answer, bool *is_over, struct fault *f)
{
    const struct http_request *q = state->request;
    unsigned attempts_max = q->attempts_max != 0 ? q->attempts_max : r->settings.attempts_max;
    unsigned cost = verdict == RETRY_THROTTLING ? RETRY_COST_THROTTLING : RETRY_COST_TRANSIENT;

    if (verdict == RETRY_NO || attempt >= attempts_max ||
        (verdict == RETRY_NOW && state->has_repeated_now) ||
        !quota_take(r, cost)) {
        return false;
    }
    state->last_cost = cost;
    state->has_repeated_now |= verdict == RETRY_NOW;
    int64_t delay = retry_delay_ms(verdict, attempt, random_fraction(r),
                                   http_response_header(answer, "x-amz-retry-after"));
    if (q->deadline_steady_ms != 0 &&
        r->settings.clock->steady_ms(r->settings.clock) + delay >= q->deadline_steady_ms) {
        *is_over = true;
        return say_no_time(q, attempt + 1, answer, f);
    }
    if (delay > 0 && wait_for(r, q, delay)) {
        *is_over = true;
        return fault_set(f, FAULT_CANCELLED, "%.*s was cancelled while waiting for attempt %u.",
                         (int)q->action.len, q->action.at ? q->action.at : "", attempt + 1);
    }
    return true;
}

/* f is the last attempt's failure, or is set already when time or patience ended between two. */
static bool fail(const struct attempt_state *state, const struct fault *failure, struct fault *f)
{
    if (f != NULL) {
        *f = failure != NULL ? *failure : *f;
        f->may_have_arrived = state->may_have_arrived;
    }
    return false;
}

static bool retry_send(struct http *h, const struct http_request *q, struct http_response *answer,
                       struct fault *f)
{
    struct retry_http *r = (struct retry_http *)h;
    struct attempt_state state = { .request = q };
    struct http_request watched = *q;
    struct fault failure; /* set whenever an attempt fails */

    if (q->sink != NULL) {
        watched.sink = watched_sink;
        watched.sink_context = &state;
    }
    for (unsigned attempt = 1;; attempt++) {
        bool is_over = false;
        fault_clear(&failure);
        bool ok = http_send(r->inner, &watched, answer, &failure);
        answer->attempts = attempt;
        enum retry_verdict verdict = ok ? judge_answer(r, q, answer) : judge_failure(&failure,
                                                                                     &state);
        state.may_have_arrived |= ok ? answer->status >= 500 : failure.may_have_arrived;
        if (may_repeat(r, &state, verdict, attempt, answer, &is_over, f)) {
            continue;
        }
        if (ok && answer->status < 400) {
            quota_return(r, state.last_cost != 0 ? state.last_cost : 1);
        }
        answer->may_have_arrived = state.may_have_arrived;
        return (ok && !is_over) || fail(&state, is_over ? NULL : &failure, f);
    }
}

static void retry_close(struct http *h)
{
    struct retry_http *r = (struct retry_http *)h;

    http_close(r->inner);
    lock_done(&r->lock);
    free(r);
}

bool retry_http_new(struct http *inner, const struct retry_settings *settings, struct http **out,
                    struct fault *f)
{
    static const struct http_ops ops = { retry_send, retry_close };
    struct retry_http *r = calloc(1, sizeof(*r));

    if (r == NULL) {
        http_close(inner);
        return fault_memory(f);
    }
    r->base.ops = &ops;
    r->inner = inner;
    r->settings = *settings;
    if (r->settings.attempts_max == 0) {
        r->settings.attempts_max = RETRY_ATTEMPTS_DEFAULT;
    }
    if (r->settings.clock == NULL) {
        r->settings.clock = clock_system();
    }
    r->quota = RETRY_QUOTA_MAX;
    r->quota -= settings->quota_spent < r->quota ? settings->quota_spent : r->quota;
    lock_init(&r->lock);
    *out = &r->base;
    return true;
}
