/* The transport against a server of our own on loopback. */
#include <signal.h>
#include <sys/wait.h>

#include "unit/net/loopback.h"
#include "unit/unit.h"

#include "base/worker.h"
#include "net/curl.h"

static struct loopback server;
static struct http *http;

static void begin(const struct curl_settings *settings)
{
    struct fault f = { 0 };
    loopback_start(&server);
    CU_ASSERT_FATAL(curl_http_new(settings, &http, &f));
}

static void end(void)
{
    http_close(http);
    loopback_stop(&server);
}

static struct http_request request_of(const char *method, const char *path)
{
    return (struct http_request){ .method = span_of(method),
                                  .scheme = SPAN("http"),
                                  .host = SPAN("127.0.0.1"),
                                  .port = server.port,
                                  .path = span_of(path),
                                  .action = SPAN("test:Call") };
}

static int64_t now(void)
{
    return clock_system()->steady_ms(clock_system());
}

static void a_request_goes_out_as_it_is_given(void)
{
    struct http_response r = { 0 };
    struct fault f = { 0 };

    begin(&(struct curl_settings){ 0 });
    struct http_request q = request_of("POST", "/a/../b//c%2B");
    q.query = SPAN("x=1&y=%20");
    q.body = SPAN("{\"a\":1}");
    http_request_header(&q, "x-amz-target", SPAN("T.Op"));
    http_request_header(&q, "x-empty", SPAN(""));
    http_request_header(&q, "user-agent", SPAN("me/1"));
    CU_ASSERT_FATAL(http_send(http, &q, &r, &f));
    CU_ASSERT_EQUAL(r.status, 200);
    SPAN_IS(buf_span(&r.body), "ok");
    SPAN_IS(http_response_header(&r, "x-mixed-case"), "a  b");
    CU_ASSERT(strncmp(server.last, "POST /a/../b//c%2B?x=1&y=%20 HTTP/1.1\r\n", 39) == 0);
    CU_ASSERT(strstr(server.last, "\r\nx-amz-target: T.Op\r\n") != NULL);
    CU_ASSERT(strstr(server.last, "\r\nx-empty:\r\n") != NULL);
    const char *agent = strcasestr(server.last, "\r\nuser-agent: ");
    CU_ASSERT(agent != NULL && strncmp(agent + 14, "me/1\r\n", 6) == 0);
    CU_ASSERT(agent != NULL && strcasestr(agent + 2, "\r\nuser-agent: ") == NULL);
    CU_ASSERT(strstr(server.last, "\r\nContent-Length: 7\r\n") != NULL);
    CU_ASSERT(strstr(server.last, "\r\n\r\n{\"a\":1}") != NULL);
    CU_ASSERT(strcasestr(server.last, "\r\naccept") == NULL);
    CU_ASSERT(strcasestr(server.last, "\r\nexpect") == NULL);
    CU_ASSERT(strcasestr(server.last, "\r\ncontent-type") == NULL);
    CU_ASSERT(r.sent_wall_ms > 1700000000000 && r.elapsed_ms >= 0 && r.attempts == 1);
    q = request_of("GET", "/ok");
    CU_ASSERT(http_send(http, &q, &r, &f));
    CU_ASSERT(strstr(server.last, "\r\nUser-Agent: athena-odbc/" ATHENA_VERSION "\r\n") != NULL);
    http_response_free(&r);
    end();
}

static void every_method_works_and_the_connection_is_kept(void)
{
    static const char *const methods[] = { "GET", "HEAD", "PUT", "DELETE", "POST", "GET" };
    struct http_response r = { 0 };
    struct fault f = { 0 };

    begin(&(struct curl_settings){ 0 });
    for (size_t i = 0; i < sizeof(methods) / sizeof(methods[0]); i++) {
        struct http_request q = request_of(methods[i], "/ok");
        CU_ASSERT(http_send(http, &q, &r, &f));
        CU_ASSERT_EQUAL(r.status, 200);
        CU_ASSERT_EQUAL(r.body.len, i == 1 ? 0 : 2);
        CU_ASSERT(strncmp(server.last, methods[i], strlen(methods[i])) == 0);
    }
    CU_ASSERT_EQUAL(atomic_load(&server.n_connections), 1);
    http_response_free(&r);
    end();
}

static void answers_are_not_interpreted(void)
{
    struct http_response r = { 0 };
    struct fault f = { 0 };

    begin(&(struct curl_settings){ 0 });
    struct http_request q = request_of("GET", "/redirect");
    CU_ASSERT(http_send(http, &q, &r, &f));
    CU_ASSERT_EQUAL(r.status, 307);
    CU_ASSERT_EQUAL(atomic_load(&server.n_requests), 1);
    q = request_of("GET", "/fail");
    CU_ASSERT(http_send(http, &q, &r, &f));
    CU_ASSERT_EQUAL(r.status, 503);
    SPAN_IS(buf_span(&r.body), "ok");
    q = request_of("GET", "/continue");
    CU_ASSERT(http_send(http, &q, &r, &f));
    CU_ASSERT_EQUAL(r.status, 200);
    SPAN_IS(http_response_header(&r, "x-first"), NULL);
    SPAN_IS(http_response_header(&r, "x-second"), "2");
    http_response_free(&r);
    end();
}

