#ifndef SENML_H
#define SENML_H

/* SenML CBOR (RFC 8428; LwM2M Core 1.1 §7.4.5) of values of one object instance: writing only. */

#include <stddef.h>
#include <stdint.h>

#include "buffer.h"
#include "path.h"
#include "value.h"

struct senml_pack {
    struct buffer *buffer;
    size_t start;
    size_t records;
};

struct senml_pack senml_begin(struct buffer *buffer);
void senml_put(struct senml_pack *pack, const struct path *path, const struct value *value);
void senml_end(struct senml_pack *pack);

#endif
