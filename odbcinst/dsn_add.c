/* athena-odbc dsn add: one data source, with an external id nobody can guess, and what the other
 * account's administrator has to be given. */
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/digest.h"
#include "documents.h"
#include "say.h"
#include "section.h"

enum { EXTERNAL_ID_BYTES = 24 };

/* Made here, for this pair of accounts alone: 192 random bits as 32 letters, digits, - and _. */
static bool make_external_id(struct inventory *inv, struct inventory_spoke *s, bool *is_new,
                             struct fault *f)
{
    unsigned char random[EXTERNAL_ID_BYTES];
    struct buf text = { .is_secret = true };
    struct span *slot = &s->text[SETTING_EXTERNAL_ID];

    *is_new = span_is_null(*slot) && s->text[SETTING_CONSUMER_ACCOUNT_ROLE_ARN].len > 0;
    if (!*is_new) {
        return true;
    }
    bool ok = digest_random(random, sizeof(random), f) &&
              digest_base64url((struct span){ (const char *)random, sizeof(random) }, &text, f) &&
              arena_copy(&inv->arena, buf_span(&text), slot, f);
    buf_free(&text);
    return ok;
}

static bool take_arguments(const struct arguments *a, struct inventory *inv, struct fault *f)
{
    static const char *const words[] = { "--account", "account",       "--role",
                                         "role",      "--external-id", "ExternalId" };

    *inv = (struct inventory){ .path = "command line", .arena = { .is_secret = true } };
    if (!inventory_begin(inv, 1, f) ||
        !inventory_add(inv, false, SPAN("name"), span_of(a->at[0]), 1, f)) {
        return false;
    }
    for (size_t i = 0; i < sizeof(words) / sizeof(words[0]); i += 2) {
        const char *value = option_value(a, words[i]);
        if (value != NULL &&
            !inventory_add(inv, false, span_of(words[i + 1]), span_of(value), 1, f)) {
            return false;
        }
    }
    for (unsigned i = 1; i < a->n; i++) {
        struct span given = span_of(a->at[i]);
        size_t equals = span_find_byte(given, '=');
        if (equals == given.len) {
            return fault_set(f, FAULT_SETTING, "\"%s\" is not of the form Key=Value.", a->at[i]);
        }
        if (!inventory_add(inv, false, span_part(given, 0, equals), span_from(given, equals + 1), 1,
                           f)) {
            return false;
        }
    }
    return inventory_finish(inv, f);
}

static bool append(const char *path, const struct inventory_spoke *s, const char *values,
                   struct fault *f)
{
    struct ini_text t;
    struct buf section = { .is_secret = true };
    bool ok = ini_text_read(&t, path, f);

    if (ok && ini_text_find(&t, s->word[WORD_NAME], 0) != NULL) {
        ok =
            fault_set(f, FAULT_SETTING, "%s already has a data source [%.*s]; nothing was written.",
                      t.path, (int)s->word[WORD_NAME].len, s->word[WORD_NAME].at);
    }
    if (ok && t.text.len > 0) {
        ok = buf_add(&section, t.text.at[t.text.len - 1] == '\n' ? SPAN("\n") : SPAN("\n\n"), f);
    }
    ok = ok && section_print(s, values, &section, f) &&
         ini_text_replace(&t, t.text.len, t.text.len, buf_span(&section), f) &&
         ini_text_write(&t, f);
    buf_free(&section);
    ini_text_free(&t);
    return ok;
}

static void grant_of(const struct inventory_spoke *s, struct grant *g)
{
    struct span consumer = s->text[SETTING_CONSUMER_ACCOUNT_ROLE_ARN];

    *g = (struct grant){
        .partition = SPAN("aws"),
        .account = arn_account(consumer),
        .run_as = s->text[SETTING_RUN_AS_ROLE],
        .consumer = consumer,
        .external_id = s->text[SETTING_EXTERNAL_ID],
        .has_tags =
            s->text[SETTING_SESSION_TAGS].len > 0 || s->text[SETTING_SOURCE_IDENTITY].len > 0,
    };
}

