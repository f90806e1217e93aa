/* Reads the shared configuration files. One pass over the lines; the rules are those of the SDKs'
   common test vectors. */
#include "aws/profile.h"

#include <stdio.h>
#include <string.h>

struct profile_property {
    struct span name, value; /* a block of sub-properties: "\nname = value" for each */
    struct profile_property *next;
};

/* Where the reader stands. */
struct reader {
    struct profile_set *set;
    struct profile_section *file_sections; /* of this file only */
    enum profile_file file;
    const char *path;
    unsigned line;
    struct profile_section *section;   /* NULL before the first */
    bool is_ignored;                   /* the section's properties go nowhere */
    struct profile_property *property; /* what a continuation belongs to */
    bool is_property_ignored;
    bool has_property;
    struct fault *f;
};

static bool bad_line(struct reader *r, const char *what)
{
    return fault_set(r->f, FAULT_CREDENTIALS,
                     "%s, line %u: %s. The whole file is refused; mend that line.", r->path,
                     r->line, what);
}

static bool is_name_character(char c)
{
    return ascii_is_letter(c) || ascii_is_digit(c) || (c != 0 && strchr("-_/.%@:+", c) != NULL);
}

static bool is_name(struct span s)
{
    for (size_t i = 0; i < s.len; i++) {
        if (!is_name_character(s.at[i])) {
            return false;
        }
    }
    return s.len > 0;
}

/* A name as the command line tool writes it when it contains blanks: "between quotes". */
static bool take_quotes(struct span *name)
{
    if (name->len > 2 && (name->at[0] == '"' || name->at[0] == '\'') &&
        name->at[name->len - 1] == name->at[0]) {
        *name = span_part(*name, 1, name->len - 2);
        return span_find_byte(*name, '"') == name->len && span_find_byte(*name, '\'') == name->len;
    }
    return false;
}

/* Cuts a word and the blanks behind it off *s. */
static bool take_prefix(struct span *s, const char *word)
{
    struct span prefix = span_of(word);

    if (!span_starts(*s, prefix) || s->len == prefix.len || !ascii_is_blank(s->at[prefix.len])) {
        return false;
    }
    *s = span_trim(span_from(*s, prefix.len));
    return true;
}

/* What a section header means; false: the section is to be ignored. */
static bool classify(const struct reader *r, struct span inner, enum profile_kind *kind,
                     struct span *name, bool *is_prefixed)
{
    *kind = PROFILE_NAMED;
    *is_prefixed = false;
    if (r->file == PROFILE_CREDENTIALS) {
        *name = inner;
        return is_name(inner) || take_quotes(name);
    }
    if (take_prefix(&inner, "profile")) {
        *is_prefixed = true;
    } else if (take_prefix(&inner, "sso-session")) {
        *kind = PROFILE_SSO_SESSION;
    } else if (take_prefix(&inner, "services")) {
        *kind = PROFILE_SERVICES;
    } else if (!span_equal(inner, SPAN("default"))) {
        return false;
    }
    *name = inner;
    return is_name(inner) || take_quotes(name);
}

static struct profile_section *find_in(struct profile_section *list, enum profile_kind kind,
                                       struct span name)
{
    for (; list != NULL; list = list->next) {
        if (list->kind == kind && span_equal(list->name, name)) {
            return list;
        }
    }
    return NULL;
}

static struct profile_section *section_of(struct profile_set *set, struct profile_section **list,
                                          enum profile_kind kind, struct span name, struct fault *f)
{
    struct profile_section *s = find_in(*list, kind, name);

    if (s != NULL) {
        return s;
    }
    s = arena_take(&set->arena, sizeof(*s), f);
    if (s == NULL || !arena_copy(&set->arena, name, &s->name, f)) {
        return NULL;
    }
    s->kind = kind;
    s->next = *list;
    *list = s;
    return s;
}

static bool read_header(struct reader *r, struct span line)
{
    size_t end = span_find_byte(line, ']');
    struct span behind, name;
    enum profile_kind kind;
    bool is_prefixed;

    if (end == line.len) {
        return bad_line(r, "a section header has no closing bracket");
    }
    behind = span_trim(span_from(line, end + 1));
    if (behind.len > 0 && behind.at[0] != '#' && behind.at[0] != ';') {
        return bad_line(r, "there is text behind a section header");
    }
    r->property = NULL;
    r->has_property = false;
    r->is_ignored =
        !classify(r, span_trim(span_part(line, 1, end - 1)), &kind, &name, &is_prefixed);
    if (r->is_ignored) {
        r->section = NULL;
        return true;
    }
    r->section = section_of(r->set, &r->file_sections, kind, name, r->f);
    if (r->section == NULL) {
        return false;
    }
    if (is_prefixed && !r->section->is_prefixed) {
        /* Only [default] can have been here before without the prefix, and [profile default] stands
           over it. */
        r->section->properties = NULL;
        r->section->is_prefixed = true;
    } else if (r->section->is_prefixed && !is_prefixed) {
        r->is_ignored = true;
    }
    return true;
}

