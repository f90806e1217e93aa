/* Put before every api program when it is built a second time, for iODBC: what an ANSI application
   of that manager must mind. It converts in the application's locale, and its ANSI SQLGetDiagRec
   fills in the state only beside a message. */
#ifndef TESTS_AS_IODBC_H
#define TESTS_AS_IODBC_H

#include <locale.h>
#include <sql.h>
#include <sqlext.h>

__attribute__((constructor)) static void speak_utf8(void)
{
    setlocale(LC_CTYPE, "C.UTF-8");
}

static inline SQLRETURN with_a_message(SQLSMALLINT kind, SQLHANDLE h, SQLSMALLINT number,
                                       SQLCHAR *state, SQLINTEGER *native, SQLCHAR *message,
                                       SQLSMALLINT room, SQLSMALLINT *length)
{
    SQLCHAR own[2048];
    SQLCHAR *to = message != NULL ? message : own;

    return SQLGetDiagRec(kind, h, number, state, native, to,
                         message != NULL ? room : (SQLSMALLINT)sizeof(own), length);
}

#define SQLGetDiagRec with_a_message

#endif
