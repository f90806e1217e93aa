/* Signature Version 4: canonical request, string to sign, signature. */
#include "aws/sigv4.h"

#include <stdlib.h>
#include <string.h>

#include "base/secret.h"
#include "net/url.h"

enum { SIGNED_HEADERS_MAX = HTTP_HEADERS_MAX + 4, QUERY_PARTS_MAX = 64 };

#define ALGORITHM "AWS4-HMAC-SHA256"

struct signed_header {
    struct span name, value;
    unsigned order; /* of appearance */
};

struct query_part {
    struct span name, value; /* encoded strictly; live in the arena */
};

/* Path */

/* Removes "." and empty segments, lets ".." take the segment before it with it, keeps a trailing
   slash. */
static bool normalise_path(struct span path, struct buf *out, struct fault *f)
{
    struct span rest = path;
    bool ends_in_slash = true;

    while (!span_is_null(rest)) {
        struct span part = span_next(&rest, '/');
        bool is_up = span_equal(part, SPAN("..")), is_here = part.len == 0 ||
                     span_equal(part, SPAN("."));
        ends_in_slash = is_up || is_here;
        if (is_up) {
            while (out->len > 0 && out->at[--out->len] != '/') {
                continue;
            }
        } else if (!is_here && (!buf_add_byte(out, '/', f) || !buf_add(out, part, f))) {
            return false;
        }
    }
    return !ends_in_slash || buf_add_byte(out, '/', f);
}

static bool add_path(const struct sigv4_request *q, const struct sigv4_settings *s, struct buf *out,
                     struct fault *f)
{
    struct buf plain = { 0 };
    struct span path = q->path.len > 0 ? q->path : SPAN("/");
    bool ok = !s->normalise_path || normalise_path(path, &plain, f);

    if (ok && s->normalise_path) {
        path = buf_span(&plain);
    }
    ok = ok && (s->double_encode ? url_encode(path, true, out, f) : buf_add(out, path, f));
    buf_free(&plain);
    return ok;
}

/* Query */

static int hex_value(char c)
{
    char low = ascii_lower(c);
    return ascii_is_digit(c) ? c - '0' : low >= 'a' && low <= 'f' ? low - 'a' + 10 : -1;
}

/* Decodes %XX and encodes strictly: whoever wrote the wire form may have been laxer than the
   signature is. */
static bool encode_again(struct span wire, struct arena *a, struct span *out, struct fault *f)
{
    struct buf plain = { 0 }, coded = { 0 };
    bool ok = true;

    for (size_t i = 0; ok && i < wire.len; i++) {
        bool is_coded = wire.at[i] == '%' && i + 2 < wire.len && hex_value(wire.at[i + 1]) >= 0 &&
                        hex_value(wire.at[i + 2]) >= 0;
        char byte = wire.at[i];
        if (is_coded) {
            byte = (char)(hex_value(wire.at[i + 1]) * 16 + hex_value(wire.at[i + 2]));
            i += 2;
        }
        ok = buf_add_byte(&plain, byte, f);
    }
    ok = ok && url_encode(buf_span(&plain), false, &coded, f) &&
         arena_copy(a, buf_span(&coded), out, f);
    buf_free(&plain);
    buf_free(&coded);
    return ok;
}

static int compare_parts(const void *left, const void *right)
{
    const struct query_part *a = left, *b = right;
    int order = span_compare(a->name, b->name);
    return order != 0 ? order : span_compare(a->value, b->value);
}

static bool add_query(struct span query, struct buf *out, struct fault *f)
{
    struct query_part parts[QUERY_PARTS_MAX];
    struct arena arena = { 0 };
    struct span rest = query.len > 0 ? query : NO_SPAN;
    unsigned n = 0;
    bool ok = true;

    while (ok && !span_is_null(rest)) {
        struct span part = span_next(&rest, '&');
        size_t equal = span_find_byte(part, '=');
        if (n == QUERY_PARTS_MAX) {
            ok = fault_ceiling(f, "query parameters of a signed request", QUERY_PARTS_MAX);
        } else if (part.len > 0) {
            ok = encode_again(span_part(part, 0, equal), &arena, &parts[n].name, f) &&
                 encode_again(span_from(part, equal + 1), &arena, &parts[n].value, f);
            n++;
        }
    }
    if (ok && n > 0) {
        qsort(parts, n, sizeof(parts[0]), compare_parts);
    }
    for (unsigned i = 0; ok && i < n; i++) {
        ok = (i == 0 || buf_add_byte(out, '&', f)) && buf_add(out, parts[i].name, f) &&
             buf_add_byte(out, '=', f) && buf_add(out, parts[i].value, f);
    }
    arena_free(&arena);
    return ok;
}

