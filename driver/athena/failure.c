/* Error names first, wording second, type numbers last: names are Trino's and stable, numbers are
   coarse. */
#include "athena/failure.h"

#include "aws/error.h"
#include "base/number.h"

struct word_rule {
    const char *word;
    enum fault_kind kind;
};

/* Leading ERROR_NAME, as in "TABLE_NOT_FOUND: line 1:15: ...". */
static const struct word_rule names[] = {
    { "TABLE_NOT_FOUND", FAULT_NO_TABLE },
    { "SCHEMA_NOT_FOUND", FAULT_NO_TABLE },
    { "CATALOG_NOT_FOUND", FAULT_NO_TABLE },
    { "MISSING_TABLE", FAULT_NO_TABLE },
    { "MISSING_SCHEMA_NAME", FAULT_NO_TABLE },
    { "MISSING_CATALOG_NAME", FAULT_NO_TABLE },
    { "COLUMN_NOT_FOUND", FAULT_NO_COLUMN },
    { "INVALID_COLUMN_REFERENCE", FAULT_NO_COLUMN },
    { "TABLE_ALREADY_EXISTS", FAULT_TABLE_EXISTS },
    { "SCHEMA_ALREADY_EXISTS", FAULT_TABLE_EXISTS },
    { "ALREADY_EXISTS", FAULT_TABLE_EXISTS },
    { "SYNTAX_ERROR", FAULT_SYNTAX },
    { "FUNCTION_NOT_FOUND", FAULT_SYNTAX },
    { "TYPE_MISMATCH", FAULT_SYNTAX },
    { "TYPE_NOT_FOUND", FAULT_SYNTAX },
    { "AMBIGUOUS_NAME", FAULT_SYNTAX },
    { "AMBIGUOUS_FUNCTION_CALL", FAULT_SYNTAX },
    { "DUPLICATE_COLUMN_NAME", FAULT_SYNTAX },
    { "MISMATCHED_COLUMN_ALIASES", FAULT_SYNTAX },
    { "MISSING_COLUMN_NAME", FAULT_SYNTAX },
    { "EXPRESSION_NOT_", FAULT_SYNTAX },
    { "NESTED_", FAULT_SYNTAX },
    { "MISSING_GROUP_BY", FAULT_SYNTAX },
    { "INVALID_PARAMETER_USAGE", FAULT_SYNTAX },
    { "INVALID_ARGUMENTS", FAULT_SYNTAX },
    { "DIVISION_BY_ZERO", FAULT_DIVISION },
    { "INVALID_CAST_ARGUMENT", FAULT_DATA },
    { "NUMERIC_VALUE_OUT_OF_RANGE", FAULT_DATA },
    { "INVALID_FUNCTION_ARGUMENT", FAULT_DATA },
    { "INVALID_LITERAL", FAULT_DATA },
    { "INVALID_ROW_FILTER", FAULT_DATA },
    { "SUBQUERY_MULTIPLE_ROWS", FAULT_DATA },
    { "HIVE_BAD_DATA", FAULT_DATA },
    { "NOT_SUPPORTED", FAULT_UNSUPPORTED },
    { "PERMISSION_DENIED", FAULT_DENIED },
    { "INSUFFICIENT_PERMISSIONS", FAULT_DENIED },
    { "EXCEEDED_TIME_LIMIT", FAULT_TIMEOUT },
    { "ADMINISTRATIVELY_", FAULT_CANCELLED },
    { "USER_CANCELED", FAULT_CANCELLED },
    { "QUERY_CANCELLED", FAULT_CANCELLED },
    { "SERVER_", FAULT_SERVICE },
    { "NO_NODES_AVAILABLE", FAULT_SERVICE },
    { "REMOTE_", FAULT_SERVICE },
};

/* Wording of statements that Hive runs and of data sources that are not readable. The first match
   counts. */
static const struct word_rule wordings[] = {
    { "not authorized to perform", FAULT_DENIED },
    { "Insufficient permissions", FAULT_DENIED },
    { "Insufficient Lake Formation permission", FAULT_DENIED },
    { "Access Denied", FAULT_DENIED },
    { "AccessDenied", FAULT_DENIED },
    { "Slow Down", FAULT_THROTTLED },
    { "SlowDown", FAULT_THROTTLED },
    { "Rate exceeded", FAULT_THROTTLED },
    { "AlreadyExistsException", FAULT_TABLE_EXISTS },
    { "[Error 10001]", FAULT_NO_TABLE },
    { "[Error 10072]", FAULT_NO_TABLE },
    { "Table not found", FAULT_NO_TABLE },
    { "Database does not exist", FAULT_NO_TABLE },
    { "NoSuchObjectException", FAULT_NO_TABLE },
    { "EntityNotFoundException", FAULT_NO_TABLE },
    { "Entity Not Found", FAULT_NO_TABLE },
    { "ParseException", FAULT_SYNTAX },
    { "Query type not supported", FAULT_UNSUPPORTED },
};

