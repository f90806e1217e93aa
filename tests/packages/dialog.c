/* Asks the installer library for the keys a driver's dialog shows, as a manager's window does: it
   loads the setup library that the entry names. usage: dialog DRIVER; prints one key a line. */
#include <odbcinstext.h>
#include <stdio.h>

int main(int count, char **words)
{
    HODBCINSTPROPERTY first = NULL;

    if (count != 2) {
        fprintf(stderr, "usage: dialog DRIVER\n");
        return 2;
    }
    if (ODBCINSTConstructProperties(words[1], &first) != ODBCINST_SUCCESS) {
        fprintf(stderr, "no keys: the setup library of [%s] was not loaded\n", words[1]);
        return 1;
    }
    for (HODBCINSTPROPERTY one = first; one != NULL; one = one->pNext) {
        printf("%s\n", one->szName);
    }
    return ODBCINSTDestructProperties(&first) == ODBCINST_SUCCESS ? 0 : 1;
}
