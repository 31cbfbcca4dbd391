"""Real mistakes, one at a time, for the correct passes in `corpus/`, and the line that each makes guilty."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

CORPUS = Path(__file__).parent / "corpus"


@dataclass(frozen=True)
class Planted:
    """One mistake in one file of the corpus.

    Attributes:
        folder: where the correct file is.
        case: name of the file, without `.py`.
        old: text that occurs exactly once in the file; most often a line, or enough of it; may span lines.
        new: what stands there instead.
        id: unique, `case/what-is-wrong`.
        note: number in the catalogue of mistakes and, where needed, why it is seen.
        line: the guilty line, stripped, where it is not the one at which `new` begins.
    """

    folder: Path
    case: str
    old: str
    new: str
    id: str
    note: str = ""
    line: str = ""


def _source(planted: Planted) -> str:
    """The text of the correct file."""
    return (planted.folder / f"{planted.case}.py").read_text(encoding="utf-8")


def planted_source(planted: Planted) -> str:
    """The file's text with the mistake in it; the old text must be there exactly once."""
    source = _source(planted)
    assert source.count(planted.old) == 1, f"{planted.id}: {planted.old!r} is there {source.count(planted.old)} times"
    return source.replace(planted.old, planted.new)


def plant(planted: Planted, folder: Path) -> Path:
    """Write the file with the mistake in it."""
    path = folder / f"{planted.case}.py"
    path.write_text(planted_source(planted), encoding="utf-8")
    return path


def guilty_line(planted: Planted) -> int:
    """Number, from 1, of the guilty line in `planted_source(planted)`; it may be a later line of its statement."""
    if not planted.line:
        return _source(planted).partition(planted.old)[0].count("\n") + 1
    found = [n for n, line in enumerate(planted_source(planted).splitlines(), 1) if line.strip() == planted.line]
    assert len(found) == 1, f"{planted.id}: {planted.line!r} is there {len(found)} times"
    return found[0]


def from_table(table: dict[str, list[tuple[str, ...]]], folder: Path) -> list[Planted]:
    """Rows (what is wrong, note, old, new, and where needed the guilty line) by case, for the files of a folder."""
    return [
        Planted(folder, case, row[2], row[3], f"{case}/{row[0]}", row[1], row[4] if len(row) > 4 else "")
        for case, rows in table.items()
        for row in rows
    ]


