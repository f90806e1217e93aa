/* {fn ...}: from a name and its arguments to Athena's words, by the rows of escape_fn.def. */
#include "sql/escape.h"

enum group { STRING, NUMERIC, TIMEDATE, SYSTEM, CONVERSION };

struct function {
    const char *name;
    unsigned n_arguments;
    const char *form, *ordered;
    enum group group;
    uint32_t bit;
};

static const struct function functions[] = {
#define FUNCTION(name, arguments, form, ordered, group, bit) \
    { name, arguments, form, ordered, group, bit },
#include "sql/escape_fn.def"
#undef FUNCTION
};

enum { N_FUNCTIONS = sizeof(functions) / sizeof(functions[0]) };

static uint32_t bits_of(enum group group)
{
    uint32_t bits = 0;

    for (size_t i = 0; i < N_FUNCTIONS; i++) {
        bits |= functions[i].group == group ? functions[i].bit : 0;
    }
    return bits;
}

uint32_t sql_string_functions(void)
{
    return bits_of(STRING);
}

uint32_t sql_numeric_functions(void)
{
    return bits_of(NUMERIC);
}

uint32_t sql_timedate_functions(void)
{
    return bits_of(TIMEDATE);
}

uint32_t sql_system_functions(void)
{
    return bits_of(SYSTEM);
}

static bool has_marker(struct span text)
{
    struct lexer l = { .text = text };
    struct token t;

    while ((t = lexer_next(&l)).kind != TOKEN_END) {
        if (t.kind == TOKEN_MARKER) {
            return true;
        }
    }
    return false;
}

/* The placeholder at form[i], or -1: $0..$9 give the digit. */
static int placeholder(struct span form, size_t i)
{
    return form.at[i] == '$' && i + 1 < form.len && ascii_is_digit(form.at[i + 1])
               ? form.at[i + 1] - '0'
               : -1;
}

/* Whether every argument with a marker stands in the form once, in the order the user wrote them:
   values are bound by position. */
static bool keeps_markers(struct span form, const struct arguments *a)
{
    unsigned expected = 0;
    bool in_whole = span_find(form, SPAN("$0")) < form.len;

    if (in_whole) {
        return true;
    }
    for (size_t i = 0; i < form.len; i++) {
        int n = placeholder(form, i);

        if (n < 1 || !has_marker(a->at[n - 1])) {
            continue;
        }
        while (expected < a->n && !has_marker(a->at[expected])) {
            expected++;
        }
        if ((unsigned)n != expected + 1) {
            return false;
        }
        expected++;
    }
    while (expected < a->n) {
        if (has_marker(a->at[expected++])) {
            return false;
        }
    }
    return true;
}

/* A line comment at an argument's end would swallow what the form puts behind it. */
static bool ends_in_comment(struct span text)
{
    struct lexer l = { .text = text };
    struct token t, last = { .kind = TOKEN_END };

    while ((t = lexer_next(&l)).kind != TOKEN_END) {
        last = t;
    }
    return last.kind == TOKEN_LINE_COMMENT;
}

static bool add_argument(struct span argument, struct buf *out, struct fault *f)
{
    return buf_add(out, argument, f) && (!ends_in_comment(argument) || buf_add_byte(out, '\n', f));
}

static bool add_form(struct span form, const struct arguments *a, const struct sql_context *context,
                     struct buf *out, struct fault *f)
{
    for (size_t i = 0; i < form.len; i++) {
        int n = placeholder(form, i);
        char letter = form.at[i] == '$' && i + 1 < form.len ? form.at[i + 1] : 0;
        bool ok;

        if (n >= 0) {
            ok = add_argument(n == 0 ? a->all : a->at[n - 1], out, f);
        } else if (letter == 'c' || letter == 'u') {
            ok = sql_quote_text(letter == 'c' ? context->catalog : context->user, out, f);
        } else {
            ok = buf_add_byte(out, form.at[i], f);
        }
        if (!ok) {
            return false;
        }
        i += n >= 0 || letter == 'c' || letter == 'u';
    }
    return true;
}

/* Athena may know what ODBC does not: the name and its arguments as they were written. */
static bool add_unknown(const struct arguments *a, struct buf *out, struct fault *f)
{
    if (!buf_add(out, a->name, f) || !a->has_brackets) {
        return a->has_brackets ? false : true;
    }
    return buf_add_byte(out, '(', f) && add_argument(a->all, out, f) && buf_add_byte(out, ')', f);
}

static const struct function *find_function(const struct arguments *a,
                                            const struct function **same_name)
{
    *same_name = NULL;
    for (size_t i = 0; i < N_FUNCTIONS; i++) {
        if (span_equal_nocase(a->name, span_of(functions[i].name))) {
            *same_name = &functions[i];
            if (functions[i].n_arguments == a->n) {
                return &functions[i];
            }
        }
    }
    return NULL;
}

bool escape_function(const struct arguments *a, const struct sql_context *context, struct buf *out,
                     struct fault *f)
{
    const struct function *same_name, *fn = find_function(a, &same_name);
    char form[FORM_ROOM];

    if (same_name == NULL) {
        return add_unknown(a, out, f);
    }
    if (fn == NULL) {
        return fault_set(f, FAULT_SYNTAX, "{fn %s} does not take %u argument%s", same_name->name,
                         a->n, a->n == 1 ? "" : "s");
    }
    if (!escape_form(span_of(fn->form), a, form, f)) {
        return false;
    }
    if (keeps_markers(span_of(form), a)) {
        return add_form(span_of(form), a, context, out, f);
    }
    if (fn->ordered[0] != 0 && keeps_markers(span_of(fn->ordered), a)) {
        return add_form(span_of(fn->ordered), a, context, out, f);
    }
    return fault_set(f, FAULT_UNSUPPORTED,
                     "{fn %s} with a parameter marker in this argument: Athena's form would need "
                     "the value twice or in another order; give a literal, "
                     "or write the expression in Athena's SQL",
                     fn->name);
}
