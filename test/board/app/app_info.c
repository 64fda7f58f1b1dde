#include "app_info.h"

#include "product.h"
#include "version.h"

__attribute__((section(".appinfo"), used)) const struct app_info app_info = {
    .magic = "SLIPWAY-APPINFO",
    .version = FIRMWARE_VERSION,
    .banner = PRODUCT_MESSAGE,
};
