#include "base/clock.h"
#include "base/digest.h"
#include "base/json.h"
#include "base/log.h"

#include "unit/unit.h"

static void times_survive_the_round_trip(void)
{
    static const struct {
        const char *text;
        const char *iso;
    } cases[] = {
        { "2026-11-09T13:34:41Z", "2026-11-09T13:34:41Z" },
        { "2026-11-09T13:34:41.123Z", "2026-11-09T13:34:41Z" },
        { "2026-11-09 13:34:41UTC", "2026-11-09T13:34:41Z" },
        { "2026-11-09T13:34:41+02:00", "2026-11-09T11:34:41Z" },
        { "2024-02-29T00:00:00Z", "2024-02-29T00:00:00Z" },
        { "2023-02-29T00:00:00Z", NULL },
        { "1969-12-31T23:59:59Z", "1969-12-31T23:59:59Z" },
        { "2026-11-09", NULL },
        { "2026-11-09T25:00:00Z", NULL },
        { "", NULL },
    };

    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        int64_t ms = 0;
        char iso[21] = "";
        bool ok = utc_parse_iso(span_of(cases[i].text), &ms);
        CU_ASSERT_EQUAL(ok, cases[i].iso != NULL);
        if (ok) {
            utc_print_iso(ms, iso);
            CU_ASSERT_STRING_EQUAL(iso, cases[i].iso);
        }
    }
}

static void http_dates_are_read(void)
{
    int64_t ms = 0;
    char basic[17];

    CU_ASSERT(utc_parse_http(SPAN("Mon, 23 Nov 2026 21:40:59 GMT"), &ms));
    utc_print_basic(ms, basic);
    CU_ASSERT_STRING_EQUAL(basic, "20261123T214059Z");
    CU_ASSERT_FALSE(utc_parse_http(SPAN("Mon, 23 Xov 2026 21:40:59 GMT"), &ms));
    CU_ASSERT_FALSE(utc_parse_http(SPAN("yesterday"), &ms));
}

static void digests_match_published_values(void)
{
    char hex[SHA256_HEX], sha1[SHA1_HEX];
    unsigned char mac[SHA256_BYTES];

    CU_ASSERT(digest_sha256_hex(SPAN(""), hex, NULL));
    CU_ASSERT_STRING_EQUAL(hex, "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855");
    CU_ASSERT(digest_sha1_hex(SPAN("abc"), sha1, NULL));
    CU_ASSERT_STRING_EQUAL(sha1, "a9993e364706816aba3e25717850c26c9cd0d89d");
    /* RFC 4231, test case 2. */
    CU_ASSERT(digest_hmac_sha256(SPAN("Jefe"), SPAN("what do ya want for nothing?"), mac, NULL));
    digest_hex(mac, sizeof(mac), hex);
    CU_ASSERT_STRING_EQUAL(hex, "5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843");
}

static void base64_goes_both_ways(void)
{
    static const char *const pairs[][2] = {
        { "", "" }, { "f", "Zg==" }, { "fo", "Zm8=" }, { "foobar", "Zm9vYmFy" }
    };

    for (size_t i = 0; i < 4; i++) {
        struct buf coded = { 0 }, plain = { 0 };
        CU_ASSERT(digest_base64(span_of(pairs[i][0]), &coded, NULL));
        SPAN_IS(buf_span(&coded), pairs[i][1]);
        CU_ASSERT(digest_base64_decode(buf_span(&coded), &plain, NULL));
        SPAN_IS(buf_span(&plain), pairs[i][0]);
        buf_free(&coded);
        buf_free(&plain);
    }
    struct buf out = { 0 };
    CU_ASSERT_FALSE(digest_base64_decode(SPAN("a*b"), &out, NULL));
    buf_free(&out);
}

static void json_reads_what_services_send(void)
{
    struct json *document = NULL;
    struct fault f = { 0 };

    CU_ASSERT_FATAL(
        json_parse(SPAN("{\"a\":{\"b\":[1,\"x\",null]},\"t\":1.7E9,\"n\":null,\"s\":\"12\"} \n"),
                   &document, &f));
    CU_ASSERT_EQUAL(json_length(json_path(document, "a.b")), 3);
    SPAN_IS(json_text(json_at(json_path(document, "a.b"), 1)), "x");
    CU_ASSERT_PTR_NULL(json_member(document, "n"));
    CU_ASSERT_EQUAL(json_int(json_member(document, "t"), 0), 1700000000);
    CU_ASSERT_EQUAL(json_int(json_member(document, "s"), 0), 12);
    CU_ASSERT_EQUAL(json_int(json_member(document, "absent"), -5), -5);
    json_free(document);
}

