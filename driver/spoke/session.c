/* Who is asking, in the words of the machine. Never from an environment variable: those anybody can
   set. */
#include "spoke/session.h"

#include <errno.h>
#include <fcntl.h>
#include <pwd.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "aws/sts.h"

static void user_name(char *to, size_t room)
{
    struct passwd entry, *found = NULL;
    char memory[4096];

    if (getpwuid_r(geteuid(), &entry, memory, sizeof(memory), &found) == 0 && found != NULL) {
        span_to_c(span_of(entry.pw_name), to, room);
    } else {
        snprintf(to, room, "uid-%u", (unsigned)geteuid());
    }
}

static void program_name(const struct settings *s, char *to, size_t room)
{
    struct span given = settings_text(s, SETTING_APPLICATION_NAME);
    char bytes[64];

    if (given.len > 0) {
        span_to_c(given, to, room);
        return;
    }
    int fd = open("/proc/self/comm", O_RDONLY | O_CLOEXEC);
    ssize_t n = fd >= 0 ? read(fd, bytes, sizeof(bytes)) : 0;
    if (fd >= 0) {
        close(fd);
    }
    struct span name = n > 0 ? span_trim((struct span){ bytes, (size_t)n }) : SPAN("unknown");
    span_to_c(name, to, room);
}

static void host_name(char *to, size_t room)
{
    if (gethostname(to, room) != 0) {
        span_to_c(SPAN("unknown"), to, room);
    }
    to[room - 1] = 0;
}

/* What a name in braces stands for; false when it is none of ours. */
static bool value_of(const struct settings *s, struct span name, char *to, size_t room)
{
    if (span_equal(name, SPAN("user"))) {
        user_name(to, room);
    } else if (span_equal(name, SPAN("app"))) {
        program_name(s, to, room);
    } else if (span_equal(name, SPAN("host"))) {
        host_name(to, room);
    } else if (span_equal(name, SPAN("dsn"))) {
        span_to_c(span_of(s->dsn), to, room);
    } else {
        return false;
    }
    return true;
}

void session_expand(const struct settings *s, struct span pattern, char *to, size_t room)
{
    size_t n = 0;

    for (size_t i = 0; i < pattern.len && n + 1 < room; i++) {
        struct span rest = span_from(pattern, i);
        size_t end = span_find_byte(rest, '}');
        char value[256];
        if (rest.at[0] != '{' || end == rest.len ||
            !value_of(s, span_part(rest, 1, end - 1), value, sizeof(value))) {
            to[n++] = rest.at[0];
            continue;
        }
        span_to_c(span_of(value), to + n, room - n);
        n += strlen(to + n);
        i += end;
    }
    to[n] = 0;
}

void session_name(const struct settings *s, struct span pattern, char to[72])
{
    char whole[512];

    session_expand(s, pattern, whole, sizeof(whole));
    sts_session_name(span_of(whole), to, 72);
}
