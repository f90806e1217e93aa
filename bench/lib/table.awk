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
function median(a, name,    count, i, j, t, v) {
    count = n[name]
    for (i = 1; i <= count; i++) v[i] = a[name, i]
    for (i = 2; i <= count; i++)
        for (j = i; j > 1 && v[j - 1] > v[j]; j--) { t = v[j]; v[j] = v[j - 1]; v[j - 1] = t }
    low = v[1]; high = v[count]
    return count % 2 ? v[(count + 1) / 2] : (v[count / 2] + v[count / 2 + 1]) / 2
}
END {
    printf "\n%-22s %10s %9s %9s %11s %11s %9s %9s %7s\n", "what", "rows", "total s", "execute s", "k rows/s", "CPU ns/row", "peak MiB", "grown MiB", "spread"
    for (k = 1; k <= names; k++) {
        name = order[k]
        e = median(execute, name); c = median(cpu, name); g = median(growth, name); p = median(peak, name); w = median(wall, name)
        spread = (high - low) / w * 100
        printf "%-22s %10d %9.3f %9.3f %11.0f %11.0f %9s %9s %6.0f%%%s\n", name, rows[name], w, e, rows[name] / w / 1000, c,
            (p > 0 ? sprintf("%.0f", p) : "-"), (p > 0 ? sprintf("%.0f", g) : "-"), spread, (spread > 25 ? " noisy" : "")
    }
}
