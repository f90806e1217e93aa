/* ConfigDSN: adds, changes and removes data sources for driver managers' dialogs and for programs
   that call SQLConfigDataSource. There is no window here: what is wanted comes in the attributes.
   The installer library writes. */
#include <odbcinst.h>
#include <sqlext.h>
#include <stdio.h>

#include "base/utf.h"
#include "config/keyword.h"
#include "config/suggest.h"
#include "config/validate.h"

#define EXPORTED __attribute__((visibility("default")))

enum { LINE_MAX = 900, NAME_MAX_BYTES = 255, ATTRIBUTES_MAX = 262144 };

static bool complain(DWORD code, const struct fault *f)
{
    SQLPostInstallerError(code, f->text);
    return false;
}

static struct span next_pair(struct span *rest, struct span *value)
{
    struct span pair = span_next(rest, '\0');
    size_t equals = span_find_byte(pair, '=');

    *value = span_trim(span_from(pair, equals < pair.len ? equals + 1 : pair.len));
    return span_trim(span_part(pair, 0, equals));
}

static bool find_name(struct span attributes, char *to)
{
    struct span value;

    to[0] = 0;
    while (attributes.len > 0) {
        struct span key = next_pair(&attributes, &value);
        if (keyword_find(key) == SETTING_DSN) {
            span_to_c(value, to, NAME_MAX_BYTES + 1);
        }
    }
    return to[0] != 0 && SQLValidDSN(to);
}

/* A value in its normal form; NO_SPAN for an empty one. */
static bool check(enum setting_id id, struct span given, struct arena *arena, struct span *out,
                  struct fault *f)
{
    *out = NO_SPAN;
    if (given.len == 0) {
        return true;
    }
    if (keyword_is(id, KEYWORD_DRIVER_ONLY)) {
        return fault_set(f, FAULT_SETTING, "%s belongs into the driver's section of odbcinst.ini.",
                         setting_name(id));
    }
    bool is_file = span_starts(given, SPAN("@/"));
    if (keyword_is(id, KEYWORD_MANAGER) || is_file ? !arena_copy(arena, given, out, f)
                                                   : !validate_value(id, given, arena, out, f)) {
        return false;
    }
    if (out->len > LINE_MAX) {
        return fault_set(f, FAULT_SETTING,
                         "%s has %zu bytes, and the driver manager cuts lines at about %d: put the "
                         "value into a file and give "
                         "@/absolute/file.",
                         setting_name(id), out->len, LINE_MAX);
    }
    return true;
}

static bool unknown(struct span key, struct fault *f)
{
    struct span near = NO_SPAN;

    if (suggest_key(key, &near) == SETTINGS_COUNT) {
        return fault_set(f, FAULT_SETTING, "\"%.*s\" is no key of this driver.",
                         (int)(key.len < 100 ? key.len : 100), key.at);
    }
    return fault_set(f, FAULT_SETTING, "\"%.*s\" is no key of this driver. Did you mean %.*s?",
                     (int)(key.len < 100 ? key.len : 100), key.at, (int)near.len, near.at);
}

/* Everything is checked before anything is written. */
static bool check_all(struct span attributes, struct arena *arena,
                      struct span values[SETTINGS_COUNT], bool is_given[SETTINGS_COUNT],
                      struct fault *f)
{
    while (attributes.len > 0) {
        struct span value, key = next_pair(&attributes, &value);
        enum setting_id id = keyword_find(key);

        if (key.len == 0) {
            continue;
        }
        if (id == SETTINGS_COUNT) {
            return unknown(key, f);
        }
        if (!check(id, value, arena, &values[id], f)) {
            return false;
        }
        is_given[id] = true;
    }
    return true;
}

