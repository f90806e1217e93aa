/* The rows of mix8, as the sandbox renders them, for the databases that the driver is compared
   with: one record a line, every value quoted, NULL as the caller wants it. They repeat after
   BLOCK_ROWS.

       gen ROWS [--null TEXT] [--header] */
#include <errno.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "mix.h"

enum { BLOCK_ROWS = 65536, COLUMNS = 8, VALUE_BYTES = 80, RECORD_BYTES = 512, OUT_BYTES = 1 << 20 };

static const char alphabet[] = "abcdefghijklmnopqrstuvwxyz012345";
static const char header[] =
    "\"id\",\"number\",\"ratio\",\"amount\",\"code\",\"note\",\"day\",\"moment\"\n";

static uint64_t power_of_ten(unsigned n)
{
    uint64_t power = 1;

    while (n-- > 0)
        power *= 10;
    return power;
}

static const char *sign_of(uint64_t r)
{
    return (r >> 7 & 1) != 0 ? "-" : "";
}

/* 1 to 19 digits. */
static void make_bigint(uint64_t r, char *to)
{
    uint64_t value = mix(r) >> 1;
    unsigned digits = 1 + (unsigned)(r % 19);

    if (digits < 19)
        value %= power_of_ten(digits);
    (void)snprintf(to, VALUE_BYTES, "%s%llu", value == 0 ? "" : sign_of(r),
                   (unsigned long long)value);
}

/* All of the 32 bits. */
static void make_int(uint64_t r, char *to)
{
    long long value = (long long)(mix(r) & 0xFFFFFFFFu) - 0x80000000LL;

    (void)snprintf(to, VALUE_BYTES, "%lld", value);
}

/* 15 to 17 significant digits. */
static void make_double(uint64_t r, char *to)
{
    uint64_t whole = power_of_ten(1 + (unsigned)(r % 3)) + r / 3 % 90;

    (void)snprintf(to, VALUE_BYTES, "%s%llu.%013llu", sign_of(r), (unsigned long long)whole,
                   (unsigned long long)(mix(r) % power_of_ten(13)));
}

/* decimal(18,2), 1 to 12 digits before the point, so that no peer's double loses any of them. */
static void make_decimal(uint64_t r, char *to)
{
    uint64_t whole = 1 + mix(r) % power_of_ten(1 + (unsigned)(r % 12));

    if (whole == power_of_ten(12))
        whole--;
    (void)snprintf(to, VALUE_BYTES, "%s%llu.%02llu", sign_of(r), (unsigned long long)whole,
                   (unsigned long long)(r / 12 % 100));
}

/* Twelve characters from each number. */
static void make_text(uint64_t r, unsigned least, unsigned span, char *to)
{
    unsigned length = least + (unsigned)(r % span);
    uint64_t bits = r;

    for (unsigned i = 0; i < length; i++) {
        if (i % 12 == 0)
            bits = mix(bits);
        to[i] = alphabet[bits >> (5 * (i % 12)) & 31];
    }
    to[length] = '\0';
}

static void make_day(uint64_t r, char *to)
{
    (void)snprintf(to, VALUE_BYTES, "%04u-%02u-%02u", 1980 + (unsigned)(r % 60),
                   1 + (unsigned)(r / 60 % 12), 1 + (unsigned)(r / 720 % 28));
}

static void make_moment(uint64_t r, char *to)
{
    uint64_t m = mix(r);

    make_day(r, to);
    (void)snprintf(to + 10, VALUE_BYTES - 10, " %02u:%02u:%02u.%03u", (unsigned)(m % 24),
                   (unsigned)(m / 24 % 60), (unsigned)(m / 1440 % 60),
                   (unsigned)(m / 86400 % 1000));
}

/* false: NULL, one cell in 64. */
static bool make_value(uint64_t row, unsigned column, char *to)
{
    uint64_t r = mix(row % BLOCK_ROWS * COLUMNS + column);

    if (r >> 58 == 0)
        return false;
    switch (column) {
    case 0: make_bigint(r, to); break;
    case 1: make_int(r, to); break;
    case 2: make_double(r, to); break;
    case 3: make_decimal(r, to); break;
    case 4: make_text(r, 5, 16, to); break;
    case 5: make_text(r, 14, 47, to); break;
    case 6: make_day(r, to); break;
    default: make_moment(r, to); break;
    }
    return true;
}

static size_t make_record(uint64_t row, const char *null, char *to)
{
    size_t used = 0;

    for (unsigned column = 0; column < COLUMNS; column++) {
        char value[VALUE_BYTES];
        const char *end = column + 1 < COLUMNS ? "," : "\n";
        int n = make_value(row, column, value)
            ? snprintf(to + used, RECORD_BYTES - used, "\"%s\"%s", value, end)
            : snprintf(to + used, RECORD_BYTES - used, "%s%s", null, end);
        used += (size_t)n;
    }
    return used;
}

int main(int argc, char **argv)
{
    static char out[OUT_BYTES];
    char record[RECORD_BYTES];
    const char *null = "";
    bool has_header = false;
    char *end = NULL;

    errno = 0;
    uint64_t rows = argc > 1 ? strtoull(argv[1], &end, 10) : 0;
    for (int i = 2; i < argc; i++) {
        if (strcmp(argv[i], "--header") == 0)
            has_header = true;
        else if (strcmp(argv[i], "--null") == 0 && i + 1 < argc && strlen(argv[i + 1]) < 8)
            null = argv[++i];
        else
            end = NULL;
    }
    if (end == NULL || *end != '\0' || errno != 0) {
        (void)fprintf(stderr, "usage: gen ROWS [--null TEXT] [--header]\n");
        return 2;
    }
    (void)setvbuf(stdout, out, _IOFBF, sizeof(out));
    if (has_header)
        (void)fputs(header, stdout);
    for (uint64_t row = 0; row < rows; row++)
        (void)fwrite(record, 1, make_record(row, null, record), stdout);
    return fflush(stdout) == 0 && ferror(stdout) == 0 ? 0 : 1;
}
