/* The kinds of cases of the chain area that have files of their own. */
#ifndef VECTORS_CHAIN_CASES_H
#define VECTORS_CHAIN_CASES_H

#include "base/json.h"

void login_case(const struct json *t);
void body_case(const struct json *t);
void clock_case(const struct json *t);

#endif
