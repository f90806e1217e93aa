/* The credential cache: windows, single flight, back-off, healing of rejected keys. */
#include "aws/creds_cache.h"

#include <stdlib.h>
#include <string.h>

#include "base/digest.h"
#include "base/log.h"
#include "base/secret.h"

struct creds_cache {
    struct creds_source base;
    struct creds_source *source; /* owned */
    struct creds_cache_settings settings;
    struct lock lock; /* guards all below; never held while the source is asked */
    unsigned shares;
    bool has_creds;
    struct creds held;
    int64_t expires_steady_ms;  /* INT64_MAX = never */
    int64_t advisory_ms;
    int64_t quiet_until_steady_ms; /* back-off after a failed renewal */
    int64_t error_until_steady_ms; /* error is repeated until then */
    struct fault error;         /* of the last renewal, when has_error */
    bool has_error;
    bool is_rejected;           /* a service refused the held key: renew now */
    bool is_renewing;
    struct wake idle;           /* raised while nobody renews */
    unsigned flight;            /* counts renewals that ended with an outcome for all */
    bool flight_failed;
    unsigned fetches;
};

enum { WAIT_SLICE_MS = 50 };

enum need { NEED_NOTHING, NEED_ADVISORY, NEED_MANDATORY };

/* How a failed renewal is taken. */
enum failure {
    FAILURE_TRANSIENT, /* serve the old ones, even expired, and keep quiet for a while */
    FAILURE_BASE_OVER, /* the base's own session is over: serve the old ones while they are valid */
    FAILURE_FINAL,     /* raise */
    FAILURE_OWN        /* this caller was cancelled or ran out of time: nobody else's business */
};

static const struct clock *clock_of(const struct creds_cache *c)
{
    return c->settings.clock != NULL ? c->settings.clock : clock_system();
}

static int64_t steady_now(const struct creds_cache *c)
{
    return clock_of(c)->steady_ms(clock_of(c));
}

static int64_t remaining(const struct creds_cache *c, int64_t now)
{
    return c->expires_steady_ms == INT64_MAX ? INT64_MAX : c->expires_steady_ms - now;
}

/* The table of the SDKs, by lifetime at the time of the fetch. */
static int64_t advisory_window(const struct creds_cache *c, int64_t lifetime_ms)
{
    const int64_t minute = 60 * 1000;

    if (c->settings.advisory_ms > 0) {
        return c->settings.advisory_ms;
    }
    if (lifetime_ms <= 20 * minute) {
        return 5 * minute;
    }
    return lifetime_ms < 90 * minute ? 15 * minute : 60 * minute;
}

static void hold(struct creds_cache *c, const struct creds *fresh, int64_t now)
{
    int64_t lifetime = INT64_MAX;

    if (fresh->expires_wall_ms != 0) {
        lifetime = fresh->expires_wall_ms - clock_of(c)->wall_ms(clock_of(c));
    }
    c->held = *fresh;
    c->has_creds = true;
    c->is_rejected = false;
    c->expires_steady_ms = lifetime == INT64_MAX ? INT64_MAX : now + lifetime;
    c->advisory_ms = advisory_window(c, lifetime);
    c->quiet_until_steady_ms = 0;
    c->error_until_steady_ms = 0;
    c->has_error = false;
}

static enum need need_of(const struct creds_cache *c, int64_t now)
{
    if (!c->has_creds) {
        return NEED_MANDATORY;
    }
    if (now < c->quiet_until_steady_ms) {
        return NEED_NOTHING;
    }
    int64_t left = remaining(c, now);
    if (c->is_rejected || left <= CACHE_MANDATORY_MS) {
        return NEED_MANDATORY;
    }
    return left <= c->advisory_ms ? NEED_ADVISORY : NEED_NOTHING;
}

static enum failure classify(const struct fault *f)
{
    static const char *const transient[] = { "IDPCommunicationError", "RequestTimeout" };

    if (f->kind == FAULT_CANCELLED || f->kind == FAULT_TIMEOUT || f->kind == FAULT_MEMORY) {
        return FAILURE_OWN;
    }
    if (f->is_expired_token) {
        return FAILURE_BASE_OVER;
    }
    for (size_t i = 0; i < sizeof(transient) / sizeof(transient[0]); i++) {
        if (strcmp(f->code, transient[i]) == 0) {
            return FAILURE_TRANSIENT;
        }
    }
    bool is_outage = f->kind == FAULT_NETWORK || f->kind == FAULT_THROTTLED ||
                     f->kind == FAULT_SERVICE || f->kind == FAULT_PROTOCOL;
    return is_outage ? FAILURE_TRANSIENT : FAILURE_FINAL;
}

