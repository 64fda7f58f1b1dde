#include "product.h"

#include <stdbool.h>

#include "console.h"

/* Shown while no component brings a text of its own. */
static const char default_text[] = "no timetable loaded";

static const uint8_t *text;
static size_t text_length;
static bool changed;

void product_start(void)
{
    product_use_component(NULL, 0);
}

void product_use_component(const uint8_t *component, size_t length)
{
    text = component != NULL ? component : (const uint8_t *)default_text;
    text_length = component != NULL ? length : sizeof default_text - 1;
    changed = true;
}

/* A line of the text at a time: the console's lines are short. */
static void show(void)
{
    size_t start = 0;
    while (start < text_length) {
        size_t end = start;
        while (end < text_length && text[end] != '\n') {
            end++;
        }
        console_begin("display: ");
        console_add_bytes(&text[start], end - start);
        console_end();
        start = end + 1;
    }
}

void product_poll(uint32_t now_ms)
{
    (void)now_ms;
    if (changed) {
        changed = false;
        show();
    }
}
