/* Token cache files of the command line tool. */
#include "aws/token_cache.h"

bool token_cache_read(const struct creds_world *w, const char *path, const char *fix,
                      struct json **out, struct fault *f)
{
    struct buf text = { .ceiling = WORLD_FILE_MAX + 16384, .is_secret = true };
    enum world_file got = world_read(w, path, &text, f);
    bool ok = false;

    if (got == WORLD_FILE_MISSING) {
        fault_set(f, FAULT_CREDENTIALS, "Not signed in: there is no token file %s. Run `%s`.", path,
                  fix);
    } else if (got == WORLD_FILE_READ) {
        ok = json_parse(buf_span(&text), out, NULL) ||
             fault_set(f, FAULT_CREDENTIALS,
                       "The token file %s is no JSON. Run `%s` to make it anew.", path, fix);
    }
    buf_free(&text);
    return ok;
}

struct copying {
    const struct token_edit *edits;
    size_t n;
    struct buf *out;
    struct fault *f;
    bool is_first, failed;
};

static bool add_name(struct copying *c, struct span name)
{
    struct json_writer w = { .out = c->out, .f = c->f };

    if (!c->is_first && !buf_add_byte(c->out, ',', c->f)) {
        return false;
    }
    c->is_first = false;
    json_string(&w, name);
    return json_done(&w) && buf_add_byte(c->out, ':', c->f);
}

static bool is_edited(const struct copying *c, struct span name)
{
    for (size_t i = 0; i < c->n; i++) {
        bool has_new = !span_is_null(c->edits[i].value) || !span_is_null(c->edits[i].json);
        if (has_new && span_equal(name, span_of(c->edits[i].name))) {
            return true;
        }
    }
    return false;
}

static bool copy_member(struct span name, const struct json *value, void *context)
{
    struct copying *c = context;

    if (!is_edited(c, name)) {
        c->failed = !add_name(c, name) || !json_print(value, c->out, c->f);
    }
    return !c->failed;
}

static bool add_edit(struct copying *c, const struct token_edit *e)
{
    struct json_writer w = { .out = c->out, .f = c->f };

    if (span_is_null(e->value) && span_is_null(e->json)) {
        return true;
    }
    if (!add_name(c, span_of(e->name))) {
        return false;
    }
    if (!span_is_null(e->json)) {
        return buf_add(c->out, e->json, c->f);
    }
    json_string(&w, e->value);
    return json_done(&w);
}

bool token_cache_write(const struct creds_world *w, const char *path, const struct json *document,
                       const struct token_edit *edits, size_t n, struct fault *f)
{
    struct buf text = { .ceiling = WORLD_FILE_MAX, .is_secret = true };
    struct copying c = { .edits = edits, .n = n, .out = &text, .f = f, .is_first = true };
    bool ok = buf_add_byte(&text, '{', f);

    if (ok) {
        json_each(document, copy_member, &c);
        ok = !c.failed;
    }
    for (size_t i = 0; ok && i < n; i++) {
        ok = add_edit(&c, &edits[i]);
    }
    ok = ok && buf_add(&text, SPAN("}\n"), f) && world_replace(w, path, buf_span(&text), f);
    buf_free(&text);
    return ok;
}
