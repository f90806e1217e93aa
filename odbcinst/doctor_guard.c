/* Checks of who may read secrets and who may change what the data source does. */
#include "doctor.h"

#include <pwd.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "config/keyword.h"
#include "config/preset.h"

/* Secrets in the sense of "whoever reads it can sign in"; an external id is none. */
static bool signs_in(enum setting_id id)
{
    return setting_is_secret(id) && keyword_of(id)->kind != KEYWORD_EXTERNAL_ID &&
           id != SETTING_MFA_TOKEN;
}

static unsigned secrets_in(const struct doctor *d, char *names, size_t room)
{
    struct span rest = span_part(buf_span(&d->file->text), d->section->from,
                                 d->section->to - d->section->from),
                key, value;
    unsigned n = 0;
    size_t used = 0;

    names[0] = 0;
    while (ini_text_pair(&rest, &key, &value)) {
        enum setting_id id = keyword_find(key);
        if (id != SETTINGS_COUNT && signs_in(id) && value.len > 0 &&
            !span_starts(value, SPAN("@/"))) {
            int len =
                snprintf(names + used, room - used, "%s%s", n > 0 ? ", " : "", setting_name(id));
            used += len > 0 && (size_t)len < room - used ? (size_t)len : 0;
            n++;
        }
    }
    return n;
}

static bool is_readable_by_others(const char *path, unsigned *mode)
{
    struct stat st;

    if (stat(path, &st) != 0) {
        return false;
    }
    *mode = (unsigned)st.st_mode & 07777;
    return (st.st_mode & (S_IRGRP | S_IROTH)) != 0;
}

void doctor_check_secrets(struct doctor *d)
{
    char names[200] = "";
    unsigned mode = 0;
    bool has_secret = d->section != NULL && secrets_in(d, names, sizeof(names)) > 0;
    const char *credentials = d->is_wired ? d->probe.wiring->profiles.credentials_path : "";

    if (has_secret && is_readable_by_others(d->file->path, &mode)) {
        doctor_say(d, "secrets", CHECK_WARN, "%s: %s, which %s may read (mode %04o)", names,
                   d->file->path, (mode & S_IROTH) != 0 ? "everybody" : "a group", mode);
        doctor_fix(d,
                   "Sign in with a profile, a role of this machine or a token instead of keys; or "
                   "put the value into a file of mode 0600 and write "
                   "%.*s = @/absolute/file.",
                   (int)strcspn(names, ","), names);
    } else if (credentials[0] != 0 && is_readable_by_others(credentials, &mode)) {
        doctor_say(d, "secrets", CHECK_WARN, "%s can be read by %s (mode %04o)", credentials,
                   (mode & S_IROTH) != 0 ? "everybody" : "a group", mode);
        doctor_fix(d, "chmod 600 %s", credentials);
    } else {
        doctor_say(d, "secrets", CHECK_OK,
                   has_secret ? "%s in a file that only its owner reads"
                              : "no secret stands in a file that others may read%s",
                   has_secret ? names : "");
    }
}

static void owner_of(const struct ini_text *t, char *to, size_t room)
{
    struct passwd who, *found = NULL;
    char space[4096];

    if (getpwuid_r(t->uid, &who, space, sizeof(space), &found) == 0 && found != NULL) {
        span_to_c(span_of(who.pw_name), to, room);
    } else {
        snprintf(to, room, "uid %u", t->uid);
    }
}

static struct span value_of(const struct doctor *d, enum setting_id id)
{
    struct span rest, key, value;

    if (d->driver == NULL) {
        return NO_SPAN;
    }
    rest = span_part(buf_span(&d->drivers.text), d->driver->from, d->driver->to - d->driver->from);
    while (ini_text_pair(&rest, &key, &value)) {
        if (keyword_find(key) == id) {
            return value;
        }
    }
    return NO_SPAN;
}

static void tell_rules(struct doctor *d)
{
    static const enum setting_id ids[] = { SETTING_REQUIRE_SYSTEM_DSN, SETTING_ALLOWED_ROLES,
                                           SETTING_ALLOWED_ENDPOINTS, SETTING_LOCKED_KEYS,
                                           SETTING_ALLOW_CREDENTIAL_PROCESS };

    for (size_t i = 0; i < sizeof(ids) / sizeof(ids[0]); i++) {
        struct span value = value_of(d, ids[i]);
        doctor_detail(d, "odbcinst.ini: %s = %.*s", setting_name(ids[i]),
                      value.len > 0 ? (int)(value.len < 300 ? value.len : 300) : 9,
                      value.len > 0 ? value.at : "(not set)");
    }
}

