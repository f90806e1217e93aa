/* Checks values by kind. A checker is a row of a table: it answers with the rule that was broken,
   and the fault is made in one place, where it is known whether the value may be shown. */
#include "config/validate.h"

#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "base/json.h"
#include "base/number.h"
#include "base/utf.h"
#include "base/zone_file.h"

/* One value on its way through a checker. */
struct check {
    const struct keyword *keyword;
    struct span value;
    struct arena *arena;
    struct span *out; /* preset to value */
    struct fault *f;
    bool failed; /* f is filled already */
};

/* NULL when the value is good, else the rule. */
typedef const char *(*checker)(struct check *c);

static bool is_between(const struct check *c, size_t n)
{
    return (int64_t)n >= c->keyword->low && (int64_t)n <= c->keyword->high;
}

static const char *check_text(struct check *c)
{
    return is_between(c, c->value.len) ? NULL : "has the wrong length";
}

static const char *check_flag(struct check *c)
{
    bool flag;

    if (!number_parse_flag(c->value, &flag)) {
        return "must be 1 or 0";
    }
    *c->out = flag ? SPAN("1") : SPAN("0");
    return NULL;
}

static const char *check_int(struct check *c)
{
    int64_t number;

    return number_parse_i64(c->value, &number) && number >= c->keyword->low &&
                   number <= c->keyword->high
               ? NULL
               : "must be a whole number";
}

static const char *check_decimal(struct check *c)
{
    double number;

    return number_parse_double(c->value, &number) && number >= (double)c->keyword->low &&
                   number <= (double)c->keyword->high
               ? NULL
               : "must be a number";
}

static const char *check_digits(struct check *c)
{
    for (size_t i = 0; i < c->value.len; i++) {
        if (!ascii_is_digit(c->value.at[i])) {
            return "must be digits";
        }
    }
    return is_between(c, c->value.len) ? NULL : "has the wrong number of digits";
}

static const char *check_choice(struct check *c)
{
    struct span rest = span_of(c->keyword->choices);

    while (!span_is_null(rest)) {
        struct span spellings = span_next(&rest, '|');
        struct span first = span_part(spellings, 0, span_find_byte(spellings, '='));

        while (!span_is_null(spellings)) {
            if (span_equal_nocase(span_next(&spellings, '='), c->value)) {
                *c->out = first;
                return NULL;
            }
        }
    }
    return "must be one of";
}

static const char *check_name(struct check *c)
{
    for (size_t i = 0; i < c->value.len; i++) {
        char b = c->value.at[i];

        if (!ascii_is_letter(b) && !ascii_is_digit(b) && b != '.' && b != '_' && b != '-') {
            return "may hold letters, digits and ._- only";
        }
    }
    return is_between(c, c->value.len) ? NULL : "has the wrong length";
}

static const char *check_region(struct check *c)
{
    struct span v = c->value;

    for (size_t i = 0; i < v.len; i++) {
        if (!(v.at[i] >= 'a' && v.at[i] <= 'z') && !ascii_is_digit(v.at[i]) && v.at[i] != '-') {
            return "must be a region name such as eu-west-1 (small letters, digits, hyphens)";
        }
    }
    return is_between(c, v.len) && v.at[0] != '-' && v.at[v.len - 1] != '-'
               ? NULL
               : "must be a region name such as eu-west-1";
}

static const char *check_account(struct check *c)
{
    return check_digits(c) == NULL ? NULL : "must be an account number of twelve digits";
}

static const char *check_arn(struct check *c)
{
    return check_role_arn(c->value);
}

static const char *check_policies(struct check *c)
{
    return check_policy_arns(c->value);
}

static const char *check_external(struct check *c)
{
    return check_external_id(c->value);
}

static const char *check_session(struct check *c)
{
    return check_session_name(c->value);
}

static const char *check_tag_list(struct check *c)
{
    return check_tags(c->value);
}

static const char *check_tag_names(struct check *c)
{
    return check_tag_keys(c->value);
}

static const char *check_role_patterns(struct check *c)
{
    struct span rest = c->value;

    while (!span_is_null(rest)) {
        if (!span_starts(span_trim(span_next(&rest, ',')), SPAN("arn:"))) {
            return "must list role ARNs, separated by commas, in which * stands for any text";
        }
    }
    return NULL;
}

