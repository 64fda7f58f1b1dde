#ifndef VERSION_H
#define VERSION_H

/* Firmware Version (3/0/3), as the board reports it and Slipway shows it. */
#define FIRMWARE_VERSION "1.0.0"

#endif
