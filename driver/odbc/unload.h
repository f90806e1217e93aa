/* The end of the library. */
#ifndef ODBC_UNLOAD_H
#define ODBC_UNLOAD_H

/* Wipes what the process still holds: credentials of chains that no connection uses. */
void odbc_unload(void);

#endif
