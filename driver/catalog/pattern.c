/* LIKE without recursion: one place to go back to is enough, because a later % makes an earlier one
   final. */
#include "catalog/pattern.h"

#include "base/utf.h"

bool pattern_parse(struct span text, struct arena *arena, struct pattern *out, struct fault *f)
{
    struct buf b = { .ceiling = 1024 * 1024 };
    size_t i = 0;
    bool ok = true;

    *out = (struct pattern){ .kind = PATTERN_ANY, .prefix = SPAN("") };
    if (span_is_null(text) || text.len == 0)
        return true;
    for (; ok && i < text.len && text.at[i] != '%' && text.at[i] != '_'; i++) {
        if (text.at[i] == '\\' && i + 1 < text.len &&
            (text.at[i + 1] == '%' || text.at[i + 1] == '_' || text.at[i + 1] == '\\'))
            i++;
        ok = buf_add_byte(&b, text.at[i], f);
    }
    ok = ok && arena_copy(arena, buf_span(&b), &out->prefix, f);
    buf_free(&b);
    if (!ok)
        return false;
    if (i >= text.len) {
        out->kind = PATTERN_EXACT;
        out->text = out->prefix;
    } else if (!span_equal(text, SPAN("%"))) {
        out->kind = PATTERN_LIKE;
        return arena_copy(arena, text, &out->text, f);
    }
    return true;
}

bool pattern_identifier(struct span text, struct arena *arena, struct pattern *out, struct fault *f)
{
    struct buf b = { .ceiling = 1024 * 1024 };
    struct span name = span_trim_right(text);
    bool ok = true;

    if (name.len >= 2 && name.at[0] == '"' && name.at[name.len - 1] == '"') {
        for (size_t i = 1; ok && i + 1 < name.len; i++) {
            ok = buf_add_byte(&b, name.at[i], f);
            if (name.at[i] == '"' && name.at[i + 1] == '"' && i + 2 < name.len)
                i++;
        }
        name = buf_span(&b);
    }
    *out = (struct pattern){ .kind = PATTERN_EXACT };
    ok = ok && arena_copy(arena, name, &out->text, f);
    out->prefix = out->text;
    buf_free(&b);
    return ok;
}

struct pattern pattern_name(struct span text)
{
    if (span_is_null(text) || text.len == 0 || span_equal(text, SPAN("%")))
        return (struct pattern){ .kind = PATTERN_ANY, .prefix = SPAN("") };
    return (struct pattern){ .kind = PATTERN_EXACT, .text = text, .prefix = text };
}

static bool like(struct span pattern, struct span name)
{
    size_t p = 0, n = 0, retry_p = 0, retry_n = 0;
    bool can_retry = false;

    while (n < name.len) {
        if (p < pattern.len && pattern.at[p] == '%') {
            can_retry = true;
            retry_p = ++p;
            retry_n = n;
            continue;
        }
        if (p < pattern.len && pattern.at[p] == '_') {
            (void)utf8_next(name, &n);
            p++;
            continue;
        }
        size_t at = p;
        if (at + 1 < pattern.len && pattern.at[at] == '\\' &&
            (pattern.at[at + 1] == '%' || pattern.at[at + 1] == '_' || pattern.at[at + 1] == '\\'))
            at++;
        if (at < pattern.len && ascii_lower(pattern.at[at]) == ascii_lower(name.at[n])) {
            p = at + 1;
            n++;
            continue;
        }
        if (!can_retry)
            return false;
        (void)utf8_next(name, &retry_n);
        n = retry_n;
        p = retry_p;
    }
    while (p < pattern.len && pattern.at[p] == '%')
        p++;
    return p == pattern.len;
}

bool pattern_matches(const struct pattern *p, struct span name)
{
    switch (p->kind) {
    case PATTERN_ANY:
        return true;
    case PATTERN_EXACT:
        return span_equal_nocase(p->text, name);
    default:
        return like(p->text, name);
    }
}

static bool is_ascii(char c)
{
    return (unsigned char)c < 0x80;
}

/* Skips what is beyond ASCII; whether there was any. */
static bool skip_foreign(struct span s, size_t *at)
{
    size_t from = *at;

    while (*at < s.len && !is_ascii(s.at[*at]))
        (*at)++;
    return *at > from;
}

bool pattern_is_same_name(struct span a, struct span b)
{
    size_t i = 0, k = 0;

    for (;;) {
        if (skip_foreign(a, &i) != skip_foreign(b, &k))
            return false;
        if (i >= a.len || k >= b.len)
            return i >= a.len && k >= b.len;
        if (ascii_lower(a.at[i++]) != ascii_lower(b.at[k++]))
            return false;
    }
}

static bool is_plain(char c)
{
    return ascii_is_letter(c) || ascii_is_digit(c) || c == '_';
}

/* The next part of a pattern: a wildcard as the service writes it, a letter, or an empty span for a
   byte that might mean something to the service's reader. */
static struct span next_part(struct span pattern, size_t *at, char *letter)
{
    char c = pattern.at[(*at)++];

    if (c == '%')
        return SPAN(".*");
    if (c == '_')
        return SPAN(".");
    if (c == '\\' && *at < pattern.len && (pattern.at[*at] == '%' || pattern.at[*at] == '_'))
        c = pattern.at[(*at)++];
    *letter = ascii_lower(c);
    return is_plain(c) ? (struct span){ letter, 1 } : SPAN("");
}

bool pattern_expression(const struct pattern *p, size_t most, struct buf *out, struct fault *f)
{
    size_t i = 0;
    char letter;

    if (p->kind != PATTERN_LIKE || p->prefix.len == 0)
        return true;
    while (i < p->text.len) {
        struct span part = next_part(p->text, &i, &letter);
        if (part.len == 0 || out->len + 6 >= most) {
            /* the rest is filtered here */
            return out->len == 0 || buf_add(out, SPAN(".*"), f);
        }
        if (!buf_add(out, part, f))
            return false;
    }
    return true;
}
