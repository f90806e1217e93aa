/* Reads and writes connection strings. What the keys mean is known elsewhere. */
#include "config/parse.h"

static enum pair_step broken(struct fault *f, struct span key, const char *what)
{
    fault_set(f, FAULT_SETTING, "Connection string: %s%.*s%s%s", key.len > 0 ? "key \"" : "",
              (int)(key.len < KEY_BYTES_MAX ? key.len : KEY_BYTES_MAX), key.len > 0 ? key.at : "",
              key.len > 0 ? "\" " : "", what);
    return PAIR_BROKEN;
}

static size_t skip_blanks(struct span s, size_t at)
{
    while (at < s.len && ascii_is_blank(s.at[at])) {
        at++;
    }
    return at;
}

/* Offset of the brace that closes a value whose content starts at `at`, or s.len; *n_doubled counts
   the doubled ones. */
static size_t closing_brace(struct span s, size_t at, size_t *n_doubled)
{
    *n_doubled = 0;
    while (at < s.len) {
        if (s.at[at] == '}') {
            if (at + 1 >= s.len || s.at[at + 1] != '}') {
                return at;
            }
            ++*n_doubled;
            at++;
        }
        at++;
    }
    return s.len;
}

static bool undouble(struct span raw, size_t n_doubled, struct arena *arena, struct span *out,
                     struct fault *f)
{
    if (n_doubled == 0) {
        *out = raw;
        return true;
    }
    char *to = arena_take(arena, raw.len + 1, f);
    size_t len = 0;

    if (to == NULL) {
        return false;
    }
    for (size_t i = 0; i < raw.len; i++) {
        to[len++] = raw.at[i];
        if (raw.at[i] == '}') {
            i++;
        }
    }
    *out = (struct span){ to, len };
    return true;
}

static enum pair_step braced_value(struct span *rest, size_t at, struct arena *arena,
                                   struct pair *out, struct fault *f)
{
    size_t n_doubled;
    size_t close = closing_brace(*rest, at, &n_doubled);

    if (close == rest->len) {
        return broken(
            f, out->key,
            "has a value that opens a brace and never closes it (a brace inside is doubled: }})");
    }
    size_t behind = skip_blanks(*rest, close + 1);

    if (behind < rest->len && rest->at[behind] != ';') {
        return broken(f, out->key,
                      "has text behind the closing brace; write {...} around the whole value and "
                      "double each } inside");
    }
    if (!undouble(span_part(*rest, at, close - at), n_doubled, arena, &out->value, f)) {
        return PAIR_BROKEN;
    }
    *rest = span_from(*rest, behind < rest->len ? behind + 1 : behind);
    return PAIR_GOT;
}

enum pair_step pair_next(struct span *rest, struct arena *arena, struct pair *out, struct fault *f)
{
    size_t at = 0;

    while (at < rest->len && (ascii_is_blank(rest->at[at]) || rest->at[at] == ';')) {
        at++;
    }
    *rest = span_from(*rest, at);
    if (rest->len == 0) {
        return PAIR_END;
    }
    size_t equals = span_find_byte(*rest, '='), semicolon = span_find_byte(*rest, ';');

    if (equals > semicolon || equals == rest->len) {
        return broken(f, span_trim(span_part(*rest, 0, semicolon)), "has no = behind it");
    }
    out->key = span_trim(span_part(*rest, 0, equals));
    if (out->key.len == 0) {
        return broken(f, NO_SPAN, "a = stands without a key before it");
    }
    if (out->key.len > KEY_BYTES_MAX) {
        return broken(f, out->key, "... is longer than any key");
    }
    at = skip_blanks(*rest, equals + 1);
    if (at < rest->len && rest->at[at] == '{') {
        return braced_value(rest, at + 1, arena, out, f);
    }
    *rest = span_from(*rest, equals + 1);
    semicolon = span_find_byte(*rest, ';');
    out->value = span_trim(span_part(*rest, 0, semicolon));
    *rest = span_from(*rest, semicolon < rest->len ? semicolon + 1 : semicolon);
    return PAIR_GOT;
}

/* A value goes without braces only if every reader takes it as it is. */
static bool needs_braces(struct span value)
{
    const struct span special = SPAN("[]{}(),;?*=!@");

    if (value.len > 0 && (ascii_is_blank(value.at[0]) || ascii_is_blank(value.at[value.len - 1]))) {
        return true;
    }
    for (size_t i = 0; i < value.len; i++) {
        if (span_find_byte(special, value.at[i]) < special.len) {
            return true;
        }
    }
    return false;
}

bool pair_print(struct span key, struct span value, struct buf *out, struct fault *f)
{
    if (!buf_add(out, key, f) || !buf_add_byte(out, '=', f)) {
        return false;
    }
    if (!needs_braces(value)) {
        return buf_add(out, value, f) && buf_add_byte(out, ';', f);
    }
    if (!buf_add_byte(out, '{', f)) {
        return false;
    }
    for (size_t i = 0; i < value.len; i++) {
        if (!buf_add_byte(out, value.at[i], f) ||
            (value.at[i] == '}' && !buf_add_byte(out, '}', f))) {
            return false;
        }
    }
    return buf_add(out, SPAN("};"), f);
}
