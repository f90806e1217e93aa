/* Who issued a server's certificate: shows a proxy that breaks TLS up. */
#ifndef ODBCINST_TLS_LOOK_H
#define ODBCINST_TLS_LOOK_H

#include "config/settings.h"

/* Leaves to empty when it cannot be learnt. Certificates are checked as everywhere; nothing but a
 * TLS handshake is sent. */
void tls_look_issuer(const struct settings *s, const char *host, unsigned port, char *to,
                     size_t room);

#endif
