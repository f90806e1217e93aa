/* The transport on libcurl. A send borrows a channel (one easy handle inside one multi handle,
   which owns its connections) from a pool; DNS answers and TLS sessions are shared between
   channels. Retrying, signing and redirects are left to others: one request goes out, one answer or
   one fault comes back. */
#include "net/curl.h"

#include <errno.h>
#include <signal.h>
#include <stdlib.h>
#include <time.h>
#include <unistd.h>

#include "base/secret.h"
#include "net/curl_transfer.h"

enum {
    CHANNELS_IDLE_MAX = 32,
    CONNECTIONS_PER_CHANNEL = 4,
    CONNECT_TIMEOUT_MS = 10000,
    READ_TIMEOUT_MS = 60000,
    IDLE_MS = 120000 /* about as long as servers and proxies keep an unused connection */
};

/* Curl's own lock kinds that we share, and room for those it takes on its own. */
enum { SHARE_LOCKS = CURL_LOCK_DATA_LAST };

struct curl_http {
    struct http base;
    pid_t pid;
    struct curl_options options;
    struct lock share_locks[SHARE_LOCKS];
    unsigned idle_ms;
    struct lock lock; /* guards idle */
    struct channel *idle; /* the one used last first */
    unsigned n_idle;
};

static void share_lock(CURL *easy, curl_lock_data data, curl_lock_access access, void *context)
{
    struct curl_http *c = context;

    (void)easy;
    (void)access;
    lock_take(&c->share_locks[data]);
}

static void share_unlock(CURL *easy, curl_lock_data data, void *context)
{
    struct curl_http *c = context;

    (void)easy;
    lock_give(&c->share_locks[data]);
}

static void start_curl(void)
{
    curl_global_init(CURL_GLOBAL_DEFAULT);
}

/* OpenSSL writes to sockets without MSG_NOSIGNAL, and the host's signal handlers are none of our
   business: SIGPIPE is blocked for this thread while curl works, and swallowed if curl caused
   one. */
struct pipe_guard {
    sigset_t before;
    bool was_pending;
};

static void pipe_guard_enter(struct pipe_guard *g)
{
    sigset_t pipe, pending;

    sigemptyset(&pipe);
    sigaddset(&pipe, SIGPIPE);
    sigemptyset(&pending);
    sigpending(&pending);
    g->was_pending = sigismember(&pending, SIGPIPE) == 1;
    pthread_sigmask(SIG_BLOCK, &pipe, &g->before);
}

static void pipe_guard_leave(const struct pipe_guard *g)
{
    static const struct timespec at_once = { 0, 0 };
    sigset_t pipe;

    sigemptyset(&pipe);
    sigaddset(&pipe, SIGPIPE);
    if (!g->was_pending) {
        while (sigtimedwait(&pipe, NULL, &at_once) == -1 && errno == EINTR) {
            continue;
        }
    }
    pthread_sigmask(SIG_SETMASK, &g->before, NULL);
}

static void channel_free(struct channel *ch)
{
    if (ch == NULL) {
        return;
    }
    if (ch->easy != NULL) {
        curl_easy_cleanup(ch->easy);
    }
    if (ch->multi != NULL) {
        curl_multi_cleanup(ch->multi);
    }
    free(ch);
}

static struct channel *channel_new(struct fault *f)
{
    struct channel *ch = calloc(1, sizeof(*ch));

    if (ch != NULL) {
        ch->multi = curl_multi_init();
        ch->easy = curl_easy_init();
        if (ch->multi != NULL && ch->easy != NULL) {
            curl_multi_setopt(ch->multi, CURLMOPT_MAXCONNECTS, (long)CONNECTIONS_PER_CHANNEL);
            return ch;
        }
    }
    channel_free(ch);
    fault_memory(f);
    return NULL;
}

static void channels_free(struct channel *list)
{
    while (list != NULL) {
        struct channel *next = list->next;
        channel_free(list);
        list = next;
    }
}

static int64_t steady_now(void)
{
    return clock_system()->steady_ms(clock_system());
}

/* Cuts off what has been idle for too long: its other ends have gone, or soon will. The lock is
   held; the caller frees the list without it. */
static struct channel *cut_stale(struct curl_http *c)
{
    int64_t oldest = steady_now() - c->idle_ms;
    struct channel **at = &c->idle, *stale;
    unsigned n = 0;

    while (*at != NULL && (*at)->idle_since_ms >= oldest) {
        at = &(*at)->next;
        n++;
    }
    stale = *at;
    *at = NULL;
    c->n_idle = n;
    return stale;
}

/* An idle channel that talked to the same host last, else any, else a new one. */
static struct channel *channel_take(struct curl_http *c, const struct http_request *q,
                                    struct fault *f)
{
    struct channel **at, **chosen;

    lock_take(&c->lock);
    struct channel *stale = cut_stale(c);
    chosen = &c->idle;
    for (at = &c->idle; *at != NULL; at = &(*at)->next) {
        if (span_equal(span_of((*at)->host), q->host) && (*at)->port == q->port) {
            chosen = at;
            break;
        }
    }
    struct channel *ch = *chosen;
    if (ch != NULL) {
        *chosen = ch->next;
        ch->next = NULL;
        c->n_idle--;
    }
    lock_give(&c->lock);
    channels_free(stale);
    return ch != NULL ? ch : channel_new(f);
}

