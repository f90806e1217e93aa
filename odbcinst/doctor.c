/* athena-odbc doctor: runs the checks in order and prints what they found. */
#include "doctor.h"

#include <fcntl.h>
#include <stdarg.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <sys/utsname.h>
#include <unistd.h>

#include "net/curl.h"
#include "say.h"

static const char *const verdict_names[] = { "OK", "WARN", "FAIL", "SKIP" };

static void (*const checks[])(struct doctor *d) = {
    doctor_check_files,          doctor_check_driver,    doctor_check_trace,
    doctor_check_keys,           doctor_check_secrets,   doctor_check_governance,
    doctor_check_reach,          doctor_check_base,      doctor_check_clock,
    doctor_check_run_as,         doctor_check_consumer,  doctor_check_external_id,
    doctor_check_session_policy, doctor_check_workgroup, doctor_check_catalog,
    doctor_check_results,        doctor_check_query,     doctor_check_behaviour,
};

static int64_t now_ms(void)
{
    const struct clock *clock = clock_system();

    return clock->steady_ms(clock);
}

void doctor_begin(struct doctor *d)
{
    d->mark_ms = now_ms();
}

/* The last finding; before there is one, and when there are too many, a place that is never shown.
 */
static struct finding *last(struct doctor *d)
{
    return &d->findings[d->n > 0 ? d->n - 1 : 0];
}

void doctor_say(struct doctor *d, const char *check, enum verdict verdict, const char *format, ...)
{
    va_list list;

    if (d->n < FINDINGS_MAX) {
        d->n++;
    }
    struct finding *f = last(d);
    *f = (struct finding){ .check = check, .verdict = verdict, .took_ms = now_ms() - d->mark_ms };
    va_start(list, format);
    vsnprintf(f->what, sizeof(f->what), format, list);
    va_end(list);
    d->mark_ms = now_ms();
}

void doctor_who(struct doctor *d, const char *who)
{
    span_to_c(span_of(who), last(d)->who, sizeof(last(d)->who));
}

void doctor_fix(struct doctor *d, const char *format, ...)
{
    va_list list;

    va_start(list, format);
    vsnprintf(last(d)->fix, sizeof(last(d)->fix), format, list);
    va_end(list);
}

void doctor_detail(struct doctor *d, const char *format, ...)
{
    struct finding *f = last(d);
    va_list list;

    if (f->n_details == DETAILS_MAX) {
        return;
    }
    va_start(list, format);
    vsnprintf(f->details[f->n_details++], FINDING_TEXT_MAX, format, list);
    va_end(list);
}

void doctor_notes(struct doctor *d, const struct fault *f)
{
    for (unsigned i = 0; i < f->n_notes; i++) {
        doctor_detail(d, "%s", f->notes[i]);
    }
}

static void print_line(const char *title, const char *text)
{
    if (text[0] != 0) {
        printf("      %s", title);
        say_text(stdout, span_of(text));
        fputc('\n', stdout);
    }
}

static void print_text(const struct doctor *d)
{
    for (unsigned i = 0; i < d->n; i++) {
        const struct finding *f = &d->findings[i];
        bool is_news = f->verdict == CHECK_WARN || f->verdict == CHECK_FAIL;

        printf("%-4s  %-15s ", verdict_names[f->verdict], f->check);
        say_text(stdout, span_of(f->what));
        fputc('\n', stdout);
        if (is_news) {
            print_line("who:  ", f->who);
            print_line("fix:  ", f->fix);
        }
        for (unsigned k = 0; is_news && k < f->n_details; k++) {
            print_line("- ", f->details[k]);
        }
    }
}

static unsigned count(const struct doctor *d, enum verdict verdict)
{
    unsigned n = 0;

    for (unsigned i = 0; i < d->n; i++) {
        n += d->findings[i].verdict == verdict;
    }
    return n;
}

static void json_findings(const struct doctor *d, struct json_writer *w)
{
    json_name(w, "findings");
    json_open(w, '[');
    for (unsigned i = 0; i < d->n; i++) {
        const struct finding *f = &d->findings[i];
        json_open(w, '{');
        json_string_member(w, "check", span_of(f->check));
        json_string_member(w, "verdict", span_of(verdict_names[f->verdict]));
        json_string_member(w, "who", f->who[0] != 0 ? span_of(f->who) : NO_SPAN);
        json_string_member(w, "what", span_of(f->what));
        json_string_member(w, "fix", f->fix[0] != 0 ? span_of(f->fix) : NO_SPAN);
        json_name(w, "details");
        json_open(w, '[');
        for (unsigned k = 0; k < f->n_details; k++) {
            json_string(w, span_of(f->details[k]));
        }
        json_close(w, ']');
        json_name(w, "ms");
        json_number(w, f->took_ms);
        json_close(w, '}');
    }
    json_close(w, ']');
    json_name(w, "failed");
    json_number(w, count(d, CHECK_FAIL));
    json_name(w, "warned");
    json_number(w, count(d, CHECK_WARN));
}

