/* One request and its answer on a libcurl channel. */
#include "net/curl_transfer.h"

#include <string.h>

#include "base/secret.h"

enum {
    TICK_MS = 25, /* how late a cancel or deadline may be noticed */
    RECEIVE_BYTES = 256 * 1024,
    HEADER_LINE_BYTES_MAX = 16 * 1024,
    URL_BYTES_MAX = 64 * 1024
};

/* One transfer as its callbacks see it. */
struct transfer {
    const struct http_request *request;
    struct http_response *response;
    CURL *easy;
    struct fault *fault;
    bool has_failed; /* fault is ours, set inside a callback */
    size_t body_bytes, body_bytes_max;
    char detail[CURL_ERROR_SIZE]; /* curl's own words when something broke */
};

static void status_line(struct transfer *t)
{
    long status = 0;

    /* An informational answer, or a proxy's, is followed by the real one: what was collected
       belongs to the former. */
    http_response_reset(t->response);
    curl_easy_getinfo(t->easy, CURLINFO_RESPONSE_CODE, &status);
    t->response->status = (int)status;
}

static size_t on_header(char *at, size_t size, size_t n, void *context)
{
    struct transfer *t = context;
    struct span line = span_trim((struct span){ at, size * n });
    size_t colon = span_find_byte(line, ':');

    if (span_starts_nocase(line, SPAN("HTTP/"))) {
        status_line(t);
        return size * n;
    }
    if (line.len > HEADER_LINE_BYTES_MAX) {
        t->has_failed = true;
        fault_ceiling(t->fault, "HTTP header line", HEADER_LINE_BYTES_MAX);
        return 0;
    }
    if (colon < line.len) {
        struct span name = span_part(line, 0, colon), value = span_trim(span_from(line, colon + 1));
        if (!http_response_keep_header(t->response, name, value, t->fault)) {
            t->has_failed = true;
            return 0;
        }
    }
    return size * n;
}

static size_t on_body(char *at, size_t size, size_t n, void *context)
{
    struct transfer *t = context;
    const struct http_request *q = t->request;
    struct span bytes = { at, size * n };
    int status = t->response->status;
    bool is_sunk = q->sink != NULL && status >= 200 && status < 300;
    bool ok;

    t->body_bytes += bytes.len;
    if (t->body_bytes > t->body_bytes_max) {
        ok = fault_ceiling(t->fault, "answer body", t->body_bytes_max);
    } else if (is_sunk) {
        ok = q->sink(q->sink_context, bytes, t->fault);
    } else {
        ok = buf_add(&t->response->body, bytes, t->fault);
    }
    t->has_failed |= !ok;
    return ok ? bytes.len : 0;
}

static bool add_line(struct curl_slist **list, const char *line, struct fault *f)
{
    struct curl_slist *longer = curl_slist_append(*list, line);

    if (longer == NULL) {
        return fault_memory(f);
    }
    *list = longer;
    return true;
}

/* The headers of the request, and nothing that curl would add of its own accord: those would be
   unsigned guesses. */
static bool make_headers(const struct http_request *q, struct curl_slist **list, struct fault *f)
{
    static const char *const removed[] = { "Accept:", "Expect:", "Content-Type:" };
    struct buf line = { .is_secret = true };
    bool ok = true;

    for (size_t i = 0; ok && i < sizeof(removed) / sizeof(removed[0]); i++) {
        bool is_given = false;
        for (unsigned j = 0; j < q->n_headers; j++) {
            is_given |= span_equal_nocase(q->headers[j].name,
                                          span_part(span_of(removed[i]), 0,
                                                    strlen(removed[i]) - 1));
        }
        ok = is_given || add_line(list, removed[i], f);
    }
    for (unsigned i = 0; ok && i < q->n_headers; i++) {
        buf_clear(&line);
        ok = buf_add(&line, q->headers[i].name, f) &&
             buf_add(&line, q->headers[i].value.len > 0 ? SPAN(": ") : SPAN(";"), f) &&
             buf_add(&line, q->headers[i].value, f) && add_line(list, line.at, f);
    }
    buf_free(&line);
    return ok;
}

static void headers_free(struct curl_slist *list)
{
    for (struct curl_slist *node = list; node != NULL; node = node->next) {
        secret_wipe(node->data, strlen(node->data));
    }
    curl_slist_free_all(list);
}

