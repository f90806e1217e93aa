/* The one mutable global, and what is kept in it. */
#include "spoke/process.h"

#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/secret.h"
#include "spoke/recall.h"
#include "spoke/spoke.h"

struct transport {
    struct transport *next;
    unsigned char key[SHA256_BYTES];
    struct http *http;
};

struct poll_bucket {
    struct lock *lock; /* the process's */
    char name[96];
    double tokens;
    int64_t at_ms;
    struct poll_bucket_ops ops;
};

struct process {
    pid_t pid;
    struct lock lock; /* guards all below; never held over a request */
    unsigned char key[SHA256_BYTES];
    struct chain *chains;
    struct transport *transports;
    struct poll_bucket buckets[POLL_BUCKETS];
    unsigned n_buckets;
    struct recall *recall;
};

static _Atomic(struct process *) the_process;

static struct process *process_new(struct fault *f)
{
    struct process *p = calloc(1, sizeof(*p));

    if (p == NULL) {
        fault_memory(f);
        return NULL;
    }
    if (!digest_random(p->key, sizeof(p->key), f)) {
        free(p);
        return NULL;
    }
    p->recall = recall_new();
    p->pid = getpid();
    lock_init(&p->lock);
    return p;
}

/* The process's structure. After fork() the child's first caller makes a new one; the parent's is
   left where it is, because its locks and connections may be in any state. */
static struct process *process_here(struct fault *f)
{
    for (;;) {
        struct process *now = atomic_load(&the_process);
        if (now != NULL && now->pid == getpid()) {
            return now;
        }
        struct process *made = process_new(f);
        if (made == NULL) {
            return NULL;
        }
        if (atomic_compare_exchange_strong(&the_process, &now, made)) {
            return made;
        }
        lock_done(&made->lock);
        recall_free(made->recall);
        free(made);
    }
}

bool process_is_forked(void)
{
    struct process *now = atomic_load(&the_process);

    return now != NULL && now->pid != getpid();
}

bool process_digest(struct span text, unsigned char out[SHA256_BYTES], struct fault *f)
{
    struct process *p = process_here(f);

    return p != NULL &&
           digest_hmac_sha256((struct span){ (const char *)p->key, sizeof(p->key) }, text, out, f);
}

static void chain_free(struct chain *c)
{
    chain_done(c);
    secret_wipe(c, sizeof(*c));
    free(c);
}

/* Takes the chains out of the list that have been idle for too long; the caller frees them without
   the lock. */
static struct chain *unlink_idle(struct process *p, int64_t now_ms, int64_t idle_ms)
{
    struct chain *gone = NULL;

    for (struct chain **at = &p->chains; *at != NULL;) {
        struct chain *c = *at;
        if (c->references == 0 && now_ms - c->idle_since_steady_ms >= idle_ms) {
            *at = c->next;
            c->next = gone;
            gone = c;
        } else {
            at = &c->next;
        }
    }
    return gone;
}

static void free_list(struct chain *list)
{
    while (list != NULL) {
        struct chain *next = list->next;
        chain_free(list);
        list = next;
    }
}

static struct chain *find_chain(struct process *p, const unsigned char key[SHA256_BYTES])
{
    struct chain *c = p->chains;

    while (c != NULL && memcmp(c->key, key, SHA256_BYTES) != 0) {
        c = c->next;
    }
    return c;
}

static struct chain *chain_new(const unsigned char key[SHA256_BYTES],
                               bool (*build)(struct chain *c, void *context, struct fault *f),
                               void *context, struct fault *f)
{
    struct chain *c = calloc(1, sizeof(*c));

    if (c == NULL) {
        fault_memory(f);
        return NULL;
    }
    memcpy(c->key, key, SHA256_BYTES);
    lock_init(&c->lock);
    if (!build(c, context, f)) {
        chain_free(c);
        return NULL;
    }
    return c;
}

