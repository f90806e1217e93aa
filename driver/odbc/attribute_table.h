/* The rows of attribute.def as data, and the functions that some rows name. */
#ifndef ODBC_ATTRIBUTE_TABLE_H
#define ODBC_ATTRIBUTE_TABLE_H

#include "odbc/attribute.h"
#include "odbc/athenaodbc.h"

/* Numbers of the standard and of iODBC that unixODBC's headers lack. */
enum {
    ATTR_DBC_INFO_TOKEN = 118,
    ATTR_ASYNC_DBC_EVENT = 119,
    ATTR_ASYNC_DBC_PCALLBACK = 120,
    ATTR_ASYNC_DBC_PCONTEXT = 121,
    ATTR_ASYNC_STMT_PCALLBACK = 30,
    ATTR_ASYNC_STMT_PCONTEXT = 31,
    ATTR_APP_UNICODE_TYPE = 1064,
    ATTR_DRIVER_UNICODE_TYPE = 1065
};

enum attribute_shape { FORM_UINTEGER, FORM_ULEN, FORM_POINTER, FORM_TEXT };
enum attribute_access { ATTRIBUTE_RW, ATTRIBUTE_R_, ATTRIBUTE_W_ };
enum attribute_time { TIME_ANY, TIME_BEFORE, TIME_AFTER, TIME_CURSOR };
enum rule_kind { RULE_ANYTHING, RULE_POSITIVE, RULE_VALUES, RULE_NEAREST, RULE_REFUSING };

struct rule {
    enum rule_kind kind;
    uint32_t legal, taken; /* sets of values below 32; legal ~0: every value */
    SQLULEN instead;
};

/* What a getter found: a number, a pointer or a text, by the row's shape. */
struct answer {
    SQLULEN number;
    const void *pointer;
    struct span text;
    char room[1204]; /* for texts that must be copied under a lock */
};

/* What an application hands in. */
struct wish {
    SQLULEN number;
    void *pointer;
    struct text text;
};

struct attribute {
    enum handle_kind handle;
    SQLINTEGER id;
    enum attribute_shape shape;
    enum attribute_access access;
    enum attribute_time time;
    size_t offset, size; /* of the member; size 0: none */
    struct rule rule;
    SQLRETURN (*get)(struct handle *h, struct answer *out);
    /* of a member: after the rule, before it is stored */
    SQLRETURN (*set)(struct handle *h, const struct wish *wish);
    /* DESC_ATTRIBUTE: offset of the pointer to, or of, the descriptor in struct stmt */
    size_t descriptor;
    bool is_pointer_to;
    SQLSMALLINT field;
};

/* NULL for a number that is not defined for the kind. Lives for ever. */
const struct attribute *attribute_find(enum handle_kind kind, SQLINTEGER id);

/* attribute_env.c */
SQLRETURN attribute_env_odbc_version(struct handle *h, struct answer *out);
SQLRETURN attribute_env_set_odbc_version(struct handle *h, const struct wish *wish);
SQLRETURN attribute_env_output_nts(struct handle *h, struct answer *out);
SQLRETURN attribute_env_set_output_nts(struct handle *h, const struct wish *wish);
SQLRETURN attribute_env_unicode_type(struct handle *h, struct answer *out);
SQLRETURN attribute_env_set_unicode_type(struct handle *h, const struct wish *wish);

/* attribute_dbc.c */
SQLRETURN attribute_keep_read_only(struct handle *h, const struct wish *wish);
SQLRETURN attribute_no_notification(struct handle *h, const struct wish *wish);
SQLRETURN attribute_not_offered(struct handle *h, const struct wish *wish);
SQLRETURN attribute_no_packet_size(struct handle *h, const struct wish *wish);
SQLRETURN attribute_reset_connection(struct handle *h, const struct wish *wish);
SQLRETURN attribute_set_current_catalog(struct handle *h, const struct wish *wish);
SQLRETURN attribute_set_current_schema(struct handle *h, const struct wish *wish);
SQLRETURN attribute_is_false(struct handle *h, struct answer *out);
SQLRETURN attribute_is_empty(struct handle *h, struct answer *out);
SQLRETURN attribute_connection_dead(struct handle *h, struct answer *out);
SQLRETURN attribute_current_catalog(struct handle *h, struct answer *out);
SQLRETURN attribute_current_schema(struct handle *h, struct answer *out);
SQLRETURN attribute_athena_account(struct handle *h, struct answer *out);
SQLRETURN attribute_athena_run_as_arn(struct handle *h, struct answer *out);
SQLRETURN attribute_athena_consumer_arn(struct handle *h, struct answer *out);
SQLRETURN attribute_athena_workgroup(struct handle *h, struct answer *out);
SQLRETURN attribute_athena_region(struct handle *h, struct answer *out);
SQLRETURN attribute_athena_engine_version(struct handle *h, struct answer *out);

/* attribute_stmt.c */
SQLRETURN attribute_app_param_desc(struct handle *h, struct answer *out);
SQLRETURN attribute_app_row_desc(struct handle *h, struct answer *out);
SQLRETURN attribute_imp_param_desc(struct handle *h, struct answer *out);
SQLRETURN attribute_imp_row_desc(struct handle *h, struct answer *out);
SQLRETURN attribute_set_app_param_desc(struct handle *h, const struct wish *wish);
SQLRETURN attribute_set_app_row_desc(struct handle *h, const struct wish *wish);
SQLRETURN attribute_no_implementation_desc(struct handle *h, const struct wish *wish);
SQLRETURN attribute_follow_cursor_type(struct handle *h, const struct wish *wish);
SQLRETURN attribute_follow_scrollable(struct handle *h, const struct wish *wish);
SQLRETURN attribute_follow_sensitivity(struct handle *h, const struct wish *wish);
SQLRETURN attribute_max_rows(struct handle *h, struct answer *out);
SQLRETURN attribute_set_max_rows(struct handle *h, const struct wish *wish);
SQLRETURN attribute_row_number(struct handle *h, struct answer *out);
SQLRETURN attribute_athena_query_id(struct handle *h, struct answer *out);
SQLRETURN attribute_athena_scanned_bytes(struct handle *h, struct answer *out);
SQLRETURN attribute_athena_engine_ms(struct handle *h, struct answer *out);
SQLRETURN attribute_athena_queue_ms(struct handle *h, struct answer *out);
SQLRETURN attribute_athena_planning_ms(struct handle *h, struct answer *out);
SQLRETURN attribute_athena_service_ms(struct handle *h, struct answer *out);
SQLRETURN attribute_athena_total_ms(struct handle *h, struct answer *out);
SQLRETURN attribute_athena_output_location(struct handle *h, struct answer *out);
SQLRETURN attribute_athena_statement_type(struct handle *h, struct answer *out);
SQLRETURN attribute_athena_substatement_type(struct handle *h, struct answer *out);
/* earlier.c */
SQLRETURN attribute_athena_result_of(struct handle *h, struct answer *out);
SQLRETURN attribute_set_athena_result_of(struct handle *h, const struct wish *wish);
SQLRETURN attribute_athena_cost_micros(struct handle *h, struct answer *out);
/* attribute_stmt.c */
SQLRETURN attribute_athena_reused(struct handle *h, struct answer *out);

#endif
