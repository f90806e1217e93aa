# results.tsv -> SVG: one bar a measurement, rows per second on a logarithmic scale.
BEGIN { FS = "\t"; left = 190; width = 620; step = 22; top = 60 }
NR > 1 && $1 !~ /memory/ {
    if (!($1 in n)) order[++names] = $1
    rate[$1, ++n[$1]] = $3 / $5
}
function place(r) { return width * log(r / 50000) / log(20000000 / 50000) }
function colour(name) {
    return name ~ /^athena/ ? "#2a6fb0" : name ~ /^curl/ ? "#888888" : name ~ /^psql/ ? "#b0612a" : name ~ /^maria/ ? "#6a9a3a" : "#9a5aa8"
}
END {
    height = top + names * step + 40
    printf "<svg xmlns=\"http://www.w3.org/2000/svg\" width=\"%d\" height=\"%d\"", left + width + 90, height
    print " font-family=\"sans-serif\" font-size=\"12\">"
    print "<rect width=\"100%\" height=\"100%\" fill=\"white\"/>"
    print "<text x=\"10\" y=\"24\" font-size=\"15\">mix8: rows per second (thousands), medians, logarithmic</text>"
    split("100000 200000 500000 1000000 2000000 5000000 10000000 20000000", mark, " ")
    for (i = 1; i <= 8; i++) {
        x = left + place(mark[i])
        printf "<line x1=\"%.1f\" y1=\"%d\" x2=\"%.1f\" y2=\"%d\" stroke=\"#dddddd\"/>\n", x, top - 8, x, height - 30
        printf "<text x=\"%.1f\" y=\"%d\" text-anchor=\"middle\" fill=\"#666666\">%d</text>\n", x, height - 12, mark[i] / 1000
    }
    for (k = 1; k <= names; k++) {
        name = order[k]; r = median(rate, name, n[name]); y = top + (k - 1) * step
        long = place(r); long = long < 1 ? 1 : long > width ? width : long
        printf "<text x=\"%d\" y=\"%d\" text-anchor=\"end\">%s</text>\n", left - 8, y + 12, name
        printf "<rect x=\"%d\" y=\"%d\" width=\"%.1f\" height=\"%d\" fill=\"%s\"/>\n", left, y, long, step - 7, colour(name)
        printf "<text x=\"%.1f\" y=\"%d\">%.0f</text>\n", left + long + 5, y + 12, r / 1000
    }
    print "</svg>"
}
