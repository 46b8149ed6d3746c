# One line of help for each target: `make help`.
.DEFAULT_GOAL := help
SHELL := /bin/bash
.SHELLFLAGS := -euo pipefail -c
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
COLLECTION := .ansible/collections/ansible_collections/congvu/mail
INVENTORY ?= inventories/lab
export PYTHONDONTWRITEBYTECODE := 1
export PYTHON
# Named here, it is read in a folder that all may write to as well, where runners have the project.
export ANSIBLE_CONFIG ?= $(CURDIR)/ansible.cfg
# Vietnamese passes through every tool.
export LC_ALL := C.UTF-8

.PHONY: setup
setup: $(VENV)/.done $(COLLECTION) ## the Python environment .venv; every other target does it by itself

$(VENV)/.done: pyproject.toml
	@lab/bootstrap.sh python
	@echo "making $(VENV) (a minute or two the first time)"
	@$(PYTHON) -m venv $(VENV)
	@$(BIN)/pip install --quiet --upgrade "pip>=25.1"
	@$(BIN)/pip install --quiet --group dev
	@touch $@

$(COLLECTION):
	@mkdir -p $(@D) && ln -sfn ../../../.. $@

.PHONY: lab
lab: ## a mail host on this machine, with mail in it; again: brings it up to date
	@started=$$(date +%s.%N); \
	lab/bootstrap.sh; \
	$(MAKE) --no-print-directory setup; \
	LAB_STARTED=$$started $(BIN)/python -m lab run

.PHONY: test
test: ## everything, on fresh hosts: lint, unit tests, playbooks without a host, sanity, molecule scenarios with e2e tests, the newest ansible-core
	@lab/bootstrap.sh test
	@$(MAKE) --no-print-directory setup
	@$(BIN)/python tests/run.py lint unit playbooks sanity tarball default split restore faults matrix

.PHONY: unit
unit: setup ## unit and template tests, without any host
	@$(BIN)/python tests/run.py unit

.PHONY: lint
lint: setup ## ansible-lint (production profile), yamllint, ruff, mypy, codespell
	@$(BIN)/python tests/run.py lint

.PHONY: sanity
sanity: setup ## ansible-test sanity on what the collection ships
	@$(BIN)/python tests/run.py sanity

.PHONY: matrix
matrix: ## every ansible-core that this is for, each on a bare Debian 13: unit, playbooks, sanity, syntax, a converge (ONLY="2.21", SHORT=1)
	@lab/bootstrap.sh
	@$(MAKE) --no-print-directory setup
	@$(BIN)/python -m tests.matrix $(if $(SHORT),--short) $(ONLY)

.PHONY: e2e
e2e: setup ## mail over the wire against the lab of `make lab`
	@lab/bootstrap.sh test
	@CONGVU_LAB=$${CONGVU_LAB:-$(CURDIR)/.lab} $(BIN)/pytest tests/e2e

.PHONY: steady
steady: ## the whole suite ROUNDS times (5), beside LOAD="--cpu 4 --io 2" of stress-ng if wanted; adds to docs/gate.md (STAGES="unit")
	@lab/bootstrap.sh $(if $(LOAD),load,test)
	@$(MAKE) --no-print-directory setup
	@PYTHONPATH=.ansible/collections $(BIN)/python -m tests.steady --rounds $(or $(ROUNDS),5) $(if $(LOAD),--load="$(LOAD)") $(STAGES)

.PHONY: bench
bench: ## speed beside floor and peer (ONLY="names", "directory", "logins" or "backup"; SIZES="1000 10000": people, of backup messages)
	@lab/bootstrap.sh $(if $(filter-out names,$(or $(ONLY),all)),lab,python)
	@$(MAKE) --no-print-directory setup
	@PYTHONPATH=.ansible/collections $(BIN)/python -m benchmarks $(ONLY) $(if $(SIZES),--sizes $(SIZES))