static bool set_url(CURL *easy, const struct http_request *q, struct fault *f)
{
    struct buf url = { .ceiling = URL_BYTES_MAX };
    bool ok = buf_add(&url, q->scheme, f) && buf_add(&url, SPAN("://"), f) &&
              buf_add(&url, q->host, f) &&
              (q->port == 0 || buf_add_format(&url, f, ":%u", q->port)) &&
              buf_add(&url, q->path.len > 0 ? q->path : SPAN("/"), f) &&
              (q->query.len == 0 || (buf_add_byte(&url, '?', f) && buf_add(&url, q->query, f)));
    if (ok && curl_easy_setopt(easy, CURLOPT_URL, url.at) != CURLE_OK) {
        ok = fault_memory(f);
    }
    buf_free(&url);
    return ok;
}

static bool set_method(CURL *easy, const struct http_request *q, struct fault *f)
{
    char method[16];

    span_to_c(q->method, method, sizeof(method));
    if (span_equal(q->method, SPAN("GET"))) {
        curl_easy_setopt(easy, CURLOPT_HTTPGET, 1L);
        return true;
    }
    if (span_equal(q->method, SPAN("HEAD"))) {
        curl_easy_setopt(easy, CURLOPT_NOBODY, 1L);
        return true;
    }
    if (!span_equal(q->method, SPAN("DELETE"))) {
        curl_easy_setopt(easy, CURLOPT_POST, 1L);
        curl_easy_setopt(easy, CURLOPT_POSTFIELDS, q->body.len > 0 ? q->body.at : "");
        curl_easy_setopt(easy, CURLOPT_POSTFIELDSIZE_LARGE, (curl_off_t)q->body.len);
    }
    if (!span_equal(q->method, SPAN("POST")) &&
        curl_easy_setopt(easy, CURLOPT_CUSTOMREQUEST, method) != CURLE_OK) {
        return fault_memory(f);
    }
    return true;
}

static void set_proxy(const struct curl_options *o, CURL *easy, const struct http_request *q)
{
    if (q->never_proxy) {
        curl_easy_setopt(easy, CURLOPT_PROXY, "");
        curl_easy_setopt(easy, CURLOPT_NOPROXY, "*");
        return;
    }
    if (o->proxy != NULL) {
        curl_easy_setopt(easy, CURLOPT_PROXY, o->proxy);
        if (o->proxy_port != 0) {
            curl_easy_setopt(easy, CURLOPT_PROXYPORT, (long)o->proxy_port);
        }
        curl_easy_setopt(easy, CURLOPT_NOPROXY, o->no_proxy != NULL ? o->no_proxy : "");
    }
    if (o->proxy_user != NULL) {
        curl_easy_setopt(easy, CURLOPT_PROXYUSERNAME, o->proxy_user);
        curl_easy_setopt(easy, CURLOPT_PROXYPASSWORD,
                         o->proxy_password != NULL ? o->proxy_password : "");
    }
    curl_easy_setopt(easy, CURLOPT_SUPPRESS_CONNECT_HEADERS, 1L);
}

static void set_trust(const struct curl_options *o, CURL *easy)
{
    curl_easy_setopt(easy, CURLOPT_SSLVERSION, (long)CURL_SSLVERSION_TLSv1_2);
    curl_easy_setopt(easy, CURLOPT_SSL_VERIFYPEER, 1L);
    curl_easy_setopt(easy, CURLOPT_SSL_VERIFYHOST, 2L);
    if (o->ca_file != NULL) {
        curl_easy_setopt(easy, CURLOPT_CAINFO, o->ca_file);
        curl_easy_setopt(easy, CURLOPT_CAPATH, NULL);
        curl_easy_setopt(easy, CURLOPT_PROXY_CAINFO, o->ca_file);
        curl_easy_setopt(easy, CURLOPT_PROXY_CAPATH, NULL);
    }
}

static bool set_all(const struct curl_options *o, CURL *easy, struct transfer *t,
                    struct curl_slist *headers, struct fault *f)
{
    const struct http_request *q = t->request;
    unsigned connect_ms =
        q->connect_timeout_ms != 0 ? q->connect_timeout_ms : o->connect_timeout_ms;