static const char *check_policy(struct check *c)
{
    struct json *document = NULL;

    if (!json_parse(c->value, &document, NULL)) {
        return "must be a JSON policy document";
    }
    bool is_policy = json_is_object(document) && json_member(document, "Statement") != NULL;

    json_free(document);
    for (size_t i = 0; i < c->value.len;) {
        uint32_t character = utf8_next(c->value, &i);

        if (character > 0xff) {
            return "may hold characters up to U+00FF only; write others as \\uXXXX";
        }
    }
    return is_policy ? NULL : "must be a JSON policy document with a Statement";
}

static const char *check_s3_uri(struct check *c)
{
    struct span v = c->value, bucket = span_from(v, 5);

    bucket = span_part(bucket, 0, span_find_byte(bucket, '/'));
    if (!span_starts(v, SPAN("s3://")) || bucket.len < 3 || bucket.len > 255) {
        return "must be s3://bucket/prefix/";
    }
    for (size_t i = 0; i < bucket.len; i++) {
        if (!ascii_is_letter(bucket.at[i]) && !ascii_is_digit(bucket.at[i]) &&
            memchr(".-_", bucket.at[i], 3) == NULL) {
            return "must be s3://bucket/prefix/ with a bucket name of letters, digits and .-_";
        }
    }
    return NULL;
}

static const char *check_url(struct check *c)
{
    bool lacks_scheme;
    const char *broken = check_address_url(c->value, &lacks_scheme);
    struct buf b = { .ceiling = 4096 };

    if (broken != NULL || !lacks_scheme) {
        return broken;
    }
    c->failed = !buf_add(&b, SPAN("https://"), c->f) || !buf_add(&b, c->value, c->f) ||
                !arena_copy(c->arena, buf_span(&b), c->out, c->f);
    buf_free(&b);
    return c->failed ? "" : NULL;
}

static const char *check_proxy(struct check *c)
{
    return check_proxy_address(c->value);
}

static const char *check_path(struct check *c)
{
    return c->value.at[0] == '/' && is_between(c, c->value.len) ? NULL : "must be an absolute path";
}

static bool is_zone_offset(struct span v)
{
    int64_t hours, minutes;

    return v.len == 6 && (v.at[0] == '+' || v.at[0] == '-') && v.at[3] == ':' &&
           number_parse_i64(span_part(v, 1, 2), &hours) &&
           number_parse_i64(span_part(v, 4, 2), &minutes) && hours >= 0 && minutes >= 0 &&
           minutes < 60 && hours * 60 + minutes <= 14 * 60;
}

static const char *check_zone(struct check *c)
{
    if (span_equal_nocase(c->value, SPAN("UTC")) || span_equal_nocase(c->value, SPAN("Z"))) {
        *c->out = SPAN("UTC");
        return NULL;
    }
    if (is_zone_offset(c->value)) {
        return NULL;
    }
    int fd = zone_file_open(c->value);
    if (fd < 0) {
        return "must be UTC, an offset from -14:00 to +14:00, as +01:00, or the name of a zone in "
               ZONE_DIRECTORY " (package tzdata), as Europe/Paris";
    }
    close(fd);
    return NULL;
}

static const checker checkers[] = {
    [KEYWORD_TEXT] = check_text,
    [KEYWORD_FLAG] = check_flag,
    [KEYWORD_INT] = check_int,
    [KEYWORD_DECIMAL] = check_decimal,
    [KEYWORD_DIGITS] = check_digits,
    [KEYWORD_CHOICE] = check_choice,
    [KEYWORD_NAME] = check_name,
    [KEYWORD_REGION] = check_region,
    [KEYWORD_ACCOUNT] = check_account,
    [KEYWORD_ROLE_ARN] = check_arn,
    [KEYWORD_ROLE_PATTERNS] = check_role_patterns,
    [KEYWORD_POLICY_ARNS] = check_policies,
    [KEYWORD_EXTERNAL_ID] = check_external,
    [KEYWORD_SESSION_NAME] = check_session,
    [KEYWORD_TAGS] = check_tag_list,
    [KEYWORD_TAG_KEYS] = check_tag_names,
    [KEYWORD_POLICY] = check_policy,
    [KEYWORD_S3_URI] = check_s3_uri,
    [KEYWORD_URL] = check_url,
    [KEYWORD_PROXY] = check_proxy,
    [KEYWORD_PATH] = check_path,
    [KEYWORD_ZONE] = check_zone,
    [KEYWORD_LIST] = check_text,
};

