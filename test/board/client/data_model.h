#ifndef DATA_MODEL_H
#define DATA_MODEL_H

/* The operations of LwM2M (Core 1.1 §6.3) on the board's objects; each returns the CoAP code to answer with. */

#include "buffer.h"
#include "object.h"
#include "path.h"

/*
 * Reads an object, an instance, a resource or an instance of one. `format` is what was asked for, or -1 to choose;
 * it is set to what was written.
 */
uint8_t data_model_read(const struct object_list *list, const struct path *path, int32_t *format,
                        struct buffer *buffer);

/* Writes a resource, or with TLV also several ones of an instance. */
uint8_t data_model_write(const struct object_list *list, const struct path *path, const struct input *input);

uint8_t data_model_execute(const struct object_list *list, const struct path *path, const uint8_t *arguments,
                           size_t length);

/* Links of what is at the path and below (link format, RFC 6690). */
uint8_t data_model_discover(const struct object_list *list, const struct path *path, struct buffer *buffer);

/* Links for registration (§6.2.1): the formats the board speaks, and its instances. */
void data_model_links(const struct object_list *list, struct buffer *buffer);

#endif