static struct profile_property *find_property(const struct profile_section *s, struct span name)
{
    struct profile_property *p = s != NULL ? s->properties : NULL;

    while (p != NULL && !span_equal(p->name, name)) {
        p = p->next;
    }
    return p;
}

/* name in any case; the property is made or overwritten. */
static struct profile_property *put(struct profile_set *set, struct profile_section *s,
                                    struct span name, struct span value, struct fault *f)
{
    struct span own = NO_SPAN, text = NO_SPAN;

    if (!arena_copy(&set->arena, name, &own, f) || !arena_copy(&set->arena, value, &text, f)) {
        return NULL;
    }
    for (size_t i = 0; i < own.len; i++) {
        ((char *)own.at)[i] = ascii_lower(own.at[i]);
    }
    struct profile_property *p = find_property(s, own);
    if (p == NULL) {
        p = arena_take(&set->arena, sizeof(*p), f);
        if (p == NULL) {
            return NULL;
        }
        p->name = own;
        p->next = s->properties;
        s->properties = p;
    }
    p->value = text;
    return p;
}

/* Without an inline comment: # or ; behind a blank. */
static struct span without_comment(struct span value)
{
    for (size_t i = 1; i < value.len; i++) {
        if ((value.at[i] == '#' || value.at[i] == ';') &&
            (value.at[i - 1] == ' ' || value.at[i - 1] == '\t')) {
            return span_trim(span_part(value, 0, i));
        }
    }
    return span_trim(value);
}

static bool read_property(struct reader *r, struct span line)
{
    size_t equals = span_find_byte(line, '=');

    if (r->section == NULL && !r->is_ignored) {
        return bad_line(r, "a property stands before the first section");
    }
    if (equals == line.len) {
        return bad_line(r, "expected an = sign that defines a property");
    }
    struct span name = span_trim(span_part(line, 0, equals));
    if (name.len == 0) {
        return bad_line(r, "a property has no name");
    }
    r->has_property = true;
    r->is_property_ignored = r->is_ignored || !is_name(name);
    r->property = NULL;
    if (r->is_property_ignored) {
        return true;
    }
    r->property = put(r->set, r->section, name, without_comment(span_from(line, equals + 1)), r->f);
    return r->property != NULL;
}

/* Appends "\n" and text to a property's value. */
static bool extend(struct reader *r, struct span text)
{
    struct span old = r->property->value;
    char *to = arena_take(&r->set->arena, old.len + text.len + 2, r->f);

    if (to == NULL) {
        return false;
    }
    memcpy(to, old.at, old.len);
    to[old.len] = '\n';
    memcpy(to + old.len + 1, text.at, text.len);
    r->property->value = (struct span){ to, old.len + 1 + text.len };
    return true;
}

static bool read_continuation(struct reader *r, struct span line)
{
    struct span text = span_trim(line);

    if (!r->has_property) {
        return r->is_ignored ? true : bad_line(r, "expected a property, found a continuation");
    }
    if (r->is_property_ignored) {
        return true;
    }
    bool has_subs = r->property->value.len == 0 || r->property->value.at[0] == '\n';
    if (has_subs) {
        size_t equals = span_find_byte(text, '=');
        if (equals == text.len) {
            return bad_line(r, "expected an = sign that defines a sub-property");
        }
        if (span_trim(span_part(text, 0, equals)).len == 0) {
            return bad_line(r, "a sub-property has no name");
        }
    }
    return extend(r, text);
}

static bool read_line(struct reader *r, struct span line)
{
    if (line.len > 0 && line.at[line.len - 1] == '\r') {
        line.len--;
    }
    if (span_trim(line).len == 0 || line.at[0] == '#' || line.at[0] == ';') {
        return true;
    }
    if (line.at[0] == '[') {
        return read_header(r, line);
    }
    return line.at[0] == ' ' || line.at[0] == '\t' ? read_continuation(r, line)
                                                   : read_property(r, line);
}

/* The sections of one file over those of the files before it. Both lists are built back to
   front. */
