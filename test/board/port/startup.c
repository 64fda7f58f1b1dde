#include <stdint.h>
#include <string.h>

#include "clock.h"
#include "reset.h"
#include "uart.h"

/* Vector table and reset of the application and of the bootloader (Armv7-M, §B1.5.3). */

int main(void);
void reset_handler(void);

/* Set by the linker script. */
extern uint8_t linker_stack_top[];
extern uint8_t linker_data_start[];
extern uint8_t linker_data_end[];
extern const uint8_t linker_data_load[];
extern uint8_t linker_bss_start[];
extern uint8_t linker_bss_end[];

noreturn void reset_handler(void)
{
    memcpy(linker_data_start, linker_data_load, (size_t)(linker_data_end - linker_data_start));
    memset(linker_bss_start, 0, (size_t)(linker_bss_end - linker_bss_start));
    (void)main();
    reset_board();
}

/* A fault, and the watchdog's NMI: whatever the program was doing, the bootloader decides what runs next. */
static void fault_handler(void)
{
    reset_board();
}

typedef void (*vector)(void);

__attribute__((section(".vectors"), used)) static const vector vectors[] = {
    (vector)(uintptr_t)linker_stack_top,
    reset_handler,
    fault_handler, /* NMI */
    fault_handler, /* HardFault */
    fault_handler, /* MemManage */
    fault_handler, /* BusFault */
    fault_handler, /* UsageFault */
    0,
    0,
    0,
    0,
    fault_handler, /* SVCall */
    fault_handler, /* DebugMonitor */
    0,
    fault_handler, /* PendSV */
    clock_tick_handler,
    uart_receive_handler, /* interrupt 0 */
};
