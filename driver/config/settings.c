/* Puts the sources of settings together: string over data source over the driver's section over
   defaults. */
#include "config/settings.h"

#include <string.h>

#include "config/dsn.h"
#include "config/govern.h"
#include "config/parse.h"
#include "config/suggest.h"
#include "config/validate.h"

/* Says what is wrong with a key nobody knows. A key near one that matters must not be skipped: the
   connection would run as somebody else, or unguarded. */
static bool unknown_key(struct span key, const char *where, struct notices *notices,
                        struct fault *f)
{
    struct span spelling = NO_SPAN;
    enum setting_id near = suggest_key(key, &spelling);
    int len = (int)(key.len < KEY_BYTES_MAX ? key.len : KEY_BYTES_MAX);

    if (near != SETTINGS_COUNT && keyword_is(near, KEYWORD_EXACT)) {
        return fault_set(
            f, FAULT_SETTING,
            "\"%.*s\" in %s is no key of this driver. Did you mean %.*s? Nothing was sent.", len,
            key.at, where, (int)spelling.len, spelling.at);
    }
    if (near != SETTINGS_COUNT) {
        notice_add(notices, FAULT_SETTING_WARNING,
                   "\"%.*s\" in %s is no key of this driver and was ignored. Did you mean %.*s?",
                   len, key.at, where, (int)spelling.len, spelling.at);
    } else {
        notice_add(notices, FAULT_SETTING_WARNING,
                   "\"%.*s\" in %s is no key of this driver and was ignored.", len, key.at, where);
    }
    return true;
}

bool layer_add(struct layer *l, const struct pair *pair, const char *where, struct notices *notices,
               struct fault *f)
{
    enum setting_id id = keyword_find(pair->key);

    if (id == SETTINGS_COUNT) {
        return unknown_key(pair->key, where, notices, f);
    }
    if (pair->value.len == 0) {
        return true;
    }
    if (span_is_null(l->text[id])) {
        l->text[id] = pair->value;
    } else if (!keyword_is(id, KEYWORD_MANAGER) && !span_equal(l->text[id], pair->value)) {
        notice_add(notices, FAULT_SETTING_WARNING,
                   "%s is given more than once in %s: the first value counts.", setting_name(id),
                   where);
    }
    return true;
}

/* DSN and DRIVER exclude each other: the one that comes first counts. */
static bool read_string(struct layers *layers, struct span string, struct arena *arena,
                        struct notices *notices, struct fault *f)
{
    struct span rest = span_trim(string);
    struct pair pair;
    enum pair_step step;

    while (rest.len > 0 && rest.at[rest.len - 1] == 0) {
        rest.len--;
    }
    while ((step = pair_next(&rest, arena, &pair, f)) == PAIR_GOT) {
        enum setting_id id = keyword_find(pair.key);
        bool has_source = layers->dsn_name.len > 0 || layers->driver_name.len > 0;

        if (id != SETTINGS_COUNT && !keyword_is(id, KEYWORD_MANAGER) &&
            span_starts(pair.value, SPAN("@/"))) {
            return fault_set(f, FAULT_SETTING,
                             "%s: a value in a file (@/...) is accepted from a data source only, "
                             "not from a connection string.",
                             setting_name(id));
        }
        if (id == SETTING_DSN && !has_source) {
            layers->dsn_name = pair.value;
        } else if (id == SETTING_DRIVER && !has_source) {
            layers->driver_name = pair.value;
        }
        if (!layer_add(&layers->string, &pair, "the connection string", notices, f)) {
            return false;
        }
    }
    return step == PAIR_END;
}

static bool read_input(struct layers *layers, const struct settings_input *in, struct arena *arena,
                       struct notices *notices, struct fault *f)
{
    struct span string;

    if (!span_is_null(in->connection_string)) {
        layers->string.origin = ORIGIN_STRING;
        if (in->connection_string.len > CONNECTION_STRING_BYTES_MAX) {
            return fault_ceiling(f, "connection string", CONNECTION_STRING_BYTES_MAX);
        }
        return arena_copy(arena, in->connection_string, &string, f) &&
               read_string(layers, string, arena, notices, f);
    }
    layers->string.origin = ORIGIN_CALL;
    if (!arena_copy(arena, in->dsn.len > 0 ? in->dsn : SPAN("DEFAULT"), &layers->dsn_name, f)) {
        return false;
    }
    if (in->user.len > 0 && !arena_copy(arena, in->user, &layers->string.text[SETTING_UID], f)) {
        return false;
    }
    return in->password.len == 0 ||
           arena_copy(arena, in->password, &layers->string.text[SETTING_PWD], f);
}

