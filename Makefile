# Lifeboat. `make` lists what can be made.

GO      ?= go
# cgo on the GL headers takes clang one minute and gcc four. It is looked for
# by each recipe, since on a new machine the first one installs it.
CC       = $(shell command -v clang 2>/dev/null || echo cc)
export CC
# On Linux emoji are drawn with the system's own font, as the packages have it.
TAGS    := migrated_fynedo$(if $(filter Linux,$(shell uname -s)), no_emoji)
# Everything is compiled as packages are, with -trimpath: once for builds, tests
# and vet, for all clones alike. And vet looks at all of it (make vet, make
# test), with more than go test would: that need not look again before each test.
export GOFLAGS := $(filter-out -trimpath -vet=off,$(shell $(GO) env GOFLAGS 2>/dev/null)) -trimpath -vet=off
# Tests that "make test" does not run without these tags must compile all the same.
OTHER   := wine interop limits docs
BIG     ?= 100000

# Tests of the window and of a whole backup in which something works beside it.
BESIDES := Soak|Live|Unplugged|ManyPhotos|BrokenPhotos|Talk$$|Rehears|Restore|Gone|LookInside|TakeOut|DoneWithin|QuitWhileWorking$(strip \
	)|PhoneDetached|TestCancel|Silence|TestPasscode|SyncLockBusy|TwoRunsAtOnce|DetachEndsAtOnce|FirstBackup|TestIncremental|TestResumes$$|CloudSwitch|RecheckBusy

.DEFAULT_GOAL := help
.PHONY: help demo run test check fmt vet build deps window bench-ui bench-promises windows-test diagnose-cases interop fault-texts limits bench bench-backup bench-verify bench-content torture real-phone build-ctl fuzz lint update-knowledge shots pictures desktop soak tools deb rpm deb-test deb-arm64 deb-arm64-test windows setup-test release clean

help: ## list the targets
	@grep -hE '^[a-z0-9-]+:.*##' $(MAKEFILE_LIST) | sed -E 's/:[^#]*## /\t/' | expand -t 12

deps: ## install the system packages that the build needs
	@.ci/deps build

build: deps ## build the app, the command line tool and the simulated iPhone into dist/
	$(GO) build -tags '$(TAGS)' -o dist/ ./cmd/lifeboat
	CGO_ENABLED=0 $(GO) build -o dist/ ./cmd/lifeboatctl ./cmd/phonesim

demo: build ## try Lifeboat with a simulated iPhone (in the terminal if there is no screen)
	@if [ -n "$$DISPLAY$$WAYLAND_DISPLAY" ] || [ "$$(uname -s)" = Darwin ]; then \
		dist/lifeboat --demo; \
	else \
		.ci/demo-terminal; \
	fi

run: build ## start Lifeboat for a real iPhone
	dist/lifeboat

# In memory where there is room for it, so that programs are tested and not disks.
MEMORY ?= $(shell [ "$$(df -Pk /dev/shm 2>/dev/null | awk 'NR == 2 { print $$4 }')" -gt 4000000 ] 2>/dev/null && echo /dev/shm || echo "$${TMPDIR:-/tmp}")

# So many packages are tested beside each other: tests wait for phones at times.
BESIDE ?= $(shell expr $$(getconf _NPROCESSORS_ONLN) + 1)

# Their tests take longer than a few seconds, even with -short. They begin
# first, with those that are long when they are whole, and the longest before
# all, so that none of them is left to run alone at the end.
SLOW := ^lifeboat/(backup(/(record|torture|vault|verify))?|checks/(corpus|diagnosis)|cmd/lifeboatctl|device(/phonesim(/backupd)?)?|ui)$$
LONG := /(backup/content|backup/restore|checks|cmd|transcript|ui/engine|ui/state)$$
LONGEST := /(backup|backup/torture|backup/vault|corpus|cmd/lifeboatctl|ui)$$
SLOW_FIRST := awk '{ print /$(subst /,\/,$(LONGEST))/ ? 0 : /$(subst /,\/,$(SLOW)|$(LONG))/ ? 1 : 2, $$0 }' | sort -s -n -k 1,1 | cut -d ' ' -f 2

# Tests leave much behind that is collected at once otherwise; it is a fifth of their
# time. Each program waits a second at its end for races that are still reported, and
# Fyne keeps what windows drew for a minute, long after the test that opened them.
TEST = GOGC=300 GORACE=atexit_sleep_ms=100 FYNE_CACHE=1s TMPDIR=$(MEMORY) $(GO) test

