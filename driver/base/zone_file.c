/* Opens the file of a time zone. Names come from results and settings: they never leave the
   directory. */
#include "base/zone_file.h"

#include <fcntl.h>
#include <stdio.h>
#include <sys/stat.h>
#include <unistd.h>

static bool is_safe(struct span name)
{
    for (size_t i = 0; i < name.len; i++) {
        char c = name.at[i];
        if (!ascii_is_letter(c) && !ascii_is_digit(c) && c != '_' && c != '+' && c != '-' &&
            (c != '/' || i == 0)) {
            return false;
        }
    }
    return name.len > 0 && name.len < ZONE_NAME_BYTES;
}

int zone_file_open(struct span name)
{
    char path[sizeof(ZONE_DIRECTORY) + ZONE_NAME_BYTES];
    struct stat about;

    if (!is_safe(name)) {
        return -1;
    }
    snprintf(path, sizeof(path), ZONE_DIRECTORY "/%.*s", (int)name.len, name.at);
    int fd = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK);
    if (fd >= 0 && (fstat(fd, &about) != 0 || !S_ISREG(about.st_mode))) {
        close(fd);
        fd = -1;
    }
    return fd;
}
