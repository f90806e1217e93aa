/* Checks of what the last identity may do: workgroup, catalog, links, result place, and, when asked
 * for, a query. */
#include "doctor.h"

#include <stdio.h>
#include <string.h>

#include "athena/glue.h"
#include "run.h"
#include "say.h"
#include "spoke/spoke.h"

enum { LINKS_MAX = 5 };

static struct span workgroup_name(const struct doctor *d)
{
    return settings_text(&d->target.settings, SETTING_WORKGROUP);
}

static void tell_refusal(struct doctor *d, const char *check, enum verdict verdict,
                         const struct fault *f)
{
    doctor_say(d, check, verdict, "%s", f->text);
    doctor_who(d, f->principal[0] != 0 ? f->principal : d->end);
    if (f->kind == FAULT_DENIED && f->action[0] != 0) {
        doctor_fix(d, "Allow %s on %s in a policy of the role%s%s.", f->action,
                   f->resource[0] != 0 ? f->resource : "the resource",
                   d->account[0] != 0 ? ", account " : "", d->account);
    }
    if (f->request_id[0] != 0) {
        doctor_detail(d, "Request id: %s", f->request_id);
    }
    doctor_notes(d, f);
}

static void tell_workgroup(struct doctor *d)
{
    const struct workgroup_facts *w = &d->workgroup;
    struct span name = workgroup_name(d),
                wanted = settings_text(&d->target.settings, SETTING_S3_OUTPUT_LOCATION);
    char cutoff[64] = "no scan limit", bytes[32];

    if (w->bytes_cutoff > 0) {
        say_bytes(w->bytes_cutoff, bytes, sizeof(bytes));
        snprintf(cutoff, sizeof(cutoff), "scan limit %s", bytes);
    }
    if (w->is_disabled) {
        doctor_say(d, "workgroup", CHECK_FAIL, "%.*s is disabled", (int)name.len, name.at);
        doctor_fix(d, "aws athena update-work-group --work-group %.*s --state ENABLED (account %s)",
                   (int)name.len, name.at, d->account);
    } else if (!w->has_managed_results && w->output_location[0] == 0 && wanted.len == 0) {
        doctor_say(d, "workgroup", CHECK_FAIL,
                   "%.*s has no place for results and the data source names none", (int)name.len,
                   name.at);
        doctor_fix(
            d, "Set an output location in the workgroup, or S3OutputLocation in the data source.");
    } else if (strstr(w->engine_version, "version 2") != NULL) {
        doctor_say(d, "workgroup", CHECK_WARN, "%.*s runs on %s", (int)name.len, name.at,
                   w->engine_version);
        doctor_fix(d, "Set the workgroup's engine to Athena engine version 3.");
    } else {
        doctor_say(d, "workgroup", CHECK_OK, "%.*s: %s, %s, %s", (int)name.len, name.at,
                   w->engine_version[0] != 0 ? w->engine_version : "engine not told",
                   w->has_managed_results ? "results kept by Athena"
                   : w->is_enforced       ? "its settings are enforced"
                                          : "its settings may be overridden",
                   cutoff);
    }
}

void doctor_check_workgroup(struct doctor *d)
{
    struct aws_client *athena = NULL;
    struct fault f = { 0 };

    if (!d->is_chain_good) {
        doctor_say(d, "workgroup", CHECK_SKIP, "the chain does not stand");
        return;
    }
    bool ok = probe_client(&d->probe, AWS_ATHENA, &athena, &f) &&
              athena_get_workgroup(athena, workgroup_name(d), &d->probe.bounds, &d->workgroup, &f);
    d->workgroup.is_known = ok;
    if (ok) {
        tell_workgroup(d);
    } else if (f.kind == FAULT_NOT_FOUND) {
        struct span name = workgroup_name(d);
        doctor_say(d, "workgroup", CHECK_FAIL,
                   "there is no workgroup %.*s in account %s, region %s", (int)name.len, name.at,
                   d->account, d->probe.wiring->region);
        doctor_who(d, d->end);
        doctor_fix(
            d,
            "Check Workgroup and AwsRegion: aws athena list-work-groups --region %s (account %s)",
            d->probe.wiring->region, d->account);
    } else {
        tell_refusal(d, "workgroup", f.kind == FAULT_DENIED ? CHECK_WARN : CHECK_FAIL, &f);
        if (f.kind == FAULT_DENIED) {
            doctor_detail(d, "The driver works without athena:GetWorkGroup, but then cannot tell "
                             "the engine, the result place and whether it is enforced. A "
                             "role that is limited to another workgroup, and a workgroup that is "
                             "not there, look the same.");
        }
    }
    aws_client_free(athena);
}

