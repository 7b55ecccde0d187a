"""Asking for a stronger or a newer sign-in (RFC 9470): what the caller's application sends to the issuer."""

from __future__ import annotations

from backend.api import problems
from backend.api.problems import ApiProblem
from backend.identity.queries import level_names
from backend.identity.written_form import Answer
from forms.problems import Problem
from signing.levels import TrustLevel

_CHALLENGE = 'Bearer error="insufficient_user_authentication"'


def step_up(*, level: TrustLevel, issuer: str) -> ApiProblem:
    """The service needs `level`; `acr_values` says it in the words of the issuer where she signed in."""
    names = " ".join(level_names(issuer=issuer, level=level))
    named = f', acr_values="{names}"' if names else ""
    return ApiProblem(
        problems.STEP_UP, extra={"needed": level.word}, headers={"WWW-Authenticate": _CHALLENGE + named}
    )


def sign_in_in_writing(*, answer: Answer, issuer: str) -> ApiProblem:
    """Only the means that `answer` names replace written form; issuers offer them at the highest level."""
    names = " ".join(level_names(issuer=issuer, level=TrustLevel.HIGH))
    named = f', acr_values="{names}"' if names else ""
    return ApiProblem(
        problems.WRITTEN_FORM,
        extra={"means": list(answer.means), "basis": answer.basis},
        headers={"WWW-Authenticate": _CHALLENGE + named},
    )


def sign_in_instead(*, level: TrustLevel) -> ApiProblem:
    """A guest has to sign in: no sign-in exists yet that could be made stronger."""
    return ApiProblem(
        problems.NO_GUESTS, extra={"needed": level.word}, headers={"WWW-Authenticate": _CHALLENGE}
    )


def sign_in_again(*, seconds: int, error: Problem) -> ApiProblem:
    """The sign-in is older than `seconds`, which is what the issuer is to be asked for."""
    return ApiProblem(
        problems.SIGN_IN_AGAIN,
        errors=(error,),
        extra={"max_age": seconds},
        headers={"WWW-Authenticate": f'{_CHALLENGE}, max_age="{seconds}"'},
    )
