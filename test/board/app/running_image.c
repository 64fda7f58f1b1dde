#include "running_image.h"

#include <string.h>

#include "boot_record.h"
#include "provisioning.h"
#include "slot.h"

bool running_image(struct image *image)
{
    struct boot_record record = boot_record_read();
    bool on_trial = record.trial == TRIAL_RUNNING;
    struct slot_content content =
        slot_read(on_trial ? boot_record_spare_slot(&record) : (enum slot_name)record.active);
    const struct provisioning *provisioning = provisioning_read();
    switch (content.kind) {
    case SLOT_FACTORY:
        memset(image, 0, sizeof *image);
        image->payload = content.data;
        image->length = content.length;
        image->digest = provisioning != NULL ? provisioning->factory_digest : NULL;
        return image->digest != NULL;
    case SLOT_ENVELOPE:
    case SLOT_PATCHED:
        return image_find(content.data, content.length, content.made, image);
    case SLOT_EMPTY:
        break;
    }
    return false;
}