.PHONY: drill
drill: export CONGVU_LAB := $(CURDIR)/.cache/drill/lab
drill: export PYTHONPATH := .ansible/collections
drill: export CONGVU_INVENTORY := $(CURDIR)/molecule/restore/inventory
drill: ## every fault at least five times while mail flows, on a host of its own; writes docs/faults.md (SEED=... repeats one)
	@lab/bootstrap.sh drill
	@$(MAKE) --no-print-directory setup
	@$(BIN)/python -m lab down  # what a drill that was killed left
	@trap '$(BIN)/python -m lab down' EXIT; \
	$(BIN)/python -m lab run --inventory $(CONGVU_INVENTORY) && \
	$(BIN)/python -m tests.faults --prove && \
	$(BIN)/python -m tests.faults --record $(if $(SEED),--seed $(SEED)) $(if $(ROUNDS),--rounds $(ROUNDS))

.PHONY: upgrade-site
upgrade-site: export CONGVU_LAB := $(CURDIR)/.cache/upgrading/lab
upgrade-site: export CONGVU_INVENTORY := $(CURDIR)/.cache/upgrading/site
upgrade-site: export PYTHONPATH := .ansible/collections
upgrade-site: ## upgrades a site of an older release (FROM=0.1.0, or a commit) to this code with mail flowing, on hosts of its own (KILLS=2, SEED=...)
	@lab/bootstrap.sh
	@$(MAKE) --no-print-directory setup
	@$(BIN)/python -m tests.upgrading $(FROM) $(if $(KILLS),--kills $(KILLS)) $(if $(SEED),--seed $(SEED))

.PHONY: tarball
tarball: setup ## the collection as dist/congvu-mail-*.tar.gz: of HEAD, or again that of a release (VERSION=X.Y.Z)
	@PYTHONPATH=.ansible/collections $(BIN)/python -m publish tarball $(VERSION)

.PHONY: release
release: setup ## makes a release of HEAD: version, changelog, tests, tarball, record (VERSION=X.Y.Z); no network
	@PYTHONPATH=.ansible/collections $(BIN)/python -m publish release $(VERSION)

.PHONY: fuzz
fuzz: setup ## property tests with new random examples; stops at Ctrl-C and goes on from docs/fuzz.csv (MINUTES=30, ONLY="any_bytes names", EXAMPLES=2000 a turn)
	@$(BIN)/python tests/fuzz.py $(if $(MINUTES),--minutes $(MINUTES)) $(if $(EXAMPLES),--examples $(EXAMPLES)) $(if $(ONLY),--only $(ONLY))

.PHONY: upgrade
upgrade: setup ## raises the pinned versions in pyproject.toml, runs lint and unit, and keeps those that break nothing (ONLY="ruff mypy")
	@$(BIN)/python tests/upgrade.py $(ONLY)

.PHONY: docs
docs: setup ## the reference pages of roles, modules, playbooks and variables, from the code
	@PYTHONPATH=.ansible/collections $(BIN)/python -m publish docs

.PHONY: site
site: setup ## a new site from the nearest of the five decisions, with blanks (NAME=binhthuan FROM=dongnai; docs/reference/decisions.md)
	@$(BIN)/ansible-playbook -i localhost, playbooks/new_site.yml -e "name='$(NAME)'" -e "from='$(FROM)'"

.PHONY: plan
plan: setup ## what `make apply` would change in the directory (INVENTORY=inventories/<site>)
	@$(BIN)/ansible-playbook -i $(INVENTORY) playbooks/mailboxes.yml --check --diff

.PHONY: apply
apply: setup ## brings the accounts of INVENTORY into its directory
	@$(BIN)/ansible-playbook -i $(INVENTORY) playbooks/mailboxes.yml

.PHONY: verify
verify: setup ## whether the hosts of INVENTORY look as they must (services, ports, files, users, firewall); reads only
	@$(BIN)/ansible-playbook -i $(INVENTORY) playbooks/verify.yml

.PHONY: clean
clean: ## removes containers, networks, images, .venv, caches and .lab; no system package
	@$(PYTHON) -m lab clean
	@rm -rf .ansible .cache .hypothesis .lab .mypy_cache .pytest_cache .ruff_cache $(VENV)
	@find . -name __pycache__ -not -path './.git/*' -prune -exec rm -rf {} +

.PHONY: help
help: ## this list
	@sed -n 's/^\([a-z0-9-]*\):.*## \(.*\)/  \1\t\2/p' $(MAKEFILE_LIST) | expand -t 16
