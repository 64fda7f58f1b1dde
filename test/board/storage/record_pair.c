#include "record_pair.h"

#include <string.h>

#include "crc32.h"
#include "flash.h"

static bool read_copy(const struct record_pair *pair, int copy, struct record_head *head)
{
    const uint8_t *data = flash_at(pair->offsets[copy]);
    size_t crc_at = pair->size - sizeof(uint32_t);
    uint32_t crc;
    memcpy(head, data, sizeof *head);
    memcpy(&crc, data + crc_at, sizeof crc);
    return head->magic == pair->magic && crc == crc32(data, crc_at);
}

/* The copy that counts, or -1. */
static int newest(const struct record_pair *pair, uint32_t *generation)
{
    struct record_head heads[2];
    bool valid[2] = {read_copy(pair, 0, &heads[0]), read_copy(pair, 1, &heads[1])};
    if (!valid[0] && !valid[1]) {
        *generation = 0;
        return -1;
    }
    /* By difference, since generations wrap. */
    bool second = valid[1] && (!valid[0] || (int32_t)(heads[1].generation - heads[0].generation) > 0);
    *generation = heads[second].generation;
    return second;
}

bool record_pair_read(const struct record_pair *pair, void *record)
{
    uint32_t generation;
    int copy = newest(pair, &generation);
    if (copy < 0) {
        return false;
    }
    memcpy(record, flash_at(pair->offsets[copy]), pair->size);
    return true;
}

void record_pair_write(const struct record_pair *pair, void *record)
{
    uint32_t generation;
    int copy = newest(pair, &generation);
    size_t crc_at = pair->size - sizeof(uint32_t);
    const struct record_head head = {.magic = pair->magic, .generation = generation + 1u};
    memcpy(record, &head, sizeof head);
    uint32_t crc = crc32(record, crc_at);
    memcpy((uint8_t *)record + crc_at, &crc, sizeof crc);
    (void)flash_write(pair->offsets[copy == 0 ? 1 : 0], record, pair->size);
}
