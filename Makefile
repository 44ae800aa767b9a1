# ipgap: build, run, check.  `make` alone prints the verbs.

.DEFAULT_GOAL := help

B        ?= build
JOBS     ?= $(shell nproc)
ifeq ($(origin CC),default)
CC       := gcc
endif
PKGS     := libre librem spandsp opus speex speexdsp opencore-amrnb sqlite3 sdl2 cairo lua5.4 portaudio-2.0 libmicrohttpd jansson
WARN     := -Wall -Wextra -Wshadow -Wconversion -Wstrict-prototypes -Wmissing-prototypes -Wvla
OPT      ?= -O2 -g
SAN      ?=
CFLAGS   ?= $(OPT)
# libre.pc does not say which of these re.h needs
RE_DEFS  := -DHAVE_INTTYPES_H -DHAVE_STDBOOL_H -DHAVE_INET6 -DHAVE_UNISTD_H
RE_INC   := -isystem /usr/include/re -isystem /usr/include/rem
ALL_CFLAGS = -std=gnu11 $(WARN) $(WERROR) $(CFLAGS) $(SAN) -I. -I$(B) $(RE_DEFS) $(RE_INC) $(PKG_CFLAGS) -MMD -MP
PKG_CFLAGS := $(subst -I/,-isystem /,$(shell pkg-config --cflags $(PKGS) 2>/dev/null))
PKG_LIBS := $(shell pkg-config --libs sdl2 cairo lua5.4 portaudio-2.0 2>/dev/null)

comma    := ,
# -u: a program that needs nothing of vnet.c gets it all the same, before libre asks for it.
# libre and librem are linked statically: --wrap turns libre's calls for time, sockets and randomness
# into sim/vnet.c (tls_start_tcp: core/sip/tls.c; re_fprintf: sim/quiet.c), and librem's goertzel_* must not meet spandsp's of the same name.
WRAPS    := socket bind connect listen accept getsockname getpeername getsockopt sendto send recvfrom recv \
            close epoll_ctl epoll_wait gettimeofday clock_gettime time RAND_bytes \
            tmr_start tmr_cancel tmr_poll tmr_next_timeout tls_start_tcp sip_transp_laddr re_fprintf
WRAP     := $(addprefix -Wl$(comma)--wrap=,$(WRAPS)) -Wl,-u,__wrap_close -Wl,-u,__wrap_tmr_start -Wl,-u,__wrap_re_fprintf
LIBS     = -Wl,-Bstatic -lrem -lre -Wl,-Bdynamic -lspandsp -lopus -lspeex -lspeexdsp -lgsm -lopencore-amrnb -lsqlite3 $(PKG_LIBS) \
           -lmicrohttpd -ljansson -lldap -llber -largon2 -lssl -lcrypto -lz -lresolv -ldl -lpthread -lm

