# The median of a[key, 1] to a[key, count]; `low` and `high` become the least and the largest of them.
function median(a, key, count,    i, j, t, v) {
    for (i = 1; i <= count; i++) v[i] = a[key, i]
    for (i = 2; i <= count; i++)
        for (j = i; j > 1 && v[j - 1] > v[j]; j--) { t = v[j]; v[j] = v[j - 1]; v[j - 1] = t }
    low = v[1]; high = v[count]
    return count % 2 ? v[(count + 1) / 2] : (v[count / 2] + v[count / 2 + 1]) / 2
}
