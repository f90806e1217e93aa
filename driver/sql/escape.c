/* The escape translator: copies a text token by token and rewrites escapes when they close. Nested
   escapes are finished before the one around them, so each sees arguments that are translated
   already. */
#include "sql/escape.h"

enum escape_kind { ESCAPE_FUNCTION, ESCAPE_JOIN, ESCAPE_CALL };

/* An escape that was opened and not closed yet. */
struct frame {
    enum escape_kind kind;
    size_t in_from;    /* the opening brace in the user's text */
    size_t out_from;   /* where its output begins */
    unsigned depth;    /* brackets open inside it */
    unsigned n_braces; /* braces open inside it that are no escapes */
    struct span name;
    bool has_brackets, is_finished; /* a function's: closed its bracket */
    size_t arguments_from, arguments_to;
    unsigned n_commas;
    size_t commas[ARGUMENTS_MAX];
};

struct translator {
    struct lexer lexer;
    const struct sql_context *context;
    struct buf *out, *edits;
    struct buf scratch;
    struct frame frames[ESCAPE_DEPTH_MAX];
    unsigned n_frames;
    struct fault *f;
};

static bool broken(struct translator *t, size_t at, const char *what)
{
    return sql_fault_at(t->f, FAULT_SYNTAX, t->lexer.text, at, what);
}

/* Puts the place in front of a fault that does not know it. */
static bool placed(struct translator *t, size_t at)
{
    char text[FAULT_TEXT_MAX + 1];

    if (t->f == NULL || (t->f->kind != FAULT_SYNTAX && t->f->kind != FAULT_UNSUPPORTED)) {
        return false;
    }
    span_to_c(span_of(t->f->text), text, sizeof(text));
    return sql_fault_at(t->f, t->f->kind, t->lexer.text, at, text);
}

static bool is_wordlike(char c)
{
    return ascii_is_letter(c) || ascii_is_digit(c) || c == '_' || c == '$' || c == '@' ||
           (unsigned char)c >= 0x80;
}

/* Whether two bytes would run into one token when they meet. */
static bool would_merge(char before, char behind)
{
    return (is_wordlike(before) && is_wordlike(behind)) ||
           (before == behind && (before == '\'' || before == '"' || before == '`')) ||
           (before == '-' && behind == '-') || (before == '/' && behind == '*');
}

static bool add_apart(struct translator *t, size_t out_from, struct span text)
{
    bool touches =
        out_from > 0 && text.len > 0 && would_merge(t->out->at[out_from - 1], text.at[0]);

    return (!touches || buf_add_byte(t->out, ' ', t->f)) && buf_add(t->out, text, t->f);
}

/* The lexer stands behind the closing brace: keeps what follows apart and notes the rewritten
   stretch. */
static bool finish(struct translator *t, size_t in_from, size_t out_from)
{
    struct lexer *l = &t->lexer;
    char behind = l->at < l->text.len ? l->text.at[l->at] : 0;

    if (t->out->len > out_from && would_merge(t->out->at[t->out->len - 1], behind) &&
        !buf_add_byte(t->out, ' ', t->f)) {
        return false;
    }
    if (t->n_frames > 0) {
        return true;
    }
    struct sql_edit e = { out_from, t->out->len - out_from, in_from, l->at - in_from };

    return buf_add(t->edits, (struct span){ (const char *)&e, sizeof(e) }, t->f);
}

static struct frame *push(struct translator *t, enum escape_kind kind, size_t in_from)
{
    if (t->n_frames == ESCAPE_DEPTH_MAX) {
        fault_ceiling(t->f, "escapes inside each other", ESCAPE_DEPTH_MAX);
        return NULL;
    }
    struct frame *frame = &t->frames[t->n_frames++];

    *frame = (struct frame){ .kind = kind, .in_from = in_from, .out_from = t->out->len };
    return frame;
}

