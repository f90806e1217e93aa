/* An inventory as YAML, read by libyaml: a mapping `defaults`, and a list `spokes` of mappings.
 * Only this file sees the library. */
#include <yaml.h>

#include "inventory.h"

struct reading {
    struct inventory *inv;
    yaml_document_t *document;
    struct fault *f;
};

static struct span scalar(const yaml_node_t *node)
{
    return node != NULL && node->type == YAML_SCALAR_NODE
               ? (struct span){ (const char *)node->data.scalar.value, node->data.scalar.length }
               : NO_SPAN;
}

static unsigned line_of(const yaml_node_t *node)
{
    return (unsigned)node->start_mark.line + 1;
}

/* null and ~ without quotes say "nothing". */
static bool is_nothing(const yaml_node_t *node)
{
    struct span s = scalar(node);

    return node->data.scalar.style == YAML_PLAIN_SCALAR_STYLE &&
           (span_equal(s, SPAN("null")) || span_equal(s, SPAN("~")));
}

static bool take_mapping(struct reading *r, const yaml_node_t *mapping, bool is_default)
{
    for (yaml_node_pair_t *p = mapping->data.mapping.pairs.start;
         p < mapping->data.mapping.pairs.top; p++) {
        const yaml_node_t *key = yaml_document_get_node(r->document, p->key),
                          *value = yaml_document_get_node(r->document, p->value);

        if (key == NULL || value == NULL || key->type != YAML_SCALAR_NODE ||
            value->type != YAML_SCALAR_NODE) {
            return fault_set(r->f, FAULT_SETTING, "%s:%u: a key and its value are plain texts.",
                             r->inv->path, line_of(mapping));
        }
        if (!is_nothing(value) &&
            !inventory_add(r->inv, is_default, scalar(key), scalar(value), line_of(key), r->f)) {
            return false;
        }
    }
    return true;
}

static bool take_spokes(struct reading *r, const yaml_node_t *list)
{
    for (yaml_node_item_t *i = list->data.sequence.items.start; i < list->data.sequence.items.top;
         i++) {
        const yaml_node_t *spoke = yaml_document_get_node(r->document, *i);

        if (spoke == NULL || spoke->type != YAML_MAPPING_NODE) {
            return fault_set(r->f, FAULT_SETTING, "%s:%u: a spoke is a mapping of keys to values.",
                             r->inv->path, spoke != NULL ? line_of(spoke) : line_of(list));
        }
        if (!inventory_begin(r->inv, line_of(spoke), r->f) || !take_mapping(r, spoke, false)) {
            return false;
        }
    }
    return true;
}

static bool take_root(struct reading *r)
{
    const yaml_node_t *root = yaml_document_get_root_node(r->document);
    bool has_spokes = false;

    if (root == NULL || root->type != YAML_MAPPING_NODE) {
        return fault_set(r->f, FAULT_SETTING, "%s: there is no list \"spokes\".", r->inv->path);
    }
    for (yaml_node_pair_t *p = root->data.mapping.pairs.start; p < root->data.mapping.pairs.top;
         p++) {
        const yaml_node_t *key = yaml_document_get_node(r->document, p->key),
                          *value = yaml_document_get_node(r->document, p->value);
        struct span name = scalar(key);
        bool ok;

        if (span_equal(name, SPAN("defaults")) && value->type == YAML_MAPPING_NODE) {
            ok = take_mapping(r, value, true);
        } else if (span_equal(name, SPAN("spokes")) && value->type == YAML_SEQUENCE_NODE) {
            has_spokes = true;
            ok = take_spokes(r, value);
        } else {
            ok = fault_set(
                r->f, FAULT_SETTING,
                "%s:%u: there are `defaults` (a mapping) and `spokes` (a list), and nothing else.",
                r->inv->path, line_of(key));
        }
        if (!ok) {
            return false;
        }
    }
    return has_spokes ||
           fault_set(r->f, FAULT_SETTING, "%s: there is no list \"spokes\".", r->inv->path);
}

bool inventory_read_yaml(struct inventory *inv, struct span text, struct fault *f)
{
    yaml_parser_t parser;
    yaml_document_t document;

    if (yaml_parser_initialize(&parser) == 0) {
        return fault_memory(f);
    }
    yaml_parser_set_input_string(&parser, (const unsigned char *)text.at, text.len);
    bool ok = yaml_parser_load(&parser, &document) != 0;
    if (!ok) {
        fault_set(f, FAULT_SETTING, "%s:%u: not valid YAML: %.200s", inv->path,
                  (unsigned)parser.problem_mark.line + 1,
                  parser.problem != NULL ? parser.problem : "cannot be read");
    } else {
        struct reading r = { inv, &document, f };
        ok = take_root(&r);
        yaml_document_delete(&document);
    }
    yaml_parser_delete(&parser);
    return ok;
}
