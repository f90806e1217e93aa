/* Checksums of values that do not depend on how the values were asked for: one number a column. */
#ifndef BENCH_JUDGE_H
#define BENCH_JUDGE_H

#include "cells.h"

struct judge {
    uint64_t rows;
    uint64_t sums[COLUMNS_MAX];
};

/* Adds the rows that a fetch delivered. false: a cell holds no value of its column's kind. */
bool judge_rows(struct judge *j, const struct table *t, SQLULEN rows);

#endif
