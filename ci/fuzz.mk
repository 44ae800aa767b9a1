# fuzz.mk: fuzz targets.  Each fuzz/fuzz_X.c has its corpus in fuzz/corpus/X.
#
#   check-fuzz   gcc, fuzz/driver.c: the corpus and FUZZ_N seeded mutations of each file (a tenth where an input
#                is slow); the same everywhere
#   fuzz         clang and libFuzzer, FUZZ_S seconds each; finds are kept in $(B)/fuzz/corpus

FUZZ_N  ?= 2000
FUZZ_S  ?= 60
FUZZ_SLOW := sip rtp rtcp       # a simulated network for each input: a tenth of the mutations
FUZZ     := $(patsubst fuzz/fuzz_%.c,%,$(wildcard fuzz/fuzz_*.c))
LIBFUZZER_B     := $(B)/fuzz
LIBFUZZER_FLAGS := -fsanitize=fuzzer-no-link,address,undefined -fno-sanitize-recover=all

$(B)/fuzz_%: $(B)/obj/fuzz/fuzz_%.o $(B)/obj/fuzz/driver.o $(B)/libipgap.a
	@echo "  LINK  $@"
	@$(CC) $(CFLAGS) $(SAN) $(WRAP) -o $@ $< $(B)/obj/fuzz/driver.o $(B)/libipgap.a $(LIBS)
$(B)/libfuzzer_%: $(B)/obj/fuzz/fuzz_%.o $(B)/libipgap.a
	@echo "  LINK  $@"
	@$(CC) $(CFLAGS) -fsanitize=fuzzer,address,undefined $(WRAP) -o $@ $< $(B)/libipgap.a $(LIBS)

check-fuzz:     ## fuzz targets over their corpus and seeded mutations of it
	@$(SAN_MAKE) -j$(JOBS) $(FUZZ:%=$(SAN_B)/fuzz_%)
	@cd $(SAN_B) && for t in $(FUZZ); do \
		n=$(FUZZ_N); case " $(FUZZ_SLOW) " in *" $$t "*) n=$$(($(FUZZ_N) / 10)) ;; esac; \
		$(SAN_ENV) ./fuzz_$$t -n $$n $(CURDIR)/fuzz/corpus/$$t || exit 1; done

fuzz:   ## libFuzzer for FUZZ_S seconds a target (default 60)
	@sh ci/deps.sh ci/packages ci/packages.fuzz
	@$(MAKE) --no-print-directory -j$(JOBS) CC=clang WARN=-Wall B=$(LIBFUZZER_B) CFLAGS='-O1 -g -fno-omit-frame-pointer' \
		SAN='$(LIBFUZZER_FLAGS)' $(FUZZ:%=$(LIBFUZZER_B)/libfuzzer_%)
	@sh ci/fuzz.sh $(LIBFUZZER_B) $(FUZZ_S) $(FUZZ)

.PHONY: check-fuzz fuzz