/* Documented ErrorType numbers, from - to. */
static const struct {
    int from, to;
    enum fault_kind kind;
} types[] = {
    { 206, 206, FAULT_TIMEOUT },
    { 210, 210, FAULT_TIMEOUT },
    { 401, 402, FAULT_DENIED }, /* could not write the result */
    { 1001, 1002, FAULT_DATA },
    { 1006, 1006, FAULT_SYNTAX },
    { 1007, 1007, FAULT_DATA },
    { 1011, 1011, FAULT_CANCELLED },
    { 1014, 1014, FAULT_CANCELLED },
    { 1100, 1100, FAULT_DATA },
    { 1106, 1106, FAULT_DATA },
    { 1110, 1110, FAULT_NO_TABLE },
    { 1200, 1202, FAULT_UNSUPPORTED },
    { 1300, 1303, FAULT_NO_TABLE },
    { 1306, 1306, FAULT_NOT_FOUND },
    { 1400, 1406, FAULT_THROTTLED },
    { 1500, 1501, FAULT_DENIED },
    { 1602, 1602, FAULT_SERVICE },
    { 100, 399, FAULT_SERVICE },
    { 9999, 9999, FAULT_SERVICE },
};

static enum fault_kind kind_by_name(struct span text)
{
    for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++) {
        if (span_starts(text, span_of(names[i].word))) {
            return names[i].kind;
        }
    }
    return FAULT_NONE;
}

static enum fault_kind kind_by_wording(struct span text)
{
    for (size_t i = 0; text.len > 0 && i < sizeof(wordings) / sizeof(wordings[0]); i++) {
        if (span_find(text, span_of(wordings[i].word)) < text.len) {
            return wordings[i].kind;
        }
    }
    return FAULT_NONE;
}

static enum fault_kind kind_by_type(int64_t type)
{
    for (size_t i = 0; i < sizeof(types) / sizeof(types[0]); i++) {
        if (type >= types[i].from && type <= types[i].to) {
            return types[i].kind;
        }
    }
    return FAULT_QUERY;
}

static enum fault_kind kind_of(const struct failure *why)
{
    enum fault_kind kind = kind_by_name(why->reason);

    if (kind == FAULT_NONE) {
        kind = kind_by_name(why->message);
    }
    if (kind == FAULT_NONE) {
        kind = kind_by_wording(why->reason);
    }
    if (kind == FAULT_NONE) {
        kind = kind_by_wording(why->message);
    }
    return kind != FAULT_NONE ? kind : kind_by_type(why->type);
}

static size_t count_digits(struct span s)
{
    size_t n = 0;
    while (n < s.len && n < 9 && ascii_is_digit(s.at[n])) {
        n++;
    }
    return n;
}

/* "line 1:15" anywhere in the text. */
static void find_place(struct span text, struct fault *f)
{
    size_t at = span_find(text, SPAN("line "));
    struct span rest = at < text.len ? span_from(text, at + 5) : SPAN("");
    size_t n_line = count_digits(rest);
    struct span tail = span_from(rest, n_line);
    uint64_t line = 0, column = 0;

    if (n_line == 0 || tail.len == 0 || tail.at[0] != ':') {
        return;
    }
    tail = span_from(tail, 1);
    if (number_parse_u64(span_part(rest, 0, n_line), &line) &&
        number_parse_u64(span_part(tail, 0, count_digits(tail)), &column)) {
        f->line = (unsigned)line;
        f->column = (unsigned)column;
    }
}

/* The ERROR_NAME a text begins with, as code. All have an underscore: Hive's "FAILED:" is no
   name. */
static void keep_name(struct span text, struct fault *f)
{
    size_t n = 0;
    while (n < text.len && ((text.at[n] >= 'A' && text.at[n] <= 'Z') || text.at[n] == '_')) {
        n++;
    }
    bool is_name = n < text.len && text.at[n] == ':' &&
                   span_find_byte(span_part(text, 0, n), '_') < n;
    if (is_name && f->code[0] == '\0') {
        span_to_c(span_part(text, 0, n), f->code, sizeof(f->code));
    }
}

