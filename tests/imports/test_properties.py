"""Whatever a file holds: every line is told once, and the orders hold exactly the money of the accepted lines."""

from decimal import Decimal
from pathlib import Path
from tempfile import TemporaryDirectory

from hypothesis import given
from hypothesis import strategies as st

from config.imports.online_retail import judge
from tests.imports.lines import HEADER

COLUMNS = st.tuples(
    st.sampled_from(["1", "2", "3", "C1", "A1", "x"]),
    st.sampled_from(["85123A", "85123a", "22423", "POST", "C2", "M", "D", "D", "AMAZONFEE", ""]),
    st.sampled_from(["HEART", "", '"A, ""B"""', '"', "\x00"]),
    st.sampled_from(["1", "6", "-1", "-720", "0", "x"]),
    st.sampled_from(["2010-12-01 08:26:00", "2010-12-01 08:27:00", "2010-12-32 08:26:00"]),
    st.sampled_from(["2.55", "0.01", "0", "-1", "100", "0.001"]),
    st.sampled_from(["17850", "", "?"]),
    st.sampled_from(["France", "EIRE"]),
).map(lambda columns: ",".join(columns).encode())
GARBAGE = st.binary(max_size=80).map(lambda raw: raw.replace(b"\n", b""))


@given(lines=st.lists(COLUMNS | GARBAGE, max_size=40))
def test_lines_and_money_add_up(lines: list[bytes]) -> None:
    with TemporaryDirectory() as folder:
        path = Path(folder) / "lines.csv"
        path.write_bytes(b"\n".join([HEADER, *lines, b""]))
        judgements = list(judge(path))

    verdicts = [verdict for judged in judgements for verdict in judged.verdicts]
    assert sorted(verdict.number for verdict in verdicts) == list(range(2, len(lines) + 2))
    for judged in judgements:
        accepted = [verdict.amount for verdict in judged.verdicts if verdict.rule.accepts]
        assert (judged.invoice is None) == (not accepted)
        if judged.invoice:
            assert judged.invoice.amount == sum(accepted, Decimal(0)) >= 0
            assert judged.invoice.lines
