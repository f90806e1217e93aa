/* Places in S3. */
#include "unit/unit.h"

#include "athena/athena.h"

static void places_are_taken_apart_or_refused(void)
{
    static const struct {
        const char *uri, *bucket, *key;
    } cases[] = {
        { "s3://b/k/q.csv", "b", "k/q.csv" }, { "s3://b/", "b", "" },    { "s3://b", "b", "" },
        { "s3://b//k", "b", "/k" },           { "s3:///k", NULL, NULL }, { "S3://b/k", NULL, NULL },
        { "https://b/k", NULL, NULL },        { "", NULL, NULL },        { "s3://", NULL, NULL },
    };
    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        struct span bucket = NO_SPAN, key = NO_SPAN;
        struct fault f = { 0 };
        CU_ASSERT_EQUAL(s3_uri_parse(span_of(cases[i].uri), &bucket, &key, &f),
                        cases[i].bucket != NULL);
        SPAN_IS(bucket, cases[i].bucket);
        SPAN_IS(key, cases[i].key);
    }
}

static const struct unit_test tests[] = {
    { "places are taken apart or refused", places_are_taken_apart_or_refused },
};

UNIT_MAIN("athena/s3_uri", tests)
