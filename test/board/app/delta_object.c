#include "board.h"
#include "crypto.h"
#include "running_image.h"

/*
 * Object 19, BinaryAppDataContainer (OMA registry 19.xml): tells the server that packages may bring a patch, of which
 * form, and to which image.
 */

enum { DATA = 0, DESCRIPTION = 3, DATA_FORMAT = 4 };

static const struct resource resources[] = {
    {DATA, RESOURCE_READ, true}, {DESCRIPTION, RESOURCE_READ, false}, {DATA_FORMAT, RESOURCE_READ, false}};

static bool read(uint16_t resource, struct value *value)
{
    struct image image;
    switch (resource) {
    case DATA:
        if (!running_image(&image)) {
            return false;
        }
        *value = value_opaque(image.digest, SHA256_SIZE);
        return true;
    case DESCRIPTION:
        *value = value_text("SUIT delta base");
        return true;
    case DATA_FORMAT:
        *value = value_text("detools heatshrink 8/7");
        return true;
    default:
        return false;
    }
}

const struct object delta_object = {
    .id = 19,
    .resources = resources,
    .resource_count = sizeof resources / sizeof *resources,
    .read = read,
};
