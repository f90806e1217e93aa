/* The order in which the AWS SDKs look for credentials. A place that is not set up is passed; a
   place that is set up wrongly ends the search: nobody shall become somebody else by a mistake. */
#include "aws/providers.h"

#include <string.h>

enum { PLACES = 5 };

static bool place(const struct creds_world *w, const struct creds_request *q, unsigned i,
                  struct creds *out, struct fault *f)
{
    switch (i) {
    case 0:
        return provide_environment(w, out, f);
    case 1:
        return provide_profile(w, q, NO_SPAN, true, out, f);
    case 2:
        return provide_web_identity_environment(w, q, out, f);
    case 3:
        return provide_container(w, q, out, f);
    default:
        return provide_instance(w, q, NULL, true, out, f);
    }
}

bool provide_default(const struct creds_world *w, const struct creds_request *q, struct creds *out,
                     struct fault *f)
{
    static const char *const names[PLACES] = { "environment", "profile", "web identity",
                                               "container", "instance" };
    struct fault all = { 0 };

    creds_not_configured(&all, "No AWS credentials were found: neither in the environment, nor in "
                               "the configuration files, nor from web "
                               "identity, container or instance. Sign in (aws sso login, aws "
                               "login), set AWSProfile, or give UID and PWD.");
    for (unsigned i = 0; i < PLACES; i++) {
        struct fault why = { 0 };
        if (place(w, q, i, out, &why)) {
            return true;
        }
        if (!creds_is_not_configured(&why)) {
            if (why.hop == HOP_NONE) {
                why.hop = HOP_BASE;
            }
            if (f != NULL) {
                *f = why;
            }
            return false;
        }
        fault_note(&all, "%s: %s", names[i], why.text);
    }
    if (f != NULL) {
        *f = all;
    }
    return false;
}