static double random_part(const struct creds_cache *c)
{
    uint32_t bits = 0;

    if (c->settings.random != NULL) {
        return c->settings.random(c->settings.random_context);
    }
    return digest_random(&bits, sizeof(bits), NULL) ? bits / 4294967296.0 : 0.5;
}

static void keep_quiet(struct creds_cache *c, int64_t now)
{
    c->quiet_until_steady_ms =
        now + CACHE_BACKOFF_MIN_MS +
        (int64_t)(random_part(c) * (CACHE_BACKOFF_MAX_MS - CACHE_BACKOFF_MIN_MS));
    if (c->settings.is_session && c->quiet_until_steady_ms > c->expires_steady_ms) {
        c->quiet_until_steady_ms =
            now < c->expires_steady_ms ? c->expires_steady_ms : now + CACHE_ERROR_MS;
    }
    c->is_rejected = false;
}

/* Says that expired credentials came although nothing failed; taken like an outage. */
static bool refuse_stale(struct fault *f)
{
    return fault_set(f, FAULT_SERVICE,
                     "The source of the credentials handed out some that are over already. "
                     "Look at the clock of this machine and at that source.");
}

static bool serve(const struct creds_cache *c, struct creds *out)
{
    *out = c->held;
    return true;
}

/* The outcome of a renewal; called with the lock held. True when *out was filled. */
static bool settle_failure(struct creds_cache *c, int64_t now, struct creds *out, struct fault *f)
{
    enum failure kind = classify(f);
    bool is_valid = c->has_creds && remaining(c, now) > 0;

    if (kind == FAILURE_OWN) {
        /* A cancelled caller ends; one that ran out of time while old credentials are good goes on
           with them. */
        return f->kind != FAULT_CANCELLED && is_valid && !c->is_rejected && serve(c, out);
    }
    c->flight++;
    c->flight_failed = true;
    c->error = *f;
    c->has_error = true;
    if (!c->has_creds) {
        c->error_until_steady_ms = kind == FAILURE_TRANSIENT ? 0 : now + CACHE_ERROR_MS;
        return false;
    }
    if (kind == FAILURE_TRANSIENT || (kind == FAILURE_BASE_OVER && is_valid && !c->is_rejected)) {
        log_line(LOG_WARN, "credentials of %s could not be renewed and are used on: %s",
                 c->held.source, f->text);
        keep_quiet(c, now);
        if (kind == FAILURE_BASE_OVER && c->quiet_until_steady_ms > c->expires_steady_ms) {
            c->quiet_until_steady_ms = c->expires_steady_ms;
        }
        c->flight_failed = false;
        return serve(c, out);
    }
    c->error_until_steady_ms = now + CACHE_ERROR_MS;
    return false;
}

/* Asks the source; called without the lock, by the one caller who may. */
static bool renew(struct creds_cache *c, const struct creds_request *q, struct creds *out,
                  struct fault *f)
{
    struct creds_request to_source = { q->deadline_steady_ms, q->cancel, NULL };
    struct creds fresh = { 0 };
    struct fault why = { 0 };
    bool ok = creds_get(c->source, &to_source, &fresh, &why);

    lock_take(&c->lock);
    int64_t now = steady_now(c);
    c->fetches++;
    if (ok && fresh.expires_wall_ms != 0 &&
        fresh.expires_wall_ms <= clock_of(c)->wall_ms(clock_of(c))) {
        ok = refuse_stale(&why);
    }
    if (ok) {
        hold(c, &fresh, now);
        c->flight++;
        c->flight_failed = false;
        *out = fresh;
    } else {
        ok = settle_failure(c, now, out, &why);
    }
    c->is_renewing = false;
    wake_raise(&c->idle);
    lock_give(&c->lock);
    secret_wipe(&fresh, sizeof(fresh));
    if (!ok && f != NULL) {
        *f = why;
    }
    return ok;
}

/* Waits until nobody renews; false when this caller's own time is over. */
static bool wait_idle(struct creds_cache *c, const struct creds_request *q, struct fault *f)
{
    while (!wake_wait(&c->idle, WAIT_SLICE_MS)) {
        if (q->cancel != NULL && wake_is_raised(q->cancel)) {
            return fault_set(f, FAULT_CANCELLED, "Cancelled while waiting for credentials.");
        }
        if (q->deadline_steady_ms != 0 && steady_now(c) >= q->deadline_steady_ms) {
            return fault_set(
                f, FAULT_TIMEOUT,
                "The time allowed is over while waiting for credentials to be renewed.");
        }
    }
    return true;
}

enum turn { TURN_SERVED, TURN_FAILED, TURN_RENEW, TURN_WAIT };

