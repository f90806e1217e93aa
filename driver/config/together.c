/* Rules that span keys: what needs what, what excludes what, what is cut down to the possible. */
#include "config/validate.h"

#include "base/number.h"
#include "base/utf.h"

enum { CHAINED_SECONDS_MAX = 3600, SESSION_POLICY_CHARACTERS_MAX = 2048 };

static bool is_set(const struct settings *s, enum setting_id id)
{
    return !span_is_null(s->at[id].text);
}

/* Keys that are nothing without another, and what to do. */
static const struct {
    enum setting_id key, needs;
    const char *why;
} needs[] = {
    { SETTING_EXTERNAL_ID, SETTING_CONSUMER_ACCOUNT_ROLE_ARN,
      "it is sent when the consumer role is assumed; for RunAsRole use RunAsExternalId" },
    { SETTING_RUN_AS_EXTERNAL_ID, SETTING_RUN_AS_ROLE,
      "it is sent when RunAsRole is assumed; for the consumer role use ExternalId" },
    { SETTING_TRANSITIVE_TAG_KEYS, SETTING_SESSION_TAGS,
      "it names the tags that go on to the next role" },
    { SETTING_MFA_TOKEN, SETTING_MFA_SERIAL, "the code belongs to a device" },
    { SETTING_MFA_SERIAL, SETTING_MFA_TOKEN, "the device's code is sent with it" },
    { SETTING_PROXY_PORT, SETTING_PROXY_HOST, "the port belongs to a proxy" },
    { SETTING_PROXY_PWD, SETTING_PROXY_UID, "the password belongs to a user" },
};

static bool check_needs(const struct settings *s, struct fault *f)
{
    for (size_t i = 0; i < sizeof(needs) / sizeof(needs[0]); i++) {
        if (is_set(s, needs[i].key) && !is_set(s, needs[i].needs)) {
            return fault_set(f, FAULT_SETTING, "%s is set but %s is not: %s. Nothing was sent.",
                             setting_name(needs[i].key), setting_name(needs[i].needs),
                             needs[i].why);
        }
    }
    return true;
}

static bool check_certificates(const struct settings *s, struct fault *f)
{
    if (!settings_flag(s, SETTING_VERIFY_SSL)) {
        return fault_set(f, FAULT_SETTING,
                         "VerifySSL=0 is refused: certificates are always checked. To trust an "
                         "authority of your own, name its certificate file in "
                         "TrustedCerts. Nothing was sent.");
    }
    return true;
}

static bool check_encryption(const struct settings *s, struct fault *f)
{
    struct span option = s->at[SETTING_S3_OUTPUT_ENC_OPTION].text;
    bool wants_key = span_ends(option, SPAN("_KMS"));

    if (wants_key != is_set(s, SETTING_S3_OUTPUT_ENC_KMS_KEY)) {
        return fault_set(f, FAULT_SETTING,
                         wants_key
                             ? "S3OutputEncOption=%.*s needs S3OutputEncKMSKey. Nothing was sent."
                             : "S3OutputEncKMSKey does not go with S3OutputEncOption=%.*s: use "
                               "SSE_KMS or CSE_KMS. Nothing was sent.",
                         (int)option.len, option.at);
    }
    return true;
}

static bool check_plain_http(const struct settings *s, struct fault *f)
{
    for (unsigned i = 0; i < SETTINGS_COUNT; i++) {
        if (keyword_of((enum setting_id)i)->kind == KEYWORD_URL &&
            span_starts_nocase(s->at[i].text, SPAN("http://")) &&
            !settings_flag(s, SETTING_ALLOW_INSECURE_LOOPBACK)) {
            return fault_set(f, FAULT_SETTING,
                             "%s uses plain http: that needs AllowInsecureLoopback=1 in the DSN. "
                             "Nothing was sent.",
                             setting_name((enum setting_id)i));
        }
    }
    return true;
}

static bool check_polling(const struct settings *s, struct fault *f)
{
    int64_t first = settings_int(s, SETTING_MIN_POLL_INTERVAL, 0),
            last = settings_int(s, SETTING_MAX_POLL_INTERVAL, INT64_MAX);

    if (first > last) {
        return fault_set(f, FAULT_SETTING, "%s is longer than %s. Nothing was sent.",
                         setting_name(SETTING_MIN_POLL_INTERVAL),
                         setting_name(SETTING_MAX_POLL_INTERVAL));
    }
    return true;
}

/* Sessions along a chain end after an hour; the service refuses longer ones instead of cutting
   them. */
static void limit_duration(struct settings *s, struct notices *notices)
{
    bool is_chain = is_set(s, SETTING_RUN_AS_ROLE) && is_set(s, SETTING_CONSUMER_ACCOUNT_ROLE_ARN);

    if (is_chain && settings_int(s, SETTING_DURATION_SECONDS, 0) > CHAINED_SECONDS_MAX) {
        notice_add(notices, FAULT_OPTION_CHANGED,
                   "DurationSeconds=%.*s was replaced by 3600: a role assumed by another role "
                   "lasts one hour at most.",
                   (int)s->at[SETTING_DURATION_SECONDS].text.len,
                   s->at[SETTING_DURATION_SECONDS].text.at);
        s->at[SETTING_DURATION_SECONDS].text = SPAN("3600");
    }
}

/* The streaming protocol of other drivers is not public: who asks for it gets the automatic
   choice. */
static void tell_of_streaming(const struct settings *s, struct notices *notices)
{
    bool by_name = span_equal_nocase(s->at[SETTING_RESULT_FETCHER].text,
                                     SPAN("GetQueryResultsStream"));

    if (by_name || settings_flag(s, SETTING_USE_RESULTSET_STREAMING)) {
        notice_add(notices, FAULT_WARNING,
                   "%s asks for GetQueryResultsStream, which has no public protocol: results are "
                   "read as ResultFetcher=auto reads them.",
                   by_name ? "ResultFetcher" : "UseResultsetStreaming");
    }
}

bool validate_together(struct settings *s, struct notices *notices, struct fault *f)
{
    if (!check_certificates(s, f) || !check_needs(s, f) || !check_encryption(s, f) ||
        !check_plain_http(s, f) || !check_polling(s, f)) {
        return false;
    }
    if (settings_flag(s, SETTING_AUDIT_REQUIRED) && !is_set(s, SETTING_AUDIT_LOG)) {
        return fault_set(f, FAULT_SETTING, "AuditRequired=1 needs AuditLog. Nothing was sent.");
    }
    limit_duration(s, notices);
    tell_of_streaming(s, notices);
    size_t characters =
        is_set(s, SETTING_SESSION_POLICY) ? utf8_count(s->at[SETTING_SESSION_POLICY].text) : 0;

    if (characters > SESSION_POLICY_CHARACTERS_MAX) {
        notice_add(notices, FAULT_WARNING,
                   "SessionPolicy has %zu characters; AWS documents %d for inline and managed "
                   "session policies together and may refuse it.",
                   characters, SESSION_POLICY_CHARACTERS_MAX);
    }
    return true;
}
