# The first thing to type is `make run`; `make help` lists the rest.

BIN := .venv/bin
STAMP := .venv/.locked
LOCALSTACK := $(BIN)/python -m localstack
POWER_CUT_TESTS := tests/stack/test_power_cut.py

export SAM_CLI_TELEMETRY := 0
# Images of containers like to set it; each of a hundred processes would compile anew all that it imports.
unexport PYTHONDONTWRITEBYTECODE
export AWS_DEFAULT_REGION ?= us-east-1

# sam, uv and mypy want a home to write to; build machines often have none.
ifneq ($(shell test -d "$$HOME" && test -w "$$HOME" && echo yes),yes)
export HOME := $(CURDIR)/.build/home
$(shell mkdir -p "$(HOME)")
endif

# Companies and build machines add certificates of their own to the system's, of which uv and npm know nothing.
CERTIFICATES := $(firstword $(wildcard /etc/ssl/certs/ca-certificates.crt /etc/pki/tls/certs/ca-bundle.crt /etc/ssl/cert.pem))
ifneq ($(CERTIFICATES),)
export UV_SYSTEM_CERTS ?= 1
export NODE_EXTRA_CA_CERTS ?= $(CERTIFICATES)
endif

.DEFAULT_GOAL := help
# It looks for newer versions of itself, and keeps what it compiled in the home.
export DENO_NO_UPDATE_CHECK := 1
export DENO_DIR := $(CURDIR)/.build/deno

.PHONY: help run up down status reset logs backup restore save invoke sam run-docker down-docker rehearsal admin deploy check test kong docs console vendor pictures exams bench crowd rush \
	university power-cuts lock venv

help: ## this list
	@awk -F ':.*## ' '/^[a-z-]+:.*## / {printf "  make %-11s %s\n", $$1, $$2}' $(MAKEFILE_LIST)

run: venv ## start everything and stay in front; Ctrl-C stops it all
	@$(LOCALSTACK) run

up: venv ## start everything in the background; returns when it is ready
	@$(LOCALSTACK) up

down: venv ## stop cleanly, keeping all data
	@$(LOCALSTACK) down

status: venv ## what runs, and where
	@$(LOCALSTACK) status

reset: venv ## forget all data (the stack must be down)
	@$(LOCALSTACK) reset

logs: venv ## follow the logs; PROCESS=gateway for one process
	@$(LOCALSTACK) logs $(PROCESS)

backup: venv ## everything that the stack keeps in one file, while it runs: FILE=school.tar.gz
	@$(LOCALSTACK) backup "$(FILE)"

restore: venv ## what a back-up holds, in the place of all data (the stack must be down): FILE=school.tar.gz
	@$(LOCALSTACK) restore "$(FILE)"

save: venv ## in Docker: write the emulator's memory to disk now, so that a power cut loses little
	@$(LOCALSTACK) save

invoke: venv ## invoke one function: F=ExamFunction E=events/exam_create.json TOKEN=... (if it wants one)
	@$(LOCALSTACK) invoke "$(F)" $(E)

sam: venv ## invoke one function by `sam local invoke`, beside run-docker: F=AuthFunction E=events/auth_login.json
	@$(LOCALSTACK) sam "$(F)" $(E)

run-docker: venv ## start everything in Docker and stay in front; Ctrl-C stops it all (docs/docker.md)
	@LMS_ENVIRONMENT=docker $(LOCALSTACK) run

down-docker: venv ## stop the containers cleanly, keeping all data
	@LMS_ENVIRONMENT=docker $(LOCALSTACK) down

rehearsal: venv ## what run-docker does, without Docker: processes in the containers' places (ten minutes)
	$(BIN)/pytest tests/docker/rehearsal.py

admin: venv ## invite the first administrator: EMAIL=someone@example.org
	@$(LOCALSTACK) admin "$(EMAIL)"

deploy: venv ## build and deploy to AWS: CONFIG=prod of samconfig.toml, see docs/deploy.md
	$(BIN)/python -m operations.aws_build $(or $(CONFIG),prod)
	$(BIN)/sam deploy --config-env $(or $(CONFIG),prod)

check: venv ## formatting, lint, types (of the JavaScript too), import contracts, template
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	PYTHONPATH=functions:layers/shared $(BIN)/lint-imports
	$(BIN)/deno check --quiet functions/console/static
	$(BIN)/deno lint --quiet
	@# It asks no account, but refuses to start with a profile that it does not find.
	env -u AWS_PROFILE -u AWS_DEFAULT_PROFILE $(BIN)/sam validate --lint

test: venv ## check, and every test
	@mkdir -p .build
	@# The whole stack waits more than it works: its tests run beside the others, which give way, and tell at the end.
	@# Those that need the demo school, the rest and the power cuts have a stack each, and do not wait for one another.
	@# File by file, since what the tests of a file share would else be made in both processes.
	@nice -n 10 $(MAKE_COMMAND) --no-print-directory check > .build/check.log 2>&1 & check=$$!; \
	$(BIN)/pytest tests/stack -m school > .build/school-tests.log 2>&1 & school=$$!; \
	$(BIN)/pytest tests/stack -m 'not school' --ignore $(POWER_CUT_TESTS) > .build/stack-tests.log 2>&1 & stack=$$!; \
	$(BIN)/pytest $(POWER_CUT_TESTS) > .build/power-cuts.log 2>&1 & cuts=$$!; \
	nice -n 10 $(BIN)/pytest -n 2 --dist loadfile -m 'not stack' --unused-rights; others=$$?; \
	wait $$check; check=$$?; cat .build/check.log; \
	wait $$cuts; cuts=$$?; cat .build/power-cuts.log; \
	wait $$stack; stack=$$?; cat .build/stack-tests.log; \
	wait $$school; school=$$?; cat .build/school-tests.log; exit $$((check | others | cuts | stack | school))

