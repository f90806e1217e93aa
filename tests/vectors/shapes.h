/* The vectors' own shapes, walked with the driver's readers and writers. Depth is that of the
   vectors. */
#ifndef VECTORS_SHAPES_H
#define VECTORS_SHAPES_H

#include "aws/xml.h"
#include "base/json.h"

/* Whether a JSON value, read by its shape, is the wanted one. */
bool shape_json_is(const struct json *shapes, const struct json *ref, const struct json *got,
                   const struct json *want);
/* The same for an XML element. */
bool shape_xml_is(const struct json *shapes, const struct json *ref, const struct xml_node *got,
                  const struct json *want);
/* Writes parameters as JSON; false where the driver has no writer for a type. */
bool shape_write_json(const struct json *shapes, const struct json *ref, const struct json *value,
                      struct json_writer *w);
/* Writes parameters as "&name=value..." below prefix. */
bool shape_write_form(const struct json *shapes, const struct json *ref, const struct json *value,
                      const char *prefix, struct buf *out);
/* Objects as sets, lists in order, scalars by value. */
bool shape_same_json(const struct json *a, const struct json *b);

#endif
