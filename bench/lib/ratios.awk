# results.tsv -> the aligned table of ratios, with the floor and the target of each. Against other programs whole times count (execute and
# fetch together, for some fetch everything in SQLExecDirect); between modes of the driver the time of fetching, without waiting for the query.
BEGIN { FS = "\t" }
NR > 1 {
    i = ++n[$1]
    v[$1, "rows", i] = $3
    v[$1, "wall", i] = $5
    v[$1, "fetch", i] = $5 - $4
    v[$1, "cpu", i] = ($6 + $7) / $3
    v[$1, "rate", i] = $3 / $5
    v[$1, "pace", i] = $3 / ($5 - $4)
    v[$1, "grown", i] = ($9 - $8) / 1024
}
function middle(name, what) { return median(v, name SUBSEP what, n[name]) }
# One measurement's `what` over another's, with what it should be at least or at most.
function ratio(text, one, other, what, sign, floor, target,    r) {
    if (!n[one] || !n[other]) return
    r = middle(one, what) / middle(other, what)
    line(text, sprintf("%.2f", r), r, sign, floor, target)
}
function line(text, shown, r, sign, floor, target) {
    met = sign == "" ? "-" : (sign == ">=" ? r >= floor : r <= floor) ? "met" : "NOT met"
    printf "%-58s %8s   %-8s %-8s %s\n", text, shown, sign == "" ? "-" : sign " " floor, target == "" ? "-" : sign " " target, met
}
END {
    printf "%-58s %8s   %-8s %-8s\n", "ratio", "measured", "floor", "target"
    ratio("time / curl's, https, large result", "athena-https-large", "curl-https-large", "wall", "<=", 2.5, 2.0)
    ratio("time / curl's, http, large result", "athena-http-large", "curl-http-large", "wall", "<=", 2.5, 1.8)
    ratio("rows per second / psqlodbc's", "athena-native", "psqlodbc-native", "rate", ">=", 6, 9)
    ratio("rows per second / MariaDB's", "athena-native", "mariadb-native", "rate", ">=", 2.5, 4)
    ratio("rows per second / libsqliteodbc's", "athena-native", "libsqliteodbc-native", "rate", "", "", "")
    ratio("processor time per row / psqlodbc's", "athena-native", "psqlodbc-native", "cpu", "<=", 0.22, 0.15)
    ratio("processor time per row / MariaDB's", "athena-native", "mariadb-native", "cpu", "", "", "")
    ratio("processor time per row / libsqliteodbc's", "athena-native", "libsqliteodbc-native", "cpu", "", "", "")
    ratio("all SQL_C_CHAR: pace / native", "athena-char", "athena-native", "pace", ">=", 0.9, 1.1)
    ratio("all SQL_C_WCHAR: pace / native", "athena-wchar", "athena-native", "pace", ">=", 0.7, 0.9)
    ratio("decimals as SQL_C_NUMERIC: pace / native", "athena-numeric", "athena-native", "pace", "", "", "")
    ratio("bound by row: pace / by column", "athena-row", "athena-native", "pace", "", "", "")
    ratio("rowset 1: pace / rowset 1000", "athena-rowset1", "athena-native", "pace", ">=", 0.75, 0.9)
    ratio("SQLGetData: rows per second / psqlodbc's", "athena-getdata", "psqlodbc-getdata", "rate", ">=", 5, 7)
    ratio("SQLGetData: rows per second / MariaDB's", "athena-getdata", "mariadb-getdata", "rate", "", "", "")
    ratio("SQL_C_WCHAR: rows per second / psqlodbc's", "athena-wchar", "psqlodbc-wchar", "rate", "", "", "")
    ratio("SQL_C_WCHAR: rows per second / MariaDB's", "athena-wchar", "mariadb-wchar", "rate", "", "", "")
    huge = "athena-memory-10GB"; some = "athena-memory-100MB"
    if (n[some]) line("memory grown, 100 MB result, MiB", sprintf("%.0f", middle(some, "grown")), middle(some, "grown"), "<=", 64, 40)
    if (n[huge]) line("memory grown, 10 GB result, MiB", sprintf("%.0f", middle(huge, "grown")), middle(huge, "grown"), "<=", 64, 40)
    ratio("memory grown: 10 GB / 100 MB", huge, some, "grown", "<=", 1.1, 1.0)
}