kong: venv ## write the gateway's routes anew from the functions' permissions
	$(BIN)/python -m operations.kong.generate

docs: venv ## write the descriptions of the API, of who may do what, and of the events anew
	PYTHONPATH=layers/shared $(BIN)/python -m operations.documents.asyncapi
	PYTHONPATH=functions:layers/shared $(BIN)/python -m operations.documents.openapi
	PYTHONPATH=functions:layers/shared $(BIN)/python -m operations.documents.authorization
	PYTHONPATH=functions:layers/shared $(BIN)/python -m operations.documents.event_page
	PYTHONPATH=functions:layers/shared $(BIN)/python -m operations.console.types

console: venv ## the console as the working tree has it, in front of the running stack; a change is there on reload
	@$(BIN)/python -m localstack.console

vendor: venv ## fetch the console's libraries anew, as operations/console/vendor.toml names them
	$(BIN)/python -m operations.console.vendor

bench: venv ## measure everything that docs/performance.md shows, and write it anew (ten minutes)
	PYTHONPATH=functions:layers/shared $(BIN)/python -m benchmarks.page

crowd: venv ## a message to a class of 10 000, the function dying on the way
	PYTHONPATH=functions:layers/shared $(BIN)/python -m benchmarks.crowd

power-cuts: venv ## kill everything CUTS times (20) under load; nothing that was answered may be lost or done twice
	POWER_CUTS=$(or $(CUTS),20) $(BIN)/pytest -s $(POWER_CUT_TESTS)

pictures: venv ## take the README's pictures of the console anew, of the running stack
	$(BIN)/python -m operations.console.pictures $(if $(URL),--url "$(URL)")

exams: venv ## EXAMS exams (20) in a real Chromium while everything fails at random moments; no answer may be lost
	EXAMS=$(or $(EXAMS),20) $(BIN)/pytest -s tests/stack/test_console_exams.py

rush: venv ## 250 students start, save and submit one exam at once, on the running stack
	PYTHONPATH=functions:layers/shared $(BIN)/python -m benchmarks.rush

LOCK := $(BIN)/uv pip compile --universal --python-version 3.11 --generate-hashes --no-emit-index-url --no-header --no-annotate --quiet

university: venv ## a whole university loaded, every report card compared (an hour, 6 GB): OULAD=folder of its files
	PYTHONPATH=functions:layers/shared $(BIN)/python -m benchmarks.university $(if $(OULAD),"$(OULAD)")

lock: venv ## resolve every requirements file anew from pyproject.toml
	$(LOCK) pyproject.toml --group dev -o requirements-dev.txt
	$(LOCK) pyproject.toml -c requirements-dev.txt -o layers/shared/requirements.txt
	$(LOCK) --group relay -c requirements-dev.txt -o functions/outbox_relay/requirements.txt
	$(LOCK) --group auth --no-deps -c requirements-dev.txt -o functions/auth/requirements.txt
	$(LOCK) --group exchange --no-deps -c requirements-dev.txt -o functions/exchange/requirements.txt
	$(LOCK) --group institute --no-deps -c requirements-dev.txt -o functions/institute/requirements.txt
	$(LOCK) --group portal --no-deps -c requirements-dev.txt -o functions/portal/requirements.txt
	$(LOCK) localstack/requirements.in -o localstack/requirements.txt

venv: $(STAMP)

# pip installs uv alone, by the hash that the lock gives; uv does the rest in seconds where pip takes minutes.
$(STAMP): requirements-dev.txt
	@command -v "$${PYTHON:-python3}" >/dev/null || { echo "Python 3.11, 3.12 or 3.13 is needed, and there is no '$${PYTHON:-python3}' here." >&2; exit 1; }
	@"$${PYTHON:-python3}" -c 'import sys; sys.exit(not (3, 11) <= sys.version_info[:2] <= (3, 13))' || { \
	  echo "Python 3.11, 3.12 or 3.13 is needed; $${PYTHON:-python3} is $$("$${PYTHON:-python3}" -V 2>&1). Name another one: make PYTHON=python3.12 ..." >&2; exit 1; }
	@echo "Making .venv (once; about half a minute)"
	@# One without the stamp was cut off while it was made: not even pip is sure to be whole.
	@test -f $(STAMP) || rm -rf .venv
	@test -x $(BIN)/python || "$${PYTHON:-python3}" -m venv .venv
	@rm -f $(STAMP)
	@sed -n '/^uv==/,/[^\\]$$/p' requirements-dev.txt > .venv/uv.txt
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes --no-deps -r .venv/uv.txt
	@$(BIN)/uv pip sync --quiet --python $(BIN)/python --require-hashes requirements-dev.txt
	@touch $(STAMP)
