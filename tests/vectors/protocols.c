#include "runner.h"
void run_protocols(void)
{
}
