/* Shapes: structure, list, map, and the scalars. */
#include "shapes.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

#include "base/clock.h"
#include "base/digest.h"
#include "base/number.h"
#include "net/url.h"

static const struct json *shape_of(const struct json *shapes, const struct json *ref)
{
    char name[128];

    span_to_c(json_text_of(ref, "shape"), name, sizeof(name));
    return json_member(shapes, name);
}

static bool is_type(const struct json *shape, const char *type)
{
    return span_equal(json_text_of(shape, "type"), span_of(type));
}

static bool read_number(struct span text, double *out)
{
    return number_parse_double(text, out);
}

static bool same_number(double a, double b)
{
    return (isnan(a) && isnan(b)) || a == b;
}

static bool blob_is(struct span coded, struct span want)
{
    struct buf bytes = { 0 };
    bool ok = digest_base64_decode(coded, &bytes, NULL) && span_equal(buf_span(&bytes), want);

    buf_free(&bytes);
    return ok;
}

static bool time_is(struct span text, const struct json *want)
{
    int64_t ms = 0;
    double seconds = 0;

    if (utc_parse_iso(text, &ms) || utc_parse_http(text, &ms)) {
        return ms == (int64_t)(json_double(want, 0) * 1000 + 0.5);
    }
    return read_number(text, &seconds) && seconds == json_double(want, -1);
}

/* A scalar that came as text. */
static bool text_is(const struct json *shape, struct span text, const struct json *want)
{
    double a = 0, b = 0;
    int64_t n = 0;

    if (is_type(shape, "string")) {
        return span_equal(text, json_text(want));
    }
    if (is_type(shape, "integer") || is_type(shape, "long")) {
        return number_parse_i64(text, &n) && n == json_int(want, n + 1);
    }
    if (is_type(shape, "boolean")) {
        return span_equal(text, json_truth(want, false) ? SPAN("true") : SPAN("false"));
    }
    if (is_type(shape, "blob")) {
        return blob_is(text, json_text(want));
    }
    if (is_type(shape, "timestamp")) {
        return time_is(text, want);
    }
    b = json_double(want, 0);
    if (json_is_string(want) && !read_number(json_text(want), &b)) {
        return false;
    }
    return read_number(text, &a) &&
           (same_number(a, b) || (is_type(shape, "float") && (float)a == (float)b));
}

struct walk {
    const struct json *shapes, *ref, *other; /* other: the side that is looked up by name */
    const struct xml_node *node;
    bool equal;
    unsigned n;
};

static bool json_entry(struct span name, const struct json *want, void *context)
{
    struct walk *w = context;
    char key[128];

    span_to_c(name, key, sizeof(key));
    const struct json *shape = shape_of(w->shapes, w->ref);
    const struct json *inner = is_type(shape, "map")
                                   ? json_member(shape, "value")
                                   : json_member(json_member(shape, "members"), key);
    w->equal = w->equal && inner != NULL &&
               shape_json_is(w->shapes, inner, json_member(w->other, key), want);
    return true;
}

static bool same_entry(struct span name, const struct json *value, void *context)
{
    struct walk *w = context;
    char key[128];

    span_to_c(name, key, sizeof(key));
    w->n++;
    w->equal = w->equal && shape_same_json(value, json_member(w->other, key));
    return true;
}

bool shape_same_json(const struct json *a, const struct json *b)
{
    struct buf x = { 0 }, y = { 0 };
    bool ok = json_length(a) == json_length(b);

    if (json_is_object(a)) {
        struct walk there = { .other = b, .equal = json_is_object(b) },
                    back = { .other = a, .equal = true };
        json_each(a, same_entry, &there);
        json_each(b, same_entry, &back);
        return there.equal && there.n == back.n;
    }
    for (size_t i = 0; json_is_array(a) && ok && i < json_length(a); i++) {
        ok = shape_same_json(json_at(a, i), json_at(b, i));
    }
    if (!json_is_array(a) && !json_is_string(a) && a != NULL && b != NULL && !json_is_string(b) &&
        json_print(a, &x, NULL) && json_print(b, &y, NULL)) {
        double m = 0, n = 0;
        ok = span_equal(buf_span(&x), buf_span(&y)) ||
             (number_parse_double(buf_span(&x), &m) && number_parse_double(buf_span(&y), &n) &&
              m == n);
        buf_free(&x);
        buf_free(&y);
        return ok;
    }
    return ok && (json_is_array(a) ||
                  (json_is_string(a) == json_is_string(b) &&
                   span_equal(json_text(a), json_text(b)) && (a != NULL) == (b != NULL)));
}

