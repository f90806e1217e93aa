/* athena-odbc dsn import: data sources from what `aws quicksight describe-data-source` or
   `list-data-sources` printed. Their external id is the data source's ARN. */
#include <string.h>

#include "aws/world.h"
#include "documents.h"
#include "say.h"
#include "section.h"

struct import {
    struct inventory inv;
    unsigned n_left_out;
    struct notices notices;
};

/* What a section's name may hold. */
static void name_of(struct span from, char *to, size_t room)
{
    span_to_c(from, to, room);
    for (char *c = to; *c != 0; c++) {
        bool ok = ascii_is_letter(*c) || ascii_is_digit(*c) || (unsigned char)*c >= 0x80 ||
                  strchr("-_. ", *c) != NULL;
        *c = !ok ? '-' : *c == ' ' ? '_' : *c;
    }
}

static struct span region_of(struct span arn)
{
    struct span part = NO_SPAN;

    for (int i = 0; i < 4 && !span_is_null(arn); i++) {
        part = span_next(&arn, ':');
    }
    return part;
}

static bool add(struct import *m, const char *key, struct span value, struct fault *f)
{
    return value.len == 0 || inventory_add(&m->inv, false, span_of(key), value, m->inv.n, f);
}

static bool take_source(struct import *m, const struct json *source, struct fault *f)
{
    const struct json *athena = json_path(source, "DataSourceParameters.AthenaParameters");
    struct span arn = json_text_of(source, "Arn"), id = json_text_of(source, "DataSourceId"),
                given = json_text_of(source, "Name");
    struct span run_as = json_text_of(athena, "RoleArn"),
                consumer = json_text_of(athena, "ConsumerAccountRoleArn");
    char name[128];

    if (!json_is_object(athena)) {
        m->n_left_out++;
        return true;
    }
    name_of(given.len > 0 ? given : id, name, sizeof(name));
    if (run_as.len == 0) {
        notice_add(&m->notices, FAULT_WARNING,
                   "%s names no RoleArn: the role that Quick has for the whole account cannot be "
                   "used from here; set RunAsRole to "
                   "one of your own.",
                   name);
    } else {
        notice_add(&m->notices, FAULT_WARNING,
                   "%s: when the trust policy of %.*s names quicksight.amazonaws.com alone, your "
                   "programs cannot assume it: make a "
                   "role of your own and set RunAsRole to it.",
                   name, (int)run_as.len, run_as.at);
    }
    return inventory_begin(&m->inv, m->inv.n + 1, f) && add(m, "name", span_of(name), f) &&
           add(m, "Description", given, f) && add(m, "AwsRegion", region_of(arn), f) &&
           add(m, "Workgroup", json_text_of(athena, "WorkGroup"), f) &&
           add(m, "RunAsRole", run_as, f) && add(m, "ConsumerAccountRoleArn", consumer, f) &&
           (consumer.len == 0 || add(m, "ExternalId", arn, f));
}

static bool take_document(struct import *m, const struct json *document, struct fault *f)
{
    const struct json *one = json_member(document, "DataSource"),
                      *many = json_member(document, "DataSources");
    bool ok = true;

    if (!json_is_object(one) && !json_is_array(many)) {
        return fault_set(f, FAULT_SETTING,
                         "%s: there is neither DataSource nor DataSources: give the output of aws "
                         "quicksight describe-data-source or "
                         "list-data-sources.",
                         m->inv.path);
    }
    if (json_is_object(one)) {
        ok = take_source(m, one, f);
    }
    for (size_t i = 0; ok && i < json_length(many); i++) {
        ok = take_source(m, json_at(many, i), f);
    }
    return ok && inventory_finish(&m->inv, f);
}

static bool load(struct import *m, const char *path, struct fault *f)
{
    static const struct creds_world here = { 0 };
    struct buf text = { .ceiling = INVENTORY_FILE_MAX };
    struct json *document = NULL;

    *m = (struct import){ .inv = { .arena = { .is_secret = true } } };
    span_to_c(span_of(path), m->inv.path, sizeof(m->inv.path));
    enum world_file found = world_read(&here, path, &text, f);
    bool ok = found == WORLD_FILE_READ;
    if (found == WORLD_FILE_MISSING) {
        fault_set(f, FAULT_SETTING, "There is no file %s.", path);
    }
    ok = ok && json_parse(buf_span(&text), &document, f) && take_document(m, document, f);
    if (!ok) {
        f->kind = FAULT_SETTING;
    }
    json_free(document);
    buf_free(&text);
    return ok;
}