# The race detector looks where goroutines can meet. What -short leaves out or
# makes smaller there runs again without it, in full, as does all the rest.
test: deps fmt ## gofmt, vet, and run all the tests, with the race detector too where goroutines meet, and the real window on a screen without a monitor
	$(VET) -tags 'ci xvfb $(OTHER)' ./...
	$(TEST) -p $(BESIDE) -race -short -timeout 20m $$(.ci/concurrent yes | $(SLOW_FIRST))
	$(TEST) -race -short -timeout 20m -run '$(BESIDES)' ./ui ./backup
	$(TEST) -p $(BESIDE) -timeout 20m -run '$(shell .ci/shortened tests)' $$(.ci/shortened dirs | $(SLOW_FIRST))
	$(TEST) -p $(BESIDE) -timeout 20m $$(.ci/concurrent no | $(SLOW_FIRST))
	@$(MAKE) --no-print-directory window

window: deps ## test the real window under Xvfb
	@.ci/deps window
	xvfb-run -a -s '-screen 0 1280x900x24' $(GO) test -tags xvfb -count 1 -timeout 5m ./cmd/lifeboat/

bench-ui: build ## measure what the window costs beside an empty one, and how fast it answers through a backup, on a quiet machine
	@.ci/deps window
	$(GO) build -tags '$(TAGS)' -o dist/ ./.ci/emptywindow
	TMPDIR=$(MEMORY) .ci/bench-ui
	LIFEBOAT_BENCH=1 xvfb-run -a -s '-screen 0 1280x900x24' $(GO) test -tags xvfb -count 1 -timeout 5m -v -run Answers ./cmd/lifeboat/

bench-promises: deps ## keep to what is promised in seconds (stopped within one, the checklist within three), on a quiet machine
	LIFEBOAT_PROMISES=1 TMPDIR=$(MEMORY) $(GO) test -p 1 -count 1 -v -run 'TestCancel|EndsAtOnce|KilledMidway|ThreeSeconds|Green|AskedTwice|SilentServices' \
		./backup ./cmd/lifeboatctl ./checks/diagnosis ./ui ./device | grep -vE '^(=== |\? )'

windows-test: ## test Lifeboat for Windows, under Wine, as root on Debian or Ubuntu (QUICK=1 for a part of it)
	.ci/windows-test $(if $(QUICK),quick)

diagnose-cases: ## examine the corpus of phones in checks/testdata/cases, and print what was said rightly and wrongly
	@table=$$(mktemp); LIFEBOAT_CASES=$$table CGO_ENABLED=0 $(GO) test -count 1 -timeout 20m -run 'TestCases|TestCorpus' ./checks/corpus; \
		failed=$$?; cat "$$table"; rm -f "$$table"; exit $$failed

interop: ## test against other people's programs: libimobiledevice's tools, GNOME's keyring, a system bus
	@.ci/deps interop
	CGO_ENABLED=0 $(GO) test -tags interop -count 1 -timeout 10m -run 'Libimobiledevice|Idevicebackup2|ConnectionsOfARun|SecretService|SystemBus' ./cmd/phonesim/ ./cmd/lifeboatctl/ ./backup/keyring/ ./backup/sleepinhibit/

fault-texts: ## print what lifeboatctl tells of each fault that a simulated iPhone can have, to be read
	CGO_ENABLED=0 $(GO) test -tags limits -count 1 -timeout 15m -v -run FaultTexts ./cmd/lifeboatctl/

limits: ## measure memory and speed that are promised: a backup of BIG files
	LIFEBOAT_BIG=$(BIG) CGO_ENABLED=0 $(GO) test -tags limits -count 1 -timeout 15m -v -run Limits ./cmd/lifeboatctl/

bench: ## measure the speed of the simulated iPhone
	TMPDIR=$(MEMORY) CGO_ENABLED=0 $(GO) test -run '^$$' -bench Backup -benchtime 1x ./device/phonesim/backupd/

# 1 is the real size: bench-backup takes some 12 GB in MEMORY and most of an hour. ROWS are those of the table.
SCALE ?= 1
ROWS  ?= abcd

# $(call table,TEST) runs a test that measures, and prints its tables last.
define table
@table=$$(mktemp); LIFEBOAT_TABLE=$$table LIFEBOAT_SCALE=$(SCALE) TMPDIR=$(MEMORY) CGO_ENABLED=0 \
	$(GO) test -tags limits -count 1 -timeout 3h -v -run '$(1)' ./cmd/lifeboatctl/; \
	failed=$$?; echo; cat "$$table"; rm -f "$$table"; exit $$failed
endef

bench-backup: ## measure lifeboatctl against idevicebackup2 and the limits of both (SCALE=0.02 for a quick look, ROWS=abcd)
	@.ci/deps interop
	$(call table,^TestSpeedBackup$$/^[$(ROWS)]$$)

bench-verify: ## measure verification against the processor and the disk (SCALE=0.02 for a quick look)
	$(call table,^TestSpeedVerify$$)

bench-content: ## measure how soon one sees, finds and takes out what is in a large backup (SCALE=0.05 for a quick look)
	$(call table,^TestSpeedContent$$)

