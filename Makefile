# `make demo` and `make test` do the whole set-up and share one build.
LOCAL = .build/debug/dcmms-local

.PHONY: demo test test-broker test-exchanges test-races test-migration test-upgrade test-console screens bench seed-large up down status logs build api api-release events lint fleet deployment train clean

demo: build
	@$(if $(SIMULATE),,deploy/local/fetch-data.sh || true)
	@$(LOCAL) demo $(if $(SIMULATE),--simulate)

test: build lint
	@deploy/local/test.sh

test-broker: build
	@deploy/local/test-broker.sh

# 10,000 exchanges that break the rules of HTTP/1.1, HTTP/2, TLS, WebSocket and server-sent events; `make test` runs a part of them.
test-exchanges: build
	@DCMMS_TEST_SCALE=full LOG_LEVEL=warning swift test --skip-build --disable-xctest --no-parallel --filter "(Gateway|Fleet)Tests.ExchangeTests"

# A refresh and a logout at the same moment, 10,000 times; `make test` does that 300 times.
test-races: build
	@TEST_RACES=10000 LOG_LEVEL=warning swift test --skip-build --disable-xctest --filter aRefreshAndALogoutAtTheSameTime

# The step to tables by year with 500,000 work orders, while others work; `make test` does it with 2,000.
test-migration: build
	@DCMMS_TEST_SCALE=full LOG_LEVEL=warning swift test --skip-build --disable-xctest --filter peopleGoOnWorkingWhileTheTablesArePartedByYear

# The tests of the version before, built from its commit, against today's migrations: make test-upgrade BEFORE=COMMIT
test-upgrade: build
	@deploy/upgrade/run $(BEFORE)

# What people do with the console, in Chromium, against the stack of `make demo`, in a quarter of an hour.
test-console: demo
	@CONSOLE_STACK=$(CURDIR) CONSOLE_PATIENCE=60 .local/venv/bin/python -m pytest --quiet -p no:cacheprovider Tests/Console

# A screenshot of every page and view of the console, and of each step of a day, in .local/screens.
screens: demo
	@mkdir -p .local/screens
	@CONSOLE_SCREENS=$(CURDIR)/.local/screens .local/venv/bin/python -m pytest --quiet -p no:cacheprovider Tests/Console/test_every_page.py Tests/Console/test_every_view.py Tests/Console/test_day.py

# A tenth of the specification's first year in the databases of the running stack: for looking at lists as they are after a year.
seed-large: up
	@$(LOCAL) seed-large

bench: build
	@deploy/local/bench.sh

up: build
	@$(LOCAL) up

# `make logs DAEMON=gateway FOLLOW=1`
logs: ARGUMENTS = $(DAEMON) $(if $(FOLLOW),--follow)
down status logs:
	@test -x $(LOCAL) || { echo "dCMMS: nothing is built here, so nothing can be running"; exit 1; }
	@$(LOCAL) $@ $(ARGUMENTS)

build:
	@deploy/local/setup.sh

# The committed API documents: run it after a route was added or changed.
api: build
	@UPDATE_API=1 LOG_LEVEL=warning swift test --skip-build --disable-xctest --filter theAPIDocumentIsUpToDate

# Makes the committed documents the released ones: changes that break them must be listed in docs/api/CHANGES.md from now on.
api-release:
	@.local/venv/bin/python deploy/check/api.py --release

lint:
	@deploy/local/lint.sh

# Writes Swift types, catalog and golden bytes from the schemas in Shared/EventSchema/Schemas.
events:
	@deploy/events/run

# The parts of the deployment files and the README for each daemon, from Shared/LocalFleet/Catalogue.swift.
fleet: build
	@deploy/fleet/run

# Checks the ledger of the specification, and compares Dockerfile, compose, manifests and chart with what the daemons read.
deployment:
	@deploy/check/run

train: build
	@deploy/local/train.sh

# Everything that was built or stored here.
clean:
	@test ! -x $(LOCAL) || $(LOCAL) down
	@rm -rf .build .local
