# `make demo` and `make test` do all the set-up themselves and share one build.
SHELL := /bin/bash
LOCAL = .build/debug/dcmms-local

.PHONY: demo test up down status logs lint build train

build:
	@deploy/local/setup.sh

demo: build
	@deploy/local/fetch-data.sh || [ -n "$(SIMULATE)" ] || true
	@$(LOCAL) demo $(if $(SIMULATE),--simulate)

test: build lint
	@swift test --skip-build --disable-xctest

up: build
	@$(LOCAL) up

down status logs:
	@$(LOCAL) $@

lint:
	@deploy/local/lint.sh

train: build
	@deploy/local/train.sh
