/* The rules of govern.h, one function each. */
#include "config/govern.h"

#include "config/audit.h"
#include "config/validate.h"

static const char *name_of_origin(enum setting_origin origin)
{
    static const char *const names[] = {
        [ORIGIN_DEFAULT] = "the defaults",
        [ORIGIN_DRIVER] = "the driver's section of odbcinst.ini",
        [ORIGIN_SYSTEM_DSN] = "the system data source",
        [ORIGIN_USER_DSN] = "the user data source",
        [ORIGIN_STRING] = "the connection string",
        [ORIGIN_CALL] = "the arguments of SQLConnect",
    };

    return names[origin];
}

/* The audit file an administrator has named; a user's own choice does not count. */
static struct span audit_path(const struct layers *layers)
{
    for (unsigned i = 0; i < layers->n_drivers; i++) {
        if (!span_is_null(layers->driver[i].text[SETTING_AUDIT_LOG])) {
            return layers->driver[i].text[SETTING_AUDIT_LOG];
        }
    }
    return layers->has_dsn && layers->dsn.origin == ORIGIN_SYSTEM_DSN
               ? layers->dsn.text[SETTING_AUDIT_LOG]
               : NO_SPAN;
}

/* Writes the refused try down. The connect fails anyway, so a file that cannot be written adds a
   note and nothing else. */
static bool refused(const struct layers *layers, const char *key, enum setting_origin origin,
                    struct fault *f)
{
    struct span path = audit_path(layers);
    struct fault trouble = { .kind = FAULT_NONE };
    struct buf line = { .ceiling = 8192 };
    struct json_writer w;

    if (span_is_null(path)) {
        return false;
    }
    audit_begin(&w, &line, "refused", &trouble);
    json_string_member(&w, "key", span_of(key));
    json_string_member(&w, "from", span_of(name_of_origin(origin)));
    json_string_member(&w, "dsn", layers->dsn_name);
    if (!audit_write(&w, path.at, &trouble) && f != NULL) {
        fault_note(f, "%s", trouble.text);
    }
    buf_free(&line);
    return false;
}

static bool is_trusted_dsn(const struct layers *layers)
{
    return layers->has_dsn && layers->dsn.origin == ORIGIN_SYSTEM_DSN;
}

static bool check_system_dsn(const struct layers *layers, struct fault *f)
{
    for (unsigned i = 0; i < layers->n_drivers; i++) {
        if (span_equal(layers->driver[i].text[SETTING_REQUIRE_SYSTEM_DSN], SPAN("1")) &&
            !is_trusted_dsn(layers)) {
            fault_set(f, FAULT_SETTING,
                      "RequireSystemDSN=1 in the driver's section of odbcinst.ini: only system "
                      "data sources may connect, and %s is not one. Ask the "
                      "administrator of this machine for a system data source.",
                      layers->has_dsn ? "this data source"
                                      : "a connection string without a data source");
            return refused(layers, "RequireSystemDSN",
                           layers->has_dsn ? ORIGIN_USER_DSN : layers->string.origin, f);
        }
    }
    return true;
}

/* Whether a key may stand in a source at all. */
static bool is_in_place(unsigned flags, enum setting_origin origin)
{
    if (origin == ORIGIN_DRIVER) {
        return true;
    }
    if ((flags & KEYWORD_DRIVER_ONLY) != 0 ||
        ((flags & KEYWORD_SYSTEM) != 0 && origin != ORIGIN_SYSTEM_DSN)) {
        return false;
    }
    return (flags & KEYWORD_IN_DSN) == 0 || origin == ORIGIN_SYSTEM_DSN ||
           origin == ORIGIN_USER_DSN;
}

static const char *right_place(unsigned flags)
{
    if ((flags & KEYWORD_DRIVER_ONLY) != 0) {
        return "the driver's section of odbcinst.ini";
    }
    return (flags & KEYWORD_SYSTEM) != 0
               ? "a system data source or the driver's section of odbcinst.ini"
               : "a data source or the driver's section of odbcinst.ini";
}

