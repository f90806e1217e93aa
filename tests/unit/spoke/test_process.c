/* What outlives connections, and what a fork leaves behind. */
#include "unit/spoke/fake_settings.h"

#include <sys/wait.h>
#include <unistd.h>

static struct fault f;

static bool build_nothing(struct chain *c, void *context, struct fault *why)
{
    (void)why;
    c->references = 0;
    ++*(unsigned *)context;
    return true;
}

static bool build_badly(struct chain *c, void *context, struct fault *why)
{
    (void)c;
    (void)context;
    return fault_set(why, FAULT_SETTING, "no");
}

static void a_chain_is_built_once_a_key(void)
{
    unsigned char one[SHA256_BYTES] = { 1 }, two[SHA256_BYTES] = { 2 };
    struct chain *a = NULL, *b = NULL, *c = NULL;
    unsigned n_built = 0;

    CU_ASSERT(process_chain_take(one, build_nothing, &n_built, &a, &f));
    CU_ASSERT(process_chain_take(one, build_nothing, &n_built, &b, &f));
    CU_ASSERT(process_chain_take(two, build_nothing, &n_built, &c, &f));
    CU_ASSERT_PTR_EQUAL(a, b);
    CU_ASSERT_PTR_NOT_EQUAL(a, c);
    CU_ASSERT_EQUAL(n_built, 2);
    process_chain_drop(a);
    process_chain_drop(c);
    process_wipe(); /* b is in use */
    CU_ASSERT_EQUAL(process_chain_count(), 1);
    process_chain_drop(b);
    process_wipe();
    CU_ASSERT_EQUAL(process_chain_count(), 0);
}

static void a_chain_that_cannot_be_built_is_not_kept(void)
{
    unsigned char key[SHA256_BYTES] = { 3 };
    struct chain *c = NULL;

    CU_ASSERT_FALSE(process_chain_take(key, build_badly, NULL, &c, &f));
    CU_ASSERT_PTR_NULL(c);
    CU_ASSERT_EQUAL(process_chain_count(), 0);
}

static void a_digest_is_of_this_process_alone(void)
{
    unsigned char here[SHA256_BYTES], there[SHA256_BYTES] = { 0 };
    int pipes[2], status = 0;

    CU_ASSERT(process_digest(SPAN("secret"), here, &f));
    CU_ASSERT_EQUAL_FATAL(pipe(pipes), 0);
    CU_ASSERT_FALSE(process_is_forked());
    pid_t pid = fork();
    if (pid == 0) {
        unsigned char mine[SHA256_BYTES];
        bool was_forked = process_is_forked();
        bool ok = was_forked && process_digest(SPAN("secret"), mine, NULL) &&
                  !process_is_forked() && process_chain_count() == 0;
        ok = ok && write(pipes[1], mine, sizeof(mine)) == (ssize_t)sizeof(mine);
        _exit(ok ? 7 : 1);
    }
    close(pipes[1]);
    CU_ASSERT_EQUAL(read(pipes[0], there, sizeof(there)), (ssize_t)sizeof(there));
    CU_ASSERT_EQUAL(waitpid(pid, &status, 0), pid);
    CU_ASSERT_EQUAL(WEXITSTATUS(status), 7);
    CU_ASSERT_NOT_EQUAL(memcmp(here, there, sizeof(here)), 0);
    close(pipes[0]);
}

static void a_child_leaves_its_parents_connections_alone(void)
{
    static struct settings settings;
    struct fake_clock clock = fake_clock_at(1795000000000);
    struct fake_aws aws;
    struct spoke *s = NULL;
    int status = 0;

    fake_aws_init(&aws, &clock.base);
    fake_settings(&settings, fake_chain, FAKE_CHAIN_ROWS);
    CU_ASSERT_FATAL(fake_open(&settings, &aws, &s, NULL, &f));
    pid_t pid = fork();
    if (pid == 0) {
        struct spoke *mine = NULL;
        bool is_dead = spoke_is_dead(s);
        spoke_close(s);
        bool ok = is_dead && fake_open(&settings, &aws, &mine, NULL, &f) && aws.n_assume_b == 2 &&
                  !spoke_is_dead(mine);
        _exit(ok ? 7 : 1);
    }
    CU_ASSERT_EQUAL(waitpid(pid, &status, 0), pid);
    CU_ASSERT_EQUAL(WEXITSTATUS(status), 7);
    CU_ASSERT_FALSE(spoke_is_dead(s));
    spoke_close(s);
    process_wipe();
}

static struct http *transport_of(const struct curl_settings *settings)
{
    struct http *h = NULL;

    CU_ASSERT(process_transport(settings, &h, &f));
    return h;
}

static void who_wants_the_same_shares_a_transport_and_another_environment_is_not_the_same(void)
{
    const struct curl_settings plain = { .connect_timeout_ms = 5000 },
                               trusting = { .connect_timeout_ms = 5000,
                                            .ca_file = SPAN("/ca.pem") };

    unsetenv("https_proxy");
    struct http *first = transport_of(&plain);
    CU_ASSERT_PTR_EQUAL(transport_of(&plain), first);
    CU_ASSERT_PTR_NOT_EQUAL(transport_of(&trusting), first);
    setenv("https_proxy", "http://127.0.0.1:9", 1);
    CU_ASSERT_PTR_NOT_EQUAL(transport_of(&plain), first);
    unsetenv("https_proxy");
    CU_ASSERT_PTR_EQUAL(transport_of(&plain), first);
    process_wipe();
}

static const struct unit_test tests[] = {
    { "a chain is built once a key", a_chain_is_built_once_a_key },
    { "a chain that cannot be built is not kept", a_chain_that_cannot_be_built_is_not_kept },
    { "a digest is of this process alone", a_digest_is_of_this_process_alone },
    { "a child leaves its parent's connections alone",
      a_child_leaves_its_parents_connections_alone },
    { "who wants the same shares a transport, and another environment is not the same",
      who_wants_the_same_shares_a_transport_and_another_environment_is_not_the_same },
};

UNIT_MAIN("spoke/process", tests)
