# `make demo` shows what mailsignals does, `make test` proves it. Both set up what they need in .venv.
.PHONY: corpus-report docs demo test check format model clean

BIN = .venv/bin
CORPUS = data/corpus/en.jsonl data/corpus/ru.jsonl data/corpus/hr.jsonl data/corpus/da.jsonl data/corpus/tl.jsonl

demo: .venv/run.done  ## scan the sample mailbox, write a digest
	@tools/demo.sh

test: .venv/dev.done  ## the whole test suite
	@tools/dovecot.sh
	$(BIN)/python -m pytest

check: .venv/dev.done  ## style, types, layers
	$(BIN)/ruff check . && $(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/lint-imports

format: .venv/dev.done
	$(BIN)/ruff check --fix . ; $(BIN)/ruff format .

model: .venv/run.done  ## train the shipped model from data/corpus
	$(BIN)/mailsignals train $(CORPUS) --out models/default

.venv/%.done: requirements/%.txt pyproject.toml
	@tools/venv.sh $*
	@touch $@

corpus-report: .venv/run.done  ## count the labelled corpus
	@$(BIN)/python tools/corpus_report.py $(CORPUS)

docs: .venv/run.done  ## write what the program prints into README, data card and docs/signals.md
	$(BIN)/python tools/write_docs.py

clean:
	rm -rf .venv demo-out dist build
