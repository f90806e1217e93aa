/* A tiny HTTP server on loopback for the transport's tests: one thread accepts, one per connection
   answers by path. */
#ifndef TESTS_NET_LOOPBACK_H
#define TESTS_NET_LOOPBACK_H

#include <arpa/inet.h>
#include <netinet/in.h>
#include <poll.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

enum { LOOPBACK_CONNECTIONS_MAX = 64 };

struct loopback {
    int listener;
    unsigned port;
    pthread_t acceptor, workers[LOOPBACK_CONNECTIONS_MAX];
    int sockets[LOOPBACK_CONNECTIONS_MAX];
    atomic_uint n_connections, n_requests, n_now, n_most, n_open;
    atomic_bool is_over;
    char last[16384]; /* the last request, as it came */
    pthread_mutex_t lock;
};

struct loopback_connection {
    struct loopback *server;
    int socket;
};

static inline void loopback_write(int socket, const char *text, size_t n)
{
    while (n > 0) {
        ssize_t written = send(socket, text, n, MSG_NOSIGNAL);
        if (written <= 0) {
            return;
        }
        text += written;
        n -= (size_t)written;
    }
}

/* Reads one request whole; 0 at the end. */
static inline size_t loopback_read(int socket, char *to, size_t room)
{
    size_t n = 0;
    for (;;) {
        ssize_t got = recv(socket, to + n, room - 1 - n, 0);
        if (got <= 0) {
            return 0;
        }
        n += (size_t)got;
        to[n] = '\0';
        char *end = strstr(to, "\r\n\r\n");
        if (end != NULL) {
            char *length = strcasestr(to, "\r\ncontent-length:");
            size_t body = length != NULL && length < end ? (size_t)atoll(length + 17) : 0;
            if (n >= (size_t)(end + 4 - to) + body) {
                return n;
            }
        }
    }
}

static inline void loopback_answer(struct loopback *s, int socket, const char *request)
{
    char text[512];
    unsigned now = atomic_fetch_add(&s->n_now, 1) + 1, most = atomic_load(&s->n_most);

    while (now > most && !atomic_compare_exchange_weak(&s->n_most, &most, now)) {
        continue;
    }
    if (strstr(request, " /silent") != NULL) {
        while (!atomic_load(&s->is_over)) {
            struct pollfd p = { socket, POLLIN, 0 };
            if (poll(&p, 1, 20) > 0) {
                break;
            }
        }
    } else if (strstr(request, " /slow") != NULL) {
        usleep(200 * 1000);
        snprintf(text, sizeof(text), "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok");
        loopback_write(socket, text, strlen(text));
    } else if (strstr(request, " /truncated") != NULL) {
        snprintf(text, sizeof(text), "HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\nabc");
        loopback_write(socket, text, strlen(text));
        shutdown(socket, SHUT_RDWR);
    } else if (strstr(request, " /reset") != NULL) {
        struct linger hard = { 1, 0 };
        setsockopt(socket, SOL_SOCKET, SO_LINGER, &hard, sizeof(hard));
        shutdown(socket, SHUT_RDWR);
    } else if (strstr(request, " /big") != NULL) {
        static char block[65536];
        snprintf(text, sizeof(text), "HTTP/1.1 200 OK\r\nContent-Length: %u\r\n\r\n", 64 * 65536);
        loopback_write(socket, text, strlen(text));
        for (int i = 0; i < 64; i++) {
            loopback_write(socket, block, sizeof(block));
        }
    } else if (strstr(request, " /redirect") != NULL) {
        snprintf(text, sizeof(text),
                 "HTTP/1.1 307 T\r\nLocation: http://127.0.0.1:%u/ok\r\nContent-Length: 0\r\n\r\n",
                 s->port);
        loopback_write(socket, text, strlen(text));
    } else if (strstr(request, " /continue") != NULL) {
        snprintf(text, sizeof(text),
                 "HTTP/1.1 100 Continue\r\nX-First: 1\r\n\r\nHTTP/1.1 200 OK\r\nX-Second: "
                 "2\r\nContent-Length: 2\r\n\r\nok");
        loopback_write(socket, text, strlen(text));
    } else if (strstr(request, " /broken") != NULL) {
        loopback_write(socket, "nonsense\r\n\r\n", 12);
        shutdown(socket, SHUT_RDWR);
    } else {
        int status = strstr(request, " /fail") != NULL ? 503 : 200;
        bool is_head = strncmp(request, "HEAD", 4) == 0;
        snprintf(text, sizeof(text),
                 "HTTP/1.1 %d X\r\nX-Mixed-Case:  a  b \r\nContent-Length: 2\r\n\r\n%s", status,
                 is_head ? "" : "ok");
        loopback_write(socket, text, strlen(text));
    }
    atomic_fetch_sub(&s->n_now, 1);
}

static inline void *loopback_serve(void *context)
{
    struct loopback_connection *c = context;
    char *request = malloc(16384);
    size_t n;

    atomic_fetch_add(&c->server->n_open, 1);
    while ((n = loopback_read(c->socket, request, 16384)) > 0) {
        atomic_fetch_add(&c->server->n_requests, 1);
        pthread_mutex_lock(&c->server->lock);
        memcpy(c->server->last, request, n + 1);
        pthread_mutex_unlock(&c->server->lock);
        loopback_answer(c->server, c->socket, request);
    }
    free(request);
    atomic_fetch_sub(&c->server->n_open, 1);
    free(c);
    return NULL;
}

static inline void *loopback_accept(void *context)
{
    struct loopback *s = context;

    for (;;) {
        int socket = accept(s->listener, NULL, NULL);
        unsigned i = atomic_load(&s->n_connections);
        if (socket < 0 || i == LOOPBACK_CONNECTIONS_MAX) {
            return NULL;
        }
        struct loopback_connection *c = malloc(sizeof(*c));
        *c = (struct loopback_connection){ s, socket };
        s->sockets[i] = socket;
        pthread_create(&s->workers[i], NULL, loopback_serve, c);
        atomic_fetch_add(&s->n_connections, 1);
    }
}

static inline void loopback_start(struct loopback *s)
{
    struct sockaddr_in address = { .sin_family = AF_INET,
                                   .sin_addr.s_addr = htonl(INADDR_LOOPBACK) };
    socklen_t len = sizeof(address);

    memset(s, 0, sizeof(*s));
    pthread_mutex_init(&s->lock, NULL);
    s->listener = socket(AF_INET, SOCK_STREAM, 0);
    if (bind(s->listener, (struct sockaddr *)&address, sizeof(address)) != 0 ||
        listen(s->listener, 64) != 0 ||
        getsockname(s->listener, (struct sockaddr *)&address, &len) != 0) {
        abort();
    }
    s->port = ntohs(address.sin_port);
    pthread_create(&s->acceptor, NULL, loopback_accept, s);
}

static inline void loopback_stop(struct loopback *s)
{
    atomic_store(&s->is_over, true);
    shutdown(s->listener, SHUT_RDWR);
    pthread_join(s->acceptor, NULL);
    close(s->listener);
    for (unsigned i = 0; i < atomic_load(&s->n_connections); i++) {
        shutdown(s->sockets[i], SHUT_RDWR);
        pthread_join(s->workers[i], NULL);
        close(s->sockets[i]);
    }
    pthread_mutex_destroy(&s->lock);
}

#endif