static bool check_places(const struct layers *layers, struct layer *l, struct notices *notices,
                         struct fault *f)
{
    for (unsigned i = 0; i < SETTINGS_COUNT; i++) {
        const struct keyword *k = keyword_of((enum setting_id)i);

        if (span_is_null(l->text[i]) || is_in_place(k->flags, l->origin)) {
            continue;
        }
        if ((k->flags & KEYWORD_GUARD) != 0) {
            fault_set(f, FAULT_SETTING, "%s is accepted from %s only, not from %s.", k->name,
                      right_place(k->flags), name_of_origin(l->origin));
            return refused(layers, k->name, l->origin, f);
        }
        notice_add(notices, FAULT_SETTING_WARNING,
                   "%s was ignored: it is accepted from %s only, not from %s.", k->name,
                   right_place(k->flags), name_of_origin(l->origin));
        l->text[i] = NO_SPAN;
    }
    return true;
}

/* Whether a LockedKeys value names a key, *security naming all that are marked so. */
static bool list_locks(struct span list, enum setting_id id)
{
    struct span rest = list;

    while (!span_is_null(rest)) {
        struct span name = span_trim(span_next(&rest, ','));

        if (span_equal_nocase(name, SPAN("*security")) ? keyword_is(id, KEYWORD_LOCKED)
                                                       : keyword_find(name) == id) {
            return true;
        }
    }
    return false;
}

static bool check_lock_names(const struct layer *l, struct fault *f)
{
    struct span rest = l->text[SETTING_LOCKED_KEYS];

    while (!span_is_null(rest)) {
        struct span name = span_trim(span_next(&rest, ','));

        if (name.len > 0 && !span_equal_nocase(name, SPAN("*security")) &&
            !span_equal_nocase(name, SPAN("none")) && keyword_find(name) == SETTINGS_COUNT) {
            return fault_set(f, FAULT_SETTING, "LockedKeys in %s names \"%.*s\", which is no key.",
                             name_of_origin(l->origin), (int)(name.len < 60 ? name.len : 60),
                             name.at);
        }
    }
    return true;
}

/* A data source that sets a role is locked without saying so. */
static struct span locks_of_dsn(const struct layers *layers)
{
    const struct layer *dsn = &layers->dsn;

    if (!layers->has_dsn) {
        return NO_SPAN;
    }
    if (!span_is_null(dsn->text[SETTING_LOCKED_KEYS])) {
        return dsn->text[SETTING_LOCKED_KEYS];
    }
    for (unsigned i = 0; i < SETTINGS_COUNT; i++) {
        if (keyword_is((enum setting_id)i, KEYWORD_ROLE) && !span_is_null(dsn->text[i])) {
            return SPAN("*security");
        }
    }
    return NO_SPAN;
}

static bool is_change(const struct layer *trusted, const struct layer *l, unsigned id)
{
    return !span_is_null(l->text[id]) &&
           !(!span_is_null(trusted->text[id]) && span_equal(trusted->text[id], l->text[id]));
}

/* A less trusted source l against the locks of a more trusted one. */
static bool check_locks(const struct layers *layers, const struct layer *trusted, struct span locks,
                        const struct layer *l, struct fault *f)
{
    for (unsigned i = 0; i < SETTINGS_COUNT; i++) {
        enum setting_id id = (enum setting_id)i;
        bool is_given = trusted->origin == ORIGIN_DRIVER && !span_is_null(trusted->text[i]) &&
                        keyword_is(id, KEYWORD_LOCKED);

        if (keyword_is(id, KEYWORD_MANAGER) || !is_change(trusted, l, i) ||
            !(is_given || list_locks(locks, id))) {
            continue;
        }
        fault_set(f, FAULT_SETTING, "%s may not be set by %s: it is locked by %s%s.",
                  setting_name(id), name_of_origin(l->origin), name_of_origin(trusted->origin),
                  trusted->origin != ORIGIN_DRIVER &&
                          span_is_null(trusted->text[SETTING_LOCKED_KEYS])
                      ? ", which sets a role (LockedKeys=none there lifts the lock)"
                      : "");
        return refused(layers, setting_name(id), l->origin, f);
    }
    return true;
}

