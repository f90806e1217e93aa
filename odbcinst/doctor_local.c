/* Checks of this machine: ini files, library, driver manager, keys. */
#include "doctor.h"

#include <dlfcn.h>
#include <elf.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "config/ini.h"
#include "config/keyword.h"

static struct span value_of(const struct ini_text *t, const struct ini_section *s, const char *name)
{
    struct span rest = span_part(buf_span(&t->text), s->from, s->to - s->from), key, value;

    while (ini_text_pair(&rest, &key, &value)) {
        if (span_equal_nocase(key, span_of(name))) {
            return value;
        }
    }
    return NO_SPAN;
}

static void find_section(struct doctor *d)
{
    const struct ini_text *files[] = { &d->user, &d->system };
    struct span name = span_of(d->name);

    for (size_t i = 0; i < 2 && d->section == NULL; i++) {
        d->section = ini_text_find(files[i], name, 0);
        d->file = d->section != NULL ? files[i] : NULL;
    }
}

static void tell_files(struct doctor *d)
{
    struct span name = span_of(d->name);

    if (d->section == NULL) {
        doctor_say(d, "files", CHECK_FAIL, "there is no data source [%s]", d->name);
        doctor_fix(d, "athena-odbc dsn list shows what there is; the variables ODBCINI and "
                      "ODBCSYSINI choose the files.");
    } else if (ini_text_find(d->file, name, 1) != NULL) {
        doctor_say(d, "files", CHECK_WARN, "[%s] stands twice in %s (lines %u and %u)", d->name,
                   d->file->path, d->section->line, ini_text_find(d->file, name, 1)->line);
        doctor_fix(d, "Remove one of them.");
    } else if (d->file == &d->user && strcmp(d->user.path, d->system.path) != 0 &&
               ini_text_find(&d->system, name, 0) != NULL) {
        doctor_say(d, "files", CHECK_WARN,
                   "[%s] is read from the user's %s and hides the one in the system's %s", d->name,
                   d->user.path, d->system.path);
        doctor_fix(d, "Remove the user's section, or rename it.");
    } else {
        doctor_say(d, "files", CHECK_OK, "[%s] in the %s's %s", d->name,
                   d->file == &d->user ? "user" : "system", d->file->path);
    }
    doctor_detail(d, "user data sources: %s%s",
                  d->places.user[0] != 0 ? d->places.user : "(not known)",
                  d->user.is_there ? "" : " (not there)");
    doctor_detail(d, "system data sources: %s%s", d->places.system,
                  d->system.is_there ? "" : " (not there)");
    doctor_detail(d, "drivers: %s%s", d->places.drivers, d->drivers.is_there ? "" : " (not there)");
}

void doctor_check_files(struct doctor *d)
{
    struct fault f = { 0 };

    if (strchr(d->name, '=') != NULL) {
        bool ok = section_places_find(&d->places, &f) &&
                  ini_text_read(&d->drivers, d->places.drivers, &f);
        doctor_say(d, "files", ok ? CHECK_SKIP : CHECK_WARN, "%s",
                   ok ? "a connection string was given, not a data source" : f.text);
        return;
    }
    if (!section_places_find(&d->places, &f) || !ini_text_read(&d->user, d->places.user, &f) ||
        !ini_text_read(&d->system, d->places.system, &f) ||
        !ini_text_read(&d->drivers, d->places.drivers, &f)) {
        doctor_say(d, "files", CHECK_FAIL, "%s", f.text);
        return;
    }
    find_section(d);
    tell_files(d);
}

/* What a library is built for; 0 when it is no ELF file of the native byte order. */
static unsigned machine_of(const char *path, unsigned char *class)
{
    Elf64_Ehdr head;
    int fd = open(path, O_RDONLY | O_CLOEXEC);
    ssize_t n = fd >= 0 ? read(fd, &head, sizeof(head)) : -1;

    if (fd >= 0) {
        close(fd);
    }
    if (n < (ssize_t)sizeof(Elf32_Ehdr) || memcmp(head.e_ident, ELFMAG, SELFMAG) != 0) {
        return 0;
    }
    *class = head.e_ident[EI_CLASS];
    return head.e_machine; /* at the same place in both classes */
}