    curl_easy_setopt(easy, CURLOPT_NOSIGNAL, 1L);
    /* a cancel does not wait for a slow name server */
    curl_easy_setopt(easy, CURLOPT_QUICK_EXIT, 1L);
    curl_easy_setopt(easy, CURLOPT_ERRORBUFFER, t->detail);
    curl_easy_setopt(easy, CURLOPT_PATH_AS_IS, 1L);
    curl_easy_setopt(easy, CURLOPT_FOLLOWLOCATION, 0L);
    curl_easy_setopt(easy, CURLOPT_PROTOCOLS_STR, "http,https");
    curl_easy_setopt(easy, CURLOPT_HTTP_VERSION, (long)CURL_HTTP_VERSION_1_1);
    curl_easy_setopt(easy, CURLOPT_NETRC, (long)CURL_NETRC_IGNORED);
    curl_easy_setopt(easy, CURLOPT_TCP_KEEPALIVE, 1L);
    curl_easy_setopt(easy, CURLOPT_BUFFERSIZE, (long)RECEIVE_BYTES);
    curl_easy_setopt(easy, CURLOPT_CONNECTTIMEOUT_MS, (long)connect_ms);
    curl_easy_setopt(easy, CURLOPT_SHARE, o->share);
    curl_easy_setopt(easy, CURLOPT_USERAGENT, "athena-odbc/" ATHENA_VERSION);
    curl_easy_setopt(easy, CURLOPT_HTTPHEADER, headers);
    curl_easy_setopt(easy, CURLOPT_HEADERFUNCTION, on_header);
    curl_easy_setopt(easy, CURLOPT_HEADERDATA, t);
    curl_easy_setopt(easy, CURLOPT_WRITEFUNCTION, on_body);
    curl_easy_setopt(easy, CURLOPT_WRITEDATA, t);
    set_proxy(o, easy, q);
    set_trust(o, easy);
    return set_method(easy, q, f) && set_url(easy, q, f);
}

/* Says what broke, and where to look. */
static bool explain(CURLcode code, const struct transfer *t, struct fault *f)
{
    static const struct {
        CURLcode code;
        const char *name, *advice;
    } known[] = {
        { CURLE_COULDNT_RESOLVE_HOST, HTTP_FAILED_NAME, "Check region, endpoint and DNS." },
        { CURLE_COULDNT_RESOLVE_PROXY, HTTP_FAILED_NAME,
          "The proxy's name is unknown: check the proxy settings." },
        { CURLE_COULDNT_CONNECT, HTTP_FAILED_CONNECT, "Check network, proxy and VPC endpoint." },
        { CURLE_OPERATION_TIMEDOUT, HTTP_FAILED_CONNECT,
          "Nobody answered: check network, proxy and VPC endpoint." },
        { CURLE_PEER_FAILED_VERIFICATION, HTTP_FAILED_CERTIFICATE,
          "The server's certificate is not trusted: name its authorities with TrustedCerts." },
        { CURLE_SSL_CACERT_BADFILE, HTTP_FAILED_CERTIFICATE,
          "The file of trusted certificates cannot be read." },
        { CURLE_SSL_CONNECT_ERROR, HTTP_FAILED_TLS, "No TLS 1.2 or newer could be agreed on." },
        { CURLE_SSL_CIPHER, HTTP_FAILED_TLS, "No TLS cipher could be agreed on." },
    };
    const struct http_request *q = t->request;
    const char *name = HTTP_FAILED_BROKEN;
    const char *advice = "The connection broke before the whole answer had come.";
    long proxy_status = 0;

    for (size_t i = 0; i < sizeof(known) / sizeof(known[0]); i++) {
        if (known[i].code == code) {
            name = known[i].name;
            advice = known[i].advice;
        }
    }
    curl_easy_getinfo(t->easy, CURLINFO_HTTP_CONNECTCODE, &proxy_status);
    if (proxy_status >= 300) {
        advice = proxy_status == 407 ? "The proxy refused its user or password."
                                     : "The proxy refused the tunnel.";
    }
    fault_set(f, FAULT_NETWORK, "%.*s: %.*s could not be reached or read (%s). %s",
              (int)q->action.len, q->action.at ? q->action.at : "", (int)q->host.len, q->host.at,
              t->detail[0] != '\0' ? t->detail : curl_easy_strerror(code), advice);
    if (f != NULL) {
        span_to_c(span_of(name), f->code, sizeof(f->code));
    }
    return false;
}

/* Watches the time without any byte. */
struct stall {
    curl_off_t bytes;
    int64_t since_ms;
};

