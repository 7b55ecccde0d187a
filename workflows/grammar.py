"""The grammar of our expression language: change it to allow an operator.

Source text becomes a small tree, and only what is named here can ever be evaluated: what the grammar
does not know (clock, random numbers, ranges, assignments, templates) is refused with its position.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal
from typing import NoReturn

from workflows.syntax import (
    CLOSURES,
    FUNCTIONS,
    Binary,
    Call,
    Choose,
    Item,
    ListOf,
    Literal,
    Member,
    Name,
    Node,
    Unary,
    refuse,
    refuse_function,
)

MAX_CHARACTERS = 2_000
MAX_TOKENS = 400
MAX_DEPTH = 32

_TOKEN = re.compile(
    r"""(?P<space>\s+)
    |(?P<number>\d+(?:\.\d+(?!\.))?)
    |(?P<string>"[^"]*"|'[^']*')
    |(?P<name>[^\W\d]\w*)
    |(?P<sign>\.\.|\?\?|==|!=|<=|>=|[-+*/%<>?:!(),.\[\]\#])""",
    re.VERBOSE,
)


@dataclass(frozen=True, slots=True)
class _Token:
    kind: str
    text: str
    position: int


def parse(*, source: str) -> Node:
    """Read one expression. Raises `ExpressionProblem` with the position of what is not allowed."""
    if len(source) > MAX_CHARACTERS:
        refuse(
            code="expression-too-long",
            at=MAX_CHARACTERS,
            de=f"Der Ausdruck ist länger als {MAX_CHARACTERS} Zeichen. Bitte aufteilen.",
            en=f"the expression exceeds {MAX_CHARACTERS} characters. Split it.",
        )
    tokens = list(_tokens(source))
    if len(tokens) > MAX_TOKENS:
        refuse(
            code="expression-too-long",
            at=tokens[MAX_TOKENS].position,
            de="Der Ausdruck hat zu viele Teile. Bitte aufteilen.",
            en="the expression has too many parts. Split it.",
        )
    return _Parser(tokens).whole()


def _tokens(source: str) -> Iterator[_Token]:
    position = 0
    while position < len(source):
        match = _TOKEN.match(source, position)
        if match is None:
            _refuse_character(source, position)
        if match.lastgroup != "space":
            yield _Token(str(match.lastgroup), match.group(), position)
        position = match.end()
    yield _Token("end", "", len(source))


def _refuse_character(source: str, at: int) -> NoReturn:
    sign = source[at]
    hints = {
        "=": ("Gleichheit schreibt man ==.", "write == for equality."),
        '"': ("Der Text ist nicht geschlossen.", "the text is not closed."),
        "'": ("Der Text ist nicht geschlossen.", "the text is not closed."),
        "&": ("„Und“ schreibt man and.", "write and."),
        "|": ("„Oder“ schreibt man or.", "write or."),
        "^": ("Potenzen sind nicht erlaubt, sie sind nicht exakt.", "powers are not exact and not allowed."),
        "`": ("Vorlagentexte sind nicht erlaubt.", "template strings are not allowed."),
        "{": ("Objekte sind nicht erlaubt.", "objects are not allowed."),
    }
    de, en = hints.get(sign, (f"„{sign}“ ist hier nicht erlaubt.", f"'{sign}' is not allowed here."))
    refuse(code="not-allowed", at=at, de=de, en=en)


class _Parser:
    def __init__(self, tokens: list[_Token]) -> None:
        self._tokens = tokens
        self._index = 0
        self._depth = 0
        self._closures = 0

    @property
    def _next(self) -> _Token:
        return self._tokens[self._index]

    def _take(self) -> _Token:
        token = self._next
        self._index += 1
        return token

    def _accept(self, *texts: str) -> str | None:
        if self._next.kind in {"sign", "name"} and self._next.text in texts:
            return self._take().text
        return None

    def _expect(self, text: str) -> None:
        if self._accept(text) is None:
            self._refuse_next(f"Hier fehlt „{text}“", f"'{text}' is missing")

    def _refuse_next(self, de: str, en: str) -> NoReturn:
        token = self._next
        if token.text == "..":
            refuse(
                code="range-literal",
                at=token.position,
                de="Bereiche (a..b) sind nicht erlaubt. Bitte als Vergleich schreiben: x >= a and x <= b.",
                en="ranges (a..b) are not allowed. Write a comparison: x >= a and x <= b.",
            )
        found = (
            (f"statt „{token.text}“", f"instead of '{token.text}'")
            if token.text
            else ("am Ende", "at the end")
        )
        refuse(code="syntax", at=token.position, de=f"{de} {found[0]}.", en=f"{en} {found[1]}.")

    def whole(self) -> Node:
        node = self._expression()
        if self._next.kind != "end":
            self._refuse_next(
                "Hier sollte der Ausdruck enden oder eine Verknüpfung stehen,", "expected an operator"
            )
        return node

    def _expression(self) -> Node:
        self._depth += 1
        if self._depth > MAX_DEPTH:
            refuse(
                code="nested-too-deep",
                at=self._next.position,
                de=f"Der Ausdruck ist tiefer als {MAX_DEPTH} Ebenen verschachtelt. Bitte aufteilen.",
                en=f"the expression is nested deeper than {MAX_DEPTH} levels. Split it.",
            )
        node = self._otherwise()
        if self._accept("?"):
            yes = self._expression()
            self._expect(":")
            node = Choose(node, yes, self._expression())
        self._depth -= 1
        return node

    def _otherwise(self) -> Node:
        node = self._or()
        while self._accept("??"):
            node = Binary("??", node, self._or())
        return node

    def _or(self) -> Node:
        node = self._and()
        while self._accept("or"):
            node = Binary("or", node, self._and())
        return node

    def _and(self) -> Node:
        node = self._comparison()
        while self._accept("and"):
            node = Binary("and", node, self._comparison())
        return node

    def _comparison(self) -> Node:
        negated = self._next.text in {"not", "!"} and self._next.kind != "string"
        node = self._sum()
        operator = self._comparison_operator()
        if operator is None:
            return node
        if negated:
            self._ambiguous()
        node = Binary(operator, node, self._sum())
        if self._comparison_operator() is not None:
            self._ambiguous()
        return node

    def _comparison_operator(self) -> str | None:
        if self._accept("not"):
            self._expect("in")
            return "not in"
        return self._accept("==", "!=", "<=", ">=", "<", ">", "in")

    def _ambiguous(self) -> NoReturn:
        refuse(
            code="ambiguous",
            at=self._tokens[self._index - 1].position,
            de="Das ist mehrdeutig. Bitte Klammern setzen, zum Beispiel not (a == b).",
            en="this is ambiguous. Add parentheses, for instance not (a == b).",
        )

    def _sum(self) -> Node:
        node = self._product()
        while operator := self._accept("+", "-"):
            node = Binary(operator, node, self._product())
        return node

    def _product(self) -> Node:
        node = self._unary()
        while operator := self._accept("*", "/", "%"):
            node = Binary(operator, node, self._unary())
        return node

    def _unary(self) -> Node:
        if self._accept("-"):
            return Unary("-", self._postfix())
        if self._accept("not", "!"):
            return Unary("not", self._postfix())
        return self._postfix()

    def _postfix(self) -> Node:
        node = self._primary()
        while sign := self._accept(".", "["):
            node = Member(node, self._key(sign))
            if self._next.text == "(" and sign == ".":
                self._refuse_next("Methodenaufrufe sind nicht erlaubt", "method calls are not allowed")
        return node

    def _key(self, sign: str) -> str | int:
        token = self._next
        if sign == ".":
            if token.kind != "name":
                self._refuse_next("Nach dem Punkt fehlt ein Name", "a name is missing after the dot")
            return self._take().text
        if token.kind == "string":
            key: str | int = token.text[1:-1]
        elif token.kind == "number" and token.text.isdecimal():
            key = int(token.text)
        else:
            self._refuse_next(
                'In [ ] darf nur eine Zahl oder ein "Name" stehen', 'only a number or "name" may stand in [ ]'
            )
        self._take()
        self._expect("]")
        return key

    def _primary(self) -> Node:
        token = self._next
        if token.kind == "number":
            self._take()
            return Literal(Decimal(token.text) if "." in token.text else int(token.text))
        if token.kind == "string":
            self._take()
            return Literal(token.text[1:-1])
        if token.kind == "name" and token.text not in {"and", "or", "not", "in"}:
            return self._word()
        if self._accept("("):
            node = self._expression()
            self._expect(")")
            return node
        if self._accept("["):
            return ListOf(self._list("]"))
        if not self._accept("#"):
            self._refuse_next("Hier fehlt ein Wert", "a value is missing")
        if not self._closures:
            refuse(
                code="item-outside-closure",
                at=token.position,
                de="# steht nur in filter, map, some, all, none und count.",
                en="# may only be used within filter, map, some, all, none and count.",
            )
        return Item()

    def _word(self) -> Node:
        token = self._take()
        if token.text in {"true", "false", "null"}:
            return Literal({"true": True, "false": False, "null": None}[token.text])
        if self._accept("("):
            return self._call(token)
        return Name(token.text)

    def _list(self, end: str) -> tuple[Node, ...]:
        items: list[Node] = []
        if not self._accept(end):
            items.append(self._expression())
            while self._accept(","):
                items.append(self._expression())
            self._expect(end)
        return tuple(items)

    def _call(self, token: _Token) -> Node:
        name = token.text
        if name not in FUNCTIONS:
            refuse_function(name, token.position)
        closure = name in CLOSURES
        if closure and self._closures:
            refuse(
                code="nested-closure",
                at=token.position,
                de=f"{name}(…) steht in einer anderen Listenfunktion. Bitte in zwei Schritte aufteilen.",
                en=f"{name}(…) stands within another list function. Split it into two steps.",
            )
        self._closures += closure
        arguments = self._list(")")
        self._closures -= closure
        least, most = FUNCTIONS[name]
        if not least <= len(arguments) <= most:
            refuse(
                code="wrong-number-of-arguments",
                at=token.position,
                de=f"{name} braucht {least} bis {most} Angaben, hier stehen {len(arguments)}.",
                en=f"{name} takes {least} to {most} arguments, not {len(arguments)}.",
            )
        return Call(name, arguments)