static bool validate_layer(struct layer *l, struct arena *arena, struct fault *f)
{
    for (unsigned i = 0; i < SETTINGS_COUNT; i++) {
        if (!span_is_null(l->text[i]) && !keyword_is((enum setting_id)i, KEYWORD_MANAGER) &&
            !validate_value((enum setting_id)i, l->text[i], arena, &l->text[i], f)) {
            return false;
        }
    }
    return true;
}

static void put(struct settings *s, const struct layer *l)
{
    for (unsigned i = 0; i < SETTINGS_COUNT; i++) {
        if (!span_is_null(l->text[i])) {
            s->at[i].text = l->text[i];
            s->at[i].origin = l->origin;
        }
    }
}

/* From the least to the most particular. What may not be overridden was refused before. */
static void put_together(struct settings *s, const struct layers *layers)
{
    for (unsigned i = 0; i < SETTINGS_COUNT; i++) {
        const char *otherwise = keyword_of((enum setting_id)i)->otherwise;

        s->at[i].text = otherwise[0] != 0 ? span_of(otherwise) : NO_SPAN;
        s->at[i].origin = ORIGIN_DEFAULT;
    }
    if (layers->n_drivers > 0) {
        put(s, &layers->driver[0]);
    }
    if (layers->has_dsn) {
        put(s, &layers->dsn);
    }
    put(s, &layers->string);
    span_to_c(layers->has_dsn ? layers->dsn_name : NO_SPAN, s->dsn, sizeof(s->dsn));
}

static bool load(struct settings *s, const struct settings_input *in, struct notices *notices,
                 struct fault *f)
{
    struct layers *layers = arena_take(&s->arena, sizeof(*layers), f);

    if (layers == NULL || !read_input(layers, in, &s->arena, notices, f)) {
        return false;
    }
    if (layers->dsn_name.len >= sizeof(s->dsn)) {
        return fault_set(f, FAULT_SETTING, "The name of the data source is longer than %zu bytes.",
                         sizeof(s->dsn) - 1);
    }
    if (!dsn_read(layers, in->manager_symbol, &s->arena, notices, f)) {
        return false;
    }
    for (unsigned i = 0; i < layers->n_drivers; i++) {
        if (!validate_layer(&layers->driver[i], &s->arena, f)) {
            return false;
        }
    }
    if (!validate_layer(&layers->dsn, &s->arena, f) ||
        !validate_layer(&layers->string, &s->arena, f) || !govern_sources(layers, notices, f)) {
        return false;
    }
    put_together(s, layers);
    return validate_together(s, notices, f) && govern_values(layers, s, f);
}

bool settings_load(struct settings *s, const struct settings_input *in, struct notices *notices,
                   struct fault *f)
{
    struct settings fresh = { .arena = { .is_secret = true } };

    if (!load(&fresh, in, notices, f)) {
        settings_free(&fresh);
        return false;
    }
    *s = fresh;
    return true;
}

void settings_free(struct settings *s)
{
    if (s != NULL) {
        arena_free(&s->arena);
        memset(s, 0, sizeof(*s));
    }
}

static bool complete_pairs(struct span string, struct arena *arena, struct buf *out,
                           struct fault *f)
{
    struct span rest = span_trim(string);
    bool is_given[SETTINGS_COUNT] = { false };
    struct pair pair;
    enum pair_step step;

    while ((step = pair_next(&rest, arena, &pair, f)) == PAIR_GOT) {
        enum setting_id id = keyword_find(pair.key);

        if (id == SETTINGS_COUNT || is_given[id]) {
            continue;
        }
        is_given[id] = true;
        if (!pair_print(span_of(setting_name(id)), pair.value, out, f)) {
            return false;
        }
    }
    return step == PAIR_END;
}

bool settings_completed(const struct settings *s, const struct settings_input *in, struct buf *out,
                        struct fault *f)
{
    struct arena scratch = { .is_secret = true };

    (void)s;
    if (span_is_null(in->connection_string)) {
        return pair_print(SPAN("DSN"), in->dsn, out, f) &&
               (in->user.len == 0 || pair_print(SPAN("UID"), in->user, out, f)) &&
               (in->password.len == 0 || pair_print(SPAN("PWD"), in->password, out, f));
    }
    bool ok = complete_pairs(in->connection_string, &scratch, out, f);

    arena_free(&scratch);
    return ok;
}
