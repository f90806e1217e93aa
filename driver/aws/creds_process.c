/* Credentials that a program prints. It is started only when the user's own configuration file
   names it, by the shell, without input, in a process group of its own, and killed when it takes
   too long. Neither its arguments nor what it prints on stdout is ever logged. */
#include "aws/providers.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <spawn.h>
#include <stdio.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/json.h"
#include "base/secret.h"

extern char **environ;

enum { PROCESS_TIMEOUT_MS = 60 * 1000, PROCESS_SLICE_MS = 20, PROCESS_OUTPUT_MAX = 256 * 1024 };

bool creds_read_json(struct span text, struct span account, const char *source, struct creds *out,
                     struct fault *f)
{
    struct json *document = NULL;
    int64_t until = 0;

    if (!json_parse(text, &document, NULL)) {
        return fault_set(f, FAULT_CREDENTIALS, "What the %s gave is no JSON.", source);
    }
    struct span token = json_text_of(document, "SessionToken"),
                own = json_text_of(document, "AccountId");
    struct span when = json_text_of(document, "Expiration");
    if (span_is_null(token)) {
        token = json_text_of(document, "Token");
    }
    bool ok = span_is_null(when) || utc_parse_iso(when, &until);
    if (!ok) {
        fault_set(f, FAULT_CREDENTIALS, "The Expiration that the %s gave is no time.", source);
    }
    struct creds_texts texts = { json_text_of(document, "AccessKeyId"),
                                 json_text_of(document, "SecretAccessKey"), token,
                                 own.len > 0 ? own : account, source };
    ok = ok && creds_fill(out, &texts, f);
    if (ok) {
        out->expires_wall_ms = until;
    }
    json_free(document);
    return ok;
}

/* A running program and the two pipes from it. */
struct program {
    pid_t pid;
    int out, err;
};

static bool open_pipes(int pipes[4])
{
    for (int i = 0; i < 4; i++) {
        pipes[i] = -1;
    }
    return pipe2(pipes, O_CLOEXEC) == 0 && pipe2(pipes + 2, O_CLOEXEC) == 0;
}

static void close_all(int *fds, int n)
{
    for (int i = 0; i < n; i++) {
        if (fds[i] >= 0) {
            close(fds[i]);
            fds[i] = -1;
        }
    }
}

/* Default signal actions and an empty mask: the host program's are its own business. */
static void plain_signals(posix_spawnattr_t *attributes)
{
    sigset_t none, all;

    sigemptyset(&none);
    sigfillset(&all);
    posix_spawnattr_setsigmask(attributes, &none);
    posix_spawnattr_setsigdefault(attributes, &all);
    posix_spawnattr_setpgroup(attributes, 0);
    posix_spawnattr_setflags(attributes, POSIX_SPAWN_SETSIGMASK | POSIX_SPAWN_SETSIGDEF |
                                             POSIX_SPAWN_SETPGROUP);
}

static bool start(const char *command, struct program *p, struct fault *f)
{
    char *const arguments[] = { "sh", "-c", (char *)command, NULL };
    posix_spawn_file_actions_t actions;
    posix_spawnattr_t attributes;
    int pipes[4], failed = ENOMEM;

    if (!open_pipes(pipes)) {
        close_all(pipes, 4);
        return fault_set(f, FAULT_CREDENTIALS,
                         "credential_process cannot be started: no more files can be opened.");
    }
    if (posix_spawn_file_actions_init(&actions) == 0) {
        if (posix_spawnattr_init(&attributes) == 0) {
            plain_signals(&attributes);
            posix_spawn_file_actions_addopen(&actions, 0, "/dev/null", O_RDONLY, 0);
            posix_spawn_file_actions_adddup2(&actions, pipes[1], 1);
            posix_spawn_file_actions_adddup2(&actions, pipes[3], 2);
            failed = posix_spawn(&p->pid, "/bin/sh", &actions, &attributes, arguments, environ);
            posix_spawnattr_destroy(&attributes);
        }
        posix_spawn_file_actions_destroy(&actions);
    }
    close_all(pipes + 1, 1);
    close_all(pipes + 3, 1);
    if (failed != 0) {
        close_all(pipes, 4);
        return fault_set(f, FAULT_CREDENTIALS, "credential_process cannot be started: %s.",
                         strerror(failed));
    }
    p->out = pipes[0];
    p->err = pipes[2];
    return true;
}

/* Reads what is there; closes the descriptor at its end. What exceeds the buffer is read and
   dropped. */
static void drain(int *fd, struct buf *to)
{
    char bytes[4096];
    ssize_t n = read(*fd, bytes, sizeof(bytes));

    if (n > 0) {
        if (to->len + (size_t)n < PROCESS_OUTPUT_MAX &&
            !buf_add(to, (struct span){ bytes, (size_t)n }, NULL)) {
            n = 0;
        }
    } else if (n == 0 || errno != EINTR) {
        close_all(fd, 1);
    }
    secret_wipe(bytes, sizeof(bytes));
}

static bool is_out_of_time(const struct creds_world *w, const struct creds_request *q,
                           int64_t began_ms, struct fault *f)
{
    int64_t now = clock_system()->steady_ms(clock_system());

    if (q->cancel != NULL && wake_is_raised(q->cancel)) {
        return !fault_set(f, FAULT_CANCELLED,
                          "Cancelled while credential_process ran; it was ended.");
    }
    if (q->deadline_steady_ms != 0 &&
        world_clock(w)->steady_ms(world_clock(w)) >= q->deadline_steady_ms) {
        return !fault_set(f, FAULT_TIMEOUT,
                          "The time allowed is over while credential_process ran; it was ended.");
    }
    if (now - began_ms >= PROCESS_TIMEOUT_MS) {
        return !fault_set(f, FAULT_CREDENTIALS,
                          "credential_process did not end within 60 seconds and was ended.");
    }
    return false;
}

