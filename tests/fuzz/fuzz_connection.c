/* Connection strings: what is read can be written and read again, every value is judged by its key,
   and settings that load stay inside their arena. */
#include "fuzz.h"

#include "config/keyword.h"
#include "config/layer.h"
#include "config/parse.h"
#include "config/validate.h"

static void read_again(const struct pair *pair)
{
    struct arena arena = { .ceiling_bytes = 1 << 24 };
    struct buf out = { .ceiling = 1 << 22 };
    struct fault f = { .kind = FAULT_NONE };
    struct pair twin;

    if (pair_print(pair->key, pair->value, &out, &f)) {
        struct span rest = buf_span(&out);

        PROMISE(pair_next(&rest, &arena, &twin, &f) == PAIR_GOT);
        PROMISE(span_equal(twin.key, pair->key) && span_equal(twin.value, pair->value));
    }
    buf_free(&out);
    arena_free(&arena);
}

static void judge(const struct pair *pair, struct layer *layer, struct arena *arena)
{
    struct notices notices = { .n = 0 };
    struct fault f = { .kind = FAULT_NONE };
    struct span normal;

    if (!layer_add(layer, pair, "the connection string", &notices, &f)) {
        PROMISE(f.kind != FAULT_NONE);
    }
    for (enum setting_id id = 0; id < SETTINGS_COUNT; id++) {
        if (!span_is_null(layer->text[id]) && span_equal(layer->text[id], pair->value)) {
            (void)!validate_value(id, pair->value, arena, &normal, &f);
        }
    }
}

/* A data source would bring the machine's files into the run. */
static bool names_a_source(const struct layer *l)
{
    return !span_is_null(l->text[SETTING_DSN]) || !span_is_null(l->text[SETTING_DRIVER]);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    char *copy = fuzz_copy(data, size);
    struct span rest = { copy, size };
    struct arena arena = { .ceiling_bytes = 1 << 24 };
    struct layer layer = { .origin = ORIGIN_STRING };
    struct settings settings = { .dsn = "" };
    struct settings_input in = { .connection_string = { copy, size } };
    struct notices notices = { .n = 0 };
    struct fault f = { .kind = FAULT_NONE };
    struct pair pair;
    enum pair_step step;

    while ((step = pair_next(&rest, &arena, &pair, &f)) == PAIR_GOT) {
        read_again(&pair);
        judge(&pair, &layer, &arena);
    }
    PROMISE(step == PAIR_END || f.kind != FAULT_NONE);
    /* Loading looks at the machine's files too: now and then is enough. */
    if (size % 16 == 0 && !names_a_source(&layer)) {
        if (settings_load(&settings, &in, &notices, &f)) {
            for (enum setting_id id = 0; id < SETTINGS_COUNT; id++) {
                (void)settings_int(&settings, id, 0);
            }
        }
        settings_free(&settings);
    }
    arena_free(&arena);
    free(copy);
    return 0;
}