static void print_document(const char *title,
                           void (*write)(struct json_writer *, const struct grant *),
                           const struct grant *g)
{
    struct buf out = { .is_secret = true };
    struct json_writer w = { .out = &out };

    printf("\n%s\n", title);
    write(&w, g);
    (void)say_json(&w, STATUS_OK);
    buf_free(&out);
}

static int print_text(const struct inventory_spoke *s, const char *path, bool is_new)
{
    struct span name = s->word[WORD_NAME], id = s->text[SETTING_EXTERNAL_ID];
    struct grant g;

    grant_of(s, &g);
    printf("%s: data source [%.*s] added\n", path, (int)name.len, name.at);
    if (g.consumer.len == 0) {
        return STATUS_OK;
    }
    printf("\nFor the administrator of account %.*s\n  role         %.*s\n  external id  %.*s%s\n",
           (int)g.account.len, g.account.at, (int)g.consumer.len, g.consumer.at, (int)id.len, id.at,
           is_new ? "   (made for this pair of accounts; use it nowhere else)" : "");
    print_document("Trust policy of that role", document_consumer_trust, &g);
    if (g.run_as.len > 0) {
        print_document("For the central account: permission of RunAsRole", document_run_as_policy,
                       &g);
    }
    printf("\nThen: athena-odbc doctor %.*s\n", (int)name.len, name.at);
    return STATUS_OK;
}

static int print_json(const struct inventory_spoke *s, const char *path, bool is_new)
{
    struct buf out = { .is_secret = true };
    struct json_writer w = { .out = &out };
    struct grant g;

    grant_of(s, &g);
    json_open(&w, '{');
    json_string_member(&w, "name", s->word[WORD_NAME]);
    json_string_member(&w, "file", span_of(path));
    if (g.consumer.len > 0) {
        json_string_member(&w, "ConsumerAccountRoleArn", g.consumer);
        json_string_member(&w, "ExternalId", g.external_id);
        json_name(&w, "external_id_is_new");
        json_flag(&w, is_new);
        json_name(&w, "consumer_role_trust");
        document_consumer_trust(&w, &g);
        if (g.run_as.len > 0) {
            json_name(&w, "run_as_role_policy");
            document_run_as_policy(&w, &g);
        }
    }
    json_close(&w, '}');
    int status = say_json(&w, STATUS_OK);
    buf_free(&out);
    return status;
}

static int run(const struct arguments *a)
{
    struct inventory inv;
    struct section_places places;
    struct fault f = { 0 };
    bool is_new = false;
    char values[4300];
    int status;

    bool ok = take_arguments(a, &inv, &f) && make_external_id(&inv, &inv.at[0], &is_new, &f);
    const char *path = ok ? section_file(a, &places, &f) : NULL;
    if (path != NULL) {
        snprintf(values, sizeof(values), "%s.values", path);
    }
    if (path == NULL || !append(path, &inv.at[0], values, &f)) {
        status = say_fault(&f, wants_json(a));
    } else {
        status = wants_json(a) ? print_json(&inv.at[0], path, is_new)
                               : print_text(&inv.at[0], path, is_new);
    }
    inventory_free(&inv);
    return status;
}

static const struct option options[] = {
    { "--account", "ACCOUNT", "consumer account, twelve digits" },
    { "--role", "NAME", "its role; with --account the same as ConsumerAccountRoleArn=" },
    { "--external-id", "TEXT", "as agreed; else one is made at random" },
    { "--user", NULL, "into the user's odbc.ini (this is the default)" },
    { "--system", NULL, "into the system's odbc.ini" },
    { "--file", "PATH", "into this file" },
    { NULL, NULL, NULL },
};

const struct command command_dsn_add = {
    "dsn add", "NAME [Key=Value ...]", "Adds a data source and says what the other account needs",
    1,         ARGUMENTS_MAX - 1,      options,
    run
};
