/* What the three forms of an inventory have in common. */
#include "inventory.h"

#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "aws/world.h"
#include "config/dsn.h"
#include "config/govern.h"
#include "config/suggest.h"
#include "config/validate.h"

static const char *const words[INVENTORY_WORDS] = { "name", "account", "role", "partition" };

bool inventory_begin(struct inventory *inv, unsigned line, struct fault *f)
{
    if (inv->n == INVENTORY_SPOKES_MAX) {
        return fault_ceiling(f, "spokes of an inventory", INVENTORY_SPOKES_MAX);
    }
    if (inv->n == inv->room) {
        unsigned room = inv->room > 0 ? inv->room * 2 : 64;
        struct inventory_spoke *more = arena_take_array(&inv->arena, room, sizeof(*more), f);
        if (more == NULL) {
            return false;
        }
        if (inv->n > 0) {
            memcpy(more, inv->at, inv->n * sizeof(*more));
        }
        inv->at = more;
        inv->room = room;
    }
    inv->at[inv->n++] = (struct inventory_spoke){ .line = line };
    return true;
}

static bool unknown(const struct inventory *inv, struct span key, unsigned line, struct fault *f)
{
    struct span near = NO_SPAN;
    bool has_near = suggest_key(key, &near) != SETTINGS_COUNT;

    return fault_set(f, FAULT_SETTING, "%s:%u: \"%.*s\" is no key. %s%.*s%s", inv->path, line,
                     (int)(key.len < 100 ? key.len : 100), key.at,
                     has_near ? "Did you mean "
                              : "There are name, account, role, partition and the driver's own",
                     has_near ? (int)near.len : 0, has_near ? near.at : "", has_near ? "?" : ".");
}

bool inventory_add(struct inventory *inv, bool to_defaults, struct span key, struct span value,
                   unsigned line, struct fault *f)
{
    struct inventory_spoke *spoke = to_defaults ? &inv->defaults : &inv->at[inv->n - 1];
    struct span *slot = NULL;
    enum setting_id id = keyword_find(key);

    for (unsigned i = 0; i < INVENTORY_WORDS; i++) {
        slot = span_equal_nocase(key, span_of(words[i])) ? &spoke->word[i] : slot;
    }
    if (slot == NULL && id == SETTINGS_COUNT) {
        return unknown(inv, key, line, f);
    }
    if (slot == NULL && keyword_is(id, KEYWORD_DRIVER_ONLY)) {
        return fault_set(
            f, FAULT_SETTING,
            "%s:%u: %s belongs into the driver's section of odbcinst.ini, not to a spoke.",
            inv->path, line, setting_name(id));
    }
    slot = slot != NULL ? slot : &spoke->text[id];
    value = span_trim(value);
    if (value.len == 0) {
        return true;
    }
    for (size_t i = 0; i < value.len; i++) {
        if ((unsigned char)value.at[i] < 0x20 || value.at[i] == 0x7f) {
            return fault_set(f, FAULT_SETTING,
                             "%s:%u: the value of %.*s holds a control character or a line break.",
                             inv->path, line, (int)key.len, key.at);
        }
    }
    if (!span_is_null(*slot)) {
        return fault_set(f, FAULT_SETTING, "%s:%u: %.*s is given twice.", inv->path, line,
                         (int)key.len, key.at);
    }
    return arena_copy(&inv->arena, value, slot, f);
}

/* {name} and {account}; other braces are the driver's. */
static bool expand(struct inventory *inv, const struct inventory_spoke *s, struct span *value,
                   struct fault *f)
{
    struct buf out = { .ceiling = 128 * 1024, .is_secret = true };
    struct span rest = *value;
    bool ok = true;

    if (span_find(rest, SPAN("{name}")) == rest.len &&
        span_find(rest, SPAN("{account}")) == rest.len) {
        return true;
    }
    while (ok && rest.len > 0) {
        bool is_name = span_starts(rest, SPAN("{name}")),
             is_account = span_starts(rest, SPAN("{account}"));
        struct span by = is_name      ? s->word[WORD_NAME]
                         : is_account ? s->word[WORD_ACCOUNT]
                                      : span_part(rest, 0, 1);

        if (span_is_null(by)) {
            ok = fault_set(f, FAULT_SETTING, "%s:%u: {account} is used, but no account is given.",
                           inv->path, s->line);
        }
        ok = ok && buf_add(&out, by, f);
        rest = span_from(rest, is_name ? 6 : is_account ? 9 : 1);
    }
    ok = ok && arena_copy(&inv->arena, buf_span(&out), value, f);
    buf_free(&out);
    return ok;
}

static bool is_account(struct span s)
{
    for (size_t i = 0; i < s.len; i++) {
        if (!ascii_is_digit(s.at[i])) {
            return false;
        }
    }
    return s.len == 12;
}

