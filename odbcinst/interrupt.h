/* Ctrl-C: raises a flag instead of ending the program, so that a running query is stopped and the
 * stop confirmed. A second one ends it. */
#ifndef ODBCINST_INTERRUPT_H
#define ODBCINST_INTERRUPT_H

#include "base/lock.h"

/* From the main thread, before others are started. One at a time. */
void interrupt_begin(struct wake *stop);
void interrupt_end(void);

#endif