/* A database that points elsewhere: its tables show only when the link may be described and the
 * target was granted. */
static void tell_link(struct doctor *d, struct aws_client *glue, const struct glue_database *db,
                      struct arena *arena)
{
    struct glue_query q = { .catalog_id =
                                settings_text(&d->target.settings, SETTING_GLUE_CATALOG_ID),
                            .database = db->name,
                            .names_only = true };
    struct glue_tables tables = { 0 };
    struct fault f = { 0 };
    const struct glue_link *to = &db->target;

    if (!glue_get_tables(glue, &q, &d->probe.bounds, arena, &tables, &f)) {
        doctor_say(d, "link", CHECK_WARN,
                   "%.*s points to %.*s of account %.*s, and reading it is refused",
                   (int)db->name.len, db->name.at, (int)to->database.len, to->database.at,
                   (int)to->catalog_id.len, to->catalog_id.at);
        doctor_who(d, d->end);
        doctor_fix(d,
                   "Both sides: account %.*s lets the role read %.*s (catalog policy, or Lake "
                   "Formation: grant on target), and the role's own policy allows "
                   "the action on that account's catalog, database and tables.",
                   (int)to->catalog_id.len, to->catalog_id.at, (int)to->database.len,
                   to->database.at);
        doctor_detail(d, "AWS said: %s", f.text);
        doctor_detail(d, "Request id: %s", f.request_id);
    } else if (tables.n == 0) {
        doctor_say(d, "link", CHECK_WARN,
                   "%.*s points to %.*s of account %.*s, and no table of it shows",
                   (int)db->name.len, db->name.at, (int)to->database.len, to->database.at,
                   (int)to->catalog_id.len, to->catalog_id.at);
        doctor_fix(d,
                   "Account %.*s grants DESCRIBE and SELECT on the tables of %.*s to account %s or "
                   "its role (Lake Formation: grant on target); account %s "
                   "accepts the share and grants DESCRIBE on the link.",
                   (int)to->catalog_id.len, to->catalog_id.at, (int)to->database.len,
                   to->database.at, d->account, d->account);
    } else {
        doctor_say(d, "link", CHECK_OK, "%.*s points to %.*s of account %.*s; %u table%s show%s",
                   (int)db->name.len, db->name.at, (int)to->database.len, to->database.at,
                   (int)to->catalog_id.len, to->catalog_id.at, tables.n, tables.n == 1 ? "" : "s",
                   tables.n == 1 ? "s" : "");
        doctor_detail(d, "a table that Lake Formation does not let the role DESCRIBE is left out "
                         "without a word; one without SELECT shows and cannot be read");
    }
}

static void tell_databases(struct doctor *d, struct aws_client *glue,
                           const struct glue_databases *all, struct arena *arena)
{
    struct span schema = settings_text(&d->target.settings, SETTING_SCHEMA);
    bool has_schema = false;
    unsigned n_links = 0;

    for (unsigned i = 0; i < all->n; i++) {
        has_schema = has_schema || span_equal_nocase(all->at[i].name, schema);
    }
    if (!has_schema && all->next_token.len == 0 && schema.len > 0) {
        doctor_say(d, "catalog", CHECK_WARN,
                   "%u database%s can be seen, and %.*s (Schema) is not among them", all->n,
                   all->n == 1 ? "" : "s", (int)schema.len, schema.at);
        doctor_who(d, d->end);
        doctor_fix(d, "Correct Schema, or grant it: glue:GetDatabase on the database, and DESCRIBE "
                      "when Lake Formation governs it (it hides silently).");
    } else {
        doctor_say(d, "catalog", CHECK_OK, "%u database%s%s can be seen", all->n,
                   all->next_token.len > 0 ? "s and more"
                   : all->n == 1           ? ""
                                           : "s",
                   has_schema ? ", the data source's too," : "");
    }
    for (unsigned i = 0; i < all->n && n_links < LINKS_MAX; i++) {
        if (all->at[i].target.database.len > 0) {
            n_links++;
            doctor_begin(d);
            tell_link(d, glue, &all->at[i], arena);
        }
    }
}

