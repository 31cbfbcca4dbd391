"""Programs as other people write them, and mistakes that they make: written to judge explanations and repairs, not to make them.

What is accepted of each is fixed here: the kinds of mistakes that say what is wrong, and whether the right text comes back.
"""

# ruff: noqa: E501
from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

PROGRAMS = Path(__file__).parent / "programs"


@dataclass(frozen=True)
class Wrong:
    """One or two mistakes in a program.

    Attributes:
        program: its name. id: what is wrong, in short. edits: texts that stand there once each, with the wrong ones.
        names: kinds of mistakes that say it, of which all groups must be named: `a b` where either is right; empty where nothing
            in the table says it, so that nothing may be named.
        repair: the repaired text is the right one (`right`), another that does the same (`other`), or is not asked for here.
    """

    program: str
    id: str
    edits: tuple[tuple[str, str], ...]
    names: tuple[str, ...] = ()
    repair: str = ""

    def plant(self, folder: Path) -> Path:
        """Write the program with its mistakes."""
        text = (PROGRAMS / f"{self.program}.py").read_text(encoding="utf-8")
        for was, now in self.edits:
            assert text.count(was) == 1, f"{self.program}/{self.id}: {was!r} is there {text.count(was)} times"
            text = text.replace(was, now)
        path = folder / f"{self.program}.py"
        path.write_text(text, encoding="utf-8")
        return path

    def lines(self, path: Path) -> list[int]:
        """The guilty lines: where the wrong texts begin in the file."""
        text = path.read_text(encoding="utf-8")
        return [text[: text.index(now)].count("\n") + 1 for _, now in self.edits]


def _one(program: str, id: str, was: str, now: str, *names: str, repair: str = "") -> Wrong:
    return Wrong(program, id, ((was, now),), names, repair)


NOT_CARRIED = "carry-not-added carry-none carry-own-step"

WRONG: tuple[Wrong, ...] = (
    _one("so_rows", "overwritten-carry", "dh[t] += wy", "dh[t] = wy", NOT_CARRIED, repair="right"),
    _one("so_rows", "slope-of-softmax-too", "keepdims=True) - T", "keepdims=True) * p * (1 - p) - T * p * (1 - p)", "output-slope-twice"),
    Wrong("so_rows", "not-transposed-and-overwritten", (("dh[t - 1] = wh @ da", "dh[t - 1] = wh.T @ da"), ("dbh += da", "dbh = da")),
          ("recurrent-not-transposed", "overwritten")),
    _one("irnn", "mse-without-mean", "dP = 2 * diff / diff.size", "dP = diff / n", "scale-half-TK", repair="right"),
    _one("irnn", "one-row-too-early", "H[:, t].T @ dZ", "H[:, t - 1].T @ dZ", "state-two-steps-back-wraps", repair="right"),
    _one("irnn", "mask-of-gradient", "drelu(Z[:, t])", "drelu(dH[:, t] + back)", "slope-of-gradient-relu"),
    _one("sigmoid_dict", "slope-of-net", 'dsig(step["act"])', 'dsig(step["net"])', "slope-output-formula-on-a", repair="right"),
    _one("sigmoid_dict", "forward-order", "sorted(steps, reverse=True)", "sorted(steps)", "loop-forward-carries", repair="other"),
    Wrong("sigmoid_dict", "net-and-no-slope", (('np.outer(eps, step["act"])', 'np.outer(eps, step["net"])'), ("T.dot(delta)", "T.dot(back)")),
          ("output-pre-activation", "carry-without-slope")),
    _one("unit_loops", "transposed", "wr[i][j] * delta[i]", "wr[j][i] * delta[i]", "recurrent-not-transposed", repair="right"),
    _one("unit_loops", "not-set-to-zero", "        nxt = [0.0] * n\n        for j", "        for j", "carry-accumulates", repair="right"),
    _one("unit_loops", "slope-of-state-before", "h[t + 1][i] ** 2", "h[t][i] ** 2", "slope-of-state-before"),
    _one("stack2", "input-of-step-before", "np.outer(d2, h1)", "np.outer(d2, h1_old)", "input-of-step-before", repair="right"),
    _one("stack2", "slope-of-other-layer", "(1 - h1 * h1)", "(1 - h2 * h2)", repair="right"),
    _one("bidir", "not-turned-back", "gb[0][::-1]", "gb[0]", "input-reversed", repair="right"),
    _one("library", "slope-of-state-before", "self.act.df(self.H[t + 1])", "self.act.df(self.H[t])", "slope-of-state-before"),
    _one("library", "zero-at-every-step", "[::-1]:\n            dz", "[::-1]:\n            self.zero_grad()\n            dz", "overwritten", repair="other"),
    _one("lists_mse", "slope-of-slope", "tanh_prime(self.nets[t])", "tanh_prime(self.states[t + 1])", "slope-of-pre-activation-formula"),
    Wrong("lists_mse", "three", (("self.states[1:], errors", "self.states, errors"), ("deltas[t])\n            g_bias", "deltas[t - 1])\n            g_bias"),
          ("w_rec.T)", "w_rec)")), ("output-state-before", "recurrent-not-transposed", "delta-of-step-before-wraps")),
    _one("masked", "no-carry", "(dhidden[:, t] + carry)", "dhidden[:, t]", NOT_CARRIED, repair="right"),
    _one("masked", "own-state", "hidden[:, :-1]]", "hidden[:, 1:]]", "state-of-own-step-but-first", repair="right"),
    _one("digits", "carry-behind-the-loop", "        later = delta\n", "    later = delta\n", NOT_CARRIED, repair="right"),
    _one("digits", "updates-in-the-loop",
         "    w_in += speed * up_in\n    w_out += speed * up_out\n    w_back += speed * up_back\n",
         "        w_in += speed * up_in\n        w_out += speed * up_out\n        w_back += speed * up_back\n", repair="right"),
    _one("step_layers", "returned-too-early", "        self.dh0 = dh\n        return", "            self.dh0 = dh\n            return",
         "loop-left-after-last-step", repair="right"),
    _one("step_layers", "one-layer-for-all", "        hs = []\n        for t in range(xs.shape[1]):\n            step = Step(self.weights)\n",
         "        step = Step(self.weights)\n        hs = []\n        for t in range(xs.shape[1]):\n",
         "cache-last", repair="right"),
)  # fmt: skip
"""The table."""
