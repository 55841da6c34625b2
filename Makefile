# `make demo` shows what mailsignals does, `make test` proves it. Both set up what they need in .venv.
.PHONY: bench-classifier bench-mail check clean corpus-report demo diff-signals docs encoder format model test

BIN = .venv/bin
CORPUS = data/corpus/en.jsonl data/corpus/ru.jsonl data/corpus/hr.jsonl data/corpus/da.jsonl data/corpus/tl.jsonl
# Public labelled text that may be learnt from beside the corpus (tools/real_labels.py); everything works without it.
REAL_ENCODER = $(wildcard build/real-encoder.jsonl)
REAL_HEADS = $(wildcard build/real-heads.jsonl)
REAL = $(wildcard ../shared/data/real-dev)

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
	$(BIN)/mailsignals train $(CORPUS) $(REAL_HEADS) --out models/default

encoder: .venv/encoder.done  ## tune the sentence encoder on data/corpus and pack it (an hour)
	$(BIN)/python tools/tune_encoder.py $(CORPUS) $(REAL_ENCODER) --out build/tuned.npz
	$(BIN)/python tools/make_encoder.py --tuned build/tuned.npz --out models/encoder

bench-classifier: .venv/setfit.done  ## the classifier beside others, under distortion, on real text, and its speed
	$(BIN)/python tools/make_encoder.py --out build/plain
	$(BIN)/python benchmarks/classifier.py --json docs/figures/classifier.json --plot docs/figures/classifier.png
	$(BIN)/python benchmarks/robustness.py
	$(BIN)/python benchmarks/speed.py
	$(if $(REAL),$(BIN)/python benchmarks/real_text.py $(REAL))

bench-mail: .venv/bench.done  ## reading mail beside mbsync, imaplib and imap-tools (needs isync; a quarter of an hour)
	@tools/dovecot.sh
	$(BIN)/python benchmarks/reading.py $(addprefix --real ,$(wildcard ../shared/data/mail-fixtures)) --json docs/figures/reading.json
	$(BIN)/python benchmarks/mail.py --json docs/figures/mail.json

diff-signals: .venv/run.done  ## what this tree's model finds and loses against the last commit's (BASE=...)
	@rm -rf build/old && mkdir -p build/old && git archive $(or $(BASE),HEAD) models | tar x -C build/old
	@$(BIN)/python tools/diff_signals.py build/old/models models

.venv/%.done: requirements/%.txt pyproject.toml
	@tools/venv.sh $*
	@touch $@

corpus-report: .venv/run.done  ## count the labelled corpus
	@$(BIN)/python tools/corpus_report.py $(CORPUS)

docs: .venv/run.done  ## write what the program prints into README, data card and docs/signals.md
	$(BIN)/python tools/write_docs.py

clean:
	rm -rf .venv demo-out dist build