static bool make_sections(const struct import *m, struct buf *out, struct fault *f)
{
    for (unsigned i = 0; i < m->inv.n; i++) {
        if ((i > 0 && !buf_add_byte(out, '\n', f)) || !section_print(&m->inv.at[i], NULL, out, f)) {
            return false;
        }
    }
    return true;
}

static bool append(const struct import *m, const char *path, struct span sections, struct fault *f)
{
    struct ini_text t;
    bool ok = ini_text_read(&t, path, f);

    for (unsigned i = 0; ok && i < m->inv.n; i++) {
        struct span name = m->inv.at[i].word[WORD_NAME];
        if (ini_text_find(&t, name, 0) != NULL) {
            ok = fault_set(f, FAULT_SETTING,
                           "%s already has a data source [%.*s]; nothing was written.", path,
                           (int)name.len, name.at);
        }
    }
    bool needs_blank = ok && t.text.len > 0;
    ok = ok && (!needs_blank || ini_text_replace(&t, t.text.len, t.text.len, SPAN("\n"), f)) &&
         ini_text_replace(&t, t.text.len, t.text.len, sections, f) && ini_text_write(&t, f);
    ini_text_free(&t);
    return ok;
}

static int print_json(const struct import *m)
{
    struct buf out = { 0 };
    struct json_writer w = { .out = &out };

    json_open(&w, '{');
    json_name(&w, "data_sources");
    json_open(&w, '[');
    for (unsigned i = 0; i < m->inv.n; i++) {
        const struct inventory_spoke *s = &m->inv.at[i];
        json_open(&w, '{');
        json_string_member(&w, "name", s->word[WORD_NAME]);
        for (unsigned k = 0; k < SETTINGS_COUNT; k++) {
            json_string_member(&w, setting_name((enum setting_id)k), s->text[k]);
        }
        json_close(&w, '}');
    }
    json_close(&w, ']');
    json_name(&w, "left_out");
    json_number(&w, m->n_left_out);
    json_name(&w, "warnings");
    json_open(&w, '[');
    for (unsigned i = 0; i < m->notices.n; i++) {
        json_string(&w, span_of(m->notices.at[i].text));
    }
    json_close(&w, ']');
    json_close(&w, '}');
    int status = say_json(&w, STATUS_OK);
    buf_free(&out);
    return status;
}

static int run(const struct arguments *a)
{
    struct import m;
    struct fault f = { 0 };
    struct buf sections = { .is_secret = true };
    const char *into = option_value(a, "--into");
    bool ok = load(&m, a->at[0], &f) && make_sections(&m, &sections, &f) &&
              (into == NULL || append(&m, into, buf_span(&sections), &f));
    int status = STATUS_OK;

    if (!ok) {
        status = say_fault(&f, wants_json(a));
    } else if (wants_json(a)) {
        status = print_json(&m);
    } else {
        if (into == NULL) {
            fwrite(buf_span(&sections).at, 1, sections.len, stdout);
            fflush(stdout);
        } else {
            printf("%s: %u data source%s added\n", into, m.inv.n, m.inv.n == 1 ? "" : "s");
        }
        say_notices(&m.notices);
        if (m.n_left_out > 0) {
            fprintf(stderr, "%u data source%s of other kinds than Athena left out\n", m.n_left_out,
                    m.n_left_out == 1 ? "" : "s");
        }
    }
    buf_free(&sections);
    inventory_free(&m.inv);
    return status;
}

static const struct option options[] = {
    { "--into", "FILE", "append to this odbc.ini instead of printing" }, { NULL, NULL, NULL }
};

const struct command command_dsn_import = {
    "dsn import", "FILE", "Makes data sources from Amazon Quick's", 1, 1, options, run
};