/* Puts made into the list unless somebody was faster; returns the one to use. *spare is to be
   freed. */
static struct chain *insert(struct process *p, struct chain *made, struct chain **spare)
{
    struct chain *c = find_chain(p, made->key);

    *spare = c != NULL ? made : NULL;
    if (c == NULL) {
        made->next = p->chains;
        p->chains = made;
        c = made;
    }
    c->references++;
    return c;
}

bool process_chain_take(const unsigned char key[SHA256_BYTES],
                        bool (*build)(struct chain *c, void *context, struct fault *f),
                        void *context, struct chain **out, struct fault *f)
{
    struct process *p = process_here(f);
    struct chain *spare = NULL, *gone;

    if (p == NULL) {
        return false;
    }
    lock_take(&p->lock);
    gone = unlink_idle(p, clock_system()->steady_ms(clock_system()), CHAIN_IDLE_MS);
    struct chain *c = find_chain(p, key);
    if (c != NULL) {
        c->references++;
    }
    lock_give(&p->lock);
    free_list(gone);
    if (c == NULL) {
        struct chain *made = chain_new(key, build, context, f);
        if (made == NULL) {
            return false;
        }
        lock_take(&p->lock);
        c = insert(p, made, &spare);
        lock_give(&p->lock);
        free_list(spare);
    }
    *out = c;
    return true;
}

void process_chain_drop(struct chain *c)
{
    struct process *p = atomic_load(&the_process);

    if (c == NULL || p == NULL || p->pid != getpid()) {
        return; /* a child after fork() leaves its parent's chains alone */
    }
    int64_t now = clock_system()->steady_ms(clock_system());
    lock_take(&p->lock);
    c->references--;
    c->idle_since_steady_ms = now;
    struct chain *gone = unlink_idle(p, now, CHAIN_IDLE_MS);
    lock_give(&p->lock);
    free_list(gone);
}

void process_wipe(void)
{
    struct process *p = atomic_load(&the_process);

    if (p == NULL || p->pid != getpid()) {
        return;
    }
    lock_take(&p->lock);
    struct chain *gone = unlink_idle(p, INT64_MAX / 2, 0);
    struct transport *transports = p->chains == NULL ? p->transports : NULL;
    if (p->chains == NULL) {
        p->transports = NULL;
    }
    lock_give(&p->lock);
    free_list(gone);
    while (transports != NULL) {
        struct transport *next = transports->next;
        http_close(transports->http);
        secret_wipe(transports, sizeof(*transports));
        free(transports);
        transports = next;
    }
}

struct recall *process_recall(void)
{
    struct process *p = process_here(NULL);

    return p != NULL ? p->recall : NULL;
}

unsigned process_chain_count(void)
{
    struct process *p = process_here(NULL);
    unsigned n = 0;

    if (p == NULL) {
        return 0;
    }
    lock_take(&p->lock);
    for (const struct chain *c = p->chains; c != NULL; c = c->next) {
        n++;
    }
    lock_give(&p->lock);
    return n;
}

/* What libcurl and net/curl.c read of the environment when a transport is made or connects: one
   made in another environment is not what is wanted. */
static bool add_environment(struct buf *to, struct fault *f)
{
    static const char *const names[] = { "CURL_CA_BUNDLE", "SSL_CERT_FILE", "https_proxy",
                                         "HTTPS_PROXY",    "http_proxy",    "all_proxy",
                                         "ALL_PROXY",      "no_proxy",      "NO_PROXY" };
    bool ok = true;

    for (size_t i = 0; ok && i < sizeof(names) / sizeof(names[0]); i++) {
        struct span value = span_of(getenv(names[i]));
        ok = buf_add_format(to, f, "%zu:", value.len) &&
             (value.len == 0 || buf_add(to, value, f));
    }
    return ok;
}

