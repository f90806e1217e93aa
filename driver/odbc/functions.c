/* Reads functions.def: what the guard asks, and the bitmaps of SQLGetFunctions. */
#include "odbc/functions.h"

#include <string.h>

enum { WIDTH_AW = true, WIDTH_A_ = false, LOCK_LOCKS = true, LOCK_FREE = false,
       DIAGNOSTICS_CLEARS = true, DIAGNOSTICS_KEEPS = false };

#define STMT_CELLS(al, pr, ex, op, fe, xt, nd, mp, cp, as, ca) \
    .stmt = { CELL_##al, CELL_##pr, CELL_##ex, CELL_##op, CELL_##fe, CELL_##xt, \
              CELL_##nd, CELL_##mp, CELL_##cp, CELL_##as, CELL_##ca }
#define DBC_CELLS(al, nd, co) .dbc = { CELL_##al, CELL_##nd, CELL_##co }
#define NO_CELLS .dbc = { CELL_OK }

const struct function function_table[FUNCTIONS] = {
#define FUNCTION(name, number, handle, width, lock, diagnostics, cells) \
    { #name, number, WIDTH_##width, LOCK_##lock, DIAGNOSTICS_##diagnostics, cells },
#include "odbc/functions.def"
#undef FUNCTION
};

#undef STMT_CELLS
#undef DBC_CELLS
#undef NO_CELLS

enum state function_refusal(const struct function *f, enum cell cell, bool is_prepared,
                            SQLUSMALLINT asynchronous)
{
    static const enum state refusals[] = { [CELL_OK] = STATES, [CELL_SEQ] = STATE_HY010,
                                           [CELL_CUR] = STATE_24000,
                                           [CELL_NOC] = STATE_08003, [CELL_INU] = STATE_08002 };
    switch (cell) {
    case CELL_PRE:
        return is_prepared ? STATES : STATE_HY010;
    case CELL_CPR:
        return is_prepared ? STATE_24000 : STATE_HY010;
    case CELL_NS:
        return f->number == asynchronous ? STATES : STATE_HY010;
    default:
        return refusals[cell];
    }
}

static bool is_supported(SQLUSMALLINT number)
{
    for (unsigned i = 0; i < FUNCTIONS; i++) {
        if (function_table[i].number == number) {
            return true;
        }
    }
    return false;
}

/* 4,000 numbers as bits, sixteen to a word. */
static void fill_bitmap(SQLUSMALLINT *words)
{
    memset(words, 0, SQL_API_ODBC3_ALL_FUNCTIONS_SIZE * sizeof(*words));
    for (unsigned i = 0; i < FUNCTIONS; i++) {
        words[function_table[i].number >> 4] |=
            (SQLUSMALLINT)(1u << (function_table[i].number & 15));
    }
}

enum { ODBC2_NUMBERS = 100, NUMBERS_MAX = SQL_API_ODBC3_ALL_FUNCTIONS_SIZE * 16 };

SQLRETURN dbc_get_functions(struct dbc *d, SQLUSMALLINT number, SQLUSMALLINT *supported)
{
    if (supported == NULL) {
        return diag_post(&d->handle, STATE_HY009, NULL);
    }
    if (number == SQL_API_ODBC3_ALL_FUNCTIONS) {
        fill_bitmap(supported);
        return SQL_SUCCESS;
    }
    if (number == SQL_API_ALL_FUNCTIONS) {
        for (SQLUSMALLINT i = 0; i < ODBC2_NUMBERS; i++) {
            supported[i] = is_supported(i) ? SQL_TRUE : SQL_FALSE;
        }
        return SQL_SUCCESS;
    }
    if (number >= NUMBERS_MAX) {
        return diag_post(&d->handle, STATE_HY095, NULL);
    }
    *supported = is_supported(number) ? SQL_TRUE : SQL_FALSE;
    return SQL_SUCCESS;
}
