/* A provider function with its arguments, as a source. */
#include "aws/providers.h"

#include <stdlib.h>

struct creds_provider {
    struct creds_source base;
    const struct creds_world *w;
    enum provider kind;
    struct span profile;
    struct web_identity identity;
    struct arena arena; /* secret: a token may be in it */
};

static bool provider_get(struct creds_source *s, const struct creds_request *q, struct creds *out,
                         struct fault *f)
{
    const struct creds_provider *p = (struct creds_provider *)s;
    bool ok = false;

    switch (p->kind) {
    case PROVIDER_DEFAULT:
        ok = provide_default(p->w, q, out, f);
        break;
    case PROVIDER_ENVIRONMENT:
        ok = provide_environment(p->w, out, f);
        break;
    case PROVIDER_PROFILE:
        ok = provide_profile(p->w, q, p->profile, false, out, f);
        break;
    case PROVIDER_CONTAINER:
        ok = provide_container(p->w, q, out, f);
        break;
    case PROVIDER_INSTANCE:
        ok = provide_instance(p->w, q, NULL, false, out, f);
        break;
    case PROVIDER_WEB_IDENTITY:
        ok = p->identity.role_arn.len > 0 ? provide_web_identity(p->w, q, &p->identity, out, f)
                                          : provide_web_identity_environment(p->w, q, out, f);
        break;
    }
    if (!ok && f != NULL && f->hop == HOP_NONE) {
        f->hop = HOP_BASE;
    }
    return ok;
}

static void provider_close(struct creds_source *s)
{
    struct creds_provider *p = (struct creds_provider *)s;

    arena_free(&p->arena);
    free(p);
}

static bool copy(struct creds_provider *p, struct fault *f)
{
    struct span *const texts[] = { &p->profile,
                                   &p->identity.role_arn,
                                   &p->identity.session_name,
                                   &p->identity.token_file,
                                   &p->identity.token,
                                   &p->identity.region,
                                   &p->identity.sts_endpoint };
    bool ok = true;

    for (size_t i = 0; ok && i < sizeof(texts) / sizeof(texts[0]); i++) {
        ok = arena_copy(&p->arena, *texts[i], texts[i], f);
    }
    return ok;
}

bool creds_provider_new(const struct creds_world *w, enum provider kind, struct span profile,
                        const struct web_identity *identity, struct creds_source **out,
                        struct fault *f)
{
    static const struct creds_ops ops = { .get = provider_get, .close = provider_close };
    struct creds_provider *p = calloc(1, sizeof(*p));

    if (p == NULL) {
        return fault_memory(f);
    }
    p->base.ops = &ops;
    p->w = w;
    p->kind = kind;
    p->profile = profile;
    p->arena.is_secret = true;
    if (identity != NULL) {
        p->identity = *identity;
    }
    if (!copy(p, f)) {
        provider_close(&p->base);
        return false;
    }
    *out = &p->base;
    return true;
}
