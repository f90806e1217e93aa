/* The credential cache: one caller renews for all; what is shared, what is not, what heals. */
#include "unit/fake_http.h"
#include "unit/unit.h"

#include "aws/creds_cache.h"
#include "base/worker.h"

struct source {
    struct creds_source base;
    struct lock lock;
    const struct clock *clock;
    unsigned n_asked, n_closed;
    int64_t lifetime_ms, delay_ms;
    enum fault_kind fails;
    bool is_expired_token;
    char key[32];
};

static bool source_get(struct creds_source *s, const struct creds_request *q, struct creds *out,
                       struct fault *f)
{
    struct source *x = (struct source *)s;
    struct wake pause;

    wake_init(&pause);
    (void)wake_wait(q->cancel != NULL ? q->cancel : &pause, x->delay_ms);
    wake_done(&pause);
    lock_take(&x->lock);
    x->n_asked++;
    bool ok = x->fails == FAULT_NONE;
    if (q->cancel != NULL && wake_is_raised(q->cancel)) {
        ok = fault_set(f, FAULT_CANCELLED, "cancelled");
    } else if (!ok) {
        fault_set(f, x->fails, "refused");
        f->is_expired_token = x->is_expired_token;
    } else {
        *out = (struct creds){ .secret_access_key = "secret" };
        snprintf(out->access_key_id, sizeof(out->access_key_id), "KEY%u", x->n_asked);
        out->expires_wall_ms =
            x->lifetime_ms == 0 ? 0 : x->clock->wall_ms(x->clock) + x->lifetime_ms;
    }
    lock_give(&x->lock);
    return ok;
}

static void source_close(struct creds_source *s)
{
    ((struct source *)s)->n_closed++;
}

static struct fake_clock hand;
static struct source source;

static struct creds_source *begin(const struct clock *c, int64_t lifetime_ms)
{
    static const struct creds_ops ops = { source_get, source_close };
    struct creds_source *cache = NULL;
    struct fault f;

    hand = fake_clock_at(1795000000000);
    source = (struct source){ .base = { &ops },
                              .clock = c != NULL ? c : &hand.base,
                              .lifetime_ms = lifetime_ms };
    lock_init(&source.lock);
    struct creds_cache_settings settings = { .clock = source.clock };
    CU_ASSERT_FATAL(creds_cache_new(&settings, &source.base, &cache, &f));
    return cache;
}

static const char *get(struct creds_source *cache, const char *rejected)
{
    static struct creds c;
    static struct fault f;
    struct creds_request q = { .rejected_key = rejected };

    return creds_get(cache, &q, &c, &f) ? c.access_key_id : fault_kind_name(f.kind);
}

static void a_source_is_asked_once_while_its_credentials_are_good(void)
{
    struct creds_source *cache = begin(NULL, 3600000);

    CU_ASSERT_STRING_EQUAL(get(cache, NULL), "KEY1");
    fake_clock_move(&hand, 44 * 60000);
    CU_ASSERT_STRING_EQUAL(get(cache, NULL), "KEY1");
    fake_clock_move(&hand, 2 * 60000); /* a quarter of an hour before the end */
    CU_ASSERT_STRING_EQUAL(get(cache, NULL), "KEY2");
    creds_close(cache);
    CU_ASSERT_EQUAL(source.n_closed, 1);
}

static void credentials_without_an_end_are_kept(void)
{
    struct creds_source *cache = begin(NULL, 0);

    (void)get(cache, NULL);
    fake_clock_move(&hand, INT64_C(1000) * 86400000);
    CU_ASSERT_STRING_EQUAL(get(cache, NULL), "KEY1");
    creds_close(cache);
}

static void a_wall_clock_that_is_set_changes_nothing(void)
{
    struct creds_source *cache = begin(NULL, 3600000);

    (void)get(cache, NULL);
    hand.wall_ms += 7200000;
    CU_ASSERT_STRING_EQUAL(get(cache, NULL), "KEY1");
    hand.wall_ms -= 14400000;
    CU_ASSERT_STRING_EQUAL(get(cache, NULL), "KEY1");
    creds_close(cache);
}

