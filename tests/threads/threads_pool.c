/* Pooling by the driver manager, as a 3.80 application sees it: a returned connection is used again
   without a call to any service, is as good as new, and is thrown away when it is dead. The
   driver's section says CPTimeout; the manager's says Pooling = Yes. */
#include "threads.h"

#include "odbc/athenaodbc.h"

static SQLHENV env;

static void put_schema(SQLHDBC dbc, const char *name)
{
    OK(SQL_HANDLE_DBC, dbc,
       SQLSetConnectAttr(dbc, SQL_ATTR_ATHENA_CURRENT_SCHEMA, text(name), SQL_NTS));
}

static bool schema_is(SQLHDBC dbc, const char *want)
{
    SQLCHAR name[64] = "";

    OK(SQL_HANDLE_DBC, dbc,
       SQLGetConnectAttr(dbc, SQL_ATTR_ATHENA_CURRENT_SCHEMA, name, sizeof(name), NULL));
    return strcmp((char *)name, want) == 0;
}

static SQLUINTEGER attribute_of(SQLHDBC dbc, SQLINTEGER id)
{
    SQLUINTEGER value = 99;

    OK(SQL_HANDLE_DBC, dbc, SQLGetConnectAttr(dbc, id, &value, 0, NULL));
    return value;
}

static void a_pooled_connection_comes_back_as_good_as_new(void)
{
    SQLHDBC dbc = open_dsn(env, "pooled", NULL);
    SQLHSTMT h;
    long calls;

    CHECK(schema_is(dbc, "flights"));
    CHECK(number_of(dbc, "SELECT 1") == 1);
    put_schema(dbc, "edges");
    OK(SQL_HANDLE_DBC, dbc,
       SQLSetConnectAttr(dbc, SQL_ATTR_AUTOCOMMIT, (SQLPOINTER)SQL_AUTOCOMMIT_OFF, 0));
    h = new_stmt(dbc);
    OK(SQL_HANDLE_STMT, h,
       SQLExecDirect(h, text("SELECT i FROM UNNEST(sequence(1, 2000)) AS t(i)"), SQL_NTS));
    OK(SQL_HANDLE_STMT, h, SQLFetch(h)); /* left open */
    close_dbc(dbc);
    calls = control_number("counters", "athena:GetWorkGroup");
    dbc = open_dsn(env, "pooled", NULL);
    CHECK(control_number("counters", "athena:GetWorkGroup") == calls);
    CHECK(schema_is(dbc, "flights"));
    CHECK(attribute_of(dbc, SQL_ATTR_AUTOCOMMIT) == SQL_AUTOCOMMIT_ON);
    CHECK(number_of(dbc, "SELECT count(*) FROM airlines") == 16);
    close_dbc(dbc);
}

static void a_living_connection_says_so_without_a_call(void)
{
    SQLHDBC dbc = open_dsn(env, "pooled", NULL);
    long before = control_number("connections", "accepted"), i = 0;

    for (; i < 50; i++)
        CHECK(attribute_of(dbc, SQL_ATTR_CONNECTION_DEAD) == SQL_CD_FALSE);
    CHECK(control_number("connections", "accepted") <= before + 1); /* the question itself */
    close_dbc(dbc);
}

/* The chain is cut: the sessions are revoked and the user may assume nothing. */
static void a_dead_connection_is_not_handed_out_again(void)
{
    SQLHDBC dbc = open_dsn(env, "pooled", NULL);
    SQLHSTMT h = new_stmt(dbc);
    struct record why = { "", "" };
    long calls;

    control_do("POST", "user_policies",
               "{\"user\": \"arn:aws:iam::111122223333:user/bi-service\", \"policies\": "
               "[{\"Version\": \"2012-10-17\", \"Statement\": "
               "[{\"Effect\": \"Deny\", \"Action\": \"sts:AssumeRole\", \"Resource\": \"*\"}]}]}");
    control_do("POST", "revoke", "{\"arn\": \"arn:aws:iam::111122223333:role/AthenaRunAs\"}");
    control_do("POST", "revoke", "{\"arn\": \"arn:aws:iam::222233334444:role/AthenaConsumer\"}");
    CHECK(!SQL_SUCCEEDED(SQLExecDirect(h, text("SELECT 1"), SQL_NTS)));
    why = record_of(SQL_HANDLE_STMT, h);
    printf("     [%s] %.150s\n", why.state, why.message);
    CHECK(attribute_of(dbc, SQL_ATTR_CONNECTION_DEAD) == SQL_CD_TRUE);
    free_stmt(h);
    close_dbc(dbc);
    calls = control_number("counters", "sts:AssumeRole");
    dbc = open_dsn(env, "pooled", &why); /* tries anew, and is refused */
    CHECK(dbc == SQL_NULL_HDBC);
    CHECK(control_number("counters", "sts:AssumeRole") >= calls);
    CHECK(strcmp(why.state, "28000") == 0);
    close_dbc(dbc);
}

int main(void)
{
    if (!SQL_SUCCEEDED(SQLSetEnvAttr(SQL_NULL_HANDLE, SQL_ATTR_CONNECTION_POOLING,
                                     (SQLPOINTER)SQL_CP_ONE_PER_DRIVER, 0)))
        return 1;
    env = new_env(SQL_OV_ODBC3_80);
    promise("a pooled connection comes back as good as new",
            a_pooled_connection_comes_back_as_good_as_new);
    promise("a living connection says so without a call",
            a_living_connection_says_so_without_a_call);
    promise("a dead connection is not handed out again", a_dead_connection_is_not_handed_out_again);
    SQLFreeHandle(SQL_HANDLE_ENV, env);
    return finish("pool");
}
