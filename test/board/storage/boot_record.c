#include "boot_record.h"

#include "record_pair.h"

static const struct record_pair pair = {
    .offsets = {FLASH_BOOT_RECORD_0, FLASH_BOOT_RECORD_1},
    .magic = 0x544f4f42, /* BOOT */
    .size = sizeof(struct boot_record),
};

_Static_assert(sizeof(struct boot_record) == 32, "the host reads this record too");

struct boot_record boot_record_read(void)
{
    struct boot_record record;
    bool usable = record_pair_read(&pair, &record) && record.active <= SLOT_B && record.trial <= TRIAL_RUNNING;
    return usable ? record : (struct boot_record){.active = SLOT_A, .trial = TRIAL_NONE};
}

void boot_record_write(struct boot_record *record)
{
    record_pair_write(&pair, record);
}

enum slot_name boot_record_spare_slot(const struct boot_record *record)
{
    return record->active == SLOT_A ? SLOT_B : SLOT_A;
}
