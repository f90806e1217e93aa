/* A web identity token exchanged for a role's credentials. The request is not signed: the token is
   the proof. */
#include "aws/providers.h"

#include "aws/configured.h"
#include "aws/sts.h"

enum { WEB_TOKEN_MIN = 4, WEB_TOKEN_MAX = 20000 };

/* The token, given or read anew from its file. */
static bool read_token(const struct creds_world *w, const struct web_identity *id, struct buf *out,
                       struct fault *f)
{
    char path[WORLD_TEXT_MAX];

    if (id->token.len > 0) {
        return buf_add(out, id->token, f);
    }
    if (!world_expand(w, id->token_file, path, sizeof(path))) {
        return fault_set(f, FAULT_CREDENTIALS,
                         "The name of the web identity token file cannot be used.");
    }
    enum world_file got = world_read(w, path, out, f);
    if (got == WORLD_FILE_MISSING) {
        return fault_set(f, FAULT_CREDENTIALS, "The web identity token file %s does not exist.",
                         path);
    }
    return got == WORLD_FILE_READ;
}

bool provide_web_identity(const struct creds_world *w, const struct creds_request *q,
                          const struct web_identity *id, struct creds *out, struct fault *f)
{
    struct buf token = { .ceiling = WORLD_FILE_MAX + 16384, .is_secret = true };
    struct aws_client *sts = NULL;
    struct aws_bounds bounds = { q->deadline_steady_ms, q->cancel };
    struct aws_client_settings settings = {
        .service = AWS_STS,
        .region = id->region,
        .endpoint_override = id->sts_endpoint,
        .use_fips = id->use_fips,
        .use_dualstack = id->use_dualstack,
        .transport = w->transport,
        .clock = w->clock,
        .attempts_max = w->attempts_max,
        .user_agent = span_of(w->user_agent),
        .hop = HOP_BASE,
    };
    bool ok = read_token(w, id, &token, f);

    if (ok) {
        struct sts_role role = {
            .role_arn = id->role_arn,
            .session_name = id->session_name.len > 0 ? id->session_name : span_of(w->session_name),
            .web_identity_token = span_trim(buf_span(&token)),
            .duration_seconds = id->duration_seconds,
        };
        size_t n = role.web_identity_token.len;
        ok = (n >= WEB_TOKEN_MIN && n <= WEB_TOKEN_MAX) ||
             fault_set(f, FAULT_CREDENTIALS,
                       "The web identity token is empty or has an impossible length (%zu).", n);
        ok = ok && aws_client_new(&settings, &sts, f) &&
             sts_assume_role(sts, world_clock(w), &role, &bounds, out, f);
    }
    aws_client_free(sts);
    buf_free(&token);
    return ok;
}

bool provide_web_identity_environment(const struct creds_world *w, const struct creds_request *q,
                                      struct creds *out, struct fault *f)
{
    char file[WORLD_TEXT_MAX], role[WORLD_TEXT_MAX], name[72], region[64],
        endpoint[ENDPOINT_TEXT_MAX];

    if (!world_env(w, "AWS_WEB_IDENTITY_TOKEN_FILE", file, sizeof(file))) {
        return creds_not_configured(f, "AWS_WEB_IDENTITY_TOKEN_FILE is not set.");
    }
    if (!world_env(w, "AWS_ROLE_ARN", role, sizeof(role))) {
        return fault_set(f, FAULT_CREDENTIALS,
                         "AWS_WEB_IDENTITY_TOKEN_FILE is set, but AWS_ROLE_ARN is not.");
    }
    bool has_name = world_env(w, "AWS_ROLE_SESSION_NAME", name, sizeof(name));
    world_region(w, NO_SPAN, region, sizeof(region));
    struct endpoint_view view = { .w = w };
    if (!endpoint_configured(&view, "sts", span_of(w->endpoint[AWS_STS]), endpoint, f)) {
        return false;
    }
    struct web_identity id = {
        .role_arn = span_of(role),
        .session_name = has_name ? span_of(name) : NO_SPAN,
        .token_file = span_of(file),
        .region = span_of(region),
        .sts_endpoint = span_of(endpoint),
        .use_fips = endpoint_uses_fips(&view),
        .use_dualstack = endpoint_uses_dualstack(&view),
    };
    return provide_web_identity(w, q, &id, out, f);
}
