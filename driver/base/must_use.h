/* The mark of functions whose answer must be looked at: everything that can fail carries it. */
#ifndef BASE_MUST_USE_H
#define BASE_MUST_USE_H

#define MUST_USE __attribute__((warn_unused_result))
#define PRINTF_LIKE(text, first) __attribute__((format(printf, text, first)))

#endif