static const struct {
    const char *path;
    unsigned port;
    const char *host;
    const char *code;
    bool may_have_arrived;
} broken[] = {
    { "/truncated", 0, "127.0.0.1", HTTP_FAILED_BROKEN, true },
    { "/reset", 0, "127.0.0.1", HTTP_FAILED_BROKEN, true },
    { "/broken", 0, "127.0.0.1", HTTP_FAILED_BROKEN, true },
    { "/ok", 1, "127.0.0.1", HTTP_FAILED_CONNECT, false },
    { "/ok", 1, "no-such-host.invalid", HTTP_FAILED_NAME, false },
    { "/silent", 0, "127.0.0.1", HTTP_FAILED_READ, true },
};

static void what_breaks_is_named(void)
{
    for (size_t i = 0; i < sizeof(broken) / sizeof(broken[0]); i++) {
        struct http_response r = { 0 };
        struct fault f = { 0 };
        begin(&(struct curl_settings){ .read_timeout_ms = 150 });
        struct http_request q = request_of("GET", broken[i].path);
        q.host = span_of(broken[i].host);
        q.port = broken[i].port != 0 ? broken[i].port : server.port;
        CU_ASSERT_FALSE(http_send(http, &q, &r, &f));
        CU_ASSERT_EQUAL(f.kind, FAULT_NETWORK);
        if (strcmp(f.code, broken[i].code) != 0) {
            printf("    %s: %s %s\n", broken[i].path, f.code, f.text);
        }
        CU_ASSERT_STRING_EQUAL(f.code, broken[i].code);
        CU_ASSERT_EQUAL(f.may_have_arrived, broken[i].may_have_arrived);
        CU_ASSERT(strstr(f.text, "test:Call") != NULL);
        http_response_free(&r);
        end();
    }
}

static bool count(void *context, struct span bytes, struct fault *f)
{
    (void)f;
    *(size_t *)context += bytes.len;
    return true;
}

static bool stop_at_once(void *context, struct span bytes, struct fault *f)
{
    (void)context;
    (void)bytes;
    return fault_set(f, FAULT_DATA, "the sink has had enough");
}

static void big_bodies_go_to_the_sink_or_meet_the_ceiling(void)
{
    struct http_response r = { 0 };
    struct fault f = { 0 };
    size_t n = 0;

    begin(&(struct curl_settings){ 0 });
    struct http_request q = request_of("GET", "/big");
    q.sink = count;
    q.sink_context = &n;
    CU_ASSERT(http_send(http, &q, &r, &f));
    CU_ASSERT_EQUAL(n, 64 * 65536);
    CU_ASSERT_EQUAL(r.body.len, 0);
    q.body_bytes_max = 100000;
    CU_ASSERT_FALSE(http_send(http, &q, &r, &f));
    CU_ASSERT_EQUAL(f.kind, FAULT_CEILING);
    q.body_bytes_max = 0;
    q.sink = stop_at_once;
    CU_ASSERT_FALSE(http_send(http, &q, &r, &f));
    CU_ASSERT_EQUAL(f.kind, FAULT_DATA);
    q = request_of("GET", "/fail");
    q.sink = stop_at_once; /* what a refusal says is not content */
    CU_ASSERT(http_send(http, &q, &r, &f));
    SPAN_IS(buf_span(&r.body), "ok");
    http_response_free(&r);
    end();
}

static void header_values_cannot_break_out(void)
{
    struct http_response r = { 0 };
    struct fault f = { 0 };

    begin(&(struct curl_settings){ 0 });
    struct http_request q = request_of("GET", "/ok");
    http_request_header(&q, "x-a", SPAN("b\r\nx-evil: 1"));
    CU_ASSERT_FALSE(http_send(http, &q, &r, &f));
    CU_ASSERT_EQUAL(f.kind, FAULT_SETTING);
    CU_ASSERT_EQUAL(atomic_load(&server.n_requests), 0);
    http_response_free(&r);
    end();
}

static void a_deadline_is_kept(void)
{
    struct http_response r = { 0 };
    struct fault f = { 0 };

    begin(&(struct curl_settings){ 0 });
    struct http_request q = request_of("GET", "/silent");
    int64_t from = now();
    q.deadline_steady_ms = from + 100;
    CU_ASSERT_FALSE(http_send(http, &q, &r, &f));
    CU_ASSERT_EQUAL(f.kind, FAULT_TIMEOUT);
    CU_ASSERT(f.may_have_arrived);
    CU_ASSERT(now() - from >= 100 && now() - from < 1000);
    http_response_free(&r);
    end();
}

