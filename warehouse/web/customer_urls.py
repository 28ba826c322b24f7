"""The customer's addresses about substitutes and units that wait for goods, below the order's page."""

from django.urls import path

from warehouse.web import substitute, waiting

app_name = "customer-warehouse"
urlpatterns = [
    path("o/<slug:public_id>/substitutes/<slug:proposal_id>", substitute.answer, name="substitute"),
    path("o/<slug:public_id>/waiting", waiting.call_off, name="call-off"),
    path("o/<slug:public_id>/waiting/<slug:line>/agree", waiting.agree, name="agree"),
]