static bool check_all_locks(const struct layers *layers, struct fault *f)
{
    for (unsigned i = 0; i < layers->n_drivers; i++) {
        const struct layer *driver = &layers->driver[i];
        struct span locks = driver->text[SETTING_LOCKED_KEYS];

        if (!check_lock_names(driver, f) ||
            !check_locks(layers, driver, locks, &layers->string, f)) {
            return false;
        }
        if (layers->has_dsn && !is_trusted_dsn(layers) &&
            !check_locks(layers, driver, locks, &layers->dsn, f)) {
            return false;
        }
    }
    return check_lock_names(&layers->dsn, f) &&
           check_locks(layers, &layers->dsn, locks_of_dsn(layers), &layers->string, f);
}

bool govern_sources(struct layers *layers, struct notices *notices, struct fault *f)
{
    if (!check_system_dsn(layers, f)) {
        return false;
    }
    if (layers->has_dsn && !check_places(layers, &layers->dsn, notices, f)) {
        return false;
    }
    return check_places(layers, &layers->string, notices, f) && check_all_locks(layers, f);
}

static bool list_allows(struct span list, struct span value)
{
    struct span rest = list;

    while (!span_is_null(rest)) {
        if (glob_matches(span_trim(span_next(&rest, ',')), value, 0)) {
            return true;
        }
    }
    return false;
}

static struct span without_slash(struct span url)
{
    while (url.len > 0 && url.at[url.len - 1] == '/') {
        url.len--;
    }
    return url;
}

/* A pattern without a scheme means https, one without a path allows every path; a star stays inside
   the host or one part of the path. */
static bool url_matches(struct span pattern, struct span url)
{
    size_t scheme = span_find(pattern, SPAN("://"));
    struct span value = scheme < pattern.len || !span_starts_nocase(url, SPAN("https://"))
                            ? url
                            : span_from(url, 8);
    struct span behind = span_from(pattern, scheme < pattern.len ? scheme + 3 : 0);

    if (span_find_byte(behind, '/') == behind.len) {
        size_t from = span_find(value, SPAN("://"));

        from = from < value.len ? from + 3 : 0;
        value.len = from + span_find_byte(span_from(value, from), '/');
    }
    return glob_matches(pattern, value, '/');
}

static bool list_allows_url(struct span list, struct span url)
{
    struct span rest = list;

    while (!span_is_null(rest)) {
        if (url_matches(without_slash(span_trim(span_next(&rest, ','))), without_slash(url))) {
            return true;
        }
    }
    return false;
}

static bool check_allowed(const struct layers *layers, const struct layer *driver,
                          const struct settings *s, struct fault *f)
{
    struct span roles = driver->text[SETTING_ALLOWED_ROLES],
                endpoints = driver->text[SETTING_ALLOWED_ENDPOINTS];

    for (unsigned i = 0; i < SETTINGS_COUNT; i++) {
        enum setting_id id = (enum setting_id)i;
        bool is_role = keyword_is(id, KEYWORD_ROLE), is_url = keyword_of(id)->kind == KEYWORD_URL;
        struct span value = s->at[i].text;

        if (span_is_null(value) || s->at[i].origin == ORIGIN_DRIVER) {
            continue;
        }
        if ((is_role && !span_is_null(roles) && !list_allows(roles, value)) ||
            (is_url && !span_is_null(endpoints) && !list_allows_url(endpoints, value))) {
            fault_set(
                f, FAULT_SETTING,
                "%s from %s is not among the %s of the driver's section of odbcinst.ini: %.*s",
                setting_name(id), name_of_origin(s->at[i].origin),
                is_role ? "AllowedRoles" : "AllowedEndpoints",
                (int)(value.len < 200 ? value.len : 200), value.at);
            return refused(layers, setting_name(id), s->at[i].origin, f);
        }
    }
    return true;
}