static void what_ends_before_the_request_is_out_has_not_arrived(void)
{
    struct http_response r = { 0 };
    struct fault f = { 0 };

    begin(&(struct curl_settings){ 0 });
    struct http_request q = request_of("POST", "/ok");
    q.scheme = SPAN("https"); /* whose handshake nobody answers */
    q.deadline_steady_ms = now() + 150;
    CU_ASSERT_FALSE(http_send(http, &q, &r, &f));
    CU_ASSERT_EQUAL(f.kind, FAULT_TIMEOUT);
    CU_ASSERT_FALSE(f.may_have_arrived);
    end();
    begin(&(struct curl_settings){ .proxy_host = SPAN("127.0.0.1"), .proxy_port = 1 });
    http_close(http);
    struct curl_settings proxied = { .proxy_host = SPAN("127.0.0.1"), .proxy_port = server.port };
    CU_ASSERT_FATAL(curl_http_new(&proxied, &http, &f));
    q.host = SPAN("athena.invalid");
    q.port = 443;
    q.deadline_steady_ms = now() + 500;
    CU_ASSERT_FALSE(http_send(http, &q, &r, &f));
    CU_ASSERT(strncmp(server.last, "CONNECT athena.invalid:443", 26) == 0);
    CU_ASSERT_FALSE(f.may_have_arrived);
    http_response_free(&r);
    end();
}

static void raise_soon(void *context)
{
    usleep(100 * 1000);
    wake_raise(context);
}

static void a_cancel_is_noticed_at_once(void)
{
    struct http_response r = { 0 };
    struct fault f = { 0 };
    struct wake cancel;
    struct worker worker = { 0 };

    wake_init(&cancel);
    begin(&(struct curl_settings){ 0 });
    struct http_request q = request_of("GET", "/silent");
    q.cancel = &cancel;
    int64_t from = now();
    CU_ASSERT_FATAL(worker_start(&worker, raise_soon, &cancel, &f));
    CU_ASSERT_FALSE(http_send(http, &q, &r, &f));
    CU_ASSERT_EQUAL(f.kind, FAULT_CANCELLED);
    CU_ASSERT(now() - from < 1000);
    worker_join(&worker);
    q = request_of("GET", "/ok"); /* and the transport is as good as before */
    CU_ASSERT(http_send(http, &q, &r, &f));
    http_response_free(&r);
    end();
    wake_done(&cancel);
}

static atomic_uint n_ok;

static void send_three(void *context)
{
    (void)context;
    for (int i = 0; i < 3; i++) {
        struct http_response r = { 0 };
        struct fault f = { 0 };
        struct http_request q = request_of("GET", "/slow");
        atomic_fetch_add(&n_ok, http_send(http, &q, &r, &f) && r.status == 200 && r.body.len == 2);
        http_response_free(&r);
    }
}

static void many_threads_share_one_transport(void)
{
    struct worker workers[10] = { 0 };
    struct fault f = { 0 };

    begin(&(struct curl_settings){ 0 });
    atomic_store(&n_ok, 0);
    for (int i = 0; i < 10; i++) {
        CU_ASSERT_FATAL(worker_start(&workers[i], send_three, NULL, &f));
    }
    for (int i = 0; i < 10; i++) {
        worker_join(&workers[i]);
    }
    CU_ASSERT_EQUAL(atomic_load(&n_ok), 30);
    CU_ASSERT(atomic_load(&server.n_most) >= 8);
    CU_ASSERT_EQUAL(atomic_load(&server.n_connections), 10);
    end();
}

static void connections_that_nobody_used_for_long_are_closed(void)
{
    enum { CROWD = 6 };
    struct worker workers[CROWD] = { { 0 } };
    struct http_response r = { 0 };
    struct fault f = { 0 };

    begin(&(struct curl_settings){ .idle_ms = 400 });
    atomic_store(&n_ok, 0);
    for (int i = 0; i < CROWD; i++) {
        CU_ASSERT_FATAL(worker_start(&workers[i], send_three, NULL, &f));
    }
    for (int i = 0; i < CROWD; i++) {
        worker_join(&workers[i]);
    }
    unsigned n = atomic_load(&server.n_connections);
    CU_ASSERT(n > 1 && atomic_load(&server.n_open) == n);
    struct http_request q = request_of("GET", "/ok");
    CU_ASSERT(http_send(http, &q, &r, &f)); /* too early: one of them is used again */
    CU_ASSERT_EQUAL(atomic_load(&server.n_connections), n);
    usleep(600 * 1000);
    CU_ASSERT(http_send(http, &q, &r, &f));
    for (int i = 0; i < 100 && atomic_load(&server.n_open) > 1; i++) {
        usleep(20 * 1000);
    }
    CU_ASSERT_EQUAL(atomic_load(&server.n_open), 1);
    CU_ASSERT_EQUAL(atomic_load(&server.n_connections), n + 1);
    http_response_free(&r);
    end();
}

