# One line of help for each target: `make help`.
.DEFAULT_GOAL := help
SHELL := /bin/bash
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
COLLECTION := .ansible/collections/ansible_collections/congvu/mail
INVENTORY ?= inventories/lab
export PYTHONDONTWRITEBYTECODE := 1

.PHONY: setup
setup: $(VENV)/.done $(COLLECTION) ## the Python environment .venv

$(VENV)/.done: pyproject.toml
	$(PYTHON) -m venv $(VENV)
	$(BIN)/pip install --quiet --upgrade "pip>=25.1"
	$(BIN)/pip install --quiet --group dev
	@touch $@

$(COLLECTION):
	@mkdir -p $(@D) && ln -sfn ../../../.. $@