bool shape_json_is(const struct json *shapes, const struct json *ref, const struct json *got,
                   const struct json *want)
{
    const struct json *shape = shape_of(shapes, ref);
    struct buf text = { 0 };

    if (want == NULL || got == NULL) {
        return want == got;
    }
    if (json_truth(json_member(shape, "document"), false)) {
        return shape_same_json(got, want);
    }
    if (is_type(shape, "structure") || is_type(shape, "map")) {
        struct walk w = {
            .shapes = shapes, .ref = ref, .other = got, .equal = json_is_object(got)
        };
        json_each(want, json_entry, &w);
        return w.equal;
    }
    if (is_type(shape, "list")) {
        bool ok = json_length(got) == json_length(want);
        for (size_t i = 0; ok && i < json_length(want); i++) {
            ok = shape_json_is(shapes, json_member(shape, "member"), json_at(got, i),
                               json_at(want, i));
        }
        return ok;
    }
    if (json_is_string(got)) {
        return text_is(shape, json_text(got), want);
    }
    bool ok = json_print(got, &text, NULL) && text_is(shape, buf_span(&text), want);
    buf_free(&text);
    return ok;
}

/* XML */

static struct span location(const struct json *ref, const char *otherwise)
{
    struct span name = json_text_of(ref, "locationName");

    return span_is_null(name) ? span_of(otherwise) : name;
}

static const struct xml_node *child(const struct xml_node *node, struct span name)
{
    const struct xml_node *c = node != NULL ? node->first : NULL;

    while (c != NULL && !span_equal(c->name, name)) {
        c = c->next;
    }
    return c;
}

static const struct xml_node *next_named(const struct xml_node *node, struct span name)
{
    do {
        node = node->next;
    } while (node != NULL && !span_equal(node->name, name));
    return node;
}

static bool xml_entry(struct span name, const struct json *want, void *context)
{
    struct walk *w = context;
    char key[128];

    span_to_c(name, key, sizeof(key));
    const struct json *shape = shape_of(w->shapes, w->ref),
                      *inner = json_member(json_member(shape, "members"), key);
    const struct json *target = shape_of(w->shapes, inner);
    struct span element = location(inner, key);
    bool is_flat = json_truth(json_member(inner, "flattened"), false) ||
                   json_truth(json_member(target, "flattened"), false);
    const struct xml_node *found = child(w->node, element);
    if (is_flat) {
        size_t i = 0, n = json_length(want);
        bool is_map = is_type(target, "map");
        const struct xml_node *at = found;
        for (; at != NULL; at = next_named(at, element), i++) {
            const struct json *value = json_member(target, "value"),
                              *of_key = json_member(target, "key");
            char map_key[128] = "";
            if (is_map) {
                const struct xml_node *k = child(at, location(of_key, "key"));
                span_to_c(k != NULL ? k->text : SPAN(""), map_key, sizeof(map_key));
            }
            w->equal = w->equal &&
                       (is_map ? shape_xml_is(w->shapes, value, child(at, location(value, "value")),
                                              json_member(want, map_key))
                               : shape_xml_is(w->shapes, json_member(target, "member"), at,
                                              json_at(want, i)));
        }
        w->equal = w->equal && (is_map ? i > 0 : i == n);
    } else {
        w->equal = w->equal && shape_xml_is(w->shapes, inner, found, want);
    }
    return true;
}

static bool xml_map_is(const struct json *shapes, const struct json *shape,
                       const struct xml_node *node, const struct json *want)
{
    const struct json *key = json_member(shape, "key"), *value = json_member(shape, "value");
    bool ok = true;

    for (const struct xml_node *entry = child(node, SPAN("entry")); ok && entry != NULL;
         entry = next_named(entry, SPAN("entry"))) {
        const struct xml_node *k = child(entry, location(key, "key"));
        char name[128];
        span_to_c(k != NULL ? k->text : SPAN(""), name, sizeof(name));
        ok = shape_xml_is(shapes, value, child(entry, location(value, "value")),
                          json_member(want, name));
    }
    return ok;
}

static bool count_entry(struct span name, const struct json *value, void *context)
{
    (void)name;
    (void)value;
    ++*(unsigned *)context;
    return true;
}

