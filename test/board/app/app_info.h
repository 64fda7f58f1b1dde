#ifndef APP_INFO_H
#define APP_INFO_H

/* What tells a board and its tools which firmware this is; found by its magic, anywhere in the image. */

struct app_info {
    char magic[16];
    char version[32];
    char banner[96];
};

extern const struct app_info app_info;

#endif
