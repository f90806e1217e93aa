/* Bodies of STS requests. */
#include "runner.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "chain_cases.h"
#include "role.h"

static size_t n_parts(struct span form)
{
    size_t n = 0;

    for (; !span_is_null(form); n++) {
        (void)span_next(&form, '&');
    }
    return n;
}

/* %XX and + undone, so that both spellings of a blank are equal. */
static void decode(struct span s, char *to, size_t room)
{
    size_t n = 0;

    for (size_t i = 0; i < s.len && n + 1 < room; i++) {
        unsigned byte = 0;
        if (s.at[i] == '%' && i + 2 < s.len + 0 && sscanf(s.at + i + 1, "%2x", &byte) == 1) {
            to[n++] = (char)byte;
            i += 2;
        } else {
            to[n++] = s.at[i] == '+' ? ' ' : s.at[i];
        }
    }
    to[n] = 0;
}

static bool form_has(struct span form, const char *part)
{
    static char decoded[32768];

    while (!span_is_null(form)) {
        decode(span_next(&form, '&'), decoded, sizeof(decoded));
        if (strcmp(decoded, part) == 0) {
            return true;
        }
    }
    return false;
}

static bool same_form(struct span got, struct span want)
{
    static char decoded[32768];
    size_t n = n_parts(want);

    for (struct span rest = want; !span_is_null(rest);) {
        decode(span_next(&rest, '&'), decoded, sizeof(decoded));
        if (!form_has(got, decoded)) {
            return false;
        }
    }
    return n_parts(got) == n;
}

void body_case(const struct json *t)
{
    struct span operation = json_text_of(t, "operation");
    struct buf form = { 0 };
    struct sts_role role;
    bool is_role = span_starts(operation, SPAN("AssumeRole"));

    if (!is_role && !span_equal(operation, SPAN("GetCallerIdentity"))) {
        runner_skip(json_text_of(t, "name"), "the driver never makes this call");
        return;
    }
    role_read(json_member(t, "params"), &role);
    bool ok = is_role ? sts_role_form(&role, &form, NULL)
                      : buf_add(&form, SPAN("Action=GetCallerIdentity&Version=2011-06-15"), NULL);
    runner_case(json_text_of(t, "name"), ok && same_form(buf_span(&form), json_text_of(t, "body")),
                form.at);
    buf_free(&form);
}

