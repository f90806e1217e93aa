/* The audit file's lines about queries: before one is sent and after it ended. Evidence on this
   machine; CloudTrail is the record. */
#include "spoke/audit.h"

#include <stdio.h>

#include "base/digest.h"
#include "base/number.h"
#include "config/audit.h"

static struct span path_of(const struct spoke *spoke)
{
    return settings_text(spoke_settings(spoke), SETTING_AUDIT_LOG);
}

static void add(struct json_writer *w, const char *name, struct span text)
{
    if (text.len > 0) {
        json_string_member(w, name, text);
    }
}

/* Whose query, from which data source, on whose bill: in both lines, so that each can be read
   alone. */
static void add_owner(struct json_writer *w, const struct spoke *spoke, const char *app)
{
    const struct spoke_identity *who = spoke_identity(spoke);

    add(w, "app", app != NULL ? span_of(app) : NO_SPAN);
    add(w, "dsn", span_of(spoke_settings(spoke)->dsn));
    add(w, "account", span_of(who->account));
    add(w, "session", span_of(who->session_name));
}

static bool write_start(const struct spoke *spoke, const struct spoke_query *query, struct fault *f)
{
    const struct settings *s = spoke_settings(spoke);
    const struct spoke_identity *who = spoke_identity(spoke);
    struct buf line = { .ceiling = 4 * 1024 * 1024 };
    struct json_writer w;
    char digest[SHA256_HEX];
    bool ok = digest_sha256_hex(query->sql, digest, f);

    if (ok) {
        audit_begin(&w, &line, "query", f);
        add_owner(&w, spoke, query->app);
        add(&w, "run_as", span_of(who->run_as_arn));
        add(&w, "consumer", span_of(who->consumer_arn));
        add(&w, "workgroup", settings_text(s, SETTING_WORKGROUP));
        add(&w, "database", query->database);
        add(&w, "class", span_of(query->class));
        add(&w, "sql_sha256", span_of(digest));
        add(&w, "sql", settings_flag(s, SETTING_AUDIT_SQL) ? query->sql : NO_SPAN);
        ok = audit_write(&w, path_of(spoke).at, f);
    }
    buf_free(&line);
    return ok;
}

/* A line that is missing: refused with AuditRequired, else told. */
static bool unwritten(const struct spoke *spoke, const char *what, const struct fault *why,
                      struct notices *notices, struct fault *f)
{
    if (settings_flag(spoke_settings(spoke), SETTING_AUDIT_REQUIRED)) {
        *f = *why;
        return false;
    }
    notice_add(notices, FAULT_WARNING, "%s %s", what, why->text);
    return true;
}

bool spoke_audit_start(const struct spoke *spoke, const struct spoke_query *query,
                       struct notices *notices, struct fault *f)
{
    struct fault why;

    fault_clear(&why);
    return span_is_null(path_of(spoke)) || write_start(spoke, query, &why) ||
           unwritten(spoke, "The query ran without an audit line.", &why, notices, f);
}

static void add_cost(struct json_writer *w, const struct spoke *spoke, struct execution *e)
{
    double price = 5;
    char text[40];

    (void)number_parse_double(settings_text(spoke_settings(spoke), SETTING_PRICE_PER_TB), &price);
    unsigned n = number_print_double(execution_cost(e, price), text, sizeof(text));
    json_string_member(w, "cost_estimate_usd", (struct span){ text, n });
}

bool spoke_audit_read(const struct spoke *spoke, const char *app, struct span query_id,
                      struct notices *notices, struct fault *f)
{
    struct buf line = { .ceiling = 64 * 1024 };
    struct json_writer w;
    struct fault why;

    if (span_is_null(path_of(spoke))) {
        return true;
    }
    fault_clear(&why);
    audit_begin(&w, &line, "result_read", &why);
    add_owner(&w, spoke, app);
    add(&w, "query_id", query_id);
    bool ok = audit_write(&w, path_of(spoke).at, &why);
    buf_free(&line);
    return ok || unwritten(spoke, "The result was read without an audit line.", &why, notices, f);
}

void spoke_audit_end(const struct spoke *spoke, const char *app, struct execution *e,
                     const struct fault *why, struct notices *notices)
{
    struct buf line = { .ceiling = 1024 * 1024 };
    struct json_writer w;
    struct fault f;

    if (span_is_null(path_of(spoke))) {
        return;
    }
    fault_clear(&f);
    audit_begin(&w, &line, "query_end", &f);
    add_owner(&w, spoke, app);
    add(&w, "query_id", span_of(e->query_id));
    add(&w, "outcome", span_of(why == NULL ? "succeeded" : fault_kind_name(why->kind)));
    json_name(&w, "scanned_bytes");
    json_number(&w, e->scanned_bytes);
    json_name(&w, "total_ms");
    json_number(&w, e->total_ms);
    json_name(&w, "reused");
    json_flag(&w, e->reused);
    add_cost(&w, spoke, e);
    if (!audit_write(&w, path_of(spoke).at, &f)) {
        notice_add(notices, FAULT_WARNING, "The end of the query is not in the audit file. %s",
                   f.text);
    }
    buf_free(&line);
}