/* Tokens of a person's sign-in are worth more than a session: they go to addresses a data source
   names, or to AWS. */
static bool is_token_endpoint(const struct settings *s, enum setting_id id)
{
    struct span type = s->at[SETTING_AUTHENTICATION_TYPE].text;
    bool has_token = !span_is_null(s->at[SETTING_WEB_IDENTITY_TOKEN].text) ||
                     span_equal(type, SPAN("JWT")) || span_equal(type, SPAN("Web Identity"));

    return id == SETTING_SSO_ENDPOINT_OVERRIDE || id == SETTING_SSO_OIDC_ENDPOINT_OVERRIDE ||
           id == SETTING_SIGNIN_ENDPOINT_OVERRIDE ||
           (has_token && id == SETTING_STS_ENDPOINT_OVERRIDE);
}

/* Whether everything secret in this connection stands in the string that also gave the address. */
static bool has_own_credentials(const struct layers *layers, const struct settings *s)
{
    struct span type = s->at[SETTING_AUTHENTICATION_TYPE].text;

    if (s->at[SETTING_UID].origin != ORIGIN_STRING || s->at[SETTING_PWD].origin != ORIGIN_STRING ||
        span_is_null(s->at[SETTING_UID].text) || span_is_null(s->at[SETTING_PWD].text) ||
        !(span_is_null(type) || span_equal(type, SPAN("IAM Credentials")))) {
        return false;
    }
    for (unsigned i = 0; i < SETTINGS_COUNT; i++) {
        if (keyword_is((enum setting_id)i, KEYWORD_SECRET) && !span_is_null(s->at[i].text) &&
            s->at[i].origin != ORIGIN_STRING) {
            return false;
        }
    }
    return !layers->has_dsn || span_is_null(layers->dsn.text[SETTING_AWS_PROFILE]);
}

static bool check_address_of_string(const struct layers *layers, const struct settings *s,
                                    struct fault *f)
{
    bool is_allowed = settings_flag(s, SETTING_ALLOW_ENDPOINT_OVERRIDE);

    for (unsigned i = 0; i < SETTINGS_COUNT; i++) {
        enum setting_id id = (enum setting_id)i;

        if (!keyword_is(id, KEYWORD_ENDPOINT) || !is_change(&layers->dsn, &layers->string, i)) {
            continue;
        }
        if (is_token_endpoint(s, id)) {
            fault_set(f, FAULT_SETTING,
                      "%s may not be set by %s: sign-in tokens go only to addresses that a data "
                      "source names. Nothing was sent.",
                      setting_name(id), name_of_origin(layers->string.origin));
            return refused(layers, setting_name(id), layers->string.origin, f);
        }
        if (!is_allowed && !has_own_credentials(layers, s)) {
            fault_set(f, FAULT_SETTING,
                      "%s from %s may be used only with UID and PWD from the same string, and with "
                      "no secret of the data source: else stored credentials "
                      "would go to that address. AllowEndpointOverride=1 in the data source "
                      "permits it. Nothing was sent.",
                      setting_name(id), name_of_origin(layers->string.origin));
            return refused(layers, setting_name(id), layers->string.origin, f);
        }
    }
    return true;
}

bool govern_values(const struct layers *layers, const struct settings *s, struct fault *f)
{
    for (unsigned i = 0; i < layers->n_drivers; i++) {
        if (!check_allowed(layers, &layers->driver[i], s, f)) {
            return false;
        }
    }
    return check_address_of_string(layers, s, f);
}
