/* athena-odbc dsn list: the data sources of this driver, those of one account beside each other. */
#include <stdlib.h>
#include <string.h>

#include "config/keyword.h"
#include "documents.h"
#include "say.h"
#include "section.h"

enum { LISTED_MAX = 20000 };

struct listed {
    struct span name, description, run_as, consumer, workgroup, region, schema;
    bool is_system, is_hidden; /* hidden: the user has one of the same name */
    bool is_read_only, is_locked;
};

struct list {
    struct section_places places;
    struct ini_text user, system, drivers;
    struct listed *at;
    unsigned n;
    struct arena arena;
};

static struct span value_of(const struct ini_text *t, const struct ini_section *s,
                            enum setting_id id)
{
    struct span rest = span_part(buf_span(&t->text), s->from, s->to - s->from), key, value;

    while (ini_text_pair(&rest, &key, &value)) {
        if (keyword_find(key) == id) {
            return value;
        }
    }
    return NO_SPAN;
}

/* By the driver's section, whose library has our name, or by keys that only this driver has. */
static bool is_ours(const struct list *l, const struct ini_text *t, const struct ini_section *s)
{
    struct span driver = value_of(t, s, SETTING_DRIVER);
    const struct ini_section *section =
        driver.len > 0 ? ini_text_find(&l->drivers, driver, 0) : NULL;
    struct span library = section != NULL ? value_of(&l->drivers, section, SETTING_DRIVER) : driver;

    return span_find(library, SPAN("libathenaodbc")) < library.len;
}

static void take_file(struct list *l, const struct ini_text *t, bool is_system)
{
    for (unsigned i = 0; i < t->n && l->n < LISTED_MAX; i++) {
        const struct ini_section *s = &t->sections[i];
        if (!is_ours(l, t, s)) {
            continue;
        }
        struct span consumer = value_of(t, s, SETTING_CONSUMER_ACCOUNT_ROLE_ARN),
                    locked = value_of(t, s, SETTING_LOCKED_KEYS);
        struct span run_as = value_of(t, s, SETTING_RUN_AS_ROLE),
                    read_only = value_of(t, s, SETTING_READ_ONLY);
        l->at[l->n++] = (struct listed){
            .name = s->name,
            .description = value_of(t, s, SETTING_DESCRIPTION),
            .run_as = run_as,
            .consumer = consumer,
            .workgroup = value_of(t, s, SETTING_WORKGROUP),
            .region = value_of(t, s, SETTING_AWS_REGION),
            .schema = value_of(t, s, SETTING_SCHEMA),
            .is_system = is_system,
            .is_hidden = is_system && ini_text_find(&l->user, s->name, 0) != NULL,
            .is_read_only =
                span_equal(read_only, SPAN("1")) || span_equal_nocase(read_only, SPAN("true")),
            .is_locked = !span_equal_nocase(locked, SPAN("none")) &&
                         (locked.len > 0 || run_as.len > 0 || consumer.len > 0),
        };
    }
}

static struct span account_of(const struct listed *d)
{
    struct span role = d->consumer.len > 0 ? d->consumer : d->run_as;

    return role.len > 0 ? arn_account(role) : NO_SPAN;
}

static int by_account(const void *a, const void *b)
{
    const struct listed *left = a, *right = b;
    int order = span_compare(account_of(left), account_of(right));

    return order != 0 ? order : span_compare_nocase(left->name, right->name);
}

static bool load(struct list *l, struct fault *f)
{
    bool ok = section_places_find(&l->places, f);

    ok = ok && ini_text_read(&l->user, l->places.user, f) &&
         ini_text_read(&l->system, l->places.system, f) &&
         ini_text_read(&l->drivers, l->places.drivers, f);
    l->at = ok ? arena_take_array(&l->arena, (size_t)l->user.n + l->system.n + 1, sizeof(*l->at), f)
               : NULL;
    if (l->at == NULL) {
        return false;
    }
    take_file(l, &l->user, false);
    if (strcmp(l->user.path, l->system.path) != 0) {
        take_file(l, &l->system, true);
    }
    if (l->n > 1) {
        qsort(l->at, l->n, sizeof(*l->at), by_account);
    }
    return true;
}

static const char *origin_of(const struct listed *d)
{
    return d->is_hidden ? "system (hidden by the user's)" : d->is_system ? "system" : "user";
}

static int print_json(const struct list *l)
{
    struct buf out = { 0 };
    struct json_writer w = { .out = &out };

    json_open(&w, '{');
    json_string_member(&w, "user_file", span_of(l->places.user));
    json_string_member(&w, "system_file", span_of(l->places.system));
    json_name(&w, "data_sources");
    json_open(&w, '[');
    for (unsigned i = 0; i < l->n; i++) {
        const struct listed *d = &l->at[i];
        json_open(&w, '{');
        json_string_member(&w, "name", d->name);
        json_string_member(&w, "account", account_of(d));
        json_string_member(&w, "run_as_role", d->run_as);
        json_string_member(&w, "consumer_role", d->consumer);
        json_string_member(&w, "workgroup", d->workgroup);
        json_string_member(&w, "region", d->region);
        json_string_member(&w, "schema", d->schema);
        json_string_member(&w, "description", d->description);
        json_string_member(&w, "origin", span_of(d->is_system ? "system" : "user"));
        json_name(&w, "hidden");
        json_flag(&w, d->is_hidden);
        json_name(&w, "read_only");
        json_flag(&w, d->is_read_only);
        json_name(&w, "locked");
        json_flag(&w, d->is_locked);
        json_close(&w, '}');
    }
    json_close(&w, ']');
    json_close(&w, '}');
    int status = say_json(&w, STATUS_OK);
    buf_free(&out);
    return status;
}

static int print_table(const struct list *l)
{
    static const char *const head[] = { "ACCOUNT",     "DATA SOURCE", "CONSUMER ROLE", "WORKGROUP",
                                        "SCHEMA",      "REGION",      "GUARDS",        "FROM",
                                        "DESCRIPTION", NULL };
    struct table t;

    table_begin(&t, head);
    for (unsigned i = 0; i < l->n; i++) {
        const struct listed *d = &l->at[i];
        struct span account = account_of(d),
                    role = arn_role_name(d->consumer.len > 0 ? d->consumer : d->run_as);
        table_cell(&t, account.len > 0 ? account : SPAN("-"));
        table_cell(&t, d->name);
        table_cell(&t, role.len > 0 ? role : SPAN("-"));
        table_cell(&t, d->workgroup);
        table_cell(&t, d->schema);
        table_cell(&t, d->region);
        table_cell_c(&t, d->is_read_only && d->is_locked ? "locked, read only"
                         : d->is_read_only               ? "read only"
                         : d->is_locked                  ? "locked"
                                                         : "-");
        table_cell_c(&t, origin_of(d));
        table_cell(&t, d->description);
    }
    return table_print(&t, stdout) ? STATUS_OK : STATUS_FAILED;
}

static int run(const struct arguments *a)
{
    struct list l = { .n = 0 };
    struct fault f = { 0 };
    int status = !load(&l, &f)   ? say_fault(&f, wants_json(a))
                 : wants_json(a) ? print_json(&l)
                                 : print_table(&l);

    arena_free(&l.arena);
    ini_text_free(&l.user);
    ini_text_free(&l.system);
    ini_text_free(&l.drivers);
    return status;
}

const struct command command_dsn_list = {
    "dsn list", "", "Lists the data sources of this driver by account", 0, 0, NULL, run
};