/* What a supporter asks for: versions, the machine, the settings without secrets. */
static void json_surroundings(const struct doctor *d, struct json_writer *w)
{
    struct utsname machine;
    char now[21];
    const struct clock *clock = clock_system();

    utc_print_iso(clock->wall_ms(clock), now);
    json_string_member(w, "time", span_of(now));
    json_string_member(w, "version", span_of(ATHENA_VERSION));
    json_string_member(w, "transport", span_of(curl_http_version()));
    if (uname(&machine) == 0) {
        json_string_member(w, "system", span_of(machine.sysname));
        json_string_member(w, "release", span_of(machine.release));
        json_string_member(w, "machine", span_of(machine.machine));
    }
    json_name(w, "settings");
    json_open(w, '{');
    for (unsigned i = 0; d->is_loaded && i < SETTINGS_COUNT; i++) {
        enum setting_id id = (enum setting_id)i;
        struct span text = settings_text(&d->target.settings, id);
        if (!span_is_null(text) && d->target.settings.at[i].origin != ORIGIN_DEFAULT) {
            json_string_member(w, setting_name(id),
                               setting_is_secret(id) ? SPAN("(secret)") : text);
        }
    }
    json_close(w, '}');
}

static bool write_report(const struct doctor *d, const char *path)
{
    struct buf compact = { 0 }, out = { 0 };
    struct json_writer w = { .out = &compact };

    json_open(&w, '{');
    json_string_member(&w, "data_source",
                       span_of(d->section != NULL ? d->name : "(connection string)"));
    json_surroundings(d, &w);
    json_findings(d, &w);
    json_close(&w, '}');
    bool ok = json_done(&w) && say_indent(buf_span(&compact), &out, NULL) &&
              buf_add_byte(&out, '\n', NULL);
    int fd =
        ok ? open(path, O_WRONLY | O_CREAT | O_TRUNC | O_NOFOLLOW | O_CLOEXEC, S_IRUSR | S_IWUSR)
           : -1;
    ok = fd >= 0 && write(fd, out.at, out.len) == (ssize_t)out.len;
    if (fd >= 0) {
        close(fd);
    }
    buf_free(&compact);
    buf_free(&out);
    return ok;
}

static int print(const struct doctor *d)
{
    unsigned n_bad = count(d, CHECK_FAIL);
    struct buf out = { 0 };
    struct json_writer w = { .out = &out };

    if (!wants_json(d->arguments)) {
        print_text(d);
        printf("%u OK, %u WARN, %u FAIL, %u SKIP\n", count(d, CHECK_OK), count(d, CHECK_WARN),
               n_bad, count(d, CHECK_SKIP));
        return n_bad > 0 ? STATUS_FAILED : STATUS_OK;
    }
    json_open(&w, '{');
    json_string_member(&w, "data_source",
                       span_of(d->section != NULL ? d->name : "(connection string)"));
    json_findings(d, &w);
    json_close(&w, '}');
    int status = say_json(&w, n_bad > 0 ? STATUS_FAILED : STATUS_OK);
    buf_free(&out);
    return status;
}

static void doctor_free(struct doctor *d)
{
    probe_done(&d->probe);
    target_free(&d->target);
    ini_text_free(&d->user);
    ini_text_free(&d->system);
    ini_text_free(&d->drivers);
    free(d);
}

static int run(const struct arguments *a)
{
    struct doctor *d = calloc(1, sizeof(*d));
    const char *report = option_value(a, "--report");

    if (d == NULL) {
        fputs("athena-odbc: no memory\n", stderr);
        return STATUS_FAILED;
    }
    d->arguments = a;
    d->name = a->at[0];
    for (size_t i = 0; i < sizeof(checks) / sizeof(checks[0]); i++) {
        doctor_begin(d);
        checks[i](d);
    }
    int status = print(d);
    if (report != NULL && !write_report(d, report)) {
        fprintf(stderr, "athena-odbc: the report could not be written to %s\n", report);
        status = STATUS_FAILED;
    }
    doctor_free(d);
    return status;
}

static const struct option options[] = {
    { "--report", "FILE", "write all of it, without secrets, into a file for support" },
    { "--probe-external-id", NULL,
      "try the consumer role without and with wrong external ids; leaves AccessDenied in its "
      "CloudTrail" },
    { "--paid", NULL, "run SELECT 1, which may cost something" },
    { NULL, NULL, NULL },
};

const struct command command_doctor = {
    "doctor", "DSN", "Finds out why a data source does not connect, step by step", 1, 1,
    options,  run
};