/* Cuts the arguments out of the output and puts Athena's form in their place. */
static bool close_function(struct translator *t, const struct frame *frame)
{
    const char *text = buf_span(t->out).at;
    size_t from = frame->arguments_from;
    struct arguments a = { .name = frame->name,
                           .all = { text + from, frame->arguments_to - from },
                           .has_brackets = frame->has_brackets };

    a.n = span_trim(a.all).len == 0 ? 0 : frame->n_commas + 1;
    for (unsigned i = 0; i < a.n && i < ARGUMENTS_MAX; i++) {
        size_t begin = i == 0 ? from : frame->commas[i - 1] + 1;
        size_t end =
            i < frame->n_commas && i < ARGUMENTS_MAX ? frame->commas[i] : frame->arguments_to;

        a.at[i] = span_trim((struct span){ text + begin, end - begin });
    }
    buf_clear(&t->scratch);
    if (!escape_function(&a, t->context, &t->scratch, t->f)) {
        return placed(t, frame->in_from);
    }
    t->out->len = frame->out_from;
    return add_apart(t, frame->out_from, buf_span(&t->scratch));
}

/* A call without brackets gets them: Athena wants them. */
static bool close_call(struct translator *t, const struct frame *frame)
{
    return frame->has_brackets || buf_add(t->out, SPAN("()"), t->f);
}

static bool close_frame(struct translator *t, size_t at)
{
    struct frame frame = t->frames[--t->n_frames];
    bool ok = true;

    if (frame.depth > 0) {
        return broken(t, at, "an escape ends inside brackets");
    }
    if (frame.kind == ESCAPE_FUNCTION) {
        ok = close_function(t, &frame);
    } else if (frame.kind == ESCAPE_CALL) {
        ok = close_call(t, &frame);
    }
    return ok && finish(t, frame.in_from, frame.out_from);
}

/* Behind {fn: the name, dots and quotes included, up to its bracket or the closing brace. */
static bool open_function(struct translator *t, size_t in_from)
{
    struct lexer *l = &t->lexer;
    struct token name = lexer_next_word(l), next = name;
    size_t to = name.from;

    while (next.kind == TOKEN_WORD || next.kind == TOKEN_QUOTED || token_is_sign(&next, '.')) {
        to = next.from + next.text.len;
        next = lexer_next_word(l);
    }
    if (to == name.from || !(token_is_sign(&next, '(') || token_is_sign(&next, '}'))) {
        return broken(t, in_from, "{fn wants the name of a function and its arguments in brackets");
    }
    struct frame *frame = push(t, ESCAPE_FUNCTION, in_from);

    if (frame == NULL) {
        return false;
    }
    frame->name = span_part(l->text, name.from, to - name.from);
    frame->has_brackets = token_is_sign(&next, '(');
    frame->depth = frame->has_brackets ? 1 : 0;
    frame->arguments_from = frame->arguments_to = t->out->len;
    return frame->has_brackets || close_frame(t, next.from);
}

static bool open_call(struct translator *t, size_t in_from)
{
    if (t->n_frames > 0) {
        return broken(t, in_from, "{call} stands alone, not inside another escape");
    }
    return push(t, ESCAPE_CALL, in_from) != NULL && buf_add(t->out, SPAN("CALL"), t->f);
}

/* {oj: the join stands there as Athena writes it too. */
static bool open_join(struct translator *t, size_t in_from)
{
    struct lexer ahead = t->lexer;
    struct token blank = lexer_next(&ahead);
    char before = t->out->len > 0 ? t->out->at[t->out->len - 1] : 0;

    if (push(t, ESCAPE_JOIN, in_from) == NULL) {
        return false;
    }
    if (blank.kind != TOKEN_BLANK ||
        would_merge(before, ahead.at < ahead.text.len ? ahead.text.at[ahead.at] : 0)) {
        return true;
    }
    t->lexer = ahead;
    return true;
}

static bool open_literal(struct translator *t, const struct token *keyword, size_t in_from)
{
    size_t out_from = t->out->len;

    buf_clear(&t->scratch);
    if (!escape_literal(keyword, &t->lexer, &t->scratch, t->f)) {
        return placed(t, in_from);
    }
    return add_apart(t, out_from, buf_span(&t->scratch)) && finish(t, in_from, out_from);
}