/* Headers */

static int compare_headers(const void *left, const void *right)
{
    const struct signed_header *a = left, *b = right;
    int order = span_compare_nocase(a->name, b->name);
    return order != 0 ? order : (a->order > b->order) - (a->order < b->order);
}

/* Trimmed, runs of blanks collapsed to one. */
static bool add_value(struct span value, struct buf *out, struct fault *f)
{
    struct span v = span_trim(value);

    for (size_t i = 0; i < v.len; i++) {
        bool is_blank = ascii_is_blank(v.at[i]);
        if (is_blank && ascii_is_blank(v.at[i - 1])) {
            continue; /* v begins with no blank, so i > 0 here */
        }
        if (!buf_add_byte(out, is_blank ? ' ' : v.at[i], f)) {
            return false;
        }
    }
    return true;
}

static bool add_name(struct span name, struct buf *out, struct fault *f)
{
    for (size_t i = 0; i < name.len; i++) {
        if (!buf_add_byte(out, ascii_lower(name.at[i]), f)) {
            return false;
        }
    }
    return true;
}

struct header_list {
    struct signed_header at[SIGNED_HEADERS_MAX];
    unsigned n;
};

static void list_add(struct header_list *list, struct span name, struct span value)
{
    list->at[list->n] = (struct signed_header){ name, value, list->n };
    list->n++;
}

static bool collect_headers(const struct sigv4_request *q, const struct sigv4_settings *s,
                            const struct sigv4_result *r, struct header_list *list, struct fault *f)
{
    bool has_date = false;

    if (q->n_headers > HTTP_HEADERS_MAX) {
        return fault_ceiling(f, "headers of a signed request", HTTP_HEADERS_MAX);
    }
    list->n = 0;
    for (unsigned i = 0; i < q->n_headers; i++) {
        list_add(list, q->headers[i].name, q->headers[i].value);
        has_date |= span_equal_nocase(q->headers[i].name, SPAN("x-amz-date"));
    }
    if (!has_date) {
        list_add(list, SPAN("x-amz-date"), span_of(r->date));
    }
    if (s->session_token.len > 0 && !s->omit_session_token) {
        list_add(list, SPAN("x-amz-security-token"), s->session_token);
    }
    if (s->sign_body_header) {
        list_add(list, SPAN("x-amz-content-sha256"), span_of(r->payload_hash));
    }
    qsort(list->at, list->n, sizeof(list->at[0]), compare_headers);
    return true;
}

static bool same_name_as_before(const struct header_list *list, unsigned i)
{
    return i > 0 && span_equal_nocase(list->at[i].name, list->at[i - 1].name);
}

static bool add_headers(const struct header_list *list, struct buf *out, struct fault *f)
{
    for (unsigned i = 0; i < list->n; i++) {
        bool is_more = same_name_as_before(list, i);
        bool is_last = !same_name_as_before(list, i + 1 < list->n ? i + 1 : 0);
        if (is_more ? !buf_add_byte(out, ',', f)
                    : !add_name(list->at[i].name, out, f) || !buf_add_byte(out, ':', f)) {
            return false;
        }
        if (!add_value(list->at[i].value, out, f) || (is_last && !buf_add_byte(out, '\n', f))) {
            return false;
        }
    }
    return true;
}

static bool add_names(const struct header_list *list, struct buf *out, struct fault *f)
{
    for (unsigned i = 0; i < list->n; i++) {
        if (same_name_as_before(list, i)) {
            continue;
        }
        if ((i > 0 && !buf_add_byte(out, ';', f)) || !add_name(list->at[i].name, out, f)) {
            return false;
        }
    }
    return true;
}

static bool make_canonical(const struct sigv4_request *q, const struct sigv4_settings *s,
                           const struct header_list *list, struct sigv4_result *r, struct fault *f)
{
    struct buf *out = &r->canonical_request;

    out->is_secret = true; /* holds the session token */
    return buf_add(out, q->method, f) && buf_add_byte(out, '\n', f) && add_path(q, s, out, f) &&
           buf_add_byte(out, '\n', f) && add_query(q->query, out, f) &&
           buf_add_byte(out, '\n', f) &&
           add_headers(list, out, f) && buf_add_byte(out, '\n', f) && add_names(list, out, f) &&
           buf_add_byte(out, '\n', f) && buf_add(out, span_of(r->payload_hash), f);
}