/* account and role stand for the role's ARN; the ARN tells the account. */
static bool fill_role(struct inventory *inv, struct inventory_spoke *s, struct fault *f)
{
    struct span *arn = &s->text[SETTING_CONSUMER_ACCOUNT_ROLE_ARN], account = s->word[WORD_ACCOUNT],
                role = s->word[WORD_ROLE];
    struct span partition = s->word[WORD_PARTITION].len > 0 ? s->word[WORD_PARTITION] : SPAN("aws");
    struct buf out = { .ceiling = 4096 };

    if (account.len > 0 && !is_account(account)) {
        return fault_set(f, FAULT_SETTING,
                         "%s:%u: account has twelve digits; quote it where leading zeros get lost.",
                         inv->path, s->line);
    }
    if (span_is_null(*arn) && account.len > 0 && role.len > 0) {
        bool ok =
            buf_add_format(&out, f, "arn:%.*s:iam::%.*s:role/%.*s", (int)partition.len,
                           partition.at, (int)account.len, account.at, (int)role.len, role.at) &&
            arena_copy(&inv->arena, buf_span(&out), arn, f);
        buf_free(&out);
        return ok;
    }
    if (account.len == 0 && arn->len > 0) {
        struct span rest = *arn, part = NO_SPAN;
        for (int i = 0; i < 5 && !span_is_null(rest); i++) {
            part = span_next(&rest, ':');
        }
        s->word[WORD_ACCOUNT] = is_account(part) ? part : NO_SPAN;
    }
    return true;
}

static bool check_values(struct inventory *inv, struct inventory_spoke *s, struct fault *f)
{
    struct fault why = { 0 };

    for (unsigned i = 0; i < SETTINGS_COUNT; i++) {
        enum setting_id id = (enum setting_id)i;
        if (span_is_null(s->text[i]) || keyword_is(id, KEYWORD_MANAGER) ||
            span_starts(s->text[i], SPAN("@/"))) {
            continue;
        }
        if (!validate_value(id, s->text[i], &inv->arena, &s->text[i], &why)) {
            return fault_set(f, FAULT_SETTING, "%s:%u: %.400s", inv->path, s->line, why.text);
        }
    }
    return true;
}

static bool check_name(struct inventory *inv, const struct inventory_spoke *s, struct fault *f)
{
    struct span name = s->word[WORD_NAME];
    bool ok = name.len > 0 && name.len < 128;

    for (size_t i = 0; i < name.len; i++) {
        ok = ok && strchr("[]{}();,?*=!@\\", name.at[i]) == NULL;
    }
    return ok || fault_set(f, FAULT_SETTING,
                           "%s:%u: a spoke needs a name of at most 127 bytes without any of "
                           "[]{}();,?*=!@\\ in it.",
                           inv->path, s->line);
}

static bool finish_spoke(struct inventory *inv, struct inventory_spoke *s, struct fault *f)
{
    for (unsigned i = 0; i < INVENTORY_WORDS; i++) {
        s->word[i] = span_is_null(s->word[i]) ? inv->defaults.word[i] : s->word[i];
    }
    for (unsigned i = 0; i < SETTINGS_COUNT; i++) {
        s->text[i] = span_is_null(s->text[i]) ? inv->defaults.text[i] : s->text[i];
    }
    if (span_is_null(s->text[SETTING_DRIVER])) {
        s->text[SETTING_DRIVER] = SPAN("Athena");
    }
    if (!check_name(inv, s, f) || !expand(inv, s, &s->word[WORD_ROLE], f) ||
        !fill_role(inv, s, f)) {
        return false;
    }
    for (unsigned i = 0; i < SETTINGS_COUNT; i++) {
        if (s->text[i].len > 0 && !expand(inv, s, &s->text[i], f)) {
            return false;
        }
    }
    return check_values(inv, s, f);
}

static int by_name(const void *a, const void *b)
{
    const struct inventory_spoke *left = a, *right = b;
    int order = span_compare_nocase(left->word[WORD_NAME], right->word[WORD_NAME]);

    return order != 0 ? order : left->line < right->line ? -1 : left->line > right->line;
}

bool inventory_finish(struct inventory *inv, struct fault *f)
{
    for (unsigned i = 0; i < inv->n; i++) {
        if (!finish_spoke(inv, &inv->at[i], f)) {
            return false;
        }
    }
    if (inv->n > 1) {
        qsort(inv->at, inv->n, sizeof(*inv->at), by_name);
    }
    for (unsigned i = 1; i < inv->n; i++) {
        struct span name = inv->at[i].word[WORD_NAME];
        if (span_equal_nocase(name, inv->at[i - 1].word[WORD_NAME])) {
            return fault_set(f, FAULT_SETTING, "%s: two spokes are named \"%.*s\" (%u and %u).",
                             inv->path, (int)name.len, name.at, inv->at[i - 1].line,
                             inv->at[i].line);
        }
    }
    return true;
}

