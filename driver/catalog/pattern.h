/* Names and search patterns of catalog functions. */
#ifndef CATALOG_PATTERN_H
#define CATALOG_PATTERN_H

#include "base/arena.h"
#include "base/buf.h"

struct pattern {
    enum { PATTERN_ANY, PATTERN_EXACT, PATTERN_LIKE } kind;
    struct span text;   /* EXACT: the name; LIKE: the pattern as given */
    struct span prefix; /* what every match begins with, escapes resolved; empty when unknown */
};

/* A pattern value argument: % and _ are wild, \ escapes. A null pointer and an empty text match
   everything. */
MUST_USE bool pattern_parse(struct span text, struct arena *arena, struct pattern *out,
                            struct fault *f);
/* An identifier (SQL_ATTR_METADATA_ID): "quoted" or bare without trailing blanks. */
MUST_USE bool pattern_identifier(struct span text, struct arena *arena, struct pattern *out,
                                 struct fault *f);
/* An ordinary argument: a name as it is; null, empty and a lone % match everything. */
struct pattern pattern_name(struct span text);
/* Without regard to ASCII case: Glue keeps names in lower case. */
bool pattern_matches(const struct pattern *p, struct span name);
/* Whether two spellings can mean one name: the services fold the case of all letters, we ASCII's;
   what is beyond ASCII is not compared. */
bool pattern_is_same_name(struct span a, struct span b);
/* Appends the regular expression that Glue and Athena filter names with; nothing when there is
   nothing to say. most bounds its length. */
MUST_USE bool pattern_expression(const struct pattern *p, size_t most, struct buf *out,
                                 struct fault *f);

#endif