/* Looks without collecting it: as long as it is not collected, its number is nobody else's, and it
   can be killed by it. */
static bool has_ended(const struct program *p)
{
    siginfo_t info = { .si_pid = 0 };
    int failed = waitid(P_PID, (id_t)p->pid, &info, WEXITED | WNOHANG | WNOWAIT);

    /* A host that collects children itself, or ignores SIGCHLD, leaves none to be found. */
    return failed != 0 ? errno != EINTR : info.si_pid == p->pid;
}

static bool is_json(const struct buf *text)
{
    struct json *document = NULL;
    bool ok = json_parse(buf_span(text), &document, NULL);

    json_free(document);
    return ok;
}

/* To the program's end and to the end of what it printed. What it left behind may keep the pipes
   open: then its answer is over when it is whole and no more comes. */
static bool read_both(const struct creds_world *w, const struct creds_request *q, struct program *p,
                      struct buf *out, struct buf *err, struct fault *f)
{
    int64_t began_ms = clock_system()->steady_ms(clock_system());

    for (;;) {
        struct pollfd wait[2] = { { .fd = p->out, .events = POLLIN },
                                  { .fd = p->err, .events = POLLIN } };
        bool is_over = has_ended(p); /* seen before reading: all it printed is in the pipes */
        int n = poll(wait, 2, PROCESS_SLICE_MS);
        bool has_more = n > 0 && (wait[0].revents & (POLLIN | POLLHUP | POLLERR)) != 0;
        if (has_more) {
            drain(&p->out, out);
        }
        if (n > 0 && (wait[1].revents & (POLLIN | POLLHUP | POLLERR)) != 0) {
            drain(&p->err, err);
        }
        if (is_over && (p->out < 0 || (!has_more && is_json(out)))) {
            return true;
        }
        if (is_out_of_time(w, q, began_ms, f)) {
            return false;
        }
    }
}

/* Collects the program, which has ended or is killed. The exit code; -1 when a signal ended it, 0
   when its code is not to be had. */
static int end(struct program *p, bool is_to_be_killed)
{
    int status = 0;
    pid_t got;

    if (is_to_be_killed) {
        kill(-p->pid, SIGKILL);
    }
    close_all(&p->out, 1);
    close_all(&p->err, 1);
    do {
        got = waitpid(p->pid, &status, 0);
    } while (got < 0 && errno == EINTR);
    if (got < 0) {
        return 0; /* the host ignores SIGCHLD: judge by what was printed */
    }
    return WIFEXITED(status) ? WEXITSTATUS(status) : -1;
}

/* The first line of what the program complained about, printable characters only. */
static void first_line(const struct buf *err, char to[160])
{
    struct span all = buf_span(err);
    struct span line = span_trim(span_next(&all, '\n'));

    span_to_c(line, to, 160);
    for (char *c = to; *c != 0; c++) {
        if ((unsigned char)*c < 0x20) {
            *c = ' ';
        }
    }
}

static bool take(const struct profile_section *profile, struct buf *out, struct creds *c,
                 struct fault *f)
{
    struct json *document = NULL;
    bool ok =
        json_parse(buf_span(out), &document, NULL) ||
        fault_set(f, FAULT_CREDENTIALS, "credential_process of profile \"%.*s\" printed no JSON.",
                  (int)profile->name.len, profile->name.at);

    if (ok && json_int(json_member(document, "Version"), 0) != 1) {
        ok =
            fault_set(f, FAULT_CREDENTIALS,
                      "credential_process of profile \"%.*s\" printed JSON whose Version is not 1.",
                      (int)profile->name.len, profile->name.at);
    }
    json_free(document);
    return ok && creds_read_json(buf_span(out), profile_get(profile, "aws_account_id"),
                                 "credential_process", c, f);
}

bool provide_process(const struct creds_world *w, const struct creds_request *q,
                     const struct profile_section *profile, struct creds *out, struct fault *f)
{
    struct span command = profile_get(profile, "credential_process");
    struct buf text = { .ceiling = PROCESS_OUTPUT_MAX + 8192, .is_secret = true };
    struct buf complaint = { .ceiling = PROCESS_OUTPUT_MAX + 8192, .is_secret = true };
    struct program p = { .out = -1, .err = -1 };
    bool ok;

    if (!w->may_run_process) {
        return fault_set(f, FAULT_CREDENTIALS,
                         "Profile \"%.*s\" has a credential_process, and a connection string chose "
                         "the profile: no program is started. "
                         "Name the profile in the DSN or by AWS_PROFILE, or set "
                         "AllowCredentialProcess=1 in odbcinst.ini.",
                         (int)profile->name.len, profile->name.at);
    }
    if (!start(command.at, &p, f)) {
        return false;
    }
    ok = read_both(w, q, &p, &text, &complaint, f);
    int code = end(&p, !ok);
    if (ok && code != 0) {
        char line[160];
        first_line(&complaint, line);
        ok = fault_set(f, FAULT_CREDENTIALS,
                       "credential_process of profile \"%.*s\" ended with code %d%s%s",
                       (int)profile->name.len, profile->name.at, code, line[0] ? ": " : ".", line);
    }
    ok = ok && take(profile, &text, out, f);
    buf_free(&text);
    buf_free(&complaint);
    return ok;
}
