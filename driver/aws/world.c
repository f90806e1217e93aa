/* The machine as the providers see it: environment, files, home, clock. */
#include "aws/world.h"

#include <errno.h>
#include <fcntl.h>
#include <pwd.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/digest.h"
#include "base/number.h"
#include "base/secret.h"

bool creds_not_configured(struct fault *f, const char *format, ...)
{
    char text[FAULT_TEXT_MAX + 1];
    va_list list;

    va_start(list, format);
    vsnprintf(text, sizeof(text), format, list);
    va_end(list);
    fault_set(f, FAULT_CREDENTIALS, "%s", text);
    if (f != NULL) {
        span_to_c(SPAN("NotConfigured"), f->code, sizeof(f->code));
        f->hop = HOP_BASE;
    }
    return false;
}

bool creds_is_not_configured(const struct fault *f)
{
    return f->kind == FAULT_CREDENTIALS && strcmp(f->code, "NotConfigured") == 0;
}

static const char *env_of(const struct creds_world *w, const char *name)
{
    return w->env != NULL ? w->env(w, name) : getenv(name);
}

bool world_env(const struct creds_world *w, const char *name, char *to, size_t room)
{
    struct span value = span_of(env_of(w, name));

    to[0] = 0;
    if (span_is_null(value)) {
        return false;
    }
    value = span_trim(value);
    if (value.len == 0 || value.len >= room) {
        return false;
    }
    span_to_c(value, to, room);
    return true;
}

bool world_env_is_true(const struct creds_world *w, const char *name)
{
    char value[16];

    return world_env(w, name, value, sizeof(value)) &&
           span_equal_nocase(span_of(value), SPAN("true"));
}

const struct clock *world_clock(const struct creds_world *w)
{
    return w->clock != NULL ? w->clock : clock_system();
}

static bool rooted(const struct creds_world *w, const char *path, char *to, size_t room)
{
    int n = snprintf(to, room, "%s%s%s", w->root ? w->root : "",
                     w->root && path[0] != '/' ? "/" : "", path);

    return n >= 0 && (size_t)n < room;
}

/* Reads an open descriptor to its end. */
static bool read_all(int fd, const char *path, struct buf *out, struct fault *f)
{
    for (;;) {
        char *to = buf_reserve(out, 8192, f);
        if (to == NULL) {
            return false;
        }
        ssize_t n = read(fd, to, 8192);
        if (n < 0 && errno == EINTR) {
            continue;
        }
        if (n < 0) {
            return fault_set(f, FAULT_CREDENTIALS, "The file %s cannot be read: %s.", path,
                             strerror(errno));
        }
        if (n == 0) {
            return true;
        }
        buf_commit(out, (size_t)n);
    }
}

enum world_file world_read(const struct creds_world *w, const char *path, struct buf *out,
                           struct fault *f)
{
    char full[2 * WORLD_TEXT_MAX];

    if (!rooted(w, path, full, sizeof(full))) {
        fault_set(f, FAULT_CREDENTIALS, "The file name %.200s... is too long.", path);
        return WORLD_FILE_FAILED;
    }
    int fd = open(full, O_RDONLY | O_CLOEXEC | O_NONBLOCK);
    if (fd < 0) {
        if (errno == ENOENT || errno == ENOTDIR) {
            return WORLD_FILE_MISSING;
        }
        fault_set(f, FAULT_CREDENTIALS, "The file %s cannot be opened: %s.", path, strerror(errno));
        return WORLD_FILE_FAILED;
    }
    struct stat st;
    bool ok = false;
    if (fstat(fd, &st) != 0 || S_ISDIR(st.st_mode)) {
        fault_set(f, FAULT_CREDENTIALS, "%s is not a file.", path);
    } else if (st.st_size > WORLD_FILE_MAX) {
        fault_set(f, FAULT_CREDENTIALS, "The file %s is larger than %d bytes.", path,
                  (int)WORLD_FILE_MAX);
    } else {
        ok = read_all(fd, path, out, f);
    }
    close(fd);
    return ok ? WORLD_FILE_READ : WORLD_FILE_FAILED;
}

static bool write_all(int fd, struct span content)
{
    while (content.len > 0) {
        ssize_t n = write(fd, content.at, content.len);
        if (n < 0 && errno == EINTR) {
            continue;
        }
        if (n <= 0) {
            return false;
        }
        content = span_from(content, (size_t)n);
    }
    return true;
}

bool world_replace(const struct creds_world *w, const char *path, struct span content,
                   struct fault *f)
{
    char full[2 * WORLD_TEXT_MAX], beside[2 * WORLD_TEXT_MAX + 48], uuid[UUID_TEXT];

    if (!digest_uuid(uuid, f)) {
        return false;
    }
    if (!rooted(w, path, full, sizeof(full))) {
        return fault_set(f, FAULT_CREDENTIALS, "The file name %.200s... is too long.", path);
    }
    snprintf(beside, sizeof(beside), "%s.%s", full, uuid);
    int fd = open(beside, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC | O_NOFOLLOW, 0600);
    if (fd < 0) {
        return fault_set(f, FAULT_CREDENTIALS, "No file can be written beside %s: %s.", path,
                         strerror(errno));
    }
    bool ok = write_all(fd, content);
    ok = close(fd) == 0 && ok;
    ok = ok && rename(beside, full) == 0;
    if (!ok) {
        int reason = errno;
        unlink(beside);
        return fault_set(f, FAULT_CREDENTIALS, "The file %s cannot be replaced: %s.", path,
                         strerror(reason));
    }
    return true;
}

