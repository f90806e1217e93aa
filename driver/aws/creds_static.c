/* Given credentials as a source, and the two calls that every source answers. */
#include "aws/creds_static.h"

#include <stdlib.h>

#include "base/secret.h"

struct creds_static {
    struct creds_source base;
    struct creds given;
};

void creds_wipe(struct creds *c)
{
    if (c != NULL) {
        secret_wipe(c, sizeof(*c));
    }
}

bool creds_get(struct creds_source *s, const struct creds_request *q, struct creds *out,
               struct fault *f)
{
    static const struct creds_request unbounded = { 0 };

    return s->ops->get(s, q != NULL ? q : &unbounded, out, f);
}

void creds_close(struct creds_source *s)
{
    if (s != NULL) {
        s->ops->close(s);
    }
}

static bool static_get(struct creds_source *s, const struct creds_request *q, struct creds *out,
                       struct fault *f)
{
    (void)q;
    (void)f;
    *out = ((struct creds_static *)s)->given;
    return true;
}

static void static_close(struct creds_source *s)
{
    struct creds_static *self = (struct creds_static *)s;

    creds_wipe(&self->given);
    free(self);
}

bool creds_static_new(const struct creds *given, struct creds_source **out, struct fault *f)
{
    static const struct creds_ops ops = { .get = static_get, .close = static_close };
    struct creds_static *self = calloc(1, sizeof(*self));

    if (self == NULL) {
        return fault_memory(f);
    }
    self->base.ops = &ops;
    self->given = *given;
    *out = &self->base;
    return true;
}