/* Signature */

bool sigv4_key(struct span secret_access_key, struct span date, struct span region,
               struct span service, unsigned char key[SHA256_BYTES], struct fault *f)
{
    struct buf seed = { .is_secret = true };
    struct span stage = { (const char *)key, SHA256_BYTES };
    bool ok = buf_add(&seed, SPAN("AWS4"), f) && buf_add(&seed, secret_access_key, f) &&
              digest_hmac_sha256(buf_span(&seed), date, key, f) &&
              digest_hmac_sha256(stage, region, key, f) &&
              digest_hmac_sha256(stage, service, key, f) &&
              digest_hmac_sha256(stage, SPAN("aws4_request"), key, f);

    buf_free(&seed);
    return ok;
}

static bool add_scope(const struct sigv4_settings *s, const struct sigv4_result *r, struct buf *out,
                      struct fault *f)
{
    return buf_add(out, (struct span){ r->date, 8 }, f) && buf_add_byte(out, '/', f) &&
           buf_add(out, s->region, f) && buf_add_byte(out, '/', f) && buf_add(out, s->service, f) &&
           buf_add(out, SPAN("/aws4_request"), f);
}

static bool make_string_to_sign(const struct sigv4_settings *s, struct sigv4_result *r,
                                struct fault *f)
{
    char hash[SHA256_HEX];
    struct buf *out = &r->string_to_sign;

    return digest_sha256_hex(buf_span(&r->canonical_request), hash, f) &&
           buf_add(out, SPAN(ALGORITHM "\n"), f) &&
           buf_add(out, span_of(r->date), f) && buf_add_byte(out, '\n', f) &&
           add_scope(s, r, out, f) && buf_add_byte(out, '\n', f) && buf_add(out, span_of(hash), f);
}

static bool make_signature(const struct sigv4_settings *s, struct sigv4_result *r, struct fault *f)
{
    unsigned char key[SHA256_BYTES], signature[SHA256_BYTES];
    bool ok = sigv4_key(s->secret_access_key, (struct span){ r->date, 8 }, s->region, s->service,
                        key, f) &&
              digest_hmac_sha256((struct span){ (const char *)key, sizeof(key) },
                                 buf_span(&r->string_to_sign), signature, f);

    secret_wipe(key, sizeof(key));
    if (ok) {
        digest_hex(signature, sizeof(signature), r->signature);
    }
    return ok;
}

static bool make_authorization(const struct sigv4_settings *s, const struct header_list *list,
                               struct sigv4_result *r, struct fault *f)
{
    struct buf *out = &r->authorization;

    return buf_add(out, SPAN(ALGORITHM " Credential="), f) && buf_add(out, s->access_key_id, f) &&
           buf_add_byte(out, '/', f) && add_scope(s, r, out, f) &&
           buf_add(out, SPAN(", SignedHeaders="), f) &&
           add_names(list, out, f) && buf_add(out, SPAN(", Signature="), f) &&
           buf_add(out, span_of(r->signature), f);
}

bool sigv4_sign(const struct sigv4_request *q, const struct sigv4_settings *s,
                struct sigv4_result *out, struct fault *f)
{
    struct sigv4_result r = { 0 };
    struct header_list list;

    utc_print_basic(s->wall_ms, r.date);
    if (span_is_null(q->payload_hash)) {
        if (!digest_sha256_hex(q->body, r.payload_hash, f)) {
            return false;
        }
    } else {
        span_to_c(q->payload_hash, r.payload_hash, sizeof(r.payload_hash));
    }
    if (!collect_headers(q, s, &r, &list, f) || !make_canonical(q, s, &list, &r, f) ||
        !make_string_to_sign(s, &r, f) || !make_signature(s, &r, f) ||
        !make_authorization(s, &list, &r, f)) {
        sigv4_free(&r);
        return false;
    }
    *out = r;
    return true;
}

void sigv4_free(struct sigv4_result *r)
{
    buf_free(&r->canonical_request);
    buf_free(&r->string_to_sign);
    buf_free(&r->authorization);
    memset(r, 0, sizeof(*r));
}