static bool merge(struct profile_set *set, const struct profile_section *from, struct fault *f)
{
    for (; from != NULL; from = from->next) {
        struct profile_section *to = section_of(set, &set->sections, from->kind, from->name, f);
        if (to == NULL) {
            return false;
        }
        for (const struct profile_property *p = from->properties; p != NULL; p = p->next) {
            if (put(set, to, p->name, p->value, f) == NULL) {
                return false;
            }
        }
    }
    return true;
}

bool profile_parse(struct profile_set *set, enum profile_file file, const char *path,
                   struct span text, struct fault *f)
{
    struct reader r = { .set = set, .file = file, .path = path, .f = f };
    struct span rest = text;

    set->arena.is_secret = true;
    if (span_starts(rest, SPAN("\xef\xbb\xbf"))) {
        rest = span_from(rest, 3);
    }
    while (!span_is_null(rest)) {
        r.line++;
        if (!read_line(&r, span_next(&rest, '\n'))) {
            return false;
        }
    }
    return merge(set, r.file_sections, f);
}

void profile_set_free(struct profile_set *set)
{
    if (set != NULL) {
        arena_free(&set->arena);
        set->sections = NULL;
    }
}

const struct profile_section *profile_find(const struct profile_set *set, enum profile_kind kind,
                                           struct span name)
{
    return find_in(set->sections, kind, name);
}

struct span profile_get(const struct profile_section *section, const char *name)
{
    const struct profile_property *p = find_property(section, span_of(name));

    return p != NULL ? p->value : NO_SPAN;
}

struct span profile_get_nested(const struct profile_section *section, struct span name,
                               const char *sub)
{
    const struct profile_property *p = find_property(section, name);
    struct span found = NO_SPAN;

    if (p == NULL || p->value.len == 0 || p->value.at[0] != '\n') {
        return NO_SPAN;
    }
    for (struct span rest = span_from(p->value, 1); !span_is_null(rest);) {
        struct span line = span_next(&rest, '\n');
        size_t equals = span_find_byte(line, '=');
        if (equals < line.len &&
            span_equal_nocase(span_trim(span_part(line, 0, equals)), span_of(sub))) {
            found = span_trim(span_from(line, equals + 1));
        }
    }
    return found;
}

bool profile_is_true(const struct profile_section *section, const char *name)
{
    struct span value = profile_get(section, name);

    return !span_is_null(value) && span_equal_nocase(value, SPAN("true"));
}

void profile_each(const struct profile_section *section,
                  void (*each)(struct span name, struct span value, void *context), void *context)
{
    for (const struct profile_property *p = section->properties; p != NULL; p = p->next) {
        each(p->name, p->value, context);
    }
}

void profile_default_name(const struct creds_world *w, char *to, size_t room)
{
    if (!world_env(w, "AWS_PROFILE", to, room)) {
        span_to_c(SPAN("default"), to, room);
    }
}

static bool locate_one(const struct creds_world *w, const char *variable, const char *file,
                       char *to, struct fault *f)
{
    char given[WORLD_TEXT_MAX], home[WORLD_TEXT_MAX];

    if (world_env(w, variable, given, sizeof(given))) {
        return world_expand(w, span_of(given), to, WORLD_TEXT_MAX)
                   ? true
                   : fault_set(f, FAULT_CREDENTIALS, "%s=%.300s names no usable path.", variable,
                               given);
    }
    to[0] = 0;
    if (world_home(w, home, sizeof(home))) {
        char slash = w->has_windows_names ? '\\' : '/';
        snprintf(to, WORLD_TEXT_MAX, "%.900s%c.aws%c%s", home, slash, slash, file);
    }
    return true;
}

bool profile_locate(const struct creds_world *w, struct profile_set *set, struct fault *f)
{
    return locate_one(w, "AWS_CONFIG_FILE", "config", set->config_path, f) &&
           locate_one(w, "AWS_SHARED_CREDENTIALS_FILE", "credentials", set->credentials_path, f);
}

static bool load_one(const struct creds_world *w, struct profile_set *set, enum profile_file file,
                     const char *path, struct fault *f)
{
    struct buf text = { .ceiling = WORLD_FILE_MAX + 16384, .is_secret = true };
    bool ok = true;

    if (path[0] != 0) {
        enum world_file got = world_read(w, path, &text, f);
        ok = got == WORLD_FILE_MISSING ||
             (got == WORLD_FILE_READ && profile_parse(set, file, path, buf_span(&text), f));
    }
    buf_free(&text);
    return ok;
}

bool profile_load(const struct creds_world *w, struct profile_set *set, struct fault *f)
{
    set->arena.is_secret = true;
    return profile_locate(w, set, f) && load_one(w, set, PROFILE_CONFIG, set->config_path, f) &&
           load_one(w, set, PROFILE_CREDENTIALS, set->credentials_path, f);
}
