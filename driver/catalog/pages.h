/* One list of a service, page by page until its end. */
#ifndef CATALOG_PAGES_H
#define CATALOG_PAGES_H

#include "catalog/listing.h"

enum {
    PAGES_MAX = 100000,        /* of one list: a service that never ends is a fault */
    PAGE_PAUSES_MAX = 6,       /* for one page that is refused for going too fast */
    PAGE_PAUSES_BEFORE_OTHER = 2, /* when another service can be asked instead */
    PAGE_PAUSE_FIRST_MS = 200, /* doubles each time */
    PAGE_PAUSE_MAX_MS = 5000,
};

struct pages {
    const struct metadata *m;
    struct glue_query q;
    /* Asks for the page behind q.next_token, adds its items to `to` and says where the next one
       begins (NO_SPAN: there is none). */
    bool (*ask)(struct pages *p, struct span *next_token, struct fault *f);
    struct listing *to;
    unsigned pauses_max; /* for one page, up to PAGE_PAUSES_MAX */
};

/* A service that wants us to be slower is asked again after a pause; a token that it does not know
   any more makes the list begin anew, once. `to` says whether the list broke off because its
   database is gone. */
MUST_USE bool pages_all(struct pages *p, struct fault *f);

/* Waits between two calls. A fault when cancelled, or when no time would be left. */
MUST_USE bool pages_pause(const struct aws_bounds *bounds, int64_t ms, struct fault *f);

#endif
