/* The exported functions that carry text: text_entry.inc, once for bytes (UTF-8) and once for wide
   characters, whose real width only the environment knows (SQLWCHAR pointers are opaque here). */
#include "entry/surface.h"

#include "entry/guard.h"
#include "odbc/attribute.h"

/* Characters of an SQLSTATE and its terminator. */
enum { STATE_ROOM = 6 };

static SQLRETURN enter_catalog(enum function_id id, enum catalog_shape shape, SQLHSTMT h,
                               const struct catalog_texts *texts)
{
    struct call c;
    return guard_enter(&c, id, SQL_HANDLE_STMT, h)
               ? guard_leave(&c, stmt_catalog(h, shape, texts))
               : c.result;
}

static SQLRETURN enter_statistics(SQLHSTMT h, const struct catalog_texts *texts,
                                  SQLUSMALLINT unique, SQLUSMALLINT accuracy)
{
    struct call c;

    if (!guard_enter(&c, FUNCTION_SQLStatistics, SQL_HANDLE_STMT, h)) {
        return c.result;
    }
    if (unique != SQL_INDEX_UNIQUE && unique != SQL_INDEX_ALL) {
        return guard_leave(&c, diag_post(h, STATE_HY100, NULL));
    }
    if (accuracy != SQL_ENSURE && accuracy != SQL_QUICK) {
        return guard_leave(&c, diag_post(h, STATE_HY101, NULL));
    }
    return guard_leave(&c, stmt_catalog(h, SHAPE_STATISTICS, texts));
}

static SQLRETURN enter_special_columns(SQLHSTMT h, const struct catalog_texts *texts,
                                       SQLUSMALLINT kind, SQLUSMALLINT scope, SQLUSMALLINT nullable)
{
    struct call c;

    if (!guard_enter(&c, FUNCTION_SQLSpecialColumns, SQL_HANDLE_STMT, h)) {
        return c.result;
    }
    if (kind != SQL_BEST_ROWID && kind != SQL_ROWVER) {
        return guard_leave(&c, diag_post(h, STATE_HY097, NULL));
    }
    if (scope > SQL_SCOPE_SESSION) {
        return guard_leave(&c, diag_post(h, STATE_HY098, NULL));
    }
    if (nullable > SQL_NULLABLE) {
        return guard_leave(&c, diag_post(h, STATE_HY099, NULL));
    }
    return guard_leave(&c, stmt_catalog(h, SHAPE_SPECIAL_COLUMNS, texts));
}

#define CH SQLCHAR
#define FN(name) name
#include "entry/text_entry.inc"
#undef CH
#undef FN

#define CH SQLWCHAR
#define FN(name) name##W
#include "entry/text_entry.inc"
#undef CH
#undef FN
