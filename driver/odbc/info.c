/* SQLGetInfo: find the row of info.def, write by its shape. */
#include <string.h>

#include "odbc/info_made.h"

/* Targets of CAST, by family; a type's row in info.def is the row of the engine's cast matrix. */
#define TO_TEXT \
    (SQL_CVT_CHAR | SQL_CVT_VARCHAR | SQL_CVT_LONGVARCHAR | SQL_CVT_WCHAR | SQL_CVT_WVARCHAR | \
     SQL_CVT_WLONGVARCHAR)
#define TO_NUMBER \
    (SQL_CVT_NUMERIC | SQL_CVT_DECIMAL | SQL_CVT_INTEGER | SQL_CVT_SMALLINT | SQL_CVT_FLOAT | \
     SQL_CVT_REAL | SQL_CVT_DOUBLE | SQL_CVT_TINYINT | SQL_CVT_BIGINT)
#define TO_BIT SQL_CVT_BIT
#define TO_BINARY (SQL_CVT_BINARY | SQL_CVT_VARBINARY | SQL_CVT_LONGVARBINARY)
#define TO_MOMENT (SQL_CVT_DATE | SQL_CVT_TIME | SQL_CVT_TIMESTAMP)
#define TO_GUID SQL_CVT_GUID

#define INTERVALS \
    (SQL_FN_TSI_SECOND | SQL_FN_TSI_MINUTE | SQL_FN_TSI_HOUR | SQL_FN_TSI_DAY | SQL_FN_TSI_WEEK | \
     SQL_FN_TSI_MONTH | SQL_FN_TSI_QUARTER | SQL_FN_TSI_YEAR)
#define DATETIME_LITERALS \
    (SQL_DL_SQL92_DATE | SQL_DL_SQL92_TIME | SQL_DL_SQL92_TIMESTAMP | SQL_DL_SQL92_INTERVAL_YEAR | \
     SQL_DL_SQL92_INTERVAL_MONTH | SQL_DL_SQL92_INTERVAL_DAY | SQL_DL_SQL92_INTERVAL_HOUR | \
     SQL_DL_SQL92_INTERVAL_MINUTE | SQL_DL_SQL92_INTERVAL_SECOND | \
     SQL_DL_SQL92_INTERVAL_YEAR_TO_MONTH | SQL_DL_SQL92_INTERVAL_DAY_TO_HOUR | \
     SQL_DL_SQL92_INTERVAL_DAY_TO_MINUTE | SQL_DL_SQL92_INTERVAL_DAY_TO_SECOND | \
     SQL_DL_SQL92_INTERVAL_HOUR_TO_MINUTE | SQL_DL_SQL92_INTERVAL_HOUR_TO_SECOND | \
     SQL_DL_SQL92_INTERVAL_MINUTE_TO_SECOND)

/* Reserved in queries or in DDL, and not in ODBC's own list. */
#define KEYWORDS \
    "ARRAY,BIGINT,BINARY,BOOLEAN,CONF,CUBE,CURRENT_CATALOG,CURRENT_PATH,CURRENT_ROLE,CURRENT_" \
    "SCHEMA,DATABASE,DAYOFWEEK," \
    "EXCHANGE,EXTENDED,FUNCTION,GROUPING,IF,IMPORT,JSON_ARRAY,JSON_EXISTS,JSON_OBJECT,JSON_QUERY," \
    "JSON_TABLE,JSON_VALUE," \
    "LATERAL,LESS,LISTAGG,LOCALTIME,LOCALTIMESTAMP,MACRO,MAP,MORE,NORMALIZE,OF,OUT,OVER," \
    "PARTIALSCAN,PARTITION,PERCENT," \
    "PRECEDING,RANGE,RECURSIVE,REDUCE,REGEXP,REPLICATION,RLIKE,ROLLUP,ROW,SKIP,START,SYNC," \
    "TABLESAMPLE,TRANSFORM," \
    "TRIGGER,TRUNCATE,UESCAPE,UNBOUNDED,UNIQUEJOIN,UNNEST,UTC_TMESTAMP,VIEWS,WINDOW"

enum info_shape { INFO_TEXT, INFO_U16, INFO_U32, INFO_HANDLE };

struct info {
    SQLUSMALLINT id;
    enum info_shape shape;
    const char *text;
    uint32_t number;
    void (*make)(struct dbc *d, struct info_answer *out);
};

#define FACT_TEXT(value) .text = value
#define FACT_U16(value) .number = value
#define FACT_U32(value) .number = value

static const struct info infos[] = {
#define INFO(number, form, value) { .id = number, .shape = INFO_##form, FACT_##form(value) },
#define INFO_MADE(number, form, function) \
    { .id = number, .shape = INFO_##form, .make = info_##function },
#include "odbc/info.def"
};

#undef FACT_TEXT
#undef FACT_U16
#undef FACT_U32

static const struct info *find(SQLUSMALLINT id)
{
    for (size_t i = 0; i < sizeof(infos) / sizeof(infos[0]); i++) {
        if (infos[i].id == id) {
            return &infos[i];
        }
    }
    return NULL;
}

static SQLRETURN put_bytes(void *value, const void *from, size_t size, const struct room *text)
{
    if (text->length16 != NULL) {
        *text->length16 = (SQLSMALLINT)size;
    }
    if (value != NULL) {
        memcpy(value, from, size);
    }
    return SQL_SUCCESS;
}

SQLRETURN dbc_get_info(struct dbc *d, SQLUSMALLINT type, void *value, struct room text)
{
    const struct info *info = find(type);
    struct info_answer answer = { 0 };
    uint16_t narrow;

    if (info == NULL) {
        return diag_post(&d->handle, STATE_HY096, "%u is not an information type.", (unsigned)type);
    }
    if (info->shape == INFO_HANDLE && value != NULL) {
        memcpy(&answer.handle, value, sizeof(answer.handle));
    }
    answer.number = info->number;
    answer.text = span_of(info->text);
    if (info->make != NULL) {
        info->make(d, &answer);
    }
    narrow = (uint16_t)answer.number;
    switch (info->shape) {
    case INFO_TEXT:
        return room_put(&d->handle, text, answer.text);
    case INFO_U16:
        return put_bytes(value, &narrow, sizeof(narrow), &text);
    case INFO_U32:
        return put_bytes(value, &answer.number, sizeof(answer.number), &text);
    default:
        return put_bytes(value, &answer.handle, sizeof(answer.handle), &text);
    }
}
