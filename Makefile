# mempatrol: see README.md.  Every rule is spelled out; `make help` lists the targets.

VERSION = 0.1
PREFIX = /usr/local
DESTDIR =
# Where Pacemaker looks for resource agents, whatever the prefix.
OCF_ROOT = /usr/lib/ocf

CC = gcc
CFLAGS = -O2 -g
LDFLAGS =
WARN = -Wall -Wextra -Werror -Wshadow -Wstrict-prototypes -Wmissing-prototypes -Wvla
CPPFLAGS = -D_GNU_SOURCE -D_FILE_OFFSET_BITS=64 -DMEMPATROL_VERSION='"$(VERSION)"' -Isrc/lib
SAN = -fsanitize=address,undefined -fno-sanitize-recover=all -fno-omit-frame-pointer

# Where objects and programs go; the sanitised and the other compiler's builds move both.
O = build
BIN = bin

PROGRAMS = hugesplit mcedecode memscan poisonctl rastail rectab recjson vmevac
LIB = say cli intake lines num digits escape rec_parse rec_read rec_time rec_write root page maps blocks process smaps \
	qemuopt vmargs vmargs_layout vmargs_monitor mtree pagemap_scan vms vms_ram vmcoreinfo core core_walk core_report \
	smbios inject inject_check inject_code inject_fd inject_hold inject_lock inject_other inject_policy inject_seize \
	inject_stop inject_x86 headroom uffd iomem qmp qmp_fd qmp_message vm_monitor hazards virsh area guard window progress

COMPILE = $(CC) -std=gnu11 $(WARN) $(CPPFLAGS) $(CFLAGS) -MMD -MP

all: $(O)/libmempatrol.a $(PROGRAMS:%=$(BIN)/%)

help:
	@echo 'all        build the programs into bin/'
	@echo 'demo       install what is missing, build, and walk the chain in a real kernel; build/demo.cast, .svg'
	@echo 'check      install what is missing, build, and run every test'
	@echo 'lint       static checks of code, scripts and pages'
	@echo 'analyze    what gcc -fanalyzer and cppcheck find in the code'
	@echo 'valgrind   filters and unit tests under memcheck'
	@echo 'nightly    check, analyze, valgrind, fuzz and soak: hours'
	@echo 'bench      measure; ratios side by side in one run'
	@echo 'plots      put the figures of the last bench into README.md and docs'
	@echo 'scale      the tables of docs/scale.md, from docs/scale.tsv'
	@echo 'fuzz       FUZZ_SECONDS=60 of each fuzzer'
	@echo 'soak       long proofs: SOAK_RUNS=20 boots of each lab profile'
	@echo 'lab        what tests/lab/lab needs: tests/lab/lab --help'
	@echo 'package    Debian packages, in build/package'
	@echo 'deps       install the Debian packages that all of this needs'
	@echo 'install    PREFIX=/usr/local DESTDIR= OCF_ROOT=/usr/lib/ocf (and uninstall)'
	@echo 'clean'

# --- programs: each of its own folder's objects, the library, and what it links ---

MEMSCAN = memscan kernel_option ready round sources sweep sweep_x86 sweep_arm64 patrol found steady \
	pace stop manners claim verify history state evidence report scrub scrub_list scrub_set scrubber
$(BIN)/memscan: $(MEMSCAN:%=$(O)/memscan/%.o)
$(BIN)/memscan: LDLIBS = -lnuma -lelf

MCEDECODE = mcedecode input records output labels text prefix scan block oldblock words mcelog mcelograw iml \
	amdtext edac edac_pair apei apei_line apei_where aer poison touched trace trace_context trace_field trace_value trace_mc trace_cper \
	trace_cxl rasdaemon rasevent raslist mca code severity intel intel_misc amd amd_legacy err err_field err_print merge \
	merge_same binary mcestruct cper section section_read section_cpu section_cxl
$(BIN)/mcedecode: $(MCEDECODE:%=$(O)/mcedecode/%.o)

