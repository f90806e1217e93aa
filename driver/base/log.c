/* The process's log file. One of the few mutable globals, by design: a log belongs to the process,
   not to a handle. */
#include "base/log.h"

#include <errno.h>
#include <fcntl.h>
#include <stdarg.h>
#include <stdatomic.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/number.h"

enum { LOG_LINE_MAX = 2048 };

static atomic_int log_file = -1;
static atomic_int log_limit = LOG_OFF;

static const char *const level_names[] = { "OFF", "ERROR", "WARN", "INFO", "DEBUG", "TRACE" };

static bool check_file(int file, const char *path, struct fault *f)
{
    struct stat facts;

    if (fstat(file, &facts) != 0 || !S_ISREG(facts.st_mode)) {
        return fault_set(f, FAULT_SETTING, "LogPath %s is not a regular file", path);
    }
    if (facts.st_uid != geteuid()) {
        return fault_set(f, FAULT_SETTING, "LogPath %s belongs to another user", path);
    }
    if ((facts.st_mode & 077) != 0 && fchmod(file, 0600) != 0) {
        return fault_set(f, FAULT_SETTING, "LogPath %s can be read by others", path);
    }
    return true;
}

bool log_open(const char *path, enum log_level level, struct fault *f)
{
    if (atomic_load(&log_file) < 0 && level > LOG_OFF) {
        int file =
            open(path, O_WRONLY | O_APPEND | O_CREAT | O_NOFOLLOW | O_CLOEXEC | O_NOCTTY, 0600);
        if (file < 0) {
            return fault_set(f, FAULT_SETTING, "LogPath %s cannot be opened (error %d)", path,
                             errno);
        }
        int nobody = -1;
        if (!check_file(file, path, f) ||
            !atomic_compare_exchange_strong(&log_file, &nobody, file)) {
            close(file);
            if (nobody == -1) {
                return false;
            }
        }
    }
    atomic_store(&log_limit, (int)level);
    return true;
}

bool log_is_on(enum log_level level)
{
    return (int)level <= atomic_load_explicit(&log_limit, memory_order_relaxed);
}

void log_line(enum log_level level, const char *format, ...)
{
    char line[LOG_LINE_MAX];
    char when[21];
    va_list arguments;

    if (!log_is_on(level) || level == LOG_OFF) {
        return;
    }
    utc_print_iso(clock_system()->wall_ms(clock_system()), when);
    int head = snprintf(line, sizeof(line), "%s %d %s ", when, (int)getpid(), level_names[level]);
    va_start(arguments, format);
    int body = vsnprintf(line + head, sizeof(line) - (size_t)head - 1, format, arguments);
    va_end(arguments);
    size_t len = body < 0 ? (size_t)head : strlen(line);
    for (size_t i = 0; i < len; i++) {
        if ((unsigned char)line[i] < 0x20) {
            line[i] = ' ';
        }
    }
    line[len] = '\n';
    /* A log that cannot be written must not disturb the host. */
    ssize_t written = write(atomic_load(&log_file), line, len + 1);
    (void)written;
}

bool log_parse_level(struct span text, enum log_level *out)
{
    /* Older drivers count 0 off, 1 fatal, 2 error, 3 warning, 4 info, 5 debug, 6 trace. */
    static const enum log_level numbered[] = { LOG_OFF,  LOG_ERROR, LOG_ERROR, LOG_WARN,
                                               LOG_INFO, LOG_DEBUG, LOG_TRACE };
    uint64_t number = 0;

    for (unsigned i = 0; i < sizeof(level_names) / sizeof(level_names[0]); i++) {
        if (span_equal_nocase(text, span_of(level_names[i]))) {
            *out = (enum log_level)i;
            return true;
        }
    }
    if (!number_parse_u64(text, &number) || number >= sizeof(numbered) / sizeof(numbered[0])) {
        return false;
    }
    *out = numbered[number];
    return true;
}
