/* Parts of an object: in order, complete, each byte once. */
#include "rows/ranges.h"

#include "fake_store.h"
#include "unit.h"

enum { MEGABYTE = 1024 * 1024, SMALL_PARTS = 64 * 1024 * 6 };

static unsigned char byte_at(size_t i) { return (unsigned char)(i * 2654435761u >> 13); }

static char *make_object(size_t len)
{
    char *bytes = malloc(len + 1);

    for (size_t i = 0; i < len; i++) {
        bytes[i] = (char)byte_at(i);
    }
    return bytes;
}

static struct range_settings settings_of(struct desk *d, const struct aws_bounds *bounds)
{
    return (struct range_settings){ .client = d->s3, .bucket = SPAN("results"), .key = SPAN("x"),
                                    .expected_owner = NO_SPAN, .memory_bytes = SMALL_PARTS,
                                    .bounds = bounds };
}

static void every_byte_comes_once_and_in_order(void)
{
    static const size_t sizes[] = { 0, 1, MEGABYTE - 1, MEGABYTE, MEGABYTE + 1, MEGABYTE + 65536,
                                    MEGABYTE + 65537, MEGABYTE + 6 * 65536, 4 * MEGABYTE + 77 };

    for (unsigned i = 0; i < sizeof(sizes) / sizeof(sizes[0]); i++) {
        struct desk d;
        struct ranges *r = NULL;
        struct fault f = { .kind = FAULT_NONE };
        struct aws_bounds bounds = { .cancel = NULL };
        struct part part;
        size_t at = 0;
        bool is_right = true;
        char *object = make_object(sizes[i]);

        desk_open(&d, "DML", "SELECT", "");
        store_add(&d.store, "/x", (struct span){ object, sizes[i] });
        struct range_settings settings = settings_of(&d, &bounds);
        CU_ASSERT_TRUE(ranges_open(&settings, &r, &f));
        CU_ASSERT_EQUAL(ranges_total(r), sizes[i]);
        while (ranges_next(r, &part, &f) == RANGE_PART) {
            is_right = is_right && part.from == at && memcmp(part.at, object + at, part.len) == 0;
            at += part.len;
            ranges_release(r, &part);
        }
        CU_ASSERT(is_right && at == sizes[i]);
        CU_ASSERT_EQUAL(ranges_next(r, &part, &f), RANGE_END);
        /* All but the first request insist on the version that the first one saw. */
        CU_ASSERT_EQUAL(d.store.n_conditional, d.store.n_gets - 1);
        ranges_close(r);
        desk_close(&d);
        free(object);
    }
}

static void refusals_show_when_it_is_opened(void)
{
    static const struct { int status; enum fault_kind want; } cases[] = {
        { 403, FAULT_DENIED }, { 404, FAULT_NOT_FOUND } };

    for (unsigned i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        struct desk d;
        struct ranges *r = NULL;
        struct fault f = { .kind = FAULT_NONE };
        struct aws_bounds bounds = { .cancel = NULL };
        desk_open(&d, "DML", "SELECT", "");
        store_refuse(&d.store, "/x", cases[i].status, "");
        struct range_settings settings = settings_of(&d, &bounds);
        CU_ASSERT_FALSE(ranges_open(&settings, &r, &f));
        CU_ASSERT_EQUAL(f.kind, cases[i].want);
        CU_ASSERT_PTR_NULL(r);
        desk_close(&d);
    }
}

static void a_connection_that_brings_nothing_is_given_up(void)
{
    struct desk d;
    struct ranges *r = NULL;
    struct fault f = { .kind = FAULT_NONE };
    struct aws_bounds bounds = { .cancel = NULL };
    struct part part;
    enum range_step step;
    char *object = make_object(2 * MEGABYTE);

    desk_open(&d, "DML", "SELECT", "");
    store_add(&d.store, "/x", (struct span){ object, 2 * MEGABYTE });
    struct range_settings settings = settings_of(&d, &bounds);
    d.store.fail_from = 3; /* the workers' requests never bring a byte */
    CU_ASSERT_TRUE(ranges_open(&settings, &r, &f));
    while ((step = ranges_next(r, &part, &f)) == RANGE_PART) {
        ranges_release(r, &part);
    }
    CU_ASSERT_EQUAL(step, RANGE_FAULT);
    CU_ASSERT_EQUAL(f.kind, FAULT_NETWORK);
    ranges_close(r);
    ranges_close(NULL);
    desk_close(&d);
    free(object);
}

/* The most requests under way at once for an object of some thirty parts; gets from `delay_from` on
   take so long. */