static bool transport_key(const struct curl_settings *s, unsigned char key[SHA256_BYTES],
                          struct fault *f)
{
    const struct span texts[] = { s->proxy_host, s->proxy_user, s->proxy_password,
                                  s->no_proxy,   s->ca_file };
    struct buf all = { .ceiling = 1024 * 1024, .is_secret = true };
    bool ok = buf_add_format(&all, f, "%u %u %u ", s->proxy_port, s->connect_timeout_ms,
                             s->read_timeout_ms);

    for (size_t i = 0; ok && i < sizeof(texts) / sizeof(texts[0]); i++) {
        ok = buf_add_format(&all, f, "%zu:", texts[i].len) &&
             (texts[i].len == 0 || buf_add(&all, texts[i], f));
    }
    ok = ok && add_environment(&all, f) && process_digest(buf_span(&all), key, f);
    buf_free(&all);
    return ok;
}

bool process_transport(const struct curl_settings *settings, struct http **out, struct fault *f)
{
    unsigned char key[SHA256_BYTES];
    struct process *p = process_here(f);
    struct transport *t;

    if (p == NULL || !transport_key(settings, key, f)) {
        return false;
    }
    lock_take(&p->lock);
    for (t = p->transports; t != NULL && memcmp(t->key, key, sizeof(key)) != 0; t = t->next) {
    }
    if (t == NULL) {
        t = calloc(1, sizeof(*t));
        if (t == NULL) {
            fault_memory(f);
        } else if (!curl_http_new(settings, &t->http, f)) {
            free(t);
            t = NULL;
        } else {
            memcpy(t->key, key, sizeof(key));
            t->next = p->transports;
            p->transports = t;
        }
    }
    lock_give(&p->lock);
    if (t == NULL) {
        return false;
    }
    *out = t->http;
    return true;
}

/* Poll-bucket contract: 0 = go, else how long to wait. */
static int64_t bucket_ask(void *context, int64_t steady_ms)
{
    struct poll_bucket *b = context;
    int64_t wait = 0;

    lock_take(b->lock);
    if (steady_ms > b->at_ms) {
        b->tokens += (double)(steady_ms - b->at_ms) * POLLS_PER_SECOND / 1000.0;
        b->tokens = b->tokens > POLLS_BURST ? POLLS_BURST : b->tokens;
        b->at_ms = steady_ms;
    }
    if (b->tokens >= 1.0) {
        b->tokens -= 1.0;
    } else {
        wait = (int64_t)((1.0 - b->tokens) * 1000.0 / POLLS_PER_SECOND) + 1;
    }
    lock_give(b->lock);
    return wait;
}

static struct poll_bucket *bucket_of(struct process *p, const char *name)
{
    for (unsigned i = 0; i < p->n_buckets; i++) {
        if (strcmp(p->buckets[i].name, name) == 0) {
            return &p->buckets[i];
        }
    }
    if (p->n_buckets == POLL_BUCKETS) {
        return &p->buckets[POLL_BUCKETS -
                           1]; /* so many accounts share the last one: slower, never wrong */
    }
    struct poll_bucket *b = &p->buckets[p->n_buckets++];
    span_to_c(span_of(name), b->name, sizeof(b->name));
    b->lock = &p->lock;
    b->tokens = POLLS_BURST;
    b->at_ms = clock_system()->steady_ms(clock_system());
    b->ops = (struct poll_bucket_ops){ .ask = bucket_ask, .context = b };
    return b;
}

const struct poll_bucket_ops *process_poll_bucket(struct span account, struct span region)
{
    struct process *p = process_here(NULL);
    char name[96];

    if (p == NULL) {
        return NULL;
    }
    span_to_c(account, name, 20);
    size_t n = strlen(name);
    name[n] = '/';
    span_to_c(region, name + n + 1, sizeof(name) - n - 1);
    lock_take(&p->lock);
    struct poll_bucket *b = bucket_of(p, name);
    lock_give(&p->lock);
    return &b->ops;
}
