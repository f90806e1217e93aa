/* Who issued a server's certificate: shows a proxy that breaks TLS up. */
#ifndef ODBCINST_TLS_LOOK_H
#define ODBCINST_TLS_LOOK_H

#include "config/settings.h"

/* Leaves to empty when it cannot be learnt. Only a TLS handshake is made, nothing is asked and the
 * connection is closed. is_refused: the certificate was just found not to be trusted, and is looked
 * at all the same to name who issued it. */
void tls_look_issuer(const struct settings *s, const char *host, unsigned port, bool is_refused,
                     char *to, size_t room);

#endif
