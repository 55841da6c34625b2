"""Tune the upper layers of the sentence encoder on the labelled corpus, so that like acts get like vectors.

    pip install -r requirements/encoder.txt
    python tools/tune_encoder.py data/corpus/*.jsonl --out build/tuned.npz      # an hour on two busy cores
    python tools/make_encoder.py --tuned build/tuned.npz --out models/encoder

Only the train part is learnt from; after every epoch the dev part is ranked, and printed, never learnt from. The
vocabulary, the embeddings and the lower three layers stay as they came, so their output is computed once. The others
learn two things together: to name a sentence's tags (binary cross-entropy, through a head that starts as a logistic
regression), and to lie near sentences of the same tags (supervised contrast). The head is thrown away: logistic
regressions on the finished vectors do better, and can be refitted in seconds. Both halves of a minimal pair come in one
batch, so that the contrast works on what decides between them. The network has two exits, one half-way up for those who
want speed (`Encoder.early`), and both learn at once. States are rounded to eight bits a piece while tuning,
as the packed network rounds them (straight-through gradients); weights are rounded only when it is packed.

Sources: Khosla et al., Supervised Contrastive Learning, NeurIPS 2020; Howard and Ruder, Universal Language Model
Fine-tuning for Text Classification, ACL 2018 (learning rates that fall with depth); Teerapittayanon et al., BranchyNet,
ICPR 2016 (exits that learn together); Jacob et al., Quantization and Training of Neural Networks for Efficient
Integer-Arithmetic-Only Inference, CVPR 2018.
"""

from __future__ import annotations

import argparse
import random
import time
import unicodedata
from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import torch
from make_encoder import HEADS, HIDDEN, LAYERS, PIECES, Source, choose_pieces, read_source, source_path
from sklearn.base import clone
from sklearn.linear_model import LogisticRegression
from sklearn.metrics import average_precision_score
from torch import nn
from torch.nn import functional

from mailsignals.learning.corpus import read_labels
from mailsignals.learning.train import HELD_OUT, rows_of
from mailsignals.signals.catalogue import tags
from mailsignals.signals.encoder import EARLY, Input, inputs_of
from mailsignals.signals.segment import Sentence
from mailsignals.signals.unigram import PADDING, Unigram
from mailsignals.types import LabelledMail

FROZEN = 3
"""Layers, from below, that stay as they are."""
EPOCHS, BATCH = 2, 32
RATE, DECAY_BY_LAYER, HEAD_RATE, WARM_UP = 1e-4, 0.9, 10.0, 0.06
POSITIVE_WEIGHT = 3.0
CONTRAST, TEMPERATURE = 0.2, 0.1
EXITS = {EARLY: 0.5, LAYERS: 1.0}
"""Layers before each exit, and what its loss counts."""
UNTAGGED = 1.3
"""Untagged sentences of an epoch, for every tagged one; drawn anew each time."""
FITTED = 20_000
"""Sentences, drawn at random, on which heads are fitted: for the start, and to rank dev."""
AGAIN = 0.5
"""Share of the sentences that are learnt twice: alone, or in hasty spelling (no diacritics, capitals, typos)."""
DANISH = str.maketrans({"æ": "ae", "ø": "oe", "å": "aa", "Æ": "Ae", "Ø": "Oe", "Å": "Aa"})
ATTENTION = ("q", "k", "v", "ao")
WEIGHTS = (*ATTENTION, "fi", "fo")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("labels", type=Path, nargs="+")
    parser.add_argument("--out", type=Path, required=True, help="file for the tuned weights (.npz)")
    parser.add_argument("--epochs", type=int, default=EPOCHS)
    parser.add_argument("--seed", type=int, default=0)
    wanted = parser.parse_args()
    random.seed(wanted.seed)
    torch.manual_seed(wanted.seed)
    mails = [mail for mail in read_labels(wanted.labels) if not mail.outgoing]
    source = read_source(source_path())
    network = Network(source, choose_pieces(source, size=PIECES))
    tune(
        network,
        network.rows([mail for mail in mails if mail.split not in HELD_OUT], again=AGAIN),
        network.rows([mail for mail in mails if mail.split == "dev"]),
        epochs=wanted.epochs,
    )
    wanted.out.parent.mkdir(parents=True, exist_ok=True)
    np.savez(wanted.out, **network.tuned())


