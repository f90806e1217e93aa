/* The audit file's lines about queries: before one is sent and after it ended. Evidence on this
   machine; CloudTrail is the record. */
#include <stdio.h>

#include "base/digest.h"
#include "base/number.h"
#include "config/audit.h"
#include "odbc/run.h"

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

static struct span path_of(const struct stmt *s)
{
    return settings_text(&stmt_dbc(s)->settings, SETTING_AUDIT_LOG);
}

/* Who, as which role, on whose account, against what. */
static void add_who(struct json_writer *w, const struct stmt *s)
{
    const struct dbc *d = stmt_dbc(s);
    const struct spoke_identity *who = spoke_identity(d->spoke);
    const struct {
        const char *name;
        struct span text;
    } members[] = {
        { "dsn", span_of(d->settings.dsn) },
        { "account", span_of(who->account) },
        { "run_as", span_of(who->run_as_arn) },
        { "consumer", span_of(who->consumer_arn) },
        { "session", span_of(who->session_name) },
        { "workgroup", settings_text(&d->settings, SETTING_WORKGROUP) },
        { "database", span_of(d->current_schema) },
    };

    for (size_t i = 0; i < sizeof(members) / sizeof(members[0]); i++) {
        if (members[i].text.len > 0)
            json_string_member(w, members[i].name, members[i].text);
    }
}

static bool write_start(struct stmt *s, struct span sql, struct fault *f)
{
    struct buf line = { .ceiling = 4 * 1024 * 1024 };
    struct json_writer w;
    char digest[SHA256_HEX];
    bool ok = digest_sha256_hex(sql, digest, f);

    audit_begin(&w, &line, "query", f);
    add_who(&w, s);
    json_string_member(&w, "class", span_of(class_name(s->sql.class)));
    if (ok)
        json_string_member(&w, "sql_sha256", span_of(digest));
    if (settings_flag(&stmt_dbc(s)->settings, SETTING_AUDIT_SQL))
        json_string_member(&w, "sql", sql);
    ok = ok && audit_write(&w, path_of(s).at, f);
    buf_free(&line);
    return ok;
}

bool audit_query_start(struct stmt *s, struct span sql, struct fault *f)
{
    if (span_is_null(path_of(s)) || write_start(s, sql, f))
        return true;
    if (settings_flag(&stmt_dbc(s)->settings, SETTING_AUDIT_REQUIRED))
        return false;
    notice_add(&s->notices, FAULT_WARNING, "The query ran without an audit line. %s", f->text);
    fault_clear(f);
    return true;
}

/* An estimate: list price by the terabyte scanned, ten megabytes at least. */
static void add_cost(struct json_writer *w, const struct stmt *s, int64_t scanned)
{
    double price = 5;
    char text[40];
    int64_t billed = scanned > 0 && scanned < 10 * 1024 * 1024 ? 10 * 1024 * 1024 : scanned;

    (void)number_parse_double(settings_text(&stmt_dbc(s)->settings, SETTING_PRICE_PER_TB), &price);
    unsigned n = number_print_double((double)billed / 1099511627776.0 * price, text, sizeof(text));
    json_string_member(w, "cost_estimate_usd", (struct span){ text, n });
}

void audit_query_end(struct stmt *s, const struct execution *e, const struct fault *why)
{
    struct buf line = { .ceiling = 1024 * 1024 };
    struct json_writer w;
    struct fault f;

    if (span_is_null(path_of(s)))
        return;
    fault_clear(&f);
    audit_begin(&w, &line, "query_end", &f);
    if (e->query_id[0] != '\0')
        json_string_member(&w, "query_id", span_of(e->query_id));
    json_string_member(&w, "outcome",
                       span_of(why == NULL ? "succeeded" : fault_kind_name(why->kind)));
    json_name(&w, "scanned_bytes");
    json_number(&w, e->scanned_bytes);
    json_name(&w, "total_ms");
    json_number(&w, e->total_ms);
    json_name(&w, "reused");
    json_flag(&w, e->reused);
    add_cost(&w, s, e->scanned_bytes);
    if (!audit_write(&w, path_of(s).at, &f))
        notice_add(&s->notices, FAULT_WARNING, "The end of the query is not in the audit file. %s",
                   f.text);
    buf_free(&line);
}