/* One look at the cache, with the lock held. waited_from is the flight that this caller saw when it
   began to wait, or UINT_MAX. */
static enum turn take_turn(struct creds_cache *c, unsigned waited_from, struct creds *out,
                           struct fault *f)
{
    int64_t now = steady_now(c);

    if (waited_from != UINT32_MAX && c->flight != waited_from && c->flight_failed) {
        if (f != NULL) {
            *f = c->error;
        }
        return TURN_FAILED;
    }
    enum need need = need_of(c, now);
    if (need != NEED_NOTHING && now < c->error_until_steady_ms) {
        if (f != NULL) {
            *f = c->error;
        }
        return TURN_FAILED;
    }
    if (need == NEED_NOTHING || (need == NEED_ADVISORY && c->is_renewing)) {
        serve(c, out);
        return TURN_SERVED;
    }
    if (c->is_renewing) {
        return TURN_WAIT;
    }
    c->is_renewing = true;
    wake_lower(&c->idle);
    return TURN_RENEW;
}

static bool cache_get(struct creds_source *s, const struct creds_request *q, struct creds *out,
                      struct fault *f)
{
    struct creds_cache *c = (struct creds_cache *)s;
    unsigned waited_from = UINT32_MAX;

    lock_take(&c->lock);
    if (q->rejected_key != NULL && c->has_creds &&
        strcmp(q->rejected_key, c->held.access_key_id) == 0 &&
        steady_now(c) >= c->quiet_until_steady_ms) {
        c->is_rejected = true;
    }
    for (;;) {
        enum turn turn = take_turn(c, waited_from, out, f);
        if (turn == TURN_WAIT) {
            waited_from = c->flight;
        }
        lock_give(&c->lock);
        if (turn == TURN_SERVED || turn == TURN_FAILED) {
            return turn == TURN_SERVED;
        }
        if (turn == TURN_RENEW) {
            return renew(c, q, out, f);
        }
        if (!wait_idle(c, q, f)) {
            return false;
        }
        lock_take(&c->lock);
    }
}

static void cache_close(struct creds_source *s)
{
    struct creds_cache *c = (struct creds_cache *)s;

    lock_take(&c->lock);
    unsigned left = --c->shares;
    lock_give(&c->lock);
    if (left > 0) {
        return;
    }
    creds_close(c->source);
    lock_done(&c->lock);
    wake_done(&c->idle);
    secret_wipe(c, sizeof(*c));
    free(c);
}

bool creds_cache_new(const struct creds_cache_settings *settings, struct creds_source *source,
                     struct creds_source **out, struct fault *f)
{
    static const struct creds_ops ops = { .get = cache_get, .close = cache_close };
    struct creds_cache *c = calloc(1, sizeof(*c));

    if (c == NULL) {
        return fault_memory(f);
    }
    c->base.ops = &ops;
    c->source = source;
    c->settings = *settings;
    c->shares = 1;
    lock_init(&c->lock);
    wake_init(&c->idle);
    wake_raise(&c->idle);
    *out = &c->base;
    return true;
}

void creds_cache_share(struct creds_source *cache)
{
    struct creds_cache *c = (struct creds_cache *)cache;

    lock_take(&c->lock);
    c->shares++;
    lock_give(&c->lock);
}

bool creds_cache_peek(struct creds_source *cache, struct creds *out)
{
    struct creds_cache *c = (struct creds_cache *)cache;

    lock_take(&c->lock);
    bool has = c->has_creds && serve(c, out);
    lock_give(&c->lock);
    return has;
}

bool creds_cache_error(struct creds_source *cache, struct fault *out)
{
    struct creds_cache *c = (struct creds_cache *)cache;

    lock_take(&c->lock);
    bool has = c->has_creds && c->has_error;
    if (has) {
        *out = c->error;
    }
    lock_give(&c->lock);
    return has;
}

void creds_cache_look(struct creds_source *cache, struct creds_cache_state *out)
{
    struct creds_cache *c = (struct creds_cache *)cache;

    lock_take(&c->lock);
    int64_t now = steady_now(c);
    *out = (struct creds_cache_state){
        .has_creds = c->has_creds,
        .advisory_ms = c->advisory_ms,
        .remaining_ms = c->has_creds ? remaining(c, now) : 0,
        .is_backing_off = now < c->quiet_until_steady_ms,
        .fetches = c->fetches,
    };
    lock_give(&c->lock);
}

void creds_cache_put(struct creds_source *cache, const struct creds *given)
{
    struct creds_cache *c = (struct creds_cache *)cache;

    lock_take(&c->lock);
    hold(c, given, steady_now(c));
    lock_give(&c->lock);
}