_TABLE: dict[str, list[tuple[str, ...]]] = {
    "minchar": [
        # what is wrong, number in the catalogue, old, new, and where needed the guilty line
        ("carry-not-transposed", "A5", "dhnext = np.dot(Whh.T, dhraw)", "dhnext = np.dot(Whh, dhraw)"),
        ("carry-of-dh", "C1: derivative missing in the carry only", "np.dot(Whh.T, dhraw)", "np.dot(Whh.T, dh)"),
        ("no-carry", "A3", "dh = np.dot(Why.T, dy) + dhnext", "dh = np.dot(Why.T, dy)"),
        ("h-for-previous-h", "B1", "dWhh += np.dot(dhraw, hs[t-1].T)", "dWhh += np.dot(dhraw, hs[t].T)"),
        ("derivative-without-square", "C3", "(1 - hs[t] * hs[t]) * dh", "(1 - hs[t]) * dh"),
        ("derivative-of-h", "C2", "(1 - hs[t] * hs[t]) * dh", "(1 - np.tanh(hs[t]) ** 2) * dh"),
        ("bias-of-dh", "D10", "dbh += dhraw", "dbh += dh"),
        ("overwritten-Wxh", "E1, B6: what stays is step 0", "dWxh += np.dot", "dWxh = np.dot"),
        ("previous-h-in-Why", "B11", "dWhy += np.dot(dy, hs[t].T)", "dWhy += np.dot(dy, hs[t-1].T)"),
        ("target-shifted", "A9", "dy[targets[t]] -= 1", "dy[targets[t-1]] -= 1"),
        (
            "first-step-left-out",
            "A14",
            "for t in reversed(range(len(inputs))):",
            "for t in range(len(inputs) - 1, 0, -1):",
        ),
        ("carry-starts-at-last-h", "E8", "dhnext = np.zeros_like(hs[0])", "dhnext = np.copy(hs[len(inputs)-1])"),
    ],
    "network_class": [
        ("carry-not-transposed", "A5", "self.W.T.dot(eps_next)", "self.W.dot(eps_next)"),
        ("s-for-previous-s", "B1", "self.dW += np.outer(eps, self.s[t - 1])", "self.dW += np.outer(eps, self.s[t])"),
        ("stale-error-in-dW", "A18", "self.dW += np.outer(eps, self", "self.dW += np.outer(eps_next, self"),
        ("derivative-of-s", "C2", "eps * (1 - self.s[t] ** 2)", "eps * (1 - np.tanh(self.s[t]) ** 2)"),
        ("derivative-of-previous-step", "C6", "eps * (1 - self.s[t] ** 2)", "eps * (1 - self.s[t - 1] ** 2)"),
        ("bias-overwritten", "E1", "self.db += eps", "self.db = eps"),
        ("sign", "F4", "delta_o = self.o - Y", "delta_o = Y - self.o"),
        ("output-for-its-gradient", "B9", "self.dc += delta_o[t]", "self.dc += self.o[t]"),
        ("neighbouring-x", "B8", "np.outer(eps, self.X[t])", "np.outer(eps, self.X[t - 1])"),
        ("last-step-left-out", "A13", "for t in np.arange(T)[::-1]:", "for t in np.arange(T - 1)[::-1]:"),
        (
            "carry-kept-too-early",
            "C1: order of statements, the carry is dL/ds",
            """            eps = eps * (1 - self.s[t] ** 2)
            self.dU += np.outer(eps, self.X[t])
            self.dW += np.outer(eps, self.s[t - 1])
            self.db += eps
            eps_next = eps""",
            """            eps_next = eps
            eps = eps * (1 - self.s[t] ** 2)
            self.dU += np.outer(eps, self.X[t])
            self.dW += np.outer(eps, self.s[t - 1])
            self.db += eps""",
            "eps_next = eps",
        ),
    ],
    "course_layers": [
        ("next-h-for-prev-h", "B1", "dWh = prev_h.T.dot(da)", "dWh = next_h.T.dot(da)"),
        ("dWh-of-dh", "B12", "dWh = prev_h.T.dot(da)", "dWh = prev_h.T.dot(dnext_h)"),
        ("carry-not-transposed", "A5", "dprev_h = da.dot(Wh.T)", "dprev_h = da.dot(Wh)"),
        ("carry-of-dh", "C1", "dprev_h = da.dot(Wh.T)", "dprev_h = dnext_h.dot(Wh.T)"),
        ("derivative-without-square", "C3", "dnext_h * (1 - next_h ** 2)", "dnext_h * (1 - next_h)"),
        ("bias-averaged", "D2", "db = np.sum(da, axis=0)", "db = np.mean(da, axis=0)"),
        ("no-carry", "A3", "dcurrent = dh[:, t, :] + dprev_h", "dcurrent = dh[:, t, :]"),
        ("overwritten-dWh", "E1", "dWh += dWh_t", "dWh = dWh_t"),
        ("bias-overwritten", "E1", "db += db_t", "db = db_t"),
        ("dx-in-reverse-time", "A17", "dx[:, t, :] = dx_t", "dx[:, T - 1 - t, :] = dx_t"),
        ("wrong-cache", "B8", "(dcurrent, cache[t])", "(dcurrent, cache[t - 1])"),
        ("bias-of-last-step", "D10", "db = dout.sum(axis=(0, 1))", "db = dout[:, -1].sum(axis=0)"),
        ("dh0-of-dcurrent", "C1: the last step back is left out", "dh0 = dprev_h", "dh0 = dcurrent"),
    ],
    "trailing_time": [
        ("no-carry", "A3", "da[:, :, t] + da_prevt, caches[t]", "da[:, :, t], caches[t]"),
        ("upstream-of-next-step", "A9", "da[:, :, t] + da_prevt", "da[:, :, t - 1] + da_prevt"),
        ("carry-not-transposed", "A5", "np.dot(Waa.T, dtanh)", "np.dot(Waa, dtanh)"),
        ("derivative-missing", "C1", "(1 - np.square(a_next)) * da_next", "da_next"),
        ("derivative-of-gradient", "C7", "(1 - np.square(a_next)) * da_next", "(1 - np.square(da_next)) * da_next"),
        ("a-next-for-a-prev", "B1", "dWaa = np.dot(dtanh, a_prev.T)", "dWaa = np.dot(dtanh, a_next.T)"),
        ("dWaa-transposed", "B5", "dWaa = np.dot(dtanh, a_prev.T)", "dWaa = np.dot(a_prev, dtanh.T)"),
        ("bias-of-da", "D10", "np.sum(dtanh, axis=1", "np.sum(da_next, axis=1"),
        ("bias-summed-over-units", "D4", "axis=1, keepdims=True)", "axis=1, keepdims=True).mean()"),
        ("overwritten-dWax", "B6", 'dWax += gradients["dWax"]', 'dWax = gradients["dWax"]'),
        ("da0-of-da", "A20: dh0 without its own step", "da0 = da_prevt", "da0 = da[:, :, 0]"),
        ("dx-shifted", "A17", "dx[:, :, t] = gradients", "dx[:, :, t - 1] = gradients"),
    ],
    "step_objects": [
        ("stack-from-wrong-end", "A16", "x, before, after = self.stack.pop()", "x, before, after = self.stack.pop(0)"),
        ("readout-stack-from-wrong-end", "B8", " h = self.stack.pop()", " h = self.stack.pop(0)"),
        ("carry-through-Wr-twice", "A6", "grad_h + self.grad_state", "grad_h + self.grad_state @ self.Wr.T"),
        ("carry-not-transposed", "A5", "self.grad_state = grad_a @ self.Wr.T", "self.grad_state = grad_a @ self.Wr"),
        ("carry-of-dh", "C1", "self.grad_state = grad_a @ self.Wr.T", "self.grad_state = grad_h @ self.Wr.T"),
        ("carry-without-Wr", "A6", "self.grad_state = grad_a @ self.Wr.T", "self.grad_state = grad_a"),
        ("derivative-of-previous-state", "C6", "grad_h * (1.0 - after ** 2)", "grad_h * (1.0 - before ** 2)"),
        ("after-for-before", "B1", "before.T @ grad_a", "after.T @ grad_a"),
        ("dx-of-dh", "A21", "return grad_a @ self.Wi.T", "return grad_h @ self.Wi.T"),
        ("dx-in-reverse-time", "A17", "grad_x.insert(0, cell.backward", "grad_x.append(cell.backward"),
        ("targets-in-forward-order", "A9", "problem.target[::-1]):", "problem.target):"),
        ("readout-bias-overwritten", "E1", 'self.grads["b"] += grad_out.sum(0)', 'self.grads["b"] = grad_out.sum(0)'),
        ("bias-averaged", "D2", 'self.grads["b"] += grad_a.sum(0)', 'self.grads["b"] += grad_a.mean(0)'),
    ],
    "inplace_trainer": [
        ("no-factor-2", "F5", "l_grad = 2 * (", "l_grad = ("),
        ("mean-over-steps-only", "F2", "/ actual.size", "/ n"),
        (
            "carry-not-transposed",
            "A5",
            "hh_grad = next_hidden @ self.h_weight.T",
            "hh_grad = next_hidden @ self.h_weight",
        ),
        ("carry-starts-late", "A15", "if j < n - 1:", "if j < n - 2:"),
        ("upstream-forgotten", "A4: but at the last step", "h_grad = h_grad + hh_grad", "h_grad = hh_grad"),
        ("derivative-of-previous-step", "C6", "1 - hiddens[j + 1] ** 2", "1 - hiddens[j] ** 2"),
        ("derivative-without-square", "C3", "1 - hiddens[j + 1] ** 2", "1 - hiddens[j + 1]"),
        ("h-for-previous-h", "B1", "h_weight_grad += hiddens[j].T", "h_weight_grad += hiddens[j + 1].T"),
        ("previous-h-in-output-weight", "B11", "o_weight_grad += hiddens[j + 1].T", "o_weight_grad += hiddens[j].T"),
        ("bias-overwritten", "E1", "h_bias_grad += h_grad", "h_bias_grad = h_grad"),
        (
            "weights-updated-in-the-loop",
            "E9",
            "h_weight_grad += hiddens[j].T @ h_grad",
            "self.h_weight -= lr * (hiddens[j].T @ h_grad)",
        ),
        (
            "carry-kept-too-early",
            "C1: order of statements",
            "h_grad = np.multiply(h_grad, tanh_deriv)\n            next_hidden = h_grad",
            "next_hidden = h_grad\n            h_grad = np.multiply(h_grad, tanh_deriv)",
        ),
    ],
    "histories": [
        ("row-not-yet-written", "A1: reads what np.empty left", "dA[t + 1] @ Wh.T", "dA[t] @ Wh.T"),
        ("carry-of-dh", "C1", "dA[t + 1] @ Wh.T", "dH[t + 1] @ Wh.T"),
        ("carry-not-transposed", "A5", "dA[t + 1] @ Wh.T", "dA[t + 1] @ Wh"),
        ("output-gradient-shifted", "A9", "dH[t] = dY[t] @ Wo.T", "dH[t] = dY[t + 1] @ Wo.T"),
        ("derivative-of-next-step", "C6", "dA[t] = dH[t] * (A[t] > 0)", "dA[t] = dH[t] * (A[t + 1] > 0)"),
        ("value-for-derivative", "C5", "dA[t] = dH[t] * (A[t] > 0)", "dA[t] = dH[t] * H[t + 1]"),
        ("last-derivative-missing", "C1: at the last step only", "dH[T - 1] * (A[T - 1] > 0)", "dH[T - 1]"),
        ("loop-ends-early", "A14: row 0 stays as np.empty left it", "range(T - 2, -1, -1)", "range(T - 2, 0, -1)"),
        ("one-buffer-for-both", "E4: dH holds dA", "dA = np.empty_like(A)", "dA = dH"),
        ("dh-for-da-in-products", "B12", "dA_flat = dA.reshape(T * B, n)", "dA_flat = dH.reshape(T * B, n)"),
        ("h-for-previous-h", "B1", "H_prev = H[:-1]", "H_prev = H[1:]"),
        ("dWh-transposed", "B5", "dWh = H_prev.T @ dA_flat", "dWh = dA_flat.T @ H_prev"),
        ("bias-of-last-step", "D10", "dbh = dA_flat.sum(axis=0)", "dbh = dA[-1].sum(axis=0)"),
        ("mean-over-steps-only", "F2", "dY = 2 * (Y - target) / Y.size", "dY = 2 * (Y - target) / T"),
        ("dX-of-dH", "A21", "dX = dA @ Wx.T", "dX = dH @ Wx.T"),
    ],
    "einsum_after": [
        ("delta-of-this-step", "A1", 'delta[:, t + 1], w["rec"]', 'delta[:, t], w["rec"]'),
        ("carry-not-transposed", "A5", '"bg,gh->bh"', '"bg,hg->bh"'),
        ("upstream-forgotten", "E1, A4", "signal += np.einsum", "signal = np.einsum"),
        ("carry-starts-late", "A15", "if t + 1 < length:", "if t + 2 < length:"),
        ("derivative-of-tanh", "C8", "gate = hid * (1 - hid)", "gate = 1 - hid ** 2"),
        (
            "derivative-in-the-cache",
            "C6: hid itself is changed",
            "gate = hid * (1 - hid)",
            "gate = np.multiply(hid, 1 - hid, out=hid)",
        ),
        ("derivative-missing", "C1", "signal * gate[:, t]", "signal"),
        (
            "last-state-before-the-first",
            "B2",
            "np.concatenate([h_init[:, None], hid[:, :-1]], axis=1)",
            "np.roll(hid, 1, axis=1)",
        ),
        ("dW-transposed", "B5", '"bth,btg->hg", delta, shifted', '"bth,btg->gh", delta, shifted'),
        ("bias-averaged", "D2", 'np.einsum("bth->h", delta)', 'np.einsum("bth->h", delta) / seq.shape[0]'),
        ("bias-of-last-step", "D10", 'np.einsum("bth->h", delta)', 'np.einsum("bh->h", delta[:, -1])'),
        ("mean-loss-sum-gradient", "F1", "(sigmoid(logits) - labels) / count", "sigmoid(logits) - labels"),
        ("previous-h-in-output-weight", "B11", '"btk,bth->kh", err, hid', '"btk,bth->kh", err, shifted'),
        ("mixed-factors", "F6", 'np.einsum("btk->k", err)', 'np.einsum("btk->k", err) * count'),
    ],
    "recursive": [
        ("carry-not-transposed", "A5", "self.backward(t + 1) @ self.wrec.T", "self.backward(t + 1) @ self.wrec"),
        ("last-step-never-visited", "A13", "if t < len(self.inputs) - 1:", "if t < len(self.inputs) - 2:"),
        ("sign", "F4", "miss = self.output(t) - self.wanted[t]", "miss = self.wanted[t] - self.output(t)"),
        ("no-carry", "A3", "total = self.wout @ miss + future", "total = self.wout @ miss"),
        (
            "carry-outside-derivative",
            "C1",
            "err = total * (1 - self.state(t) ** 2)",
            "err = self.wout @ miss * (1 - self.state(t) ** 2) + future",
        ),
        ("derivative-without-square", "C3", "(1 - self.state(t) ** 2)", "(1 - self.state(t))"),
        ("state-for-previous-state", "B1", "np.outer(self.state(t - 1), err)", "np.outer(self.state(t), err)"),
        ("error-of-dh-in-win", "B12", "np.outer(self.inputs[t], err)", "np.outer(self.inputs[t], total)"),
        ("bias-of-dh", "D10", "self.g_bhid += err", "self.g_bhid += total"),
        ("output-bias-overwritten", "E1", "self.g_bout += miss", "self.g_bout = miss"),
        ("returns-dh", "C1", "return err", "return total"),
        ("dh0-not-transposed", "A5: dh0 only", "return first @ self.wrec.T", "return first @ self.wrec"),
    ],
    "pairs": [
        ("derivative-of-wrong-step", "C6", "(1 - s[bptt_step-1] ** 2)", "(1 - s[bptt_step] ** 2)"),
        (
            "carry-without-derivative",
            "C1",
            "self.W.T.dot(delta_t) * (1 - s[bptt_step-1] ** 2)",
            "self.W.T.dot(delta_t)",
        ),
        ("carry-not-transposed", "A5", "delta_t = self.W.T.dot(delta_t)", "delta_t = self.W.dot(delta_t)"),
        ("truncated", "A22", "np.arange(0, t+1)[::-1]", "np.arange(max(0, t-3), t+1)[::-1]"),
        ("first-step-left-out", "A14", "np.arange(0, t+1)[::-1]", "np.arange(1, t+1)[::-1]"),
        ("only-the-last-loss", "A24", "for t in np.arange(T)[::-1]:", "for t in [T - 1]:"),
        ("s-for-previous-s", "B1", "np.outer(delta_t, s[bptt_step-1])", "np.outer(delta_t, s[bptt_step])"),
        (
            "x-of-the-loss-step",
            "A18: outer loop's variable",
            "np.outer(delta_t, x[bptt_step])",
            "np.outer(delta_t, x[t])",
        ),
        ("overwritten-dLdU", "E1", "dLdU += np.outer", "dLdU = np.outer"),
        ("first-derivative-missing", "C1", "self.V.T.dot(delta_o[t]) * (1 - (s[t] ** 2))", "self.V.T.dot(delta_o[t])"),
        ("previous-s-in-dLdV", "B11", "np.outer(delta_o[t], s[t].T)", "np.outer(delta_o[t], s[t-1].T)"),
        ("one-for-all-classes", "C13", "delta_o[np.arange(len(y)), y] -= 1.", "delta_o[np.arange(len(y)), :] -= 1."),
    ],
    "two_phase": [
        ("states-not-shifted", "B11", "for h, err in zip(states[1:], errors):", "for h, err in zip(states, errors):"),
        ("label-shifted", "A9", "p[np.arange(len(label)), label] -= 1.0", "p[np.arange(len(label)), label - 1] -= 1.0"),
        ("derivative-of-previous-step", "C6", "zip(states[:0:-1], dh_out[::-1])", "zip(states[-2::-1], dh_out[::-1])"),
        ("outputs-in-forward-order", "A9", "zip(states[:0:-1], dh_out[::-1])", "zip(states[:0:-1], dh_out)"),
        ("carry-outside-derivative", "C1", "(local + carry) * (1.0 - h ** 2)", "local * (1.0 - h ** 2) + carry"),
        ("upstream-forgotten", "A4", "(local + carry) * (1.0 - h ** 2)", "carry * (1.0 - h ** 2)"),
        ("carry-not-transposed", "A5", 'delta.dot(P["Wh"].T)', 'delta.dot(P["Wh"])'),
        (
            "carry-of-local",
            "A6: the carry starts anew at every step",
            'carry = delta.dot(P["Wh"].T)',
            'carry = local.dot(P["Wh"].T)',
        ),
        ("list-not-turned-round", "A17", "deltas = deltas[::-1]", "deltas = deltas[:]"),
        ("h-for-previous-h", "B1", "zip(sequence, states[:-1], deltas)", "zip(sequence, states[1:], deltas)"),
        ("overwritten-dWx", "B6", "dWx += x.T.dot(delta)", "dWx = x.T.dot(delta)"),
        ("output-bias-overwritten", "E1", "dc += err.sum(axis=0)", "dc = err.sum(axis=0)"),
        ("bias-averaged", "D2", "db += delta.sum(axis=0)", "db += delta.mean(axis=0)"),
    ],
    "nested_helpers": [
        ("derivative-of-value", "C2", "return value * (1 - value)", "return logistic(value) * (1 - logistic(value))"),
        ("value-for-derivative", "C5", "return value * (1 - value)", "return value"),
        ("derivative-of-gradient", "C7", "return grad * prime(value)", "return grad * prime(grad)"),
        ("derivative-of-tanh", "C8", '"sigmoid": (logistic, logistic_prime)', '"sigmoid": (logistic, tanh_prime)'),
        ("derivative-of-old-state", "C6", "through_activation(name, g, h_new)", "through_activation(name, g, h_old)"),
        ("dh-for-dz-in-Wxh", "B12", "linear_grads(x, dz, theta", "linear_grads(x, g, theta"),
        (
            "new-for-old-state",
            "B1: g_old stays right",
            "linear_grads(h_old, dz, theta",
            "linear_grads(h_new, dz, theta",
        ),
        (
            "carry-not-transposed",
            "A5",
            'linear_grads(h_old, dz, theta["Whh"])',
            'linear_grads(h_old, dz, theta["Whh"].T)',
        ),
        ("overwritten-Whh", "E1", 'grads["Whh"] += d_rec', 'grads["Whh"] = d_rec'),
        ("bias-of-g", "D10", 'grads["bh"] += dz.sum(axis=0)', 'grads["bh"] += g.sum(axis=0)'),
        ("bias-summed-over-all", "D4", 'grads["by"] += residual.sum(axis=0)', 'grads["by"] += residual.sum()'),
        (
            "previous-h-in-output",
            "B11",
            "output_backward(theta, grads, hs[t + 1]",
            "output_backward(theta, grads, hs[t]",
        ),
        ("no-carry", "A3", "g_now + g_later, name", "g_now, name"),
        ("factor-2", "F5", "residuals = [y - wanted for", "residuals = [2 * (y - wanted) for"),
    ],
    "many_to_one": [
        ("previous-h-in-Why", "B11", "d_y @ self.last_hs[n].T", "d_y @ self.last_hs[n - 1].T"),
        ("output-bias-per-step", "F6", "d_by = d_y", "d_by = d_y / n"),
        ("last-step-left-out", "A13", "for t in reversed(range(n)):", "for t in reversed(range(n - 1)):"),
        ("forward-order", "A16", "for t in reversed(range(n)):", "for t in range(n):"),
        (
            "derivative-of-previous-step",
            "C6",
            "(1 - self.last_hs[t + 1] ** 2) * d_h)",
            "(1 - self.last_hs[t] ** 2) * d_h)",
        ),
        ("dh-fixed", "A12", "** 2) * d_h)", "** 2) * (self.Why.T @ d_y))"),
        ("bias-overwritten", "E1", "d_bh += temp", "d_bh = temp"),
        ("h-for-previous-h", "B1", "d_Whh += temp @ self.last_hs[t].T", "d_Whh += temp @ self.last_hs[t + 1].T"),
        ("neighbouring-x", "B8", "self.last_inputs[t].T", "self.last_inputs[t - 1].T"),
        ("carry-not-transposed", "A5", "d_h = self.Whh.T @ temp", "d_h = self.Whh @ temp"),
        ("carry-of-dh", "C1", "d_h = self.Whh.T @ temp", "d_h = self.Whh.T @ d_h"),
        ("upstream-at-every-step", "A10", "d_h = self.Whh.T @ temp", "d_h = self.Why.T @ d_y + self.Whh.T @ temp"),
    ],
    "padded_relu": [
        ("previous-h-in-V", "B11", "gV += h_new.T @ g[t]", "gV += h_old.T @ g[t]"),
        ("output-bias-averaged", "D2", "gc += g[t].sum(axis=0)", "gc += g[t].mean(axis=0)"),
        ("carry-overwritten", "E1", "gh += g[t] @ V.T", "gh = g[t] @ V.T"),
        ("mask-never-true", "C1: h is never below 0", "gh[h_new <= 0] = 0", "gh[h_new < 0] = 0"),
        ("mask-of-old-state", "C6", "gh[h_new <= 0] = 0", "gh[h_old <= 0] = 0"),
        ("new-for-old-state", "B1", "np.matmul(h_old.T, gh, out=scratch)", "np.matmul(h_new.T, gh, out=scratch)"),
        ("accumulator-is-the-scratch", "E6", "gR += scratch", "gR = scratch"),
        ("neighbouring-x", "B8", "gW += x[t].T @ gh", "gW += x[t - 1].T @ gh"),
        ("bias-overwritten", "E1", "gb += gh.sum(axis=0)", "gb = gh.sum(axis=0)"),
        ("dx-shifted", "A17", "np.matmul(gh, W.T, out=gx[t])", "np.matmul(gh, W.T, out=gx[t - 1])"),
        ("carry-not-transposed", "A5", "gh = gh @ R.T", "gh = gh @ R"),
        ("padding-counted", "F6: one factor on all", "g /= mask.sum()", "g /= mask.size"),
        (
            "product-before-the-mask",
            "B12: order of statements",
            "gh[h_new <= 0] = 0\n        np.matmul(h_old.T, gh, out=scratch)",
            "np.matmul(h_old.T, gh, out=scratch)\n        gh[h_new <= 0] = 0",
        ),
    ],
    "poor_names": [
        ("row-still-zero", "A1", "np.dot(w2, buf2[i + 1], out=tmp2)", "np.dot(w2, buf2[i], out=tmp2)"),
        ("carry-of-dh", "C1", "np.dot(w2, buf2[i + 1], out=tmp2)", "np.dot(w2, buf[i + 1], out=tmp2)"),
        ("carry-transposed", "A5", "np.dot(w2, buf2[i + 1], out=tmp2)", "np.dot(w2.T, buf2[i + 1], out=tmp2)"),
        ("upstream-overwritten", "E1, A4", "buf[i] += tmp2", "buf[i] = tmp2"),
        ("carry-starts-late", "A15", "if i < n - 1:", "if i < n - 2:"),
        ("carry-left-behind", "A3", "buf2[i] = buf[i]", "buf2[i] = q[i].dot(w3.T)"),
        ("derivative-of-previous-step", "C6", "buf2[i] *= a1[i]\n", "buf2[i] *= a1[i - 1]\n"),
        ("derivative-with-square", "C8", "buf2[i] *= 1 - a1[i]", "buf2[i] *= 1 - a1[i] ** 2"),
        ("last-state-before-the-first", "B2", "a1[i - 1] if i > 0 else a0", "a1[i - 1]"),
        ("bias-of-dh", "D10", "e1 += buf2[i]", "e1 += buf[i]"),
        ("factor-2", "F5", "q = a2 - goal", "q = 2 * (a2 - goal)"),
        ("activation-for-gradient", "B9", "d3 += np.outer(a1[i], q[i])", "d3 += np.outer(a1[i], a2[i])"),
        (
            "one-buffer-for-both",
            "E4: only what is returned as dh is wrong",
            "buf2 = np.zeros((n, k))",
            "buf2 = buf[:n]",
        ),
    ],
    "jacobians": [
        ("factors-in-wrong-order", "A16", "np.diag(1 - r_k ** 2) @ W", "W @ np.diag(1 - r_k ** 2)"),
        ("derivative-without-square", "C3", "np.diag(1 - r_k ** 2) @ W", "np.diag(1 - r_k) @ W"),
        ("jacobian-of-wrong-step", "C6", "J = state_jacobian(r[k + 1], W)", "J = state_jacobian(r[k], W)"),
        ("jacobian-not-transposed", "A5", "J.T @ lam[k + 1]", "J @ lam[k + 1]"),
        ("row-still-zero", "A1", "J.T @ lam[k + 1]", "J.T @ lam[k]"),
        ("mismatch-shifted", "A9", "lam[k] = W_out.T @ mismatch[k - 1]", "lam[k] = W_out.T @ mismatch[k]"),
        ("last-row-left-out", "A13", "lam[T] = W_out.T @ mismatch[T - 1]", "lam[T - 1] = W_out.T @ mismatch[T - 1]"),
        ("loop-starts-late", "A15", "for k in range(T - 1, 0, -1):", "for k in range(T - 2, 0, -1):"),
        ("dh0-of-wrong-step", "C6: dh0 only", "lam[0] = state_jacobian(r[1], W)", "lam[0] = state_jacobian(r[0], W)"),
        ("derivative-missing", "C1", "immediate = D @ lam[k]", "immediate = lam[k]"),
        ("r-for-previous-r", "B1", "np.outer(immediate, r[k - 1])", "np.outer(immediate, r[k])"),
        ("bias-of-lambda", "D10", "db_rec += immediate", "db_rec += lam[k]"),
        (
            "first-step-left-out",
            "A14",
            "for k in range(1, len(r)):\n        D",
            "for k in range(2, len(r)):\n        D",
        ),
    ],
    "packed_matrix": [
        (
            "carry-left-behind",
            "A3: reads the caller's array",
            "(1 - Hout[t] ** 2) * dHout[t]",
            "(1 - Hout[t] ** 2) * dHout_in[t]",
        ),
        ("derivative-without-square", "C3", "(1 - Hout[t] ** 2) * dHout[t]", "(1 - Hout[t]) * dHout[t]"),
        ("dh-for-dz", "B12", "dWR += np.dot(Hin[t].T, dpre)", "dWR += np.dot(Hin[t].T, dHout[t])"),
        ("overwritten-dWR", "E1", "dWR += np.dot(Hin[t].T, dpre)", "dWR = np.dot(Hin[t].T, dpre)"),
        ("inputs-of-previous-step", "B8", "dWR += np.dot(Hin[t].T, dpre)", "dWR += np.dot(Hin[t - 1].T, dpre)"),
        ("carry-of-dh", "C1", "dHin[t] = dpre.dot(WR.T)", "dHin[t] = dHout[t].dot(WR.T)"),
        ("slice-forgets-the-bias", "A21", "dX[t] = dHin[t, :, 1:1 + d_in]", "dX[t] = dHin[t, :, :d_in]"),
        ("upstream-overwritten", "E1, A4", "dHout[t - 1] += dHin[t, :", "dHout[t - 1] = dHin[t, :"),
        ("row-still-zero", "A1", "dHout[t - 1] += dHin[t, :", "dHout[t - 1] += dHin[t - 1, :"),
        ("carry-ends-early", "A25", "if t > 0:", "if t > 1:"),
        ("mean-over-steps-only", "F1", "dlogits /= T * B", "dlogits /= T"),
        ("probabilities-for-gradient", "B9", "dWy = np.tensordot(H, dlogits,", "dWy = np.tensordot(H, probs,"),
        ("output-bias-of-last-step", "D10", "dby = dlogits.sum(axis=(0, 1))", "dby = dlogits[-1].sum(axis=0)"),
    ],
    "from_the_end": [
        ("carry-not-transposed", "A5", "future_layer_1_delta.dot(synapse_h.T)", "future_layer_1_delta.dot(synapse_h)"),
        (
            "no-carry",
            "A3",
            "future_layer_1_delta.dot(synapse_h.T)\n                         + layer_2_delta",
            "layer_2_delta",
        ),
        (
            "output-part-with-sign",
            "F4: second line of its statement",
            "+ layer_2_delta.dot(synapse_1.T))",
            "- layer_2_delta.dot(synapse_1.T))",
        ),
        (
            "derivative-of-output",
            "C2",
            "sigmoid_output_to_derivative(layer_1)",
            "sigmoid_output_to_derivative(sigmoid(layer_1))",
        ),
        ("derivative-formula", "C8", "return output*(1-output)", "return output*(1-output**2)"),
        ("derivative-missing", "C1", "layer_1_error * sigmoid_output_to_derivative(layer_1)", "layer_1_error"),
        (
            "layer-one-position-off",
            "B2",
            "layer_1 = layer_1_values[-position-1]\n",
            "layer_1 = layer_1_values[-position]\n",
        ),
        ("layer-for-previous-layer", "B1", "layer_1_values[-position-2]", "layer_1_values[-position-1]"),
        ("inputs-in-forward-order", "B8", "X = inputs[-position-1]", "X = inputs[position]"),
        ("deltas-in-forward-order", "A9", "layer_2_deltas[-position-1]", "layer_2_deltas[position]"),
        ("overwritten-synapse-1", "B10", "synapse_1_update += layer_1", "synapse_1_update = layer_1"),
        ("previous-layer-in-synapse-1", "B11", "synapse_1_update += layer_1.T", "synapse_1_update += prev_layer_1.T"),
        ("error-for-delta", "B12", "prev_layer_1.T.dot(layer_1_delta)", "prev_layer_1.T.dot(layer_1_error)"),
        ("future-is-the-error", "C1", "future_layer_1_delta = layer_1_delta", "future_layer_1_delta = layer_1_error"),
    ],
    "closures": [
        ("paths-overwritten", "E1", "x.grad += out.grad @ w.value.T", "x.grad = out.grad @ w.value.T"),
        ("value-for-gradient", "G7", "x.grad += out.grad @ w.value.T", "x.grad += out.value @ w.value.T"),
        ("overwritten-weights", "E1", "w.grad += x.value.T @ out.grad", "w.grad = x.value.T @ out.grad"),
        ("output-for-its-gradient", "B9", "w.grad += x.value.T @ out.grad", "w.grad += x.value.T @ out.value"),
        ("half-to-each", "F5", "left.grad += out.grad", "left.grad += 0.5 * out.grad"),
        ("sign", "F4", "right.grad += out.grad", "right.grad -= out.grad"),
        ("bias-averaged", "D2", "out.grad.sum(axis=0)", "out.grad.mean(axis=0)"),
        ("bias-overwritten", "E1", "bias.grad += out.grad.sum", "bias.grad = out.grad.sum"),
        ("tape-in-forward-order", "A16", "for back in reversed(self.steps):", "for back in self.steps:"),
        ("first-closure-left-out", "A14", "for back in reversed(self.steps):", "for back in self.steps[:0:-1]:"),
        ("target-not-subtracted", "B9", "y.grad += y.value - target", "y.grad += y.value"),
    ],
}

PLANTED: list[Planted] = from_table(_TABLE, CORPUS)


def planted_by_id(id: str) -> Planted:
    """One of `PLANTED`."""
    return next(one for one in PLANTED if one.id == id)