# Tables of src/tables that programs include as arrays.
TABLES = $(notdir $(basename $(wildcard src/tables/*.tsv)))
$(MCEDECODE:%=$(O)/mcedecode/%.o): CPPFLAGS += -I$(O)/tables
$(MCEDECODE:%=$(O)/mcedecode/%.o): | $(TABLES:%=$(O)/tables/%.inc)

$(O)/tables/%.inc: src/tables/%.tsv tools/tables
	@mkdir -p $(@D)
	tools/tables $< >$@.new
	mv $@.new $@

HUGESPLIT = hugesplit copy fault job plan policy refill refuse replace replace_build replace_fill report request \
	salvage sharers supervise target
$(BIN)/hugesplit: $(HUGESPLIT:%=$(O)/hugesplit/%.o)

POISONCTL = poisonctl bad block boot boot_needs control dimm fence figures forget frame guest guest_ask \
	inject injector keep ledger ledger_file ledger_sql list memmap offline outcome owners \
	owners_file owners_store owners_taken probe release restore save saved shell shell_complete \
	shell_line shell_verbs stat targets verbs walk wanted who who_print
$(BIN)/poisonctl: $(POISONCTL:%=$(O)/poisonctl/%.o)
$(BIN)/poisonctl: LDLIBS = -lelf -ljansson -lreadline -lsqlite3

RASTAIL = rastail source loop signals outlet wallclock feed kmsg kmsg_line \
	trace trace_line instance qmp counters sensors
$(BIN)/rastail: $(RASTAIL:%=$(O)/rastail/%.o)
$(BIN)/rastail: LDLIBS = -ljansson

RECTAB = rectab cell names paint print sort table
$(BIN)/rectab: $(RECTAB:%=$(O)/rectab/%.o)

RECJSON = recjson json_from_rec json_to_rec utf8
$(BIN)/recjson: $(RECJSON:%=$(O)/recjson/%.o)
$(BIN)/recjson: LDLIBS = -ljansson

VMEVAC = vmevac list sample telling state quiesce resume signal signal_group mce \
	$(addprefix vm/,action backends blockers condition disks images journal journals latch pages ramblocks targets word_list) \
	$(addprefix plan/,plan policy cause host judge neighbor) \
	$(addprefix dump/,dump dump_copy layout peek peek_private peek_shared registers processors elf_head kernel_note \
		sink sink_zstd output) \
	$(addprefix drain/,drain jobs) \
	$(addprefix move/,send recover departure leave leave_open leave_track leave_copy leave_serve leave_prove \
		copy copy_run copy_frames load digest dirty ram parts parts_pages parts_map page_set wire wire_record carrier evac source \
		refusal rights machine firmware warden fault recv arrive arrive_offer arrive_memory receive split pager pager_huge fetch \
		fetch_ask fetch_wait latency target target_end devices kept follow same shell_words arguments)
$(VMEVAC:%=$(O)/vmevac/%.o): CPPFLAGS += -Isrc/vmevac
$(BIN)/vmevac: $(VMEVAC:%=$(O)/vmevac/%.o)
$(BIN)/vmevac: LDLIBS = -lcap-ng -lelf -ljansson -lxxhash -lzstd

$(PROGRAMS:%=$(BIN)/%): $(O)/libmempatrol.a
	@mkdir -p $(BIN)
	$(CC) $(CFLAGS) $(LDFLAGS) -o $@ $(filter %.o,$^) $(O)/libmempatrol.a $(LDLIBS)

$(O)/libmempatrol.a: $(LIB:%=$(O)/lib/%.o)
	rm -f $@
	ar rcs $@ $^

$(O)/%.o: src/%.c Makefile
	@mkdir -p $(@D)
	$(COMPILE) -c -o $@ $<

# --- tests ---

UNIT = num digits rec_parse rec_write rec_read root page maps blocks cli intake process vmargs vms evidence \
	pace claim sweep core smbios state inject uffd frame qmp mtree dimm iomem ledger memmap \
	shell_line wanted salvage headroom registers elf_head mce page_set parts load latency devices progress same
FUZZ = json cell rec maps num root vmargs mcedecode kmsg trace qmp cper mce core smbios state policy plan vmproc mtree iomem ledger memmap \
	shell_line dump splitproc wire same
FUZZ_SECONDS = 60
BENCH = rec mcedecode list who sweep displaced patrol neighbour
SOAK_RUNS = 20

$(O)/unit/%: tests/unit/%.c tests/unit/unit.h $(O)/libmempatrol.a Makefile
	@mkdir -p $(@D)
	$(COMPILE) $(LDFLAGS) -o $@ $< $(filter %.o,$^) $(O)/libmempatrol.a $(LDLIBS)

# Parts of programs that have unit tests of their own.
$(O)/unit/frame: CPPFLAGS += -Isrc/poisonctl
$(O)/unit/frame: $(O)/poisonctl/frame.o
$(O)/unit/evidence $(O)/unit/pace $(O)/unit/claim $(O)/unit/state: CPPFLAGS += -Isrc/memscan
$(O)/unit/claim: $(O)/memscan/claim.o $(O)/memscan/verify.o
$(O)/unit/claim: LDLIBS = -lnuma
$(O)/unit/salvage: CPPFLAGS += -Isrc/hugesplit
$(O)/unit/salvage: $(O)/hugesplit/salvage.o
$(O)/unit/pace: $(O)/memscan/pace.o
$(O)/unit/registers $(O)/unit/elf_head $(O)/unit/mce: CPPFLAGS += -Isrc/vmevac
$(O)/unit/registers: $(O)/vmevac/dump/registers.o
$(O)/unit/mce: $(O)/vmevac/mce.o
$(O)/unit/elf_head: $(O)/vmevac/dump/elf_head.o
$(O)/unit/elf_head: LDLIBS = -lelf
$(O)/unit/page_set $(O)/unit/parts $(O)/unit/load $(O)/unit/latency $(O)/unit/devices $(O)/unit/same: CPPFLAGS += -Isrc/vmevac
$(O)/unit/page_set: $(O)/vmevac/move/page_set.o
PARTS = $(addprefix $(O)/vmevac/move/,parts.o parts_pages.o parts_map.o)
$(O)/unit/parts: $(PARTS)
$(O)/unit/load: $(O)/vmevac/move/load.o $(PARTS)
$(O)/unit/latency: $(O)/vmevac/move/latency.o
$(O)/unit/devices: $(O)/vmevac/move/devices.o $(O)/vmevac/move/kept.o
$(O)/unit/same $(O)/fuzz/same: $(O)/vmevac/move/same.o $(O)/vmevac/move/shell_words.o
$(O)/unit/ledger $(O)/unit/dimm $(O)/unit/memmap $(O)/unit/shell_line $(O)/unit/wanted $(O)/fuzz/ledger $(O)/fuzz/memmap $(O)/fuzz/shell_line: \
	CPPFLAGS += -Isrc/poisonctl
$(O)/unit/dimm: $(O)/poisonctl/dimm.o
$(O)/unit/wanted: $(O)/poisonctl/wanted.o
$(O)/unit/shell_line $(O)/fuzz/shell_line: $(O)/poisonctl/shell_line.o
$(O)/unit/memmap $(O)/fuzz/memmap: $(O)/poisonctl/memmap.o
LEDGER = $(O)/poisonctl/ledger.o $(O)/poisonctl/ledger_file.o $(O)/poisonctl/ledger_sql.o
$(O)/unit/ledger $(O)/fuzz/ledger: $(LEDGER)
$(O)/unit/ledger $(O)/fuzz/ledger: LDLIBS = -lsqlite3
$(O)/unit/evidence: $(O)/memscan/evidence.o $(O)/memscan/history.o
$(O)/unit/state $(O)/fuzz/state: $(O)/memscan/state.o $(O)/memscan/history.o
SWEEP = $(O)/memscan/sweep.o $(O)/memscan/sweep_x86.o $(O)/memscan/sweep_arm64.o
$(O)/unit/sweep: $(SWEEP)
$(O)/unit/core $(O)/fuzz/core: LDLIBS = -lelf
$(O)/unit/qmp: LDLIBS = -ljansson

$(O)/fuzz/%: tests/fuzz/%.c $(O)/libmempatrol.a Makefile
	@mkdir -p $(@D)
	$(COMPILE) -fsanitize=fuzzer $(LDFLAGS) -o $@ $< $(filter %.o,$^) $(O)/libmempatrol.a $(LDLIBS)

# mcedecode without what prints and what reads standard input.
DECODER = $(filter-out %/mcedecode.o %/input.o %/records.o %/output.o %/labels.o %/binary.o,$(MCEDECODE:%=$(O)/mcedecode/%.o))

$(O)/fuzz/json: $(O)/recjson/json_from_rec.o $(O)/recjson/json_to_rec.o $(O)/recjson/utf8.o
$(O)/fuzz/cell: $(O)/rectab/cell.o
$(O)/fuzz/mcedecode $(O)/fuzz/cper $(O)/fuzz/mce: $(DECODER)
$(O)/fuzz/kmsg: $(O)/rastail/kmsg_line.o $(O)/rastail/feed.o
$(O)/fuzz/trace: $(O)/rastail/trace_line.o $(O)/rastail/feed.o
PLAN = $(addprefix $(O)/vmevac/,plan/policy.o plan/cause.o plan/host.o plan/judge.o plan/neighbor.o)
$(O)/fuzz/policy $(O)/fuzz/plan: $(PLAN)
$(O)/fuzz/splitproc: CPPFLAGS += -Isrc/hugesplit
$(O)/fuzz/splitproc: $(O)/hugesplit/policy.o
$(O)/fuzz/vmproc: $(addprefix $(O)/vmevac/,vm/condition.o vm/images.o vm/pages.o vm/ramblocks.o)
$(O)/fuzz/wire: $(addprefix $(O)/vmevac/,vm/pages.o vm/backends.o $(addprefix move/,wire.o wire_record.o receive.o kept.o ram.o \
	page_set.o digest.o fetch.o fetch_ask.o fetch_wait.o latency.o copy.o copy_run.o copy_frames.o load.o leave_serve.o leave_prove.o))
$(O)/fuzz/wire: $(PARTS)
$(O)/fuzz/wire: CPPFLAGS += -Isrc/vmevac
$(O)/fuzz/wire: LDLIBS = -lxxhash -ljansson
$(O)/fuzz/dump: $(addprefix $(O)/vmevac/,dump/registers.o dump/kernel_note.o)
$(O)/fuzz/json $(O)/fuzz/qmp $(O)/fuzz/vmproc: LDLIBS = -ljansson

# Always optimised, whatever else is built.
$(O)/bench/%: tests/bench/%.c $(O)/libmempatrol.a Makefile
	@mkdir -p $(@D)
	$(COMPILE) -O2 $(LDFLAGS) -o $@ $< $(filter %.o,$^) $(O)/libmempatrol.a

$(O)/bench/mcedecode: $(DECODER)
$(O)/bench/who: CPPFLAGS += -Isrc/poisonctl
$(O)/bench/who: $(O)/poisonctl/walk.o $(O)/poisonctl/wanted.o
$(O)/bench/displaced $(O)/bench/neighbour $(O)/bench/sweep: $(SWEEP)

# Machines that write to their memory not at all, slowly and fast: bytes, and a rest after each page.
$(O)/bench/writer-none.rom: WRITES = --defsym HOT=0 --defsym REST=0
$(O)/bench/writer-slow.rom: WRITES = --defsym HOT=0x4000000 --defsym REST=100000
$(O)/bench/writer-fast.rom: WRITES = --defsym HOT=0x20000000 --defsym REST=8000
$(O)/bench/writer-%.rom: tests/bench/writer.S tests/lab/flat.S Makefile
	@mkdir -p $(@D)
	$(AS) --32 -Itests/lab $(WRITES) -o $(@:.rom=.o) $<
	$(LD) -m elf_i386 -Ttext 0 --oformat binary -e start -o $@ $(@:.rom=.o)

# Programs that tests inside the lab need, and the library that plants errors beneath it.
LAB_TOOLS = busy hmp holder keeper kernel_read seeker mapper toucher

$(O)/lab/planter.so: tests/lab/planter.c Makefile
	@mkdir -p $(@D)
	$(COMPILE) -fPIC -shared $(LDFLAGS) -o $@ $< -lpthread

$(O)/lab/%.rom: tests/lab/%.S tests/lab/flat.S Makefile
	@mkdir -p $(@D)
	$(AS) --32 -Itests/lab -o $(@:.rom=.o) $<
	$(LD) -m elf_i386 -Ttext 0 --oformat binary -e start -o $@ $(@:.rom=.o)

$(O)/lab/quiet.rom: tests/lab/guest.S Makefile
	@mkdir -p $(@D)
	$(AS) --32 --defsym QUIET=1 -o $(@:.rom=.o) $<
	$(LD) -m elf_i386 -Ttext 0 --oformat binary -e start -o $@ $(@:.rom=.o)

$(O)/lab/still.rom: tests/lab/versions.S tests/lab/flat.S Makefile
	@mkdir -p $(@D)
	$(AS) --32 -Itests/lab --defsym STILL=1 -o $(@:.rom=.o) $<
	$(LD) -m elf_i386 -Ttext 0 --oformat binary -e start -o $@ $(@:.rom=.o)

$(O)/lab/%: tests/lab/%.c $(O)/libmempatrol.a Makefile
	@mkdir -p $(@D)
	$(COMPILE) $(LDFLAGS) -o $@ $< $(O)/libmempatrol.a $(LDLIBS)

$(O)/lab/hmp: LDLIBS = -ljansson

# What tests of programs put in the place of the kernel and of other programs.
TOOLS = bad_page.so deny failing.so fake_instance.so marker meddle filtered peak peer puncher qmp_ask qmp_gate qmp_watch sleeper32 stamp \
	unmap

$(O)/tools/%.so: tests/tools/%.c Makefile
	@mkdir -p $(@D)
	$(COMPILE) -fPIC -shared $(LDFLAGS) -o $@ $<

$(O)/tools/sleeper32: tests/tools/sleeper32.S Makefile
	@mkdir -p $(@D)
	$(AS) --32 -o $@.o $<
	$(LD) -m elf_i386 -o $@ $@.o

$(O)/tools/%: tests/tools/%.c $(O)/libmempatrol.a Makefile
	@mkdir -p $(@D)
	$(COMPILE) $(LDFLAGS) -o $@ $< $(O)/libmempatrol.a $(LDLIBS)

$(O)/tools/qmp_ask $(O)/tools/qmp_watch: LDLIBS = -ljansson

unit: $(UNIT:%=$(O)/unit/%) $(TOOLS:%=$(O)/tools/%) $(O)/lab/quiet.rom $(O)/lab/versions.rom $(O)/lab/still.rom
lab: all $(O)/tools/qmp_ask $(O)/tools/puncher $(O)/tools/meddle $(O)/tools/filtered $(O)/lab/planter.so $(O)/lab/guest.rom $(O)/lab/checker.rom $(O)/lab/versions.rom $(O)/lab/still.rom $(O)/lab/archive.rom $(LAB_TOOLS:%=$(O)/lab/%)

# The same sources, built to notice what they must not do.
asan:
	$(MAKE) O=build/asan BIN=build/asan/bin CFLAGS='-O1 -g $(SAN)' all unit

fuzzers:
	$(MAKE) O=build/fuzz BIN=build/fuzz/bin CC=clang \
		CFLAGS='-O1 -g $(SAN) -fsanitize=fuzzer-no-link' $(FUZZ:%=build/fuzz/fuzz/%)

clang:
	$(MAKE) O=build/clang BIN=build/clang/bin CC=clang CFLAGS=-O0 all unit lab

BATS_FLAGS = --tap --print-output-on-failure
# Which calls of a run are made to fail depends on how many there are of each; of those that act on
# processes all are the soak's.
BATS = $(filter-out hugesplit_faults vmevac_faults,$(notdir $(basename $(wildcard tests/*.bats))))
# Those of scripts, in which there is nothing for sanitisers; and long ones, for the soak.
SCRIPTS = completions demo integrations libvirt_hook ocf plot run runbooks scale units
LONG = vmevac_dump vmevac_hold vmevac_post vmevac_send

# Long ones first: the lab's suites overlap with everything else.
SUITES = \
	'lab:lab-latent=tests/lab/suite tests/lab/latent.bats tests/lab/hugesplit-latent.bats -p latent -H 8' \
	'lab:lab-kvm=tests/lab/suite $(addprefix tests/lab/,kvm.bats who.bats vmevac_send.bats vmevac-kvm.bats hugesplit-kvm.bats vmevac_send_huge.bats) -p kvm -H 32' \
	'lab:lab-mce=tests/lab/suite $(addprefix tests/lab/,owners.bats mce.bats rastail.bats mcedecode.bats) -p mce -H 32' \
	'lab:lab-offline=tests/lab/suite tests/lab/offline.bats -p mce -H 16' \
	'lab:lab-hugesplit=tests/lab/suite tests/lab/hugesplit.bats -p mce -H 80' \
	'lab:lab-itself=bats $(BATS_FLAGS) tests/lab/lab.bats' \
	'lab:lab-memscan=tests/lab/suite tests/lab/memscan.bats -p mce -H 16 -m 1024 -a kernelcore=400M' \
	$(foreach u,$(UNIT),'fast:unit-$u=build/unit/$u' 'fast:unit-$u-asan=build/asan/unit/$u') \
	$(foreach b,$(BATS),'fast:$b=bats $(BATS_FLAGS) tests/$b.bats' \
		$(if $(filter $b,$(SCRIPTS) $(LONG)),,'fast:$b-asan=MEMPATROL_BIN=build/asan/bin bats $(BATS_FLAGS) tests/$b.bats')) \
	$(foreach f,$(FUZZ),'fast:fuzz-$f=tests/fuzz/replay $f') \
	'fast:lint=LINT_NODES=5000 tests/lint'

check: deps
	$(MAKE) all unit lab asan clang fuzzers
	tests/run $(SUITES)

demo: deps
	$(MAKE) -s lab
	demo/demo

# What a fuzzer finds to be new grows in build/fuzz/corpus; the seeds stay as they are.
fuzz: fuzzers
	@mkdir -p $(FUZZ:%=build/fuzz/corpus/%)
	set -e; for name in $(FUZZ); do \
		build/fuzz/fuzz/$$name -max_total_time=$(FUZZ_SECONDS) -max_len=9000 \
			-verbosity=0 -print_final_stats=1 -artifact_prefix=build/fuzz/$$name- \
			build/fuzz/corpus/$$name tests/fuzz/corpus/$$name; \
	done

# All of them, or BENCH_ONLY='sweep dump'; the table and pictures are in build/bench/docs then.
bench: all lab $(TOOLS:%=$(O)/tools/%) $(BENCH:%=$(O)/bench/%) $(O)/bench/split \
	$(addprefix $(O)/bench/writer-,none.rom slow.rom fast.rom)
	tests/bench/all $(BENCH_ONLY)

# The figures of the last "make bench", for readers.
plots:
	tests/bench/publish

# The tables of docs/scale.md, from figures of "make bench" in docs/scale.tsv.
scale:
	tools/scale docs/scale.tsv docs/scale.md

soak: all lab unit asan
	tests/soak/boots $(SOAK_RUNS)
	$(O)/unit/ledger 1
	tests/lab/lab -p mce -t 3600 -- env STORM=10000 bats $(BATS_FLAGS) tests/lab/mcedecode.bats
	SIGNAL_RUNS=1000 bats $(BATS_FLAGS) tests/memscan_faults.bats
	FAULT_STEP=1 bats $(BATS_FLAGS) tests/poisonctl_faults.bats
	FAULT_RUNS=1000 MOVE_FAULTS=200 bats $(BATS_FLAGS) tests/vmevac_faults.bats
	tests/lab/lab -p mce -t 3600 -H 16 -- env FAULT_RUNS=0 bats $(BATS_FLAGS) tests/hugesplit_faults.bats
	bats $(BATS_FLAGS) tests/lab/profiles.bats
	bats $(BATS_FLAGS) tests/lab/ledger.bats
	MEMPATROL_BIN=build/asan/bin bats $(BATS_FLAGS) $(LONG:%=tests/%.bats)
	HOLD_RUNS=20 bats --tap -f 'round trips' tests/vmevac_hold.bats
	MOVE_RUNS=200 bats --tap -f 'wherever it may be' tests/vmevac_send.bats
	MOVE_RUNS=1 bats --tap -f 'cut while' tests/vmevac_post.bats
	tests/lab/suite tests/lab/latent_options.bats -p latent -H 16
	tests/lab/suite tests/lab/vmevac-latent.bats -p latent
	tests/lab/suite tests/lab/vmevac_send-latent.bats -p latent -H 24
	tests/lab/suite tests/lab/vmevac_send_gigantic.bats -p kvm -m 9216 -a 'hugepagesz=1G hugepages=5'
	tests/lab/suite tests/lab/vmevac_send_net.bats -p mce
	bats $(BATS_FLAGS) tests/lab/vmevac_send_disk.bats
	tests/lab/suite tests/lab/hugesplit_killed.bats -p mce -m 2048 -H 128
	tests/lab/suite tests/lab/hugesplit-gigantic.bats -p mce -m 4608 -a 'hugepagesz=1G hugepages=1'
	tests/lab/suite tests/lab/hugesplit_row.bats -p mce -m 3072 -H 504
	bats $(BATS_FLAGS) tests/lab/hugesplit_risk.bats
	tests/lab/suite tests/lab/runbooks.bats -p mce -H 16
	$(MAKE) package
	tests/lab/suite tests/lab/panic.bats -p kvm -m 1600
	tests/lab/suite tests/lab/memscan_offline.bats -p mce -H 16 -m 1024 -a kernelcore=400M

lint: all
	tests/lint

# Leaks are LeakSanitizer's: gcc 12 loses sight of memory that is reached through a structure.  Nor does it see
# at -O1 what is set before it is used, which -O2 does, but takes twice as long.
analyze: all
	$(MAKE) O=build/analyze BIN=build/analyze/bin CFLAGS='-O1 -fanalyzer -Wno-analyzer-malloc-leak -Wno-maybe-uninitialized' all
	cppcheck --quiet -j "$$(nproc)" --std=c11 --enable=warning,performance,portability --error-exitcode=1 \
		--library=tools/cppcheck.cfg --suppressions-list=tools/cppcheck.suppress \
		-D_GNU_SOURCE -D__x86_64__ -DMEMPATROL_VERSION='""' -Isrc/lib -Isrc/vmevac -I$(O)/tables src

valgrind: all unit
	tests/memcheck

# For cron, on a machine that has the night to itself.
nightly:
	tools/deps --nightly
	$(MAKE) check
	$(MAKE) analyze
	$(MAKE) valgrind
	$(MAKE) fuzz
	$(MAKE) soak

deps:
	tools/deps

# dpkg-buildpackage writes beside the folder that it builds, so that it gets a copy.
package:
	tools/deps --package
	rm -rf build/package
	mkdir -p build/package/mempatrol
	git ls-files -z | xargs -0 cp --parents -P -t build/package/mempatrol
	cd build/package/mempatrol && dpkg-buildpackage -b -us -uc
	rm -r build/package/mempatrol
	lintian --fail-on error build/package/*.changes

# --- installation: programs, pages, completions and units, each by its name ---

PAGES = $(PROGRAMS:%=man/%.8) man/records.5 man/mempatrol.7
BINDIR = $(DESTDIR)$(PREFIX)/bin
SHARE = $(DESTDIR)$(PREFIX)/share
ZSHDIR = $(SHARE)/zsh/site-functions
UNITDIR = $(DESTDIR)$(PREFIX)/lib/systemd/system
OCFDIR = $(DESTDIR)$(OCF_ROOT)/resource.d/mempatrol
UNITS = mempatrol-log.service mempatrol-memscan.service mempatrol-memscan.timer mempatrol-metrics.service \
	mempatrol-metrics.timer mempatrol-restore.service
INTEGRATIONS = $(notdir $(wildcard integrations/*))
RUNBOOKS = $(filter-out %.bash,$(notdir $(wildcard runbooks/*)))

install: all
	install -d $(BINDIR) $(OCFDIR) $(SHARE)/mempatrol/runbooks $(SHARE)/mempatrol/integrations $(SHARE)/man/man5 $(SHARE)/man/man7 $(SHARE)/man/man8 \
		$(SHARE)/bash-completion/completions $(ZSHDIR) \
		$(SHARE)/fish/vendor_completions.d
	install -m 755 $(PROGRAMS:%=$(BIN)/%) $(BINDIR)
	for page in $(PAGES); do install -m 644 $$page $(SHARE)/man/man$${page##*.}; done
	install -m 644 $(PROGRAMS:%=completions/bash/%) $(SHARE)/bash-completion/completions
	install -m 644 $(PROGRAMS:%=completions/zsh/_%) $(ZSHDIR)
	install -m 644 $(PROGRAMS:%=completions/fish/%.fish) $(SHARE)/fish/vendor_completions.d
	sed 's|OCF_RESKEY_vmevac:-vmevac|OCF_RESKEY_vmevac:-$(PREFIX)/bin/vmevac|' ocf/vm >$(OCFDIR)/vm
	chmod 755 $(OCFDIR)/vm
	install -m 755 $(RUNBOOKS:%=runbooks/%) $(SHARE)/mempatrol/runbooks
	install -m 644 runbooks/common.bash $(SHARE)/mempatrol/runbooks
	install -m 755 $(INTEGRATIONS:%=integrations/%) $(SHARE)/mempatrol/integrations
	sed -i 's|/usr/share/|$(PREFIX)/share/|g' $(INTEGRATIONS:%=$(SHARE)/mempatrol/integrations/%)
	chmod 644 $(SHARE)/mempatrol/integrations/*.*
	[ -z "$(UNITS)" ] || install -d $(UNITDIR)
	for unit in $(UNITS); do \
		sed 's|/usr/bin/|$(PREFIX)/bin/|g; s|/usr/share/|$(PREFIX)/share/|g' units/$$unit >$(UNITDIR)/$$unit; \
		chmod 644 $(UNITDIR)/$$unit; \
	done

uninstall:
	rm -f $(PROGRAMS:%=$(BINDIR)/%) $(UNITS:%=$(UNITDIR)/%) $(OCFDIR)/vm \
		$(PROGRAMS:%=$(SHARE)/man/man8/%.8) \
		$(RUNBOOKS:%=$(SHARE)/mempatrol/runbooks/%) $(SHARE)/mempatrol/runbooks/common.bash \
		$(INTEGRATIONS:%=$(SHARE)/mempatrol/integrations/%) \
		$(SHARE)/man/man5/records.5 $(SHARE)/man/man7/mempatrol.7 \
		$(PROGRAMS:%=$(SHARE)/bash-completion/completions/%) \
		$(PROGRAMS:%=$(ZSHDIR)/_%) \
		$(PROGRAMS:%=$(SHARE)/fish/vendor_completions.d/%.fish)

clean:
	rm -rf bin build

.PHONY: all help unit lab asan fuzzers clang check demo fuzz bench plots scale soak lint analyze valgrind nightly deps package \
	install uninstall clean

-include $(shell find $(O) -name '*.d' 2>/dev/null)
