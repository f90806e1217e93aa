/* Answers of STS and S3 as a small tree: elements and text, prefixes cut off, no attributes. JSON
   answers can be turned into the same tree, because some services give either. */
#ifndef AWS_XML_H
#define AWS_XML_H

#include "base/arena.h"
#include "base/json.h"

enum { XML_DEPTH_MAX = 32, XML_NODES_MAX = 20000 };

struct xml_node {
    struct span name, text; /* text: that of the element itself, never NULL */
    struct xml_node *parent, *first, *last, *next;
};

/* Lives in the arena. A document type, an unknown entity, too much depth or anything malformed is a
   FAULT_PROTOCOL. */
MUST_USE bool xml_parse(struct span text, struct arena *a, struct xml_node **root, struct fault *f);

/* The same tree from a JSON document; the root is called "". Array members become children without
   a name. */
MUST_USE bool xml_from_json(const struct json *document, struct arena *a, struct xml_node **root,
                            struct fault *f);

/* The first element with this path below node, e.g. "Credentials/AccessKeyId"; NULL when absent. */
const struct xml_node *xml_find(const struct xml_node *node, const char *path);
/* Its text, NO_SPAN when absent. */
struct span xml_text(const struct xml_node *node, const char *path);

#endif
