/* Memory that dies together: blocks in a list, the newest first. */
#include "base/arena.h"

#include <stdalign.h>
#include <stdlib.h>
#include <string.h>

#include "base/secret.h"

enum { BLOCK_BYTES_FIRST = 4 * 1024, BLOCK_BYTES_MAX = 1024 * 1024 };

struct arena_block {
    struct arena_block *next;
    size_t room, used;
    alignas(max_align_t) char bytes[];
};

static size_t rounded(size_t bytes)
{
    size_t unit = alignof(max_align_t);

    return (bytes + unit - 1) / unit * unit;
}

static struct arena_block *add_block(struct arena *a, size_t bytes, struct fault *f)
{
    size_t room = a->blocks == NULL ? BLOCK_BYTES_FIRST : a->blocks->room * 2;

    if (room > BLOCK_BYTES_MAX) {
        room = BLOCK_BYTES_MAX;
    }
    if (room < bytes) {
        room = bytes;
    }
    struct arena_block *block = malloc(sizeof(*block) + room);
    if (block == NULL) {
        fault_memory(f);
        return NULL;
    }
    block->room = room;
    block->used = 0;
    block->next = a->blocks;
    a->blocks = block;
    return block;
}

void *arena_take(struct arena *a, size_t bytes, struct fault *f)
{
    size_t ceiling = a->ceiling_bytes == 0 ? ARENA_CEILING_DEFAULT : a->ceiling_bytes;

    if (bytes > ceiling || a->used_bytes > ceiling - bytes) {
        fault_ceiling(f, "of an arena", ceiling);
        return NULL;
    }
    size_t need = rounded(bytes == 0 ? 1 : bytes);
    struct arena_block *block = a->blocks;
    if (block == NULL || block->room - block->used < need) {
        block = add_block(a, need, f);
        if (block == NULL) {
            return NULL;
        }
    }
    void *at = block->bytes + block->used;
    block->used += need;
    a->used_bytes += need;
    memset(at, 0, need);
    return at;
}

void *arena_take_array(struct arena *a, size_t n, size_t size, struct fault *f)
{
    size_t bytes = 0;

    if (__builtin_mul_overflow(n, size, &bytes)) {
        fault_memory(f);
        return NULL;
    }
    return arena_take(a, bytes, f);
}

bool arena_copy(struct arena *a, struct span s, struct span *out, struct fault *f)
{
    if (s.at == NULL) {
        *out = NO_SPAN;
        return true;
    }
    char *copy = arena_copy_c(a, s, f);
    if (copy == NULL) {
        return false;
    }
    *out = (struct span){ copy, s.len };
    return true;
}

char *arena_copy_c(struct arena *a, struct span s, struct fault *f)
{
    char *copy = arena_take(a, s.len + 1, f);

    if (copy != NULL && s.len > 0) {
        memcpy(copy, s.at, s.len);
    }
    return copy;
}

static void free_blocks(struct arena *a, struct arena_block *block)
{
    while (block != NULL) {
        struct arena_block *next = block->next;
        if (a->is_secret) {
            secret_wipe(block->bytes, block->room);
        }
        free(block);
        block = next;
    }
}

void arena_reset(struct arena *a)
{
    if (a->blocks == NULL) {
        return;
    }
    if (a->is_secret) {
        arena_free(a);
        return;
    }
    free_blocks(a, a->blocks->next);
    a->blocks->next = NULL;
    a->blocks->used = 0;
    a->used_bytes = 0;
}

void arena_free(struct arena *a)
{
    free_blocks(a, a->blocks);
    a->blocks = NULL;
    a->used_bytes = 0;
}
