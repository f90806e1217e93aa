/* The sandbox's controls, as the programs of this folder use them: faults, and how often something
   was called. */
#ifndef TESTS_FETCH_CONTROL_H
#define TESTS_FETCH_CONTROL_H

#include <arpa/inet.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

#include "api.h"

enum { CONTROL_ROOM = 16384 };

static inline int64_t now_ms(void)
{
    struct timespec t;

    clock_gettime(CLOCK_MONOTONIC, &t);
    return (int64_t)t.tv_sec * 1000 + t.tv_nsec / 1000000;
}

/* One request to the controls, whose address is http://127.0.0.1:PORT. Its answer, headers and
   all. */
static inline const char *control(const char *method, const char *path, const char *body)
{
    static char answer[CONTROL_ROOM];
    const char *endpoint = getenv("ATHENA_SANDBOX_ENDPOINT"),
               *colon = endpoint != NULL ? strrchr(endpoint, ':') : NULL;
    struct sockaddr_in to = { .sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK) };
    char request[1024];
    size_t len = 0;
    int fd = socket(AF_INET, SOCK_STREAM, 0);

    to.sin_port = htons((uint16_t)(colon != NULL ? strtoul(colon + 1, NULL, 10) : 0));
    snprintf(request, sizeof(request),
             "%s /_sandbox/%s HTTP/1.1\r\nHost: 127.0.0.1\r\nConnection: "
             "close\r\nContent-Type: application/json\r\nContent-Length: %zu\r\n\r\n%s",
             method, path, strlen(body), body);
    if (connect(fd, (struct sockaddr *)&to, sizeof(to)) != 0 ||
        write(fd, request, strlen(request)) < 0)
        api_fail(__LINE__, "the sandbox's controls do not answer",
                 endpoint != NULL ? endpoint : "");
    for (ssize_t n;
         len < CONTROL_ROOM - 1 && (n = read(fd, answer + len, CONTROL_ROOM - 1 - len)) > 0;)
        len += (size_t)n;
    answer[len] = '\0';
    CHECK(strstr(answer, " 200") != NULL);
    close(fd);
    return answer;
}

/* Every GetObject and GetQueryResults from now on does this, "latency": 0.5 or the like. */
static inline void results_do(const char *effect)
{
    char rule[256];

    snprintf(rule, sizeof(rule), "{\"service\": \"s3\", \"operation\": \"GetObject\", %s}", effect);
    control("POST", "faults", rule);
    snprintf(rule, sizeof(rule),
             "{\"service\": \"athena\", \"operation\": \"GetQueryResults\", %s}", effect);
    control("POST", "faults", rule);
}

static inline void results_are_well(void)
{
    control("DELETE", "faults", "");
}

/* How often "service:Operation" was called since the sandbox started. */
static inline unsigned long calls_of(const char *name)
{
    char quoted[96];

    snprintf(quoted, sizeof(quoted), "\"%s\":", name);
    const char *at = strstr(control("GET", "counters", ""), quoted);
    return at == NULL ? 0 : strtoul(at + strlen(quoted), NULL, 10);
}

static inline SQLHDBC connect_with(const char *string)
{
    SQLHDBC dbc = SQL_NULL_HDBC;

    SQLAllocHandle(SQL_HANDLE_DBC, api_env, &dbc);
    if (!SQL_SUCCEEDED(
            SQLDriverConnect(dbc, NULL, text(string), SQL_NTS, NULL, 0, NULL, SQL_DRIVER_NOPROMPT)))
        api_fail(__LINE__, string, api_records(SQL_HANDLE_DBC, dbc));
    return dbc;
}

static inline void disconnect(SQLHDBC dbc)
{
    SQLDisconnect(dbc);
    SQLFreeHandle(SQL_HANDLE_DBC, dbc);
}

#endif
