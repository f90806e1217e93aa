#!/usr/bin/Rscript
# RODBC: fetches in blocks of 100 rows.
library(RODBC)
passed <- 0; failed <- 0
promise <- function(sentence, got, want) {
    if (identical(got, want)) { passed <<- passed + 1; cat("ok   r:", sentence, "\n") }
    else { failed <<- failed + 1; cat("FAIL r:", sentence, "\n     got", deparse(got), "want", deparse(want), "\n") }
}
db <- odbcConnect("retail")
row <- sqlQuery(db, "SELECT c_integer, c_varchar, c_double, c_string, c_boolean FROM edges.every_type WHERE label = 'normal'", stringsAsFactors = FALSE)
promise("a typed row", list(row$c_integer, row$c_varchar, row$c_double, row$c_string), list(123456L, "varchar", 3.141592653589793, "a string"))
row <- sqlQuery(db, "SELECT c_integer, c_varchar, c_date FROM edges.every_type WHERE label = 'null'", stringsAsFactors = FALSE)
promise("NULLs", all(is.na(row)), TRUE)
row <- sqlQuery(db, "SELECT c_date, c_timestamp FROM edges.every_type WHERE label = 'normal'", as.is = TRUE)
promise("dates", c(row$c_date, substr(row$c_timestamp, 1, 19)), c("2024-01-31", "2024-01-31 12:34:56"))
row <- sqlQuery(db, "SELECT a FROM edges.csv_edges WHERE label = 'cjk'", stringsAsFactors = FALSE)
promise("text that is not ASCII", enc2utf8(row$a), "東京")
promise("tables", sqlTables(db, schema = "flights", tableName = "air%")$TABLE_NAME, c("airlines", "airports"))
promise("columns", sqlColumns(db, "airlines", schema = "flights")$COLUMN_NAME, c("carrier", "name"))
promise("keys: there are none", nrow(sqlPrimaryKeys(db, "airlines", schema = "flights")), 0L)
promise("types", "bigint" %in% sqlTypeInfo(db)$TYPE_NAME, TRUE)
promise("336,776 flights are read in blocks", nrow(sqlQuery(db, "SELECT dest FROM flights")), 336776L)
promise("the state of a failing query", grepl("42S02", sqlQuery(db, "SELECT * FROM edges.nothing_here")[1]), TRUE)
promise("RODBC has no prepared queries of the user's own", grep("prepare|param|bind", ls("package:RODBC"), ignore.case = TRUE, value = TRUE), character(0))
odbcClose(db)
promise("disconnects", inherits(try(sqlQuery(db, "SELECT 1"), silent = TRUE), "try-error"), TRUE)
cat(sprintf("r: %d passed, %d failed\n", passed, failed))
quit(status = if (failed) 1 else 0)
