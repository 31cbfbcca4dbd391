"""The styles in which BPTT is written, each with the lines that call it."""

from __future__ import annotations

import ast

from .declaring import Declared
from .functions import Chosen, Function
from .names import ARGUMENTS, one_of, parameters, without_gradient
from .running import Caller, Run, gradient, result, unpacked, used, words
from .weights import size_globals


def runs_at_import(tree: ast.Module) -> int:
    """The line of a loop, or of a file that is opened, among the module's own statements; 0 without."""
    for node in tree.body:
        if isinstance(node, (ast.While, ast.For)):
            return node.lineno
        if isinstance(node, (ast.Assign, ast.Expr, ast.With)):
            for one in ast.walk(node):
                if isinstance(one, ast.Call) and getattr(one.func, "id", "") in ("open", "input", "raw_input"):
                    return one.lineno
    return 0


def _take(where: str, names: dict[str, str], prefix: str) -> str:
    return (
        f"problem.take({where}, prefix={prefix!r}, {words(names)})"
        if prefix != "d"
        else f"problem.take({where}, {words(names)})"
    )


def _kept(caller: Caller, functions: list[Function], owner: str, net: str) -> str:
    """Where gradients are left on an object, as a call of `take`; empty where none are."""
    names = caller.declared.names
    attributes: set[str] = set()
    for one in functions:
        if one.owner == owner:
            for node in one.nodes:
                if isinstance(node, (ast.Assign, ast.AugAssign)):
                    targets = node.targets if isinstance(node, ast.Assign) else [node.target]
                    for target in targets:
                        for part in target.elts if isinstance(target, ast.Tuple) else [target]:
                            if isinstance(part, ast.Attribute) and ast.unparse(part.value) == "self":
                                attributes.add(part.attr)
    for prefix in ("d", "d_", "grad_", "g", "g_"):
        here = {own: ours for own, ours in names.items() if prefix + own in attributes}
        if len(here) >= 2:
            return _take(net, here, prefix)
    for one in functions:
        if one.owner == owner:
            for holder in sorted(attributes):
                for node in one.nodes:
                    if (
                        isinstance(node, ast.Assign)
                        and ast.unparse(node.targets[0]) == f"self.{holder}"
                        and isinstance(node.value, (ast.Dict, ast.DictComp, ast.Call))
                        and "grad" in holder.lower()
                    ):
                        text = ast.unparse(node.value)
                        prefix = "d" if any(f"'d{own}'" in text or f"d{own}=" in text for own in names) else ""
                        return _take(f"{net}.{holder}", names, prefix)
    return ""


def _make(caller: Caller, functions: list[Function], owner: str) -> list[str]:
    """Lines that make the object and put the weights on it."""
    made = next((one for one in functions if one.owner == owner and one.name == "__init__"), None)
    declared, kept = caller.declared, dict(caller.known)
    if made is not None:
        ours = {
            name: one
            for name, one in parameters(declared.keys["cell"], made.arguments).items()
            if one in declared.names.values()
        }
        ours |= {name: declared.names[name] for name in made.arguments if name in declared.names}
        if sum(one.startswith("W") for one in ours.values()) > 1:
            caller.known |= {name: f'problem.params["{one}"]' for name, one in ours.items()}
    lines = [f"net = {caller.module}.{owner}({caller.arguments(made) if made else ''})"]
    caller.known = kept
    if declared.weights.place == "self":
        lines.append(f"problem.put(net, {words(declared.names)})")
    elif declared.weights.place == "self dict":
        lines.append(f"problem.put(net.{declared.weights.holder}, {words(declared.names)})")
    return lines


def _updates_in_place(one: Function, declared: Declared) -> bool:
    """Whether a function subtracts from the weights themselves."""
    for node in one.nodes:
        if isinstance(node, ast.AugAssign) and isinstance(node.op, (ast.Sub, ast.Add)):
            text = ast.unparse(node.target)
            if any(
                text.endswith((own, f"['{own}']")) and not without_gradient(text.rpartition(".")[2])
                for own in declared.names
            ):
                if "rate" in one.roles.values() or any(
                    word in ast.unparse(node.value) for word in ("lr", "eta", "alpha", "rate")
                ):
                    return True
    return False