static const char *machine_name(unsigned machine)
{
    switch (machine) {
    case EM_X86_64:
        return "x86-64";
    case EM_386:
        return "32-bit x86";
    case EM_AARCH64:
        return "ARM64";
    case EM_ARM:
        return "32-bit ARM";
    default:
        return "another machine";
    }
}

/* Loads the library in a child, so that whatever it does on loading happens there; its complaint
 * comes back through a pipe. */
static bool loads(const char *library, char *why, size_t room)
{
    int ends[2], status = 0;
    ssize_t n = 0;

    if (pipe2(ends, O_CLOEXEC) != 0) {
        span_to_c(SPAN("no pipe could be made"), why, room);
        return false;
    }
    pid_t child = fork();
    if (child == 0) {
        void *handle = dlopen(library, RTLD_NOW | RTLD_LOCAL);
        const char *text = handle == NULL ? dlerror()
                           : dlsym(handle, "SQLDriverConnect") == NULL
                               ? "it does not export SQLDriverConnect"
                               : "";
        ssize_t written = write(ends[1], text, strlen(text));
        _exit(handle != NULL && text[0] == 0 && written == 0 ? 0 : 1);
    }
    close(ends[1]);
    if (child > 0) {
        n = read(ends[0], why, room - 1);
        waitpid(child, &status, 0);
    }
    close(ends[0]);
    why[n > 0 ? n : 0] = 0;
    if (child > 0 && !(WIFEXITED(status) && WEXITSTATUS(status) == 0) && n <= 0) {
        span_to_c(SPAN("loading it ended the program that tried"), why, room);
    }
    return child > 0 && WIFEXITED(status) && WEXITSTATUS(status) == 0;
}

static void tell_library(struct doctor *d, const char *library)
{
    unsigned char class = 0, own_class = 0;
    char why[FINDING_TEXT_MAX];
    unsigned own = machine_of("/proc/self/exe", &own_class);
    unsigned its = machine_of(library, &class);

    if (library[0] == '/' && access(library, F_OK) != 0) {
        doctor_say(d, "driver", CHECK_FAIL, "the library %s is not there", library);
        doctor_fix(d, "Install the driver, or correct Driver= in %s.", d->places.drivers);
    } else if (library[0] == '/' && its == 0) {
        doctor_say(d, "driver", CHECK_FAIL, "%s is no library of this system", library);
        doctor_fix(d, "Correct Driver= in %s.", d->places.drivers);
    } else if (library[0] == '/' && own != 0 && (its != own || class != own_class)) {
        doctor_say(d, "driver", CHECK_FAIL,
                   "%s is built for %s, the programs of this machine for %s (the driver manager "
                   "would say \"file not found\")",
                   library, machine_name(its), machine_name(own));
        doctor_fix(d, "Install the package for %s.", machine_name(own));
    } else if (!loads(library, why, sizeof(why))) {
        doctor_say(d, "driver", CHECK_FAIL, "%s cannot be loaded: %s", library, why);
        doctor_fix(d, "When another library is named there, install it; the driver manager would "
                      "only say \"file not found\".");
    } else {
        doctor_say(d, "driver", CHECK_OK, "%s, %s", library, machine_name(its));
    }
}

