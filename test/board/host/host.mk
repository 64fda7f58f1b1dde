# Tests of the portable parts, and of both programs as a whole, on this machine. `machine.c` stands for port/.

#
#   make check PARTS="slipmux fuzz"   some of them; FUZZ_SEED=n and FUZZ_RUNS=n try other inputs, and more of them

HOSTCC ?= gcc
define NO_HOST_COMPILER
There is no C compiler ($(HOSTCC)).
  Debian, Ubuntu: apt install gcc libc6-dev
  macOS:          xcode-select --install
HOSTCC=name chooses another one
endef
ifneq ($(filter check,$(MAKECMDGOALS)),)
ifeq ($(shell command -v "$(HOSTCC)" 2>/dev/null),)
$(error $(NO_HOST_COMPILER))
endif
endif

HOST_SANITIZE := -fsanitize=address,undefined -fno-sanitize-recover=all
HOST_CFLAGS := -std=gnu11 -O1 -g $(WARN) $(INCLUDE) -I host -MMD -MP

HOST_SOURCES := $(wildcard host/*.c app/*.c client/*.c delta/*.c suit/*.c storage/*.c) boot/main.c boot/report.c
HOST_OBJECTS := $(patsubst %.c,build/host/%.o,$(HOST_SOURCES))
HOST_LIBRARY := $(patsubst %.c,build/host/%.o,$(BEARSSL_SOURCES))

check: build/host/check
	@build/host/check $(PARTS)

build/host/check: $(HOST_OBJECTS) $(HOST_LIBRARY)
	$(HOSTCC) $(HOST_SANITIZE) $^ -o $@

build/host/app/main.o: HOST_CFLAGS += -include host/programs.h -Dmain=app_main
build/host/boot/main.o: HOST_CFLAGS += -include host/programs.h -Dmain=boot_main

build/host/%.o: %.c Makefile host/host.mk | $(BEARSSL)/inc/bearssl.h
	@mkdir -p $(@D)
	$(HOSTCC) $(HOST_SANITIZE) $(HOST_CFLAGS) -c $< -o $@

# Its own tests are its authors'; at full speed, since each signature passes through it.
build/host/$(BEARSSL)/%.o: $(BEARSSL)/%.c host/host.mk
	@mkdir -p $(@D)
	$(HOSTCC) -std=c99 -O2 -w -I $(BEARSSL)/inc -I $(BEARSSL)/src -c $< -o $@

-include $(HOST_OBJECTS:.o=.d)

.PHONY: check
