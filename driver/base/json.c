/* Reading JSON through json-c. `struct json` is json-c's own object seen through an opaque name. */
#include "base/json.h"

#include <json-c/json.h>
#include <limits.h>
#include <stdio.h>
#include <string.h>

#include "base/number.h"

static struct json_object *raw(const struct json *value)
{
    return (struct json_object *)(uintptr_t)value;
}

static struct json *wrapped(struct json_object *value)
{
    return (struct json *)value;
}

bool json_parse(struct span text, struct json **out, struct fault *f)
{
    struct json_tokener *tokener = json_tokener_new_ex(JSON_DEPTH_MAX);

    if (tokener == NULL) {
        return fault_memory(f);
    }
    json_tokener_set_flags(tokener, JSON_TOKENER_STRICT);
    struct json_object *object = NULL;
    enum json_tokener_error error = json_tokener_error_size;
    bool is_read = false;
    if (text.len > 0 && text.len < INT_MAX) {
        object = json_tokener_parse_ex(tokener, text.at, (int)text.len);
        error = json_tokener_get_error(tokener);
        is_read = error == json_tokener_continue;
        if (is_read) {
            /* A bare number has no end of its own: a zero byte tells that nothing follows. */
            object = json_tokener_parse_ex(tokener, "", 1);
            error = json_tokener_get_error(tokener);
        }
    }
    size_t end = is_read ? text.len : json_tokener_get_parse_end(tokener);
    struct span rest = end < text.len ? span_trim(span_from(text, end)) : SPAN("");
    bool ok = error == json_tokener_success && rest.len == 0;
    if (!ok) {
        json_object_put(object);
        fault_set(f, FAULT_PROTOCOL, "Not a JSON document: %s at byte %zu of %zu",
                  error == json_tokener_success ? "something follows"
                                                : json_tokener_error_desc(error),
                  end, text.len);
    } else {
        *out = wrapped(object);
    }
    json_tokener_free(tokener);
    return ok;
}

void json_free(struct json *document)
{
    json_object_put(raw(document));
}

struct json *json_member(const struct json *object, const char *name)
{
    struct json_object *member = NULL;

    if (!json_is_object(object) || !json_object_object_get_ex(raw(object), name, &member)) {
        return NULL;
    }
    return wrapped(member);
}

struct json *json_path(const struct json *object, const char *dotted)
{
    struct span rest = span_of(dotted);
    const struct json *at = object;

    while (!span_is_null(rest)) {
        char name[128];
        span_to_c(span_next(&rest, '.'), name, sizeof(name));
        at = json_member(at, name);
    }
    return (struct json *)(uintptr_t)at;
}

size_t json_length(const struct json *array)
{
    return json_is_array(array) ? json_object_array_length(raw(array)) : 0;
}

struct json *json_at(const struct json *array, size_t index)
{
    return index < json_length(array) ? wrapped(json_object_array_get_idx(raw(array), index))
                                      : NULL;
}

bool json_is_object(const struct json *value)
{
    return json_object_is_type(raw(value), json_type_object) && value != NULL;
}

bool json_is_array(const struct json *value)
{
    return json_object_is_type(raw(value), json_type_array) && value != NULL;
}

bool json_is_string(const struct json *value)
{
    return json_object_is_type(raw(value), json_type_string) && value != NULL;
}

struct span json_text(const struct json *value)
{
    if (!json_is_string(value)) {
        return NO_SPAN;
    }
    return (struct span){ json_object_get_string(raw(value)),
                          (size_t)json_object_get_string_len(raw(value)) };
}

struct span json_text_of(const struct json *object, const char *name)
{
    return json_text(json_member(object, name));
}

int64_t json_int(const struct json *value, int64_t otherwise)
{
    int64_t number = 0;
    double real = 0;

    if (value == NULL) {
        return otherwise;
    }
    switch (json_object_get_type(raw(value))) {
    case json_type_int:
        return json_object_get_int64(raw(value));
    case json_type_double:
        real = json_object_get_double(raw(value));
        return real >= -9.2e18 && real <= 9.2e18 ? (int64_t)real : otherwise;
    case json_type_string:
        return number_parse_i64(json_text(value), &number) ? number : otherwise;
    default:
        return otherwise;
    }
}

double json_double(const struct json *value, double otherwise)
{
    double number = 0;

    if (value == NULL) {
        return otherwise;
    }
    switch (json_object_get_type(raw(value))) {
    case json_type_int:
    case json_type_double:
        return json_object_get_double(raw(value));
    case json_type_string:
        return number_parse_double(json_text(value), &number) ? number : otherwise;
    default:
        return otherwise;
    }
}

bool json_truth(const struct json *value, bool otherwise)
{
    bool flag = false;

    if (value != NULL && json_object_is_type(raw(value), json_type_boolean)) {
        return json_object_get_boolean(raw(value)) != 0;
    }
    return number_parse_flag(json_text(value), &flag) ? flag : otherwise;
}

void json_each(const struct json *object,
               bool (*each)(struct span name, const struct json *value, void *context),
               void *context)
{
    if (!json_is_object(object)) {
        return;
    }
    json_object_object_foreach(raw(object), name, member)
    {
        if (!each(span_of(name), wrapped(member), context)) {
            return;
        }
    }
}

bool json_print(const struct json *value, struct buf *out, struct fault *f)
{
    const char *text = json_object_to_json_string_ext(
        raw(value), JSON_C_TO_STRING_PLAIN | JSON_C_TO_STRING_NOSLASHESCAPE);

    return text == NULL ? fault_memory(f) : buf_add(out, span_of(text), f);
}
