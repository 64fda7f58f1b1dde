#include <stdlib.h>
#include <string.h>

#include "boot_record.h"
#include "check.h"
#include "component_store.h"
#include "crc32.h"
#include "flash.h"
#include "fuzz.h"
#include "golden.h"
#include "machine.h"
#include "provisioning.h"
#include "slot.h"

TEST(crc32, "is that of IEEE 802.3")
{
    CHECK_EQUAL(crc32("123456789", 9), 0xcbf43926);
    CHECK_EQUAL(crc32("", 0), 0);
}

TEST(slot, "is empty until it is sealed, and again once it is erased")
{
    CHECK_EQUAL(slot_read(SLOT_B).kind, SLOT_EMPTY);
    CHECK(slot_write(SLOT_B, 3, "def", 3) && slot_write(SLOT_B, 0, "abc", 3));
    CHECK_EQUAL(slot_read(SLOT_B).kind, SLOT_EMPTY);
    CHECK(slot_seal(SLOT_B, SLOT_ENVELOPE, 6));
    struct slot_content content = slot_read(SLOT_B);
    CHECK_EQUAL(content.kind, SLOT_ENVELOPE);
    CHECK_BYTES(content.data, content.length, "616263646566");
    CHECK_EQUAL(slot_read(SLOT_A).kind, SLOT_EMPTY);
    /* SLOT, kind, length, CRC-32: the host reads this header too. */
    CHECK_BYTES(machine_flash() + FLASH_SLOT_B, 12, "534c4f54 01000000 06000000");
    slot_erase(SLOT_B);
    CHECK_EQUAL(slot_read(SLOT_B).kind, SLOT_EMPTY);
}

TEST(slot, "takes nothing that lies outside of it")
{
    CHECK(slot_write(SLOT_A, SLOT_CAPACITY - 1, "x", 1));
    CHECK(!slot_write(SLOT_A, SLOT_CAPACITY, "x", 1));
    CHECK(!slot_write(SLOT_A, SIZE_MAX, "x", 2));
    CHECK(!slot_seal(SLOT_A, SLOT_ENVELOPE, SLOT_CAPACITY + 1));
    CHECK(slot_seal(SLOT_A, SLOT_ENVELOPE, SLOT_CAPACITY));
    CHECK_EQUAL(slot_read(SLOT_A).length, SLOT_CAPACITY);
}

TEST(slot, "is empty with any bit of its header wrong")
{
    CHECK(slot_seal(SLOT_A, SLOT_FACTORY, 100));
    for (unsigned bit = 0; bit < 128; bit++) {
        machine_flash()[FLASH_SLOT_A + bit / 8] ^= (uint8_t)(1u << bit % 8);
        CHECK_EQUAL(slot_read(SLOT_A).kind, SLOT_EMPTY);
        machine_flash()[FLASH_SLOT_A + bit / 8] ^= (uint8_t)(1u << bit % 8);
    }
    CHECK_EQUAL(slot_read(SLOT_A).kind, SLOT_FACTORY);
}

TEST(record_pair, "reads what was written last, and a factory-fresh record where there is none")
{
    struct boot_record record = boot_record_read();
    CHECK(record.active == SLOT_A && record.trial == TRIAL_NONE && record.boots == 0);
    CHECK_EQUAL(boot_record_spare_slot(&record), SLOT_B);
    for (uint32_t boots = 1; boots < 5; boots++) {
        record.boots = boots;
        record.active = SLOT_B;
        boot_record_write(&record);
        struct boot_record read = boot_record_read();
        CHECK_EQUAL(read.boots, boots);
        CHECK_EQUAL(read.generation, boots);
        CHECK_EQUAL(boot_record_spare_slot(&read), SLOT_A);
    }
}