/* Sign-in methods of other drivers, so that their users get an answer instead of a list. */
static bool is_foreign_sign_in(struct span value)
{
    const struct span known[] = {
        SPAN("ADFS"),
        SPAN("AzureAD"),
        SPAN("BrowserAzureAD"),
        SPAN("BrowserSAML"),
        SPAN("BrowserSSOOIDC"),
        SPAN("Okta"),
        SPAN("Ping"),
        SPAN("JWT_TIP"),
        SPAN("BrowserOidcTip"),
        SPAN("SageMakerIam"),
        SPAN("SageMakerBrowserIdc"),
        SPAN("External Credentials"),
    };

    for (size_t i = 0; i < sizeof(known) / sizeof(known[0]); i++) {
        if (span_equal_nocase(known[i], value)) {
            return true;
        }
    }
    return false;
}

/* The choices of a key as people read them, without their other spellings. */
static void list_choices(const char *choices, char *to, size_t room)
{
    struct span rest = span_of(choices);
    size_t at = 0;

    to[0] = '\0';
    while (rest.len > 0) {
        struct span choice = span_next(&rest, '|');
        choice = span_part(choice, 0, span_find_byte(choice, '='));
        int n = snprintf(to + at, room - at, "%s%.*s", at > 0 ? ", " : "", (int)choice.len,
                         choice.at);
        if (n < 0 || (size_t)n >= room - at) {
            return;
        }
        at += (size_t)n;
    }
}

static bool refuse(const struct check *c, enum setting_id id, const char *rule)
{
    const struct keyword *k = c->keyword;
    bool is_shown = !keyword_is(id, KEYWORD_SECRET) && c->value.len <= 100;
    char shown[112] = "", range[96] = "";

    if (id == SETTING_AUTHENTICATION_TYPE && is_foreign_sign_in(c->value)) {
        char offered[256];
        list_choices(k->choices, offered, sizeof(offered));
        return fault_set(
            c->f, FAULT_SETTING,
            "AuthenticationType \"%.*s\" is not offered: this driver opens no browser and starts "
            "no program. "
            "Sign in with `aws sso login` or `aws login` and use IAM Profile, or use JWT. There "
            "are: %s.",
            (int)c->value.len, c->value.at, offered);
    }
    if (is_shown) {
        span_to_c(c->value, shown, sizeof(shown));
    }
    if (k->kind == KEYWORD_INT || k->kind == KEYWORD_DECIMAL || k->kind == KEYWORD_TEXT ||
        k->kind == KEYWORD_NAME || k->kind == KEYWORD_DIGITS) {
        snprintf(range, sizeof(range),
                 k->kind == KEYWORD_INT || k->kind == KEYWORD_DECIMAL
                     ? " from %lld to %lld"
                     : " (%lld to %lld characters)",
                 (long long)k->low, (long long)k->high);
    }
    return fault_set(c->f, FAULT_SETTING, "%s%s%s%s %s%s%s%s. Nothing was sent.", k->name,
                     is_shown ? "=\"" : "", shown, is_shown ? "\"" : "", rule, range,
                     k->kind == KEYWORD_CHOICE ? " " : "",
                     k->kind == KEYWORD_CHOICE ? k->choices : "");
}

/* Line breaks belong into policies only; a NUL nowhere. */
static const char *check_characters(const struct check *c)
{
    for (size_t i = 0; i < c->value.len; i++) {
        unsigned char b = (unsigned char)c->value.at[i];

        if ((b < 0x20 || b == 0x7f) &&
            !(c->keyword->kind == KEYWORD_POLICY && (b == '\t' || b == '\n' || b == '\r'))) {
            return "holds a control character";
        }
    }
    return utf8_is_valid(c->value) ? NULL : "is not valid UTF-8";
}

bool validate_value(enum setting_id id, struct span value, struct arena *arena, struct span *out,
                    struct fault *f)
{
    struct span normal = value;
    struct check c = { keyword_of(id), value, arena, &normal, f, false };
    const char *broken = check_characters(&c);

    if (broken == NULL) {
        broken = checkers[c.keyword->kind](&c);
    }
    if (broken != NULL) {
        return c.failed ? false : refuse(&c, id, broken);
    }
    *out = normal;
    return true;
}
