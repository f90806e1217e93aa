/* Where a result lies. */
#include "athena/athena.h"

bool s3_uri_parse(struct span text, struct span *bucket, struct span *key, struct fault *f)
{
    struct span rest = span_starts(text, SPAN("s3://")) ? span_from(text, 5) : NO_SPAN;
    size_t slash = span_find_byte(rest, '/');

    if (span_is_null(rest) || slash == 0) {
        return fault_set(f, FAULT_SETTING,
                         "\"%.*s\" is not a place in S3: s3://bucket/prefix/ is expected.",
                         (int)text.len, text.at ? text.at : "");
    }
    *bucket = span_part(rest, 0, slash);
    *key = span_from(rest, slash + 1);
    return true;
}