void doctor_check_driver(struct doctor *d)
{
    char library[4097] = "";
    struct span named = d->section != NULL ? value_of(d->file, d->section, "Driver") : NO_SPAN;

    if (d->section == NULL) {
        doctor_say(d, "driver", CHECK_SKIP, "there is no data source that names one");
        return;
    }
    if (named.len == 0) {
        doctor_say(d, "driver", CHECK_FAIL, "[%s] names no driver", d->name);
        doctor_fix(d, "Add Driver = Athena to the data source.");
        return;
    }
    d->driver = ini_text_find(&d->drivers, named, 0);
    if (d->driver == NULL && named.at[0] != '/') {
        doctor_say(d, "driver", CHECK_FAIL, "Driver = %.*s, but %s has no section of that name",
                   (int)named.len, named.at, d->places.drivers);
        doctor_fix(d, "Register the driver: odbcinst -i -d -f the template that comes with it.");
        return;
    }
    if (d->driver != NULL) {
        struct span wide = value_of(&d->drivers, d->driver, "Driver64");
        span_to_c(wide.len > 0 ? wide : value_of(&d->drivers, d->driver, "Driver"), library,
                  sizeof(library));
    } else {
        span_to_c(named, library, sizeof(library));
    }
    tell_library(d, library);
}

static bool is_yes(struct span value)
{
    return value.len > 0 && strchr("1YyTt", value.at[0]) != NULL;
}

void doctor_check_trace(struct doctor *d)
{
    const struct ini_section *manager = ini_text_find(&d->drivers, SPAN("ODBC"), 0);
    struct span trace = manager != NULL ? value_of(&d->drivers, manager, "Trace") : NO_SPAN;
    struct span force = manager != NULL ? value_of(&d->drivers, manager, "ForceTrace") : NO_SPAN;

    if (is_yes(trace) || is_yes(force)) {
        doctor_say(d, "trace", CHECK_WARN,
                   "the driver manager writes every call into a trace, passwords and tokens in "
                   "connection strings included");
        doctor_fix(d, "Set Trace = No in [ODBC] of %s and delete the trace file.",
                   d->places.drivers);
    } else {
        doctor_say(d, "trace", CHECK_OK, "the driver manager's trace is off");
    }
}

/* Lines that the driver manager would cut. */
static void tell_long_lines(struct doctor *d)
{
    struct span rest =
        span_part(buf_span(&d->file->text), d->section->from, d->section->to - d->section->from);

    while (rest.len > 0) {
        struct span line = span_next(&rest, '\n');
        if (line.len > SECTION_LINE_MAX) {
            struct span key = span_trim(span_part(line, 0, span_find_byte(line, '=')));
            doctor_say(d, "keys", line.len > INI_LINE_BYTES_MAX ? CHECK_FAIL : CHECK_WARN,
                       "the line of %.*s has %zu bytes; the driver manager cuts lines at "
                       "about %d without a word",
                       (int)(key.len < 60 ? key.len : 60), key.at, line.len, INI_LINE_BYTES_MAX);
            doctor_fix(d, "Put the value into a file and write %.*s = @/absolute/file.",
                       (int)(key.len < 60 ? key.len : 60), key.at);
        }
    }
}

void doctor_check_keys(struct doctor *d)
{
    struct fault f = { 0 };

    if (d->section == NULL && strchr(d->name, '=') == NULL) {
        doctor_say(d, "keys", CHECK_SKIP, "there is no data source");
        return;
    }
    if (d->section != NULL) {
        tell_long_lines(d);
    }
    d->is_loaded = target_load(&d->target, d->name, &f);
    if (!d->is_loaded) {
        doctor_say(d, "keys", CHECK_FAIL, "%s", f.text);
        doctor_notes(d, &f);
        return;
    }
    d->is_wired = probe_wire(&d->probe, &d->target.settings, &d->target.notices, &f);
    for (unsigned i = 0; i < d->target.notices.n; i++) {
        doctor_say(d, "keys", CHECK_WARN, "%s", d->target.notices.at[i].text);
    }
    if (!d->is_wired) {
        doctor_say(d, "keys", CHECK_FAIL, "%s", f.text);
        doctor_notes(d, &f);
    } else if (d->target.notices.n == 0) {
        unsigned n = 0;
        for (unsigned i = 0; i < SETTINGS_COUNT; i++) {
            n += !span_is_null(d->target.settings.at[i].text) &&
                 d->target.settings.at[i].origin != ORIGIN_DEFAULT;
        }
        doctor_say(d, "keys", CHECK_OK, "%u keys, all known and well formed", n);
    }
}
