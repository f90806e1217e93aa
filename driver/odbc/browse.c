/* SQLBrowseConnect: level by level. As long as the settings do not suffice, the answer lists what
   may be given next. */
#include <string.h>

#include "odbc/connect.h"

/* What a caller may be asked for, in the order of asking; a `*` marks what can be left out. */
static const struct { enum setting_id id; const char *label; bool is_needed; } asked[] = {
    { SETTING_AWS_REGION, "AWS region", true },
    { SETTING_AUTHENTICATION_TYPE, "How to sign in", false },
    { SETTING_UID, "Access key id", false },
    { SETTING_PWD, "Secret access key", false },
    { SETTING_SESSION_TOKEN, "Session token", false },
    { SETTING_AWS_PROFILE, "AWS profile", false },
    { SETTING_RUN_AS_ROLE, "Role A (central account)", false },
    { SETTING_CONSUMER_ACCOUNT_ROLE_ARN, "Role B (consumer account)", false },
    { SETTING_EXTERNAL_ID, "External id of Role B", false },
    { SETTING_WORKGROUP, "Workgroup", false },
    { SETTING_S3_OUTPUT_LOCATION, "S3 place of results", false },
    { SETTING_CATALOG, "Catalog", false },
    { SETTING_SCHEMA, "Database", false },
};

static bool is_given(struct span string, const char *name)
{
    struct span key = span_of(name);

    for (size_t at = 0; at + key.len < string.len; at++) {
        bool is_start = at == 0 || string.at[at - 1] == ';' || ascii_is_blank(string.at[at - 1]);
        struct span here = span_from(string, at);
        if (is_start && span_starts_nocase(here, key)
            && span_starts(span_trim(span_from(here, key.len)), SPAN("="))) {
            return true;
        }
    }
    return false;
}

static bool list_wishes(struct dbc *d, struct buf *out, struct fault *f)
{
    for (size_t i = 0; i < sizeof(asked) / sizeof(asked[0]); i++) {
        const char *name = setting_name(asked[i].id);

        if (is_given(buf_span(&d->browsed), name)) {
            continue;
        }
        if (!buf_add_format(out, f, "%s%s%s:%s=?", out->len > 0 ? ";" : "",
                            asked[i].is_needed ? "" : "*", name, asked[i].label)) {
            return false;
        }
    }
    return true;
}

static SQLRETURN ask_for_more(struct dbc *d, const struct fault *why, struct room out)
{
    struct buf wishes = { 0 };
    struct fault f = { 0 };
    SQLRETURN rc = SQL_NEED_DATA;

    if (why != NULL) {
        diag_post(&d->handle, STATE_01S00, "%s", why->text);
    }
    if (!list_wishes(d, &wishes, &f)) {
        rc = diag_post_fault(&d->handle, &f);
    } else {
        room_put(&d->handle, out, buf_span(&wishes));
        d->is_browsing = true;
    }
    buf_free(&wishes);
    return rc;
}

static bool add_level(struct dbc *d, struct span level, struct fault *f)
{
    if (d->browsed.len > 0 && level.len > 0 && !buf_add_byte(&d->browsed, ';', f)) {
        return false;
    }
    return level.len == 0 || buf_add(&d->browsed, level, f);
}

static SQLRETURN finish(struct dbc *d, const struct settings_input *in, struct notices *notices,
                        struct room out)
{
    struct fault f = { 0 };
    SQLRETURN put = SQL_SUCCESS;
    SQLRETURN rc;

    buf_clear(&d->completed);
    if (!settings_completed(&d->settings, in, &d->completed, &f)) {
        return diag_post_fault(&d->handle, &f);
    }
    rc = dbc_open(d, notices);
    if (SQL_SUCCEEDED(rc)) {
        put = room_put(&d->handle, out, buf_span(&d->completed));
    } else {
        d->is_browsing = false;
        buf_free(&d->browsed);
    }
    return put == SQL_SUCCESS ? rc : put;
}

static void forget_settings(struct dbc *d)
{
    settings_free(&d->settings);
    memset(&d->settings, 0, sizeof(d->settings));
}

/* With this level's text added: connects when the settings suffice, else asks. The region is asked
   for once; a profile or the environment may know it. */
static SQLRETURN try_level(struct dbc *d, struct room out)
{
    struct settings_input in = { .connection_string = buf_span(&d->browsed),
                                 .manager_symbol = dbc_env(d)->manager_symbol };
    struct notices notices = { 0 };
    struct fault f = { 0 };

    memset(&d->settings, 0, sizeof(d->settings));
    if (!settings_load(&d->settings, &in, &notices, &f)) {
        forget_settings(d);
        return ask_for_more(d, &f, out);
    }
    if (settings_text(&d->settings, SETTING_AWS_REGION).len == 0 && !d->is_browsing) {
        forget_settings(d);
        return ask_for_more(d, NULL, out);
    }
    return finish(d, &in, &notices, out);
}

SQLRETURN dbc_browse_connect(struct dbc *d, struct text text, struct room out)
{
    struct arena texts = { .is_secret = true };
    struct span level;
    struct fault f = { 0 };
    SQLRETURN rc = SQL_ERROR;

    wake_lower(&d->connecting);
    env_learn_width(dbc_env(d), &text);
    if (text_take(&d->handle, text, &texts, &level)) {
        rc = add_level(d, level, &f) ? try_level(d, out) : diag_post_fault(&d->handle, &f);
    }
    arena_free(&texts);
    return rc;
}
