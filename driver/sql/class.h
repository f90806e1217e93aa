/* What kind of statement a text is, and whether it is one that Athena cannot run or need not
   see. */
#ifndef SQL_CLASS_H
#define SQL_CLASS_H

#include "sql/sql.h"

enum sql_class class_of(struct span text);
/* What EXPLAIN ANALYZE runs: the text behind its options; NO_SPAN for any other statement. */
struct span class_analyzed(struct span text);
/* Whether the text is written in the Hive dialect (table definitions), where a backslash hides a
   quote. */
bool class_is_hive(struct span text, enum sql_class class);
/* A trial of a tool: temporary tables, names that start with #, SELECT INTO. */
bool class_is_probe(struct span text, enum sql_class class);
/* A liveness text: SELECT 1 or VALUES 1, comments and a semicolon apart. */
bool class_is_liveness(struct span text);

#endif
