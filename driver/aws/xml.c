/* XML through expat, into a tree without namespaces. */
#include "aws/xml.h"

#include <expat.h>
#include <limits.h>

struct building {
    XML_Parser parser;
    struct arena *arena;
    struct xml_node *root, *open;
    struct buf text; /* of the innermost open element */
    unsigned depth, n_nodes;
    struct fault *fault;
    bool has_failed;
};

static void fail(struct building *b)
{
    b->has_failed = true;
    XML_StopParser(b->parser, XML_FALSE);
}

static struct xml_node *node_new(struct arena *a, struct xml_node *parent, struct fault *f)
{
    struct xml_node *node = arena_take(a, sizeof(*node), f);

    if (node == NULL) {
        return NULL;
    }
    node->text = SPAN("");
    node->parent = parent;
    if (parent != NULL) {
        *(parent->last != NULL ? &parent->last->next : &parent->first) = node;
        parent->last = node;
    }
    return node;
}

static void on_start(void *context, const XML_Char *name, const XML_Char **attributes)
{
    struct building *b = context;
    struct span whole = span_of(name);
    size_t colon = span_find_byte(whole, ':');

    (void)attributes;
    if (b->has_failed) {
        return;
    }
    if (++b->depth > XML_DEPTH_MAX || ++b->n_nodes > XML_NODES_MAX) {
        fault_ceiling(b->fault, "elements of an XML answer",
                      b->depth > XML_DEPTH_MAX ? XML_DEPTH_MAX : XML_NODES_MAX);
        fail(b);
        return;
    }
    struct xml_node *node = node_new(b->arena, b->open, b->fault);
    struct span local = colon < whole.len ? span_from(whole, colon + 1) : whole;
    if (node == NULL || !arena_copy(b->arena, local, &node->name, b->fault)) {
        fail(b);
        return;
    }
    if (b->root == NULL) {
        b->root = node;
    }
    b->open = node;
    buf_clear(&b->text);
}

static void on_end(void *context, const XML_Char *name)
{
    struct building *b = context;

    (void)name;
    if (b->has_failed) {
        return;
    }
    /* Text of an element with children is only the blanks between them. */
    if (b->open->first == NULL && !arena_copy(b->arena, buf_span(&b->text), &b->open->text,
                                              b->fault)) {
        fail(b);
        return;
    }
    buf_clear(&b->text);
    b->depth--;
    b->open = b->open->parent;
}

static void on_text(void *context, const XML_Char *at, int len)
{
    struct building *b = context;

    if (!b->has_failed && !buf_add(&b->text, (struct span){ at, (size_t)len }, b->fault)) {
        fail(b);
    }
}

/* A document type is how entities are declared; no AWS answer has one, so nothing is lost by
   refusing it. */
static void on_doctype(void *context, const XML_Char *name, const XML_Char *system,
                       const XML_Char *public, int has_subset)
{
    struct building *b = context;

    (void)name;
    (void)system;
    (void)public;
    (void)has_subset;
    fault_set(b->fault, FAULT_PROTOCOL,
              "The XML answer declares a document type, which no AWS service does.");
    fail(b);
}

bool xml_parse(struct span text, struct arena *a, struct xml_node **root, struct fault *f)
{
    struct building b = { .parser = XML_ParserCreate("UTF-8"), .arena = a, .fault = f,
                          .text = { .is_secret = true } };

    if (b.parser == NULL) {
        return fault_memory(f);
    }
    if (text.len > INT_MAX) {
        XML_ParserFree(b.parser);
        return fault_ceiling(f, "XML answer", INT_MAX);
    }
    XML_SetUserData(b.parser, &b);
    XML_SetElementHandler(b.parser, on_start, on_end);
    XML_SetCharacterDataHandler(b.parser, on_text);
    XML_SetStartDoctypeDeclHandler(b.parser, on_doctype);
    enum XML_Status status = XML_Parse(b.parser, text.at ? text.at : "", (int)text.len, XML_TRUE);
    bool ok = !b.has_failed && status == XML_STATUS_OK && b.root != NULL;
    if (!ok && !b.has_failed) {
        fault_set(f, FAULT_PROTOCOL, "The answer is not the XML it should be: %s at line %lu.",
                  XML_ErrorString(XML_GetErrorCode(b.parser)),
                  (unsigned long)XML_GetCurrentLineNumber(b.parser));
    }
    XML_ParserFree(b.parser);
    buf_free(&b.text);
    if (ok) {
        *root = b.root;
    }
    return ok;
}

/* JSON values waiting to be turned into nodes: a list instead of recursion. */
struct pending {
    const struct json *value;
    struct xml_node *node;
    struct pending *next;
};

struct conversion {
    struct arena *arena;
    struct pending *first, *last;
    struct xml_node *parent;
    unsigned n_nodes;
    struct fault *fault;
    bool has_failed;
};

static bool add_pending(struct conversion *c, struct span name, const struct json *value)
{
    struct pending *p = arena_take(c->arena, sizeof(*p), c->fault);
    struct xml_node *node = p != NULL ? node_new(c->arena, c->parent, c->fault) : NULL;

    if (node == NULL || !arena_copy(c->arena, name, &node->name, c->fault)) {
        c->has_failed = true;
        return false;
    }
    if (++c->n_nodes > XML_NODES_MAX) {
        c->has_failed = true;
        return fault_ceiling(c->fault, "members of a JSON answer", XML_NODES_MAX);
    }
    *p = (struct pending){ value, node, NULL };
    *(c->last != NULL ? &c->last->next : &c->first) = p;
    c->last = p;
    return true;
}

static bool on_member(struct span name, const struct json *value, void *context)
{
    return add_pending(context, name, value);
}

static bool convert_text(const struct pending *p, struct conversion *c)
{
    struct buf printed = { .is_secret = true };
    bool ok = true;

    if (json_is_string(p->value)) {
        return arena_copy(c->arena, json_text(p->value), &p->node->text, c->fault);
    }
    if (p->value != NULL) {
        ok = json_print(p->value, &printed, c->fault) &&
             arena_copy(c->arena, buf_span(&printed), &p->node->text, c->fault);
    }
    buf_free(&printed);
    return ok;
}

static bool convert_one(const struct pending *p, struct conversion *c)
{
    c->parent = p->node;
    if (json_is_object(p->value)) {
        json_each(p->value, on_member, c);
        return !c->has_failed;
    }
    if (json_is_array(p->value)) {
        for (size_t i = 0; i < json_length(p->value); i++) {
            if (!add_pending(c, SPAN(""), json_at(p->value, i))) {
                return false;
            }
        }
        return true;
    }
    return convert_text(p, c);
}

bool xml_from_json(const struct json *document, struct arena *a, struct xml_node **root,
                   struct fault *f)
{
    struct conversion c = { .arena = a, .fault = f };

    if (!add_pending(&c, SPAN(""), document)) {
        return false;
    }
    *root = c.first->node;
    for (const struct pending *p = c.first; p != NULL; p = p->next) {
        if (!convert_one(p, &c)) {
            return false;
        }
    }
    return true;
}

const struct xml_node *xml_find(const struct xml_node *node, const char *path)
{
    struct span rest = span_of(path);

    while (node != NULL && !span_is_null(rest)) {
        struct span step = span_next(&rest, '/');
        for (node = node->first; node != NULL && !span_equal(node->name, step); node = node->next) {
            continue;
        }
    }
    return node;
}

struct span xml_text(const struct xml_node *node, const char *path)
{
    const struct xml_node *found = xml_find(node, path);
    return found != NULL ? found->text : NO_SPAN;
}