/* Is asked at an opening brace; *is_escape says whether it was one. What is no escape stays as it
   is: row patterns use braces too. */
static bool open_escape(struct translator *t, size_t in_from, bool *is_escape)
{
    struct lexer ahead = t->lexer;
    struct token keyword = lexer_next_word(&ahead);

    *is_escape = true;
    if (keyword.kind == TOKEN_MARKER) {
        struct token equals = lexer_next_word(&ahead), call = lexer_next_word(&ahead);

        if (token_is_sign(&equals, '=') && token_is_word(&call, "call")) {
            return sql_fault_at(t->f, FAULT_UNSUPPORTED, t->lexer.text, in_from,
                                "{?=call ...}: Athena has no procedures that return a value");
        }
    }
    bool is_literal = escape_is_literal(&keyword), is_function = token_is_word(&keyword, "fn");
    bool is_join = token_is_word(&keyword, "oj"), is_call = token_is_word(&keyword, "call");

    *is_escape = is_literal || is_function || is_join || is_call;
    if (!*is_escape) {
        return true;
    }
    t->lexer = ahead;
    if (is_literal) {
        return open_literal(t, &keyword, in_from);
    }
    return is_function ? open_function(t, in_from)
           : is_join   ? open_join(t, in_from)
                       : open_call(t, in_from);
}

/* Brackets and commas of the innermost open escape. */
static void follow_brackets(struct translator *t, struct frame *frame, const struct token *token)
{
    bool opens = token_is_sign(token, '(') || token_is_sign(token, '['),
         closes = token_is_sign(token, ')') || token_is_sign(token, ']');

    if (opens) {
        frame->depth++;
        frame->has_brackets = true;
    } else if (closes && frame->depth > 0) {
        frame->depth--;
        if (frame->kind == ESCAPE_FUNCTION && frame->depth == 0) {
            frame->is_finished = true;
            frame->arguments_to = t->out->len;
        }
    } else if (frame->kind == ESCAPE_FUNCTION && frame->depth == 1 && token_is_sign(token, ',')) {
        if (frame->n_commas < ARGUMENTS_MAX) {
            frame->commas[frame->n_commas] = t->out->len;
        }
        frame->n_commas++;
    }
}

static bool take_token(struct translator *t, const struct token *token)
{
    struct frame *frame = t->n_frames > 0 ? &t->frames[t->n_frames - 1] : NULL;

    if (frame != NULL && token_is_sign(token, '}') && frame->n_braces == 0) {
        return close_frame(t, token->from);
    }
    if (frame != NULL && frame->is_finished) {
        return token_is_filler(token) ||
               broken(t, token->from, "a function escape ends behind the bracket of its arguments");
    }
    if (token_is_sign(token, '{')) {
        bool is_escape;
        bool ok = open_escape(t, token->from, &is_escape);

        if (!ok || is_escape) {
            return ok;
        }
    }
    if (frame != NULL) {
        frame->n_braces += token_is_sign(token, '{');
        frame->n_braces -= token_is_sign(token, '}');
        follow_brackets(t, frame, token);
    }
    return buf_add(t->out, token->text, t->f);
}

bool escape_translate(struct lexer begin, const struct sql_context *context, struct buf *out,
                      struct buf *edits, struct fault *f)
{
    struct translator t = {
        .lexer = begin, .context = context, .out = out, .edits = edits, .f = f
    };
    struct token token;
    bool ok = true;

    t.scratch.ceiling = SQL_INPUT_BYTES_MAX;
    while (ok && (token = lexer_next(&t.lexer)).kind != TOKEN_END) {
        ok = take_token(&t, &token);
    }
    if (ok && t.n_frames > 0) {
        ok = broken(&t, t.frames[t.n_frames - 1].in_from, "this escape is not closed by a brace");
    }
    buf_free(&t.scratch);
    return ok;
}
