/* The library's destructor: secrets do not outlive it. There is no constructor, and nothing is
   registered with the host. */
#include "odbc/unload.h"

__attribute__((destructor)) static void unload(void)
{
    odbc_unload();
}
