/* Appends audit lines. Whether a line that cannot be written stops anything is the caller's
   business. */
#include "config/audit.h"

#include <errno.h>
#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/clock.h"

void audit_begin(struct json_writer *w, struct buf *out, const char *event, struct fault *f)
{
    const struct clock *clock = clock_system();
    char now[21];

    utc_print_iso(clock->wall_ms(clock), now);
    *w = (struct json_writer){ .out = out, .f = f };
    json_open(w, '{');
    json_string_member(w, "time", span_of(now));
    json_string_member(w, "event", span_of(event));
    json_name(w, "pid");
    json_number(w, (int64_t)getpid());
    json_name(w, "uid");
    json_number(w, (int64_t)geteuid());
}

static bool is_own_file(int fd)
{
    struct stat st;

    return fstat(fd, &st) == 0 && S_ISREG(st.st_mode) && st.st_uid == geteuid() &&
           (st.st_mode & (S_IRWXG | S_IRWXO)) == 0;
}

bool audit_write(struct json_writer *w, const char *path, struct fault *f)
{
    json_close(w, '}');
    if (!json_done(w) || !buf_add_byte(w->out, '\n', f)) {
        return false;
    }
    int fd = open(path, O_WRONLY | O_APPEND | O_CREAT | O_NOFOLLOW | O_CLOEXEC | O_NONBLOCK,
                  S_IRUSR | S_IWUSR);

    if (fd < 0) {
        return fault_set(f, FAULT_SETTING, "AuditLog: %s cannot be opened (error %d).", path,
                         errno);
    }
    if (!is_own_file(fd)) {
        close(fd);
        return fault_set(f, FAULT_SETTING,
                         "AuditLog: %s must be a regular file of the user who runs the program, "
                         "which nobody else may read or write: chmod 600 %s.",
                         path, path);
    }
    struct span line = buf_span(w->out);
    ssize_t written = write(fd, line.at, line.len);
    int error = errno;

    close(fd);
    if (written != (ssize_t)line.len) {
        return fault_set(f, FAULT_SETTING,
                         "AuditLog: a line could not be written to %s (error %d).", path,
                         written < 0 ? error : 0);
    }
    return true;
}