static void channel_give(struct curl_http *c, struct channel *ch, const struct http_request *q)
{
    span_to_c(q->host, ch->host, sizeof(ch->host));
    ch->port = q->port;
    curl_easy_reset(ch->easy); /* keeps no pointer to the request */
    lock_take(&c->lock);
    ch->idle_since_ms = steady_now(); /* the list stays in its order */
    bool is_kept = c->n_idle < CHANNELS_IDLE_MAX;
    if (is_kept) {
        ch->next = c->idle;
        c->idle = ch;
        c->n_idle++;
    }
    lock_give(&c->lock);
    if (!is_kept) {
        channel_free(ch);
    }
}

static bool is_forked(const struct curl_http *c, struct fault *f)
{
    if (c->pid == getpid()) {
        return false;
    }
    return !fault_set(f, FAULT_FORKED,
                      "This connection was opened before fork(); open a new one in "
                      "the child process.");
}

static bool curl_send(struct http *h, const struct http_request *q, struct http_response *r,
                      struct fault *f)
{
    struct curl_http *c = (struct curl_http *)h;
    struct pipe_guard guard;

    if (is_forked(c, f) || !http_request_is_plausible(q, f)) {
        return false;
    }
    pipe_guard_enter(&guard);
    struct channel *ch = channel_take(c, q, f);
    bool ok = ch != NULL && curl_transfer(&c->options, ch, q, r, f);
    if (ch != NULL) {
        channel_give(c, ch, q);
    }
    pipe_guard_leave(&guard);
    return ok;
}

static void texts_free(struct curl_http *c)
{
    free(c->options.proxy);
    free(c->options.no_proxy);
    free(c->options.ca_file);
    secret_free(c->options.proxy_user);
    secret_free(c->options.proxy_password);
}

static void curl_close(struct http *h)
{
    struct curl_http *c = (struct curl_http *)h;
    struct pipe_guard guard;

    /* In a forked child the sockets belong to the parent as well: closing them would say goodbye in
       its name. */
    if (c->pid != getpid()) {
        return;
    }
    pipe_guard_enter(&guard);
    channels_free(c->idle);
    if (c->options.share != NULL) {
        curl_share_cleanup(c->options.share);
    }
    pipe_guard_leave(&guard);
    for (int i = 0; i < SHARE_LOCKS; i++) {
        lock_done(&c->share_locks[i]);
    }
    lock_done(&c->lock);
    texts_free(c);
    free(c);
}

/* An owned copy, or NULL for an empty span; false only when memory is out. */
static bool copy_text(struct span s, char **out)
{
    if (s.len == 0) {
        return true;
    }
    *out = malloc(s.len + 1);
    if (*out == NULL) {
        return false;
    }
    span_to_c(s, *out, s.len + 1);
    return true;
}

/* libcurl reads proxies from the environment by itself, but not these two. */
static struct span find_ca_file(const struct curl_settings *settings)
{
    if (settings->ca_file.len > 0) {
        return settings->ca_file;
    }
    struct span named = span_of(getenv("CURL_CA_BUNDLE"));
    return named.len > 0 ? named : span_of(getenv("SSL_CERT_FILE"));
}

static bool copy_settings(struct curl_http *c, const struct curl_settings *s)
{
    c->options.proxy_port = s->proxy_port;
    c->options.connect_timeout_ms =
        s->connect_timeout_ms != 0 ? s->connect_timeout_ms : CONNECT_TIMEOUT_MS;
    c->options.read_timeout_ms = s->read_timeout_ms != 0 ? s->read_timeout_ms : READ_TIMEOUT_MS;
    c->idle_ms = s->idle_ms != 0 ? s->idle_ms : IDLE_MS;
    return copy_text(s->proxy_host, &c->options.proxy) &&
           copy_text(s->proxy_user, &c->options.proxy_user) &&
           copy_text(s->proxy_password, &c->options.proxy_password) &&
           copy_text(s->no_proxy, &c->options.no_proxy) &&
           copy_text(find_ca_file(s), &c->options.ca_file);
}

bool curl_http_new(const struct curl_settings *settings, struct http **out, struct fault *f)
{
    static const struct http_ops ops = { curl_send, curl_close };
    static pthread_once_t started = PTHREAD_ONCE_INIT;
    struct curl_http *c = calloc(1, sizeof(*c));

    if (c == NULL) {
        return fault_memory(f);
    }
    pthread_once(&started, start_curl);
    c->base.ops = &ops;
    c->pid = getpid();
    lock_init(&c->lock);
    for (int i = 0; i < SHARE_LOCKS; i++) {
        lock_init(&c->share_locks[i]);
    }
    c->options.share = curl_share_init();
    if (c->options.share == NULL || !copy_settings(c, settings)) {
        curl_close(&c->base);
        return fault_memory(f);
    }
    curl_share_setopt(c->options.share, CURLSHOPT_LOCKFUNC, share_lock);
    curl_share_setopt(c->options.share, CURLSHOPT_UNLOCKFUNC, share_unlock);
    curl_share_setopt(c->options.share, CURLSHOPT_USERDATA, c);
    curl_share_setopt(c->options.share, CURLSHOPT_SHARE, CURL_LOCK_DATA_DNS);
    curl_share_setopt(c->options.share, CURLSHOPT_SHARE, CURL_LOCK_DATA_SSL_SESSION);
    *out = &c->base;
    return true;
}

const char *curl_http_version(void)
{
    return curl_version();
}
