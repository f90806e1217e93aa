/* Reads, edits and replaces ini files. */
#include "ini_text.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

enum { SECTIONS_MAX = 20000 };

static struct span next_line(struct span *rest)
{
    return span_next(rest, '\n');
}

static bool is_header(struct span line, struct span *name)
{
    line = span_trim(line);
    size_t end = span_find_byte(line, ']');

    if (line.len < 2 || line.at[0] != '[' || end == line.len) {
        return false;
    }
    *name = span_trim(span_part(line, 1, end - 1));
    return true;
}

static bool find_sections(struct ini_text *t, struct fault *f)
{
    struct span rest = buf_span(&t->text);
    const char *base = rest.at;
    unsigned line = 0;

    arena_reset(&t->arena);
    t->n = 0;
    t->sections = NULL;
    size_t room = 0;
    for (size_t i = 0; i < rest.len; i++) {
        room += rest.at[i] == '[';
    }
    if (room > SECTIONS_MAX) {
        return fault_ceiling(f, "sections of an ini file", SECTIONS_MAX);
    }
    t->sections = arena_take_array(&t->arena, room + 1, sizeof(*t->sections), f);
    if (t->sections == NULL) {
        return false;
    }
    while (rest.len > 0) {
        struct span here = next_line(&rest), name;
        line++;
        if (!is_header(here, &name)) {
            continue;
        }
        size_t from = (size_t)(here.at - base);
        if (t->n > 0) {
            t->sections[t->n - 1].to = from;
        }
        t->sections[t->n++] = (struct ini_section){ name, from, t->text.len, line };
    }
    return true;
}

static bool read_all(struct ini_text *t, int fd, struct fault *f)
{
    ssize_t n;

    do {
        char *to = buf_reserve(&t->text, 65536, f);
        if (to == NULL) {
            return false;
        }
        n = read(fd, to, 65536);
        if (n > 0) {
            buf_commit(&t->text, (size_t)n);
        }
    } while (n > 0 || (n < 0 && errno == EINTR));
    return n == 0 ||
           fault_set(f, FAULT_SETTING, "%s cannot be read (%s).", t->path, strerror(errno));
}

static bool open_and_read(struct ini_text *t, struct fault *f)
{
    struct stat st;
    int fd = open(t->path, O_RDONLY | O_CLOEXEC | O_NONBLOCK);

    if (fd < 0) {
        return errno == ENOENT ||
               fault_set(f, FAULT_SETTING, "%s cannot be opened (%s).", t->path, strerror(errno));
    }
    bool ok = fstat(fd, &st) == 0 && S_ISREG(st.st_mode);
    if (!ok) {
        fault_set(f, FAULT_SETTING, "%s is no regular file.", t->path);
    } else {
        t->is_there = true;
        t->mode = (unsigned)st.st_mode & 07777;
        t->uid = (unsigned)st.st_uid;
        ok = read_all(t, fd, f);
    }
    close(fd);
    return ok;
}

bool ini_text_read(struct ini_text *t, const char *path, struct fault *f)
{
    char *resolved = realpath(path, NULL);

    *t = (struct ini_text){ .text = { .ceiling = INI_FILE_MAX, .is_secret = true } };
    span_to_c(span_of(resolved != NULL ? resolved : path), t->path, sizeof(t->path));
    free(resolved);
    return open_and_read(t, f) && find_sections(t, f);
}

void ini_text_free(struct ini_text *t)
{
    buf_free(&t->text);
    arena_free(&t->arena);
}

const struct ini_section *ini_text_find(const struct ini_text *t, struct span name, unsigned n)
{
    for (unsigned i = 0; i < t->n; i++) {
        if (span_equal_nocase(t->sections[i].name, name) && n-- == 0) {
            return &t->sections[i];
        }
    }
    return NULL;
}

bool ini_text_replace(struct ini_text *t, size_t from, size_t to, struct span by, struct fault *f)
{
    struct buf fresh = { .ceiling = INI_FILE_MAX, .is_secret = true };
    struct span old = buf_span(&t->text);

    if (!buf_add(&fresh, span_part(old, 0, from), f) || !buf_add(&fresh, by, f) ||
        !buf_add(&fresh, span_from(old, to), f)) {
        buf_free(&fresh);
        return false;
    }
    buf_free(&t->text);
    t->text = fresh;
    return find_sections(t, f);
}

static bool write_all(int fd, struct span text)
{
    while (text.len > 0) {
        ssize_t n = write(fd, text.at, text.len);

        if (n < 0 && errno == EINTR) {
            continue;
        }
        if (n <= 0) {
            return false;
        }
        text = span_from(text, (size_t)n);
    }
    return fsync(fd) == 0;
}

bool ini_text_write(struct ini_text *t, struct fault *f)
{
    char beside[4200];

    snprintf(beside, sizeof(beside), "%s.XXXXXX", t->path);
    int fd = mkostemp(beside, O_CLOEXEC);
    if (fd < 0) {
        return fault_set(f, FAULT_SETTING, "No file can be written beside %s (%s).", t->path,
                         strerror(errno));
    }
    bool ok =
        fchmod(fd, t->is_there ? (mode_t)t->mode : 0600) == 0 && write_all(fd, buf_span(&t->text));
    if (ok && t->is_there && t->uid != geteuid()) {
        ok = fchown(fd, t->uid, (gid_t)-1) == 0;
    }
    close(fd);
    if (!ok || rename(beside, t->path) != 0) {
        int error = errno;
        unlink(beside);
        return fault_set(f, FAULT_SETTING, "%s cannot be written (%s); it is as it was.", t->path,
                         strerror(error));
    }
    return true;
}

bool ini_text_pair(struct span *rest, struct span *key, struct span *value)
{
    while (rest->len > 0) {
        struct span line = span_trim(next_line(rest));
        size_t equals = span_find_byte(line, '=');

        if (line.len == 0 || strchr("[;#", line.at[0]) != NULL || equals == line.len) {
            continue;
        }
        *key = span_trim(span_part(line, 0, equals));
        *value = span_trim(span_from(line, equals + 1));
        return true;
    }
    return false;
}
