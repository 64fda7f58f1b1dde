#include <stddef.h>
#include <string.h>

#include "boot_record.h"
#include "clock.h"
#include "crypto.h"
#include "image.h"
#include "provisioning.h"
#include "report.h"
#include "run.h"
#include "slot.h"
#include "uart.h"
#include "watchdog.h"

/* Update Result (5/0/5) of an image that was tried and did not confirm itself. */
enum { RESULT_UPDATE_FAILED = 8 };

static enum image_verdict check_factory(const struct slot_content *content, const struct provisioning *provisioning,
                                        struct image *image)
{
    uint8_t digest[SHA256_SIZE];
    sha256(content->data, content->length, digest, 0, digest);
    if (provisioning == NULL || memcmp(digest, provisioning->factory_digest, sizeof digest) != 0) {
        return IMAGE_BAD_DIGEST;
    }
    image->payload = content->data;
    image->length = content->length;
    image->sequence = 0;
    image_read_version(image->payload, image->length, image->version);
    return IMAGE_GOOD;
}

static enum image_verdict check(enum slot_name slot, uint64_t minimum_sequence, struct image *image)
{
    const struct provisioning *provisioning = provisioning_read();
    struct slot_content content = slot_read(slot);
    enum image_verdict verdict = IMAGE_NOT_SUIT;
    if (content.kind == SLOT_FACTORY) {
        verdict = check_factory(&content, provisioning, image);
    } else if (content.kind != SLOT_EMPTY) {
        verdict = image_check(content.data, content.length, content.made, provisioning, minimum_sequence, image);
    }
    return verdict == IMAGE_GOOD && image->length > RUN_CAPACITY ? IMAGE_TOO_LARGE : verdict;
}

static void start(enum slot_name slot, const struct image *image)
{
    report(slot == SLOT_A ? "boot: slot A, version " : "boot: slot B, version ", image->version);
    run(image->payload, image->length);
}

/* Starts the image that is to be tried, under the watchdog; returns if it is no good. */
static void try_update(struct boot_record *record)
{
    struct image image;
    enum slot_name slot = boot_record_spare_slot(record);
    enum image_verdict verdict = check(slot, record->sequence, &image);
    if (verdict == IMAGE_GOOD) {
        /* Before anything of it runs: if it doesn't come as far as to confirm itself, the next boot knows. */
        record->trial = TRIAL_RUNNING;
        boot_record_write(record);
        watchdog_start(provisioning_read()->confirm_s);
        start(slot, &image);
    }
    report("boot: the new image is not started, ", image_verdict_text(verdict));
    record->trial = TRIAL_NONE;
    record->result = (uint8_t)image_update_result(verdict);
    boot_record_write(record);
}

/* Returns if there is nothing in the slot that may run. */
static void start_confirmed(enum slot_name slot)
{
    struct image image;
    enum image_verdict verdict = check(slot, 0, &image);
    if (verdict == IMAGE_GOOD) {
        start(slot, &image);
    }
    report(slot == SLOT_A ? "boot: slot A, " : "boot: slot B, ", image_verdict_text(verdict));
}

int main(void)
{
    uart_init_send();
    watchdog_stop();
    struct boot_record record = boot_record_read();
    record.boots++;
    if (record.trial == TRIAL_RUNNING) {
        report("boot: the new image did not confirm itself, rolled back", "");
        record.trial = TRIAL_NONE;
        record.result = RESULT_UPDATE_FAILED;
    }
    boot_record_write(&record);
    if (record.trial == TRIAL_ARMED) {
        try_update(&record);
    }
    start_confirmed((enum slot_name)record.active);
    /* Damaged flash: better the image before than none. */
    enum slot_name other = boot_record_spare_slot(&record);
    record.active = (uint8_t)other;
    boot_record_write(&record);
    start_confirmed(other);
    report("boot: no image to run", "");
    for (;;) {
        clock_sleep();
    }
}
