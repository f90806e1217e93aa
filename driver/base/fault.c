/* Filling in faults and notices. */
#include "base/fault.h"

#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <string.h>

#include "base/utf.h"

static void write_text(char to[FAULT_TEXT_MAX + 1], const char *format, va_list arguments)
{
    char whole[4 * FAULT_TEXT_MAX];
    int len = vsnprintf(whole, sizeof(whole), format, arguments);

    if (len < 0) {
        whole[0] = '\0';
    }
    /* Server text comes through here: no line break or control byte may reach a log line or a
       message box. */
    for (char *c = whole; *c != '\0'; c++) {
        if ((unsigned char)*c < 0x20 || *c == 0x7f) {
            *c = ' ';
        }
    }
    span_to_c(span_of(whole), to, FAULT_TEXT_MAX + 1);
}

bool fault_set(struct fault *f, enum fault_kind kind, const char *format, ...)
{
    if (f == NULL) {
        return false;
    }
    va_list arguments;
    fault_clear(f);
    f->kind = kind;
    va_start(arguments, format);
    write_text(f->text, format, arguments);
    va_end(arguments);
    return false;
}

bool fault_memory(struct fault *f)
{
    return fault_set(f, FAULT_MEMORY, "Out of memory");
}

bool fault_ceiling(struct fault *f, const char *limit, size_t bytes)
{
    return fault_set(f, FAULT_CEILING, "The limit %s (%zu bytes) was reached", limit, bytes);
}

void fault_retext(struct fault *f, const char *format, ...)
{
    va_list arguments;

    if (f == NULL) {
        return;
    }
    va_start(arguments, format);
    write_text(f->text, format, arguments);
    va_end(arguments);
}

void fault_note(struct fault *f, const char *format, ...)
{
    va_list arguments;

    if (f == NULL || f->n_notes == FAULT_NOTES_MAX) {
        return;
    }
    va_start(arguments, format);
    write_text(f->notes[f->n_notes++], format, arguments);
    va_end(arguments);
}

void fault_clear(struct fault *f)
{
    if (f == NULL) {
        return;
    }
    /* Every fetch clears one: a text is empty when its first byte is zero, and the notes are
       guarded by n_notes. */
    memset(f, 0, offsetof(struct fault, code));
    f->code[0] = f->action[0] = f->principal[0] = f->resource[0] = '\0';
    f->request_id[0] = f->query_id[0] = f->text[0] = '\0';
    f->n_notes = 0;
}

const char *fault_kind_name(enum fault_kind kind)
{
    static const char *const names[FAULT_KINDS] = {
        [FAULT_NONE] = "none",
        [FAULT_MEMORY] = "memory",
        [FAULT_CEILING] = "limit",
        [FAULT_SETTING] = "setting",
        [FAULT_SETTING_WARNING] = "setting warning",
        [FAULT_OPTION_CHANGED] = "option changed",
        [FAULT_WARNING] = "warning",
        [FAULT_CREDENTIALS] = "credentials",
        [FAULT_SIGN_IN] = "sign-in",
        [FAULT_DENIED] = "denied",
        [FAULT_NOT_FOUND] = "not found",
        [FAULT_NETWORK] = "network",
        [FAULT_TIMEOUT] = "timeout",
        [FAULT_CANCELLED] = "cancelled",
        [FAULT_THROTTLED] = "throttled",
        [FAULT_SERVICE] = "service",
        [FAULT_PROTOCOL] = "protocol",
        [FAULT_SYNTAX] = "syntax",
        [FAULT_NO_TABLE] = "no such table",
        [FAULT_TABLE_EXISTS] = "table exists",
        [FAULT_NO_COLUMN] = "no such column",
        [FAULT_DATA] = "data",
        [FAULT_DIVISION] = "division by zero",
        [FAULT_UNSUPPORTED] = "unsupported",
        [FAULT_QUERY] = "query",
        [FAULT_FORKED] = "forked",
    };

    return kind < FAULT_KINDS ? names[kind] : "unknown";
}

const char *fault_hop_name(enum fault_hop hop)
{
    static const char *const names[] = {
        [HOP_NONE] = "",
        [HOP_BASE] = "base credentials",
        [HOP_RUN_AS] = "hop 1 (RunAsRole)",
        [HOP_CONSUMER] = "hop 2 (ConsumerAccountRoleArn)",
        [HOP_SERVICE] = "service",
    };

    return hop <= HOP_SERVICE ? names[hop] : "";
}

void notice_add(struct notices *list, enum fault_kind kind, const char *format, ...)
{
    va_list arguments;

    if (list == NULL) {
        return;
    }
    if (list->n == NOTICES_MAX) {
        list->at[NOTICES_MAX - 1].kind = FAULT_WARNING;
        snprintf(list->at[NOTICES_MAX - 1].text, sizeof(list->at[0].text),
                 "There was more to tell than the %d warnings before this one.", NOTICES_MAX - 1);
        return;
    }
    struct notice *notice = &list->at[list->n++];
    notice->kind = kind;
    va_start(arguments, format);
    write_text(notice->text, format, arguments);
    va_end(arguments);
}

int fault_native(const struct fault *f)
{
    static const struct {
        int number;
        enum fault_kind kind;
        const char *code;
    } rows[] = {
#define NATIVE(number, kind, code, meaning) { number, kind, code },
#include "base/native.def"
#undef NATIVE
    };

    if (f->native != 0) {
        return f->native;
    }
    for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
        if (rows[i].kind == f->kind && strncmp(f->code, rows[i].code, strlen(rows[i].code)) == 0) {
            return FAULT_NATIVE_BASE + FAULT_NATIVE_HOP * (int)f->hop + rows[i].number;
        }
    }
    return 0;
}
