/* An Athena client over a scripted transport, with a clock moved by hand. */
#ifndef TESTS_ATHENA_BENCH_H
#define TESTS_ATHENA_BENCH_H

#include "unit/fake_http.h"
#include "unit/unit.h"

#include "athena/athena.h"

struct bench {
    struct fake_http fake;
    struct fake_clock clock;
    struct aws_client *client;
};

static inline void bench_start_as(struct bench *b, enum aws_service service,
                                  const struct fake_step *steps, size_t n)
{
    struct fault f;

    memset(b, 0, sizeof(*b));
    fake_init(&b->fake, steps, n);
    b->clock = fake_clock_at(1767225600000);
    b->fake.clock = &b->clock;
    struct aws_client_settings s = { .service = service,
                                     .region = SPAN("eu-west-1"),
                                     .transport = &b->fake.base,
                                     .clock = &b->clock.base,
                                     .attempts_max = 1,
                                     .hop = HOP_SERVICE };
    CU_ASSERT_FATAL(aws_client_new(&s, &b->client, &f));
}

static inline void bench_start(struct bench *b, const struct fake_step *steps, size_t n)
{
    bench_start_as(b, AWS_ATHENA, steps, n);
}

static inline void bench_stop(struct bench *b)
{
    CU_ASSERT_EQUAL(b->fake.n_unexpected, 0);
    aws_client_free(b->client);
    fake_done(&b->fake);
}

/* How often an operation was called. */
static inline unsigned bench_count(const struct bench *b, const char *operation)
{
    char target[100];
    unsigned n = 0;

    snprintf(target, sizeof(target), ".%s\n", operation);
    for (unsigned i = 0; i < b->fake.n_seen && i < FAKE_SEEN_MAX; i++) {
        n += strstr(fake_seen(&b->fake, i), target) != NULL;
    }
    return n;
}

#endif
