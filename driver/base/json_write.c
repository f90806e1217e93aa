/* Writing JSON: commas and escapes; nothing is kept but the buffer. */
#include <stdio.h>

#include "base/json.h"
#include "base/utf.h"

static void put(struct json_writer *w, struct span s)
{
    if (!w->failed && !buf_add(w->out, s, w->f)) {
        w->failed = true;
    }
}

static void before_value(struct json_writer *w)
{
    if (w->needs_comma) {
        put(w, SPAN(","));
    }
    w->needs_comma = true;
}

void json_open(struct json_writer *w, char bracket)
{
    before_value(w);
    put(w, (struct span){ &bracket, 1 });
    w->needs_comma = false;
}

void json_close(struct json_writer *w, char bracket)
{
    put(w, (struct span){ &bracket, 1 });
    w->needs_comma = true;
}

static void put_escaped(struct json_writer *w, unsigned char c)
{
    char text[8];

    switch (c) {
    case '"':
        put(w, SPAN("\\\""));
        break;
    case '\\':
        put(w, SPAN("\\\\"));
        break;
    case '\n':
        put(w, SPAN("\\n"));
        break;
    case '\r':
        put(w, SPAN("\\r"));
        break;
    case '\t':
        put(w, SPAN("\\t"));
        break;
    default:
        snprintf(text, sizeof(text), "\\u%04x", c);
        put(w, span_of(text));
    }
}

/* Text that is not UTF-8 would make the whole request invalid: bad bytes are replaced. */
static void put_text(struct json_writer *w, struct span s)
{
    size_t from = 0;

    for (size_t at = 0; at < s.len;) {
        unsigned char c = (unsigned char)s.at[at];
        size_t next = at;
        uint32_t point = utf8_next(s, &next);
        char bytes[4];
        unsigned len = utf8_put(point, bytes);
        bool is_plain =
            c >= 0x20 && c != '"' && c != '\\' && len == next - at && (c < 0x80 || point != 0xFFFD);
        if (!is_plain) {
            put(w, span_part(s, from, at - from));
            if (c < 0x80) {
                put_escaped(w, c);
            } else {
                put(w, (struct span){ bytes, len });
            }
            from = next;
        }
        at = next;
    }
    put(w, span_part(s, from, s.len - from));
}

static void put_quoted(struct json_writer *w, struct span s)
{
    put(w, SPAN("\""));
    put_text(w, s);
    put(w, SPAN("\""));
}

void json_name(struct json_writer *w, const char *name)
{
    before_value(w);
    put_quoted(w, span_of(name));
    put(w, SPAN(":"));
    w->needs_comma = false;
}

void json_string(struct json_writer *w, struct span text)
{
    before_value(w);
    put_quoted(w, text);
}

void json_number(struct json_writer *w, int64_t number)
{
    char text[24];

    before_value(w);
    snprintf(text, sizeof(text), "%lld", (long long)number);
    put(w, span_of(text));
}

void json_flag(struct json_writer *w, bool flag)
{
    before_value(w);
    put(w, flag ? SPAN("true") : SPAN("false"));
}

void json_string_member(struct json_writer *w, const char *name, struct span text)
{
    if (!span_is_null(text)) {
        json_name(w, name);
        json_string(w, text);
    }
}

bool json_done(const struct json_writer *w)
{
    return !w->failed;
}