static void a_bare_value_is_a_document(void)
{
    static const char *const texts[] = { "12", "-1.5", "true", "null", "\"x\"", " 7 " };

    for (size_t i = 0; i < sizeof(texts) / sizeof(texts[0]); i++) {
        struct json *document = NULL;
        struct fault f = { 0 };
        CU_ASSERT(json_parse(span_of(texts[i]), &document, &f));
        json_free(document);
    }
}

static void json_refuses_what_is_not_a_document(void)
{
    static const char *const texts[] = { "",    "<html>", "{\"a\":1", "{} x", "{\"a\":01}",
                                         "'a'", "1 2",    "12x",      "tru" };

    for (size_t i = 0; i < sizeof(texts) / sizeof(texts[0]); i++) {
        struct json *document = NULL;
        struct fault f = { 0 };
        bool ok = json_parse(span_of(texts[i]), &document, &f);
        CU_ASSERT_FALSE(ok);
        CU_ASSERT_EQUAL(f.kind, FAULT_PROTOCOL);
        if (ok) {
            printf("    accepted %s\n", texts[i]);
            json_free(document);
        }
    }
}

static void json_writes_valid_utf8_whatever_it_gets(void)
{
    struct buf out = { 0 };
    struct json_writer w = { .out = &out };

    json_open(&w, '{');
    json_name(&w, "q\"");
    json_string(&w, SPAN("a\n\x01\xFF\xC3\xBC"));
    json_string_member(&w, "skipped", NO_SPAN);
    json_name(&w, "list");
    json_open(&w, '[');
    json_number(&w, -3);
    json_flag(&w, true);
    json_close(&w, ']');
    json_close(&w, '}');
    CU_ASSERT(json_done(&w));
    SPAN_IS(buf_span(&out), "{\"q\\\"\":\"a\\n\\u0001\xEF\xBF\xBD\xC3\xBC\",\"list\":[-3,true]}");
    buf_free(&out);
}

static void faults_are_cut_and_cleaned(void)
{
    struct fault f = { 0 };
    char long_text[1000];

    memset(long_text, 'x', sizeof(long_text) - 1);
    long_text[sizeof(long_text) - 1] = '\0';
    CU_ASSERT_FALSE(fault_set(&f, FAULT_DENIED, "a\nb\t%s", long_text));
    CU_ASSERT_EQUAL(strlen(f.text), FAULT_TEXT_MAX);
    CU_ASSERT_EQUAL(strncmp(f.text, "a b x", 5), 0);
    for (unsigned i = 0; i < FAULT_NOTES_MAX + 3; i++) {
        fault_note(&f, "note %u", i);
    }
    CU_ASSERT_EQUAL(f.n_notes, FAULT_NOTES_MAX);
    CU_ASSERT_STRING_EQUAL(f.notes[FAULT_NOTES_MAX - 1], "note 13");
}

static void log_levels_have_words_and_numbers(void)
{
    enum log_level level = LOG_OFF;

    CU_ASSERT(log_parse_level(SPAN("debug"), &level) && level == LOG_DEBUG);
    CU_ASSERT(log_parse_level(SPAN("6"), &level) && level == LOG_TRACE);
    CU_ASSERT_FALSE(log_parse_level(SPAN("7"), &level));
    CU_ASSERT_FALSE(log_parse_level(SPAN("loud"), &level));
}

static const struct unit_test tests[] = {
    { "times survive the round trip", times_survive_the_round_trip },
    { "HTTP dates are read", http_dates_are_read },
    { "digests match published values", digests_match_published_values },
    { "base64 goes both ways", base64_goes_both_ways },
    { "JSON reads what services send", json_reads_what_services_send },
    { "JSON refuses what is not a document", json_refuses_what_is_not_a_document },
    { "a bare value is a document", a_bare_value_is_a_document },
    { "JSON writes valid UTF-8 whatever it gets", json_writes_valid_utf8_whatever_it_gets },
    { "faults are cut and cleaned", faults_are_cut_and_cleaned },
    { "log levels have words and numbers", log_levels_have_words_and_numbers },
};

UNIT_MAIN("base/text", tests)
