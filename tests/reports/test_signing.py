"""Who makes papers: their address, and their signature."""

import pytest
from cryptography.exceptions import InvalidSignature

from bot.reports.keys import fingerprint, public_key
from bot.reports.seal import seal
from bot.reports.signing import NOBODY, Issuer, signed
from tests.reports.firms import of_grade, paper
from tests.reports.keys import FORGER, OPERATOR, public_pem

PAPER = paper(of_grade(2))
ISSUER = Issuer("https://shuping.example.org", OPERATOR)


def test_the_operator_signs_what_the_paper_is_made_of() -> None:
    made = ISSUER.seal(PAPER)
    OPERATOR.public_key().verify(bytes.fromhex(made.signature), signed(PAPER))
    with pytest.raises(InvalidSignature):
        FORGER.public_key().verify(bytes.fromhex(made.signature), signed(PAPER))


def test_the_same_paper_and_key_give_the_same_seal() -> None:
    assert ISSUER.seal(PAPER) == ISSUER.seal(PAPER.model_copy())


def test_a_code_tells_signed_from_unsigned_papers_and_one_key_from_another() -> None:
    seals = {issuer.seal(PAPER).code for issuer in (NOBODY, ISSUER, Issuer(key=FORGER))}
    assert len(seals) == 3
    assert NOBODY.seal(PAPER) == seal(PAPER)


def test_the_number_names_the_assessment_whoever_signs_it() -> None:
    assert ISSUER.seal(PAPER).number == NOBODY.seal(PAPER).number


def test_the_key_never_shows() -> None:
    assert OPERATOR.private_bytes_raw().hex() not in repr(ISSUER)
    assert "operator of" not in repr(ISSUER)


def test_a_public_key_is_known_by_its_fingerprint() -> None:
    known = public_key(public_pem(OPERATOR).encode())
    assert known == ISSUER.public
    assert fingerprint(known) != fingerprint(FORGER.public_key())
    assert len(fingerprint(known).split()) == 4
