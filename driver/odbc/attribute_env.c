/* The environment attributes that are more than a member. */
#include "odbc/attribute_table.h"

/* How iODBC names the encodings of SQLWCHAR. */
enum { UNICODE_UTF16 = 1, UNICODE_UCS4 = 3 };

SQLRETURN attribute_env_odbc_version(struct handle *h, struct answer *out)
{
    const struct env *e = (const struct env *)h;

    out->number = e->odbc_version == 0 ? SQL_OV_ODBC3 : (SQLULEN)e->odbc_version;
    return SQL_SUCCESS;
}

SQLRETURN attribute_env_set_odbc_version(struct handle *h, const struct wish *wish)
{
    struct env *e = (struct env *)h;

    if (wish->number != SQL_OV_ODBC2 && wish->number != SQL_OV_ODBC3
        && wish->number != SQL_OV_ODBC3_80) {
        return diag_post(h, STATE_HY024, "%lu is not a version of ODBC.",
                         (unsigned long)wish->number);
    }
    if (e->connections != NULL && e->odbc_version != (SQLINTEGER)wish->number) {
        return diag_post(h, STATE_HY010,
                         "The version must be set before the first connection is made.");
    }
    e->odbc_version = (SQLINTEGER)wish->number;
    return SQL_SUCCESS;
}

SQLRETURN attribute_env_output_nts(struct handle *h, struct answer *out)
{
    out->number = ((const struct env *)h)->output_nts ? SQL_TRUE : SQL_FALSE;
    return SQL_SUCCESS;
}

SQLRETURN attribute_env_set_output_nts(struct handle *h, const struct wish *wish)
{
    if (wish->number == SQL_FALSE) {
        return diag_post(h, STATE_HYC00, "Text without a terminator is not offered.");
    }
    return wish->number == SQL_TRUE ? SQL_SUCCESS : diag_post(h, STATE_HY024, NULL);
}

SQLRETURN attribute_env_unicode_type(struct handle *h, struct answer *out)
{
    out->number = handle_wide_unit(h) == WIDE_UCS4 ? UNICODE_UCS4 : UNICODE_UTF16;
    return SQL_SUCCESS;
}

/* The width follows the manager that loaded the library; a wish for that very width is granted. */
SQLRETURN attribute_env_set_unicode_type(struct handle *h, const struct wish *wish)
{
    struct answer now = { 0 };

    attribute_env_unicode_type(h, &now);
    return wish->number == now.number
               ? SQL_SUCCESS
               : diag_post(h, STATE_HYC00, "The width of wide characters is the driver manager's.");
}