# What is learnt -------------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Rows:
    """Sentences, ready for the upper layers.

    Attributes:
        states: What the lower layers make of each sentence, shape (pieces, HIDDEN), bfloat16.
        pooled: How many of those pieces are the sentence's own.
        labels: Shape (sentences, tags).
        known: The same shape: where the tag was looked for.
        mails: Number of each sentence's mail.
        pairs: Name of each sentence's minimal pair, or "".
    """

    states: Sequence[torch.Tensor]
    pooled: Sequence[int]
    labels: torch.Tensor
    known: torch.Tensor
    mails: Sequence[int]
    pairs: Sequence[str]

    def some(self, most: int) -> Rows:
        """At most so many of the rows, drawn at random."""
        picked = random.sample(range(len(self.states)), min(most, len(self.states)))
        states, pooled, mails, pairs = (
            [own[row] for row in picked] for own in (self.states, self.pooled, self.mails, self.pairs)
        )
        return Rows(states, pooled, self.labels[picked], self.known[picked], mails, pairs)

    def batch(self, picked: Sequence[int]) -> tuple[torch.Tensor, torch.Tensor, torch.Tensor]:
        """States, attention mask and pooling mask of some rows, padded to the longest."""
        longest = max(len(self.states[row]) for row in picked)
        states = torch.zeros(len(picked), longest, HIDDEN)
        seen, pooled = torch.zeros(len(picked), longest), torch.zeros(len(picked), longest)
        for place, row in enumerate(picked):
            length = len(self.states[row])
            states[place, :length] = self.states[row]
            seen[place, :length] = 1
            pooled[place, : self.pooled[row]] = 1
        return states, seen, pooled


def _again(sentence: Sentence, chance: random.Random) -> Sentence:
    """The sentence in hasty spelling, as written but alone, or both; real lines often come without the one before."""
    text = distort(sentence.text, chance) if chance.random() < 0.6 else sentence.text
    return Sentence(text, sentence.before if text != sentence.text and chance.random() < 0.5 else "")


