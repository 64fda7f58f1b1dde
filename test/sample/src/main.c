#include "climate.h"

/* Shown on the console when the board starts. */
#define BANNER "Greenhouse sensor: vents follow the temperature"

/* What tells a board and its tools which firmware this is; found by its magic, anywhere in the image. */
struct app_info {
    char magic[16];
    char version[32];
    char banner[96];
};

__attribute__((section(".appinfo"), used)) const struct app_info app_info = {
    .magic = "SLIPWAY-APPINFO",
    .version = FIRMWARE_VERSION,
    .banner = BANNER,
};

/* Registers of the board: the converter's last reading and the vents' drive. */
#define ADC_READING (*(volatile uint16_t *)0x40004000u)
#define VENT_DRIVE (*(volatile uint8_t *)0x40005000u)

void reset(void)
{
    enum vent vent = VENT_CLOSED;
    for (;;) {
        vent = decide_vent(vent, temperature_of(ADC_READING));
        VENT_DRIVE = (uint8_t)vent;
    }
}