static bool write_all(const char *name, const struct span values[SETTINGS_COUNT],
                      const bool is_given[SETTINGS_COUNT])
{
    bool ok = true;

    for (unsigned i = 0; i < SETTINGS_COUNT && ok; i++) {
        enum setting_id id = (enum setting_id)i;
        if (is_given[i] && id != SETTING_DSN && id != SETTING_DRIVER) {
            ok = SQLWritePrivateProfileString(name, setting_name(id), values[i].at,
                                              "odbc.ini"); /* NULL takes the key out */
        }
    }
    return ok;
}

static bool put(WORD request, LPCSTR driver, const char *name, struct span attributes)
{
    struct arena arena = { .is_secret = true };
    struct span values[SETTINGS_COUNT] = { { NULL, 0 } };
    bool is_given[SETTINGS_COUNT] = { false };
    struct fault f = { 0 };
    bool ok = check_all(attributes, &arena, values, is_given, &f) ||
              complain(ODBC_ERROR_INVALID_KEYWORD_VALUE, &f);

    if (ok && request == ODBC_ADD_DSN) {
        ok = SQLWriteDSNToIni(name, driver);
    }
    ok = ok && write_all(name, values, is_given);
    arena_free(&arena);
    return ok;
}

static BOOL configure(WORD request, LPCSTR driver, struct span attributes)
{
    char name[NAME_MAX_BYTES + 1];
    struct fault f;

    if (!find_name(attributes, name)) {
        fault_set(&f, FAULT_SETTING,
                  "The attributes name no data source (DSN=...), or one with characters that may "
                  "not stand in a name.");
        return complain(ODBC_ERROR_INVALID_DSN, &f);
    }
    switch (request) {
    case ODBC_ADD_DSN:
    case ODBC_CONFIG_DSN:
        if (driver == NULL || driver[0] == 0) {
            fault_set(&f, FAULT_SETTING, "No driver is named.");
            return complain(ODBC_ERROR_INVALID_NAME, &f);
        }
        return put(request, driver, name, attributes) ? 1 : 0;
    case ODBC_REMOVE_DSN:
        return SQLRemoveDSNFromIni(name);
    default:
        fault_set(&f, FAULT_SETTING, "Request %u is none of add, configure and remove.",
                  (unsigned)request);
        return complain(ODBC_ERROR_INVALID_REQUEST_TYPE, &f);
    }
}

/* Bytes before the two zeros that end the list. */
static size_t list_length(const char *list)
{
    size_t n = 0;

    while (list != NULL && n < ATTRIBUTES_MAX && (list[n] != 0 || list[n + 1] != 0)) {
        n++;
    }
    return n;
}

EXPORTED BOOL INSTAPI ConfigDSN(HWND window, WORD request, LPCSTR driver, LPCSTR attributes);

BOOL INSTAPI ConfigDSN(HWND window, WORD request, LPCSTR driver, LPCSTR attributes)
{
    (void)window;
    struct span list = { attributes != NULL ? attributes : "", list_length(attributes) };
    return configure(request, driver, list);
}

EXPORTED BOOL INSTAPI ConfigDSNW(HWND window, WORD request, LPCWSTR driver, LPCWSTR attributes);

BOOL INSTAPI ConfigDSNW(HWND window, WORD request, LPCWSTR driver, LPCWSTR attributes)
{
    struct buf name = { 0 }, list = { .is_secret = true };
    size_t n = 0;

    (void)window;
    while (attributes != NULL && n < ATTRIBUTES_MAX &&
           (attributes[n] != 0 || attributes[n + 1] != 0)) {
        n++;
    }
    bool ok = (driver == NULL || utf8_from_wide(driver, wide_length(driver, WIDE_UTF16), WIDE_UTF16,
                                                &name, NULL, NULL)) &&
              (n == 0 || utf8_from_wide(attributes, n, WIDE_UTF16, &list, NULL, NULL));
    BOOL done = ok ? configure(request, buf_span(&name).at, buf_span(&list)) : 0;
    buf_free(&name);
    buf_free(&list);
    return done;
}