bool shape_xml_is(const struct json *shapes, const struct json *ref, const struct xml_node *got,
                  const struct json *want)
{
    const struct json *shape = shape_of(shapes, ref);

    if (want == NULL || got == NULL) {
        return want == NULL && got == NULL;
    }
    if (is_type(shape, "structure")) {
        struct walk w = { .shapes = shapes, .ref = ref, .node = got, .equal = true };
        json_each(want, xml_entry, &w);
        return w.equal;
    }
    if (is_type(shape, "list")) {
        const struct json *member = json_member(shape, "member");
        struct span name = location(member, "member");
        size_t i = 0;
        bool ok = true;
        for (const struct xml_node *at = child(got, name); ok && at != NULL;
             at = next_named(at, name), i++) {
            ok = shape_xml_is(shapes, member, at, json_at(want, i));
        }
        return ok && i == json_length(want);
    }
    if (is_type(shape, "map")) {
        unsigned n_want = 0, n_got = 0;
        json_each(want, count_entry, &n_want);
        for (const struct xml_node *at = child(got, SPAN("entry")); at != NULL;
             at = next_named(at, SPAN("entry"))) {
            n_got++;
        }
        return n_want == n_got && xml_map_is(shapes, shape, got, want);
    }
    return text_is(shape, got->text, want);
}

/* Writing */

struct writing {
    const struct json *shapes, *shape;
    struct json_writer *w;
    struct buf *out;
    const char *prefix;
    unsigned n;
    bool ok;
};

static bool raw(struct json_writer *w, struct span text)
{
    bool ok = (!w->needs_comma || buf_add_byte(w->out, ',', w->f)) && buf_add(w->out, text, w->f);

    w->needs_comma = true;
    return ok;
}

static bool write_entry(struct span name, const struct json *value, void *context)
{
    struct writing *x = context;
    char key[128];

    span_to_c(name, key, sizeof(key));
    const struct json *ref = is_type(x->shape, "map")
                                 ? json_member(x->shape, "value")
                                 : json_member(json_member(x->shape, "members"), key);
    if (value != NULL) {
        json_name(x->w, key);
        x->ok = x->ok && shape_write_json(x->shapes, ref, value, x->w);
    }
    return true;
}

/* A number or a time as text; is_text: it goes between quotes. */
static bool scalar_text(const struct json *shape, const struct json *ref, const struct json *value,
                        bool is_form, struct buf *out, bool *is_text)
{
    struct span format = json_text_of(shape, "timestampFormat");
    char text[64];

    (void)ref;
    *is_text = json_is_string(value);
    if (is_type(shape, "blob")) {
        return digest_base64(json_text(value), out, NULL);
    }
    if (json_is_string(value)) {
        return buf_add(out, json_text(value), NULL);
    }
    if (is_type(shape, "timestamp") &&
        (span_equal(format, SPAN("iso8601")) || (is_form && span_is_null(format)))) {
        utc_print_iso(json_int(value, 0) * 1000, text);
        *is_text = true;
        return buf_add(out, span_of(text), NULL);
    }
    if (span_equal(format, SPAN("rfc822"))) {
        return false;
    }
    if (is_type(shape, "float") || is_type(shape, "double")) {
        unsigned n = number_print_double(json_double(value, 0), text, sizeof(text));
        return buf_add(out, (struct span){ text, n }, NULL);
    }
    return json_print(value, out, NULL);
}

bool shape_write_json(const struct json *shapes, const struct json *ref, const struct json *value,
                      struct json_writer *w)
{
    const struct json *shape = shape_of(shapes, ref);
    struct writing x = { .shapes = shapes, .shape = shape, .w = w, .ok = true };
    struct buf text = { 0 };
    bool is_text = false;

    if (json_truth(json_member(shape, "document"), false)) {
        bool printed = json_print(value, &text, NULL) && raw(w, buf_span(&text));
        buf_free(&text);
        return printed;
    }
    if (is_type(shape, "structure") || is_type(shape, "map")) {
        json_open(w, '{');
        json_each(value, write_entry, &x);
        json_close(w, '}');
        return x.ok;
    }
    if (is_type(shape, "list")) {
        json_open(w, '[');
        for (size_t i = 0; i < json_length(value); i++) {
            x.ok = x.ok &&
                   shape_write_json(shapes, json_member(shape, "member"), json_at(value, i), w);
        }
        json_close(w, ']');
        return x.ok;
    }
    if (is_type(shape, "boolean")) {
        json_flag(w, json_truth(value, false));
        return true;
    }
    if (is_type(shape, "integer") || is_type(shape, "long")) {
        json_number(w, json_int(value, 0));
        return true;
    }
    bool ok = scalar_text(shape, ref, value, false, &text, &is_text);
    if (ok && is_text) {
        json_string(w, buf_span(&text));
    } else if (ok) {
        ok = raw(w, buf_span(&text));
    }
    buf_free(&text);
    return ok;
}