def distort(text: str, chance: random.Random) -> str:
    """The text as typed in a hurry: no diacritics, capitals, small letters or, twice as often, typos."""
    way = chance.randrange(5)
    if way == 0:
        if chance.random() < 0.5:
            text = text.translate(DANISH)
        plain = unicodedata.normalize("NFKD", text.replace("đ", "d").replace("Đ", "D"))
        return "".join(sign for sign in plain if not unicodedata.combining(sign))
    if way == 1:
        return text.upper()
    if way == 2:
        return text.lower()
    letters = list(text)
    for _ in range(max(1, len(letters) // 30)):
        place = chance.randrange(len(letters))
        letters[place : place + 2] = (
            letters[place : place + 2][::-1] if chance.random() < 0.5 else letters[place + 1 :][:1]
        )
    return "".join(letters)


# The network ----------------------------------------------------------------------------------------------------------


class Layer(nn.Module):
    """One transformer layer, named as in the source."""

    def __init__(self) -> None:
        super().__init__()
        for name in ATTENTION:
            setattr(self, name, nn.Linear(HIDDEN, HIDDEN))
        self.fi, self.fo = nn.Linear(HIDDEN, 4 * HIDDEN), nn.Linear(4 * HIDDEN, HIDDEN)
        self.aln, self.oln = nn.LayerNorm(HIDDEN, 1e-12), nn.LayerNorm(HIDDEN, 1e-12)
        self.drop = nn.Dropout(0.1)

    def forward(self, states: torch.Tensor, bias: torch.Tensor) -> torch.Tensor:
        shape = (*states.shape[:2], HEADS, HIDDEN // HEADS)
        rounded = _rounded(states)
        query, key, value = (getattr(self, name)(rounded).view(shape).transpose(1, 2) for name in "qkv")
        # Written out: torch's own attention is twice as slow backwards in bfloat16 on a processor.
        weights = torch.softmax(query @ key.transpose(-1, -2) * (HIDDEN // HEADS) ** -0.5 + bias, -1)
        attended = (weights @ value).transpose(1, 2).reshape(states.shape)
        states = self.aln(states + self.ao(_rounded(attended)))
        widened = functional.gelu(self.fi(_rounded(states)))
        return self.oln(states + self.drop(self.fo(_rounded(widened))))


class _Rounded(torch.autograd.Function):
    """States in 255 steps from minus to plus the largest of their piece; gradients pass as if nothing had happened."""

    @staticmethod
    def forward(context: object, states: torch.Tensor) -> torch.Tensor:
        step = states.abs().amax(-1, keepdim=True).clamp_min(1e-9) / 127
        return (states / step).round_().mul_(step)

    @staticmethod
    def backward(context: object, gradient: torch.Tensor) -> torch.Tensor:
        return gradient


def _rounded(states: torch.Tensor) -> torch.Tensor:
    rounded: torch.Tensor = _Rounded.apply(states)
    return rounded


class Network:
    """The encoder in torch: its lower layers for good, its upper ones to be tuned.

    Heads can be fitted on it as on a packed encoder, to see how well a tuning does.
    """

    dimensions = HIDDEN
    fingerprint = "not packed"

    def __init__(self, source: Source, chosen: Sequence[int]) -> None:
        arrays = {name: torch.from_numpy(array.copy()) for name, array in source.unpacked().items()}
        vocabulary = source.vocabulary
        self._vocabulary = Unigram([vocabulary[number] for number in chosen])
        self._words = arrays["emb.word"].view(-1, HIDDEN)[list(chosen)]
        self._places = arrays["emb.pos"].view(-1, HIDDEN) + arrays["emb.type"][:HIDDEN]
        self._norm = nn.LayerNorm(HIDDEN, 1e-12)
        _fill(self._norm, arrays, "emb.ln")
        self._layers = nn.ModuleList(Layer() for _ in range(LAYERS))
        for number, layer in enumerate(self._layers):
            for name, part in layer.named_children():
                if name != "drop":
                    _fill(part, arrays, f"l{number}.{name}")

    @property
    def upper(self) -> nn.ModuleList:
        return self._layers[FROZEN:]

    def rows(self, mails: Sequence[LabelledMail], *, again: float = 0.0) -> Rows:
        """The sentences of the mails, and some of them a second time, changed."""
        found = rows_of(mails, tags())
        number_of = {mail.id: number for number, mail in enumerate(mails)}
        owners = [number_of[mail.id] for mail in mails for _ in rows_of([mail], tags()).sentences]
        sentences = list(found.sentences)
        labels, known = (torch.from_numpy(flags.astype(np.float32)) for flags in (found.labels, found.known))
        twice = [row for row in range(len(sentences)) if random.random() < again]
        sentences += [_again(sentences[row], random.Random(row)) for row in twice]
        inputs = inputs_of(self._vocabulary, sentences)
        rows = [*range(len(owners)), *twice]
        pooled = [one.pooled for one in inputs]
        pairs = [
            f"{mails[owners[row]].lang} {mails[owners[row]].pair}" if mails[owners[row]].pair else "" for row in rows
        ]
        return Rows(self._lower(inputs), pooled, labels[rows], known[rows], [owners[row] for row in rows], pairs)

    @torch.no_grad()
    def _lower(self, inputs: Sequence[Input]) -> list[torch.Tensor]:
        states: list[torch.Tensor] = [torch.empty(0)] * len(inputs)
        for picked in _batches([len(one.pieces) for one in inputs], 64):
            longest = max(len(inputs[row].pieces) for row in picked)
            numbers = torch.full((len(picked), longest), PADDING)
            for place, row in enumerate(picked):
                numbers[place, : len(inputs[row].pieces)] = torch.tensor(inputs[row].pieces)
            hidden = self._norm(self._words[numbers] + self._places[:longest])
            bias = _bias((numbers != PADDING).float())
            with torch.autocast("cpu", torch.bfloat16):
                for layer in self._layers[:FROZEN].eval():
                    hidden = layer(hidden, bias)
            for place, row in enumerate(picked):
                states[row] = hidden[place, : len(inputs[row].pieces)].bfloat16().clone()
        return states

    def vectors(self, states: torch.Tensor, seen: torch.Tensor, pooled: torch.Tensor) -> list[torch.Tensor]:
        """At each exit shape (sentences, HIDDEN), rows of length 1."""
        found = []
        for number, layer in enumerate(self.upper, FROZEN + 1):
            with torch.autocast("cpu", torch.bfloat16):
                states = layer(states, _bias(seen))
            if number in EXITS:
                mean = (states.float() * pooled[:, :, None]).sum(1) / pooled.sum(1, keepdim=True)
                found.append(functional.normalize(mean, dim=1))
        return found

    @torch.no_grad()
    def all_vectors(self, rows: Rows) -> np.ndarray:
        """Those of every row, without drop-out; shape (exits, sentences, HIDDEN)."""
        self.upper.eval()
        vectors = np.empty((len(EXITS), len(rows.states), HIDDEN), np.float32)
        for picked in _batches([len(states) for states in rows.states], 64):
            vectors[:, picked] = torch.stack(self.vectors(*rows.batch(picked))).numpy()
        return vectors

    def encode(self, sentences: Sequence[Sentence]) -> np.ndarray:
        """What the whole network makes of sentences before it is packed, shape (sentences, HIDDEN)."""
        inputs = inputs_of(self._vocabulary, sentences)
        unlabelled = torch.empty(len(inputs), 0)
        rows = Rows(self._lower(inputs), [one.pooled for one in inputs], unlabelled, unlabelled, (), ())
        return self.all_vectors(rows)[-1]

    def tuned(self) -> dict[str, np.ndarray]:
        """The upper layers' weights under their names in the source."""
        return {
            f"l{FROZEN + number}.{part}.{kind[0]}": value.numpy().reshape(-1)
            for number, layer in enumerate(self.upper)
            for part, kind, value in ((*name.split("."), value) for name, value in layer.state_dict().items())
        }


def _fill(part: nn.Module, arrays: dict[str, torch.Tensor], name: str) -> None:
    with torch.no_grad():
        for kind in ("weight", "bias"):
            parameter = getattr(part, kind)
            parameter.copy_(arrays[f"{name}.{kind[0]}"].view(parameter.shape))


def _bias(seen: torch.Tensor) -> torch.Tensor:
    return (seen[:, None, None, :] - 1) * 1e4


def _batches(lengths: Sequence[int], size: int) -> Iterator[list[int]]:
    order = sorted(range(len(lengths)), key=lengths.__getitem__)
    for begin in range(0, len(order), size):
        yield order[begin : begin + size]


# Tuning ---------------------------------------------------------------------------------------------------------------


def tune(network: Network, rows: Rows, dev: Rows, *, epochs: int) -> None:
    """Tune the upper layers on ``rows``; how well ``dev`` is ranked is printed as it goes."""
    fitted = rows.some(FITTED)
    heads = [_first_head(vectors, fitted) for vectors in network.all_vectors(fitted)]
    depths = range(len(network.upper) - 1, -1, -1)
    groups = [
        {"params": [*layer.parameters()], "lr": RATE * DECAY_BY_LAYER**depth}
        for depth, layer in zip(depths, network.upper, strict=True)
    ]
    groups += [{"params": [*head.parameters()], "lr": RATE * HEAD_RATE} for head, _ in heads]
    tunable = [parameter for group in groups for parameter in group["params"]]
    optimiser = torch.optim.AdamW(groups, weight_decay=0.01)
    tagged = int((rows.labels.sum(1) > 0).sum())
    steps = epochs * len(_epoch(rows))
    schedule = torch.optim.lr_scheduler.LambdaLR(
        optimiser, lambda step: min((step + 1) / (WARM_UP * steps), max(0.0, 1 - step / steps))
    )
    print(f"{len(rows.states)} sentences, {tagged} tagged; {len(dev.states)} of dev", flush=True)
    print(f"before: {_ranking(network, fitted, dev)}", flush=True)
    for epoch in range(1, epochs + 1):
        begun, losses = time.monotonic(), []
        network.upper.train()
        for picked in _epoch(rows):
            loss = torch.zeros(())
            for (head, mean), weight, found in zip(
                heads, EXITS.values(), network.vectors(*rows.batch(picked)), strict=True
            ):
                vectors = functional.normalize(found - mean, dim=1)
                loss = loss + weight * _loss(head(vectors), vectors, rows.labels[picked], rows.known[picked])
            optimiser.zero_grad()
            loss.backward()
            nn.utils.clip_grad_norm_(tunable, 1.0)
            optimiser.step()
            schedule.step()
            losses.append(loss.item())
        took = time.monotonic() - begun
        print(f"epoch {epoch}: loss {np.mean(losses):.3f}, {took:.0f} s, {_ranking(network, fitted, dev)}", flush=True)


def _first_head(vectors: np.ndarray, rows: Rows) -> tuple[nn.Linear, torch.Tensor]:
    """A head that knows what can be known before tuning, and the vectors' mean."""
    mean = vectors.mean(axis=0)
    fits = _heads(vectors - mean, rows, strength=10.0)
    head = nn.Linear(HIDDEN, len(fits))
    with torch.no_grad():
        head.weight.copy_(torch.from_numpy(np.concatenate([fit.coef_ for fit in fits])))
        head.bias.copy_(torch.from_numpy(np.concatenate([fit.intercept_ for fit in fits])))
    return head, torch.from_numpy(mean)


def _heads(vectors: np.ndarray, rows: Rows, *, strength: float) -> list[LogisticRegression]:
    centred = vectors / np.linalg.norm(vectors, axis=1, keepdims=True)
    labels, known = rows.labels.numpy(), rows.known.numpy() > 0
    settings = LogisticRegression(C=strength, solver="newton-cholesky")
    return [clone(settings).fit(centred[own], labels[own, k]) for k, own in enumerate(known.T)]


def _epoch(rows: Rows) -> list[list[int]]:
    """Batches of rows of like length in random order: all that are tagged or of a pair, and some of the others."""
    is_tagged = (rows.labels.sum(1) > 0).tolist()
    taught = [row for row, tagged in enumerate(is_tagged) if tagged or rows.pairs[row]]
    others = [row for row, tagged in enumerate(is_tagged) if not tagged and not rows.pairs[row]]
    missing = max(0, int(UNTAGGED * sum(is_tagged)) - (len(taught) - sum(is_tagged)))
    together: dict[str | int, list[int]] = defaultdict(list)
    for row in (*taught, *random.sample(others, min(len(others), missing))):
        together[rows.pairs[row] or row].append(row)
    groups = list(together.values())
    random.shuffle(groups)
    batches: list[list[int]] = []
    for begin in range(0, len(groups), 16 * BATCH):
        chunk = groups[begin : begin + 16 * BATCH]
        chunk.sort(key=lambda group: max(len(rows.states[row]) for row in group))
        batches.append([])
        for group in chunk:
            if batches[-1] and len(batches[-1]) + len(group) > BATCH:
                batches.append([])
            batches[-1] += group
    random.shuffle(batches)
    return batches


def _loss(margins: torch.Tensor, vectors: torch.Tensor, labels: torch.Tensor, known: torch.Tensor) -> torch.Tensor:
    weight = torch.full((labels.shape[1],), POSITIVE_WEIGHT)
    naming = functional.binary_cross_entropy_with_logits(margins, labels, pos_weight=weight, reduction="none")
    return (naming * known).sum(1).mean() + CONTRAST * _contrast(vectors, labels)


def _contrast(vectors: torch.Tensor, labels: torch.Tensor) -> torch.Tensor:
    """Each tagged sentence shall find those that share its tags, weighted by the Jaccard index of the tags."""
    both = labels @ labels.T
    either = labels.sum(1)[:, None] + labels.sum(1)[None] - both
    alike = (both / either.clamp_min(1)).fill_diagonal_(0)
    nearness = vectors @ vectors.T / TEMPERATURE - torch.eye(len(vectors)) * 1e4
    total = alike.sum(1)
    if not (total > 0).any():
        return torch.zeros(())
    found = -(alike * functional.log_softmax(nearness, 1)).sum(1)
    return (found[total > 0] / total[total > 0]).mean()


def _ranking(network: Network, rows: Rows, dev: Rows) -> str:
    """Mean average precision of the tags on dev at each exit, a mail's score being that of its strongest sentence."""
    exits = zip(EXITS, network.all_vectors(rows), network.all_vectors(dev), strict=True)
    return "mean average precision " + ", ".join(
        f"{_mean_average_precision(vectors, rows, others, dev):.3f} after layer {number}"
        for number, vectors, others in exits
    )


def _mean_average_precision(vectors: np.ndarray, rows: Rows, others: np.ndarray, dev: Rows) -> float:
    mean = vectors.mean(axis=0)
    centred = (others - mean) / np.linalg.norm(others - mean, axis=1, keepdims=True)
    heads = _heads(vectors - mean, rows, strength=1.0)
    mails = np.array(dev.mails)
    truth, scores = [np.zeros((mails.max() + 1, len(heads))) for _ in range(2)]
    scores -= np.inf
    for k, head in enumerate(heads):
        np.maximum.at(scores[:, k], mails, head.decision_function(centred))
        np.maximum.at(truth[:, k], mails, dev.labels[:, k].numpy())
    shown = truth.any(axis=0)
    return float(np.mean([average_precision_score(*own) for own in zip(truth.T[shown], scores.T[shown], strict=True)]))


if __name__ == "__main__":
    main()