def _script(caller: Caller, tree: ast.Module, functions: list[Function], file: str, line: int) -> list[str]:
    """Lines for a file that trains as soon as it is imported."""
    declared, run = caller.declared, caller.run
    top: dict[str, int] = {}
    for node in ast.walk(
        ast.Module([one for one in tree.body if not isinstance(one, (ast.FunctionDef, ast.ClassDef))], [])
    ):
        if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Store):
            top.setdefault(node.id, node.lineno)
    pins: list[str] = []
    for name in (one for one in top if one not in declared.names):
        role = one_of(ARGUMENTS, name)
        plainly = role in ("x", "target", "h0", "c0") and (len(name) > 1 or name in "xy") and name != "data"
        sized = len(name) > 1 or name in "TBDHKV"
        text = caller.argument(name, role if plainly else "") if plainly or sized else ""
        if text and not (plainly and any(pin.endswith(f"={text}") for pin in pins)):
            pins.append(f"{name}={text}")
    if not any("h0" in pin for pin in pins):
        declared.put("h0", "zero", 0, "the script makes its own initial state")
    run.unsure.append(
        f"{file} runs by itself in line {line}, so it runs as a script with names pinned; check the pinned names, and that its loop ends."
    )
    names = {own: ours for own, ours in declared.names.items() if own in top}
    grads = {
        f'found["{name}"]': gradient(name, declared.names)
        for name in top
        if gradient(name, declared.names).startswith("d")
    }
    lines = [f'found = problem.script("{file}", {", ".join([*pins, f"**problem.named({words(names)})"])})']
    if not grads:
        run.unsure.append("no gradients stand at the top of the script; return them as dW_xh=found[...].")
    return [*lines, f"return dict({result(grads, True)})"]


def write_run(
    tree: ast.Module, functions: list[Function], chosen: Chosen, declared: Declared, module: str, file: str
) -> Run:
    """The lines of run(problem)."""
    run = Run()
    caller = Caller(module, declared, run)
    line = runs_at_import(tree)
    if declared.names and (line or (not used(chosen) and declared.weights.place == "globals")):
        run.lines = _script(caller, tree, functions, file, line or 1)
        return run
    if not used(chosen) or not declared.names:
        run.lines = ["raise NotImplementedError  # ? call your code here and return dict(dW_xh=..., dW_hh=...)"]
        run.unsure.append("no function that goes back through time was recognised; write the call into run(problem).")
        return run
    owner = used(chosen)[0].owner
    if owner:
        run.lines += _make(caller, functions, owner)
    else:
        if declared.weights.place == "globals":
            run.lines.append(f"problem.put({module}, {words(declared.names)})")
        if declared.weights.place == "self":
            run.unsure.append(
                f"the weights are on an object, and {used(chosen)[0].name} is no method; hand the object over."
            )
    run.lines += [
        f"{module}.{name} = problem.{'D' if letter == 'V' else letter}"
        for name, letter in size_globals(tree, used(chosen)).items()
    ]
    net = "net" if owner else module
    if chosen.both is not None and _updates_in_place(chosen.both, declared):
        where = f"net.{declared.weights.holder}" if declared.weights.place == "self dict" else net
        run.lines += [
            f"with problem.updates({where}, 1.0, {words(declared.names)}) as found:",
            f"    {net}.{chosen.both.name}({caller.arguments(chosen.both)})",
            "return found",
        ]
        if "rate" not in chosen.both.roles.values():
            run.unsure.append(
                f"{chosen.both.name} takes no learning rate, so 1.0 stands for it; put in the rate that it uses."
            )
    elif chosen.backward is not None and chosen.forward is not None and _is_step(chosen):
        _steps(caller, functions, chosen, net)
    else:
        _calls(caller, functions, chosen, net)
    return run


def _is_step(chosen: Chosen) -> bool:
    front, back = chosen.forward, chosen.backward
    return bool(
        front
        and back
        and front.owner
        and not front.loops
        and not back.loops
        and len(front.arguments) == 1 == len(back.arguments)
    )


