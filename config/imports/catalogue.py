"""What the articles of a file are called and cost: by majority, for descriptions are typed by hand."""

from collections import Counter, defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field
from decimal import Decimal

from config.imports.line import Line


@dataclass(slots=True)
class Catalogue:
    """Counts names and prices of accepted lines; grows with the articles, not with the lines."""

    names: defaultdict[str, Counter[str]] = field(default_factory=lambda: defaultdict(Counter))
    prices: defaultdict[str, Counter[Decimal]] = field(default_factory=lambda: defaultdict(Counter))

    def add(self, lines: Iterable[Line]) -> None:
        for line in lines:
            self.names[line.sku][line.description] += 1
            self.prices[line.sku][line.unit_price] += 1

    def name(self, sku: str) -> str:
        """The most frequent description that isn't empty, the first of equals; the sku when there is none."""
        return next((name for name, _ in self.names[sku].most_common() if name), sku)

    def price(self, sku: str) -> Decimal:
        """The most frequent price, the first of equals."""
        return self.prices[sku].most_common(1)[0][0]
