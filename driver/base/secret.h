/* Secrets: wiped when they go, never printed. */
#ifndef BASE_SECRET_H
#define BASE_SECRET_H

#include "base/span.h"

/* Overwrites; the compiler cannot remove it. NULL and 0 are fine. */
void secret_wipe(void *at, size_t len);
/* Wipes and frees an owned C string. NULL is fine. */
void secret_free(char *text);
/* Equal in content, in time that does not depend on where they differ. */
bool secret_equal(struct span a, struct span b);

#endif
