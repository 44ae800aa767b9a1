# ioboard.mk: the board half: the link's sources and tests, the firmware of the input/output board.
# BOARD=folder of firmware-port/ioboard.  EMULATED=1: for QEMU, whose clock is not a quartz, as HELLO says.

BOARD     ?= lm3s6965evb
EMULATED  ?= 0
# another version of the link than hil/link_table.h's: firmware that must be refused
IOB_VERSION ?=

IOB       := firmware-port/ioboard
IOB_LOGIC := $(filter-out $(IOB)/main.c,$(wildcard $(IOB)/*.c))
HIL       := $(wildcard hil/*.c) $(IOB_LOGIC)
HIL_TESTS := $(basename $(notdir $(wildcard hil/test/test_*.c $(IOB)/test/test_*.c)))
TESTS     += $(HIL_TESTS)
vpath test_%.c hil/test $(IOB)/test

$(B)/libipgap.a: $(HIL:%.c=$(B)/obj/%.o)
$(B)/unit-tests: $(HIL_TESTS:%=$(B)/test/%)

# --- firmware ---

IOB_TOOLS := arm-none-eabi-
IOB_CPU   := -mcpu=cortex-m3 -mthumb
IOB_FLAGS := -std=gnu11 $(WARN) $(WERROR) -Os -g $(IOB_CPU) -ffunction-sections -fdata-sections -MMD -MP -I. \
             $(IOB_VERSION:%=-DLINK_VERSION=%)
IOB_B     := $(B)/ioboard$(if $(filter 1,$(EMULATED)),-qemu)$(IOB_VERSION:%=-v%)
IOB_SRC   := hil/link.c $(wildcard $(IOB)/*.c $(IOB)/$(BOARD)/*.c)
IOB_OBJ   := $(IOB_SRC:%.c=$(IOB_B)/obj/%.o)
IOB_DOOR  := $(SRC_DOOR:%.c=$(IOB_B)/obj/%.o)
IOB_ELF   := $(IOB_B)/$(BOARD).elf

ioboard: ioboard-deps   ## the input/output board's firmware, and the door's behaviour for the same Cortex-M3
	@$(MAKE) --no-print-directory $(IOB_B)/$(BOARD).bin $(IOB_B)/door.a
	@sh ci/ioboard_size.sh $(IOB_TOOLS) $(IOB_ELF) $(IOB_B)/door.a

ioboard-deps:
	@sh ci/deps.sh ci/packages.ioboard

$(IOB_B)/obj/$(IOB)/$(BOARD)/%.o: IOB_FLAGS += $(if $(filter 1,$(EMULATED)),-DBOARD_EMULATED)
$(IOB_B)/obj/%.o: %.c
	@mkdir -p $(@D)
	@echo "  ARM   $<"
	@$(IOB_TOOLS)gcc $(IOB_FLAGS) -c -o $@ $<

$(IOB_ELF): $(IOB_OBJ) $(IOB)/$(BOARD)/link.ld
	@echo "  LINK  $@"
	@$(IOB_TOOLS)gcc $(IOB_CPU) --specs=nano.specs -nostartfiles -Wl,--gc-sections,--fatal-warnings \
		-T $(IOB)/$(BOARD)/link.ld -o $@ $(IOB_OBJ)
$(IOB_B)/%.bin: $(IOB_B)/%.elf
	@$(IOB_TOOLS)objcopy -O binary $< $@
$(IOB_B)/door.a: $(IOB_DOOR)
	@rm -f $@
	@$(IOB_TOOLS)ar rcs $@ $^

.PHONY: ioboard ioboard-deps

# --- the firmware in QEMU ---

$(B)/board_pair: $(B)/obj/ci/board_pair.o $(B)/libipgap.a
	@echo "  LINK  $@"
	@$(CC) $(CFLAGS) $(SAN) -o $@ $< $(B)/libipgap.a -lm

$(B)/test_ioboard: $(B)/obj/ci/test_ioboard.o $(B)/libipgap.a
	@echo "  LINK  $@"
	@$(CC) $(CFLAGS) $(SAN) -o $@ $< $(B)/libipgap.a -lm

check-board: deps-check ## the board's firmware in QEMU: from outside, under the scenario suite, with planted faults
	@$(MAKE) --no-print-directory EMULATED=1 ioboard
	@$(MAKE) --no-print-directory -j$(JOBS) all $(B)/test_ioboard $(B)/board_pair
	@timeout 120 $(B)/test_ioboard $(B)/ioboard-qemu/lm3s6965evb.elf
	@$(MAKE) --no-print-directory EMULATED=1 IOB_VERSION=2 $(B)/ioboard-qemu-v2/lm3s6965evb.elf
	@sh ci/test_board.sh $(B)/ipgap $(B)/ioboard-qemu/lm3s6965evb.elf $(B)/ioboard-qemu-v2/lm3s6965evb.elf
	@sh ci/board_pair.sh $(B)/ipgap $(B)
	@sh ci/board_load.sh $(B)/ipgap $(B)
	@sh ci/board_faults.sh $(B)/ipgap $(B)
	@$(MAKE) --no-print-directory check-rig

check-rig: $(B)/ipgap   ## the scenario suite on emulated boards alone, eight side by side
	@$(B)/ipgap test --rig board:qemu --jobs 8 --keep $(B)/failures --junit $(B)/junit-board.xml scenarios

.PHONY: check-board check-rig

# --- docs/boards.md: the tables of the link ---

$(B)/link_docs: $(B)/obj/ci/link_docs.o $(B)/libipgap.a
	@$(CC) $(CFLAGS) $(SAN) -o $@ $< $(B)/libipgap.a
$(B)/boards.md: $(B)/link_docs docs/boards.md
	@{ sed '/^<!-- tables -->$$/q' docs/boards.md; $(B)/link_docs; } > $@

link-docs: $(B)/boards.md       ## write the tables of the board's link into docs/boards.md anew
	@cp $(B)/boards.md docs/boards.md
check-link-docs: $(B)/boards.md
	@diff -u docs/boards.md $(B)/boards.md || { echo "docs/boards.md is behind hil/link_table.h: make link-docs" >&2; exit 1; }

check-board: check-link-docs

.PHONY: link-docs check-link-docs
