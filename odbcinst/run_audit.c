/* Writes audit lines for statements of the command. */
#include "run_audit.h"

#include "base/digest.h"
#include "base/number.h"
#include "config/audit.h"
#include "say.h"

static const char *class_name(enum sql_class class)
{
    static const char *const names[] = {
        [SQL_CLASS_UNKNOWN] = "UNKNOWN",
        [SQL_CLASS_SELECT] = "SELECT",
        [SQL_CLASS_EXPLAIN] = "EXPLAIN",
        [SQL_CLASS_EXPLAIN_ANALYZE] = "EXPLAIN ANALYZE",
        [SQL_CLASS_SHOW] = "SHOW",
        [SQL_CLASS_DESCRIBE] = "DESCRIBE",
        [SQL_CLASS_INSERT] = "INSERT",
        [SQL_CLASS_UPDATE] = "UPDATE",
        [SQL_CLASS_DELETE] = "DELETE",
        [SQL_CLASS_MERGE] = "MERGE",
        [SQL_CLASS_CTAS] = "CTAS",
        [SQL_CLASS_UNLOAD] = "UNLOAD",
        [SQL_CLASS_DDL] = "DDL",
        [SQL_CLASS_CALL] = "CALL",
        [SQL_CLASS_PREPARE] = "PREPARE",
        [SQL_CLASS_EXECUTE] = "EXECUTE",
        [SQL_CLASS_DEALLOCATE] = "DEALLOCATE",
        [SQL_CLASS_OTHER] = "OTHER",
    };

    return (size_t)class < sizeof(names) / sizeof(names[0]) && names[class] != NULL ? names[class]
                                                                                    : "OTHER";
}

static void add_who(struct json_writer *w, const struct spoke *spoke)
{
    const struct settings *s = spoke_settings(spoke);
    const struct spoke_identity *who = spoke_identity(spoke);
    const struct {
        const char *name;
        struct span text;
    } members[] = {
        { "app", SPAN("athena-odbc") },
        { "dsn", span_of(s->dsn) },
        { "account", span_of(who->account) },
        { "run_as", span_of(who->run_as_arn) },
        { "consumer", span_of(who->consumer_arn) },
        { "session", span_of(who->session_name) },
        { "workgroup", settings_text(s, SETTING_WORKGROUP) },
        { "database", settings_text(s, SETTING_SCHEMA) },
    };

    for (size_t i = 0; i < sizeof(members) / sizeof(members[0]); i++) {
        if (members[i].text.len > 0) {
            json_string_member(w, members[i].name, members[i].text);
        }
    }
}

static bool write_start(const struct spoke *spoke, struct span sql, enum sql_class class,
                        struct fault *f)
{
    const struct settings *s = spoke_settings(spoke);
    struct buf line = { .ceiling = 4 * 1024 * 1024 };
    struct json_writer w;
    char digest[SHA256_HEX];
    bool ok = digest_sha256_hex(sql, digest, f);

    if (ok) {
        audit_begin(&w, &line, "query", f);
        add_who(&w, spoke);
        json_string_member(&w, "class", span_of(class_name(class)));
        json_string_member(&w, "sql_sha256", span_of(digest));
        json_string_member(&w, "sql", settings_flag(s, SETTING_AUDIT_SQL) ? sql : NO_SPAN);
        ok = audit_write(&w, settings_text(s, SETTING_AUDIT_LOG).at, f);
    }
    buf_free(&line);
    return ok;
}

bool run_audit_start(const struct spoke *spoke, struct span sql, enum sql_class class,
                     struct notices *notices, struct fault *f)
{
    const struct settings *s = spoke_settings(spoke);
    struct fault why = { 0 };

    if (span_is_null(settings_text(s, SETTING_AUDIT_LOG)) || write_start(spoke, sql, class, &why)) {
        return true;
    }
    if (settings_flag(s, SETTING_AUDIT_REQUIRED)) {
        *f = why;
        return false;
    }
    notice_add(notices, FAULT_WARNING, "The query ran without an audit line. %s", why.text);
    return true;
}

void run_audit_end(const struct spoke *spoke, const struct execution *e, const struct fault *why,
                   struct notices *notices)
{
    const struct settings *s = spoke_settings(spoke);
    struct buf line = { .ceiling = 1024 * 1024 };
    struct json_writer w;
    struct fault f = { 0 };
    double price = 5;
    char cost[40];

    if (span_is_null(settings_text(s, SETTING_AUDIT_LOG))) {
        return;
    }
    (void)number_parse_double(settings_text(s, SETTING_PRICE_PER_TB), &price);
    say_cost(e->scanned_bytes, price, cost, sizeof(cost));
    audit_begin(&w, &line, "query_end", &f);
    json_string_member(&w, "query_id", e->query_id[0] != 0 ? span_of(e->query_id) : NO_SPAN);
    json_string_member(&w, "account", span_of(spoke_identity(spoke)->account));
    json_string_member(&w, "dsn", span_of(s->dsn));
    json_string_member(&w, "session", span_of(spoke_identity(spoke)->session_name));
    json_string_member(&w, "outcome",
                       span_of(why == NULL ? "succeeded" : fault_kind_name(why->kind)));
    json_name(&w, "scanned_bytes");
    json_number(&w, e->scanned_bytes);
    json_name(&w, "total_ms");
    json_number(&w, e->total_ms);
    json_name(&w, "reused");
    json_flag(&w, e->reused);
    json_string_member(&w, "cost_estimate_usd", span_of(cost));
    if (!audit_write(&w, settings_text(s, SETTING_AUDIT_LOG).at, &f)) {
        notice_add(notices, FAULT_WARNING, "The end of the query is not in the audit file. %s",
                   f.text);
    }
    buf_free(&line);
}
