# arm.mk: the program built for arm64 against Debian's multiarch packages, its scenario suite and the unit
# tests of core, receiver and network under user-mode QEMU.  The event logs must be amd64's, to the byte.
#
# Left out, as an emulator's speed is not the board's: tests that draw, minutes of speech, and the store's,
# which kills its writer so many milliseconds after its start.

ARM64       := aarch64-linux-gnu
ARM64_B     := $(B)/arm64
ARM64_MAKE  = PKG_CONFIG_LIBDIR=/usr/lib/$(ARM64)/pkgconfig:/usr/share/pkgconfig \
               $(MAKE) --no-print-directory B=$(ARM64_B) CC=$(ARM64)-gcc
# libc6:arm64 puts its loader and libraries where they are on the board: / is the prefix
ARM64_QEMU  := qemu-aarch64-static -L /
ARM64_TESTS := $(filter-out test_dtmf_speech test_store,$(basename $(notdir $(wildcard \
               core/*/test/test_*.c receiver/test/test_*.c sim/test/test_vnet*.c))))

check-arm:      ## add arm64 to dpkg, install its libraries, build for it, and pass the suite under QEMU
	@sh ci/arm.sh ci/packages ci/packages.check ci/packages.arm
	@$(MAKE) --no-print-directory -s -j$(JOBS) all
	@$(ARM64_MAKE) -s -j$(JOBS) $(ARM64_B)/run/ipgap $(ARM64_TESTS:%=$(ARM64_B)/run/%)
	@CK_TIMEOUT_MULTIPLIER=10 sh ci/unit.sh $(ARM64_TESTS:%=$(ARM64_B)/run/%)
	@sh ci/arm_check.sh $(B)/ipgap $(ARM64_B)/run/ipgap $(ARM64_B) $(JOBS)

# QEMU is called by name, as a host need not know how to start another machine's programs
define ARM64_RUNNER
	@mkdir -p $(@D)
	@printf '#!/bin/sh\nexec $(ARM64_QEMU) %s "$$@"\n' '$(abspath $<)' > $@
	@chmod +x $@
endef
$(B)/run/test_%: $(B)/test/test_%
	$(ARM64_RUNNER)
$(B)/run/ipgap: $(B)/ipgap
	$(ARM64_RUNNER)

.PHONY: check-arm
