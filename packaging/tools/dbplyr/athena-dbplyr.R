# dbplyr's SQL for Athena over the Athena ODBC driver: source("athena-dbplyr.R") after library(dbplyr).
# Connections of the odbc package are of the class that SQL_DBMS_NAME names: "Athena". Only what differs from dbplyr's standard is here.

athena_register <- function() {
  # The generics of dbplyr's second edition; one that this version has not is left out.
  ns <- asNamespace("dbplyr")
  method <- function(generic, fun) if (exists(generic, envir = ns)) registerS3method(generic, "Athena", fun, envir = ns)

  method("dbplyr_edition", function(con) 2L)
  method("sql_translation", function(con) athena_translation())
  method("db_connection_describe", function(con, ...) {
    info <- DBI::dbGetInfo(con)
    paste0("Athena ", info$db.version, " [", info$username, "@", info$servername, "]")
  })
  method("sql_query_explain", function(con, sql, ...) dbplyr::build_sql("EXPLAIN ", sql, con = con))
  # A literal of another type than varchar is written with its type.
  method("sql_escape_logical", function(con, x) ifelse(is.na(x), "NULL", ifelse(x, "true", "false")))
  method("sql_escape_date", function(con, x) paste0("DATE ", dbplyr::sql_quote(format(x, "%Y-%m-%d"), "'")))
  method("sql_escape_datetime", function(con, x) {
    paste0("TIMESTAMP ", dbplyr::sql_quote(format(x, "%Y-%m-%d %H:%M:%OS3", tz = "UTC"), "'"))
  })
  # There are no temporary tables, and statistics are Glue's business.
  method("sql_table_analyze", function(con, table, ...) NULL)
  method("db_copy_to", function(con, ...) {
    stop("Athena has no temporary tables: write the data to S3 and make a table of it", call. = FALSE)
  })
  method("db_compute", function(con, ...) {
    stop("Athena has no temporary tables: use collect(), or CREATE TABLE AS with DBI::dbExecute()", call. = FALSE)
  })
  invisible(TRUE)
}

# || takes text only; nothing is cast silently by the engine.
athena_paste <- function(sep) {
  force(sep)
  default <- sep
  function(..., sep = default, collapse = NULL) {
    if (!is.null(collapse)) stop("collapse is not translated: use listagg() in SQL of your own", call. = FALSE)
    pieces <- lapply(list(...), function(x) {
      if (is.character(x) && !inherits(x, c("sql", "ident"))) dbplyr::build_sql(x) else dbplyr::build_sql("CAST(", x, " AS varchar)")
    })
    between <- if (nzchar(sep)) dbplyr::build_sql(" || ", sep, " || ") else dbplyr::sql(" || ")
    Reduce(function(left, right) dbplyr::build_sql(left, between, right), pieces)
  }
}

# A timestamp of a table has no zone; text is read as it stands.
athena_timestamp <- function(x, tz = "UTC", ...) {
  if (!tz %in% c("", "UTC", "GMT")) stop("only UTC is translated: use AT TIME ZONE in SQL of your own", call. = FALSE)
  dbplyr::build_sql("CAST(", x, " AS timestamp)")
}

athena_translation <- function() {
  cast <- function(type) dbplyr::sql_cast(type)
  prefix <- dbplyr::sql_prefix
  scalar <- dbplyr::sql_translator(
    .parent = dbplyr::base_scalar,
    as.integer = cast("integer"), as.integer64 = cast("bigint"),
    as.numeric = cast("double"), as.double = cast("double"),
    as.character = cast("varchar"), as.logical = cast("boolean"),
    as.Date = cast("date"), as_date = cast("date"),
    as.POSIXct = athena_timestamp, as_datetime = athena_timestamp,
    is.nan = prefix("is_nan", 1), is.infinite = prefix("is_infinite", 1), is.finite = prefix("is_finite", 1),
    `^` = prefix("power", 2), `%%` = prefix("mod", 2),
    `%/%` = function(x, y) dbplyr::sql_expr(cast(floor(cast(!!x %as% double) / !!y) %as% bigint)),
    log = function(x, base = exp(1)) {
      if (isTRUE(all.equal(base, exp(1)))) dbplyr::sql_expr(ln(!!x)) else dbplyr::sql_expr(log(!!base, !!x))
    },
    nchar = prefix("length", 1), str_length = prefix("length", 1),
    paste = athena_paste(" "), paste0 = athena_paste(""), str_c = athena_paste(""),
    substr = function(x, start, stop) dbplyr::sql_expr(substr(!!x, !!as.integer(start), !!as.integer(max(stop - start + 1, 0)))),
    grepl = function(pattern, x, ...) dbplyr::sql_expr(regexp_like(!!x, !!pattern)),
    str_detect = function(string, pattern, negate = FALSE) {
      if (isTRUE(negate)) dbplyr::build_sql("NOT ", dbplyr::sql_expr(regexp_like(!!string, !!pattern))) else dbplyr::sql_expr(regexp_like(!!string, !!pattern))
    },
    str_replace_all = function(string, pattern, replacement) dbplyr::sql_expr(regexp_replace(!!string, !!pattern, !!replacement)),
    str_extract = function(string, pattern) dbplyr::sql_expr(regexp_extract(!!string, !!pattern)),
    str_starts = function(string, pattern) dbplyr::sql_expr(starts_with(!!string, !!pattern)),
    tolower = prefix("lower", 1), toupper = prefix("upper", 1),
    year = prefix("year", 1), quarter = prefix("quarter", 1), month = prefix("month", 1), week = prefix("week", 1),
    day = prefix("day", 1), mday = prefix("day", 1), yday = prefix("day_of_year", 1),
    hour = prefix("hour", 1), minute = prefix("minute", 1), second = prefix("second", 1),
    floor_date = function(x, unit = "seconds") dbplyr::sql_expr(date_trunc(!!sub("s$", "", unit), !!x)),
    today = function() dbplyr::sql_expr(current_date), now = function() dbplyr::sql_expr(localtimestamp)
  )
  aggregate <- dbplyr::sql_translator(
    .parent = dbplyr::base_agg,
    sd = dbplyr::sql_aggregate("stddev_samp", "sd"), var = dbplyr::sql_aggregate("var_samp", "var"),
    median = function(x, na.rm = FALSE) dbplyr::sql_expr(approx_percentile(!!x, 0.5)),
    quantile = function(x, probs, na.rm = FALSE) dbplyr::sql_expr(approx_percentile(!!x, !!probs)),
    any = dbplyr::sql_aggregate("bool_or", "any"), all = dbplyr::sql_aggregate("bool_and", "all"),
    first = prefix("arbitrary", 1)
  )
  window <- dbplyr::sql_translator(
    .parent = dbplyr::base_win,
    sd = dbplyr::win_aggregate("stddev_samp"), var = dbplyr::win_aggregate("var_samp"),
    any = dbplyr::win_aggregate("bool_or"), all = dbplyr::win_aggregate("bool_and")
  )
  dbplyr::sql_variant(scalar, aggregate, window)
}

athena_register()
