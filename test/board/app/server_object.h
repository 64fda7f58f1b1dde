#ifndef SERVER_OBJECT_H
#define SERVER_OBJECT_H

/* Object 1, LwM2M Server (Core 1.1, appendix E.2): the account of the one server this board registers with. */

#include <stdint.h>

uint32_t server_lifetime_s(void);

#endif
