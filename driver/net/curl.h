/* The transport: libcurl, TLS 1.2 or newer, certificates always verified, redirects never followed.
   A request without a user-agent header gets "athena-odbc/VERSION". One object may be used by many
   threads at once; connections and TLS sessions are shared between all its users. */
#ifndef NET_CURL_H
#define NET_CURL_H

#include "net/http.h"

/* Borrowed until curl_http_new returns (copied). Empty spans mean "not set": the environment's
   HTTPS_PROXY/NO_PROXY then apply to proxies, CURL_CA_BUNDLE and SSL_CERT_FILE to certificates. */
struct curl_settings {
    struct span proxy_host;         /* host or scheme://host */
    unsigned proxy_port;
    struct span proxy_user, proxy_password;
    struct span no_proxy;           /* comma list */
    struct span ca_file;            /* TrustedCerts: PEM file, used beside nothing else */
    unsigned connect_timeout_ms;    /* default 10,000 */
    unsigned read_timeout_ms;       /* default 60,000: time without any byte */
    /* default 120,000: a connection unused for longer is closed when the next request is sent */
    unsigned idle_ms;
};

MUST_USE bool curl_http_new(const struct curl_settings *settings, struct http **out,
                            struct fault *f);

/* "libcurl/7.88.1 OpenSSL/3.0.19", for doctor and the user agent. Lives for ever. */
const char *curl_http_version(void);

#endif
