# Makefile: the few commands of the project; each installs what it lacks. The build itself is Meson's.
# SPDX-License-Identifier: Apache-2.0
PREFIX ?= /usr/local
DESTDIR ?=
SECONDS ?= 60
TIER ?= all
SAMPLE ?= yes
PORT ?= 8443
AGENTS_PORT ?= 8444

.DEFAULT_GOAL := all
# Folders whose files `make format` lays out.
FORMATTED = src tests
.PHONY: all help run test windows bench fuzz lint format clean install

all: ## build the programs into build/run
	@tools/install.sh build
	@tools/build.sh run

help: ## say what there is
	@echo 'make            builds the programs into build/run'
	@echo 'make run        starts everything on this machine; Ctrl-C ends it; SAMPLE=no for an empty office, PORT=8443'
	@echo 'make test       builds with sanitizers and runs every test; TIER=quick is short, TIER=full is longest'
	@echo 'make windows    builds canh-agent.exe, for Windows 7 SP1 and later, into build/windows'
	@echo 'make bench      measures, with the peers in the same run'
	@echo 'make fuzz T=x   fuzzes the target x for SECONDS=60; without T it names the targets'
	@echo 'make lint       clang-tidy and cppcheck over the code'
	@echo 'make format     lays out the code as .clang-format says'
	@echo 'make install    into PREFIX=/usr/local, below DESTDIR'
	@echo 'make clean      removes what was built; ./var, the data of make run, stays'

run: ## start everything on this one machine
	@tools/install.sh build run
	@tools/build.sh run
	@SAMPLE='$(SAMPLE)' PORT='$(PORT)' AGENTS_PORT='$(AGENTS_PORT)' exec tools/run.sh

test: ## build with sanitizers, run every test
	@tools/test.sh '$(TIER)'

windows: ## build the Windows agent
	@tools/install.sh windows
	@tools/build.sh windows

bench: ## measure, with the peers in the same run
	@tools/install.sh bench
	@tools/build.sh bench
	@tools/bench.sh

fuzz: ## fuzz one target
	@tools/install.sh fuzz
	@tools/fuzz.sh '$(T)' '$(SECONDS)'

lint: ## clang-tidy and cppcheck
	@tools/install.sh lint
	@tools/lint.sh

format: ## give every C file the layout of .clang-format
	@tools/install.sh lint
	@tools/format.sh $(FORMATTED)

install: ## into DESTDIR/PREFIX
	@tools/install.sh build
	@tools/build.sh install '$(PREFIX)' '$(DESTDIR)'

clean: ## remove what was built
	rm -rf build build-* console/dist