void doctor_check_governance(struct doctor *d)
{
    char owner[64];

    if (!d->is_loaded || d->section == NULL) {
        doctor_say(d, "governance", CHECK_SKIP, "there is no data source to govern");
        return;
    }
    const struct settings *s = &d->target.settings;
    struct span locked = settings_text(s, SETTING_LOCKED_KEYS);
    bool has_role = settings_text(s, SETTING_RUN_AS_ROLE).len > 0 ||
                    settings_text(s, SETTING_CONSUMER_ACCOUNT_ROLE_ARN).len > 0;
    bool is_locked = !span_equal_nocase(locked, SPAN("none")) && (has_role || locked.len > 0);
    owner_of(d->file, owner, sizeof(owner));
    if ((d->file->mode & (S_IWGRP | S_IWOTH)) != 0) {
        doctor_say(d, "governance", CHECK_WARN,
                   "%s can be changed by %s (mode %04o): they choose the roles", d->file->path,
                   (d->file->mode & S_IWOTH) != 0 ? "everybody" : "a group", d->file->mode);
        doctor_fix(d, "chmod go-w %s", d->file->path);
    } else if ((d->drivers.mode & (S_IWGRP | S_IWOTH)) != 0) {
        doctor_say(
            d, "governance", CHECK_WARN,
            "%s can be changed by others than its owner (mode %04o): they choose the library",
            d->drivers.path, d->drivers.mode);
        doctor_fix(d, "chmod go-w %s", d->drivers.path);
    } else {
        doctor_say(
            d, "governance", CHECK_OK,
            "the data source can be changed by %s%s; a connection string %s its security keys",
            owner, d->file == &d->user ? " (a user data source)" : "",
            is_locked ? "cannot change" : "can change");
    }
    tell_rules(d);
}

/* The programs that Preset=auto knows: " (isql for isql, iusql; R for R) for others". */
static void list_programs(char *list, size_t room)
{
    const char *preset = NULL, *before = "", *program;
    size_t at = 0;

    for (size_t i = 0; (program = preset_program(i, &preset)) != NULL; i++) {
        at = strlen(list);
        if (strcmp(preset, before) == 0) {
            snprintf(list + at, room - at, ", %s", program);
        } else {
            snprintf(list + at, room - at, "%s%s for %s", i == 0 ? " (" : "; ", preset, program);
        }
        before = preset;
    }
    at = strlen(list);
    snprintf(list + at, room - at, ") for others");
}

/* What programs get to see of this data source: the keys that shape rows and listings. The preset
   is told with what it comes to, the keys that stand over it counted in. */
void doctor_check_behaviour(struct doctor *d)
{
    if (!d->is_loaded) {
        doctor_say(d, "behaviour", CHECK_SKIP, "the settings could not be read");
        return;
    }
    const struct settings *s = &d->target.settings;
    const struct preset *p = preset_chosen(s, "");
    struct span preset = settings_text(s, SETTING_PRESET),
                fetcher = settings_text(s, SETTING_RESULT_FETCHER),
                method = settings_text(s, SETTING_METADATA_RETRIEVAL_METHOD),
                wide = settings_text(s, SETTING_USE_WCHAR_FOR_STRING_TYPES);
    bool is_wide = span_is_null(wide) ? p->is_wide
                                      : settings_flag(s, SETTING_USE_WCHAR_FOR_STRING_TYPES);
    char programs[512] = "";

    if (span_equal_nocase(preset, SPAN("auto"))) {
        list_programs(programs, sizeof(programs));
    }
    doctor_say(d, "behaviour", CHECK_OK,
               "Preset %.*s%s: %s strings of %lld, nested types of %lld, binary of %lld; rows by "
               "%.*s; listings by %.*s; %s",
               (int)preset.len, preset.at, programs,
               is_wide ? "wide" : "narrow",
               (long long)settings_int(s, SETTING_STRING_COLUMN_LENGTH, p->string),
               (long long)settings_int(s, SETTING_COMPLEX_TYPE_COLUMN_LENGTH, p->complex),
               (long long)settings_int(s, SETTING_BINARY_COLUMN_LENGTH, p->binary),
               (int)fetcher.len, fetcher.at, (int)method.len, method.at,
               settings_flag(s, SETTING_READ_ONLY) ? "read only" : "reading and writing");
}
