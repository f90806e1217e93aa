/* ConfigDriver: what happens when the driver is registered or taken out. The installer writes
 * odbcinst.ini itself; there is nothing to add. */
#include <odbcinst.h>
#include <sqlext.h>
#include <stdio.h>

#include "config/keyword.h"

__attribute__((visibility("default"))) BOOL INSTAPI ConfigDriver(HWND window, WORD request,
                                                                 LPCSTR driver, LPCSTR arguments,
                                                                 LPSTR message, WORD room,
                                                                 WORD *length);

/* ODBC_CONFIG_DRIVER: "Key=Value" for the driver's section; only keys that may stand there. */
static BOOL configure(LPCSTR driver, LPCSTR arguments)
{
    struct span pair = span_of(arguments), name, value;
    size_t equals = span_find_byte(pair, '=');
    char text[1024];

    name = span_trim(span_part(pair, 0, equals));
    value = span_trim(span_from(pair, equals < pair.len ? equals + 1 : pair.len));
    enum setting_id id = keyword_find(name);
    bool may_stand = id != SETTINGS_COUNT &&
                     (keyword_of(id)->flags &
                      (KEYWORD_MANAGER | KEYWORD_DRIVER_ONLY | KEYWORD_SYSTEM | KEYWORD_IN_DSN |
                       KEYWORD_IN_DRIVER | KEYWORD_LOCKED | KEYWORD_GUARD)) != 0;

    if (!may_stand || value.len >= sizeof(text)) {
        SQLPostInstallerError(
            ODBC_ERROR_INVALID_KEYWORD_VALUE,
            "This key cannot stand in the driver's section, or its value is too long.");
        return 0;
    }
    span_to_c(value, text, sizeof(text));
    return SQLWritePrivateProfileString(driver, setting_name(id), value.len > 0 ? text : NULL,
                                        "odbcinst.ini");
}

BOOL INSTAPI ConfigDriver(HWND window, WORD request, LPCSTR driver, LPCSTR arguments, LPSTR message,
                          WORD room, WORD *length)
{
    const char *said = request == ODBC_INSTALL_DRIVER  ? "Amazon Athena is registered."
                       : request == ODBC_REMOVE_DRIVER ? "Amazon Athena is taken out."
                                                       : "";

    (void)window;
    if (driver == NULL || driver[0] == 0) {
        SQLPostInstallerError(ODBC_ERROR_INVALID_NAME, "No driver is named.");
        return 0;
    }
    if (request != ODBC_INSTALL_DRIVER && request != ODBC_REMOVE_DRIVER &&
        request != ODBC_CONFIG_DRIVER) {
        SQLPostInstallerError(ODBC_ERROR_INVALID_REQUEST_TYPE,
                              "The request is none of install, configure and remove.");
        return 0;
    }
    if (request == ODBC_CONFIG_DRIVER && arguments != NULL && arguments[0] != 0 &&
        !configure(driver, arguments)) {
        return 0;
    }
    if (message != NULL && room > 0) {
        snprintf(message, room, "%s", said);
    }
    if (length != NULL) {
        *length = (WORD)span_of(said).len;
    }
    return 1;
}
