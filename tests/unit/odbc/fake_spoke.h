/* A spoke without a network for tests of connections: spoke.h answered from a script. Include once
   per test. */
#ifndef TESTS_FAKE_SPOKE_H
#define TESTS_FAKE_SPOKE_H

#include <stdlib.h>

#include "odbc/attribute.h"
#include "odbc/functions.h"
#include "unit.h"

struct spoke { int unused; };

static struct {
    struct fault fails;            /* kind FAULT_NONE: opening works */
    struct notice notice;          /* added while opening when it has a text */
    unsigned n_opened, n_closed;
    bool is_dead;
    struct spoke_identity identity;
    struct workgroup_facts workgroup;
    int64_t deadline;
    /* called with no lock held; false: FAULT_CANCELLED */
    bool (*while_opening)(const struct aws_bounds *bounds);
} fake_spoke;

static struct spoke the_spoke;

bool spoke_open(const struct settings *settings, const struct aws_bounds *bounds,
                struct notices *notices, struct spoke **out, struct fault *f)
{
    (void)settings;
    fake_spoke.deadline = bounds->deadline_steady_ms;
    if (fake_spoke.while_opening != NULL && !fake_spoke.while_opening(bounds)) {
        return fault_set(f, FAULT_CANCELLED, "Connecting was cancelled.");
    }
    if (fake_spoke.fails.kind != FAULT_NONE) {
        *f = fake_spoke.fails;
        return false;
    }
    if (fake_spoke.notice.text[0] != 0) {
        notice_add(notices, fake_spoke.notice.kind, "%s", fake_spoke.notice.text);
    }
    fake_spoke.n_opened++;
    *out = &the_spoke;
    return true;
}

void spoke_close(struct spoke *s)
{
    CU_ASSERT_PTR_EQUAL(s, &the_spoke);
    fake_spoke.n_closed++;
}

struct aws_client *spoke_athena(struct spoke *s) { (void)s; return NULL; }
struct aws_client *spoke_glue(struct spoke *s) { (void)s; return NULL; }
struct aws_client *spoke_s3(struct spoke *s) { (void)s; return NULL; }
const struct settings *spoke_settings(const struct spoke *s) { (void)s; return NULL; }
const struct workgroup_facts *spoke_workgroup(const struct spoke *s)
{
    (void)s;
    return &fake_spoke.workgroup;
}
const struct spoke_identity *spoke_identity(const struct spoke *s)
{
    (void)s;
    return &fake_spoke.identity;
}
const struct clock *spoke_clock(const struct spoke *s) { (void)s; return clock_system(); }
const struct poll_bucket_ops *spoke_poll_bucket(struct spoke *s) { (void)s; return NULL; }
struct query_board *spoke_board(struct spoke *s) { (void)s; return NULL; }
const char *spoke_cache_key(const struct spoke *s) { (void)s; return "key"; }
bool spoke_is_dead(const struct spoke *s) { (void)s; return fake_spoke.is_dead; }
void spoke_explain(const struct spoke *s, struct fault *f) { (void)s; (void)f; }

/* An environment and a connection; open them with world_connect. */
static struct env *world_env;
static struct dbc *world_dbc;

static void world_make(SQLINTEGER version, enum wide_unit unit)
{
    SQLHANDLE h = NULL;

    memset(&fake_spoke, 0, sizeof(fake_spoke));
    snprintf(fake_spoke.identity.account, sizeof(fake_spoke.identity.account), "444455556666");
    snprintf(fake_spoke.identity.run_as_arn, sizeof(fake_spoke.identity.run_as_arn),
             "arn:aws:sts::111122223333:assumed-role/central/ada");
    snprintf(fake_spoke.identity.consumer_arn, sizeof(fake_spoke.identity.consumer_arn),
             "arn:aws:sts::444455556666:assumed-role/reader/ada@desk");
    snprintf(fake_spoke.identity.session_name, sizeof(fake_spoke.identity.session_name),
             "ada@desk");
    snprintf(fake_spoke.workgroup.engine_version, sizeof(fake_spoke.workgroup.engine_version),
             "Athena engine version 3");
    CU_ASSERT_EQUAL(env_new(NULL, &h), SQL_SUCCESS);
    world_env = h;
    CU_ASSERT_EQUAL(
        env_set_attribute(world_env, SQL_ATTR_ODBC_VERSION, (void *)(intptr_t)version, 0),
        SQL_SUCCESS);
    world_env->wide_unit = unit;
    latch_take(&world_env->handle.latch);
    CU_ASSERT_EQUAL(dbc_new(world_env, &h), SQL_SUCCESS);
    latch_give(&world_env->handle.latch);
    world_dbc = h;
}

#define WORLD_STRING \
    "DRIVER={Athena};AwsRegion=eu-west-1;AuthenticationType=IAM " \
    "Credentials;UID=AKIAEXAMPLE;PWD=secret;Workgroup=analysts;"

static SQLRETURN world_connect(const char *string)
{
    SQLRETURN rc;

    latch_take(&world_dbc->handle.latch);
    diag_clear(&world_dbc->handle);
    rc = dbc_driver_connect(world_dbc, NULL, text_a((SQLCHAR *)(uintptr_t)string, SQL_NTS),
                            (struct room){ 0 }, SQL_DRIVER_NOPROMPT);
    latch_give(&world_dbc->handle.latch);
    return rc;
}

static void world_free(void)
{
    latch_take(&world_dbc->handle.latch);
    CU_ASSERT_EQUAL(dbc_disconnect(world_dbc), SQL_SUCCESS);
    latch_give(&world_dbc->handle.latch);
    CU_ASSERT_EQUAL(dbc_free(world_dbc), SQL_SUCCESS);
    CU_ASSERT_EQUAL(env_free(world_env), SQL_SUCCESS);
    CU_ASSERT_EQUAL(fake_spoke.n_opened, fake_spoke.n_closed);
}

/* State of record n; "" when there is none. */
static const char *state_at(struct handle *h, SQLSMALLINT n)
{
    static SQLCHAR state[6];

    state[0] = 0;
    (void)diag_get_record(h, n, room_a(state, 6, NULL), NULL, (struct room){ 0 });
    return (const char *)state;
}

static const char *message_at(struct handle *h, SQLSMALLINT n)
{
    static SQLCHAR message[1024];

    message[0] = 0;
    (void)diag_get_record(h, n, (struct room){ 0 }, NULL, room_a(message, sizeof(message), NULL));
    return (const char *)message;
}

#define STATE_IS(h, n, want) CU_ASSERT_STRING_EQUAL(state_at(&(h)->handle, (n)), (want))
#define TEXT_IS(got, want) CU_ASSERT_STRING_EQUAL((const char *)(got), (want))

static inline void world_use(void)
{
    (void)world_make;
    (void)world_connect;
    (void)world_free;
    (void)state_at;
    (void)message_at;
}

#endif