def _steps(caller: Caller, functions: list[Function], chosen: Chosen, net: str) -> None:
    assert chosen.forward is not None and chosen.backward is not None
    owner = chosen.forward.owner
    reset = next((one for one in functions if one.owner == owner and one.name == "reset"), None)
    if reset is not None:
        caller.run.lines.append(f"{net}.reset({caller.arguments(reset)})")
    states = sorted(
        {
            node.attr
            for one in functions
            if one.owner == owner
            for node in one.nodes
            if isinstance(node, ast.Attribute) and ast.unparse(node.value) == "self"
        }
        & {"h", "state", "h_prev", "hprev", "prev_h"}
    )
    if states:
        caller.run.lines.append(f'problem.put({net}, {states[0]}="h0")')
        caller.declared.keys.pop("h0", None)
    caller.run.lines.append(f"found = problem.step_by_step({net}.{chosen.forward.name}, {net}.{chosen.backward.name})")
    kept = _kept(caller, functions, owner, net)
    if not kept:
        caller.run.unsure.append(
            "where the step objects pile up their gradients could not be told; add them to what is returned."
        )
    caller.run.lines.append(
        f"return {{**found, **{kept}}}" if kept else "return found  # ? and the gradients of the weights"
    )


def _text(one: Function, text: str, cached: bool) -> tuple[str, str]:
    """What a call is assigned to, and the name of the cache in it where there is one."""
    value = one.returned
    if cached and isinstance(value, ast.Tuple) and isinstance(value.elts[-1], (ast.Tuple, ast.Dict, ast.List)):
        return ", ".join([*(getattr(part, "id", "_") for part in value.elts[:-1]), "cache"]), "cache"
    if (cached and text in ("_", "grads")) or (cached and isinstance(value, ast.Tuple) and len(value.elts) > 3):
        return "cache", "cache"
    return text, text.split(",")[-1].strip(" ()")


def _calls(caller: Caller, functions: list[Function], chosen: Chosen, net: str) -> None:
    """Lines that call forward and backward, or both at once."""
    run, declared = caller.run, caller.declared
    parts: dict[str, str] = {}
    for one in used(chosen):
        fresh: dict[str, str] = {}
        call = f"{net}.{one.name}({caller.arguments(one)})"
        text, found = unpacked(one, one.returned, declared.names, fresh)
        if one is chosen.forward and chosen.backward is not None:
            roles = chosen.backward.roles
            nested = isinstance(one.returned, ast.Tuple) and isinstance(one.returned.elts[-1], (ast.Tuple, ast.List))
            caches = [name for name, role in roles.items() if role == "cache" and (nested or name not in fresh)]
            text, cache = _text(one, text, bool(caches))
            caller.known |= (
                {**fresh, **dict.fromkeys(caches, cache)} if text != "cache" else dict.fromkeys(caches, cache)
            )
            found = {text: ours for text, ours in found.items() if ours == "loss"}
        elif _updates_in_place(one, declared):
            where = f"net.{declared.weights.holder}" if declared.weights.place == "self dict" else net
            run.lines += [
                f"with problem.updates({where}, 1.0, {words(declared.names)}) as found:",
                f"    {call}",
                "return found",
            ]
            return
        run.lines.append(f"{text} = {call}" if one.returned is not None else call)
        parts |= found
    _returned(caller, functions, chosen, net, parts)


def _returned(caller: Caller, functions: list[Function], chosen: Chosen, net: str, parts: dict[str, str]) -> None:
    """The return of run(problem), for what the calls gave."""
    run, names, owner = caller.run, caller.declared.names, used(chosen)[0].owner
    weights = [ours for ours in parts.values() if ours.startswith(("dW", "db"))]
    kept = _kept(caller, functions, owner, net) if owner and not weights else ""
    if kept:
        run.lines.append(f"return {kept}")
        return
    missing = [f"d{ours}" for ours in names.values() if f"d{ours}" not in weights]
    if missing:
        run.unsure.append(f"where {', '.join(missing)} come back could not be told; add them to what run returns.")
    mark = "  # ? some gradients are missing" if missing else ""
    run.lines.append(f"return dict({result(parts, 'loss' in caller.declared.doubtful)}){mark}")