SRC_DOOR := $(wildcard core/door/*.c)
SRC_CORE := $(SRC_DOOR) $(wildcard core/*.c core/lang/*.c core/sip/*.c core/media/*.c core/store/*.c core/service/*.c core/directory/*.c core/trace/*.c)
SRC_SIM  := $(filter-out sim/main.c,$(wildcard sim/*.c))
SRC_PEER := $(wildcard receiver/*.c)
SRC_WEB  := $(wildcard web/*.c)
SRC_SCN  := $(wildcard scenarios/runner/*.c)
SRC_LIB  := $(SRC_CORE) $(SRC_SIM) $(SRC_PEER) $(SRC_WEB) $(SRC_SCN)
OBJ      = $(SRC_LIB:%.c=$(B)/obj/%.o) $(B)/obj/gen/voice_clips.o $(B)/obj/gen/page_files.o $(B)/obj/gen/lang_texts.o
VOICE_CLIPS := $(wildcard fixtures/voice/clips/*/*.gsm)
TESTS    := $(basename $(notdir $(wildcard core/*/test/test_*.c sim/test/test_*.c receiver/test/test_*.c web/test/test_*.c scenarios/runner/test/test_*.c)))
vpath test_%.c core/lang/test core/door/test core/sip/test core/media/test core/store/test core/service/test core/directory/test core/trace/test sim/test receiver/test web/test scenarios/runner/test

# --- verbs ---

help:   ## this list
	@echo "ipgap, a SIP door phone.  Verbs:"
	@sed -n 's/^\([a-z][a-z-]*\):.*## \(.*\)/  make \1\t\2/p' $(MAKEFILE_LIST) | expand -t 24

# ZRTP is a module of its own: libbzrtp is under the GPL, and not everywhere (zrtp/README.md)
ZRTP_SO  := $(if $(wildcard /usr/include/bzrtp/bzrtp.h),$(B)/ipgap-zrtp.so)

all: $(B)/ipgap $(ZRTP_SO)

run: deps       ## install what is missing, build, and start the door phone
	@$(MAKE) --no-print-directory -j$(JOBS) all
	@$(B)/ipgap run $(ARGS)

demo: deps-check        ## a door, baresip as the resident's phone and an alarm receiver, in real time
	@$(MAKE) --no-print-directory -j$(JOBS) all
	@$(B)/ipgap test --clock real --live --keep $(B)/failures demo/demo.lua

check: deps-check       ## install what is missing, build, and pass every test and scenario
	@$(MAKE) --no-print-directory -j$(JOBS) all $(B)/unit-tests
	@$(MAKE) --no-print-directory check-unit
	@$(MAKE) --no-print-directory check-run
	@$(MAKE) --no-print-directory check-docs
	@$(MAKE) --no-print-directory check-fuzz
	@$(MAKE) --no-print-directory check-san
	@$(MAKE) --no-print-directory check-peers
	@$(MAKE) --no-print-directory check-receivers
	@$(MAKE) --no-print-directory check-scenarios

check-unit: $(B)/unit-tests     ## unit tests alone
	@sh ci/speech.sh
	@sh ci/unit.sh $(TESTS:%=$(B)/test/%)

check-scenarios: $(B)/ipgap     ## scenarios alone, twice: the event logs must be the same to the byte
	@sh ci/scenarios.sh $(B)/ipgap $(B)

check-run: $(B)/ipgap   ## the program from outside: lines, signals, garbage, 200 kills, the HTTP API, the pages' server, kept events, the trace, the LDAP directory
	@sh ci/run_tests.sh $(B)/ipgap $(B)

check-pages: $(B)/ipgap ## walk the pages with Chromium (FILTER=: a part of a case's name); pictures in build/pictures
	@sh ci/check_pages.sh $(B)/ipgap $(B) "$(FILTER)"

check-peers: $(B)/ipgap ## real-time calls with stock baresip
	@$(B)/ipgap test --clock real --jobs 1 --keep $(B)/failures scenarios/peers

check-receivers: $(B)/ipgap     ## the receivers' catalogue sees planted faults, and passes on the real clock (RECEIVERS=all: all of it)
	@sh ci/receivers.sh $(B)/ipgap $(B) $(RECEIVERS)

interop: ## install what is missing, and meet Kamailio, baresip and SIPp in real time; prints a table
	@sh ci/deps.sh ci/packages ci/packages.interop
	@$(MAKE) --no-print-directory -j$(JOBS) all
	@sh ci/interop.sh $(B)/ipgap $(B)

check-docs: $(B)/ipgap  ## docs say what the program says; requirements are quoted by scenarios; no page lacks a text
	@sh ci/docs.sh $(B)/ipgap
	@sh ci/requirements.sh $(B)/ipgap
	@sh ci/lang_pages.sh

docs: $(B)/ipgap        ## write the docs that come from the program anew
	@sh ci/docs.sh $(B)/ipgap --write

voices: ## install espeak-ng and sox, and speak the voice messages of fixtures/voice anew (espeak-ng, sox)
	@sh ci/deps.sh ci/packages.voices
	@sh ci/voices.sh

bench: deps-check       ## measure; prints a table and writes build/bench.json
	@$(MAKE) --no-print-directory -j$(JOBS) all $(B)/bench
	@$(B)/bench $(B)/ipgap $(B)/bench.json

deps:   ## install the Debian packages the program needs
	@sh ci/deps.sh ci/packages

deps-check:
	@sh ci/deps.sh ci/packages ci/packages.check
	@sh ci/deps.sh ci/packages.optional || echo "left out: what needs these is skipped"

zrtp:   ## install libbzrtp (GPL-3) and build the module for sip.media_encryption=zrtp
	@sh ci/deps.sh ci/packages.optional
	@$(MAKE) --no-print-directory $(B)/ipgap-zrtp.so

clean:  ## remove what was built
	rm -rf $(B)

compile_commands.json: Makefile
	@sh ci/compile_commands.sh '$(CC) $(ALL_CFLAGS)' $(SRC_LIB) sim/main.c > $@

# --- building ---

$(B)/gen/lib_lua.h: $(sort $(wildcard scenarios/runner/lib/*.lua))
	@mkdir -p $(@D)
	@{ echo 'static const unsigned char lib_lua[] = {'; cat $^ | od -An -v -tu1 | sed 's/  *\([0-9][0-9]*\)/\1,/g'; echo '};'; } > $@
$(B)/obj/scenarios/runner/lib.o: $(B)/gen/lib_lua.h

# the voice messages: files of fixtures/voice/clips become bytes of the program
$(B)/gen/voice_clips.c: ci/voice_clips.sh $(VOICE_CLIPS)
	@mkdir -p $(@D)
	@sh $< > $@.part && mv $@.part $@
# the pages: files of web/pages do so too
$(B)/gen/page_files.c: ci/pages.sh $(wildcard web/pages/*)
	@mkdir -p $(@D)
	@sh $< > $@.part && mv $@.part $@

# the texts of core/lang too
$(B)/gen/lang_texts.c: ci/lang.sh $(wildcard core/lang/*.txt)
	@mkdir -p $(@D)
	@sh $< > $@.part && mv $@.part $@

$(B)/obj/gen/%.o: $(B)/gen/%.c
	@mkdir -p $(@D)
	@echo "  CC    $<"
	@$(CC) $(ALL_CFLAGS) -c -o $@ $<

$(B)/obj/%.o: %.c
	@mkdir -p $(@D)
	@echo "  CC    $<"
	@$(CC) $(ALL_CFLAGS) -c -o $@ $<

$(B)/libipgap.a: $(OBJ)
	@rm -f $@
	@ar rcs $@ $^

$(B)/ipgap: $(B)/obj/sim/main.o $(B)/libipgap.a
	@echo "  LINK  $@"
	@$(CC) $(CFLAGS) $(SAN) $(WRAP) -o $@ $< $(B)/libipgap.a $(LIBS)

$(B)/ipgap-zrtp.so: zrtp/module.c core/media/zrtp_module.h
	@mkdir -p $(@D)
	@echo "  LINK  $@"
	@$(CC) -std=gnu11 $(WARN) -Wno-strict-prototypes $(WERROR) $(CFLAGS) -I. -fPIC -shared -fvisibility=hidden -o $@ $< -lbzrtp -lbctoolbox

# one unit-test program a file; each defines `Suite *suite(void)`, ci/unit_main.c runs it
$(B)/test/%.o: %.c
	@mkdir -p $(@D)
	@echo "  CC    $<"
	@$(CC) $(ALL_CFLAGS) -c -o $@ $<
$(B)/test/test_%: $(B)/test/test_%.o $(B)/obj/ci/unit_main.o $(B)/libipgap.a
	@$(CC) $(CFLAGS) $(SAN) $(WRAP) -o $@ $< $(B)/obj/ci/unit_main.o $(B)/libipgap.a -lcheck -lsubunit -lrt $(LIBS)

$(B)/unit-tests: $(TESTS:%=$(B)/test/%)
	@touch $@

BENCH    := ci/bench.c ci/bench_call.c ci/bench_codec.c ci/bench_run.c core/media/test/bench_dtmf.c
$(B)/bench: $(BENCH:%.c=$(B)/obj/%.o) $(B)/libipgap.a
	@echo "  LINK  $@"
	@$(CC) $(CFLAGS) $(SAN) $(WRAP) -o $@ $(BENCH:%.c=$(B)/obj/%.o) $(B)/libipgap.a $(LIBS)

-include ci/san.mk ci/fuzz.mk ci/arm.mk ci/ioboard.mk

.PRECIOUS: $(B)/test/%.o $(B)/obj/%.o
.PHONY: help all run demo check check-unit check-scenarios check-run check-pages check-peers check-receivers interop check-docs docs voices zrtp bench deps deps-check clean
-include $(shell find $(B) -name '*.d' -type f 2>/dev/null)