static bool is_stalled(struct stall *s, CURL *easy, int64_t now_ms, int64_t limit_ms)
{
    curl_off_t down = 0, up = 0, ready = 0;
    long headers = 0, asked = 0;

    curl_easy_getinfo(easy, CURLINFO_PRETRANSFER_TIME_T, &ready);
    curl_easy_getinfo(easy, CURLINFO_REQUEST_SIZE, &asked);
    curl_easy_getinfo(easy, CURLINFO_SIZE_DOWNLOAD_T, &down);
    curl_easy_getinfo(easy, CURLINFO_SIZE_UPLOAD_T, &up);
    curl_easy_getinfo(easy, CURLINFO_HEADER_SIZE, &headers);
    curl_off_t bytes = down + up + headers;
    if ((ready == 0 && asked == 0) || bytes != s->bytes) {
        s->bytes = bytes;
        s->since_ms = now_ms;
        return false;
    }
    return now_ms - s->since_ms >= limit_ms;
}

/* Why the transfer must stop, if it must: true with f set. */
static bool is_over(const struct curl_options *o, const struct http_request *q, CURL *easy,
                    struct stall *stall, struct fault *f)
{
    int64_t now = clock_system()->steady_ms(clock_system());
    int64_t read_ms = q->read_timeout_ms != 0 ? q->read_timeout_ms : o->read_timeout_ms;
    int length = (int)q->action.len;
    const char *action = q->action.at ? q->action.at : "";

    if (q->cancel != NULL && wake_is_raised(q->cancel)) {
        return !fault_set(f, FAULT_CANCELLED, "%.*s was cancelled.", length, action);
    }
    if (q->deadline_steady_ms != 0 && now >= q->deadline_steady_ms) {
        return !fault_set(f, FAULT_TIMEOUT, "%.*s: the time given was over before %.*s answered.",
                          length, action, (int)q->host.len, q->host.at);
    }
    if (is_stalled(stall, easy, now, read_ms)) {
        fault_set(f, FAULT_NETWORK, "%.*s: %.*s sent nothing for %lld ms.", length, action,
                  (int)q->host.len, q->host.at, (long long)read_ms);
        if (f != NULL) {
            span_to_c(SPAN(HTTP_FAILED_READ), f->code, sizeof(f->code));
        }
        return true;
    }
    return false;
}

/* Drives the transfer to its end. */
static bool drive(const struct curl_options *o, struct channel *ch, struct transfer *t,
                  struct fault *f)
{
    struct stall stall = { -1, 0 };
    int n_running = 1, n_left;

    for (;;) {
        if (curl_multi_perform(ch->multi, &n_running) != CURLM_OK) {
            return fault_memory(f);
        }
        if (n_running == 0) {
            break;
        }
        if (is_over(o, t->request, ch->easy, &stall, f)) {
            return false;
        }
        curl_multi_poll(ch->multi, NULL, 0, TICK_MS, NULL);
    }
    CURLMsg *message = curl_multi_info_read(ch->multi, &n_left);
    CURLcode code = message != NULL ? message->data.result : CURLE_RECV_ERROR;
    if (t->has_failed) {
        return false; /* the callback has said why */
    }
    return code == CURLE_OK ? true : explain(code, t, f);
}

/* Whether the request itself went out: a name looked up, a handshake or a proxy's tunnel is not it.
 */
static bool has_gone_out(CURL *easy)
{
    curl_off_t ready = 0;
    long asked = 0;

    curl_easy_getinfo(easy, CURLINFO_PRETRANSFER_TIME_T, &ready);
    curl_easy_getinfo(easy, CURLINFO_REQUEST_SIZE, &asked);
    return ready > 0 && asked > 0;
}

bool curl_transfer(const struct curl_options *o, struct channel *ch, const struct http_request *q,
                   struct http_response *r, struct fault *f)
{
    struct curl_slist *headers = NULL;
    struct transfer t = { .request = q, .response = r, .easy = ch->easy, .fault = f,
                          .body_bytes_max = HTTP_BODY_DEFAULT };
    const struct clock *clock = clock_system();
    int64_t sent_wall_ms = clock->wall_ms(clock), sent_steady_ms = clock->steady_ms(clock);
    bool ok = false;

    if (q->body_bytes_max != 0) {
        t.body_bytes_max = q->body_bytes_max;
    }
    if (make_headers(q, &headers, f) && set_all(o, ch->easy, &t, headers, f)) {
        if (curl_multi_add_handle(ch->multi, ch->easy) != CURLM_OK) {
            fault_memory(f);
        } else {
            ok = drive(o, ch, &t, f);
            if (!ok && f != NULL) {
                f->may_have_arrived = has_gone_out(ch->easy);
            }
            curl_multi_remove_handle(ch->multi, ch->easy);
        }
    }
    headers_free(headers);
    r->attempts = 1;
    r->sent_wall_ms = sent_wall_ms;
    r->elapsed_ms = clock->steady_ms(clock) - sent_steady_ms;
    return ok;
}

