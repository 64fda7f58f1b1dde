#ifndef RESET_H
#define RESET_H

#include <stdnoreturn.h>

noreturn void reset_board(void);

#endif
