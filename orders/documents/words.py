"""The words on legal papers: their own catalogue, so that a paper speaks its language whatever the pages know.

A language that isn't here gets English, with its own dates and numbers.
"""

from collections.abc import Mapping
from types import MappingProxyType

LANGUAGES = ("en", "de", "fr", "es")

# key -> English, German, French, Spanish
_CATALOGUE: Mapping[str, tuple[str, str, str, str]] = {
    "invoice": ("Invoice", "Rechnung", "Facture", "Factura"),
    "invoice_number": ("Invoice number", "Rechnungsnummer", "Numéro de facture", "Número de factura"),
    "invoice_date": ("Invoice date", "Rechnungsdatum", "Date de facture", "Fecha de factura"),
    "credit_note": ("Credit note", "Rechnungskorrektur", "Avoir", "Factura rectificativa"),
    "credit_note_number": ("Credit note number", "Korrekturnummer", "Numéro d’avoir", "Número de rectificativa"),
    "credit_note_date": ("Credit note date", "Korrekturdatum", "Date de l’avoir", "Fecha de rectificativa"),
    "for_invoice": ("For invoice", "Zu Rechnung", "Sur facture", "De la factura"),
    "supplied_on": ("Date of supply", "Lieferdatum", "Date de livraison", "Fecha de entrega"),
    "order_number": ("Order number", "Bestellnummer", "Numéro de commande", "Número de pedido"),
    "ordered_on": ("Order date", "Bestelldatum", "Date de commande", "Fecha del pedido"),
    "buyer_reference": ("Your reference", "Ihre Referenz", "Votre référence", "Su referencia"),
    "buyer_vat_id": ("Your VAT ID", "Ihre USt-IdNr.", "Votre n° de TVA", "Su NIF-IVA"),
    "reason": ("Reason", "Grund", "Motif", "Motivo"),
    "item": ("Item", "Artikel", "Article", "Artículo"),
    "quantity": ("Quantity", "Menge", "Quantité", "Cantidad"),
    "unit_price": ("Unit price", "Einzelpreis", "Prix unitaire", "Precio unitario"),
    "discount": ("Discount", "Rabatt", "Remise", "Descuento"),
    "deduction": ("Deduction", "Abzug", "Retenue", "Deducción"),
    "vat": ("VAT", "MwSt.", "TVA", "IVA"),
    "vat_rate": ("VAT rate", "MwSt.-Satz", "Taux de TVA", "Tipo de IVA"),
    "vat_at": ("VAT {rate}", "MwSt. {rate}", "TVA {rate}", "IVA {rate}"),
    "net": ("Net", "Netto", "HT", "Base"),
    "gross": ("Gross", "Brutto", "TTC", "Total"),
    "items": ("Items", "Artikel", "Articles", "Artículos"),
    "shipping": ("Shipping", "Versand", "Livraison", "Envío"),
    "shipping_by": ("Shipping ({method})", "Versand ({method})", "Livraison ({method})", "Envío ({method})"),
    "total": ("Total", "Gesamt", "Total", "Total"),
    "total_credited": ("Total credited", "Gutgeschriebener Betrag", "Total de l’avoir", "Total abonado"),
    "delivered_to": ("Delivered to", "Geliefert an", "Livré à", "Entregado a"),
    "refund": ("Refund", "Erstattung", "Remboursement", "Reembolso"),
    "includes_vat": (
        "All amounts in {currency}. Prices include VAT.",
        "Alle Beträge in {currency}. Preise inklusive MwSt.",
        "Montants en {currency}. Prix TTC.",
        "Importes en {currency}. Precios con IVA incluido.",
    ),
    "excludes_vat": (
        "All amounts in {currency}. Prices exclude VAT.",
        "Alle Beträge in {currency}. Preise ohne MwSt.",
        "Montants en {currency}. Prix hors TVA.",
        "Importes en {currency}. Precios sin IVA.",
    ),
    "page": (
        "Page {page} of {pages}",
        "Seite {page} von {pages}",
        "Page {page} sur {pages}",
        "Página {page} de {pages}",
    ),
    "carried_forward": ("Carried forward", "Übertrag", "À reporter", "Suma y sigue"),
    "brought_forward": ("Brought forward", "Übertrag", "Report", "Suma anterior"),
    "paid_online": ("Paid online", "Online bezahlt", "Payé en ligne", "Pagado en línea"),
    "paid_by_hand": ("Payment received", "Zahlung erhalten", "Paiement reçu", "Pago recibido"),
    "due": ("Amount due", "Zu zahlen", "Reste à payer", "Importe pendiente"),
    "pay_to": (
        "Please pay the amount due to {account}, and name {number}.",
        "Bitte überweisen Sie den offenen Betrag auf {account} und geben Sie {number} an.",
        "Veuillez régler le reste à payer sur le compte {account} en indiquant {number}.",
        "Abone el importe pendiente en {account} indicando {number}.",
    ),
    "vat_id": ("VAT ID {vat_id}", "USt-IdNr. {vat_id}", "N° TVA {vat_id}", "NIF-IVA {vat_id}"),
    "tax_number": ("Tax number {number}", "Steuernummer {number}", "N° fiscal {number}", "NIF {number}"),
    "reverse_charge": (
        "Reverse charge: the recipient owes the tax (Art. 194, 196 Directive 2006/112/EC).",
        "Steuerschuldnerschaft des Leistungsempfängers (Art. 194, 196 Richtlinie 2006/112/EG).",
        "Autoliquidation : la taxe est due par le preneur (art. 194, 196 directive 2006/112/CE).",
        "Inversión del sujeto pasivo (art. 194, 196 Directiva 2006/112/CE).",
    ),
    "intra_community": (
        "VAT-exempt intra-community supply (Art. 138 Directive 2006/112/EC).",
        "Steuerfreie innergemeinschaftliche Lieferung (Art. 138 Richtlinie 2006/112/EG).",
        "Livraison intracommunautaire exonérée de TVA (art. 138 directive 2006/112/CE).",
        "Entrega intracomunitaria exenta de IVA (art. 138 Directiva 2006/112/CE).",
    ),
    "export": (
        "VAT-exempt export (Art. 146 Directive 2006/112/EC).",
        "Steuerfreie Ausfuhrlieferung (Art. 146 Richtlinie 2006/112/EG).",
        "Exportation exonérée de TVA (art. 146 directive 2006/112/CE).",
        "Exportación exenta de IVA (art. 146 Directiva 2006/112/CE).",
    ),
    "exempt": ("Exempt from VAT.", "Steuerfrei.", "Exonéré de TVA.", "Exento de IVA."),
    # why something is credited
    "because_return": ("Return", "Rücksendung", "Retour", "Devolución"),
    "because_customer": ("Customer’s wish", "Kundenwunsch", "Demande du client", "Petición del cliente"),
    "because_inventory": ("Out of stock", "Nicht lieferbar", "Indisponible", "Sin existencias"),
    "because_staff": ("Goodwill", "Kulanz", "Geste commercial", "Atención comercial"),
}


def words(language: str) -> Mapping[str, str]:
    """All words of a paper in ``language`` (``de``, ``de-at``), in English where it isn't spoken."""
    base = language.partition("-")[0].lower()
    place = LANGUAGES.index(base) if base in LANGUAGES else 0
    return MappingProxyType({key: translations[place] for key, translations in _CATALOGUE.items()})
