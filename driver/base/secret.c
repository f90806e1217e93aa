/* Wiping and comparing secrets. */
#include "base/secret.h"

#include <stdlib.h>
#include <string.h>

void secret_wipe(void *at, size_t len)
{
    if (at != NULL && len > 0) {
        explicit_bzero(at, len);
    }
}

void secret_free(char *text)
{
    if (text != NULL) {
        secret_wipe(text, strlen(text));
        free(text);
    }
}

bool secret_equal(struct span a, struct span b)
{
    unsigned char difference = a.len != b.len;
    size_t len = a.len < b.len ? a.len : b.len;

    for (size_t i = 0; i < len; i++) {
        difference |= (unsigned char)(a.at[i] ^ b.at[i]);
    }
    return difference == 0;
}