static void a_rejected_key_is_renewed_once_and_only_if_it_is_the_one_held(void)
{
    struct creds_source *cache = begin(NULL, 3600000);

    (void)get(cache, NULL);
    CU_ASSERT_STRING_EQUAL(get(cache, "ANOTHER"), "KEY1");
    CU_ASSERT_STRING_EQUAL(get(cache, "KEY1"), "KEY2");
    CU_ASSERT_STRING_EQUAL(get(cache, "KEY1"), "KEY2");
    creds_close(cache);
}

static void an_ended_base_serves_what_is_valid_and_then_says_so(void)
{
    struct creds_source *cache = begin(NULL, 3600000);

    (void)get(cache, NULL);
    source.fails = FAULT_SIGN_IN;
    source.is_expired_token = true;
    fake_clock_move(&hand, 50 * 60000);
    CU_ASSERT_STRING_EQUAL(get(cache, NULL), "KEY1");
    fake_clock_move(&hand, 11 * 60000);
    CU_ASSERT_STRING_EQUAL(get(cache, NULL), fault_kind_name(FAULT_SIGN_IN));
    creds_close(cache);
}

static struct creds_source *begin_session(void)
{
    struct creds_source *cache = begin(NULL, 3600000);
    struct creds_cache_settings settings = { .clock = source.clock, .is_session = true };
    struct fault f;

    creds_close(cache);
    source.n_closed = 0;
    CU_ASSERT_FATAL(creds_cache_new(&settings, &source.base, &cache, &f));
    return cache;
}

static void a_session_that_is_over_is_renewed_as_soon_as_it_can_be(void)
{
    struct creds_source *cache = begin_session();
    struct fault why;

    (void)get(cache, NULL);
    CU_ASSERT_FALSE(creds_cache_error(cache, &why));
    source.fails = FAULT_NETWORK;
    fake_clock_move(&hand, 59 * 60000 + 30000);
    CU_ASSERT_STRING_EQUAL(get(cache, NULL), "KEY1"); /* half a minute is left */
    CU_ASSERT(creds_cache_error(cache, &why) && why.kind == FAULT_NETWORK);
    fake_clock_move(&hand, 20000);
    CU_ASSERT_STRING_EQUAL(get(cache, NULL), "KEY1");
    CU_ASSERT_EQUAL(source.n_asked, 2);
    fake_clock_move(&hand, 11000);
    CU_ASSERT_STRING_EQUAL(get(cache, NULL), "KEY1"); /* over, and nothing newer to be had */
    CU_ASSERT_EQUAL(source.n_asked, 3);
    fake_clock_move(&hand, CACHE_ERROR_MS - 1000);
    (void)get(cache, NULL);
    CU_ASSERT_EQUAL(source.n_asked, 3); /* once in five seconds */
    fake_clock_move(&hand, 1000);
    source.fails = FAULT_NONE;
    CU_ASSERT_STRING_EQUAL(get(cache, NULL), "KEY4");
    CU_ASSERT_FALSE(creds_cache_error(cache, &why));
    creds_close(cache);
}

static void a_cancelled_renewal_is_nobody_elses_failure(void)
{
    struct creds_source *cache = begin(NULL, 3600000);
    struct wake cancel;
    struct creds c;
    struct fault f;

    wake_init(&cancel);
    wake_raise(&cancel);
    struct creds_request q = { .cancel = &cancel };
    CU_ASSERT_FALSE(creds_get(cache, &q, &c, &f));
    CU_ASSERT_EQUAL(f.kind, FAULT_CANCELLED);
    CU_ASSERT_STRING_EQUAL(get(cache, NULL), "KEY2");
    wake_done(&cancel);
    creds_close(cache);
}

static void get_in_background(void *cache)
{
    static struct creds c;
    static struct fault f;

    (void)!creds_get(cache, NULL, &c, &f);
}

static void a_deadline_ends_the_waiting_for_another_caller(void)
{
    const struct clock *real = clock_system();
    struct creds_source *cache = begin(real, 3600000);
    struct worker worker = { 0 };
    struct creds c;
    struct fault f = { 0 };

    source.delay_ms = 400;
    CU_ASSERT_FATAL(worker_start(&worker, get_in_background, cache, &f));
    struct wake pause;
    wake_init(&pause);
    (void)wake_wait(&pause, 60);
    wake_done(&pause);
    struct creds_request q = { .deadline_steady_ms = real->steady_ms(real) + 60 };
    CU_ASSERT_FALSE(creds_get(cache, &q, &c, &f));
    CU_ASSERT_EQUAL(f.kind, FAULT_TIMEOUT);
    lock_take(&source.lock);
    CU_ASSERT_EQUAL(source.n_asked, 0);
    lock_give(&source.lock);
    worker_join(&worker);
    creds_close(cache);
}