static void check_glue(struct doctor *d, struct aws_client *glue, struct arena *arena)
{
    struct glue_query q = { .catalog_id =
                                settings_text(&d->target.settings, SETTING_GLUE_CATALOG_ID) };
    struct glue_databases all = { 0 };
    struct glue_database one;
    struct fault f = { 0 }, again = { 0 };
    struct span schema = settings_text(&d->target.settings, SETTING_SCHEMA);

    if (glue_get_databases(glue, &q, &d->probe.bounds, arena, &all, &f)) {
        tell_databases(d, glue, &all, arena);
        return;
    }
    q.database = schema;
    if (f.kind == FAULT_DENIED && schema.len > 0 &&
        glue_get_database(glue, &q, &d->probe.bounds, arena, &one, &again)) {
        doctor_say(d, "catalog", CHECK_OK,
                   "%.*s can be seen; the list of all databases is not allowed, and not needed",
                   (int)schema.len, schema.at);
        if (one.target.database.len > 0) {
            doctor_begin(d);
            tell_link(d, glue, &one, arena);
        }
        return;
    }
    tell_refusal(d, "catalog", CHECK_WARN, &f);
}

void doctor_check_catalog(struct doctor *d)
{
    struct aws_client *client = NULL;
    struct arena arena = { 0 };
    struct fault f = { 0 };
    struct span catalog =
        d->is_loaded ? settings_text(&d->target.settings, SETTING_CATALOG) : NO_SPAN;
    bool is_glue = span_equal_nocase(catalog, SPAN("AwsDataCatalog"));

    if (!d->is_chain_good) {
        doctor_say(d, "catalog", CHECK_SKIP, "the chain does not stand");
        return;
    }
    if (!probe_client(&d->probe, is_glue ? AWS_GLUE : AWS_ATHENA, &client, &f)) {
        doctor_say(d, "catalog", CHECK_FAIL, "%s", f.text);
    } else if (is_glue) {
        check_glue(d, client, &arena);
    } else {
        struct glue_query q = { .catalog_id = catalog };
        struct glue_databases all = { 0 };
        if (athena_list_databases(client, &q, workgroup_name(d), &d->probe.bounds, &arena, &all,
                                  &f)) {
            doctor_say(d, "catalog", CHECK_OK, "%.*s: %u databases can be seen", (int)catalog.len,
                       catalog.at, all.n);
        } else {
            tell_refusal(d, "catalog", CHECK_WARN, &f);
        }
    }
    aws_client_free(client);
    arena_free(&arena);
}

/* A key that is not there: "no such key" shows that bucket and right are good; "no such bucket" and
 * a refusal say what they say. */
