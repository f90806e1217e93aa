/* An inventory: the first byte chooses CSV, JSON or YAML. What is taken is sorted, has names of its
   own and values without control characters, and is the same when read again. */
#include "fuzz.h"

#include "inventory.h"

static bool take(struct inventory *inv, uint8_t form, struct span text, struct fault *f)
{
    *inv = (struct inventory){ .path = "list", .arena.is_secret = true };
    fault_clear(f);
    bool ok = form % 3 == 0   ? inventory_read_csv(inv, text, f)
              : form % 3 == 1 ? inventory_read_json(inv, text, f)
                              : inventory_read_yaml(inv, text, f);
    return ok && inventory_finish(inv, f);
}

static void look_at_value(struct span s)
{
    PROMISE(s.at != NULL || s.len == 0);
    for (size_t i = 0; i < s.len; i++) {
        PROMISE((unsigned char)s.at[i] >= 0x20);
    }
}

static void look_at(const struct inventory *inv)
{
    for (unsigned i = 0; i < inv->n; i++) {
        const struct inventory_spoke *s = &inv->at[i];
        struct span name = s->word[WORD_NAME];

        PROMISE(name.len > 0 && name.len < 128);
        PROMISE(i == 0 || span_compare_nocase(inv->at[i - 1].word[WORD_NAME], name) < 0);
        PROMISE(inventory_find(inv, name) == s);
        for (unsigned id = 0; id < SETTINGS_COUNT; id++) {
            look_at_value(s->text[id]);
        }
    }
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    uint8_t form = fuzz_byte(&data, &size);
    char *text = fuzz_copy(data, size);
    struct inventory inv, again;
    struct fault f, f_again;
    bool ok = take(&inv, form, (struct span){ text, size }, &f);

    PROMISE(ok ? f.kind == FAULT_NONE : f.kind != FAULT_NONE && f.text[0] != 0);
    if (ok) {
        look_at(&inv);
    }
    PROMISE(take(&again, form, (struct span){ text, size }, &f_again) == ok && again.n == inv.n);
    PROMISE(memcmp(data, text, size) == 0);
    inventory_free(&again);
    inventory_free(&inv);
    free(text);
    return 0;
}
