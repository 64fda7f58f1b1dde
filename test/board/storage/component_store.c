#include "component_store.h"

#include "flash.h"
#include "flash_map.h"
#include "record_pair.h"

static const struct record_pair pair = {
    .offsets = {FLASH_COMPONENT_RECORD_0, FLASH_COMPONENT_RECORD_1},
    .magic = 0x504d4f43, /* COMP */
    .size = sizeof(struct component_record),
};

static uint32_t half_offset(uint8_t half)
{
    return half == 0 ? FLASH_COMPONENT_0 : FLASH_COMPONENT_1;
}

struct component_record component_record_read(void)
{
    struct component_record record;
    bool usable = record_pair_read(&pair, &record) && record.half <= 1 && record.state <= COMPONENT_INSTALLED &&
                  record.length <= COMPONENT_CAPACITY;
    return usable ? record : (struct component_record){.half = 0, .state = COMPONENT_NONE};
}

void component_record_write(struct component_record *record)
{
    record_pair_write(&pair, record);
}

const uint8_t *component_data(uint8_t half)
{
    return flash_at(half_offset(half));
}

bool component_write(uint8_t half, uint32_t offset, const uint8_t *data, size_t length)
{
    return offset <= COMPONENT_CAPACITY && length <= COMPONENT_CAPACITY - offset &&
           flash_write(half_offset(half) + offset, data, length);
}
