#include "path.h"

static bool parse_id(uint16_t *id, struct coap_slice text)
{
    if (text.length == 0 || text.length > 5 || (text.length > 1 && text.data[0] == '0')) {
        return false;
    }
    uint32_t value = 0;
    for (size_t i = 0; i < text.length; i++) {
        if (text.data[i] < '0' || text.data[i] > '9') {
            return false;
        }
        value = value * 10u + (uint32_t)(text.data[i] - '0');
    }
    *id = (uint16_t)value;
    return value <= UINT16_MAX;
}

bool path_parse(struct path *path, const struct coap_slice *segments, uint8_t count)
{
    if (count > DEPTH_RESOURCE_INSTANCE) {
        return false;
    }
    path->depth = count;
    for (uint8_t i = 0; i < count; i++) {
        if (!parse_id(&path->ids[i], segments[i])) {
            return false;
        }
    }
    return true;
}

bool path_equal(const struct path *a, const struct path *b)
{
    return a->depth == b->depth && path_contains(a, b);
}

bool path_contains(const struct path *outer, const struct path *inner)
{
    if (outer->depth > inner->depth) {
        return false;
    }
    for (uint8_t i = 0; i < outer->depth; i++) {
        if (outer->ids[i] != inner->ids[i]) {
            return false;
        }
    }
    return true;
}
