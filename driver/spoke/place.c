/* Who decides where results go and how they are kept: the data source, or a workgroup that enforces
   its settings or keeps results itself. */
#include "config/keyword.h"
#include "spoke/parts.h"

bool spoke_may_place_results(const struct spoke *s)
{
    const struct workgroup_facts *w = spoke_workgroup(s);

    return !w->is_known || (!w->is_enforced && !w->has_managed_results);
}

struct span spoke_result_owner(const struct spoke *s)
{
    const struct workgroup_facts *w = spoke_workgroup(s);
    const char *account = spoke_identity(s)->account;
    struct span mine = settings_text(spoke_settings(s), SETTING_EXPECTED_BUCKET_OWNER);
    bool is_its_place = !spoke_may_place_results(s) ||
                        (mine.len == 0 &&
                         settings_text(spoke_settings(s), SETTING_S3_OUTPUT_LOCATION).len == 0);

    if (w->is_known && is_its_place && w->expected_owner[0] != 0) {
        return span_of(w->expected_owner);
    }
    if (mine.len > 0 || (w->is_known && w->is_enforced) || account[0] == 0) {
        return mine;
    }
    return span_of(account);
}

/* Keys of the result's place that are set and have no effect, as a list for people. */
static unsigned list_unused(const struct spoke *s, struct buf *out)
{
    static const enum setting_id keys[] = { SETTING_S3_OUTPUT_LOCATION,
                                            SETTING_S3_OUTPUT_ENC_OPTION,
                                            SETTING_S3_OUTPUT_ENC_KMS_KEY, SETTING_ACL_OPTION,
                                            SETTING_EXPECTED_BUCKET_OWNER };
    const struct workgroup_facts *w = spoke_workgroup(s);
    unsigned n = 0;

    for (size_t i = 0; i < sizeof(keys) / sizeof(keys[0]); i++) {
        struct span value = settings_text(spoke_settings(s), keys[i]);
        bool is_same = !w->has_managed_results &&
                       (span_equal(value, keys[i] == SETTING_EXPECTED_BUCKET_OWNER
                                              ? spoke_result_owner(s)
                                              : span_of(w->output_location)));
        if (value.len > 0 && !is_same && !span_equal_nocase(value, SPAN("NOT_SET")) &&
            buf_add_format(out, NULL, "%s%s", n > 0 ? ", " : "", keyword_of(keys[i])->name)) {
            n++;
        }
    }
    return n;
}

void place_tell(const struct spoke *s, struct notices *notices)
{
    const struct workgroup_facts *w = spoke_workgroup(s);
    struct buf unused = { .ceiling = 1024 };
    struct span wanted = settings_text(spoke_settings(s), SETTING_S3_OUTPUT_LOCATION);
    unsigned n = spoke_may_place_results(s) ? 0 : list_unused(s, &unused);

    if (n > 0) {
        notice_add(notices, FAULT_OPTION_CHANGED, "%.*s %s not used: the workgroup %s%.280s",
                   (int)unused.len, unused.at, n == 1 ? "is" : "are",
                   w->has_managed_results ? "keeps results in storage managed by Athena."
                                          : "enforces ",
                   w->has_managed_results     ? ""
                   : w->output_location[0] != 0 ? w->output_location
                                                : "its own settings.");
    }
    if (n > 0 && !w->has_managed_results && wanted.len > 0 &&
        !span_equal(wanted, span_of(w->output_location)) &&
        settings_flag(spoke_settings(s), SETTING_READ_ONLY)) {
        notice_add(notices, FAULT_WARNING,
                   "ReadOnly lets this session write to S3OutputLocation alone, which the "
                   "workgroup does not use: queries will "
                   "fail until S3OutputLocation is removed or set to the workgroup's place.");
    }
    buf_free(&unused);
}