TEST(record_pair, "knows the newer one where generations wrap")
{
    static const uint32_t offsets[] = {FLASH_BOOT_RECORD_0, FLASH_BOOT_RECORD_1};
    for (size_t newer = 0; newer < 2; newer++) {
        for (size_t i = 0; i < 2; i++) {
            struct boot_record record = {
                .magic = 0x544f4f42, .generation = i == newer ? 0 : UINT32_MAX, .boots = i == newer ? 7 : 6};
            record.crc32 = crc32(&record, offsetof(struct boot_record, crc32));
            CHECK(flash_write(offsets[i], &record, sizeof record));
        }
        CHECK_EQUAL(boot_record_read().boots, 7);
    }
}

static int write_next(void)
{
    struct boot_record record = boot_record_read();
    record.boots++;
    boot_record_write(&record);
    return 0;
}

TEST(record_pair, "keeps the one before, wherever in a write the power is cut")
{
    for (uint32_t start = 1; start <= 2; start++) { /* into each of the two copies */
        CHECK_EQUAL(machine_run(write_next, NULL), MACHINE_RETURNED);
        for (uint32_t written = 0; written < sizeof(struct boot_record); written++) {
            machine->writes_left = written;
            CHECK_EQUAL(machine_run(write_next, NULL), MACHINE_POWER_CUT);
            CHECK_EQUAL(boot_record_read().boots, start);
        }
        machine->writes_left = UINT32_MAX;
    }
}

TEST(record_pair, "trusts no record whose fields are out of range")
{
    struct boot_record record = {.active = 2};
    boot_record_write(&record);
    CHECK_EQUAL(boot_record_read().boots, 0);
    CHECK_EQUAL(boot_record_read().active, SLOT_A);
    struct component_record component = {.half = 1, .state = COMPONENT_INSTALLED, .length = COMPONENT_CAPACITY + 1};
    component_record_write(&component);
    CHECK_EQUAL(component_record_read().state, COMPONENT_NONE);
}

TEST(component_store, "keeps its halves apart, and their limits")
{
    static const uint8_t byte = 'x';
    CHECK(component_write(0, COMPONENT_CAPACITY - 1, &byte, 1));
    CHECK(!component_write(0, COMPONENT_CAPACITY, &byte, 1));
    CHECK(!component_write(1, UINT32_MAX, &byte, 1));
    CHECK_EQUAL(component_data(0)[COMPONENT_CAPACITY - 1], 'x');
    CHECK_EQUAL(component_data(1)[0], 0);
    struct component_record record = {.half = 1, .state = COMPONENT_DELIVERED, .length = 9};
    component_record_write(&record);
    CHECK_EQUAL(component_record_read().length, 9);
}

TEST(provisioning, "reads what Slipway writes")
{
    CHECK(provisioning_read() == NULL);
    machine_provision();
    const struct provisioning *provisioning = provisioning_read();
    CHECK(provisioning != NULL);
    CHECK_EQUAL(provisioning->anchor_count, 1);
    CHECK_EQUAL(provisioning->anchors[0].algorithm, ANCHOR_ESP256);
    CHECK_EQUAL(provisioning->confirm_s, 60);
    CHECK(strcmp(provisioning->endpoint, "host-board") == 0);
}

/* What fuzzing changes is sealed again: otherwise nothing would come past the checksum. */
static void take_provisioning(const uint8_t *data, size_t length)
{
    struct provisioning page;
    memset(&page, 0xff, sizeof page);
    memcpy(&page, data, length < sizeof page ? length : sizeof page);
    page.crc32 = crc32(&page, offsetof(struct provisioning, crc32));
    CHECK(flash_write(FLASH_PROVISIONING, &page, sizeof page));
    const struct provisioning *read = provisioning_read();
    CHECK(read == NULL || read->anchor_count <= PROVISIONING_MAX_ANCHORS);
    CHECK(read == NULL || memchr(read->endpoint, '\0', sizeof read->endpoint) != NULL);
}

TEST(fuzz, "provisioning")
{
    static const char *const corpus[] = {GOLDEN_PROVISIONING};
    (void)machine_flash();
    FUZZ(take_provisioning, corpus, 5000);
}
