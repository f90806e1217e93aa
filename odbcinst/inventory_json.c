/* An inventory as JSON: {"defaults": {...}, "spokes": [{...}, ...]}. */
#include <stdio.h>

#include "base/json.h"
#include "inventory.h"

struct reading {
    struct inventory *inv;
    bool is_default, ok;
    unsigned number;
    struct fault *f;
};

static bool take(struct span name, const struct json *value, void *context)
{
    struct reading *r = context;
    struct buf text = { .is_secret = true };

    if (json_is_object(value) || json_is_array(value)) {
        r->ok = fault_set(r->f, FAULT_SETTING,
                          "%s:%u: the value of %.*s is a text, a number or a truth.", r->inv->path,
                          r->number, (int)name.len, name.at);
    } else if (json_is_string(value)) {
        r->ok = inventory_add(r->inv, r->is_default, name, json_text(value), r->number, r->f);
    } else if (value != NULL) {
        r->ok = json_print(value, &text, r->f) &&
                inventory_add(r->inv, r->is_default, name, buf_span(&text), r->number, r->f);
    }
    buf_free(&text);
    return r->ok;
}

static bool read_document(struct inventory *inv, const struct json *document, struct fault *f)
{
    struct reading r = { .inv = inv, .is_default = true, .ok = true, .f = f };
    struct json *spokes = json_member(document, "spokes");

    if (!json_is_array(spokes)) {
        return fault_set(f, FAULT_SETTING, "%s: there is no list \"spokes\".", inv->path);
    }
    json_each(json_member(document, "defaults"), take, &r);
    r.is_default = false;
    for (size_t i = 0; r.ok && i < json_length(spokes); i++) {
        r.number = (unsigned)i + 1;
        if (!json_is_object(json_at(spokes, i))) {
            return fault_set(f, FAULT_SETTING, "%s:%u: a spoke is an object of keys and values.",
                             inv->path, r.number);
        }
        r.ok = inventory_begin(inv, r.number, f);
        if (r.ok) {
            json_each(json_at(spokes, i), take, &r);
        }
    }
    return r.ok;
}

bool inventory_read_json(struct inventory *inv, struct span text, struct fault *f)
{
    struct json *document = NULL;
    struct fault why = { 0 };

    if (!json_parse(text, &document, &why)) {
        return fault_set(f, FAULT_SETTING, "%s is not valid JSON: %.300s", inv->path, why.text);
    }
    bool ok = read_document(inv, document, f);
    json_free(document);
    return ok;
}
