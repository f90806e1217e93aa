/* Credentials in the environment. */
#include "aws/providers.h"

#include <stdlib.h>

#include "base/secret.h"

bool provide_environment(const struct creds_world *w, struct creds *out, struct fault *f)
{
    char key[CREDS_KEY_MAX], secret[CREDS_SECRET_MAX], account[16];
    bool has_key = world_env(w, "AWS_ACCESS_KEY_ID", key, sizeof(key));
    bool has_secret = world_env(w, "AWS_SECRET_ACCESS_KEY", secret, sizeof(secret));
    bool ok = false;

    if (!has_key && !has_secret) {
        creds_not_configured(f, "AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY are not set.");
    } else if (!has_key || !has_secret) {
        creds_not_configured(f, "%s is set in the environment, but %s is not (or it is too long).",
                             has_key ? "AWS_ACCESS_KEY_ID" : "AWS_SECRET_ACCESS_KEY",
                             has_key ? "AWS_SECRET_ACCESS_KEY" : "AWS_ACCESS_KEY_ID");
    } else {
        char *token = calloc(1, CREDS_TOKEN_MAX);
        if (token == NULL) {
            fault_memory(f);
        } else {
            bool has_token = world_env(w, "AWS_SESSION_TOKEN", token, CREDS_TOKEN_MAX);
            bool has_account = world_env(w, "AWS_ACCOUNT_ID", account, sizeof(account));
            struct creds_texts texts = { span_of(key), span_of(secret),
                                         has_token ? span_of(token) : NO_SPAN,
                                         has_account ? span_of(account) : NO_SPAN, "environment" };
            ok = creds_fill(out, &texts, f);
            secret_wipe(token, CREDS_TOKEN_MAX);
            free(token);
        }
    }
    secret_wipe(secret, sizeof(secret));
    return ok;
}
