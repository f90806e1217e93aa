# results.tsv -> the aligned table of medians.
BEGIN { FS = "\t" }
NR > 1 {
    if (!($1 in n)) order[++names] = $1
    i = ++n[$1]
    rows[$1] = $3
    wall[$1, i] = $5
    execute[$1, i] = $4
    cpu[$1, i] = ($6 + $7) / $3 * 1e9
    growth[$1, i] = ($9 - $8) / 1024
    peak[$1, i] = $9 / 1024
}
END {
    printf "\n%-22s %10s %9s %9s %11s %11s %9s %9s %7s\n",
        "what", "rows", "total s", "execute s", "k rows/s", "CPU ns/row", "peak MiB", "grown MiB", "spread"
    for (k = 1; k <= names; k++) {
        name = order[k]
        e = median(execute, name, n[name]); c = median(cpu, name, n[name]); g = median(growth, name, n[name]); p = median(peak, name, n[name])
        w = median(wall, name, n[name])
        spread = (high - low) / w * 100
        printf "%-22s %10d %9.3f %9.3f %11.0f %11.0f %9s %9s %6.0f%%%s\n", name, rows[name], w, e, rows[name] / w / 1000, c,
            (p > 0 ? sprintf("%.0f", p) : "-"), (p > 0 ? sprintf("%.0f", g) : "-"), spread, (spread > 25 ? " noisy" : "")
    }
}
