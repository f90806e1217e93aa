/* athena-odbc explain-error: what a code or a message means. Nothing is asked of anybody. */
#include <stdio.h>
#include <string.h>

#include "aws/error.h"
#include "command.h"
#include "probe.h"
#include "say.h"

static const struct {
    const char *words, *meaning, *fix;
} rows[] = {
#define EXPLAIN(words, meaning, fix) { words, meaning, fix },
#include "explain.def"
#undef EXPLAIN
};

static bool is_word_byte(char c)
{
    return ascii_is_letter(c) || ascii_is_digit(c) || c == '_';
}

/* The words stand in the text, case apart, and do not begin or end inside a longer word. */
static bool has_words(struct span text, struct span words)
{
    for (size_t at = 0; at + words.len <= text.len; at++) {
        bool is_there = span_equal_nocase(span_part(text, at, words.len), words);
        bool begins = at == 0 || !is_word_byte(text.at[at - 1]);
        size_t behind = at + words.len;
        /* AWS puts "Exception" behind some codes. */
        bool ends = behind == text.len || !is_word_byte(text.at[behind]) ||
                    span_starts(span_from(text, behind), SPAN("Exception"));

        if (is_there && begins && ends) {
            return true;
        }
    }
    return false;
}

struct explanation {
    const char *words, *meaning, *fix, *hop;
    struct fault named; /* action, principal, resource that the text names */
};

static bool explain(struct span text, struct explanation *out)
{
    static const struct {
        const char *words, *hop;
    } hops[] = {
        { "hop 1", "hop 1: the base identity assumes RunAsRole" },
        { "hop 2", "hop 2: RunAsRole assumes ConsumerAccountRoleArn" },
        { "base credentials", "base credentials: who signs in" },
    };

    *out = (struct explanation){ .words = NULL };
    aws_read_denial(text, &out->named);
    for (size_t i = 0; i < sizeof(hops) / sizeof(hops[0]) && out->hop == NULL; i++) {
        out->hop = has_words(text, span_of(hops[i].words)) ? hops[i].hop : NULL;
    }
    for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
        if (has_words(text, span_of(rows[i].words))) {
            out->words = rows[i].words;
            out->meaning = rows[i].meaning;
            out->fix = rows[i].fix;
            return true;
        }
    }
    return false;
}

static int print_json(const struct explanation *e)
{
    struct buf out = { 0 };
    struct json_writer w = { .out = &out };
    const struct {
        const char *name, *text;
    } members[] = {
        { "recognised", e->words },        { "hop", e->hop },
        { "meaning", e->meaning },         { "fix", e->fix },
        { "action", e->named.action },     { "principal", e->named.principal },
        { "resource", e->named.resource },
    };

    json_open(&w, '{');
    for (size_t i = 0; i < sizeof(members) / sizeof(members[0]); i++) {
        if (members[i].text != NULL && members[i].text[0] != 0) {
            json_string_member(&w, members[i].name, span_of(members[i].text));
        }
    }
    json_close(&w, '}');
    int status = say_json(&w, e->words != NULL ? STATUS_OK : STATUS_FAILED);
    buf_free(&out);
    return status;
}

static void print_member(const char *title, const char *text)
{
    if (text != NULL && text[0] != 0) {
        printf("%-10s ", title);
        say_text(stdout, span_of(text));
        fputc('\n', stdout);
    }
}

static int run(const struct arguments *a)
{
    struct explanation e;
    struct buf text = { .ceiling = 256 * 1024 };

    for (unsigned i = 0; i < a->n; i++) {
        if ((i > 0 && !buf_add_byte(&text, ' ', NULL)) ||
            !buf_add(&text, span_of(a->at[i]), NULL)) {
            buf_free(&text);
            return usage_error("the text is too long");
        }
    }
    bool is_known = explain(buf_span(&text), &e);
    int status = is_known ? STATUS_OK : STATUS_FAILED;
    if (wants_json(a)) {
        status = print_json(&e);
    } else if (is_known) {
        print_member("about", e.words);
        print_member("where", e.hop);
        print_member("meaning", e.meaning);
        print_member("who", e.named.principal);
        print_member("action", e.named.action);
        print_member("resource", e.named.resource);
        print_member("fix", e.fix);
    } else {
        fputs("athena-odbc: this text is not known; athena-odbc doctor DSN looks at the data "
              "source itself\n",
              stderr);
    }
    buf_free(&text);
    return status;
}

const struct command command_explain = { "explain-error",
                                         "TEXT|CODE",
                                         "Says what an error means and what mends it",
                                         1,
                                         ARGUMENTS_MAX,
                                         NULL,
                                         run };
