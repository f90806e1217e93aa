/* The table of keys and the look-up by name. */
#include "config/keyword.h"

#include "base/number.h"

#define TEXT(low, high) KEYWORD_TEXT, low, high, NULL
#define NAME(low, high) KEYWORD_NAME, low, high, NULL
#define INT(low, high) KEYWORD_INT, low, high, NULL
#define DECIMAL(low, high) KEYWORD_DECIMAL, low, high, NULL
#define DIGITS(low, high) KEYWORD_DIGITS, low, high, NULL
#define CHOICE(choices) KEYWORD_CHOICE, 0, 0, choices
#define FLAG KEYWORD_FLAG, 0, 1, NULL
#define REGION KEYWORD_REGION, 1, 63, NULL
#define ACCOUNT KEYWORD_ACCOUNT, 12, 12, NULL
#define ROLE_ARN KEYWORD_ROLE_ARN, 20, 2048, NULL
#define ROLE_PATTERNS KEYWORD_ROLE_PATTERNS, 1, 65536, NULL
#define POLICY_ARNS KEYWORD_POLICY_ARNS, 20, 20490, NULL
#define EXTERNAL_ID KEYWORD_EXTERNAL_ID, 2, 1224, NULL
#define SESSION_NAME KEYWORD_SESSION_NAME, 2, 64, NULL
#define TAGS KEYWORD_TAGS, 1, 65536, NULL
#define TAG_KEYS KEYWORD_TAG_KEYS, 1, 65536, NULL
#define POLICY KEYWORD_POLICY, 2, 65536, NULL
#define S3_URI KEYWORD_S3_URI, 6, 1100, NULL
#define URL KEYWORD_URL, 1, 2048, NULL
#define PROXY KEYWORD_PROXY, 1, 512, NULL
#define ZONE KEYWORD_ZONE, 1, 6, NULL
#define PATH KEYWORD_PATH, 1, 4095, NULL
#define LIST KEYWORD_LIST, 1, 65536, NULL

#define SECRET KEYWORD_SECRET
#define LOCKED KEYWORD_LOCKED
#define EXACT KEYWORD_EXACT
#define IN_DSN KEYWORD_IN_DSN
#define SYSTEM KEYWORD_SYSTEM
#define DRIVER_ONLY KEYWORD_DRIVER_ONLY
#define IN_DRIVER KEYWORD_IN_DRIVER
#define ENDPOINT KEYWORD_ENDPOINT
#define MANAGER KEYWORD_MANAGER
#define ROLE KEYWORD_ROLE
#define CREDENTIAL KEYWORD_CREDENTIAL
#define GUARD KEYWORD_GUARD

static const struct keyword table[SETTINGS_COUNT] = {
#define KEYWORD(id, name, aliases, kind, otherwise, flags, help) \
    [SETTING_##id] = { name, aliases, kind, otherwise, flags, help },
#include "config/keyword.def"
#undef KEYWORD
};

const struct keyword *keyword_of(enum setting_id id)
{
    return &table[id];
}

static bool is_alias(const struct keyword *k, struct span name)
{
    struct span rest = span_of(k->aliases);

    while (!span_is_null(rest)) {
        struct span alias = span_next(&rest, '|');

        if (alias.len > 0 && span_equal_nocase(alias, name)) {
            return true;
        }
    }
    return false;
}

enum setting_id keyword_find(struct span name)
{
    for (unsigned i = 0; i < SETTINGS_COUNT; i++) {
        if (span_equal_nocase(span_of(table[i].name), name) || is_alias(&table[i], name)) {
            return (enum setting_id)i;
        }
    }
    return SETTINGS_COUNT;
}

bool keyword_is(enum setting_id id, enum keyword_flag flag)
{
    return (table[id].flags & (unsigned)flag) != 0;
}

const char *setting_name(enum setting_id id)
{
    return table[id].name;
}

bool setting_is_secret(enum setting_id id)
{
    return keyword_is(id, KEYWORD_SECRET);
}

int64_t settings_int(const struct settings *s, enum setting_id id, int64_t otherwise)
{
    int64_t value;

    return number_parse_i64(s->at[id].text, &value) ? value : otherwise;
}

bool settings_flag(const struct settings *s, enum setting_id id)
{
    bool value;

    return number_parse_flag(s->at[id].text, &value) && value;
}
