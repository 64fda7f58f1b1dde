#include "provisioning.h"

#include <stddef.h>
#include <string.h>

#include "crc32.h"
#include "flash.h"
#include "flash_map.h"

enum { PROVISIONING_MAGIC = 0x564f5250, PROVISIONING_VERSION = 1 }; /* PROV */

_Static_assert(sizeof(struct provisioning) == 420, "the host writes this page");

const struct provisioning *provisioning_read(void)
{
    /* Flash is memory, and the page lies on a word. */
    const void *page = flash_at(FLASH_PROVISIONING);
    const struct provisioning *provisioning = page;
    bool good = provisioning->magic == PROVISIONING_MAGIC && provisioning->version == PROVISIONING_VERSION &&
                provisioning->anchor_count <= PROVISIONING_MAX_ANCHORS &&
                memchr(provisioning->endpoint, '\0', sizeof provisioning->endpoint) != NULL &&
                provisioning->crc32 == crc32(page, offsetof(struct provisioning, crc32));
    return good ? provisioning : NULL;
}
