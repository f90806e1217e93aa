/* JSON documents: read through json-c, written by hand. Unknown members are ignored; absent and
   null are the same. */
#ifndef BASE_JSON_H
#define BASE_JSON_H

#include "base/buf.h"
#include "base/must_use.h"

struct json; /* a value inside a document; NULL stands for absent */

enum { JSON_DEPTH_MAX = 64 };

/* Parses a whole text; anything behind the value but blanks is a FAULT_PROTOCOL. json_free the
   result. */
MUST_USE bool json_parse(struct span text, struct json **out, struct fault *f);
void json_free(struct json *document);

/* All accept NULL and give "absent" back. Borrowed from the document. */
struct json *json_member(const struct json *object, const char *name);
struct json *json_path(const struct json *object, const char *dotted);
size_t json_length(const struct json *array);
struct json *json_at(const struct json *array, size_t index);
bool json_is_object(const struct json *value);
bool json_is_array(const struct json *value);
bool json_is_string(const struct json *value);
/* NO_SPAN unless it is a string. */
struct span json_text(const struct json *value);
struct span json_text_of(const struct json *object, const char *name);
/* Numbers, and strings that hold one; otherwise the given default. */
int64_t json_int(const struct json *value, int64_t otherwise);
double json_double(const struct json *value, double otherwise);
bool json_truth(const struct json *value, bool otherwise);
/* Calls each(name, value, context) for the members of an object, in order, until it returns
   false. */
void json_each(const struct json *object,
               bool (*each)(struct span name, const struct json *value, void *context),
               void *context);
/* The value written out again, compact. */
MUST_USE bool json_print(const struct json *value, struct buf *out, struct fault *f);

/* Writing: a thin layer over a buf that sets commas. Zero-initialise with the buf; look at ok at
   the end, it is false after the first failure and f has said why. */
struct json_writer {
    struct buf *out;
    struct fault *f;
    bool failed;
    bool needs_comma;
};

void json_open(struct json_writer *w, char bracket);  /* '{' or '[' */
void json_close(struct json_writer *w, char bracket); /* '}' or ']' */
void json_name(struct json_writer *w, const char *name);
void json_string(struct json_writer *w, struct span text);
void json_number(struct json_writer *w, int64_t number);
void json_flag(struct json_writer *w, bool flag);
/* name and value in one; NO_SPAN writes nothing, so that unset members are left out. */
void json_string_member(struct json_writer *w, const char *name, struct span text);
MUST_USE bool json_done(const struct json_writer *w);

#endif
