# san.mk: everything once more under AddressSanitizer, UndefinedBehaviorSanitizer and LeakSanitizer, in
# a build directory of its own.  Unit tests, the scenario suite and the allocation-failure runs.

SAN_B     := $(B)/san
SAN_FLAGS := -fsanitize=address,undefined -fno-sanitize-recover=all
SAN_MAKE  = $(MAKE) --no-print-directory B=$(SAN_B) CFLAGS='-O1 -g -fno-omit-frame-pointer' SAN='$(SAN_FLAGS)'
SAN_ENV   = ASAN_OPTIONS=detect_leaks=1:strict_string_checks=1:detect_stack_use_after_return=1:abort_on_error=0 \
            UBSAN_OPTIONS=print_stacktrace=1

check-san:      ## unit tests, scenarios and failing allocations under the sanitizers
	@sh ci/speech.sh
	@$(SAN_MAKE) -j$(JOBS) all $(SAN_B)/unit-tests $(SAN_B)/alloc_fail
	@$(SAN_ENV) sh ci/unit.sh $(TESTS:%=$(SAN_B)/test/%)
	@$(SAN_ENV) $(SAN_B)/alloc_fail -j $(JOBS) -k 17
	@$(SAN_ENV) sh ci/scenarios.sh $(SAN_B)/ipgap $(SAN_B)

.PHONY: check-san

# malloc and its kin are wrapped for this program alone; libre is static, so its allocations fail too
ALLOC     := $(wildcard ci/alloc_*.c)
ALLOC_WRAP := $(addprefix -Wl$(comma)--wrap=,malloc calloc realloc)

$(B)/alloc_fail: $(ALLOC:%.c=$(B)/obj/%.o) $(B)/libipgap.a
	@echo "  LINK  $@"
	@$(CC) $(CFLAGS) $(SAN) $(WRAP) $(ALLOC_WRAP) -o $@ $(ALLOC:%.c=$(B)/obj/%.o) $(B)/libipgap.a $(LIBS)

check-alloc:    ## out of memory: allocation n fails, for every n (minutes; check-san takes every 17th)
	@$(SAN_MAKE) -j$(JOBS) $(SAN_B)/alloc_fail
	@$(SAN_ENV) $(SAN_B)/alloc_fail -j $(JOBS)

.PHONY: check-alloc
