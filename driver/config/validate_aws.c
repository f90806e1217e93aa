/* The grammar of AWS names: role ARNs, external ids, session names, tags. Stricter than the service
   where a wildcard or a blank could change the meaning of a policy. */
#include "config/validate.h"

#include <string.h>

enum {
    TAGS_MAX = 50,
    TAG_KEY_CHARACTERS_MAX = 128,
    TAG_VALUE_CHARACTERS_MAX = 256,
    POLICY_ARNS_MAX = 10,
    SESSION_NAME_MAX = 64,
    ROLE_NAME_MAX = 64
};

static bool is_word(char c)
{
    return ascii_is_letter(c) || ascii_is_digit(c) || c == '_';
}

static bool is_one_of(char c, const char *set)
{
    return c != 0 && strchr(set, c) != NULL;
}

static bool all_digits(struct span s, size_t n)
{
    for (size_t i = 0; i < s.len; i++) {
        if (!ascii_is_digit(s.at[i])) {
            return false;
        }
    }
    return s.len == n;
}

static bool is_partition(struct span s)
{
    if (!span_equal(span_part(s, 0, 3), SPAN("aws")) || (s.len > 3 && s.at[3] != '-') ||
        s.at[s.len - 1] == '-') {
        return false;
    }
    for (size_t i = 3; i < s.len; i++) {
        if (!(s.at[i] >= 'a' && s.at[i] <= 'z') && !ascii_is_digit(s.at[i]) && s.at[i] != '-') {
            return false;
        }
    }
    return true;
}

struct arn {
    struct span partition, service, region, account, resource;
};

static bool split_arn(struct span s, struct arn *out)
{
    struct span rest = s;

    if (!span_equal(span_next(&rest, ':'), SPAN("arn")) || span_is_null(rest)) {
        return false;
    }
    struct span *parts[] = { &out->partition, &out->service, &out->region, &out->account };

    for (size_t i = 0; i < sizeof(parts) / sizeof(parts[0]); i++) {
        *parts[i] = span_next(&rest, ':');
        if (span_is_null(rest)) {
            return false;
        }
    }
    out->resource = rest;
    return true;
}

/* Path and name behind "role/". */
static bool is_role_path(struct span s)
{
    size_t name_from = 0;

    for (size_t i = 0; i < s.len; i++) {
        if (s.at[i] == '/') {
            name_from = i + 1;
        } else if (s.at[i] < 0x21 || s.at[i] > 0x7e || is_one_of(s.at[i], "*?:\"\\<>{}")) {
            return false;
        }
    }
    struct span name = span_from(s, name_from);

    for (size_t i = 0; i < name.len; i++) {
        if (!is_word(name.at[i]) && !is_one_of(name.at[i], "+=,.@-")) {
            return false;
        }
    }
    return name.len >= 1 && name.len <= ROLE_NAME_MAX;
}

const char *check_role_arn(struct span value)
{
    struct arn arn;

    if (value.len < 20 || value.len > 2048) {
        return "must be a role ARN of 20 to 2048 characters, as "
               "arn:aws:iam::123456789012:role/name";
    }
    if (span_find_byte(value, '*') < value.len || span_find_byte(value, '?') < value.len) {
        return "must name one role: a role ARN holds no * and no ?";
    }
    if (!split_arn(value, &arn)) {
        return "must be a role ARN, as arn:aws:iam::123456789012:role/name";
    }
    if (span_equal(arn.service, SPAN("sts")) && span_starts(arn.resource, SPAN("assumed-role/"))) {
        return "is the ARN of a session; give the role's own ARN, as "
               "arn:aws:iam::123456789012:role/name";
    }
    if (!is_partition(arn.partition) || !span_equal(arn.service, SPAN("iam")) ||
        arn.region.len != 0) {
        return "must be a role ARN, as arn:aws:iam::123456789012:role/name";
    }
    if (!all_digits(arn.account, 12)) {
        return "must be a role ARN with an account number of twelve digits";
    }
    if (!span_starts(arn.resource, SPAN("role/"))) {
        return "must be the ARN of a role: role/ stands behind the account number";
    }
    if (!is_role_path(span_from(arn.resource, 5))) {
        return "must end in a role name of 1 to 64 letters, digits or _+=,.@- (a path may stand "
               "before it)";
    }
    return NULL;
}

static bool is_policy_arn(struct span s)
{
    struct arn arn;

    if (!split_arn(s, &arn) || !is_partition(arn.partition) ||
        !span_equal(arn.service, SPAN("iam")) || arn.region.len != 0 ||
        !(all_digits(arn.account, 12) || span_equal(arn.account, SPAN("aws"))) ||
        !span_starts(arn.resource, SPAN("policy/"))) {
        return false;
    }
    return is_role_path(span_from(arn.resource, 7)) || arn.resource.len > 7 + ROLE_NAME_MAX;
}

