/* URLs taken apart and put together; percent-encoding. */
#ifndef NET_URL_H
#define NET_URL_H

#include "base/buf.h"

struct url {
    /* host in lower case needs no change: an upper-case host is refused; path "" when absent */
    struct span scheme, host, path;
    unsigned port;                  /* 0 = the scheme's own */
};

/* Only http and https, no user, no query, no fragment. A missing scheme means https. Spans point
   into text. */
MUST_USE bool url_parse(struct span text, struct url *out, struct fault *f);
/* 127.0.0.0/8, localhost, [::1]. */
bool url_is_loopback(const struct url *u);
/* Appends s with every byte but A-Z a-z 0-9 - . _ ~ (and '/' if keep_slash) as %XX. */
MUST_USE bool url_encode(struct span s, bool keep_slash, struct buf *out, struct fault *f);

#endif
