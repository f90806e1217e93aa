/* What is left to do when the library goes. */
#include "odbc/unload.h"

#include "spoke/process.h"

void odbc_unload(void)
{
    process_wipe();
}