static bool read_file(struct inventory *inv, const char *path, struct buf *out, struct fault *f)
{
    static const struct creds_world here = { 0 };
    struct stat st;

    if (stat(path, &st) == 0) {
        inv->is_by_root = st.st_uid == 0 && (st.st_mode & (S_IWGRP | S_IWOTH)) == 0;
    }
    switch (world_read(&here, path, out, f)) {
    case WORLD_FILE_READ:
        return true;
    case WORLD_FILE_MISSING:
        return fault_set(f, FAULT_SETTING, "There is no inventory %s.", path);
    default:
        f->kind = FAULT_SETTING;
        return false;
    }
}

bool inventory_load(struct inventory *inv, const char *path, struct fault *f)
{
    static const struct {
        const char *ending;
        bool (*read)(struct inventory *, struct span, struct fault *);
    } forms[] = {
        { ".csv", inventory_read_csv },
        { ".json", inventory_read_json },
        { ".yaml", inventory_read_yaml },
        { ".yml", inventory_read_yaml },
    };
    struct buf text = { .ceiling = INVENTORY_FILE_MAX, .is_secret = true };
    bool ok = false, is_known = false;

    *inv = (struct inventory){ .arena = { .is_secret = true } };
    span_to_c(span_of(path), inv->path, sizeof(inv->path));
    for (size_t i = 0; i < sizeof(forms) / sizeof(forms[0]) && !is_known; i++) {
        is_known = span_ends(span_of(path), span_of(forms[i].ending));
        if (is_known) {
            ok = read_file(inv, path, &text, f) && forms[i].read(inv, buf_span(&text), f) &&
                 inventory_finish(inv, f);
        }
    }
    buf_free(&text);
    return is_known ? ok
                    : fault_set(f, FAULT_SETTING, "%s: an inventory is named .yaml, .json or .csv.",
                                path);
}

void inventory_free(struct inventory *inv)
{
    arena_free(&inv->arena);
}

const struct inventory_spoke *inventory_find(const struct inventory *inv, struct span name)
{
    for (unsigned i = 0; i < inv->n; i++) {
        if (span_equal_nocase(inv->at[i].word[WORD_NAME], name)) {
            return &inv->at[i];
        }
    }
    return NULL;
}

/* The row as a data source under the driver's section, as settings_load would have read it from
 * odbc.ini. */
static bool fill_layers(const struct inventory *inv, const struct inventory_spoke *spoke,
                        struct layers *layers, struct settings *s, struct notices *notices,
                        struct fault *f)
{
    layers->driver_name = spoke->text[SETTING_DRIVER];
    layers->string.origin = ORIGIN_STRING;
    if (!dsn_read(layers, NULL, &s->arena, notices, f)) {
        return false;
    }
    layers->has_dsn = true;
    layers->dsn_name = spoke->word[WORD_NAME];
    layers->dsn.origin = inv->is_by_root ? ORIGIN_SYSTEM_DSN : ORIGIN_USER_DSN;
    for (unsigned i = 0; i < SETTINGS_COUNT; i++) {
        enum setting_id id = (enum setting_id)i;
        struct span text = spoke->text[i];
        bool is_file = span_starts(text, SPAN("@/")) && !keyword_is(id, KEYWORD_MANAGER);

        if (!span_is_null(text) &&
            !(is_file
                  ? dsn_file_value(id, span_from(text, 1), &s->arena, &layers->dsn.text[i], f) &&
                        validate_value(id, layers->dsn.text[i], &s->arena, &layers->dsn.text[i], f)
                  : arena_copy(&s->arena, text, &layers->dsn.text[i], f))) {
            return false;
        }
    }
    for (unsigned n = 0; n < layers->n_drivers; n++) {
        for (unsigned i = 0; i < SETTINGS_COUNT; i++) {
            struct span *text = &layers->driver[n].text[i];
            if (!span_is_null(*text) && !keyword_is((enum setting_id)i, KEYWORD_MANAGER) &&
                !validate_value((enum setting_id)i, *text, &s->arena, text, f)) {
                return false;
            }
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

bool inventory_settings(const struct inventory *inv, const struct inventory_spoke *spoke,
                        struct settings *out, struct notices *notices, struct fault *f)
{
    struct settings s = { .arena = { .is_secret = true } };
    struct layers *layers = arena_take(&s.arena, sizeof(*layers), f);
    bool ok = layers != NULL && fill_layers(inv, spoke, layers, &s, notices, f) &&
              govern_sources(layers, notices, f);

    if (ok) {
        for (unsigned i = 0; i < SETTINGS_COUNT; i++) {
            const char *otherwise = keyword_of((enum setting_id)i)->otherwise;
            s.at[i].text = otherwise[0] != 0 ? span_of(otherwise) : NO_SPAN;
        }
        if (layers->n_drivers > 0) {
            put(&s, &layers->driver[0]);
        }
        put(&s, &layers->dsn);
        span_to_c(layers->dsn_name, s.dsn, sizeof(s.dsn));
        ok = validate_together(&s, notices, f) && govern_values(layers, &s, f);
    }
    if (!ok) {
        settings_free(&s);
        return false;
    }
    *out = s;
    return true;
}
