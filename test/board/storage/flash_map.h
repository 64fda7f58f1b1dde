#ifndef FLASH_MAP_H
#define FLASH_MAP_H

/* What lies where in flash, as offsets. The host that makes a board's flash file knows these too. */

enum {
    FLASH_SLOT_A = 0x000000,
    FLASH_SLOT_B = 0x400000,
    FLASH_SLOT_SIZE = 0x100000,
    FLASH_COMPONENT_0 = 0x800000,
    FLASH_COMPONENT_1 = 0x810000,
    FLASH_BOOT_RECORD_0 = 0xf00000,
    FLASH_BOOT_RECORD_1 = 0xf01000,
    FLASH_COMPONENT_RECORD_0 = 0xf02000,
    FLASH_COMPONENT_RECORD_1 = 0xf03000,
    FLASH_PROVISIONING = 0xf10000,
};

#endif