static void explain_cancelled(const struct failure *why, const char *query_id, struct fault *f)
{
    bool is_limit = why->reason.len > 0 && (span_find(why->reason,
                                                      SPAN("bytes")) < why->reason.len ||
                                            span_find(why->reason,
                                                      SPAN("limit")) < why->reason.len);

    fault_set(f, is_limit ? FAULT_QUERY : FAULT_CANCELLED, "Query %s was cancelled: %.*s", query_id,
              (int)why->reason.len, why->reason.at ? why->reason.at : "");
}

void failure_explain(const struct failure *why, const char *query_id, struct fault *f)
{
    struct span said = why->message.len > 0 ? why->message : why->reason;

    if (f == NULL) {
        return;
    }
    if (why->is_cancelled) {
        explain_cancelled(why, query_id, f);
    } else {
        fault_set(f, kind_of(why), "%.*s (query %s)", (int)(said.len > 420 ? 420 : said.len),
                  said.at != NULL ? said.at : "The query failed and Athena gave no reason",
                  query_id);
        if (why->reason.len > 0 && !span_equal(why->reason, said)) {
            fault_note(f, "Athena: %.*s", (int)why->reason.len, why->reason.at);
        }
        keep_name(why->reason, f);
        keep_name(said, f);
        find_place(said, f);
    }
    if (f->kind == FAULT_DENIED) {
        aws_read_denial(why->reason.len > 0 ? why->reason : said, f);
    }
    f->native = why->type > 0 ? (int)why->type : 0;
    f->hop = HOP_SERVICE;
    span_to_c(span_of(query_id), f->query_id, sizeof(f->query_id));
}

static bool says(const struct fault *f, const char *words)
{
    struct span text = span_of(f->text);
    return span_find(text, span_of(words)) < text.len;
}

static void refine_input(struct fault *f)
{
    if (says(f, "Entity Not Found") || says(f, "EntityNotFound")) {
        f->kind = FAULT_NO_TABLE;
    } else if (says(f, "WorkGroup is not found")) {
        f->kind = FAULT_NOT_FOUND;
        fault_note(f, "Check the keys WorkGroup and AwsRegion, and that the role is one of the "
                   "account that has this workgroup.");
    } else if (says(f, "No output location provided")) {
        f->kind = FAULT_SETTING;
        fault_note(f, "Set S3OutputLocation, or give the workgroup a result location.");
    } else if (says(f, "outputLocation is not a valid S3 path") || says(f, "output bucket")) {
        f->kind = FAULT_SETTING;
        fault_note(f, "Check S3OutputLocation, and that the consumer role may use this bucket.");
    }
}

void failure_refine(struct fault *f)
{
    static const struct word_rule codes[] = {
        { "MALFORMED_QUERY", FAULT_SYNTAX },
        { "INVALID_PARAMETER_USAGE", FAULT_SYNTAX },
        { "DATACATALOG_NOT_FOUND", FAULT_NOT_FOUND },
        { "QUERY_EXECUTION_NOT_FOUND", FAULT_NOT_FOUND },
        { "RESULT_NOT_FOUND", FAULT_NOT_FOUND },
        { "IDEMPOTENT_PARAMETER_MISMATCH", FAULT_PROTOCOL },
        { "INVALID_QUERY_EXECUTION_STATE", FAULT_QUERY },
        { "CONCURRENT_QUERY_LIMIT_EXCEEDED", FAULT_THROTTLED },
    };

    if (f == NULL) {
        return;
    }
    for (size_t i = 0; i < sizeof(codes) / sizeof(codes[0]); i++) {
        if (span_equal(span_of(f->code), span_of(codes[i].word))) {
            f->kind = codes[i].kind;
        }
    }
    if (f->kind == FAULT_SYNTAX && says(f, "not supported")) {
        f->kind = FAULT_UNSUPPORTED;
    }
    /* A code-less InvalidRequestException of older or imitated services is told apart by its
       words. */
    if (f->kind == FAULT_QUERY) {
        refine_input(f);
    }
    if (f->kind == FAULT_QUERY && says(f, "mismatched input")) {
        f->kind = FAULT_SYNTAX;
    }
    if (f->kind == FAULT_SYNTAX) {
        find_place(span_of(f->text), f);
    }
}
