"""Random processes for tests: sound ones drawn in nested blocks, and ones spoiled on purpose."""

from __future__ import annotations

from random import Random

from tests.unit.workflows.drawn_processes import Drawing

_SHAPES = ["user", "sequence", "choice", "parallel", "inclusive", "again", "sub", "limit", "race"]
_WEIGHTS = [4, 3, 2, 2, 1, 1, 1, 1, 1]


class Blocks:
    """Draws nested blocks with one way in and one way out; sound by construction.

    `repeated`: the shapes that may stand in a circle.
    """

    def __init__(
        self,
        chance: Random,
        *,
        shapes: tuple[str, ...] = tuple(_SHAPES),
        repeated: tuple[str, ...] | None = None,
        size: int = 7,
    ) -> None:
        self.chance, self.shapes, self.left = chance, shapes, size
        self.repeated = shapes if repeated is None else repeated
        self.count = 0
        self.messages: list[str] = []

    @property
    def whole(self) -> Drawing:
        drawing = Drawing().start().end()
        first, last = self._block(drawing, 4)
        drawing.flow("start", first).flow(last, "end")
        drawing.others += [f'<message id="{each}" name="{each}"/>' for each in self.messages]
        return drawing

    def _name(self, kind: str) -> str:
        self.count += 1
        return f"{kind}{self.count}"

    def _block(self, drawing: Drawing, depth: int) -> tuple[str, str]:
        weights = [_WEIGHTS[_SHAPES.index(shape)] for shape in self.shapes]
        shape = self.chance.choices(self.shapes, weights)[0] if depth and self.left > 0 else "user"
        self.left -= 1
        drawn: tuple[str, str] = getattr(self, f"_{shape}")(drawing, depth - 1)
        return drawn

    def _user(self, drawing: Drawing, _depth: int) -> tuple[str, str]:
        name = self._name("user")
        drawing.user(name)
        return name, name

    def _sequence(self, drawing: Drawing, depth: int) -> tuple[str, str]:
        one, two = self._block(drawing, depth), self._block(drawing, depth)
        drawing.flow(one[1], two[0])
        return one[0], two[1]

    def _split(self, drawing: Drawing, depth: int, kind: str) -> tuple[str, str]:
        opening, closing, default = (self._name(each) for each in ("auf", "zu", "default"))
        plain = "" if kind == "parallelGateway" else f'default="{default}"'
        drawing.add(kind, opening, plain=plain).add(kind, closing)
        for number in range(self.chance.randint(2, 3)):
            first, last = self._block(drawing, depth)
            asked = kind != "parallelGateway" and number > 0
            condition = f"answers.w{self.chance.randint(0, 9)} == 1" if asked else None
            drawing.flow(opening, first, condition, name=default if number == 0 else None).flow(last, closing)
        return opening, closing

    def _choice(self, drawing: Drawing, depth: int) -> tuple[str, str]:
        return self._split(drawing, depth, "exclusiveGateway")

    def _parallel(self, drawing: Drawing, depth: int) -> tuple[str, str]:
        return self._split(drawing, depth, "parallelGateway")

    def _inclusive(self, drawing: Drawing, depth: int) -> tuple[str, str]:
        return self._split(drawing, depth, "inclusiveGateway")

    def _again(self, drawing: Drawing, depth: int) -> tuple[str, str]:
        before, self.shapes = self.shapes, self.repeated
        first, last = self._block(drawing, depth)
        self.shapes = before
        merge, ask, go_on, task = (self._name(each) for each in ("merge", "ask", "weiter", "user"))
        after = self._name("user")
        drawing.choice(merge).user(task).choice(ask, default=go_on).user(after)
        drawing.flow(merge, first).path(last, task, ask).flow(ask, after, name=go_on)
        drawing.flow(ask, merge, f"{task}.nochmal == true")
        return merge, after

    def _sub(self, drawing: Drawing, depth: int) -> tuple[str, str]:
        name = self._name("sub")
        inside = Drawing(name)
        first, last = self._block(inside, depth)
        inside.start(f"{name}_start").end(f"{name}_end").flow(f"{name}_start", first).flow(
            last, f"{name}_end"
        )
        drawing.sub(name, inside)
        return name, name

    def _message(self, tag: str, drawing: Drawing, plain: str = "") -> str:
        name = self._name("nachricht")
        self.messages.append(f"m_{name}")
        inner = f'<messageEventDefinition messageRef="m_{name}"/>'
        drawing.add(tag, name, inner=inner, plain=plain)
        return name

    def _limit(self, drawing: Drawing, _depth: int) -> tuple[str, str]:
        task, merge = self._name("user"), self._name("merge")
        drawing.user(task).choice(merge)
        event = self._message("boundaryEvent", drawing, f'attachedToRef="{task}" cancelActivity="true"')
        late = self._name("user")
        drawing.user(late).path(task, merge).path(event, late, merge)
        return task, merge

    def _race(self, drawing: Drawing, depth: int) -> tuple[str, str]:
        gateway, merge = self._name("race"), self._name("merge")
        drawing.events(gateway).choice(merge)
        for _ in range(2):
            event = self._message("intermediateCatchEvent", drawing)
            first, last = self._block(drawing, depth)
            drawing.flow(gateway, event).flow(event, first).flow(last, merge)
        return gateway, merge


def spoiled(chance: Random) -> Drawing:
    """A random process with one or two joins turned into others, so that splits and joins may not fit."""
    drawing = Blocks(
        chance, shapes=("user", "sequence", "choice", "parallel", "limit", "again"), size=6
    ).whole
    joins = [
        n for n, part in enumerate(drawing.parts) if 'Gateway id="zu' in part or 'Gateway id="merge' in part
    ]
    for number in chance.sample(joins, min(len(joins), 2)):
        part = drawing.parts[number]
        name = part.split('id="')[1].split('"')[0]
        old = "parallelGateway" if "<parallelGateway" in part else "exclusiveGateway"
        new = "exclusiveGateway" if old == "parallelGateway" else "parallelGateway"
        drawing.parts[number] = f'<{new} id="{name}"></{new}>'
    return drawing
