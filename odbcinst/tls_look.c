/* A TLS handshake, for the issuer's name. The one file of the command that sees libcurl: the
 * driver's transport does not show certificates. */
#include "tls_look.h"

#include <curl/curl.h>
#include <stdio.h>
#include <string.h>

enum { LOOK_SECONDS = 10 };

static void set_text(CURL *curl, CURLoption option, struct span value)
{
    char text[4200];

    if (value.len > 0 && value.len < sizeof(text)) {
        span_to_c(value, text, sizeof(text));
        curl_easy_setopt(curl, option, text);
    }
}

static void take_issuer(CURL *curl, char *to, size_t room)
{
    struct curl_certinfo *chain = NULL;

    if (curl_easy_getinfo(curl, CURLINFO_CERTINFO, &chain) != CURLE_OK || chain == NULL ||
        chain->num_of_certs < 1) {
        return;
    }
    for (struct curl_slist *line = chain->certinfo[0]; line != NULL; line = line->next) {
        if (span_starts(span_of(line->data), SPAN("Issuer:"))) {
            span_to_c(span_trim(span_from(span_of(line->data), 7)), to, room);
        }
    }
}

void tls_look_issuer(const struct settings *s, const char *host, unsigned port, bool is_refused,
                     char *to, size_t room)
{
    CURL *curl = curl_easy_init();
    char url[600];

    to[0] = 0;
    if (curl == NULL) {
        return;
    }
    snprintf(url, sizeof(url), "https://%s:%u/", host, port != 0 ? port : 443);
    curl_easy_setopt(curl, CURLOPT_URL, url);
    curl_easy_setopt(curl, CURLOPT_NOSIGNAL, 1L);
    curl_easy_setopt(curl, CURLOPT_CONNECT_ONLY, 1L);
    curl_easy_setopt(curl, CURLOPT_SSL_VERIFYPEER, is_refused ? 0L : 1L);
    curl_easy_setopt(curl, CURLOPT_SSL_VERIFYHOST, is_refused ? 0L : 2L);
    curl_easy_setopt(curl, CURLOPT_CERTINFO, 1L);
    curl_easy_setopt(curl, CURLOPT_TIMEOUT, (long)LOOK_SECONDS);
    set_text(curl, CURLOPT_CAINFO, settings_text(s, SETTING_TRUSTED_CERTS));
    set_text(curl, CURLOPT_PROXY, settings_text(s, SETTING_PROXY_HOST));
    set_text(curl, CURLOPT_PROXYUSERNAME, settings_text(s, SETTING_PROXY_UID));
    set_text(curl, CURLOPT_PROXYPASSWORD, settings_text(s, SETTING_PROXY_PWD));
    if (settings_int(s, SETTING_PROXY_PORT, 0) > 0) {
        curl_easy_setopt(curl, CURLOPT_PROXYPORT, (long)settings_int(s, SETTING_PROXY_PORT, 0));
    }
    if (curl_easy_perform(curl) == CURLE_OK) {
        take_issuer(curl, to, room);
    }
    curl_easy_cleanup(curl);
}