const char *check_policy_arns(struct span value)
{
    struct span rest = value;
    unsigned n = 0;

    while (!span_is_null(rest)) {
        struct span one = span_trim(span_next(&rest, ','));

        if (!is_policy_arn(one) || one.len > 2048) {
            return "must list ARNs of managed policies, separated by commas, as "
                   "arn:aws:iam::aws:policy/ReadOnlyAccess";
        }
        if (++n > POLICY_ARNS_MAX) {
            return "may list ten policies at most";
        }
    }
    return NULL;
}

const char *check_external_id(struct span value)
{
    if (value.len < 2 || value.len > 1224) {
        return "must have 2 to 1224 characters";
    }
    for (size_t i = 0; i < value.len; i++) {
        if (!is_word(value.at[i]) && !is_one_of(value.at[i], "+=,.@:/-")) {
            return "may hold letters, digits and _+=,.@:/- only";
        }
    }
    return NULL;
}

/* The length of a placeholder that starts s, or 0. */
static size_t placeholder(struct span s)
{
    const struct span known[] = { SPAN("{user}"), SPAN("{app}"), SPAN("{host}") };

    for (size_t i = 0; i < sizeof(known) / sizeof(known[0]); i++) {
        if (span_starts(s, known[i])) {
            return known[i].len;
        }
    }
    return 0;
}

const char *check_session_name(struct span value)
{
    size_t literal = 0;
    bool has_placeholder = false;

    for (size_t i = 0; i < value.len; i++) {
        size_t skip = value.at[i] == '{' ? placeholder(span_from(value, i)) : 0;

        if (skip > 0) {
            has_placeholder = true;
            i += skip - 1;
        } else if (!is_word(value.at[i]) && !is_one_of(value.at[i], "+=,.@-")) {
            return "may hold letters, digits, _+=,.@- and the words {user} {app} {host} only";
        } else {
            literal++;
        }
    }
    if (literal > SESSION_NAME_MAX || (literal < 2 && !has_placeholder)) {
        return "must have 2 to 64 characters";
    }
    return NULL;
}

/* Letters of every script are allowed, so any byte of a longer character is. Counts characters; -1
   on a bad one. */
static int tag_characters(struct span s, bool is_value)
{
    int n = 0;

    for (size_t i = 0; i < s.len; i++) {
        unsigned char c = (unsigned char)s.at[i];
        size_t skip = is_value && c == '{' ? placeholder(span_from(s, i)) : 0;

        if (skip > 0) {
            i += skip - 1;
        } else if (c < 0x80 && !ascii_is_letter((char)c) && !ascii_is_digit((char)c) &&
                   !is_one_of((char)c, " _.:/=+-@")) {
            return -1;
        }
        n += (c & 0xc0) != 0x80;
    }
    return n;
}

static const char *check_tag_key(struct span key)
{
    int n = tag_characters(key, false);

    if (n < 1 || n > TAG_KEY_CHARACTERS_MAX) {
        return "has a tag name that is not 1 to 128 letters, digits, blanks or _.:/+-@";
    }
    if (span_starts_nocase(key, SPAN("aws:"))) {
        return "has a tag name that starts with aws:, which is reserved";
    }
    return NULL;
}

static bool is_repeated(struct span list, struct span key, unsigned index)
{
    struct span rest = list;

    for (unsigned i = 0; i < index; i++) {
        struct span one = span_next(&rest, ',');

        if (span_equal_nocase(span_trim(span_part(one, 0, span_find_byte(one, '='))), key)) {
            return true;
        }
    }
    return false;
}

const char *check_tags(struct span value)
{
    struct span rest = value;

    for (unsigned n = 0; !span_is_null(rest); n++) {
        struct span one = span_next(&rest, ',');
        size_t equals = span_find_byte(one, '=');
        struct span key = span_trim(span_part(one, 0, equals));

        if (equals == one.len) {
            return "must list tags as name=value, separated by commas";
        }
        const char *broken = check_tag_key(key);

        if (broken != NULL) {
            return broken;
        }
        int length = tag_characters(span_trim(span_from(one, equals + 1)), true);

        if (length < 0 || length > TAG_VALUE_CHARACTERS_MAX) {
            return "has a tag value that is not 0 to 256 letters, digits, blanks or _.:/=+-@";
        }
        if (is_repeated(value, key, n)) {
            return "names a tag twice (tag names are compared without case)";
        }
        if (n >= TAGS_MAX) {
            return "may list 50 tags at most";
        }
    }
    return NULL;
}

const char *check_tag_keys(struct span value)
{
    struct span rest = value;

    for (unsigned n = 0; !span_is_null(rest); n++) {
        const char *broken = check_tag_key(span_trim(span_next(&rest, ',')));

        if (broken != NULL) {
            return broken;
        }
        if (n >= TAGS_MAX) {
            return "may list 50 tags at most";
        }
    }
    return NULL;
}
