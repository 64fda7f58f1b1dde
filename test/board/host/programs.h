#ifndef PROGRAMS_H
#define PROGRAMS_H

/* `main` of the application and of the bootloader, under the names that host.mk gives them here. */
int app_main(void);
int boot_main(void);

#endif