static bool form_map_entry(struct span name, const struct json *value, void *context)
{
    struct writing *x = context;
    const struct json *key = json_member(x->shape, "key"),
                      *of_value = json_member(x->shape, "value");
    struct span k = location(key, "key"), v = location(of_value, "value");
    char prefix[400];

    x->n++;
    x->ok = x->ok &&
            buf_add_format(x->out, NULL, "&%s.%u.%.*s=", x->prefix, x->n, (int)k.len, k.at) &&
            url_encode(name, false, x->out, NULL);
    snprintf(prefix, sizeof(prefix), "%s.%u.%.*s", x->prefix, x->n, (int)v.len, v.at);
    x->ok = x->ok && shape_write_form(x->shapes, of_value, value, prefix, x->out);
    return true;
}

static bool form_list(const struct json *shapes, const struct json *shape, const struct json *value,
                      const char *prefix, bool is_flat, struct buf *out)
{
    const struct json *member = json_member(shape, "member");
    struct span name = location(member, "member");
    bool ok = json_length(value) > 0 || buf_add_format(out, NULL, "&%s=", prefix);

    for (size_t i = 0; ok && i < json_length(value); i++) {
        char inner[400];
        if (is_flat) {
            snprintf(inner, sizeof(inner), "%s.%zu", prefix, i + 1);
        } else {
            snprintf(inner, sizeof(inner), "%s.%.*s.%zu", prefix, (int)name.len, name.at, i + 1);
        }
        ok = shape_write_form(shapes, member, json_at(value, i), inner, out);
    }
    return ok;
}

static bool form_member(struct span name, const struct json *value, void *context)
{
    struct writing *x = context;
    char key[128], prefix[300], last[128];

    span_to_c(name, key, sizeof(key));
    const struct json *ref = json_member(json_member(x->shape, "members"), key),
                      *target = shape_of(x->shapes, ref);
    bool is_flat = json_truth(json_member(ref, "flattened"), false) ||
                   json_truth(json_member(target, "flattened"), false);
    struct span element = location(ref, key);
    span_to_c(element, last, sizeof(last));
    snprintf(prefix, sizeof(prefix), "%s%s%s", x->prefix, x->prefix[0] ? "." : "", last);
    if (is_flat && is_type(target, "list")) {
        x->ok = x->ok && form_list(x->shapes, target, value, prefix, true, x->out);
    } else if (is_flat && is_type(target, "map")) {
        struct writing inner = {
            .shapes = x->shapes, .shape = target, .out = x->out, .prefix = prefix, .ok = true
        };
        json_each(value, form_map_entry, &inner);
        x->ok = x->ok && inner.ok;
    } else {
        x->ok = x->ok && shape_write_form(x->shapes, ref, value, prefix, x->out);
    }
    return true;
}

bool shape_write_form(const struct json *shapes, const struct json *ref, const struct json *value,
                      const char *prefix, struct buf *out)
{
    const struct json *shape = shape_of(shapes, ref);
    struct writing x = {
        .shapes = shapes, .shape = shape, .out = out, .prefix = prefix, .ok = true
    };
    struct buf text = { 0 };
    bool is_text;
    char inner[400];

    if (is_type(shape, "structure")) {
        json_each(value, form_member, &x);
        return x.ok;
    }
    if (is_type(shape, "list")) {
        return form_list(shapes, shape, value, prefix, false, out);
    }
    if (is_type(shape, "map")) {
        snprintf(inner, sizeof(inner), "%s.entry", prefix);
        x.prefix = inner;
        json_each(value, form_map_entry, &x);
        return x.ok;
    }
    bool ok = scalar_text(shape, ref, value, true, &text, &is_text) &&
              buf_add_format(out, NULL, "&%s=", prefix) &&
              url_encode(buf_span(&text), false, out, NULL);
    buf_free(&text);
    return ok;
}
