/* The binary companion of a result object. */
#include "fuzz.h"

#include "athena/athena.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    char *copy = fuzz_copy(data, size);
    struct arena arena = { .ceiling_bytes = 1 << 26 };
    struct result_metadata metadata = { .columns = { 0 } };
    struct fault f = { .kind = FAULT_NONE };
    size_t total = 0;

    if (athena_read_metadata((struct span){ copy, size }, &arena, &metadata, &f)) {
        for (unsigned i = 0; i < metadata.columns.n; i++) {
            total += metadata.columns.at[i].name.len + metadata.columns.at[i].type.len;
        }
        PROMISE(total <= size * 4 + (size_t)metadata.columns.n * 16);
    } else {
        PROMISE(f.kind != FAULT_NONE);
    }
    arena_free(&arena);
    free(copy);
    return 0;
}