static bool windows_home(const struct creds_world *w, char *to, size_t room)
{
    char drive[64], path[WORLD_TEXT_MAX];

    if (world_env(w, "USERPROFILE", to, room)) {
        return true;
    }
    if (!world_env(w, "HOMEDRIVE", drive, sizeof(drive)) ||
        !world_env(w, "HOMEPATH", path, sizeof(path))) {
        return false;
    }
    int n = snprintf(to, room, "%s%s", drive, path);
    return n >= 0 && (size_t)n < room;
}

bool world_home(const struct creds_world *w, char *to, size_t room)
{
    if (world_env(w, "HOME", to, room)) {
        return true;
    }
    if (w->has_windows_names) {
        return windows_home(w, to, room);
    }
    if (w->env != NULL) {
        return false; /* a made-up machine has no accounts */
    }
    struct passwd entry, *found = NULL;
    char memory[4096];
    if (getpwuid_r(geteuid(), &entry, memory, sizeof(memory), &found) != 0 || found == NULL) {
        return false;
    }
    span_to_c(span_of(entry.pw_dir), to, room);
    return to[0] != 0;
}

bool world_expand(const struct creds_world *w, struct span path, char *to, size_t room)
{
    char home[WORLD_TEXT_MAX];

    if (path.len == 0 || path.at[0] != '~' ||
        (path.len > 1 && path.at[1] != '/' && path.at[1] != '\\')) {
        span_to_c(path, to, room);
        return path.len < room;
    }
    if (!world_home(w, home, sizeof(home))) {
        return false;
    }
    int n = snprintf(to, room, "%s%.*s", home, (int)(path.len - 1), path.at + 1);
    return n >= 0 && (size_t)n < room;
}

void world_region(const struct creds_world *w, struct span otherwise, char *to, size_t room)
{
    if (w->region[0] != 0) {
        span_to_c(span_of(w->region), to, room);
    } else if (!world_env(w, "AWS_REGION", to, room) &&
               !world_env(w, "AWS_DEFAULT_REGION", to, room)) {
        span_to_c(span_is_null(otherwise) ? SPAN("") : otherwise, to, room);
    }
}

bool world_wait(const struct creds_world *w, const struct creds_request *q, int64_t ms,
                struct fault *f)
{
    int64_t now = world_clock(w)->steady_ms(world_clock(w));

    if (q->deadline_steady_ms != 0 && now + ms > q->deadline_steady_ms) {
        return fault_set(f, FAULT_TIMEOUT,
                         "The time allowed is over while waiting to ask for credentials again.");
    }
    struct wake own;
    struct wake *wake = q->cancel;
    if (wake == NULL) {
        wake_init(&own);
        wake = &own;
    }
    bool is_cancelled = wake_wait(wake, ms);
    if (wake == &own) {
        wake_done(&own);
    }
    if (is_cancelled) {
        return fault_set(f, FAULT_CANCELLED, "Cancelled while waiting for credentials.");
    }
    return true;
}

/* What is copied and whence, for messages. */
struct naming {
    const char *what, *source;
};

/* One text of a credential set: length checked, never quoted in the fault. */
static bool fill_text(struct span text, char *to, size_t room, struct naming n, struct fault *f)
{
    if (text.len >= room) {
        return fault_set(f, FAULT_CREDENTIALS, "The %s from %s is longer than %zu characters.",
                         n.what, n.source, room - 1);
    }
    for (size_t i = 0; i < text.len; i++) {
        unsigned char c = (unsigned char)text.at[i];
        if (c < 0x21 || c == 0x7f) {
            return fault_set(f, FAULT_CREDENTIALS,
                             "The %s from %s contains a blank or a control character.", n.what,
                             n.source);
        }
    }
    if (!span_is_null(text)) {
        span_to_c(text, to, room);
    }
    return true;
}

bool creds_fill(struct creds *out, const struct creds_texts *t, struct fault *f)
{
    struct creds c = { 0 };

    if (t->key.len == 0 || t->secret.len == 0) {
        return fault_set(f, FAULT_CREDENTIALS, "%s gave no %s.", t->source,
                         t->key.len == 0 ? "access key id" : "secret access key");
    }
    bool ok = fill_text(t->key, c.access_key_id, sizeof(c.access_key_id),
                        (struct naming){ "access key id", t->source }, f) &&
              fill_text(t->secret, c.secret_access_key, sizeof(c.secret_access_key),
                        (struct naming){ "secret access key", t->source }, f) &&
              fill_text(t->token, c.session_token, sizeof(c.session_token),
                        (struct naming){ "session token", t->source }, f);
    if (ok) {
        if (!span_is_null(t->account)) {
            span_to_c(t->account, c.account, sizeof(c.account));
        }
        span_to_c(span_of(t->source), c.source, sizeof(c.source));
        *out = c;
    }
    secret_wipe(&c, sizeof(c));
    return ok;
}