struct caller {
    struct creds_source *cache;
    struct worker worker;
    bool ok;
    enum fault_kind kind;
};

static void call(void *context)
{
    struct caller *c = context;
    struct creds *out = calloc(1, sizeof(*out));
    struct fault *f = calloc(1, sizeof(*f));

    c->ok = creds_get(c->cache, NULL, out, f);
    c->kind = f->kind;
    free(out);
    free(f);
}

static unsigned crowd(struct creds_source *cache, enum fault_kind kind)
{
    static struct caller callers[64];
    unsigned n_right = 0;
    struct fault f;

    for (size_t i = 0; i < 64; i++) {
        callers[i] = (struct caller){ .cache = cache };
        CU_ASSERT_FATAL(worker_start(&callers[i].worker, call, &callers[i], &f));
    }
    for (size_t i = 0; i < 64; i++) {
        worker_join(&callers[i].worker);
        n_right += kind == FAULT_NONE ? callers[i].ok : !callers[i].ok && callers[i].kind == kind;
    }
    return n_right;
}

static void many_threads_share_one_renewal(void)
{
    struct creds_source *cache = begin(clock_system(), 3600000);

    source.delay_ms = 50;
    CU_ASSERT_EQUAL(crowd(cache, FAULT_NONE), 64);
    CU_ASSERT_EQUAL(source.n_asked, 1);
    creds_close(cache);
}

static void many_threads_share_one_refusal(void)
{
    struct creds_source *cache = begin(clock_system(), 3600000);

    source.delay_ms = 50;
    source.fails = FAULT_DENIED;
    CU_ASSERT_EQUAL(crowd(cache, FAULT_DENIED), 64);
    CU_ASSERT_EQUAL(source.n_asked, 1);
    creds_close(cache);
}

static void a_share_keeps_the_cache_alive(void)
{
    struct creds_source *cache = begin(NULL, 3600000);

    creds_cache_share(cache);
    creds_close(cache);
    CU_ASSERT_EQUAL(source.n_closed, 0);
    CU_ASSERT_STRING_EQUAL(get(cache, NULL), "KEY1");
    creds_close(cache);
    CU_ASSERT_EQUAL(source.n_closed, 1);
}

static void a_peek_asks_nobody(void)
{
    struct creds_source *cache = begin(NULL, 3600000);
    struct creds c;

    CU_ASSERT_FALSE(creds_cache_peek(cache, &c));
    (void)get(cache, NULL);
    fake_clock_move(&hand, 7200000);
    CU_ASSERT_TRUE(creds_cache_peek(cache, &c));
    CU_ASSERT_EQUAL(source.n_asked, 1);
    creds_close(cache);
}

static const struct unit_test tests[] = {
    { "a source is asked once while its credentials are good",
      a_source_is_asked_once_while_its_credentials_are_good },
    { "credentials without an end are kept", credentials_without_an_end_are_kept },
    { "a wall clock that is set changes nothing", a_wall_clock_that_is_set_changes_nothing },
    { "a rejected key is renewed once, and only if it is the one held",
      a_rejected_key_is_renewed_once_and_only_if_it_is_the_one_held },
    { "an ended base serves what is valid and then says so",
      an_ended_base_serves_what_is_valid_and_then_says_so },
    { "a session that is over is renewed as soon as it can be",
      a_session_that_is_over_is_renewed_as_soon_as_it_can_be },
    { "a cancelled renewal is nobody else's failure", a_cancelled_renewal_is_nobody_elses_failure },
    { "a deadline ends the waiting for another caller",
      a_deadline_ends_the_waiting_for_another_caller },
    { "many threads share one renewal", many_threads_share_one_renewal },
    { "many threads share one refusal", many_threads_share_one_refusal },
    { "a share keeps the cache alive", a_share_keeps_the_cache_alive },
    { "a peek asks nobody", a_peek_asks_nobody },
};

UNIT_MAIN("aws/creds_cache", tests)