static unsigned requests_at_once(unsigned delay_from, unsigned delay_ms)
{
    struct desk d;
    struct ranges *r = NULL;
    struct fault f = { .kind = FAULT_NONE };
    struct aws_bounds bounds = { .cancel = NULL };
    struct part part;
    char *object = make_object(4 * MEGABYTE);

    desk_open(&d, "DML", "SELECT", "");
    store_add(&d.store, "/x", (struct span){ object, 4 * MEGABYTE });
    d.store.delay_ms = delay_ms;
    d.store.delay_from = delay_from;
    struct range_settings settings = settings_of(&d, &bounds);
    CU_ASSERT_TRUE(ranges_open(&settings, &r, &f));
    while (ranges_next(r, &part, &f) == RANGE_PART) {
        ranges_release(r, &part);
    }
    ranges_close(r);
    unsigned most = d.store.n_under_way_most;
    desk_close(&d);
    free(object);
    return most;
}

static void a_near_store_is_asked_by_one_connection(void)
{
    unsigned near = requests_at_once(2, 2);

    CU_ASSERT_EQUAL(requests_at_once(1, 10), 4);
    /* A busy machine can make a range slow; hardly five times in a row. */
    for (unsigned i = 0; i < 4 && near > 1; i++) {
        near = requests_at_once(2, 2);
    }
    CU_ASSERT_EQUAL(near, 1);
}

static void a_reader_that_waits_calls_for_more_connections(void)
{
    CU_ASSERT(requests_at_once(2, 40) > 2);
}

/* What fails further on is no reason to say that the part that is due has come. */
static void a_part_is_ready_when_it_is_there(void)
{
    static const struct timespec a_moment = { 0, 50 * 1000 * 1000 };
    struct desk d;
    struct ranges *r = NULL;
    struct fault f = { .kind = FAULT_NONE };
    struct aws_bounds bounds = { .cancel = NULL };
    struct part part;
    char *object = make_object(2 * MEGABYTE);

    desk_open(&d, "DML", "SELECT", "");
    store_add(&d.store, "/x", (struct span){ object, 2 * MEGABYTE });
    d.store.delay_ms = 500;
    d.store.delay_from = 1;
    d.store.gone_from = MEGABYTE + 1; /* parts come late, those behind the second never */
    struct range_settings settings = settings_of(&d, &bounds);
    CU_ASSERT_TRUE(ranges_open(&settings, &r, &f));
    CU_ASSERT_EQUAL(ranges_next(r, &part, &f), RANGE_PART);
    ranges_release(r, &part);
    nanosleep(&a_moment, NULL);
    CU_ASSERT_FALSE(ranges_is_ready(r));
    CU_ASSERT_EQUAL(ranges_next(r, &part, &f), RANGE_PART);
    ranges_release(r, &part);
    CU_ASSERT_EQUAL(ranges_next(r, &part, &f), RANGE_FAULT);
    ranges_close(r);
    desk_close(&d);
    free(object);
}

/* Larger than what an answer may have otherwise. */
static void parts_may_be_as_large_as_they_were_asked_for(void)
{
    enum { PART = 80 * MEGABYTE, ALL = PART + 2 * MEGABYTE };
    struct desk d;
    struct ranges *r = NULL;
    struct fault f = { .kind = FAULT_NONE };
    struct aws_bounds bounds = { .cancel = NULL };
    struct part part;
    char *object = calloc(1, ALL);
    size_t at = 0;

    desk_open(&d, "DML", "SELECT", "");
    store_add(&d.store, "/x", (struct span){ object, ALL });
    struct range_settings settings = settings_of(&d, &bounds);
    settings.memory_bytes = (size_t)1024 * MEGABYTE;
    settings.part_bytes = PART;
    CU_ASSERT_TRUE(ranges_open(&settings, &r, &f));
    while (ranges_next(r, &part, &f) == RANGE_PART) {
        at += part.len;
        ranges_release(r, &part);
    }
    CU_ASSERT_EQUAL(at, ALL);
    CU_ASSERT_EQUAL(d.store.n_gets, 3);
    ranges_close(r);
    desk_close(&d);
    free(object);
}

static const struct unit_test tests[] = {
    { "a near store is asked by one connection", a_near_store_is_asked_by_one_connection },
    { "a reader that waits calls for more connections",
      a_reader_that_waits_calls_for_more_connections },
    { "a part is ready when it is there", a_part_is_ready_when_it_is_there },
    { "parts may be as large as they were asked for",
      parts_may_be_as_large_as_they_were_asked_for },
    { "every byte comes once and in order", every_byte_comes_once_and_in_order },
    { "refusals show when it is opened", refusals_show_when_it_is_opened },
    { "a connection that brings nothing is given up",
      a_connection_that_brings_nothing_is_given_up },
};

UNIT_MAIN("rows/ranges", tests)