static void proxies_are_used_when_set_and_never_when_forbidden(void)
{
    struct http_response r = { 0 };
    struct fault f = { 0 };
    struct loopback proxy;

    loopback_start(&proxy);
    begin(&(struct curl_settings){ .proxy_host = SPAN("http://127.0.0.1"),
                                   .proxy_port = proxy.port,
                                   .proxy_user = SPAN("u"),
                                   .proxy_password = SPAN("p") });
    struct http_request q = request_of("GET", "/ok");
    CU_ASSERT(http_send(http, &q, &r, &f));
    CU_ASSERT_EQUAL(atomic_load(&proxy.n_requests), 1);
    CU_ASSERT_EQUAL(atomic_load(&server.n_requests), 0);
    CU_ASSERT(strstr(proxy.last, "GET http://127.0.0.1:") != NULL);
    CU_ASSERT(strstr(proxy.last, "Proxy-Authorization: Basic dTpw") != NULL);
    q.never_proxy = true;
    CU_ASSERT(http_send(http, &q, &r, &f));
    CU_ASSERT_EQUAL(atomic_load(&proxy.n_requests), 1);
    CU_ASSERT_EQUAL(atomic_load(&server.n_requests), 1);
    http_response_free(&r);
    end();
    loopback_stop(&proxy);
}

static void plain_text_is_not_taken_for_tls(void)
{
    struct http_response r = { 0 };
    struct fault f = { 0 };

    begin(&(struct curl_settings){ 0 });
    struct http_request q = request_of("GET", "/ok");
    q.scheme = SPAN("https");
    q.deadline_steady_ms = now() + 500;
    CU_ASSERT_FALSE(http_send(http, &q, &r, &f));
    CU_ASSERT(f.kind == FAULT_NETWORK || f.kind == FAULT_TIMEOUT);
    http_response_free(&r);
    end();
    begin(&(struct curl_settings){ .ca_file = SPAN("/nonexistent/ca.pem") });
    q.port = server.port;
    q.deadline_steady_ms = 0;
    CU_ASSERT_FALSE(http_send(http, &q, &r, &f));
    CU_ASSERT_STRING_EQUAL(f.code, HTTP_FAILED_CERTIFICATE);
    http_response_free(&r);
    end();
}

static void a_forked_child_is_told_so(void)
{
    struct http_response r = { 0 };
    struct fault f = { 0 };
    int status = 0;

    begin(&(struct curl_settings){ 0 });
    struct http_request q = request_of("GET", "/ok");
    CU_ASSERT(http_send(http, &q, &r, &f));
    pid_t child = fork();
    if (child == 0) {
        bool refused = !http_send(http, &q, &r, &f) && f.kind == FAULT_FORKED;
        http_close(http);
        _exit(refused ? 0 : 1);
    }
    CU_ASSERT_EQUAL(waitpid(child, &status, 0), child);
    CU_ASSERT_EQUAL(status, 0);
    CU_ASSERT(http_send(http, &q, &r, &f));
    CU_ASSERT_EQUAL(atomic_load(&server.n_connections), 1);
    http_response_free(&r);
    end();
}

static const struct unit_test tests[] = {
    { "a request goes out as it is given", a_request_goes_out_as_it_is_given },
    { "every method works and the connection is kept",
      every_method_works_and_the_connection_is_kept },
    { "answers are not interpreted", answers_are_not_interpreted },
    { "what breaks is named", what_breaks_is_named },
    { "big bodies go to the sink or meet the ceiling",
      big_bodies_go_to_the_sink_or_meet_the_ceiling },
    { "header values cannot break out", header_values_cannot_break_out },
    { "a deadline is kept", a_deadline_is_kept },
    { "what ends before the request is out has not arrived",
      what_ends_before_the_request_is_out_has_not_arrived },
    { "a cancel is noticed at once", a_cancel_is_noticed_at_once },
    { "many threads share one transport", many_threads_share_one_transport },
    { "connections that nobody used for long are closed",
      connections_that_nobody_used_for_long_are_closed },
    { "proxies are used when set and never when forbidden",
      proxies_are_used_when_set_and_never_when_forbidden },
    { "plain text is not taken for TLS", plain_text_is_not_taken_for_tls },
    { "a forked child is told so", a_forked_child_is_told_so },
};

UNIT_MAIN("net/curl", tests)
