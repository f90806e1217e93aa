/* Numbers from text and back, without the C library's locale. */
#ifndef BASE_NUMBER_H
#define BASE_NUMBER_H

#include "base/span.h"

/* The whole span must be the number; false on anything else, overflow included. */
bool number_parse_i64(struct span s, int64_t *out);
bool number_parse_u64(struct span s, uint64_t *out);
/* Whole span; accepts what Java and JSON print: digits, point, exponent, NaN, Infinity, -Infinity.
   Correctly rounded. */
bool number_parse_double(struct span s, double *out);
/* digits * 10^exponent, correctly rounded; false when that takes more than is done here:
   number_parse_double always knows. */
bool number_make_double(uint64_t digits, int64_t exponent, double *out);
enum { NUMBER_DIGITS_MAX = 17 };
/* The fewest digits that read back as the same finite double, its sign left aside: d.ddd *
   10^power, no trailing zeros. Returns how many. */
unsigned number_shortest(double value, char digits[NUMBER_DIGITS_MAX], int *power);
/* The same as text: "10.8", "-1500", "5e-324", NaN, Infinity, -Infinity. At least 32 bytes of room.
   Returns the length. */
unsigned number_print_double(double value, char *to, unsigned room);
/* "1".."0", "true".."false", "yes".."no", "on".."off", any case. */
bool number_parse_flag(struct span s, bool *out);

#endif