static void probe_place(struct doctor *d, struct aws_client *s3, struct span place)
{
    struct span bucket, prefix;
    struct s3_object object = { 0 };
    struct fault f = { 0 };
    char key[1100];

    if (!s3_uri_parse(place, &bucket, &prefix, &f)) {
        doctor_say(d, "results", CHECK_FAIL, "%s", f.text);
        return;
    }
    bool is_open = prefix.len == 0 || prefix.at[prefix.len - 1] == '/';
    snprintf(key, sizeof(key), "%.*s%sathena-odbc-doctor", (int)prefix.len,
             prefix.len > 0 ? prefix.at : "", is_open ? "" : "/");
    struct s3_get get = { .bucket = bucket,
                          .key = span_of(key),
                          .to = 0,
                          .body_bytes_max = 65536,
                          .expected_owner =
                              settings_text(&d->target.settings, SETTING_EXPECTED_BUCKET_OWNER) };
    bool ok = aws_s3_get(s3, &get, &d->probe.bounds, &object, &f);
    if (ok || (f.kind == FAULT_NOT_FOUND && strcmp(f.code, "NoSuchBucket") != 0)) {
        doctor_say(d, "results", CHECK_OK, "%.*s can be read", (int)place.len, place.at);
    } else if (f.kind == FAULT_NOT_FOUND) {
        doctor_say(d, "results", CHECK_FAIL, "there is no bucket %.*s", (int)bucket.len, bucket.at);
        doctor_fix(d, "Correct the place of the results in the workgroup or S3OutputLocation, or "
                      "make the bucket.");
    } else if (f.kind == FAULT_DENIED) {
        doctor_say(d, "results", CHECK_WARN, "%.*s: the read of a result object is refused",
                   (int)place.len, place.at);
        doctor_who(d, d->end);
        doctor_fix(d, "Allow s3:GetObject on its objects and s3:ListBucket on the bucket (without "
                      "the latter a missing object looks like a refusal). The "
                      "driver falls back to GetQueryResults, which is slower.");
        doctor_detail(d, "Other causes: ExpectedBucketOwner names another account; the bucket's "
                         "policy; its key (kms:Decrypt); a VPC endpoint policy.");
        doctor_detail(d, "AWS said: %s", f.text);
    } else {
        tell_refusal(d, "results", CHECK_FAIL, &f);
    }
    buf_free(&object.body);
}

void doctor_check_results(struct doctor *d)
{
    struct aws_client *s3 = NULL;
    struct fault f = { 0 };
    struct span wanted =
        d->is_loaded ? settings_text(&d->target.settings, SETTING_S3_OUTPUT_LOCATION) : NO_SPAN;
    bool is_theirs =
        d->workgroup.output_location[0] != 0 && (d->workgroup.is_enforced || wanted.len == 0);

    if (!d->is_chain_good) {
        doctor_say(d, "results", CHECK_SKIP, "the chain does not stand");
    } else if (d->workgroup.has_managed_results) {
        doctor_say(d, "results", CHECK_OK, "Athena keeps them itself");
    } else if (!is_theirs && wanted.len == 0) {
        doctor_say(d, "results", CHECK_SKIP, "their place is not known");
    } else if (!probe_client(&d->probe, AWS_S3, &s3, &f)) {
        doctor_say(d, "results", CHECK_FAIL, "%s", f.text);
    } else {
        probe_place(d, s3, is_theirs ? span_of(d->workgroup.output_location) : wanted);
    }
    aws_client_free(s3);
}

static bool run_select(struct doctor *d, struct run_facts *facts, struct fault *f)
{
    struct spoke *spoke = NULL;
    struct run *r = NULL;
    struct notices notices = { 0 };
    struct batch batch;

    if (!spoke_open(&d->target.settings, &d->probe.bounds, &notices, &spoke, f)) {
        return false;
    }
    struct run_request request = { .spoke = spoke, .sql = SPAN("SELECT 1"), .notices = &notices };
    bool ok = run_open(&request, &r, facts, f) && run_source(r) != NULL &&
              row_source_next(run_source(r), &batch, f) == ROW_BATCH;
    run_close(r);
    if (!ok) {
        spoke_explain(spoke, f);
    }
    spoke_close(spoke);
    return ok;
}

void doctor_check_query(struct doctor *d)
{
    struct run_facts facts = { .cost_usd = 0 };
    struct fault f = { 0 };
    char cost[40];

    if (!option_is_set(d->arguments, "--paid")) {
        doctor_say(d, "query", CHECK_SKIP, "not tried; --paid runs SELECT 1");
    } else if (!d->is_chain_good) {
        doctor_say(d, "query", CHECK_SKIP, "the chain does not stand");
    } else if (run_select(d, &facts, &f)) {
        say_cost(facts.cost_usd, cost, sizeof(cost));
        doctor_say(d, "query", CHECK_OK,
                   "SELECT 1: query %s, %lld bytes scanned, about %s USD, paid by account %s",
                   facts.query_id, (long long)facts.scanned_bytes, cost, facts.account);
    } else {
        tell_refusal(d, "query", CHECK_FAIL, &f);
    }
}