# 1 is everything, and a time such as 60m as much of everything as fits into it.
FOR ?= 1

torture: ## look for ways to lose a backup, all of them and not a sample: hours (FOR=60m for samples of that long); LIFEBOAT_SEED=n repeats one
	LIFEBOAT_TORTURE=$(FOR) TMPDIR=$(MEMORY) CGO_ENABLED=0 $(GO) test -count 1 -timeout 0 -v ./backup/torture/
	LIFEBOAT_TORTURE=1 CGO_ENABLED=0 $(GO) test -count 1 -timeout 0 -v -run 'TestLink|TestWalk|TestNothingLeaks' ./backup/

FUZZTIME ?= 20s
real-phone: build-ctl ## take your own iPhone through everything but restoring, and get one file to send (nothing is erased)
	@.ci/real-phone $(DIR)

build-ctl:
	CGO_ENABLED=0 $(GO) build -o dist/ ./cmd/lifeboatctl

fuzz: ## fuzz every parser for FUZZTIME each
	@GO='$(GO)' FUZZTIME=$(FUZZTIME) .ci/fuzz

# Of Fyne for macOS only what needs no cgo can be looked at without Apple's SDK,
# and of the window for Windows only that without its compiler. For this system
# vet reads what is compiled for tests.
VET = $(GO) vet

fmt:
	@test -z "$$(gofmt -l .)" || { gofmt -l .; exit 1; }

vet: fmt ## gofmt, and go vet for all three systems
	$(VET) -tags 'ci xvfb $(OTHER)' ./...
	GOOS=windows CGO_ENABLED=0 $(VET) -tags ci ./...
	GOOS=darwin CGO_ENABLED=0 $(VET) -tags ci $$($(GO) list ./... | grep -vE 'lifeboat/cmd/lifeboat$$')

lint: vet ## vet, staticcheck, and govulncheck where its data can be reached
	@GO='$(GO)' OTHER='$(OTHER)' SYSTEMS='$(SYSTEMS)' .ci/lint

check: fmt ## what takes seconds, between two changes: gofmt, vet, and the tests of the quick packages
	$(VET) -tags 'ci xvfb $(OTHER)' ./...
	TMPDIR=$(MEMORY) $(GO) test -tags ci -short $$($(GO) list ./... | grep -vE '$(SLOW)')

update-knowledge: ## fetch the latest iOS versions into assets/knowledge; look at the difference before you commit it
	CGO_ENABLED=0 $(GO) run ./checks/feeds/update

shots: build ## photograph every state of the window into dist/shots
	@.ci/deps window
	.ci/shots dist/shots

pictures: ## draw every state of the window, light and dark, in every size and scale, into dist/pictures (LOOK=dark-640x480-1.5 for one of these)
	LIFEBOAT_PICTURES=$(CURDIR)/dist/pictures CGO_ENABLED=0 $(GO) test -tags ci -count 1 -timeout 60m -run 'TestPictures/^$(LOOK)' ./ui

desktop: build ## use the tray, a reminder, a second start and a closed window on a small desktop, and photograph it into dist/desktop
	@.ci/deps desktop
	.ci/desktop dist/desktop

soak: ## plug, back up, stop and wait for a day, and print what is left of it: goroutines, files, connections, memory
	LIFEBOAT_SOAK=1 LIFEBOAT_TORTURE=1 $(GO) test -tags ci -count 1 -timeout 30m -run 'Soak|NothingLeaks' -v ./ui/state ./ui ./ui/engine ./backup | grep -E 'soak|leaks|^(ok|---|FAIL)'

tools: ## say what packaging installs
	@.ci/package/tools

deb: ## make the package for Debian and Ubuntu, and check it
	.ci/package/linux/packages amd64 deb
	.ci/package/linux/check dist/lifeboat_*_amd64.deb

rpm: ## make the package for Fedora and openSUSE
	.ci/package/linux/packages amd64 rpm

deb-test: deb ## install the package in a clean Debian, use it, photograph its window, and remove it, as root
	.ci/package/linux/test dist/lifeboat_*_amd64.deb

deb-arm64: ## make the packages for arm64
	.ci/package/linux/packages arm64 deb rpm
	.ci/package/linux/check dist/lifeboat_*_arm64.deb

deb-arm64-test: deb-arm64 ## draw the window of the package for arm64 under qemu
	.ci/package/linux/arm64-test dist/lifeboat_*_arm64.deb

windows: ## make the setup for Windows, the folder to carry along, and lifeboatctl for arm64
	.ci/package/windows/packages

setup-test: windows ## sign the setup with a test key, install it under Wine, use it, and remove it, as root
	.ci/package/windows/test

release: ## make everything that Linux can make of a release, twice, and compare
	.ci/package/release

clean: ## remove what was built
	rm -rf dist
